"""Words about the erasing of what is kept of a supplier."""

from __future__ import annotations

from collections.abc import Mapping

RECORDS: Mapping[str, str] = {
    "application_claims": "申請の仮押さえ",
    "application_notes": "申請のメモ",
    "audit_events": "監査記録の内容",
    "audit_mentions": "監査記録の内容(ほかの業者などの記録でこの業者にふれたもの)",
    "card_expiry_notices": "証明書の期限のお知らせ",
    "card_main_contacts": "ICカードの代表窓口",
    "card_registrations": "ICカードによる登録",
    "card_sessions": "ICカードの画面の操作",
    "case_records": "ICカードの対応記録",
    "desk_requests": "一括承認・ID取消の確認の依頼",
    "enterprise_ids": "企業ID",
    "follow_ups": "確認事項",
    "id_applications": "ID登録申請",
    "id_case_records": "ID登録申請の対応記録",
    "import_requests": "取込の確認の依頼",
    "mail_outbox": "メール",
    "permit_dispatches": "通知書の発送",
    "permit_proposals": "許可の決裁の依頼",
    "permits": "利用申請書と許可",
    "qualification_batches": "取込",
    "qualifications": "資格審査情報",
    "registrations": "IDによる登録",
    "report_runs": "帳票の作成",
    "staff_members": "職員",
    "sequences": "番号",
}
"""What is kept, by the table that holds it."""

KEPT: Mapping[str, str] = {
    "register": "資格審査情報",
    "application": "ID登録申請",
    "permit": "利用申請書・許可",
    "registration": "IDによる登録",
    "card": "ICカードによる登録",
    "help-desk": "対応記録",
    "mail": "メール",
}
"""What stands against an erasing (``domain.retention.KeptKind``)."""
