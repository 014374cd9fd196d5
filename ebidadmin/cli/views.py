"""The JSON shapes that the command line promises; ``docs/operations.md`` lists them. No password or hash is ever among them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from ebidadmin.cli.common import word
from ebidadmin.cli.eligibility import eligibility_view
from ebidadmin.clock import jst
from ebidadmin.domain.applications import Decision, IdApplication, Inquiry
from ebidadmin.domain.findings import Finding
from ebidadmin.domain.imports import TouchedSupplier
from ebidadmin.domain.mails import MailState, OutboxMail
from ebidadmin.domain.permit_proposals import PermitAct, PermitProposal
from ebidadmin.domain.permits import DocumentNumber, Permit
from ebidadmin.domain.qualifications import Qualification
from ebidadmin.services.case_file import CaseFile
from ebidadmin.services.permit_dispatch import DispatchLine
from ebidadmin.services.ports import AuditEntry


def finding_view(finding: Finding) -> dict[str, Any]:
    return {"code": finding.code.value, "severity": finding.severity.value, "facts": dict(finding.facts)}


def problem_view(line: int, field: str, code: str, facts: Mapping[str, object]) -> dict[str, Any]:
    return {"line": line, "field": field, "code": code, "facts": dict(facts)}


def application_view(application: IdApplication) -> dict[str, Any]:
    form = application.form
    return {
        "application_number": application.number,
        "state": application.state.value,
        "version": application.version,
        "supplier_number": form.supplier_number,
        "trade_name": form.trade_name,
        "company_phone": form.company_phone,
        "company_fax": form.company_fax,
        "branch": form.branch,
        "main_contact": form.main_contact.as_map(),
        "applicant_contact": form.applicant_contact.as_map(),
        "user_id": form.user_id,
        "applied_at": application.applied_at.isoformat(),
        "channel": application.channel.value,
        "previous": application.previous,
        "inquiries": [_inquiry(inquiry) for inquiry in application.inquiries],
        "decision": None if application.decision is None else _decision(application.decision),
    }


def permit_view(permit: Permit) -> dict[str, Any]:
    voiding = permit.voiding
    return {
        "number": permit.id,
        "supplier_number": permit.supplier_number,
        "state": permit.state.value,
        "version": permit.version,
        "received": permit.received.isoformat(),
        "channel": permit.channel.value,
        "applicant": permit.applicant,
        "note": permit.note,
        "valid_from": None if permit.valid_from is None else permit.valid_from.isoformat(),
        "valid_to": None if permit.valid_to is None else permit.valid_to.isoformat(),
        "reason": permit.reason,
        "reply_channel": None if permit.reply_channel is None else permit.reply_channel.value,
        "document": _document(permit.document),
        "decided_at": None if permit.decided_at is None else permit.decided_at.isoformat(),
        "decided_by": permit.decided_by,
        "refusal_reasons": list(permit.refusal_reasons),
        "withdrawn_from": None if permit.withdrawn_from is None else permit.withdrawn_from.isoformat(),
        "voided": None if voiding is None else {**asdict(voiding), "at": voiding.at.isoformat()},
    }


def proposal_view(one: PermitProposal) -> dict[str, Any]:
    binding = one.binding
    return {
        "number": one.id,
        "state": one.state.value,
        "act": binding.act.value,
        "permit": binding.permit,
        "supplier_number": one.supplier_number,
        "permit_version": binding.permit_version,
        "valid_from": None if binding.valid_from is None else binding.valid_from.isoformat(),
        "valid_to": None if binding.valid_to is None else binding.valid_to.isoformat(),
        "reasons": list(binding.reasons),
        "wording": binding.wording,
        "withdrawn_from": None if binding.withdrawn_from is None else binding.withdrawn_from.isoformat(),
        "requested_by": one.requested_by,
        "requested_at": one.requested_at.isoformat(),
        "expires_at": one.expires_at.isoformat(),
        "confirmed_by": one.confirmed_by,
        "confirmed_at": None if one.confirmed_at is None else one.confirmed_at.isoformat(),
        "ended_by": one.ended_by,
        "ended_at": None if one.ended_at is None else one.ended_at.isoformat(),
        "reason": one.reason,
    }


def proposal_line(one: PermitProposal) -> str:
    """For people who read English: what is asked about which permit, by whom, and what became of it."""
    binding, details = one.binding, list(one.binding.reasons)
    if binding.act is PermitAct.GRANT:
        first = binding.valid_from or "the day of the confirmation"
        details.append(f"{first} to {binding.valid_to or 'open'}")
    if binding.act is PermitAct.WITHDRAW:
        details.append(f"from {binding.withdrawn_from or 'the day of the confirmation'}")
    details.append(" ".join(binding.wording.split()))
    people = f"asked by {one.requested_by}"
    if one.confirmed_by is not None:
        people += f", confirmed by {one.confirmed_by}"
    elif one.ended_by is not None:
        people += f", {one.state.value} by {one.ended_by}"
    end = f"until {jst(one.expires_at):%Y-%m-%d %H:%M} JST" if one.is_open else " ".join(one.reason.split())
    what = f"{binding.act.value} {binding.permit}"
    told = " ".join(word for word in details if word)
    return "\t".join(
        [one.id, one.state.value, one.supplier_number, what, told, people, *([end] if end else [])]
    )


def dispatch_view(line: DispatchLine) -> dict[str, Any]:
    row = line.row
    return {
        **asdict(row),
        "day": row.day.isoformat(),
        "at": row.at.isoformat(),
        "channel": row.channel.value,
        "kind": row.kind.value,
        "corrected_by": line.corrected_by,
    }


def _document(document: DocumentNumber | None) -> dict[str, int] | None:
    return None if document is None else asdict(document)


def audit_view(entry: AuditEntry) -> dict[str, Any]:
    event = entry.event
    return {
        "seq": entry.seq,
        "at": event.at.isoformat(),
        "by": event.by,
        "tag": event.tag.value,
        "subject": {"kind": event.subject.kind.value, "id": event.subject.id},
        "supplier_number": event.supplier_number,
        "before": event.before,
        "after": event.after,
        "facts": dict(event.facts),
        "software": entry.software,
    }


def mail_view(mail: OutboxMail) -> dict[str, Any]:
    return {
        "id": mail.id,
        "message_id": mail.message_id,
        "kind": mail.draft.kind.value,
        "state": mail.state.value,
        "to": list(mail.draft.to),
        "subject": mail.draft.subject,
        "template": mail.draft.template,
        "about": {"kind": mail.about.kind.value, "id": mail.about.id},
        "written_at": mail.written_at.isoformat(),
        "sent_at": None if mail.sent_at is None else mail.sent_at.isoformat(),
        "attempts": mail.attempts,
        "next_try": mail.not_before.isoformat() if mail.state is MailState.WAITING else None,
        "last_error": mail.last_error,
    }


def mail_line(mail: OutboxMail) -> str:
    """For people: the state, and for a mail that has not left its tries, why, and when the next try is due."""
    state = word(f"mail-{mail.state.value}")
    if mail.state is MailState.GAVE_UP:
        state += f" ({mail.last_error})"
    elif mail.state is MailState.WAITING and mail.attempts:
        again = f"{jst(mail.not_before):%Y-%m-%d %H:%M}"
        state += f" ({word('mail-again-from', error=mail.last_error, tries=mail.attempts, moment=again)})"
    about, to = mail.about.id, ",".join(mail.draft.to)
    return f"{mail.id}\t{state}\t{mail.draft.kind.value}\t{about}\t{to}\t{mail.draft.subject}"


def _inquiry(inquiry: Inquiry) -> dict[str, Any]:
    return {
        "text": inquiry.text,
        "asked_at": inquiry.asked_at.isoformat(),
        "asked_by": inquiry.asked_by,
        "answer": inquiry.answer,
        "answered_at": None if inquiry.answered_at is None else inquiry.answered_at.isoformat(),
    }


def _decision(decision: Decision) -> dict[str, Any]:
    return {
        "at": decision.at.isoformat(),
        "by": decision.by,
        "reasons": list(decision.reasons),
        "note": decision.note,
        "accepted": dict(decision.accepted or {}),
    }


def case_view(case: CaseFile) -> dict[str, Any]:
    claim = case.claim
    return {
        **application_view(case.application),
        "seen": case.seen,
        "findings": [finding_view(finding) for finding in case.findings],
        "comparisons": [
            {
                "field": one.field,
                "entered": one.entered,
                "registered": one.registered,
                "match": None if one.match is None else one.match.value,
            }
            for one in case.comparisons
        ],
        "permits": [permit_view(permit) for permit in case.permits],
        "eligibility": eligibility_view(case.eligibility),
        "due": case.due.isoformat(),
        "overdue": case.timing.overdue,
        "elapsed_working_days": case.elapsed_days,
        "earlier": [earlier.number for earlier in case.earlier],
        "notes": [{"text": note.text, "by": note.by, "at": note.at.isoformat()} for note in case.notes],
        "claim": None if claim is None else {"holder": claim.holder, "until": claim.until.isoformat()},
        "mails": [mail_view(mail) for mail in case.mails],
    }


def qualification_view(record: Qualification) -> dict[str, Any]:
    plain = {name: value for name, value in record.as_map().items() if name != "extra"}
    shown = {name: value.isoformat() if isinstance(value, date) else value for name, value in plain.items()}
    return {**shown, "extra": dict(record.extra)}


def touched_view(one: TouchedSupplier) -> dict[str, Any]:
    return {
        "supplier_number": one.supplier_number,
        "trade_name": one.trade_name,
        "reasons": list(one.reasons),
        "registered": one.registered,
        "enterprise_id": one.enterprise_id,
        "application_number": one.application,
    }
