"""What is registered: the IDs and the cards of all suppliers, and everything of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ebidadmin.domain.cards import CardRegistration, MainContact
from ebidadmin.domain.eligibility import Eligibility
from ebidadmin.domain.events import Subject, SubjectKind
from ebidadmin.domain.followups import About, FollowUp, RegistrationKind
from ebidadmin.domain.ids import EnterpriseId, SupplierNumber
from ebidadmin.domain.qualifications import Qualification
from ebidadmin.domain.registrations import Registration
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.errors import NotFoundError
from ebidadmin.services import eligibility
from ebidadmin.services.ports import Office
from ebidadmin.services.refusals import refusals_logged

DESK = Subject(SubjectKind.DESK, "registrations")


@dataclass(frozen=True, slots=True)
class Registered:
    """One registration, of either kind, and the supplier's name as the register has it now (empty where it has none)."""

    registration: Registration | CardRegistration
    trade_name: str

    @property
    def about(self) -> About:
        return about_of(self.registration)


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierRegistrations:
    """Everything of one supplier: its enterprise id, its eligibility for the day that was asked about, its ID and cards (newest first,
    ended ones too), and what there is to look at."""

    supplier_number: SupplierNumber
    enterprise_id: EnterpriseId
    qualification: Qualification | None
    eligibility: Eligibility
    identified: tuple[Registration, ...]
    cards: tuple[CardRegistration, ...]
    main_contact: MainContact | None
    follow_ups: tuple[FollowUp, ...]


def listed(office: Office, *, staff: Staff, live_only: bool = True) -> tuple[Registered, ...]:
    """All registrations by supplier number, IDs before cards; ended ones too unless ``live_only``. Raises ``NotPermittedError``."""
    with refusals_logged(office, staff=staff, subject=DESK, verb="list"):
        staff.require(Permission.READ_PERSONAL)
    with office.uow() as uow:
        found: list[Registration | CardRegistration] = [*uow.registrations.all(), *uow.cards.all()]
        wanted = [one for one in found if not live_only or one.is_live]
        ordered: list[Registration | CardRegistration] = sorted(wanted, key=_order)
        names = uow.register.names_of({one.supplier_number for one in ordered})
        return tuple(Registered(one, names.get(one.supplier_number, "")) for one in ordered)


def shown(
    office: Office, *, staff: Staff, supplier: SupplierNumber, day: date | None = None
) -> SupplierRegistrations:
    """Everything of one supplier, its eligibility for ``day`` (default: today).

    Raises ``NotPermittedError``, and ``NotFoundError`` for one that was never registered.
    """
    with refusals_logged(office, staff=staff, subject=DESK, verb="show", supplier=supplier):
        staff.require(Permission.READ_PERSONAL)
    with office.uow() as uow:
        enterprise = uow.registrations.enterprise_id_of(supplier)
        if enterprise is None:
            raise NotFoundError("not-found", kind="registration", id=supplier)
        identified = uow.registrations.of_supplier(supplier)
        cards = uow.cards.of_supplier(supplier)
        about = [*map(about_of, identified), *map(about_of, cards)]
        return SupplierRegistrations(
            supplier_number=supplier,
            enterprise_id=enterprise,
            qualification=uow.register.current(supplier),
            eligibility=eligibility.on_day(uow, supplier, now=office.clock.now(), day=day),
            identified=identified,
            cards=cards,
            main_contact=uow.cards.main_contact(supplier),
            follow_ups=uow.follow_ups.about(about),
        )


def about_of(one: Registration | CardRegistration) -> About:
    """What the follow-up list calls a registration."""
    if isinstance(one, CardRegistration):
        return About(RegistrationKind.CARD, one.id)
    return About(RegistrationKind.ID, one.application)


def _order(one: Registration | CardRegistration) -> tuple[str, bool]:
    return one.supplier_number, isinstance(one, CardRegistration)
