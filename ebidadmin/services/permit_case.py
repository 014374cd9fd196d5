"""One paper permit with everything that whoever decides on it looks at: the register, the names side by side, the letter's way out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ebidadmin.clock import jst_date
from ebidadmin.domain.dispatches import corrected_by
from ebidadmin.domain.eligibility import Eligibility
from ebidadmin.domain.events import Event, Subject, SubjectKind
from ebidadmin.domain.fields import fold_half_width
from ebidadmin.domain.ids import PermitId, SupplierNumber
from ebidadmin.domain.names import MatchClass, compare
from ebidadmin.domain.permit_remarks import PermitRemark, permit_remarks
from ebidadmin.domain.permits import Permit
from ebidadmin.domain.qualifications import Qualification
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.services import eligibility
from ebidadmin.services.permit_dispatch import DispatchLine
from ebidadmin.services.permit_proposals import Listed, open_of
from ebidadmin.services.ports import Office, UnitOfWork
from ebidadmin.services.refusals import refusals_logged


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitCase:
    """A permit and what stands beside it today (``eligibility`` for the day that was asked about). ``record`` is the supplier in the
    register now; ``match`` how the applicant's name compares with its name (``None``: one of them is missing); ``proposal`` is what a
    second person was asked; ``others`` are the supplier's further permits, newest first; ``dispatches`` its rows of the dispatch register
    as entered; ``events`` its trail, oldest first."""

    permit: Permit
    record: Qualification | None
    match: MatchClass | None
    remarks: tuple[PermitRemark, ...]
    eligibility: Eligibility
    proposal: Listed | None
    others: tuple[Permit, ...]
    dispatches: tuple[DispatchLine, ...]
    events: tuple[Event, ...]

    @property
    def waits(self) -> bool:
        """Whether a proposal waits of which something can come."""
        return self.proposal is not None and self.proposal.over is None


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberOwner:
    """Whose a supplier number is: the supplier in the register now, and its permits, newest first."""

    number: SupplierNumber
    record: Qualification | None
    permits: tuple[Permit, ...]


def look(office: Office, *, staff: Staff, permit_id: PermitId, day: date | None = None) -> PermitCase:
    """The case of a permit today, the supplier's eligibility for ``day`` (default: today).

    Raises ``NotPermittedError`` without the permission to read personal data, ``NotFoundError``."""
    subject = Subject(SubjectKind.PERMIT, permit_id)
    with refusals_logged(office, staff=staff, subject=subject, verb="show"):
        staff.require(Permission.READ_PERSONAL)
    with office.uow() as uow:
        return _case(office, staff, uow, uow.permits.get(permit_id), day)


def owner(office: Office, *, staff: Staff, supplier_number: str) -> NumberOwner:
    """Whose that number (full-width characters are folded) is, before a paper is recorded under it. Raises ``NotPermittedError``."""
    with refusals_logged(office, staff=staff, subject=Subject(SubjectKind.DESK, "permits"), verb="show"):
        staff.require(Permission.READ_PERSONAL)
    number = SupplierNumber(fold_half_width(supplier_number.strip()))
    with office.uow() as uow:
        return NumberOwner(
            number=number, record=uow.register.current(number), permits=uow.permits.of_supplier(number)
        )


def _case(office: Office, staff: Staff, uow: UnitOfWork, permit: Permit, asked: date | None) -> PermitCase:
    supplier, now = permit.supplier_number, office.clock.now()
    day = jst_date(now)
    record, all_of_it = uow.register.current(supplier), uow.permits.of_supplier(supplier)
    others = tuple(one for one in all_of_it if one.id != permit.id)
    match = (
        None
        if record is None or not permit.applicant
        else compare(permit.applicant, record.trade_name, office.names).cls
    )
    rows = uow.dispatches.of_permit(permit.id)
    against = corrected_by(rows)
    entries = uow.audit.list(subject=Subject(SubjectKind.PERMIT, permit.id))
    return PermitCase(
        permit=permit,
        record=record,
        match=match,
        remarks=permit_remarks(permit, record=record, match=match, others=others, day=day),
        eligibility=eligibility.on_day(uow, supplier, now=now, day=asked),
        proposal=open_of(uow, permit, staff=staff, now=now),
        others=others,
        dispatches=tuple(DispatchLine(row, against.get(row.id)) for row in rows),
        events=tuple(entry.event for entry in entries),
    )
