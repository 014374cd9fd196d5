"""Reading: the ports of applications, permits, registrations and shared contacts on SQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeVar

from sqlalchemy import Select, literal, select
from sqlalchemy.orm import Session

from ebidadmin.domain.applications import IdApplication
from ebidadmin.domain.claims import Claim
from ebidadmin.domain.findings import SharedContact
from ebidadmin.domain.ids import ApplicationNumber, EnterpriseId, PermitId, SupplierNumber, UserId
from ebidadmin.domain.notes import Note
from ebidadmin.domain.permits import Permit
from ebidadmin.domain.registrations import LIVE_STATES, Registration
from ebidadmin.errors import NotFoundError
from ebidadmin.persistence import mapping
from ebidadmin.persistence.among import among
from ebidadmin.persistence.schema import (
    ApplicationRow,
    ClaimRow,
    ContactPointRow,
    EnterpriseIdRow,
    InquiryRow,
    NoteRow,
    PermitRow,
    RegistrationRow,
    UserIdRow,
)
from ebidadmin.persistence.schema_register import QualificationRow
from ebidadmin.persistence.twins import form_points, user_id_folded

R = TypeVar("R")
OfSupplier = TypeVar("OfSupplier", Permit, Registration)


def fetch(session: Session, statement: Select[R]) -> Sequence[R]:
    """All rows, as the database has them now: rows are written by statements, behind the session's memory of them."""
    return session.scalars(statement, execution_options={"populate_existing": True}).all()


def fetch_one(session: Session, statement: Select[R]) -> R | None:
    """The row, or ``None``."""
    rows = fetch(session, statement.limit(1))
    return rows[0] if rows else None


def load_applications(session: Session, rows: Sequence[ApplicationRow]) -> tuple[IdApplication, ...]:
    """The aggregates of ``rows``, in their order, with one further query."""
    wanted = [row.number for row in rows]
    inquiries: defaultdict[str, list[InquiryRow]] = defaultdict(list)
    statement = select(InquiryRow).where(among(InquiryRow.application, wanted)).order_by(InquiryRow.position)
    for inquiry in fetch(session, statement) if wanted else ():
        inquiries[inquiry.application].append(inquiry)
    return tuple(mapping.application_from(row, inquiries[row.number]) for row in rows)


class SqlApplications:
    """``ports.Applications``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, number: ApplicationNumber) -> IdApplication:
        found = self.find(number)
        if found is None:
            raise NotFoundError("not-found", kind="application", id=number)
        return found

    def find(self, number: ApplicationNumber) -> IdApplication | None:
        found = self._load(select(ApplicationRow).where(ApplicationRow.number == number))
        return found[0] if found else None

    def some(self, numbers: Collection[ApplicationNumber]) -> Mapping[ApplicationNumber, IdApplication]:
        if not numbers:
            return {}
        found = self._load(select(ApplicationRow).where(among(ApplicationRow.number, numbers)))
        return {one.number: one for one in found}

    def of_supplier(self, supplier: SupplierNumber) -> tuple[IdApplication, ...]:
        return self._load(
            select(ApplicationRow)
            .where(ApplicationRow.supplier_number == supplier)
            .order_by(ApplicationRow.applied_at.desc(), ApplicationRow.number.desc())
        )

    def user_id_taken(self, user_id: UserId, *, except_for: SupplierNumber | None = None) -> bool:
        statement = select(UserIdRow).where(UserIdRow.user_id_folded == user_id_folded(user_id))
        reserved = fetch_one(self._session, statement)
        return reserved is not None and reserved.supplier_number != except_for

    def notes(self, number: ApplicationNumber) -> tuple[Note, ...]:
        statement = select(NoteRow).where(NoteRow.application == number).order_by(NoteRow.id)
        return tuple(mapping.note_from(row) for row in fetch(self._session, statement))

    def claim(self, number: ApplicationNumber) -> Claim | None:
        row = fetch_one(self._session, select(ClaimRow).where(ClaimRow.application == number))
        return None if row is None else mapping.claim_from(row)

    def _load(self, statement: Select[ApplicationRow]) -> tuple[IdApplication, ...]:
        return load_applications(self._session, fetch(self._session, statement))


class SqlPermits:
    """``permit_records.Permits``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, permit_id: PermitId) -> Permit:
        row = fetch_one(self._session, select(PermitRow).where(PermitRow.id == permit_id))
        if row is None:
            raise NotFoundError("not-found", kind="permit", id=permit_id)
        return mapping.permit_from(row)

    def get_all(self, permit_ids: Collection[PermitId]) -> Mapping[PermitId, Permit]:
        found = {one.id: one for one in self._load(select(PermitRow).where(among(PermitRow.id, permit_ids)))}
        missing = next((one for one in permit_ids if one not in found), None)
        if missing is not None:
            raise NotFoundError("not-found", kind="permit", id=missing)
        return found

    def of_supplier(self, supplier: SupplierNumber) -> tuple[Permit, ...]:
        return self._load(select(PermitRow).where(PermitRow.supplier_number == supplier))

    def of_suppliers(
        self, suppliers: Collection[SupplierNumber]
    ) -> Mapping[SupplierNumber, tuple[Permit, ...]]:
        wanted = select(PermitRow).where(among(PermitRow.supplier_number, suppliers))
        return _by_supplier(self._load(wanted))

    def of_applicant(self, applicant_folded: str, *, not_supplier: SupplierNumber) -> tuple[Permit, ...]:
        return self._load(
            select(PermitRow).where(
                PermitRow.applicant_folded == applicant_folded,
                PermitRow.applicant_folded != "",
                PermitRow.supplier_number != not_supplier,
            )
        )

    def all(self) -> tuple[Permit, ...]:
        return self._load(select(PermitRow))

    def _load(self, statement: Select[PermitRow]) -> tuple[Permit, ...]:
        newest_first = statement.order_by(PermitRow.received.desc(), PermitRow.id.desc())
        return tuple(mapping.permit_from(row) for row in fetch(self._session, newest_first))


