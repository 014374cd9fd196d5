"""A second person for decisions on permits: propose, confirm, decline, take back.

With the setting ``permit_second_person`` a permit is granted, refused, withdrawn or, once decided, voided only by two: one proposes,
another confirms, and the confirmation does exactly that, under the next document number where the act draws one. Where one person works
alone nobody is asked: ``services.permits`` needs a typed confirmation then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ebidadmin.domain import permit_proposals as proposals
from ebidadmin.domain.events import Subject, SubjectKind
from ebidadmin.domain.ids import PermitId, ProposalId
from ebidadmin.domain.permit_proposals import NUMBERED, Over, PermitAct, PermitBinding, PermitProposal
from ebidadmin.domain.permits import Permit
from ebidadmin.domain.second_person import RequestState, illegal
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import ConcurrentEditError, RuleError
from ebidadmin.services.last_change import last_change
from ebidadmin.services.permits import end_in_register, expect_version, next_document
from ebidadmin.services.ports import Office, SequenceName, UnitOfWork
from ebidadmin.services.refusals import refusals_logged
from ebidadmin.services.review_work import check_reasons
from ebidadmin.services.second_person import asks_another, end_of_life

NUMBER_PREFIX = "Q"
NUMBER_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Listed:
    """A proposal as a list shows it: ``over`` says why nothing can come of it any more, ``own`` whether the reader asked."""

    proposal: PermitProposal
    over: Over | None
    own: bool


def needed(office: Office, *, permit_id: PermitId, act: PermitAct) -> bool:
    """Whether that act on that permit waits for a second person. Raises ``NotFoundError``."""
    with office.uow() as uow:
        return _waits(office, act, uow.permits.get(permit_id))


def propose(
    office: Office,
    *,
    staff: Staff,
    permit_id: PermitId,
    act: PermitAct,
    version: int | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
    reasons: tuple[str, ...] = (),
    wording: str = "",
    withdrawn_from: date | None = None,
) -> PermitProposal:
    """Ask that another person does ``act``; the permit is not touched, no number is drawn. ``version`` is the permit's as the person saw
    it. A grant without a last day is bound to the end that the qualification has now.

    Raises ``NotPermittedError``, ``NotFoundError``, ``RuleError`` (``proposal-not-needed``; ``proposal-open``: somebody asked already),
    ``ConcurrentEditError`` ``changed-meanwhile``, and what ``services.permits`` raises for the act.
    """
    with refusals_logged(office, staff=staff, subject=Subject(SubjectKind.PERMIT, permit_id), verb="propose"):
        staff.require(Permission.RECORD_PERMIT)
        with office.uow() as uow:
            # The number first, because it gives the turn to write: nobody asks for the same meanwhile.
            drawn = uow.next_number(SequenceName.PERMIT_PROPOSAL)
            permit, now = uow.permits.get(permit_id), office.clock.now()
            if not _waits(office, act, permit):
                raise RuleError("proposal-not-needed", id=permit_id)
            expect_version(uow, permit, version)
            _make_room(uow, permit, staff, now)
            if act is PermitAct.REFUSE:
                check_reasons(office.permit_reasons, reasons)
            if act is PermitAct.GRANT and valid_to is None:
                valid_to = end_in_register(uow, permit.supplier_number)
            binding = proposals.bound(
                permit,
                act,
                valid_from=valid_from,
                valid_to=valid_to,
                reasons=reasons,
                wording=wording,
                withdrawn_from=withdrawn_from,
            )
            made = _made(office, drawn, permit, binding, staff, now)
            uow.record(made)
            uow.commit()
    return made.after


def confirm(office: Office, *, staff: Staff, number: ProposalId) -> tuple[PermitProposal, Permit]:
    """Confirm another person's proposal, which does exactly what was asked, now and under this person's name; both as they are then.

    Raises ``NotPermittedError``, ``NotFoundError``, ``RuleError`` ``own-request``, ``IllegalTransitionError`` after its time, and
    ``ConcurrentEditError`` (who, when) where the permit is not what was seen or somebody ended the proposal first.
    """
    with refusals_logged(office, staff=staff, subject=_subject(number), verb="confirm"):
        staff.require(Permission.CONFIRM_PERMIT)
        _expire(office, staff, number)
        with office.uow() as uow:
            now = office.clock.now()
            one, permit = _seen(uow, number, now)
            # Drawn in the unit of the decision: whatever is refused below gives it back.
            document = next_document(uow, now) if one.binding.act in NUMBERED else None
            confirmed, done = proposals.confirm(one, permit, document=document, by=staff.login, at=now)
            uow.record(confirmed)
            uow.record(done)
            uow.commit()
    return confirmed.after, done.after


def decline(office: Office, *, staff: Staff, number: ProposalId, reason: str) -> PermitProposal:
    """Decline another person's proposal, for a reason. Raises as ``confirm`` does, and ``InputError`` ``reason-missing``."""
    return _change(
        office,
        staff,
        number,
        "decline",
        Permission.CONFIRM_PERMIT,
        lambda one, now: proposals.decline(one, reason=reason, by=staff.login, at=now),
    )


def withdraw(office: Office, *, staff: Staff, number: ProposalId) -> PermitProposal:
    """Take one's own proposal back. Raises ``RuleError`` ``request-of-other`` and as ``confirm`` does."""
    return _change(
        office,
        staff,
        number,
        "withdraw",
        Permission.RECORD_PERMIT,
        lambda one, now: proposals.withdraw(one, by=staff.login, at=now),
    )


