"""A second person for bulk approval and for cancelling an ID: ask, confirm, decline, take back, and carry out what was confirmed.

With the settings ``bulk_second_person`` and ``cancel_second_person`` nobody does either alone. Whoever may review asks for exactly what was
seen; another person, who may be an approver and then reads no hashes, says yes; and whoever may review carries it out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from ebidadmin.domain import desk_requests as desk
from ebidadmin.domain import id_desk_work
from ebidadmin.domain.applications import ApplicationState
from ebidadmin.domain.desk_requests import (
    BoundCase,
    BulkBinding,
    CancelBinding,
    DeskAct,
    DeskRequest,
)
from ebidadmin.domain.events import Subject, SubjectKind
from ebidadmin.domain.ids import ApplicationNumber, DeskRequestId
from ebidadmin.domain.mails import MailKind
from ebidadmin.domain.second_person import RequestState
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import RuleError, StalePlanError
from ebidadmin.services import id_desk
from ebidadmin.services.bulk_approval import BulkCase
from ebidadmin.services.desk_carrying_out import CarriedOut, ShownCase, ShownRequest, carry_out, shown
from ebidadmin.services.desk_standing import (
    Listed,
    about,
    expect_standing,
    expire_if_over,
    listed,
    standing,
    stands,
    still_open,
)
from ebidadmin.services.last_change import changed_meanwhile
from ebidadmin.services.ports import Office, SequenceName, UnitOfWork
from ebidadmin.services.refusals import refusals_logged
from ebidadmin.services.review_work import Work, accepted_words, expect_state, expect_version
from ebidadmin.services.second_person import asks_another, end_of_life

__all__ = [
    "CarriedOut",
    "Listed",
    "ShownCase",
    "ShownRequest",
    "carry_out",
    "confirm",
    "decline",
    "list_all",
    "open_of",
    "request_bulk",
    "request_cancel",
    "shown",
    "waiting",
    "withdraw",
]

NUMBER_PREFIX = "C"
"""Not ``D``, with which rows of the dispatch register begin, nor ``B``, with which applications of a batch may."""

NUMBER_DIGITS = 6


def request_cancel(
    office: Office,
    *,
    staff: Staff,
    application: ApplicationNumber,
    version: int,
    reason: str,
    previewed: id_desk.Mails | None = None,
) -> DeskRequest:
    """Ask that another person confirms the cancelling of an ID; the ID is not touched. ``version`` and ``previewed`` are what was seen.

    Raises ``NotPermittedError``, ``NotFoundError``, ``RuleError`` (``desk-request-not-needed``; ``desk-request-open``: somebody asked
    already), ``ConcurrentEditError`` ``changed-meanwhile``, and what ``id_desk.cancel`` raises.
    """
    subject = Subject(SubjectKind.REGISTRATION, application)
    with refusals_logged(office, staff=staff, subject=subject, verb="request-cancel"):
        staff.require(Permission.REVIEW)
        _ahead(office, application, version, reason)
        with office.uow() as uow:
            # The number first, because it gives the turn to write: nobody asks for the same meanwhile.
            drawn, now = uow.next_number(SequenceName.DESK_REQUEST), office.clock.now()
            if not asks_another(office, office.settings.cancel_second_person):
                raise RuleError("desk-request-not-needed")
            present, applied = uow.registrations.get(application), uow.applications.get(application)
            if present.version != version:
                found = present.version
                raise changed_meanwhile(uow, subject, state=present.state, expected=version, found=found)
            id_desk_work.cancel(present, reason=reason, by=staff.login, at=now)
            mails = id_desk.mails_of(office, "cancel", reason, present, applied, at=now)
            if previewed is not None and previewed != mails:
                raise StalePlanError("mail-changed", id=application)
            _make_room(uow, application, staff, now)
            binding = CancelBinding(
                application=application,
                registration_version=version,
                supplier_number=present.supplier_number,
                wording=reason.strip(),
                mails_digest=desk.mail_digest(*mails),
            )
            made = _made(office, drawn, binding, office.settings.cancel_request_days, staff, now)
            uow.record(made)
            uow.commit()
    return made.after


def request_bulk(office: Office, *, staff: Staff, cases: Sequence[BulkCase]) -> DeskRequest:
    """Ask that another person confirms the approval of ``cases``, at most ``desk_requests.MOST_CASES``; none is touched.

    Raises ``NotPermittedError``, ``InputError`` (``bulk-empty``, ``bulk-too-many``, ``bulk-twice``), ``RuleError``
    (``desk-request-not-needed``; ``case-in-request``: another open request has one of them), and what ``application_review.approve`` raises
    for the first case that is not as it was shown.
    """
    subject = Subject(SubjectKind.DESK, "queue")
    with refusals_logged(office, staff=staff, subject=subject, verb="request-bulk"):
        staff.require(Permission.REVIEW)
        desk.check_cases([case.number for case in cases])
        if not asks_another(office, office.settings.bulk_second_person):
            raise RuleError("desk-request-not-needed")
        # Findings and mails are worked out before the turn to write is taken, which others wait for.
        with office.uow() as uow:
            work = Work(office, staff, uow, office.clock.now())
            binding = BulkBinding(cases=tuple(_bound(work, case) for case in cases))
        with office.uow() as uow:
            drawn, now = uow.next_number(SequenceName.DESK_REQUEST), office.clock.now()
            present = uow.applications.some(binding.numbers)
            for case in binding.cases:
                expect_version(uow, present[case.number], case.version)
            _make_room_for(uow, binding, staff, now)
            made = _made(office, drawn, binding, office.settings.bulk_request_days, staff, now)
            uow.record(made)
            uow.commit()
    return made.after


def confirm(office: Office, *, staff: Staff, number: DeskRequestId) -> DeskRequest:
    """Confirm another person's request: from then on whoever may review can carry exactly that out.

    Raises ``NotPermittedError``, ``NotFoundError``, ``RuleError`` ``own-request``, ``IllegalTransitionError`` after its time,
    ``ConcurrentEditError`` (who, when) where the ID is not what was seen or somebody ended the request first, and ``StalePlanError``
    ``desk-request-stale`` where no case of a list is as it was.
    """

    def step(uow: UnitOfWork, one: DeskRequest, now: datetime) -> Transition[DeskRequest]:
        expect_standing(uow, one)
        return desk.confirm(one, stands=True, by=staff.login, at=now)

    # Recording takes the turn to write: what somebody changed between the first look and then is seen by the last, and nobody changes
    # anything after it.
    return _change(office, staff, number, "confirm", Permission.CONFIRM_DESK, step, expect_standing)


def decline(office: Office, *, staff: Staff, number: DeskRequestId, reason: str) -> DeskRequest:
    """Decline another person's request, for a reason, also one that was confirmed but is not carried out. Raises as ``confirm`` does, and
    ``InputError`` ``reason-missing``."""

    def step(_: UnitOfWork, one: DeskRequest, now: datetime) -> Transition[DeskRequest]:
        return desk.decline(one, reason=reason, by=staff.login, at=now)

    return _change(office, staff, number, "decline", Permission.CONFIRM_DESK, step)


def withdraw(office: Office, *, staff: Staff, number: DeskRequestId) -> DeskRequest:
    """Take one's own request back. Raises ``RuleError`` ``request-of-other`` and as ``confirm`` does."""

    def step(_: UnitOfWork, one: DeskRequest, now: datetime) -> Transition[DeskRequest]:
        return desk.withdraw(one, by=staff.login, at=now)

    return _change(office, staff, number, "withdraw", Permission.REVIEW, step)


