"""Paper permits for the small-purchase ID: requested on paper, granted or refused, possibly withdrawn.

A permit counts for exactly one supplier number.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from ebidadmin.clock import jst_date
from ebidadmin.domain.events import Event, EventTag, JsonMap, Subject, SubjectKind
from ebidadmin.domain.ids import PermitId, SupplierNumber
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import IllegalTransitionError, InputError, Problem


class PermitState(StrEnum):
    REQUESTED = "requested"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class PaperChannel(StrEnum):
    """How the paper came in or goes out."""

    COUNTER = "counter"
    FAX = "fax"
    MAIL = "mail"
    POST = "post"


@dataclass(frozen=True, slots=True, kw_only=True)
class Permit:
    """One paper request and what became of it. ``valid_to`` is inclusive; ``None`` on a granted permit means open-ended."""

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

    def in_force(self, day: date) -> bool:
        """Whether it permits on that day."""
        return (
            self.state is PermitState.GRANTED
            and self.valid_from is not None
            and self.valid_from <= day
            and (self.valid_to is None or day <= self.valid_to)
        )


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
) -> Transition[Permit]:
    """Record a paper request. Raises ``InputError`` for a receipt after today."""
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
    )
    return Transition(permit, (_event(EventTag.PERMIT_RECORDED, None, permit, by, at),))


def grant(
    permit: Permit, *, valid_from: date, valid_to: date | None, by: str, at: datetime
) -> Transition[Permit]:
    """Grant from ``valid_from`` to ``valid_to``, both inclusive. Raises ``InputError`` when they are out of order."""
    _expect(permit, "grant", PermitState.REQUESTED)
    if valid_to is not None and valid_to < valid_from:
        facts = {"valid_from": valid_from.isoformat(), "valid_to": valid_to.isoformat()}
        raise InputError("dates-out-of-order", [Problem("valid_to", "dates-out-of-order", facts)])
    after = replace(
        permit,
        state=PermitState.GRANTED,
        version=permit.version + 1,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    return Transition(after, (_event(EventTag.PERMIT_GRANTED, permit, after, by, at),))


def refuse(permit: Permit, *, reason: str, by: str, at: datetime) -> Transition[Permit]:
    """Refuse, for a reason."""
    _expect(permit, "refuse", PermitState.REQUESTED)
    after = replace(permit, state=PermitState.REFUSED, version=permit.version + 1, reason=_reason(reason))
    return Transition(after, (_event(EventTag.PERMIT_REFUSED, permit, after, by, at),))


def withdraw(permit: Permit, *, reason: str, by: str, at: datetime) -> Transition[Permit]:
    """Take a granted permit back, for a reason."""
    _expect(permit, "withdraw", PermitState.GRANTED)
    after = replace(permit, state=PermitState.WITHDRAWN, version=permit.version + 1, reason=_reason(reason))
    return Transition(after, (_event(EventTag.PERMIT_WITHDRAWN, permit, after, by, at),))


def as_audit_map(permit: Permit) -> JsonMap:
    return {
        "state": permit.state.value,
        "version": permit.version,
        "supplier_number": permit.supplier_number,
        "received": permit.received.isoformat(),
        "channel": permit.channel.value,
        "applicant": permit.applicant,
        "note": permit.note,
        "valid_from": None if permit.valid_from is None else permit.valid_from.isoformat(),
        "valid_to": None if permit.valid_to is None else permit.valid_to.isoformat(),
        "reason": permit.reason,
    }


def _reason(reason: str) -> str:
    if not reason.strip():
        raise InputError("reason-missing", [Problem("reason", "required")])
    return reason.strip()


def _expect(permit: Permit, verb: str, state: PermitState) -> None:
    if permit.state is not state:
        raise IllegalTransitionError(
            "illegal-transition", subject=permit.id, state=permit.state.value, verb=verb
        )


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
