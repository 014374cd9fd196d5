"""Paper permits for the small-purchase ID: requested on paper, granted or refused, possibly withdrawn, or void.

A permit counts for exactly one supplier number. A decision draws a document number; whatever becomes of the permit, the number stays
with it. Withdrawing takes a rightful permit back from a day on and leaves what was before; voiding says that what was recorded or
decided was a mistake and never counted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from ebidadmin.clock import fiscal_year, jst_date
from ebidadmin.domain.events import Event, EventTag, JsonMap, Subject, SubjectKind
from ebidadmin.domain.ids import PermitId, SupplierNumber
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import IllegalTransitionError, InputError, Problem


class PermitState(StrEnum):
    REQUESTED = "requested"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    VOIDED = "voided"


class PaperChannel(StrEnum):
    """How the paper came in or goes out."""

    COUNTER = "counter"
    FAX = "fax"
    MAIL = "mail"
    POST = "post"


DECISIONS = frozenset({"grant", "refuse"})
"""Verbs that decide a request."""

DECIDED = frozenset({PermitState.GRANTED, PermitState.REFUSED})
"""What they lead to; whoever withdrew or voided a permit is not who decided it."""


@dataclass(frozen=True, slots=True, order=True)
class DocumentNumber:
    """The number of a decision's letter: the ``number``-th of its fiscal year, grants and refusals in one series."""

    fiscal_year: int
    number: int


@dataclass(frozen=True, slots=True)
class Voiding:
    """That a permit never counted: who found the mistake, when, and what it was."""

    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Permit:
    """One paper request and what became of it.

    ``valid_to`` is inclusive; ``None`` on a granted permit means open-ended. ``withdrawn_from`` is the first day on which a withdrawn
    permit no longer counts; a permit withdrawn before such days were recorded has none and counts on no day. ``document`` and
    ``decided_at`` are missing on what was decided before they were recorded. ``reason`` is free text: beside the coded
    ``refusal_reasons`` of a refusal (alone on an old one), or why a permit was withdrawn.
    """

    id: PermitId
    supplier_number: SupplierNumber
    received: date
    channel: PaperChannel
    applicant: str = ""
    note: str = ""
    state: PermitState = PermitState.REQUESTED
    version: int = 1
    valid_from: date | None = None
    valid_to: date | None = None
    reason: str = ""
    reply_channel: PaperChannel | None = None
    document: DocumentNumber | None = None
    decided_at: datetime | None = None
    decided_by: str | None = None
    refusal_reasons: tuple[str, ...] = ()
    withdrawn_from: date | None = None
    voiding: Voiding | None = None

    def in_force(self, day: date) -> bool:
        """Whether it permits on that day."""
        if self.valid_from is None or day < self.valid_from:
            return False
        if self.valid_to is not None and self.valid_to < day:
            return False
        if self.state is PermitState.WITHDRAWN:
            return self.withdrawn_from is not None and day < self.withdrawn_from
        return self.state is PermitState.GRANTED


def record(
    *,
    permit_id: PermitId,
    supplier_number: SupplierNumber,
    received: date,
    channel: PaperChannel,
    by: str,
    at: datetime,
    applicant: str = "",
    note: str = "",
    reply_channel: PaperChannel | None = None,
) -> Transition[Permit]:
    """Record a paper request; ``reply_channel`` is how the answer is wished for. Raises ``InputError`` for a receipt after today."""
    if received > jst_date(at):
        raise InputError(
            "date-in-future", [Problem("received", "date-in-future", {"value": received.isoformat()})]
        )
    permit = Permit(
        id=permit_id,
        supplier_number=supplier_number,
        received=received,
        channel=channel,
        applicant=applicant.strip(),
        note=note.strip(),
        reply_channel=reply_channel,
    )
    return Transition(permit, (_event(EventTag.PERMIT_RECORDED, None, permit, by, at),))


def grant(
    permit: Permit,
    *,
    document: DocumentNumber,
    valid_from: date,
    valid_to: date | None,
    by: str,
    at: datetime,
) -> Transition[Permit]:
    """Grant from ``valid_from`` to ``valid_to``, both inclusive, under that number.

    Raises ``IllegalTransitionError``, ``InputError`` when the days are out of order, and ``ValueError`` for a number of another
    fiscal year than the decision's.
    """
    expect(permit, "grant", PermitState.REQUESTED)
    if valid_to is not None and valid_to < valid_from:
        facts = {"valid_from": valid_from.isoformat(), "valid_to": valid_to.isoformat()}
        raise InputError("dates-out-of-order", [Problem("valid_to", "dates-out-of-order", facts)])
    decided = _decided(permit, PermitState.GRANTED, document, by, at)
    after = replace(decided, valid_from=valid_from, valid_to=valid_to)
    return Transition(after, (_event(EventTag.PERMIT_GRANTED, permit, after, by, at),))


