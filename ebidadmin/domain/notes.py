"""Internal notes on an application: never mailed, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ebidadmin.domain.events import Event, EventTag, Subject, SubjectKind
from ebidadmin.domain.ids import ApplicationNumber
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import InputError, Problem


@dataclass(frozen=True, slots=True)
class Note:
    """One remark of a member of staff."""

    application: ApplicationNumber
    text: str
    by: str
    at: datetime


def note(*, application: ApplicationNumber, text: str, by: str, at: datetime) -> Transition[Note]:
    """Write a note. Raises ``InputError`` for an empty one."""
    if not text.strip():
        raise InputError("text-missing", [Problem("text", "required")])
    written = Note(application, text.strip(), by, at)
    event = Event(
        tag=EventTag.APPLICATION_NOTED,
        subject=Subject(SubjectKind.APPLICATION, application),
        by=by,
        at=at,
        facts={"text": written.text},
    )
    return Transition(written, (event,))
