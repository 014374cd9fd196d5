"""Everything that the office has about one supplier, as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from ebidadmin.domain.applications import IdApplication
from ebidadmin.domain.cards import CardRegistration, MainContact
from ebidadmin.domain.eligibility import Eligibility
from ebidadmin.domain.events import Event, Subject, SubjectKind
from ebidadmin.domain.followups import FollowUp
from ebidadmin.domain.ids import EnterpriseId, SupplierNumber
from ebidadmin.domain.mails import OutboxMail
from ebidadmin.domain.permits import Permit
from ebidadmin.domain.qualifications import Qualification
from ebidadmin.domain.registrations import Registration
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.errors import NotFoundError
from ebidadmin.services import eligibility
from ebidadmin.services.ports import Office, UnitOfWork
from ebidadmin.services.refusals import refusals_logged
from ebidadmin.services.registered import about_of

PAGE = Subject(SubjectKind.DESK, "registrations")


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierPage:
    """One supplier. ``eligibility`` is for the day that was asked about; permits, applications, IDs and cards are newest first and have
    ended ones too; ``events`` are all of the trail that concern it, oldest first."""

    supplier_number: SupplierNumber
    qualification: Qualification | None
    enterprise_id: EnterpriseId | None
    eligibility: Eligibility
    permits: tuple[Permit, ...]
    applications: tuple[IdApplication, ...]
    identified: tuple[Registration, ...]
    cards: tuple[CardRegistration, ...]
    main_contact: MainContact | None
    follow_ups: tuple[FollowUp, ...]
    mails: tuple[OutboxMail, ...]
    events: tuple[Event, ...]


def page(office: Office, *, staff: Staff, supplier: SupplierNumber, day: date | None = None) -> SupplierPage:
    """The page of a supplier, its eligibility for ``day`` (default: today in Japan).

    Raises ``NotPermittedError``, and ``NotFoundError`` for a number of which there is nothing at all.
    """
    with refusals_logged(office, staff=staff, subject=PAGE, verb="show", supplier=supplier):
        staff.require(Permission.READ_PERSONAL)
    with office.uow() as uow:
        found = _page(uow, supplier, now=office.clock.now(), day=day)
    if not (found.qualification or found.permits or found.applications or found.identified or found.cards):
        raise NotFoundError("not-found", kind="qualification", id=supplier)
    return found


def _page(uow: UnitOfWork, supplier: SupplierNumber, *, now: datetime, day: date | None) -> SupplierPage:
    identified = uow.registrations.of_supplier(supplier)
    cards, permits = uow.cards.of_supplier(supplier), uow.permits.of_supplier(supplier)
    qualification = uow.register.current(supplier)
    events = _events(uow, supplier)
    applications = uow.applications.of_supplier(supplier)
    return SupplierPage(
        supplier_number=supplier,
        qualification=qualification,
        enterprise_id=uow.registrations.enterprise_id_of(supplier),
        eligibility=eligibility.on_day(uow, supplier, now=now, day=day),
        permits=permits,
        applications=applications,
        identified=identified,
        cards=cards,
        main_contact=uow.cards.main_contact(supplier),
        follow_ups=uow.follow_ups.about([*map(about_of, identified), *map(about_of, cards)]),
        mails=_mails(uow, applications, cards, events),
        events=events,
    )


def _events(uow: UnitOfWork, supplier: SupplierNumber) -> tuple[Event, ...]:
    found: list[Event] = []
    after = 0
    while page := uow.audit.list(supplier=supplier, after_seq=after):
        found += (entry.event for entry in page)
        after = page[-1].seq
    return tuple(found)


def _mails(
    uow: UnitOfWork,
    applications: tuple[IdApplication, ...],
    cards: tuple[CardRegistration, ...],
    events: tuple[Event, ...],
) -> tuple[OutboxMail, ...]:
    """Those about its applications, the IDs that came of them, its cards and its walks, newest first. A walk is known by its events: it
    says the supplier once it is found."""
    walks = dict.fromkeys(event.subject for event in events if event.subject.kind is SubjectKind.CARD_SESSION)
    kinds = (SubjectKind.APPLICATION, SubjectKind.REGISTRATION)
    about = [Subject(kind, one.number) for one in applications for kind in kinds]
    about += [*(Subject(SubjectKind.CARD, one.id) for one in cards), *walks]
    found = (mail for subject in about for mail in uow.mails.list(about=subject))
    return tuple(sorted(found, key=lambda mail: mail.id, reverse=True))