def refuse(
    permit: Permit, *, document: DocumentNumber, reasons: tuple[str, ...], note: str, by: str, at: datetime
) -> Transition[Permit]:
    """Refuse for the coded ``reasons``, with free text beside them (may be empty), under that number. Raises as ``grant``, and
    ``InputError`` (``reason-missing``) without a code."""
    expect(permit, "refuse", PermitState.REQUESTED)
    if not reasons:
        raise InputError("reason-missing", [Problem("reasons", "required")])
    decided = _decided(permit, PermitState.REFUSED, document, by, at)
    after = replace(decided, refusal_reasons=tuple(dict.fromkeys(reasons)), reason=note.strip())
    return Transition(after, (_event(EventTag.PERMIT_REFUSED, permit, after, by, at),))


def withdraw(
    permit: Permit, *, reason: str, by: str, at: datetime, withdrawn_from: date | None = None
) -> Transition[Permit]:
    """Take a granted permit back from ``withdrawn_from`` on (default: today), for a reason; until the day before it counts as it did.

    Raises ``IllegalTransitionError``, ``InputError`` without a reason (``reason-missing``), for a day gone by (``date-in-past``) and for
    one on which the permit is over anyway (``withdrawal-after-end``).
    """
    expect(permit, "withdraw", PermitState.GRANTED)
    today = jst_date(at)
    day = withdrawn_from or today
    if day < today:
        raise InputError(
            "date-in-past", [Problem("withdrawn_from", "date-in-past", {"value": day.isoformat()})]
        )
    if permit.valid_to is not None and permit.valid_to < day:
        raise InputError("withdrawal-after-end", day=day.isoformat(), valid_to=permit.valid_to.isoformat())
    after = replace(
        permit,
        state=PermitState.WITHDRAWN,
        version=permit.version + 1,
        reason=_reason(reason),
        withdrawn_from=day,
    )
    return Transition(after, (_event(EventTag.PERMIT_WITHDRAWN, permit, after, by, at),))


def void(permit: Permit, *, reason: str, by: str, at: datetime) -> Transition[Permit]:
    """Say that it was recorded or decided by mistake and never counted. Its number stays used.

    A withdrawn one cannot be void: it was rightful until its withdrawal. Raises ``IllegalTransitionError``, and ``InputError`` without a
    reason.
    """
    expect(permit, "void", PermitState.REQUESTED, PermitState.GRANTED, PermitState.REFUSED)
    after = replace(
        permit,
        state=PermitState.VOIDED,
        version=permit.version + 1,
        voiding=Voiding(at, by, _reason(reason)),
    )
    return Transition(after, (_event(EventTag.PERMIT_VOIDED, permit, after, by, at),))


def as_audit_map(permit: Permit) -> JsonMap:
    """Every value of a permit, JSON-ready."""
    document, voiding = permit.document, permit.voiding
    return {
        "state": permit.state.value,
        "version": permit.version,
        "supplier_number": permit.supplier_number,
        "received": permit.received.isoformat(),
        "channel": permit.channel.value,
        "applicant": permit.applicant,
        "note": permit.note,
        "valid_from": _iso(permit.valid_from),
        "valid_to": _iso(permit.valid_to),
        "reason": permit.reason,
        "reply_channel": None if permit.reply_channel is None else permit.reply_channel.value,
        "document": None if document is None else [document.fiscal_year, document.number],
        "decided_at": _iso(permit.decided_at),
        "decided_by": permit.decided_by,
        "refusal_reasons": list(permit.refusal_reasons),
        "withdrawn_from": _iso(permit.withdrawn_from),
        "voided_at": None if voiding is None else _iso(voiding.at),
        "voided_by": None if voiding is None else voiding.by,
        "void_reason": None if voiding is None else voiding.reason,
    }


def expect(permit: Permit, verb: str, *states: PermitState) -> None:
    """Raises ``IllegalTransitionError`` unless the permit is in one of ``states``; whoever would decide what is decided is told by whom
    and when (``already-decided`` with ``by`` and ``at``), where that was recorded."""
    if permit.state in states:
        return
    subject, state = permit.id, permit.state.value
    if verb in DECISIONS and permit.state in DECIDED and permit.decided_at is not None:
        raise IllegalTransitionError(
            "already-decided",
            subject=subject,
            state=state,
            verb=verb,
            by=permit.decided_by,
            at=permit.decided_at.isoformat(),
        )
    raise IllegalTransitionError("illegal-transition", subject=subject, state=state, verb=verb)


def _decided(permit: Permit, state: PermitState, document: DocumentNumber, by: str, at: datetime) -> Permit:
    if document.fiscal_year != fiscal_year(jst_date(at)):
        raise ValueError("a decision is numbered in its own fiscal year")
    return replace(
        permit, state=state, version=permit.version + 1, document=document, decided_at=at, decided_by=by
    )


def _iso(value: date | datetime | None) -> str | None:
    return None if value is None else value.isoformat()


def _reason(reason: str) -> str:
    if not reason.strip():
        raise InputError("reason-missing", [Problem("reason", "required")])
    return reason.strip()


def _event(tag: EventTag, before: Permit | None, after: Permit, by: str, at: datetime) -> Event:
    return Event(
        tag=tag,
        subject=Subject(SubjectKind.PERMIT, after.id),
        by=by,
        at=at,
        before=None if before is None else as_audit_map(before),
        after=as_audit_map(after),
        supplier_number=after.supplier_number,
    )
