"""Carrying out what a second person confirmed, and what that person sees of it before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ebidadmin.clock import jst_date
from ebidadmin.domain import desk_requests as desk
from ebidadmin.domain.applications import ApplicationState, IdApplication
from ebidadmin.domain.desk_requests import BoundCase, BulkBinding, CancelBinding, DeskRequest
from ebidadmin.domain.events import JsonMap, SubjectKind
from ebidadmin.domain.findings import Finding, find
from ebidadmin.domain.ids import ApplicationNumber, DeskRequestId
from ebidadmin.domain.mails import MailDraft, MailKind
from ebidadmin.domain.registrations import Registration
from ebidadmin.domain.second_person import RequestState
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.errors import ConcurrentEditError, EbidError, StalePlanError
from ebidadmin.services import application_review, case_file, id_desk
from ebidadmin.services.bulk_approval import BulkOutcome
from ebidadmin.services.desk_standing import (
    Listed,
    about,
    approved_by,
    as_it_was,
    expect_standing,
    expire_if_over,
    listed,
    still_confirmed,
    still_open,
)
from ebidadmin.services.ports import Office, UnitOfWork
from ebidadmin.services.refusals import refusals_logged


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedOut:
    """What came of it: the ID that was cancelled, or what became of each case of a list.

    Where none of a list could be approved the request stays confirmed, and can be carried out again or taken back."""

    request: DeskRequest
    registration: Registration | None = None
    outcomes: tuple[BulkOutcome, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCase:
    """One case of a list. ``as_asked``: it still is what it was when it was asked for, mail and all; ``approved``: this request did it.
    ``state`` is ``None``, and the rest empty, for one that was erased."""

    number: ApplicationNumber
    supplier_number: str = ""
    trade_name: str = ""
    applied_at: datetime | None = None
    state: ApplicationState | None = None
    notes: tuple[Finding, ...] = ()
    mail: MailDraft | None = None
    mailed: bool = False
    as_asked: bool = False
    approved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRequest:
    """What a second person must see: the request as it stands, and its cases, or the ID with the company's name and whether it is told by
    mail. Mails of an ID are not composed: that takes a hash, which an approver's log-in does not read."""

    listed: Listed
    cases: tuple[ShownCase, ...] = ()
    registration: Registration | None = None
    trade_name: str = ""
    mailed: bool = False

    @property
    def request(self) -> DeskRequest:
        return self.listed.request


def shown(office: Office, *, staff: Staff, number: DeskRequestId) -> ShownRequest:
    """One request with all that it is about; changes nothing. Raises ``NotPermittedError`` without the permission to read personal data,
    and ``NotFoundError``."""
    with refusals_logged(office, staff=staff, subject=about(number), verb="show"):
        staff.require(Permission.READ_PERSONAL)
    with office.uow() as uow:
        one, now = uow.desk_requests.get(number), office.clock.now()
        (present,), binding = listed(uow, [one], staff=staff, now=now), one.binding
        if isinstance(binding, BulkBinding):
            done = approved_by(uow, one)
            return ShownRequest(
                listed=present, cases=tuple(_shown(office, uow, case, done, now) for case in binding.cases)
            )
        applied = uow.applications.find(binding.application)
        return ShownRequest(
            listed=present,
            registration=uow.registrations.get(binding.application),
            trade_name="" if applied is None else applied.form.trade_name,
            mailed=bool(binding.mails_digest),
        )


def carry_out(office: Office, *, staff: Staff, number: DeskRequestId) -> CarriedOut:
    """Do what was confirmed, under one's own name.

    An ID is cancelled, and told by mail, in one unit with the end of the request. Of a list each case is approved as it was asked, in a
    unit of its own; the request ends after the last. Interrupted in between, it goes on when called again. What stands against a case is
    told with it. Raises ``NotPermittedError``, ``NotFoundError``, ``IllegalTransitionError`` (not confirmed, or after its time),
    ``ConcurrentEditError`` (who, when), ``StalePlanError`` (``desk-request-stale``; ``mail-changed``).
    """
    with refusals_logged(office, staff=staff, subject=about(number), verb="carry-out"):
        staff.require(Permission.REVIEW)
        expire_if_over(office, staff, number)
        with office.uow() as uow:
            one = still_open(uow.desk_requests.get(number))
            expect_standing(uow, one)
            desk.expect_confirmed(one, stands=True, at=office.clock.now())
            found, done = uow.applications.some(one.numbers), approved_by(uow, one)
        if isinstance(one.binding, CancelBinding):
            return _cancelled(office, staff, one, one.binding)
        outcomes = tuple(
            _outcome(office, staff, one, case, found.get(case.number), done=case.number in done)
            for case in one.binding.cases
        )
        return CarriedOut(request=_ended(office, staff, one), outcomes=outcomes)


