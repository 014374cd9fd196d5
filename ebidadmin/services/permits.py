"""Paper permits: recorded when the request comes in, then granted or refused under a document number; a granted one may be withdrawn,
and what was a mistake is voided.

Each change takes the ``version`` that the person saw, and raises ``ConcurrentEditError`` (``changed-meanwhile``: who, when, the state)
where somebody changed the permit since; without a version it is done to the permit as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from ebidadmin.clock import fiscal_year, jst_date
from ebidadmin.domain import permits
from ebidadmin.domain.events import Subject, SubjectKind
from ebidadmin.domain.fields import SUPPLIER_NUMBER_LENGTH, fold_half_width
from ebidadmin.domain.ids import PermitId, SupplierNumber
from ebidadmin.domain.permit_proposals import PermitAct, needs_second_person
from ebidadmin.domain.permits import DocumentNumber, PaperChannel, Permit, PermitState
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import InputError, Problem, RuleError
from ebidadmin.services.last_change import changed_meanwhile
from ebidadmin.services.ports import Office, SequenceName, UnitOfWork
from ebidadmin.services.refusals import refusals_logged
from ebidadmin.services.review_work import check_reasons
from ebidadmin.services.second_person import asks_another, typed_facts

NUMBER_PREFIX = "P"
NUMBER_DIGITS = 6


def record(
    office: Office,
    *,
    staff: Staff,
    supplier_number: str,
    received: date,
    channel: PaperChannel,
    applicant: str = "",
    note: str = "",
    reply_channel: PaperChannel | None = None,
) -> Permit:
    """Record a paper request of that supplier number (full-width characters are folded), received on that day of Japan;
    ``reply_channel`` is how the answer is wished for.

    Raises ``NotPermittedError``, ``InputError`` for a number that is not nine letters or digits, or a receipt in the future.
    """
    with refusals_logged(office, staff=staff, subject=Subject(SubjectKind.DESK, "permits"), verb="record"):
        staff.require(Permission.RECORD_PERMIT)
    number = _supplier_number(supplier_number)
    with office.uow() as uow:
        drawn = uow.next_number(SequenceName.PERMIT)
        recorded = permits.record(
            permit_id=PermitId(f"{NUMBER_PREFIX}{drawn:0{NUMBER_DIGITS}d}"),
            supplier_number=number,
            received=received,
            channel=channel,
            by=staff.login,
            at=office.clock.now(),
            applicant=applicant,
            note=note,
            reply_channel=reply_channel,
        )
        uow.record(recorded)
        uow.commit()
    return recorded.after


def grant(
    office: Office,
    *,
    staff: Staff,
    permit_id: PermitId,
    version: int | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
    typed: str | None = None,
) -> Permit:
    """Grant it from ``valid_from`` (default: today in Japan) to ``valid_to``, under the next number of the fiscal year.

    By default it ends with the supplier's qualification; one that the register keeps without an end makes a permit without an end.

    Raises ``NotPermittedError``, ``NotFoundError``, ``IllegalTransitionError``, ``InputError`` for dates out of order and for a supplier
    that the register does not have when no last day is given (``last-day-missing``). With the setting ``permit_second_person`` nobody
    decides alone: this, ``refuse``, ``withdraw`` and the voiding of a decided one raise ``RuleError`` ``permit-needs-second-person``, and
    ``services.permit_proposals`` is the way. Where one person works alone they need the supplier number ``typed`` again instead, or raise
    ``InputError`` (``typed-confirmation-missing``, ``typed-confirmation-wrong``).
    """

    def step(uow: UnitOfWork, permit: Permit, now: datetime) -> Transition[Permit]:
        start = valid_from or jst_date(now)
        end = valid_to or end_in_register(uow, permit.supplier_number)
        permits.expect(permit, "grant", PermitState.REQUESTED)
        return permits.grant(
            permit,
            document=next_document(uow, now),
            valid_from=start,
            valid_to=end,
            by=staff.login,
            at=now,
        )

    return _change(office, staff, permit_id, version, PermitAct.GRANT, step, typed)


def refuse(
    office: Office,
    *,
    staff: Staff,
    permit_id: PermitId,
    reasons: tuple[str, ...],
    note: str = "",
    version: int | None = None,
    typed: str | None = None,
) -> Permit:
    """Refuse it for coded reasons of the catalogue, with free text beside them, under the next number of the fiscal year.

    Raises as ``grant`` does, and ``InputError`` (``reason-missing``, ``reason-unknown``).
    """

    def step(uow: UnitOfWork, permit: Permit, now: datetime) -> Transition[Permit]:
        permits.expect(permit, "refuse", PermitState.REQUESTED)
        check_reasons(office.permit_reasons, reasons)
        return permits.refuse(
            permit, document=next_document(uow, now), reasons=reasons, note=note, by=staff.login, at=now
        )

    return _change(office, staff, permit_id, version, PermitAct.REFUSE, step, typed)


def withdraw(
    office: Office,
    *,
    staff: Staff,
    permit_id: PermitId,
    reason: str,
    withdrawn_from: date | None = None,
    version: int | None = None,
    typed: str | None = None,
) -> Permit:
    """Take a granted one back for a reason, from a day on (default: today in Japan); what was before stays as it was.

    Raises as ``grant`` does, and as ``domain.permits.withdraw``.
    """
    return _change(
        office,
        staff,
        permit_id,
        version,
        PermitAct.WITHDRAW,
        lambda _, permit, now: permits.withdraw(
            permit, reason=reason, withdrawn_from=withdrawn_from, by=staff.login, at=now
        ),
        typed,
    )


def void(
    office: Office,
    *,
    staff: Staff,
    permit_id: PermitId,
    reason: str,
    version: int | None = None,
    typed: str | None = None,
) -> Permit:
    """Say that it was recorded or decided by mistake; its number stays used. Raises as ``grant`` does."""
    return _change(
        office,
        staff,
        permit_id,
        version,
        PermitAct.VOID,
        lambda _, permit, now: permits.void(permit, reason=reason, by=staff.login, at=now),
        typed,
    )


def list_all(office: Office, *, staff: Staff) -> tuple[Permit, ...]:
    """All permits, newest first. Raises ``NotPermittedError`` without the permission to read personal data."""
    with refusals_logged(office, staff=staff, subject=Subject(SubjectKind.DESK, "permits"), verb="list"):
        staff.require(Permission.READ_PERSONAL)
    with office.uow() as uow:
        return uow.permits.all()


def _change(
    office: Office,
    staff: Staff,
    permit_id: PermitId,
    version: int | None,
    act: PermitAct,
    step: Callable[[UnitOfWork, Permit, datetime], Transition[Permit]],
    typed: str | None,
) -> Permit:
    subject = Subject(SubjectKind.PERMIT, permit_id)
    with refusals_logged(office, staff=staff, subject=subject, verb=act.value):
        staff.require(Permission.RECORD_PERMIT)
        with office.uow() as uow:
            permit = uow.permits.get(permit_id)
            expect_version(uow, permit, version)
            wanted = office.settings.permit_second_person and needs_second_person(act, permit)
            if asks_another(office, wanted):
                raise RuleError("permit-needs-second-person", id=permit_id, verb=act.value)
            changed = step(uow, permit, office.clock.now())
            # Last, so that nobody types for what is refused anyway.
            told = typed_facts(office, wanted, word=permit.supplier_number, typed=typed)
            uow.record(changed.telling(told))
            uow.commit()
    return changed.after


def expect_version(uow: UnitOfWork, permit: Permit, version: int | None) -> None:
    """Raises ``ConcurrentEditError`` ``changed-meanwhile`` (who, when) unless the permit has that version, if one is named."""
    if version in (None, permit.version):
        return
    subject = Subject(SubjectKind.PERMIT, permit.id)
    raise changed_meanwhile(uow, subject, state=permit.state, expected=version, found=permit.version)


def next_document(uow: UnitOfWork, now: datetime) -> DocumentNumber:
    """The number of a decision's letter, drawn in the unit of the decision: when the decision is not kept, neither is the number."""
    year = fiscal_year(jst_date(now))
    return DocumentNumber(year, uow.next_number(SequenceName.DOCUMENT, fiscal_year=year))


def end_in_register(uow: UnitOfWork, supplier: SupplierNumber) -> date | None:
    """The last day that a permit has by default. Raises ``InputError`` ``last-day-missing`` for a supplier outside the register."""
    record = uow.register.current(supplier)
    if record is None:
        # Nobody said that it should hold for ever.
        raise InputError("last-day-missing", [Problem("valid_to", "required")])
    return record.valid_to


def _supplier_number(typed: str) -> SupplierNumber:
    number = fold_half_width(typed.strip())
    if not number:
        raise InputError("form", [Problem("supplier_number", "required")])
    if not (number.isascii() and number.isalnum()):
        raise InputError("form", [Problem("supplier_number", "not-alphanumeric")])
    if len(number) != SUPPLIER_NUMBER_LENGTH:
        facts = {"expected": SUPPLIER_NUMBER_LENGTH, "length": len(number)}
        raise InputError("form", [Problem("supplier_number", "wrong-length", facts)])
    return SupplierNumber(number)