def list_all(office: Office, *, staff: Staff, open_only: bool = True) -> tuple[Listed, ...]:
    """The proposals, newest first. Raises ``NotPermittedError`` without the permission to read personal data."""
    desk = Subject(SubjectKind.DESK, "permits")
    with refusals_logged(office, staff=staff, subject=desk, verb="proposals"):
        staff.require(Permission.READ_PERSONAL)
    now = office.clock.now()
    with office.uow() as uow:
        found = uow.permit_proposals.open() if open_only else uow.permit_proposals.all()
        over = _over(uow, found, now)
    return tuple(Listed(one, over.get(one.id), one.asked_by(staff.login)) for one in found)


def open_of(uow: UnitOfWork, permit: Permit, *, staff: Staff, now: datetime) -> Listed | None:
    """The proposal about a permit that waits, or of which nothing can come any more, as ``staff`` sees it."""
    one = uow.permit_proposals.open_of(permit.id)
    return None if one is None else Listed(one, one.over(permit, at=now), one.asked_by(staff.login))


def waiting(office: Office) -> int:
    """How many wait for another person; only a number, so everybody on the staff may see it."""
    if not asks_another(office, office.settings.permit_second_person):
        return 0
    now = office.clock.now()
    with office.uow() as uow:
        found = uow.permit_proposals.open()
        over = _over(uow, found, now)
    return sum(over.get(one.id) is None for one in found)


def _waits(office: Office, act: PermitAct, permit: Permit) -> bool:
    wanted = office.settings.permit_second_person and proposals.needs_second_person(act, permit)
    return asks_another(office, wanted)


def _over(uow: UnitOfWork, found: Sequence[PermitProposal], now: datetime) -> dict[ProposalId, Over | None]:
    """Of the open ones among them, why nothing can come of them any more; their permits are read at once."""
    waiting_ones = [one for one in found if one.is_open]
    permits = uow.permits.get_all({one.binding.permit for one in waiting_ones})
    return {one.id: one.over(permits[one.binding.permit], at=now) for one in waiting_ones}


def _made(
    office: Office, drawn: int, permit: Permit, binding: PermitBinding, staff: Staff, now: datetime
) -> Transition[PermitProposal]:
    return proposals.propose(
        permit,
        binding,
        number=ProposalId(f"{NUMBER_PREFIX}{drawn:0{NUMBER_DIGITS}d}"),
        expires_at=end_of_life(office, now=now, days=office.settings.permit_request_days),
        by=staff.login,
        at=now,
    )


def _make_room(uow: UnitOfWork, permit: Permit, staff: Staff, now: datetime) -> None:
    """Of one permit there is one open proposal: an old one of which nothing can come is told to have expired."""
    present = uow.permit_proposals.open_of(permit.id)
    if present is None:
        return
    if present.over(permit, at=now) is None:
        raise RuleError("proposal-open", id=present.id, permit=permit.id, by=present.requested_by)
    uow.record(proposals.expire(present, permit, by=staff.login, at=now))


def _open(uow: UnitOfWork, number: ProposalId) -> PermitProposal:
    """Raises ``ConcurrentEditError`` with whoever ended it."""
    one = uow.permit_proposals.get(number)
    if one.is_open:
        return one
    moment = one.ended_at or one.confirmed_at
    raise ConcurrentEditError(
        "concurrent-edit",
        kind=SubjectKind.PERMIT_PROPOSAL.value,
        id=number,
        by=one.ended_by or one.confirmed_by,
        at=None if moment is None else moment.isoformat(),
        state=one.state.value,
    )


def _seen(uow: UnitOfWork, number: ProposalId, now: datetime) -> tuple[PermitProposal, Permit]:
    """A proposal that waits and its permit, as they belong together. Raises ``ConcurrentEditError`` with whoever was faster."""
    permit = uow.permits.get(_open(uow, number).binding.permit)
    # Looked at once more: where others write meanwhile, the permit may be what their confirmation has just made of it.
    one = _open(uow, number)
    if one.over(permit, at=now) is Over.PERMIT_CHANGED:
        raise _changed(uow, permit)
    return one, permit


def _expire(office: Office, staff: Staff, number: ProposalId) -> None:
    """Record that nothing can come of a proposal any more, and say so: of a permit that changed, by whom and when."""
    with office.uow() as uow:
        one, now = uow.permit_proposals.get(number), office.clock.now()
        permit = uow.permits.get(one.binding.permit)
        why = one.over(permit, at=now)
        if why is None:
            return
        told = _changed(uow, permit)
        uow.record(proposals.expire(one, permit, by=staff.login, at=now))
        uow.commit()
    raise told if why is Over.PERMIT_CHANGED else illegal(one, "go-on", RequestState.EXPIRED)


def _changed(uow: UnitOfWork, permit: Permit) -> ConcurrentEditError:
    """Who changed the permit last, and when, by the trail; nobody where it was changed around the services."""
    by, at = last_change(uow, Subject(SubjectKind.PERMIT, permit.id), permit.version)
    return ConcurrentEditError(
        "concurrent-edit",
        kind=SubjectKind.PERMIT.value,
        id=permit.id,
        by=by,
        at=at,
        state=permit.state.value,
    )


def _change(
    office: Office,
    staff: Staff,
    number: ProposalId,
    verb: str,
    permission: Permission,
    step: Callable[[PermitProposal, datetime], Transition[PermitProposal]],
) -> PermitProposal:
    with refusals_logged(office, staff=staff, subject=_subject(number), verb=verb):
        staff.require(permission)
        _expire(office, staff, number)
        with office.uow() as uow:
            changed = step(_open(uow, number), office.clock.now())
            uow.record(changed)
            uow.commit()
    return changed.after


def _subject(number: ProposalId) -> Subject:
    return Subject(SubjectKind.PERMIT_PROPOSAL, number)