def _cancelled(office: Office, staff: Staff, one: DeskRequest, asked: CancelBinding) -> CarriedOut:
    ends: list[DeskRequest] = []

    def end(uow: UnitOfWork) -> None:
        applied = desk.apply(still_confirmed(uow, one), by=staff.login, at=office.clock.now())
        uow.record(applied)
        ends.append(applied.after)

    cancelled = id_desk.cancel_as_asked(
        office, staff=staff, asked=asked, asked_at=one.requested_at, facts=desk.told(one), end=end
    )
    return CarriedOut(request=ends[-1], registration=cancelled)


def _outcome(
    office: Office,
    staff: Staff,
    one: DeskRequest,
    case: BoundCase,
    application: IdApplication | None,
    *,
    done: bool,
) -> BulkOutcome:
    """``application`` is the case as it was when the carrying out began."""
    name = "" if application is None else application.form.trade_name
    refused: EbidError | None = None
    try:
        if not done:
            _approve(office, staff, one, case, application)
    except ConcurrentEditError as error:
        if error.facts.get("kind") == SubjectKind.DESK_REQUEST.value:
            # The request itself was ended meanwhile: nothing more is done.
            raise
        refused = error
    except EbidError as error:
        refused = error
    if refused is not None:
        with office.uow() as uow:
            # Whoever carries out the same at the same time may have been faster with this case.
            if case.number in approved_by(uow, one):
                refused = None
    return BulkOutcome(number=case.number, trade_name=name, refused=refused)


def _approve(
    office: Office, staff: Staff, one: DeskRequest, case: BoundCase, application: IdApplication | None
) -> None:
    """Raises ``StalePlanError`` ``mail-changed`` where the mail is not the one that was asked for, and what an approval raises."""
    mail: MailDraft | None = None
    if application is not None and application.version == case.version:
        mail = office.composer.compose(MailKind.ID_APPROVED, application)
        if desk.mail_digest(mail) != case.mail_digest:
            raise StalePlanError("mail-changed", id=case.number)
    manner: JsonMap = {"manner": "bulk", "cases": len(one.numbers), **desk.told(one)}
    application_review.approve(
        office,
        staff=staff,
        number=case.number,
        version=case.version,
        seen=case.seen,
        previewed=mail,
        manner=manner,
        last_look=lambda uow: still_confirmed(uow, one),
    )


def _ended(office: Office, staff: Staff, one: DeskRequest) -> DeskRequest:
    """The request at its end; as it is where nothing of it could be done, or where somebody else has ended it the same way."""
    with office.uow() as uow:
        present, done = uow.desk_requests.get(one.id), approved_by(uow, one)
        if present.state is RequestState.APPLIED or not done:
            return present
        try:
            present = still_confirmed(uow, one)
            ended = desk.apply(present, approved=sorted(done), by=staff.login, at=office.clock.now())
            uow.record(ended)
            uow.commit()
            return ended.after
        except ConcurrentEditError:
            pass  # somebody was faster: what they ended it as is read anew
    with office.uow() as uow:
        return uow.desk_requests.get(one.id)


def _shown(
    office: Office,
    uow: UnitOfWork,
    case: BoundCase,
    done: frozenset[ApplicationNumber],
    now: datetime,
) -> ShownCase:
    application = uow.applications.find(case.number)
    if application is None:
        return ShownCase(number=case.number)
    notes: tuple[Finding, ...] = ()
    mail: MailDraft | None = None
    as_asked = False
    if application.state is ApplicationState.PENDING:
        dossier = case_file.gather(office, uow, application, day=jst_date(now))
        notes = find(dossier, names=office.names, policy=office.settings.findings)
        mail = office.composer.compose(MailKind.ID_APPROVED, application)
        as_asked = (
            as_it_was(application, case)
            and case_file.seen_digest(notes, dossier.register_now) == case.seen
            and desk.mail_digest(mail) == case.mail_digest
        )
    return ShownCase(
        number=case.number,
        supplier_number=application.supplier_number,
        trade_name=application.form.trade_name,
        applied_at=application.applied_at,
        state=application.state,
        notes=notes,
        mail=mail,
        mailed=mail is not None and bool(office.settings.mailed(mail)),
        as_asked=as_asked,
        approved=case.number in done,
    )
