"""What a record was as of any moment, and what differs between two moments, from the trail alone.

That holds for the kinds of records whose events carry every value of the record before and after (``WHOLE``). Of all others the trail tells
single values or counts, from which nothing can be put together; they are refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ebidadmin.domain.events import EventTag, JsonMap, JsonValue, Subject, SubjectKind
from ebidadmin.domain.staff import Staff
from ebidadmin.errors import RuleError
from ebidadmin.services.audit_masks import shown
from ebidadmin.services.audit_slices import AuditReader, require_reading
from ebidadmin.services.ports import AuditEntry, Office

WHOLE: Mapping[SubjectKind, frozenset[EventTag]] = {
    SubjectKind.APPLICATION: frozenset(
        {
            EventTag.APPLICATION_SUBMITTED,
            EventTag.APPLICATION_INQUIRED,
            EventTag.APPLICATION_ANSWERED,
            EventTag.APPLICATION_APPROVED,
            EventTag.APPLICATION_REJECTED,
            EventTag.APPLICATION_WITHDRAWN,
        }
    ),
    SubjectKind.PERMIT: frozenset(
        {
            EventTag.PERMIT_RECORDED,
            EventTag.PERMIT_GRANTED,
            EventTag.PERMIT_REFUSED,
            EventTag.PERMIT_WITHDRAWN,
            EventTag.PERMIT_VOIDED,
        }
    ),
    SubjectKind.PERMIT_PROPOSAL: frozenset(
        {
            EventTag.PERMIT_PROPOSAL_MADE,
            EventTag.PERMIT_PROPOSAL_CONFIRMED,
            EventTag.PERMIT_PROPOSAL_DECLINED,
            EventTag.PERMIT_PROPOSAL_WITHDRAWN,
            EventTag.PERMIT_PROPOSAL_EXPIRED,
        }
    ),
    SubjectKind.IMPORT_REQUEST: frozenset(
        {
            EventTag.IMPORT_REQUEST_MADE,
            EventTag.IMPORT_REQUEST_CONFIRMED,
            EventTag.IMPORT_REQUEST_DECLINED,
            EventTag.IMPORT_REQUEST_WITHDRAWN,
            EventTag.IMPORT_REQUEST_EXPIRED,
            EventTag.IMPORT_REQUEST_APPLIED,
        }
    ),
    SubjectKind.DESK_REQUEST: frozenset(
        {
            EventTag.DESK_REQUEST_MADE,
            EventTag.DESK_REQUEST_CONFIRMED,
            EventTag.DESK_REQUEST_DECLINED,
            EventTag.DESK_REQUEST_WITHDRAWN,
            EventTag.DESK_REQUEST_EXPIRED,
            EventTag.DESK_REQUEST_APPLIED,
        }
    ),
    # Its creation tells a few values only: the first change after it tells all that were there from the beginning.
    SubjectKind.REGISTRATION: frozenset(
        {
            EventTag.REGISTRATION_LOGIN_FAILED,
            EventTag.REGISTRATION_LOGIN_SUCCEEDED,
            EventTag.REGISTRATION_LOCKED,
            EventTag.REGISTRATION_UNLOCKED,
            EventTag.REGISTRATION_SUSPENDED,
            EventTag.REGISTRATION_RESUMED,
            EventTag.REGISTRATION_CANCELLED,
            EventTag.REGISTRATION_CODE_ISSUED,
            EventTag.REGISTRATION_CODE_FAILED,
            EventTag.REGISTRATION_RESET,
            EventTag.REGISTRATION_CHANGED,
        }
    ),
    SubjectKind.CARD: frozenset(
        {
            EventTag.CARD_REGISTERED,
            EventTag.CARD_RENEWED,
            EventTag.CARD_REPLACED,
            EventTag.CARD_CONTACT_CHANGED,
            EventTag.CARD_SUSPENDED,
            EventTag.CARD_RESUMED,
            EventTag.CARD_CANCELLED,
            EventTag.CARD_RECHECKED,
        }
    ),
    SubjectKind.FOLLOW_UP: frozenset(
        {
            EventTag.FOLLOW_UP_OPENED,
            EventTag.FOLLOW_UP_CHANGED,
            EventTag.FOLLOW_UP_DONE,
            EventTag.FOLLOW_UP_SETTLED,
        }
    ),
}
"""By kind of record the events that carry all of its values."""

_CREATED = frozenset({EventTag.REGISTRATION_CREATED})


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordState:
    """A record as it was at ``moment``: its values, or ``None`` before it was there. ``source`` is the event that tells so (one that came
    later where only that tells all); absent where there is none."""

    moment: datetime
    values: JsonMap | None
    source: AuditEntry | None


@dataclass(frozen=True, slots=True)
class StateChange:
    """A value that differs, by its name; one that is in one of them only is ``None`` in the other."""

    name: str
    old: JsonValue
    new: JsonValue


def state(
    office: Office, *, staff: Staff, reader: AuditReader, subject: Subject, moment: datetime
) -> RecordState:
    """The record as it was at that moment, everything that happened at the very moment included.

    Raises ``NotPermittedError``, and ``RuleError``: ``audit-state-kind`` where events of that kind do not carry whole records,
    ``audit-state-partial`` where only the creation is known, ``audit-state-erased`` where what the telling event said was erased.
    """
    require_reading(office, staff)
    tags = WHOLE.get(subject.kind)
    if tags is None:
        raise RuleError("audit-state-kind", kind=subject.kind.value)
    last = reader.last_of(subject, tags=tags, until=moment)
    if last is not None:
        told = shown(last, staff)
        return RecordState(moment=moment, values=_said(told, told.event.after), source=told)
    return _before_the_first(staff, reader, subject, tags, moment)


def difference(old: RecordState, new: RecordState) -> tuple[StateChange, ...]:
    """What two states say differently."""
    before, after = old.values or {}, new.values or {}
    names = dict.fromkeys((*after, *before))
    return tuple(
        StateChange(name, before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name) or (name in before) != (name in after)
    )


def _before_the_first(
    staff: Staff, reader: AuditReader, subject: Subject, tags: frozenset[EventTag], moment: datetime
) -> RecordState:
    """What the next change found there, where the record had been made already."""
    created = reader.last_of(subject, tags=_CREATED, until=moment)
    if created is None:
        return RecordState(moment=moment, values=None, source=None)
    following = reader.next_of(subject, tags=tags, beyond=moment)
    if following is None:
        raise RuleError("audit-state-partial", id=subject.id)
    told = shown(following, staff)
    return RecordState(moment=moment, values=_said(told, told.event.before), source=told)


def _said(told: AuditEntry, values: JsonMap | None) -> JsonMap:
    # An event of a whole record always says what it was, unless an erasing took that away: no answer is not "it was not there".
    if values is None:
        raise RuleError("audit-state-erased", id=str(told.seq))
    return values
