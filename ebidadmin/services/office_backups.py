"""What the trail is told of backups of the whole office: that one was made, put back, or that the office moved to another database."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

from ebidadmin.domain.events import Event, EventTag, JsonMap, Subject, SubjectKind
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.services.ports import Office
from ebidadmin.services.refusals import refusals_logged

DESK = Subject(SubjectKind.DESK, "database")


class Made(Protocol):
    """What was made beside its place."""

    @property
    def facts(self) -> JsonMap:
        """What the trail tells of it."""

    def keep(self) -> None:
        """Put it in its place."""


M = TypeVar("M", bound=Made)


def back_up(office: Office, *, staff: Staff, making: Callable[[], AbstractContextManager[M]]) -> M:
    """Make a backup, tell the trail of it, and only then put it in its place: none is there that the trail does not know.

    Raises ``NotPermittedError``, and what ``making`` raises.
    """
    require(office, staff=staff, verb="back-up")
    with making() as made:
        tell(office, staff=staff, tag=EventTag.DESK_BACKED_UP, facts=made.facts)
        made.keep()
        return made


def require(office: Office, *, staff: Staff, verb: str) -> None:
    """Raises ``NotPermittedError``, which the trail tells, unless the person may keep copies of the office."""
    with refusals_logged(office, staff=staff, subject=DESK, verb=verb):
        staff.require(Permission.KEEP_COPIES)


def tell(office: Office, *, staff: Staff, tag: EventTag, facts: JsonMap) -> None:
    """Tell the trail what was done with the office as a whole."""
    event = Event(tag=tag, subject=DESK, by=staff.login, at=office.clock.now(), facts=facts)
    with office.uow() as uow:
        uow.log(event)
        uow.commit()
