"""The dispatch register: one row for each letter handed out or sent, only ever added to.

A wrong row stays; a further row names it and either says what was right or that nothing was dispatched at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from ebidadmin.clock import jst_date
from ebidadmin.domain.events import Event, EventTag, JsonMap, Subject, SubjectKind
from ebidadmin.domain.ids import DispatchId, PermitId, SupplierNumber
from ebidadmin.domain.permits import DocumentNumber, PaperChannel, Permit, PermitState, expect
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import InputError, Problem, RuleError


class DispatchKind(StrEnum):
    """What a row says: a letter went out, a wrong row put right, or that what a wrong row says did not happen."""

    SENT = "sent"
    CORRECTION = "correction"
    CANCELLATION = "cancellation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """One row. ``day`` is when the letter went out, ``recipient`` to whom, ``corrects`` the wrong row that this one stands against."""

    id: DispatchId
    permit: PermitId
    supplier_number: SupplierNumber
    document: DocumentNumber
    day: date
    channel: PaperChannel
    recipient: str
    by: str
    at: datetime
    kind: DispatchKind = DispatchKind.SENT
    corrects: DispatchId | None = None
    note: str = ""
    version: int = 1


def dispatch(
    permit: Permit,
    *,
    dispatch_id: DispatchId,
    day: date,
    channel: PaperChannel,
    recipient: str,
    by: str,
    at: datetime,
    note: str = "",
) -> Transition[Dispatch]:
    """Enter that the letter of a decided permit went out on ``day``.

    Raises ``IllegalTransitionError`` for a request without a decision, ``RuleError`` (``letter-without-number``) for what has none,
    and ``InputError`` for no recipient or a day before the decision, after today, or after the permit was voided.
    """
    row = _row(
        permit,
        dispatch_id=dispatch_id,
        day=day,
        channel=channel,
        recipient=recipient,
        by=by,
        at=at,
        kind=DispatchKind.SENT,
        corrects=None,
        note=note,
    )
    return _entered(EventTag.PERMIT_DISPATCHED, row)


def correct(
    permit: Permit,
    wrong: Dispatch,
    *,
    dispatch_id: DispatchId,
    day: date,
    channel: PaperChannel,
    recipient: str,
    note: str,
    by: str,
    at: datetime,
) -> Transition[Dispatch]:
    """Enter what was right in place of the row ``wrong``, with a word on the mistake. Raises as ``dispatch``, and ``InputError`` without
    the word (``reason-missing``)."""
    row = _row(
        permit,
        dispatch_id=dispatch_id,
        day=day,
        channel=channel,
        recipient=recipient,
        by=by,
        at=at,
        kind=DispatchKind.CORRECTION,
        corrects=_corrected(permit, wrong),
        note=_why(note),
    )
    return _entered(EventTag.PERMIT_DISPATCH_CORRECTED, row)


def cancel(
    permit: Permit, wrong: Dispatch, *, dispatch_id: DispatchId, note: str, by: str, at: datetime
) -> Transition[Dispatch]:
    """Enter that what the row ``wrong`` says did not happen. Raises ``InputError`` without a word on it, and as ``correct``."""
    row = Dispatch(
        id=dispatch_id,
        permit=permit.id,
        supplier_number=wrong.supplier_number,
        document=wrong.document,
        day=wrong.day,
        channel=wrong.channel,
        recipient=wrong.recipient,
        by=by,
        at=at,
        kind=DispatchKind.CANCELLATION,
        corrects=_corrected(permit, wrong),
        note=_why(note),
    )
    return _entered(EventTag.PERMIT_DISPATCH_CORRECTED, row)


def corrected_by(rows: Iterable[Dispatch]) -> Mapping[DispatchId, DispatchId]:
    """By wrong row the row that stands against it."""
    return {row.corrects: row.id for row in rows if row.corrects is not None}


def standing(rows: Iterable[Dispatch]) -> tuple[Dispatch, ...]:
    """Of the rows of one permit those that say that a letter went out and against which no other stands, in their order."""
    given = tuple(rows)
    against = corrected_by(given)
    return tuple(row for row in given if row.kind is not DispatchKind.CANCELLATION and row.id not in against)


def as_audit_map(row: Dispatch) -> JsonMap:
    """Every value of a row, JSON-ready."""
    return {
        "dispatch": row.id,
        "document": [row.document.fiscal_year, row.document.number],
        "day": row.day.isoformat(),
        "channel": row.channel.value,
        "recipient": row.recipient,
        "kind": row.kind.value,
        "corrects": row.corrects,
        "note": row.note,
    }


def _row(
    permit: Permit,
    *,
    dispatch_id: DispatchId,
    day: date,
    channel: PaperChannel,
    recipient: str,
    by: str,
    at: datetime,
    kind: DispatchKind,
    corrects: DispatchId | None,
    note: str,
) -> Dispatch:
    _check_day(permit, day, jst_date(at))
    if not recipient.strip():
        raise InputError("form", [Problem("recipient", "required")])
    return Dispatch(
        id=dispatch_id,
        permit=permit.id,
        supplier_number=permit.supplier_number,
        document=_document(permit),
        day=day,
        channel=channel,
        recipient=recipient.strip(),
        by=by,
        at=at,
        kind=kind,
        corrects=corrects,
        note=note.strip(),
    )


def _document(permit: Permit) -> DocumentNumber:
    if permit.document is None:
        raise RuleError("letter-without-number", id=permit.id)
    return permit.document


def _check_day(permit: Permit, day: date, today: date) -> None:
    """A letter goes out after the decision and not later than today; of a void permit, not after it was found out."""
    decided = (PermitState.GRANTED, PermitState.REFUSED, PermitState.WITHDRAWN, PermitState.VOIDED)
    expect(permit, "dispatch", *decided)
    _document(permit)
    facts = {"value": day.isoformat()}
    if day > today:
        raise InputError("date-in-future", [Problem("day", "date-in-future", facts)])
    if permit.decided_at is not None and day < jst_date(permit.decided_at):
        raise InputError("dispatch-before-decision", day=day.isoformat(), id=permit.id)
    if permit.voiding is not None and day > jst_date(permit.voiding.at):
        raise InputError("dispatch-after-voiding", day=day.isoformat(), id=permit.id)


def _corrected(permit: Permit, wrong: Dispatch) -> DispatchId:
    if wrong.permit != permit.id:
        raise InputError("dispatch-of-other", id=wrong.id, permit=permit.id)
    return wrong.id


def _why(note: str) -> str:
    if not note.strip():
        raise InputError("reason-missing", [Problem("note", "required")])
    return note.strip()


def _entered(tag: EventTag, row: Dispatch) -> Transition[Dispatch]:
    event = Event(
        tag=tag,
        subject=Subject(SubjectKind.PERMIT, row.permit),
        by=row.by,
        at=row.at,
        after=as_audit_map(row),
        supplier_number=row.supplier_number,
    )
    return Transition(row, (event,))
