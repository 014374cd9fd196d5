"""A decision on a permit waits for a second person: who asked for exactly what, and what became of it.

A proposal is bound to the permit as it was seen. Its confirmation is the decision: both happen at once, and until then no document number
is drawn. Whoever asked never confirms.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from ebidadmin.clock import fiscal_year, jst_date, midnight_after
from ebidadmin.domain import permits, second_person
from ebidadmin.domain.events import Event, EventTag, JsonMap, Subject, SubjectKind
from ebidadmin.domain.ids import PermitId, ProposalId, SupplierNumber
from ebidadmin.domain.permits import DocumentNumber, Permit, PermitState
from ebidadmin.domain.second_person import RequestState
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import StalePlanError

OPEN_PROPOSALS = frozenset({RequestState.REQUESTED})
"""States in which something can still come of a proposal."""


class PermitAct(StrEnum):
    """What is to be done to a permit."""

    GRANT = "grant"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    VOID = "void"


NUMBERED = frozenset({PermitAct.GRANT, PermitAct.REFUSE})
"""What draws a document number."""


class Over(StrEnum):
    """Why nothing can come of an open proposal any more."""

    LIFETIME = "lifetime"
    PERMIT_CHANGED = "permit-changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitBinding:
    """What exactly is to be done, and to which permit as it was seen.

    ``permit_digest`` stands for every value that the permit had. ``valid_from`` and ``withdrawn_from`` may be absent: the day of the
    confirmation; an absent ``valid_to`` is a permit without an end. ``wording`` is the free text that goes with it: beside the reasons of a
    refusal, or why the permit is withdrawn or void.
    """

    act: PermitAct
    permit: PermitId
    permit_version: int
    permit_digest: str
    valid_from: date | None = None
    valid_to: date | None = None
    reasons: tuple[str, ...] = ()
    wording: str = ""
    withdrawn_from: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitProposal(second_person.Request):
    """One proposal and what became of it."""

    open_states: ClassVar[frozenset[RequestState]] = OPEN_PROPOSALS

    id: ProposalId
    supplier_number: SupplierNumber
    binding: PermitBinding

    def over(self, permit: Permit, *, at: datetime) -> Over | None:
        """Why nothing can come of it any more at that moment, ``permit`` being its permit as it is then; ``None`` while something can, and
        once it has ended."""
        if not self.is_open:
            return None
        seen = self.binding
        if (permit.version, permit_digest(permit)) != (seen.permit_version, seen.permit_digest):
            return Over.PERMIT_CHANGED
        return Over.LIFETIME if at >= self.expires_at else None


def permit_digest(permit: Permit) -> str:
    """SHA-256 (hex) of every value of a permit."""
    return second_person.digest({"id": permit.id, **permits.as_audit_map(permit)})


def bound(
    permit: Permit,
    act: PermitAct,
    *,
    valid_from: date | None = None,
    valid_to: date | None = None,
    reasons: tuple[str, ...] = (),
    wording: str = "",
    withdrawn_from: date | None = None,
) -> PermitBinding:
    """What is to be done to ``permit`` as it is now."""
    return PermitBinding(
        act=act,
        permit=permit.id,
        permit_version=permit.version,
        permit_digest=permit_digest(permit),
        valid_from=valid_from,
        valid_to=valid_to,
        reasons=tuple(dict.fromkeys(reasons)),
        wording=wording.strip(),
        withdrawn_from=withdrawn_from,
    )


def needs_second_person(act: PermitAct, permit: Permit) -> bool:
    """Whether it decides something or takes a decision back. What was recorded by mistake and is not decided yet is voided by one alone."""
    return act is not PermitAct.VOID or permit.state is not PermitState.REQUESTED


def propose(
    permit: Permit,
    binding: PermitBinding,
    *,
    number: ProposalId,
    expires_at: datetime,
    by: str,
    at: datetime,
) -> Transition[PermitProposal]:
    """Ask for a second person. A withdrawal from a named day on ends with that day, because none reaches back.

    Raises whatever the act itself would raise now: nobody is asked about what cannot be done.
    """
    _done(permit, binding, DocumentNumber(fiscal_year(jst_date(at)), 0), by=by, at=at)
    made = PermitProposal(
        id=number,
        supplier_number=permit.supplier_number,
        binding=binding,
        requested_by=by,
        requested_at=at,
        expires_at=min(expires_at, midnight_after(binding.withdrawn_from))
        if binding.withdrawn_from
        else expires_at,
    )
    return Transition(made, (_event(EventTag.PERMIT_PROPOSAL_MADE, None, made, by, at),))


def confirm(
    one: PermitProposal, permit: Permit, *, document: DocumentNumber | None, by: str, at: datetime
) -> tuple[Transition[PermitProposal], Transition[Permit]]:
    """Confirm it as another person, which does to ``permit`` exactly what was asked; ``document`` is the number of a grant or a refusal.

    Raises ``RuleError`` ``own-request``, ``StalePlanError`` ``proposal-stale`` when the permit is not what was seen,
    ``IllegalTransitionError``, and whatever the act itself raises.
    """
    why = one.over(permit, at=at)
    if why is Over.PERMIT_CHANGED:
        raise StalePlanError("proposal-stale", id=one.id)
    if why is Over.LIFETIME:
        raise second_person.illegal(one, "confirm", RequestState.EXPIRED)
    after = second_person.confirmed(one, by=by, at=at)
    event = _event(EventTag.PERMIT_PROPOSAL_CONFIRMED, one, after, by, at)
    done = _done(permit, one.binding, document, by=by, at=at)
    return Transition(after, (event,)), done.telling(told(after))


def decline(one: PermitProposal, *, reason: str, by: str, at: datetime) -> Transition[PermitProposal]:
    """Decline it for a reason, as another person. Raises ``RuleError`` ``own-request``, ``IllegalTransitionError`` and ``InputError``
    ``reason-missing``."""
    after = second_person.declined(one, reason=reason, by=by, at=at)
    return Transition(after, (_event(EventTag.PERMIT_PROPOSAL_DECLINED, one, after, by, at),))


def withdraw(one: PermitProposal, *, by: str, at: datetime) -> Transition[PermitProposal]:
    """Take one's own proposal back. Raises ``RuleError`` ``request-of-other`` and ``IllegalTransitionError``."""
    after = second_person.withdrawn(one, by=by, at=at)
    return Transition(after, (_event(EventTag.PERMIT_PROPOSAL_WITHDRAWN, one, after, by, at),))


