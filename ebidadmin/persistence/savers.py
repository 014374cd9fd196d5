"""Saving one aggregate of each kind, version by version.

A saver inserts version 1 and replaces the row of the version before otherwise; it answers ``False`` when that version is not
there (any more). Unique rules are held by the database: ``rule_of`` names the rule behind a broken constraint.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Update, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ebidadmin.domain.applications import IdApplication
from ebidadmin.domain.claims import Claim
from ebidadmin.domain.desk_requests import DeskRequest
from ebidadmin.domain.ids import EnterpriseId, SupplierNumber
from ebidadmin.domain.import_requests import ImportRequest
from ebidadmin.domain.mails import OutboxMail
from ebidadmin.domain.names import NameRules
from ebidadmin.domain.notes import Note
from ebidadmin.domain.permit_proposals import PermitProposal
from ebidadmin.domain.permits import Permit
from ebidadmin.domain.registrations import LIVE_STATES, Registration
from ebidadmin.domain.report_runs import ReportRun
from ebidadmin.persistence import mapping
from ebidadmin.persistence.desk_requests import desk_request_values
from ebidadmin.persistence.failures import broken_constraint
from ebidadmin.persistence.import_requests import request_values
from ebidadmin.persistence.proposals import proposal_values
from ebidadmin.persistence.report_runs import run_values
from ebidadmin.persistence.repositories import fetch_one
from ebidadmin.persistence.rows import changed_one
from ebidadmin.persistence.schema import (
    ApplicationRow,
    ClaimRow,
    ContactPointRow,
    EnterpriseIdRow,
    InquiryRow,
    MailRow,
    NoteRow,
    PermitRow,
    RegistrationRow,
    UserIdRow,
)
from ebidadmin.persistence.schema_desk_requests import DeskRequestRow
from ebidadmin.persistence.schema_proposals import ProposalRow
from ebidadmin.persistence.schema_reports import ReportRunRow
from ebidadmin.persistence.schema_requests import ImportRequestRow
from ebidadmin.persistence.twins import contact_points, form_points, user_id_folded


@dataclass(frozen=True, slots=True)
class Saving:
    """What savers work with."""

    session: Session
    names: NameRules


Saver = Callable[[Saving, Any], bool]

OPEN_APPLICATION_EXISTS = "open-application-exists"
REQUEST_OPEN = "request-open"
DOCUMENT_TAKEN = "document-number-taken"

_RULES: tuple[tuple[str, str], ...] = (
    ("id_applications.supplier_number", OPEN_APPLICATION_EXISTS),
    ("uq_id_applications_open_of_supplier", OPEN_APPLICATION_EXISTS),
    ("user_id_reservations.user_id_folded", "user-id-taken"),
    ("pk_user_id_reservations", "user-id-taken"),
    ("registrations.supplier_number", "live-registration-exists"),
    ("uq_registrations_live_of_supplier", "live-registration-exists"),
    ("card_registrations.issuer", "certificate-registered"),
    ("card_registrations.fingerprint", "certificate-registered"),
    ("uq_card_registrations_live", "certificate-registered"),
    ("enterprise_ids.enterprise_id", "enterprise-id-taken"),
    ("uq_enterprise_ids_enterprise_id", "enterprise-id-taken"),
    ("permits.document_year", DOCUMENT_TAKEN),
    ("uq_permits_document_year_document_number", DOCUMENT_TAKEN),
    ("permit_dispatches.corrects", "dispatch-corrected"),
    ("uq_permit_dispatches_corrects", "dispatch-corrected"),
    ("permit_proposals.permit", "proposal-open"),
    ("uq_permit_proposals_open", "proposal-open"),
    ("import_requests.undertaking", REQUEST_OPEN),
    ("uq_import_requests_open", REQUEST_OPEN),
    ("desk_requests.application", "desk-request-open"),
    ("uq_desk_requests_open", "desk-request-open"),
)
"""What a broken unique constraint means to the office. SQLite names the columns, PostgreSQL the constraint."""

_KEYS = (
    *(
        "id_applications.number",
        "pk_id_applications",
        "application_claims.application",
        "pk_application_claims",
    ),
    *("permit_dispatches.id", "pk_permit_dispatches"),
    *("permits.id", "pk_permits", "registrations.application", "pk_registrations"),
    *("qualification_batches.id", "pk_qualification_batches"),
    *("card_registrations.id", "pk_card_registrations", "card_registrations.replaces"),
    *("uq_card_registrations_replaces", "card_sessions.id", "pk_card_sessions"),
    *(
        "card_main_contacts.supplier_number",
        "pk_card_main_contacts",
        "case_records.session",
        "pk_case_records",
    ),
    *("follow_ups.id", "pk_follow_ups", "follow_ups.about_kind", "uq_follow_ups_open"),
    *("import_requests.id", "pk_import_requests", "permit_proposals.id", "pk_permit_proposals"),
    *("desk_requests.id", "pk_desk_requests"),
    *("card_expiry_notices.card", "pk_card_expiry_notices"),
    *("id_case_records.id", "pk_id_case_records", "staff_members.login", "pk_staff_members"),
    *("report_runs.id", "report_runs.report", "pk_report_runs", "uq_report_runs_report_period_attempt"),
)


def rule_of(error: IntegrityError) -> str | None:
    """The code of the rule that a broken constraint stands for, or ``None``."""
    broken = broken_constraint(error)
    return next((code for name, code in _RULES if name in broken), None)


def is_taken_key(error: IntegrityError) -> bool:
    """Whether a new aggregate met one that has its key already: somebody was faster."""
    broken = broken_constraint(error)
    return "CHECK" not in broken and any(name in broken for name in _KEYS)


def save_application(saving: Saving, after: IdApplication) -> bool:
    session, values = saving.session, mapping.application_values(after, saving.names)
    if after.version == 1:
        session.execute(insert(ApplicationRow).values(values))
        _save_points(
            session, "application", after.number, after.supplier_number, tuple(form_points(after.form))
        )
        _reserve(session, UserIdRow.application.key, after.number, after.form.user_id, after.supplier_number)
    elif not changed_one(
        session, _replacing(ApplicationRow, ApplicationRow.number.key, after.number, values)
    ):
        return False
    _save_inquiries(session, after)
    if not after.is_open:
        _release(session, UserIdRow.application.key, after.number)
    return True


def save_note(saving: Saving, after: Note) -> bool:
    saving.session.execute(insert(NoteRow).values(mapping.note_values(after)))
    return True


def save_claim(saving: Saving, after: Claim) -> bool:
    values = mapping.claim_values(after)
    return save_plain(saving.session, ClaimRow, ClaimRow.application.key, values)


def save_permit(saving: Saving, after: Permit) -> bool:
    return save_plain(saving.session, PermitRow, PermitRow.id.key, mapping.permit_values(after, saving.names))


def save_import_request(saving: Saving, after: ImportRequest) -> bool:
    return save_plain(saving.session, ImportRequestRow, ImportRequestRow.id.key, request_values(after))


def save_proposal(saving: Saving, after: PermitProposal) -> bool:
    return save_plain(saving.session, ProposalRow, ProposalRow.id.key, proposal_values(after))


def save_desk_request(saving: Saving, after: DeskRequest) -> bool:
    return save_plain(saving.session, DeskRequestRow, DeskRequestRow.id.key, desk_request_values(after))


def save_report_run(saving: Saving, after: ReportRun) -> bool:
    return save_plain(saving.session, ReportRunRow, ReportRunRow.id.key, run_values(after))


def save_mail(saving: Saving, after: OutboxMail) -> bool:
    """Mails begin in ``outbox.enqueue``; here they only go on."""
    statement = _replacing(MailRow, MailRow.id.key, after.id, mapping.mail_values(after))
    return changed_one(saving.session, statement)


def save_registration(saving: Saving, after: Registration) -> bool:
    session, values = saving.session, mapping.registration_values(after)
    key = RegistrationRow.application.key
    if after.version == 1:
        issue_enterprise_id(session, after.supplier_number, after.enterprise_id)
        session.execute(insert(RegistrationRow).values(values))
        points = tuple(contact_points(after.main_contact, after.applicant_contact))
        _save_points(session, "registration", after.application, after.supplier_number, points)
        _reserve(session, UserIdRow.registration.key, after.application, after.user_id, after.supplier_number)
    elif not changed_one(session, _replacing(RegistrationRow, key, after.application, values)):
        return False
    else:
        _renew_uses(session, after)
    if after.state not in LIVE_STATES:
        _release(session, UserIdRow.registration.key, after.application)
    return True


def _renew_uses(session: Session, after: Registration) -> None:
    """A changed ID gives its old user id back and takes the new one; its contacts are found by what they are now."""
    use, folded = UserIdRow.registration.key, user_id_folded(after.user_id)
    held = fetch_one(session, select(UserIdRow).where(UserIdRow.registration == after.application))
    if held is not None and held.user_id_folded != folded:
        _release(session, use, after.application)
        _reserve(session, use, after.application, after.user_id, after.supplier_number)
    of_this = (ContactPointRow.source == "registration", ContactPointRow.key == after.application)
    session.execute(delete(ContactPointRow).where(*of_this))
    points = tuple(contact_points(after.main_contact, after.applicant_contact))
    _save_points(session, "registration", after.application, after.supplier_number, points)


SAVERS: Mapping[type, Saver] = {
    IdApplication: save_application,
    Note: save_note,
    Claim: save_claim,
    Permit: save_permit,
    ImportRequest: save_import_request,
    PermitProposal: save_proposal,
    DeskRequest: save_desk_request,
    OutboxMail: save_mail,
    ReportRun: save_report_run,
    Registration: save_registration,
}


def save_plain(session: Session, table: type[Any], key: str, values: mapping.Values) -> bool:
    """Insert version 1, else replace the version before; ``key`` names the column that identifies the row."""
    if values["version"] == 1:
        session.execute(insert(table).values(values))
        return True
    return changed_one(session, _replacing(table, key, values[key], values))


def _replacing(table: type[Any], key: str, wanted: object, values: mapping.Values) -> Update:
    """Replace the row of the version before this one, if it is still there."""
    version = values["version"]
    if not isinstance(version, int):
        raise TypeError("a version is a number")
    row = update(table).where(getattr(table, key) == wanted, table.version == version - 1)
    return row.values({name: value for name, value in values.items() if name != key})


def _save_inquiries(session: Session, after: IdApplication) -> None:
    if not after.inquiries:
        return
    changed_one(session, delete(InquiryRow).where(InquiryRow.application == after.number))
    rows = [mapping.inquiry_values(after.number, n, inquiry) for n, inquiry in enumerate(after.inquiries)]
    session.execute(insert(InquiryRow), rows)


def _save_points(
    session: Session, source: str, key: str, supplier: str, points: tuple[tuple[str, str], ...]
) -> None:
    rows = [
        {"source": source, "key": key, "field": field, "value": value, "supplier_number": supplier}
        for field, value in points
    ]
    if rows:
        session.execute(insert(ContactPointRow), rows)


def _reserve(session: Session, use: str, holder: str, user_id: str, supplier: str) -> None:
    """Reserve for a further use of the same supplier, or anew; another supplier's reservation breaks the key."""
    folded = user_id_folded(user_id)
    own = update(UserIdRow).where(
        UserIdRow.user_id_folded == folded,
        UserIdRow.supplier_number == supplier,
        getattr(UserIdRow, use).is_(None),
    )
    if not changed_one(session, own.values({use: holder})):
        values = {"user_id_folded": folded, "supplier_number": supplier, use: holder}
        session.execute(insert(UserIdRow).values(values))


def _release(session: Session, use: str, holder: str) -> None:
    """End one use; a user id without any is free."""
    column = getattr(UserIdRow, use)
    other = UserIdRow.registration if use == UserIdRow.application.key else UserIdRow.application
    changed_one(session, delete(UserIdRow).where(column == holder, other.is_(None)))
    changed_one(session, update(UserIdRow).where(column == holder).values({use: None}))


def issue_enterprise_id(session: Session, supplier: SupplierNumber, enterprise_id: EnterpriseId) -> None:
    """A supplier keeps the id it has; that a registration carries this very one is held by its foreign key."""
    present = select(EnterpriseIdRow).where(EnterpriseIdRow.supplier_number == supplier)
    if fetch_one(session, present) is None:
        values = {"supplier_number": supplier, "enterprise_id": enterprise_id}
        session.execute(insert(EnterpriseIdRow).values(values))