def list_all(
    office: Office, *, staff: Staff, open_only: bool = True, act: DeskAct | None = None
) -> tuple[Listed, ...]:
    """The requests, newest first; with ``act`` those for that alone. Raises ``NotPermittedError`` without the permission to read personal
    data."""
    subject = Subject(SubjectKind.DESK, "queue")
    with refusals_logged(office, staff=staff, subject=subject, verb="desk-requests"):
        staff.require(Permission.READ_PERSONAL)
    now = office.clock.now()
    with office.uow() as uow:
        found = uow.desk_requests.open() if open_only else uow.desk_requests.all()
        return listed(uow, [one for one in found if act in (None, one.act)], staff=staff, now=now)


def open_of(office: Office, *, staff: Staff, application: ApplicationNumber) -> Listed | None:
    """The open request to cancel that ID, as ``staff`` sees it. Raises as ``list_all`` does."""
    subject = Subject(SubjectKind.REGISTRATION, application)
    with refusals_logged(office, staff=staff, subject=subject, verb="desk-requests"):
        staff.require(Permission.READ_PERSONAL)
    with office.uow() as uow:
        one = uow.desk_requests.open_of(application)
        return None if one is None else listed(uow, [one], staff=staff, now=office.clock.now())[0]


def waiting(office: Office) -> int:
    """How many wait for another person; only a number, so everybody on the staff may see it."""
    settings = office.settings
    if not asks_another(office, settings.bulk_second_person or settings.cancel_second_person):
        return 0
    now = office.clock.now()
    with office.uow() as uow:
        asked = [one for one in uow.desk_requests.open() if one.state is RequestState.REQUESTED]
        there = standing(uow, asked)
        return sum(one.over(stands=there[one.id], at=now) is None for one in asked)


