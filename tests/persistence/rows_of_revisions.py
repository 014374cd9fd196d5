"""A row of each kind that came with a revision, as text of the time: never built by the program of today."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

AT = datetime(2026, 10, 7, 3, tzinfo=UTC)
TEXTS = (
    "kana",
    "postcode",
    "address",
    "representative_title",
    "representative_name",
    "phone",
    "fax",
    "email",
    "branch",
)
MORE = (
    "delegate_title",
    "delegate_name",
    "delegate_address",
    "remarks",
    "digest",
    "name_folded",
    "phone_folded",
    "email_folded",
)
GRADES = dict.fromkeys(("grade_manufacture", "grade_sale", "grade_service", "grade_purchase"), "none")
BATCH = {
    "id": 1,
    "file_name": "a.csv",
    "file_hash": "0",
    "layout": "l",
    "headings": "[]",
    "applied_by": "x",
    "applied_at": AT,
    "added": 1,
    "changed": 0,
    "unchanged": 0,
    "vanished": 0,
    "refused": 0,
    "version": 1,
}
RECORD = {
    **dict.fromkeys((*TEXTS, *MORE), ""),
    **GRADES,
    "supplier_number": "190000001",
    "from_batch": 1,
    "trade_name": "㈱髙﨑",
    "source_key": "k",
    "corporate_number": "",
    "extra": "{}",
    "valid_from": date(2026, 4, 1),
}
EVENT = {
    "at": AT,
    "by": "佐藤",
    "tag": "application-submitted",
    "subject_kind": "application",
    "subject_id": "A1",
    "facts": "{}",
    "software": "ebidadmin 0",
}
REPORT_RUN = {
    "id": "daily_review/2026-10-07/0",
    "report": "daily_review",
    "period": "2026-10-07",
    "attempt": 0,
    "due": AT,
    "state": "failed",
    "by": "佐藤",
    "at": AT,
    "as_of": AT,
    "lease_until": None,
    "ended_at": AT,
    "folder": "",
    "failure": "dead",
    "detail": "",
    "version": 2,
}
ID_CASE = {
    "id": "C00000001",
    "supplier_number": "190000001",
    "written_at": AT,
    "written_by": "佐藤",
    "content": "{}",
    "advice": "案内",
    "version": 1,
}
APPLICATION = {
    "number": "A1",
    "supplier_number": "190000001",
    "trade_name": "㈱髙﨑",
    "company_phone": "",
    "company_fax": "",
    "branch": "",
    "main_contact": "{}",
    "applicant_contact": "{}",
    "user_id": "u",
    "password_hash": "h",
    "applied_at": AT,
    "channel": "batch",
    "state": "pending",
    "version": 1,
    "trade_name_folded": "",
    "user_id_folded": "u",
    "phones_folded": "|",
    "mails_folded": "|",
}
PERMIT = {
    **dict.fromkeys(("applicant", "note", "applicant_folded"), ""),
    "id": "P000001",
    "supplier_number": "190000001",
    "received": date(2026, 9, 1),
    "channel": "fax",
    "state": "refused",
    "version": 2,
    "reason": "書類不備",
}
DECIDED_PERMIT = {
    **PERMIT,
    "id": "P000002",
    "reply_channel": "post",
    "document_year": 2026,
    "document_number": 1,
    "decided_at": AT,
    "decided_by": "佐藤",
    "refusal_reasons": '["other"]',
}
DISPATCH = {
    "id": "D000001",
    "permit": "P000002",
    "supplier_number": "190000001",
    "document_year": 2026,
    "document_number": 1,
    "day": date(2026, 10, 7),
    "channel": "post",
    "recipient": "㈱髙﨑",
    "by": "佐藤",
    "at": AT,
    "kind": "sent",
    "note": "",
}
CARD = {
    **dict.fromkeys(("company_name", "company_address", "holder_name", "reason"), ""),
    "id": "K00000001",
    "supplier_number": "190000001",
    "enterprise_id": "1352100000000001",
    "fingerprint": "0" * 64,
    "serial": "1",
    "issuer": "CN=x",
    "not_before": AT,
    "not_after": AT,
    "guessed": "[]",
    "der": "",
    "revocation": "checked",
    "card_contact": "{}",
    "registered_at": AT,
    "state": "active",
    "version": 1,
}
NOTICE = {
    "card": "K00000001",
    "days": 60,
    "supplier_number": "190000001",
    "not_after": AT,
    "written_at": AT,
    "written_by": "佐藤",
}
MAIL = {
    "id": 41,
    "message_id": "<1@ebidadmin.local>",
    "kind": "id-submitted",
    "to": '["a@example.co.jp"]',
    "subject": "登録完了",
    "body": "御中\n",
    "about_kind": "application",
    "about_id": "A1",
    "written_at": AT,
    "state": "waiting",
    "attempts": 0,
    "not_before": AT,
    "last_error": "",
    "version": 1,
}
REQUEST = {
    **dict.fromkeys(("file_hash", "layout_digest", "note", "reason"), ""),
    **dict.fromkeys(("added", "changed", "unchanged", "refused"), 0),
    "id": "R000001",
    "undertaking": "import",
    "file_name": "b.csv",
    "layout": "l",
    "register_version": 1,
    "vanished": 1,
    "scale_warnings": '[["many-vanish","1.0000"]]',
    "requested_by": "佐藤",
    "requested_at": AT,
    "expires_at": AT.replace(day=15),
    "state": "requested",
    "version": 1,
}
PROPOSAL = {
    **dict.fromkeys(("wording", "reason"), ""),
    "id": "Q000001",
    "permit": "P000002",
    "supplier_number": "190000001",
    "act": "void",
    "permit_version": 2,
    "permit_digest": "0",
    "reasons": "[]",
    "requested_by": "佐藤",
    "requested_at": AT,
    "expires_at": AT.replace(day=15),
    "state": "requested",
    "version": 1,
}
DESK_REQUEST = {
    **dict.fromkeys(("wording", "mails_digest", "reason"), ""),
    "id": "C000001",
    "act": "bulk-approve",
    "cases": '[["A1",1,"0","0"]]',
    "requested_by": "佐藤",
    "requested_at": AT,
    "expires_at": AT.replace(day=15),
    "state": "requested",
    "version": 1,
}
SAMPLES: dict[str, dict[str, dict[str, Any]]] = {
    "0001": {
        "id_applications": APPLICATION,
        "audit_events": EVENT,
        "sequences": {"name": "application", "value": 7},
        "mail_outbox": MAIL,
        "permits": PERMIT,
    },
    "0002": {
        "qualification_batches": BATCH,
        "qualifications": RECORD,
        "source_keys": {"source_key": "k", "supplier_number": "190000001", "serial": 1, "from_batch": 1},
    },
    "0004": {"import_requests": REQUEST},
    "0005": {
        "enterprise_ids": {"supplier_number": "190000001", "enterprise_id": "1352100000000001"},
        "card_registrations": CARD,
    },
    "0008": {"permits": DECIDED_PERMIT},
    "0009": {"permit_dispatches": DISPATCH},
    "0011": {"permit_proposals": PROPOSAL},
    "0012": {"card_expiry_notices": NOTICE},
    "0013": {"mail_outbox": {**MAIL, "id": 42, "message_id": "<2@ebidadmin.local>", "template": "0" * 64}},
    "0014": {
        "queue_views": {"person": "佐藤", "name": "期限超過", "view": '{"sort":"applied"}', "kept_at": AT}
    },
    "0015": {
        "screen_places": {"person": "佐藤", "screen": "qualification-import", "place": "2", "kept_at": AT}
    },
    "0016": {
        "audit_leaves": {"position": 0, "seq": 1, "salt": b"s", "payload": b"p", "leaf": b"l"},
        "audit_nodes": {"level": 1, "place": 0, "ends_at": 2, "hash": b"h"},
        "audit_heads": {"size": 1, "note": "ebidadmin-1\n", "kept_at": AT},
    },
    "0018": {"id_case_records": ID_CASE},
    "0020": {"audit_rows": {"kind": "permits", "key": "P1", "seq": 1, "salt": b"s", "digest": b"d"}},
    "0021": {"report_runs": REPORT_RUN},
    "0025": {
        "report_runs": {
            **REPORT_RUN,
            "id": "daily_review/2026-10-07/1",
            "attempt": 1,
            "place": "0" * 32,
            "parameters": '{"rows":5}',
        }
    },
    "0026": {
        "staff_members": {
            "login": "sato",
            "name": "佐藤",
            "roles": '["reviewer"]',
            "state": "active",
            "version": 1,
        }
    },
    "0027": {"desk_requests": DESK_REQUEST},
}
"""A row of each kind that came with a revision, as text of the time: never built by the program of today."""
