"""What a mail to a supplier, or to the office itself, is before and after it leaves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from ebidadmin.domain.events import Event, EventTag, Subject, SubjectKind
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import IllegalTransitionError

LONGEST_WAIT = timedelta(days=1)
"""No mail waits or is leased longer at a time. A moment further ahead was written under a clock that ran ahead: it binds nobody."""


class MailKind(StrEnum):
    ID_SUBMITTED = "id-submitted"
    ID_APPROVED = "id-approved"
    ID_REJECTED = "id-rejected"
    ID_INQUIRED = "id-inquired"
    CARD_REGISTERED = "card-registered"
    CARD_CHANGED = "card-changed"
    CARD_RENEWED = "card-renewed"
    ID_SUSPENDED = "id-suspended"
    ID_CANCELLED = "id-cancelled"
    CARD_EXPIRES = "card-expires"
    REPORT_FAILED = "report-failed"


CARD_MAILS = frozenset({MailKind.CARD_REGISTERED, MailKind.CARD_CHANGED, MailKind.CARD_RENEWED})
"""Kinds that tell what happened to a registered card."""

ID_DESK_MAILS = frozenset({MailKind.ID_SUSPENDED, MailKind.ID_CANCELLED})
"""Kinds that tell what the desk did to a live ID. What is neither of these nor about a card is about an application for an ID."""


class MailState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    GAVE_UP = "gave-up"


@dataclass(frozen=True, slots=True)
class MailDraft:
    """A mail as previewed: exactly what will be sent. ``to`` holds one or more addresses; the body ends with a line feed; ``template`` is
    the digest of the template that it was made from, ``None`` for mails that are older than that."""

    kind: MailKind
    to: tuple[str, ...]
    subject: str
    body: str
    template: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxMail:
    """A mail in the outbox. ``message_id`` is stable from the moment of writing, so that a repeat is recognisable."""

    id: int
    message_id: str
    draft: MailDraft
    about: Subject
    written_at: datetime
    state: MailState = MailState.WAITING
    attempts: int = 0
    not_before: datetime
    lease_until: datetime | None = None
    sent_at: datetime | None = None
    last_error: str = ""
    version: int = 1


def sent(mail: OutboxMail, *, by: str, at: datetime) -> Transition[OutboxMail]:
    """It was handed over. Raises ``IllegalTransitionError`` unless it waits."""
    _expect(mail, "send", MailState.WAITING)
    after = replace(
        mail,
        state=MailState.SENT,
        sent_at=at,
        attempts=mail.attempts + 1,
        lease_until=None,
        version=mail.version + 1,
    )
    return Transition(after, (_event(EventTag.MAIL_SENT, after, by, at),))


def deferred(
    mail: OutboxMail, *, error: str, wait: timedelta, by: str, at: datetime
) -> Transition[OutboxMail]:
    """It could not be handed over now; it will be tried again after ``wait``. Raises ``IllegalTransitionError`` unless it waits."""
    _expect(mail, "send", MailState.WAITING)
    after = replace(
        mail,
        attempts=mail.attempts + 1,
        not_before=at + wait,
        lease_until=None,
        last_error=error,
        version=mail.version + 1,
    )
    return Transition(after, (_event(EventTag.MAIL_DEFERRED, after, by, at),))


def gave_up(mail: OutboxMail, *, error: str, by: str, at: datetime) -> Transition[OutboxMail]:
    """It will not be tried again by itself. Raises ``IllegalTransitionError`` unless it waits."""
    _expect(mail, "send", MailState.WAITING)
    after = replace(
        mail,
        state=MailState.GAVE_UP,
        attempts=mail.attempts + 1,
        lease_until=None,
        last_error=error,
        version=mail.version + 1,
    )
    return Transition(after, (_event(EventTag.MAIL_GAVE_UP, after, by, at),))


def retried(mail: OutboxMail, *, by: str, at: datetime) -> Transition[OutboxMail]:
    """A person has it tried again after it was given up; the tries are counted anew.

    Raises ``IllegalTransitionError`` unless it was given up.
    """
    _expect(mail, "retry", MailState.GAVE_UP)
    after = replace(
        mail, state=MailState.WAITING, attempts=0, not_before=at, lease_until=None, version=mail.version + 1
    )
    return Transition(after, (_event(EventTag.MAIL_RETRIED, after, by, at),))


def _expect(mail: OutboxMail, verb: str, state: MailState) -> None:
    if mail.state is not state:
        raise IllegalTransitionError(
            "illegal-transition", subject=str(mail.id), state=mail.state.value, verb=verb
        )


def _event(tag: EventTag, after: OutboxMail, by: str, at: datetime) -> Event:
    return Event(
        tag=tag,
        subject=Subject(SubjectKind.MAIL, str(after.id)),
        by=by,
        at=at,
        after={
            "state": after.state.value,
            "attempts": after.attempts,
            "message_id": after.message_id,
            "error": after.last_error,
        },
        facts={"kind": after.draft.kind.value, "about": after.about.id},
    )