def _ahead(office: Office, application: ApplicationNumber, version: int, reason: str) -> None:
    """Words of the reason that could be the password are tried before the turn to write is taken: that takes its time, and the composer
    remembers them."""
    with office.uow() as uow:
        present, applied = uow.registrations.get(application), uow.applications.get(application)
    if present.version == version and present.is_live:
        id_desk.mails_of(office, "cancel", reason, present, applied, at=office.clock.now())


def _bound(work: Work, case: BulkCase) -> BoundCase:
    """The case as it was shown. Raises what its approval would: nobody is asked about what cannot be done."""
    application = work.uow.applications.get(case.number)
    expect_version(work.uow, application, case.version)
    expect_state(application, "approve", ApplicationState.PENDING)
    accepted_words(work.findings(application, seen=case.seen), {})
    mail = work.compose(MailKind.ID_APPROVED, application, previewed=case.mail)
    return BoundCase(
        number=case.number, version=case.version, seen=case.seen, mail_digest=desk.mail_digest(mail)
    )


def _made(
    office: Office,
    drawn: int,
    binding: CancelBinding | BulkBinding,
    days: int,
    staff: Staff,
    now: datetime,
) -> Transition[DeskRequest]:
    return desk.request(
        binding,
        number=DeskRequestId(f"{NUMBER_PREFIX}{drawn:0{NUMBER_DIGITS}d}"),
        expires_at=end_of_life(office, now=now, days=days),
        by=staff.login,
        at=now,
    )


def _make_room(uow: UnitOfWork, application: ApplicationNumber, staff: Staff, now: datetime) -> None:
    """Of one ID there is one open request: an old one of which nothing can come is told to have expired."""
    present = uow.desk_requests.open_of(application)
    if present is not None and not _expired(uow, present, staff, now):
        raise RuleError("desk-request-open", id=present.id, application=application, by=present.requested_by)


def _make_room_for(uow: UnitOfWork, binding: BulkBinding, staff: Staff, now: datetime) -> None:
    """The same for lists: no case stands in two of them."""
    wanted = set(binding.numbers)
    for present in uow.desk_requests.open():
        if not isinstance(present.binding, BulkBinding):
            continue
        shared = [number for number in present.binding.numbers if number in wanted]
        if shared and not _expired(uow, present, staff, now):
            raise RuleError("case-in-request", id=present.id, application=shared[0], by=present.requested_by)


def _expired(uow: UnitOfWork, present: DeskRequest, staff: Staff, now: datetime) -> bool:
    standing = stands(uow, present)
    if present.over(stands=standing, at=now) is None:
        return False
    uow.record(desk.expire(present, stands=standing, by=staff.login, at=now))
    return True


def _change(
    office: Office,
    staff: Staff,
    number: DeskRequestId,
    verb: str,
    permission: Permission,
    step: Callable[[UnitOfWork, DeskRequest, datetime], Transition[DeskRequest]],
    last_look: Callable[[UnitOfWork, DeskRequest], None] | None = None,
) -> DeskRequest:
    with refusals_logged(office, staff=staff, subject=about(number), verb=verb):
        staff.require(permission)
        expire_if_over(office, staff, number)
        with office.uow() as uow:
            made = step(uow, still_open(uow.desk_requests.get(number)), office.clock.now())
            uow.record(made)
            if last_look is not None:
                last_look(uow, made.after)
            uow.commit()
    return made.after
