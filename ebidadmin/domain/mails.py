"""What a mail to a supplier is, before and after it leaves; and the check that it quotes nothing that was entered."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from ebidadmin.domain.applications import IdForm
from ebidadmin.domain.contacts import CONTACT_FIELDS, Contact
from ebidadmin.domain.events import Event, EventTag, Subject, SubjectKind
from ebidadmin.domain.names import fold
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import IllegalTransitionError

SHORTEST_QUOTE = 4
SHORTEST_PERSON = 2
"""Entered values with fewer letters and digits than this are not searched for: they would match by chance. Persons' names are short and
always searched for."""


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


CARD_MAILS = frozenset({MailKind.CARD_REGISTERED, MailKind.CARD_CHANGED, MailKind.CARD_RENEWED})
"""Kinds that are about a registered card; the others are about an application for an ID."""


class MailState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    GAVE_UP = "gave-up"


@dataclass(frozen=True, slots=True)
class MailDraft:
    """A mail as previewed: exactly what will be sent. ``to`` holds one or more addresses; the body ends with a line feed."""

    kind: MailKind
    to: tuple[str, ...]
    subject: str
    body: str


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
    """It was handed over."""
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
    """It could not be handed over now; it will be tried again after ``wait``."""
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
    """It will not be tried again by itself."""
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
    if mail.state is not MailState.GAVE_UP:
        raise IllegalTransitionError(
            "illegal-transition", subject=str(mail.id), state=mail.state.value, verb="retry"
        )
    after = replace(
        mail, state=MailState.WAITING, attempts=0, not_before=at, lease_until=None, version=mail.version + 1
    )
    return Transition(after, (_event(EventTag.MAIL_RETRIED, after, by, at),))


def quoted_fields(text: str, form: IdForm) -> tuple[str, ...]:
    """Names of the form's fields whose entered value stands in ``text``, however it is written: only letters and digits count, width,
    case, hyphens, other signs and invisible characters do not. The trade name may be quoted, also where it holds another value."""
    values: list[tuple[str, str]] = [
        ("supplier_number", form.supplier_number),
        ("company_phone", form.company_phone),
        ("company_fax", form.company_fax),
        ("branch", form.branch),
        ("user_id", form.user_id),
    ]
    for prefix, contact in (
        ("main_contact", form.main_contact),
        ("applicant_contact", form.applicant_contact),
    ):
        values += [(f"{prefix}.{name}", value) for name, value in _contact_values(contact)]
    return tuple(
        name
        for name, value in values
        if _quoted(value, text, form.trade_name, person=name.endswith(".person"))
    )


def _quoted(value: str, text: str, trade_name: str, *, person: bool) -> bool:
    bare = _bare(value)
    if len(bare) >= SHORTEST_QUOTE:
        return _stands_in(bare, _bare(text), _bare(trade_name))
    # Two signs on either side of a full stop are no name: for short names the signs between letters count.
    short = person and len(bare) >= SHORTEST_PERSON
    return short and _stands_in(_visible(value), _visible(text), _visible(trade_name))


def _stands_in(value: str, text: str, allowed: str) -> bool:
    """Whether it stands in the text other than as ``allowed`` or as a part of it."""
    if allowed and allowed not in value:
        text = text.replace(allowed, " ")
    return value != allowed and value in text


def _contact_values(contact: Contact) -> list[tuple[str, str]]:
    return [(name, getattr(contact, name)) for name in CONTACT_FIELDS]


def _visible(text: str) -> str:
    """Folded, without the characters that only steer how others look (zero-width spaces, marks of direction)."""
    return fold("".join(sign for sign in text if unicodedata.category(sign) != "Cf"))


def _bare(text: str) -> str:
    """Letters and digits alone, folded."""
    return "".join(sign for sign in _visible(text) if unicodedata.category(sign)[0] in "LN")


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
