"""The reading ports of the unit of work in memory."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from ebidadmin.domain.applications import IdApplication
from ebidadmin.domain.card_sessions import CardSession
from ebidadmin.domain.cards import CardRegistration, MainContact
from ebidadmin.domain.case_records import CaseRecord
from ebidadmin.domain.claims import Claim
from ebidadmin.domain.contacts import Contact
from ebidadmin.domain.desk_requests import DeskRequest
from ebidadmin.domain.dispatches import Dispatch, corrected_by
from ebidadmin.domain.expiry_notices import ExpiryNotice
from ebidadmin.domain.findings import SharedContact
from ebidadmin.domain.followups import FollowUp
from ebidadmin.domain.id_case_records import IdCaseRecord
from ebidadmin.domain.ids import (
    ApplicationNumber,
    BatchId,
    CardId,
    CardSessionId,
    DeskRequestId,
    DispatchId,
    EnterpriseId,
    FollowUpId,
    IdCaseId,
    PermitId,
    ProposalId,
    ReportRunId,
    RequestId,
    SupplierNumber,
    UserId,
)
from ebidadmin.domain.import_requests import ImportRequest
from ebidadmin.domain.imports import ImportBatch
from ebidadmin.domain.mails import OutboxMail
from ebidadmin.domain.names import NameRules, fold_name
from ebidadmin.domain.notes import Note
from ebidadmin.domain.permit_proposals import PermitProposal
from ebidadmin.domain.permits import Permit
from ebidadmin.domain.qualifications import Qualification
from ebidadmin.domain.registrations import LIVE_STATES, Registration
from ebidadmin.domain.report_runs import ReportRun
from ebidadmin.errors import NotFoundError
from ebidadmin.services.ports import AuditEntry, SequenceName

RULES = NameRules(
    variants={"髙": "高", "﨑": "崎"},
    legal_forms={"㈱": "株式会社", "(株)": "株式会社", "㈲": "有限会社", "(有)": "有限会社"},
)


@dataclass
class Tables:
    """Everything that is stored. Aggregates are frozen, so a shallow copy of each table is a snapshot."""

    applications: dict[ApplicationNumber, IdApplication] = field(default_factory=dict)
    permits: dict[PermitId, Permit] = field(default_factory=dict)
    dispatches: dict[DispatchId, Dispatch] = field(default_factory=dict)
    registrations: dict[ApplicationNumber, Registration] = field(default_factory=dict)
    enterprise_ids: dict[SupplierNumber, EnterpriseId] = field(default_factory=dict)
    claims: dict[ApplicationNumber, Claim] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    cards: dict[CardId, CardRegistration] = field(default_factory=dict)
    main_contacts: dict[SupplierNumber, MainContact] = field(default_factory=dict)
    card_sessions: dict[CardSessionId, CardSession] = field(default_factory=dict)
    case_records: dict[CardSessionId, CaseRecord] = field(default_factory=dict)
    id_cases: dict[IdCaseId, IdCaseRecord] = field(default_factory=dict)
    expiry_notices: dict[tuple[CardId, int], ExpiryNotice] = field(default_factory=dict)
    follow_ups: dict[FollowUpId, FollowUp] = field(default_factory=dict)
    mails: dict[int, OutboxMail] = field(default_factory=dict)
    report_runs: dict[ReportRunId, ReportRun] = field(default_factory=dict)
    audit: list[AuditEntry] = field(default_factory=list)
    sequences: dict[tuple[SequenceName, int | None], int] = field(default_factory=dict)
    proposals: dict[ProposalId, PermitProposal] = field(default_factory=dict)
    import_requests: dict[RequestId, ImportRequest] = field(default_factory=dict)
    desk_requests: dict[DeskRequestId, DeskRequest] = field(default_factory=dict)
    register: list[tuple[ImportBatch, Mapping[SupplierNumber, Qualification]]] = field(default_factory=list)

    def copy(self) -> Tables:
        return Tables(**{name: table.copy() for name, table in vars(self).items()})


class OpenUnit(Protocol):
    @property
    def tables(self) -> Tables: ...

    @property
    def names(self) -> NameRules: ...


@dataclass
class Part:
    """What a port reads: the open tables, and the rules by which names are compared."""

    uow: OpenUnit

    @property
    def tables(self) -> Tables:
        return self.uow.tables


class MemoryApplications(Part):
    def get(self, number: ApplicationNumber) -> IdApplication:
        found = self.find(number)
        if found is None:
            raise NotFoundError("not-found", kind="application", id=number)
        return found

    def find(self, number: ApplicationNumber) -> IdApplication | None:
        return self.tables.applications.get(number)

    def some(self, numbers: Collection[ApplicationNumber]) -> dict[ApplicationNumber, IdApplication]:
        return {number: one for number, one in self.tables.applications.items() if number in numbers}

    def of_supplier(self, supplier: SupplierNumber) -> tuple[IdApplication, ...]:
        found = [one for one in self.tables.applications.values() if one.supplier_number == supplier]
        return tuple(sorted(found, key=lambda one: (one.applied_at, one.number), reverse=True))

    def user_id_taken(self, user_id: UserId, *, except_for: SupplierNumber | None = None) -> bool:
        reserved = [
            (one.form.user_id, one.supplier_number)
            for one in self.tables.applications.values()
            if one.is_open
        ]
        reserved += [
            (one.user_id, one.supplier_number)
            for one in self.tables.registrations.values()
            if one.state in LIVE_STATES
        ]
        return any(
            taken.casefold() == user_id.casefold() and supplier != except_for for taken, supplier in reserved
        )

    def notes(self, number: ApplicationNumber) -> tuple[Note, ...]:
        return tuple(note for note in self.tables.notes if note.application == number)

    def claim(self, number: ApplicationNumber) -> Claim | None:
        return self.tables.claims.get(number)


class MemoryPermits(Part):
    def get(self, permit_id: PermitId) -> Permit:
        found = self.tables.permits.get(permit_id)
        if found is None:
            raise NotFoundError("not-found", kind="permit", id=permit_id)
        return found

    def get_all(self, permit_ids: Collection[PermitId]) -> dict[PermitId, Permit]:
        return {one: self.get(one) for one in permit_ids}

    def of_suppliers(self, suppliers: Collection[SupplierNumber]) -> dict[SupplierNumber, tuple[Permit, ...]]:
        found = {supplier: self.of_supplier(supplier) for supplier in suppliers}
        return {supplier: own for supplier, own in found.items() if own}

    def of_supplier(self, supplier: SupplierNumber) -> tuple[Permit, ...]:
        return tuple(permit for permit in self.all() if permit.supplier_number == supplier)

    def of_applicant(self, applicant_folded: str, *, not_supplier: SupplierNumber) -> tuple[Permit, ...]:
        return tuple(
            permit
            for permit in self.all()
            if permit.applicant
            and fold_name(permit.applicant, self.uow.names) == applicant_folded
            and permit.supplier_number != not_supplier
        )

    def all(self) -> tuple[Permit, ...]:
        return tuple(
            sorted(
                self.tables.permits.values(), key=lambda permit: (permit.received, permit.id), reverse=True
            )
        )


class MemoryDispatches(Part):
    def get(self, dispatch_id: DispatchId) -> Dispatch:
        found = self.tables.dispatches.get(dispatch_id)
        if found is None:
            raise NotFoundError("not-found", kind="dispatch", id=dispatch_id)
        return found

    def of_permit(self, permit: PermitId) -> tuple[Dispatch, ...]:
        return tuple(row for row in self.tables.dispatches.values() if row.permit == permit)

    def between(self, first: date | None, last: date | None) -> tuple[Dispatch, ...]:
        rows = sorted(self.tables.dispatches.values(), key=lambda row: (row.day, row.id))
        return tuple(row for row in rows if (first or row.day) <= row.day <= (last or row.day))

    def corrections_of(self, rows: Iterable[DispatchId]) -> Mapping[DispatchId, DispatchId]:
        against = corrected_by(self.tables.dispatches.values())
        return {one: against[one] for one in rows if one in against}


class MemoryRegistrations(Part):
    def get(self, application: ApplicationNumber) -> Registration:
        found = self.tables.registrations.get(application)
        if found is None:
            raise NotFoundError("not-found", kind="registration", id=application)
        return found

    def live_with(self, user_id: UserId) -> Registration | None:
        live = (one for one in self.tables.registrations.values() if one.state in LIVE_STATES)
        return next((one for one in live if one.user_id.casefold() == user_id.casefold()), None)

    def live_of(self, supplier: SupplierNumber) -> Registration | None:
        live = (one for one in self.tables.registrations.values() if one.state in LIVE_STATES)
        return next((one for one in live if one.supplier_number == supplier), None)

    def of_supplier(self, supplier: SupplierNumber) -> tuple[Registration, ...]:
        return tuple(one for one in self.all() if one.supplier_number == supplier)

    def of_suppliers(
        self, suppliers: Collection[SupplierNumber]
    ) -> dict[SupplierNumber, tuple[Registration, ...]]:
        found = {supplier: self.of_supplier(supplier) for supplier in suppliers}
        return {supplier: own for supplier, own in found.items() if own}

    def enterprise_id_of(self, supplier: SupplierNumber) -> EnterpriseId | None:
        return self.tables.enterprise_ids.get(supplier)

    def all(self) -> tuple[Registration, ...]:
        newest = sorted(
            self.tables.registrations.values(),
            key=lambda one: (one.created_at, one.application),
            reverse=True,
        )
        return tuple(sorted(newest, key=lambda one: one.supplier_number))


class MemoryRegister(Part):
    def version(self) -> BatchId | None:
        return self.tables.register[-1][0].id if self.tables.register else None

    def current(self, supplier: SupplierNumber) -> Qualification | None:
        return self.at_version(supplier, self.version())

    def current_of(self, suppliers: Collection[SupplierNumber]) -> dict[SupplierNumber, Qualification]:
        records = [record for record in map(self.current, suppliers) if record is not None]
        return {record.supplier_number: record for record in records}

    def names_of(self, suppliers: Collection[SupplierNumber]) -> dict[SupplierNumber, str]:
        return {supplier: record.trade_name for supplier, record in self.current_of(suppliers).items()}

    def at_version(self, supplier: SupplierNumber, version: BatchId | None) -> Qualification | None:
        for batch, records in self.tables.register:
            if batch.id == version:
                return records.get(supplier)
        return None

    def version_as_of(self, moment: datetime) -> BatchId | None:
        applied = [batch.id for batch, _ in self.tables.register if batch.applied_at <= moment]
        return applied[-1] if applied else None

    def size(self) -> int:
        return len(self.tables.register[-1][1]) if self.tables.register else 0

    def batch(self, number: BatchId) -> ImportBatch | None:
        return next((batch for batch, _ in self.tables.register if batch.id == number), None)

    def undone_by(self, number: BatchId) -> BatchId | None:
        return next((batch.id for batch, _ in self.tables.register if batch.undoes == number), None)

    def as_of(self, supplier: SupplierNumber, moment: datetime) -> Qualification | None:
        return self.at_version(supplier, self.version_as_of(moment))

    def history(self, supplier: SupplierNumber) -> tuple[tuple[ImportBatch, Qualification | None], ...]:
        steps: list[tuple[ImportBatch, Qualification | None]] = []
        before: Qualification | None = None
        for batch, records in self.tables.register:
            after = records.get(supplier)
            if after != before:
                steps.append((batch, after))
            before = after
        return tuple(reversed(steps))


class MemoryImportRequests(Part):
    def get(self, number: RequestId) -> ImportRequest:
        found = self.tables.import_requests.get(number)
        if found is None:
            raise NotFoundError("not-found", kind="import-request", id=number)
        return found

    def open(self) -> tuple[ImportRequest, ...]:
        return tuple(one for one in self.all() if one.is_open)

    def all(self) -> tuple[ImportRequest, ...]:
        found = self.tables.import_requests.values()
        return tuple(sorted(found, key=lambda one: (one.requested_at, one.id), reverse=True))


class MemoryProposals(Part):
    def get(self, number: ProposalId) -> PermitProposal:
        found = self.tables.proposals.get(number)
        if found is None:
            raise NotFoundError("not-found", kind="permit-proposal", id=number)
        return found

    def open_of(self, permit: PermitId) -> PermitProposal | None:
        return next((one for one in self.open() if one.binding.permit == permit), None)

    def open(self) -> tuple[PermitProposal, ...]:
        return tuple(one for one in self.all() if one.is_open)

    def all(self) -> tuple[PermitProposal, ...]:
        found = self.tables.proposals.values()
        return tuple(sorted(found, key=lambda one: (one.requested_at, one.id), reverse=True))


class MemoryContacts(Part):
    def shared(self, application: IdApplication) -> tuple[SharedContact, ...]:
        own = application.supplier_number
        used = sorted({use for use in self._uses() if use[1] != own})
        return tuple(
            SharedContact(name, value, supplier, source)
            for name, value in _points(application.form.company_phone, *_contacts(application))
            for other, supplier, source in used
            if other == value
        )

    def _uses(self) -> Iterator[tuple[str, SupplierNumber, str]]:
        for application in self.tables.applications.values():
            for _, value in _points(application.form.company_phone, *_contacts(application)):
                yield value, application.supplier_number, "application"
        for registration in self.tables.registrations.values():
            for _, value in _points("", registration.main_contact, registration.applicant_contact):
                yield value, registration.supplier_number, "registration"
        for record in self.tables.register[-1][1].values() if self.tables.register else ():
            for value in (_digits(record.phone), _lowered(record.email)):
                if value:
                    yield value, record.supplier_number, "register"


def _contacts(application: IdApplication) -> tuple[Contact, Contact]:
    return application.form.main_contact, application.form.applicant_contact


def _points(company_phone: str, main: Contact, applicant: Contact) -> Iterator[tuple[str, str]]:
    points = [("company_phone", _digits(company_phone))]
    for prefix, contact in (("main_contact", main), ("applicant_contact", applicant)):
        points += [(f"{prefix}.phone", _digits(contact.phone)), (f"{prefix}.email", _lowered(contact.email))]
    return (point for point in points if point[1])


def _digits(number: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKC", number) if sign in "0123456789")


def _lowered(address: str) -> str:
    return unicodedata.normalize("NFKC", address).strip().casefold()