def expire(one: PermitProposal, permit: Permit, *, by: str, at: datetime) -> Transition[PermitProposal]:
    """Record that nothing can come of it any more; ``by`` is who came upon it. Raises ``IllegalTransitionError`` where that is not so."""
    after = second_person.expired(one, one.over(permit, at=at), by=by, at=at)
    return Transition(after, (_event(EventTag.PERMIT_PROPOSAL_EXPIRED, one, after, by, at),))


def as_audit_map(one: PermitProposal) -> JsonMap:
    """Every value of a proposal, JSON-ready."""
    binding = one.binding
    return {
        **second_person.life_map(one),
        "act": binding.act.value,
        "permit": binding.permit,
        "supplier_number": one.supplier_number,
        "permit_version": binding.permit_version,
        "permit_digest": binding.permit_digest,
        "valid_from": _iso(binding.valid_from),
        "valid_to": _iso(binding.valid_to),
        "reasons": list(binding.reasons),
        "wording": binding.wording,
        "withdrawn_from": _iso(binding.withdrawn_from),
    }


def told(one: PermitProposal) -> JsonMap:
    """What the event of the permit says about the two persons."""
    return {"proposal": one.id, "requested_by": one.requested_by, "confirmed_by": one.confirmed_by}


def _done(
    permit: Permit, binding: PermitBinding, document: DocumentNumber | None, *, by: str, at: datetime
) -> Transition[Permit]:
    """The act itself, by the rules of ``permits``."""
    match binding.act:
        case PermitAct.WITHDRAW:
            first = binding.withdrawn_from
            return permits.withdraw(permit, reason=binding.wording, withdrawn_from=first, by=by, at=at)
        case PermitAct.VOID:
            return permits.void(permit, reason=binding.wording, by=by, at=at)
    if document is None:
        raise ValueError("a decision has a number")
    if binding.act is PermitAct.REFUSE:
        given, note = binding.reasons, binding.wording
        return permits.refuse(permit, document=document, reasons=given, note=note, by=by, at=at)
    return permits.grant(
        permit,
        document=document,
        valid_from=binding.valid_from or jst_date(at),
        valid_to=binding.valid_to,
        by=by,
        at=at,
    )


def _iso(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _event(
    tag: EventTag, before: PermitProposal | None, after: PermitProposal, by: str, at: datetime
) -> Event:
    return Event(
        tag=tag,
        subject=Subject(SubjectKind.PERMIT_PROPOSAL, after.id),
        by=by,
        at=at,
        before=None if before is None else as_audit_map(before),
        after=as_audit_map(after),
        supplier_number=after.supplier_number,
    )