class SqlRegistrations:
    """``ports.Registrations``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, application: ApplicationNumber) -> Registration:
        wanted = select(RegistrationRow).where(RegistrationRow.application == application)
        row = fetch_one(self._session, wanted)
        if row is None:
            raise NotFoundError("not-found", kind="registration", id=application)
        return mapping.registration_from(row)

    def live_with(self, user_id: UserId) -> Registration | None:
        held = select(UserIdRow.registration).where(UserIdRow.user_id_folded == user_id_folded(user_id))
        application = self._session.execute(held).scalar_one_or_none()
        return None if application is None else self.get(ApplicationNumber(application))

    def live_of(self, supplier: SupplierNumber) -> Registration | None:
        row = fetch_one(
            self._session,
            select(RegistrationRow).where(
                RegistrationRow.supplier_number == supplier, RegistrationRow.state.in_(LIVE_STATES)
            ),
        )
        return None if row is None else mapping.registration_from(row)

    def of_supplier(self, supplier: SupplierNumber) -> tuple[Registration, ...]:
        own = (
            select(RegistrationRow)
            .where(RegistrationRow.supplier_number == supplier)
            .order_by(RegistrationRow.created_at.desc(), RegistrationRow.application.desc())
        )
        return tuple(mapping.registration_from(row) for row in fetch(self._session, own))

    def of_suppliers(
        self, suppliers: Collection[SupplierNumber]
    ) -> Mapping[SupplierNumber, tuple[Registration, ...]]:
        wanted = select(RegistrationRow).where(among(RegistrationRow.supplier_number, suppliers))
        return _by_supplier(self._ordered(wanted))

    def enterprise_id_of(self, supplier: SupplierNumber) -> EnterpriseId | None:
        row = fetch_one(
            self._session, select(EnterpriseIdRow).where(EnterpriseIdRow.supplier_number == supplier)
        )
        return None if row is None else EnterpriseId(row.enterprise_id)

    def all(self) -> tuple[Registration, ...]:
        return self._ordered(select(RegistrationRow))

    def _ordered(self, statement: Select[RegistrationRow]) -> tuple[Registration, ...]:
        by_supplier = statement.order_by(
            RegistrationRow.supplier_number,
            RegistrationRow.created_at.desc(),
            RegistrationRow.application.desc(),
        )
        return tuple(mapping.registration_from(row) for row in fetch(self._session, by_supplier))


def _by_supplier(records: Iterable[OfSupplier]) -> dict[SupplierNumber, tuple[OfSupplier, ...]]:
    """Each supplier's own, in the order in which they come."""
    found: defaultdict[SupplierNumber, list[OfSupplier]] = defaultdict(list)
    for record in records:
        found[record.supplier_number].append(record)
    return {supplier: tuple(own) for supplier, own in found.items()}


class SqlContacts:
    """``ports.Contacts``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def shared(self, application: IdApplication) -> tuple[SharedContact, ...]:
        return self.shared_of([application])[application.number]

    def shared_of(
        self, applications: Iterable[IdApplication]
    ) -> dict[ApplicationNumber, tuple[SharedContact, ...]]:
        """The same for several applications, with the same number of queries as for one."""
        listed = tuple(applications)
        values = {value for application in listed for _, value in form_points(application.form)}
        users = self._users_of(values) if values else {}
        return {application.number: _shared(application, users) for application in listed}

    def _users_of(self, values: set[str]) -> dict[str, set[tuple[str, str]]]:
        """By value: the supplier numbers that use it, with where."""
        points = select(ContactPointRow.value, ContactPointRow.supplier_number, ContactPointRow.source)
        queries = [points.where(among(ContactPointRow.value, values))]
        queries += [
            select(twin, QualificationRow.supplier_number, literal("register")).where(
                among(twin, values), QualificationRow.to_batch.is_(None)
            )
            for twin in (QualificationRow.phone_folded, QualificationRow.email_folded)
        ]
        users: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
        for query in queries:
            for value, supplier, source in self._session.execute(query):
                users[value].add((supplier, source))
        return users


def _shared(application: IdApplication, users: dict[str, set[tuple[str, str]]]) -> tuple[SharedContact, ...]:
    return tuple(
        SharedContact(field, value, SupplierNumber(supplier), source)
        for field, value in form_points(application.form)
        for supplier, source in sorted(users.get(value, ()))
        if supplier != application.supplier_number
    )
