"""Rows to aggregates and back, spelled out: a field that is forgotten here is a test that fails, not a value that is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from ebidadmin.domain.applications import Decision, IdApplication, IdForm, Inquiry
from ebidadmin.domain.claims import Claim
from ebidadmin.domain.contacts import Contact
from ebidadmin.domain.events import Event, EventTag, JsonMap, Subject, SubjectKind
from ebidadmin.domain.ids import ApplicationNumber, BatchId, EnterpriseId, PermitId, SupplierNumber, UserId
from ebidadmin.domain.mails import MailDraft, OutboxMail
from ebidadmin.domain.names import NameRules, fold_name
from ebidadmin.domain.notes import Note
from ebidadmin.domain.permits import DocumentNumber, Permit, Voiding
from ebidadmin.domain.registrations import OneTimeCode, Registration
from ebidadmin.persistence.schema import (
    ApplicationRow,
    AuditRow,
    ClaimRow,
    InquiryRow,
    MailRow,
    NoteRow,
    PermitRow,
    RegistrationRow,
)
from ebidadmin.persistence.twins import form_points, joined, user_id_folded
from ebidadmin.services.ports import AuditEntry

Values = dict[str, object]


def application_values(application: IdApplication, names: NameRules) -> Values:
    form, decision = application.form, application.decision
    points = tuple(form_points(form))
    return {
        "number": application.number,
        "supplier_number": form.supplier_number,
        "trade_name": form.trade_name,
        "company_phone": form.company_phone,
        "company_fax": form.company_fax,
        "branch": form.branch,
        "main_contact": form.main_contact.as_map(),
        "applicant_contact": form.applicant_contact.as_map(),
        "user_id": form.user_id,
        "password_hash": application.password_hash,
        "applied_at": application.applied_at,
        "channel": application.channel,
        "state": application.state,
        "version": application.version,
        "previous": application.previous,
        "register_seen": application.register_seen,
        "decided_at": None if decision is None else decision.at,
        "decided_by": None if decision is None else decision.by,
        "decision_reasons": None if decision is None else list(decision.reasons),
        "decision_note": None if decision is None else decision.note,
        "decision_accepted": None
        if decision is None or decision.accepted is None
        else dict(decision.accepted),
        "trade_name_folded": fold_name(form.trade_name, names),
        "user_id_folded": user_id_folded(form.user_id),
        "phones_folded": joined(value for field, value in points if field.endswith("phone")),
        "mails_folded": joined(value for field, value in points if field.endswith("email")),
    }


def application_from(row: ApplicationRow, inquiries: Sequence[InquiryRow]) -> IdApplication:
    """``inquiries`` are those of the row, in order."""
    return IdApplication(
        number=ApplicationNumber(row.number),
        form=IdForm(
            supplier_number=SupplierNumber(row.supplier_number),
            trade_name=row.trade_name,
            company_phone=row.company_phone,
            company_fax=row.company_fax,
            branch=row.branch,
            main_contact=contact_from(row.main_contact),
            applicant_contact=contact_from(row.applicant_contact),
            user_id=UserId(row.user_id),
        ),
        password_hash=row.password_hash,
        applied_at=row.applied_at,
        channel=row.channel,
        state=row.state,
        version=row.version,
        previous=None if row.previous is None else ApplicationNumber(row.previous),
        register_seen=None if row.register_seen is None else BatchId(row.register_seen),
        inquiries=tuple(inquiry_from(inquiry) for inquiry in inquiries),
        decision=_decision_from(row),
    )


def _decision_from(row: ApplicationRow) -> Decision | None:
    if row.decided_at is None:
        return None
    accepted = cast("Mapping[str, str] | None", row.decision_accepted)
    return Decision(
        at=row.decided_at,
        by=row.decided_by or "",
        reasons=tuple(cast("list[str]", row.decision_reasons)),
        note=row.decision_note or "",
        accepted=accepted,
    )


def contact_from(stored: object) -> Contact:
    return Contact(**cast("Mapping[str, str]", stored))


def inquiry_values(application: ApplicationNumber, position: int, inquiry: Inquiry) -> Values:
    return {
        "application": application,
        "position": position,
        "text": inquiry.text,
        "asked_at": inquiry.asked_at,
        "asked_by": inquiry.asked_by,
        "answer": inquiry.answer,
        "answered_at": inquiry.answered_at,
    }


def inquiry_from(row: InquiryRow) -> Inquiry:
    return Inquiry(
        text=row.text,
        asked_at=row.asked_at,
        asked_by=row.asked_by,
        answer=row.answer,
        answered_at=row.answered_at,
    )


def note_values(note: Note) -> Values:
    return {"application": note.application, "text": note.text, "by": note.by, "at": note.at}


def note_from(row: NoteRow) -> Note:
    return Note(application=ApplicationNumber(row.application), text=row.text, by=row.by, at=row.at)


def claim_values(claim: Claim) -> Values:
    return {
        "application": claim.application,
        "holder": claim.holder,
        "until": claim.until,
        "version": claim.version,
    }


def claim_from(row: ClaimRow) -> Claim:
    return Claim(
        application=ApplicationNumber(row.application),
        holder=row.holder,
        until=row.until,
        version=row.version,
    )


def permit_values(permit: Permit, names: NameRules) -> Values:
    document, voiding = permit.document, permit.voiding
    return {
        "id": permit.id,
        "supplier_number": permit.supplier_number,
        "received": permit.received,
        "channel": permit.channel,
        "applicant": permit.applicant,
        "note": permit.note,
        "state": permit.state,
        "version": permit.version,
        "valid_from": permit.valid_from,
        "valid_to": permit.valid_to,
        "reason": permit.reason,
        "applicant_folded": fold_name(permit.applicant, names),
        "reply_channel": permit.reply_channel,
        "document_year": None if document is None else document.fiscal_year,
        "document_number": None if document is None else document.number,
        "decided_at": permit.decided_at,
        "decided_by": permit.decided_by,
        "refusal_reasons": list(permit.refusal_reasons) or None,
        "withdrawn_from": permit.withdrawn_from,
        "voided_at": None if voiding is None else voiding.at,
        "voided_by": None if voiding is None else voiding.by,
        "void_reason": None if voiding is None else voiding.reason,
    }


def permit_from(row: PermitRow) -> Permit:
    return Permit(
        id=PermitId(row.id),
        supplier_number=SupplierNumber(row.supplier_number),
        received=row.received,
        channel=row.channel,
        applicant=row.applicant,
        note=row.note,
        state=row.state,
        version=row.version,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        reason=row.reason,
        reply_channel=row.reply_channel,
        document=_document_from(row.document_year, row.document_number),
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        refusal_reasons=tuple(cast("list[str]", row.refusal_reasons or [])),
        withdrawn_from=row.withdrawn_from,
        voiding=None
        if row.voided_at is None
        else Voiding(row.voided_at, row.voided_by or "", row.void_reason or ""),
    )


def _document_from(year: int | None, number: int | None) -> DocumentNumber | None:
    return None if year is None or number is None else DocumentNumber(year, number)


def registration_values(registration: Registration) -> Values:
    code = registration.code
    return {
        "application": registration.application,
        "supplier_number": registration.supplier_number,
        "enterprise_id": registration.enterprise_id,
        "user_id": registration.user_id,
        "password_hash": registration.password_hash,
        "main_contact": registration.main_contact.as_map(),
        "applicant_contact": registration.applicant_contact.as_map(),
        "created_at": registration.created_at,
        "state": registration.state,
        "failures": registration.failures,
        "reason": registration.reason,
        "code_hash": None if code is None else code.hash,
        "code_expires_at": None if code is None else code.expires_at,
        "code_failures": 0 if code is None else code.failures,
        "version": registration.version,
    }


def registration_from(row: RegistrationRow) -> Registration:
    return Registration(
        application=ApplicationNumber(row.application),
        supplier_number=SupplierNumber(row.supplier_number),
        enterprise_id=EnterpriseId(row.enterprise_id),
        user_id=UserId(row.user_id),
        password_hash=row.password_hash,
        main_contact=contact_from(row.main_contact),
        applicant_contact=contact_from(row.applicant_contact),
        created_at=row.created_at,
        state=row.state,
        failures=row.failures,
        reason=row.reason,
        code=_code_from(row),
        version=row.version,
    )


def _code_from(row: RegistrationRow) -> OneTimeCode | None:
    if row.code_hash is None or row.code_expires_at is None:
        return None
    return OneTimeCode(row.code_hash, row.code_expires_at, row.code_failures)


def mail_values(mail: OutboxMail) -> Values:
    """All but the id, which the database draws."""
    return {
        "message_id": mail.message_id,
        "kind": mail.draft.kind,
        "to": list(mail.draft.to),
        "subject": mail.draft.subject,
        "body": mail.draft.body,
        "template": mail.draft.template,
        "about_kind": mail.about.kind.value,
        "about_id": mail.about.id,
        "written_at": mail.written_at,
        "state": mail.state,
        "attempts": mail.attempts,
        "not_before": mail.not_before,
        "lease_until": mail.lease_until,
        "sent_at": mail.sent_at,
        "last_error": mail.last_error,
        "version": mail.version,
    }


def mail_from(row: MailRow) -> OutboxMail:
    return OutboxMail(
        id=row.id,
        message_id=row.message_id,
        draft=MailDraft(
            kind=row.kind,
            to=tuple(cast("list[str]", row.to)),
            subject=row.subject,
            body=row.body,
            template=row.template,
        ),
        about=Subject(SubjectKind(row.about_kind), row.about_id),
        written_at=row.written_at,
        state=row.state,
        attempts=row.attempts,
        not_before=row.not_before,
        lease_until=row.lease_until,
        sent_at=row.sent_at,
        last_error=row.last_error,
        version=row.version,
    )


def audit_values(event: Event, software: str) -> Values:
    return {
        "at": event.at,
        "by": event.by,
        "tag": event.tag.value,
        "subject_kind": event.subject.kind.value,
        "subject_id": event.subject.id,
        "supplier_number": event.supplier_number,
        "before": None if event.before is None else dict(event.before),
        "after": None if event.after is None else dict(event.after),
        "facts": dict(event.facts),
        "software": software,
    }


def audit_from(row: AuditRow) -> AuditEntry:
    event = Event(
        tag=EventTag(row.tag),
        subject=Subject(SubjectKind(row.subject_kind), row.subject_id),
        by=row.by,
        at=row.at,
        before=cast("JsonMap | None", row.before),
        after=cast("JsonMap | None", row.after),
        facts=cast("JsonMap", row.facts),
        supplier_number=row.supplier_number,
    )
    return AuditEntry(seq=row.seq, event=event, software=row.software)
