"""The help desk opens everything that was entered about one supplier: by number and name together, told on the trail, for a while."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from ebidadmin.domain.applications import IdApplication
from ebidadmin.domain.cards import CardRegistration, MainContact
from ebidadmin.domain.eligibility import Eligibility
from ebidadmin.domain.events import Event, EventTag, Subject, SubjectKind
from ebidadmin.domain.fields import check_search
from ebidadmin.domain.ids import SupplierNumber
from ebidadmin.domain.names import matches_search
from ebidadmin.domain.permits import Permit
from ebidadmin.domain.qualifications import Qualification
from ebidadmin.domain.registrations import Registration
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.errors import InputError, RuleError
from ebidadmin.services import eligibility
from ebidadmin.services.ports import Office, UnitOfWork
from ebidadmin.services.refusals import refusals_logged

SUPPLIERS = Subject(SubjectKind.DESK, "suppliers")

OPEN_FOR = timedelta(minutes=15)
"""How long what was opened stays open; on PostgreSQL the database itself holds it (``persistence.role_setup``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedSupplier:
    """What was entered about one supplier, unmasked, without hashes of passwords being shown anywhere; applications, permits, IDs and cards
    newest first, ended ones too; ``eligibility`` for today. ``until``: the first moment at which it is closed."""

    qualification: Qualification
    until: datetime
    eligibility: Eligibility
    applications: tuple[IdApplication, ...]
    permits: tuple[Permit, ...]
    identified: tuple[Registration, ...]
    cards: tuple[CardRegistration, ...]
    main_contact: MainContact | None


def check(office: Office, *, staff: Staff, number: str, name: str) -> SupplierNumber:
    """Whether it would be opened: the supplier whose number and name these are, the name in any notation that the search of the
    registration screens takes.

    Raises ``NotPermittedError``; ``InputError`` ``search-form``; ``RuleError`` ``supplier-not-opened`` where the register has no such
    number or another name for it, which is not told apart.
    """
    with refusals_logged(office, staff=staff, subject=SUPPLIERS, verb="open-supplier"):
        staff.require(Permission.OPEN_SUPPLIER)
    checked = check_search({"supplier_number": number, "trade_name": name}, rules=office.forms)
    if checked.value is None:
        raise InputError("search-form", checked.problems)
    entered = checked.value
    with refusals_logged(
        office, staff=staff, subject=SUPPLIERS, verb="open-supplier", supplier=entered.supplier_number
    ):
        with office.uow() as uow:
            record = uow.register.current(entered.supplier_number)
        if record is None or not matches_search(entered.trade_name, record.trade_name, office.names).matches:
            raise RuleError("supplier-not-opened")
    return entered.supplier_number


def open_supplier(office: Office, *, staff: Staff, number: str, name: str) -> OpenedSupplier:
    """Open it and tell the trail, before anything is read. Raises as ``check`` does."""
    supplier = check(office, staff=staff, number=number, name=name)
    with office.uow() as uow:
        uow.log(
            Event(
                tag=EventTag.SUPPLIER_OPENED,
                subject=SUPPLIERS,
                by=staff.login,
                at=office.clock.now(),
                supplier_number=supplier,
            )
        )
        uow.commit()
    return look(office, staff=staff, supplier=supplier)


def look(office: Office, *, staff: Staff, supplier: SupplierNumber) -> OpenedSupplier:
    """What is open to that person, as it is now. Raises ``NotPermittedError`` and ``RuleError`` ``supplier-closed``."""
    with refusals_logged(office, staff=staff, subject=SUPPLIERS, verb="open-supplier", supplier=supplier):
        staff.require(Permission.OPEN_SUPPLIER)
        with office.uow() as uow:
            opened, record = _opened(uow, staff, supplier), uow.register.current(supplier)
            if opened is None or record is None or office.clock.now() >= opened + OPEN_FOR:
                raise RuleError("supplier-closed", supplier=supplier)
            return OpenedSupplier(
                qualification=record,
                until=opened + OPEN_FOR,
                eligibility=eligibility.on_day(uow, supplier, now=office.clock.now()),
                applications=uow.applications.of_supplier(supplier),
                permits=uow.permits.of_supplier(supplier),
                identified=uow.registrations.of_supplier(supplier),
                cards=uow.cards.of_supplier(supplier),
                main_contact=uow.cards.main_contact(supplier),
            )


def _opened(uow: UnitOfWork, staff: Staff, supplier: SupplierNumber) -> datetime | None:
    """When that person opened it last."""
    found, after = None, 0
    while page := uow.audit.list(supplier=supplier, after_seq=after):
        after = page[-1].seq
        for event in (entry.event for entry in page):
            if event.tag is EventTag.SUPPLIER_OPENED and event.by == staff.login:
                found = event.at
    return found
