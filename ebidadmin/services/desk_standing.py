"""Whether what a request of the review desk is about is still as it was seen, and what of a list was done by it already."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from ebidadmin.domain import desk_requests as desk
from ebidadmin.domain.applications import ApplicationState, IdApplication
from ebidadmin.domain.desk_requests import BoundCase, BulkBinding, CancelBinding, DeskRequest, Over
from ebidadmin.domain.events import EventTag, Subject, SubjectKind
from ebidadmin.domain.ids import ApplicationNumber, DeskRequestId
from ebidadmin.domain.second_person import RequestState, expect, illegal
from ebidadmin.domain.staff import Staff
from ebidadmin.errors import ConcurrentEditError, EbidError, StalePlanError
from ebidadmin.services.last_change import last_change
from ebidadmin.services.ports import Office, UnitOfWork


@dataclass(frozen=True, slots=True)
class Listed:
    """A request as a list shows it: ``over`` says why nothing can come of it any more, ``own`` whether the reader asked."""

    request: DeskRequest
    over: Over | None
    own: bool


def stands(uow: UnitOfWork, one: DeskRequest) -> bool:
    """What ``DeskRequest.over`` asks: the ID in the version that was seen; of a list, one case or more, or one that it approved already."""
    return standing(uow, [one])[one.id]


def standing(uow: UnitOfWork, ones: Collection[DeskRequest]) -> Mapping[DeskRequestId, bool]:
    """The same of many, read at once."""
    lists = {one.id: one.binding for one in ones if isinstance(one.binding, BulkBinding)}
    asked = [one.binding for one in ones if isinstance(one.binding, CancelBinding)]
    ids = uow.registrations.of_suppliers({binding.supplier_number for binding in asked})
    versions = {live.application: live.version for some in ids.values() for live in some}
    cases = uow.applications.some({number for binding in lists.values() for number in binding.numbers})
    found = {
        number: any(as_it_was(cases.get(case.number), case) for case in binding.cases)
        for number, binding in lists.items()
    }
    done = _approved(uow, [one for one in ones if found.get(one.id) is False])
    return {
        one.id: versions.get(one.binding.application) == one.binding.registration_version
        if isinstance(one.binding, CancelBinding)
        else found[one.id] or bool(done[one.id])
        for one in ones
    }


def as_it_was(application: IdApplication | None, case: BoundCase) -> bool:
    """Whether the case waits for a decision in the version that was seen."""
    return (
        application is not None
        and application.version == case.version
        and application.state is ApplicationState.PENDING
    )


def approved_by(uow: UnitOfWork, one: DeskRequest) -> frozenset[ApplicationNumber]:
    """Which cases of a list were approved as that request asked, by the trail: from there whoever goes on after an interruption knows
    it."""
    return _approved(uow, [one])[one.id]


def _approved(
    uow: UnitOfWork, ones: Collection[DeskRequest]
) -> Mapping[DeskRequestId, frozenset[ApplicationNumber]]:
    numbers = {
        number
        for one in ones
        if isinstance(one.binding, BulkBinding) and one.confirmed_by is not None
        for number in one.binding.numbers
    }
    done: dict[DeskRequestId, set[ApplicationNumber]] = {one.id: set() for one in ones}
    subjects = {Subject(SubjectKind.APPLICATION, number) for number in numbers}
    for subject, entries in uow.audit.of_subjects(subjects).items() if subjects else ():
        for entry in entries:
            asked = entry.event.facts.get("desk_request")
            if entry.event.tag is EventTag.APPLICATION_APPROVED and asked in done:
                done[DeskRequestId(str(asked))].add(ApplicationNumber(subject.id))
    return {number: frozenset(some) for number, some in done.items()}


def still_open(one: DeskRequest) -> DeskRequest:
    """The request, which has not ended. Raises ``ConcurrentEditError`` with whoever ended it."""
    if one.is_open:
        return one
    raise ConcurrentEditError(
        "concurrent-edit",
        kind=SubjectKind.DESK_REQUEST.value,
        id=one.id,
        by=one.ended_by,
        at=None if one.ended_at is None else one.ended_at.isoformat(),
        state=one.state.value,
    )


def still_confirmed(uow: UnitOfWork, one: DeskRequest) -> DeskRequest:
    """The request as it is now, confirmed; to be asked where the turn to write is taken, after which nobody takes it back. Raises as
    ``still_open`` does, and ``IllegalTransitionError``."""
    now = still_open(uow.desk_requests.get(one.id))
    expect(now, "carry-out", RequestState.CONFIRMED)
    return now


def changed(uow: UnitOfWork, application: ApplicationNumber) -> ConcurrentEditError:
    """Who changed that ID last, and when, by the trail; nobody where it was changed around the services."""
    registration = uow.registrations.get(application)
    by, at = last_change(uow, Subject(SubjectKind.REGISTRATION, application), registration.version)
    return ConcurrentEditError(
        "concurrent-edit",
        kind=SubjectKind.REGISTRATION.value,
        id=application,
        by=by,
        at=at,
        state=registration.state.value,
    )


def listed(
    uow: UnitOfWork, ones: Collection[DeskRequest], *, staff: Staff, now: datetime
) -> tuple[Listed, ...]:
    """Requests as they stand now."""
    there = standing(uow, [one for one in ones if one.is_open])
    return tuple(
        Listed(one, one.over(stands=there.get(one.id, True), at=now), one.asked_by(staff.login))
        for one in ones
    )


def expire_if_over(office: Office, staff: Staff, number: DeskRequestId) -> None:
    """Record that nothing can come of a request any more, and say so: of an ID that changed, by whom and when."""
    with office.uow() as uow:
        one, now = uow.desk_requests.get(number), office.clock.now()
        if not one.is_open:
            return
        standing = stands(uow, one)
        why = one.over(stands=standing, at=now)
        if why is None:
            return
        told = why_over(uow, one, why)
        uow.record(desk.expire(one, stands=standing, by=staff.login, at=now))
        uow.commit()
    raise told


def about(number: DeskRequestId) -> Subject:
    """What events of a request are about."""
    return Subject(SubjectKind.DESK_REQUEST, number)


def expect_standing(uow: UnitOfWork, one: DeskRequest) -> None:
    """Raises what ``expire_if_over`` raises where nothing of what it is about is as it was seen."""
    if not stands(uow, one):
        gone = Over.CASES_CHANGED if isinstance(one.binding, BulkBinding) else Over.REGISTRATION_CHANGED
        raise why_over(uow, one, gone)


def why_over(uow: UnitOfWork, one: DeskRequest, why: Over) -> EbidError:
    """What whoever comes upon it is told."""
    if why is Over.LIFETIME:
        return illegal(one, "go-on", RequestState.EXPIRED)
    if isinstance(one.binding, CancelBinding):
        return changed(uow, one.binding.application)
    return StalePlanError("desk-request-stale", id=one.id)
