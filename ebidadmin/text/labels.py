"""The names of things: fields as the city's manual writes them, states, match classes, severities, events."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ebidadmin.domain.applications import ApplicationState
from ebidadmin.domain.events import EventTag
from ebidadmin.domain.findings import FindingCode, Severity
from ebidadmin.domain.names import MatchClass
from ebidadmin.domain.permits import PermitState
from ebidadmin.domain.registrations import RegistrationState
from ebidadmin.domain.second_person import RequestState
from ebidadmin.text.card_labels import CARD_STATES
from ebidadmin.text.report_words import REPORT_STATES

_LINE = re.compile("line [0-9]+")
"""How a problem of a whole line of a file names it."""

CONTACT_LABELS: Mapping[str, str] = {
    "name": "連絡先名称(部署名等)",
    "postcode": "連絡先郵便番号",
    "address": "連絡先住所",
    "person": "連絡先氏名",
    "phone": "連絡先電話番号",
    "fax": "連絡先FAX番号",
    "email": "連絡先メールアドレス",
    "email_again": "メールアドレス再入力",
}

CONTACT_GROUPS: Mapping[str, str] = {
    "main_contact": "代表窓口連絡先情報",
    "applicant_contact": "ID登録依頼者連絡先情報",
    "card_contact": "ICカード利用部署情報",
}

FIELD_LABELS: Mapping[str, str] = {
    "supplier_number": "業者番号",
    "trade_name": "商号又は名称",
    "company_phone": "代表電話番号",
    "company_fax": "代表FAX番号",
    "branch": "支店名等",
    "user_id": "少額物品用ユーザーID",
    "password": "少額物品用パスワード",
    "password_again": "確認パスワード",
    **{
        f"{group}.{name}": label
        for group in ("main_contact", "applicant_contact")
        for name, label in CONTACT_LABELS.items()
    },
}
"""The fields of the ID application by flat key, in the manual's words."""

SEARCH_LABELS: Mapping[str, str] = {
    "supplier_number": "業者番号",
    "trade_name": "商号又は名称",
    "user_id": "ユーザID",
    "password": "パスワード",
}
"""The fields of the qualification search, in the manual's words."""

OTHER_LABELS: Mapping[str, str] = {
    **CONTACT_LABELS,
    **CONTACT_GROUPS,
    "view_name": "名前",
    "application_number": "受付番号",
    "password_hash": "パスワードのハッシュ値",
    "applied_at": "申請日時",
    "enterprise_id": "企業ID",
    "applicant": "申請者",
    "received": "受付日",
    "channel": "受付方法",
    "reply_channel": "通知の希望方法",
    "withdrawn_from": "取消の日",
    "day": "発送日",
    "decided_on": "決定の日",
    "addressee": "あて名",
    "recipient": "あて先",
    "valid_from": "有効期間の初日",
    "valid_to": "有効期間の末日",
    "reason": "理由",
    "reasons": "却下の理由",
    "note": "補足",
    "text": "本文",
    "code": "一度だけの番号",
}
"""Whatever else a problem can be about: batches, permits, decisions."""

STATES: Mapping[str, str] = {
    **CARD_STATES,
    ApplicationState.PENDING: "審査中",
    ApplicationState.INQUIRED: "照会中",
    ApplicationState.APPROVED: "承認",
    ApplicationState.REJECTED: "却下",
    ApplicationState.WITHDRAWN: "取下げ",
    PermitState.REQUESTED: "申請受付",
    PermitState.GRANTED: "許可",
    PermitState.REFUSED: "不許可",
    PermitState.VOIDED: "欠番・取消済",
    RegistrationState.ACTIVE: "有効",
    RegistrationState.SUSPENDED: "停止中",
    RegistrationState.LOCKED: "ロック中",
    RegistrationState.CANCELLED: "取消",
    RequestState.CONFIRMED: "確認済み",
    RequestState.DECLINED: "差戻し",
    RequestState.EXPIRED: "失効",
    RequestState.APPLIED: "取込済み",
    **REPORT_STATES,
}
"""A withdrawn permit has its own word: see ``PERMIT_STATES``."""

PERMIT_STATES: Mapping[str, str] = {
    PermitState.REQUESTED: "申請受付",
    PermitState.GRANTED: "許可",
    PermitState.REFUSED: "不許可",
    PermitState.WITHDRAWN: "取消",
    PermitState.VOIDED: "欠番・取消済",
}

MATCHES: Mapping[str, str] = {
    MatchClass.IDENTICAL: "一致",
    MatchClass.WIDTH: "全半角・記号のみ",
    MatchClass.LEGAL_FORM: "法人格の表記",
    MatchClass.VARIANT: "異体字",
    MatchClass.PREFIX: "前方一致(切れ)",
    MatchClass.DIFFERENT: "不一致",
}

SEVERITIES: Mapping[str, str] = {Severity.BLOCK: "承認不可", Severity.WARNING: "注意", Severity.NOTE: "参考"}

FINDINGS: Mapping[str, str] = {
    FindingCode.PERMIT_MISSING: "許可なし",
    FindingCode.PERMIT_EXPIRED: "許可の期間外",
    FindingCode.PERMIT_OTHER_SUPPLIER: "許可が別の業者番号",
    FindingCode.REGISTER_MISSING: "名簿になし",
    FindingCode.REGISTER_LAPSED: "資格の期間外",
    FindingCode.ALREADY_APPROVED: "承認済みIDあり",
    FindingCode.NAME_DIFFERS: "商号又は名称の相違",
    FindingCode.NAME_VARIANT: "商号又は名称の異体字・切れ",
    FindingCode.LEGAL_FORM_DIFFERS: "法人格の相違",
    FindingCode.REPRESENTATIVE_DIFFERS: "連絡先氏名の相違",
    FindingCode.ADDRESS_DIFFERS: "住所の相違",
    FindingCode.TWO_ADDRESSES: "二つの連絡先の相違",
    FindingCode.SHARED_CONTACT: "他業者と同じ連絡先",
    FindingCode.POSTCODE_ADDRESS: "郵便番号と住所",
    FindingCode.PHONE_UNKNOWN: "電話番号の要確認",
    FindingCode.MAIL_DOMAIN_UNUSUAL: "メールアドレスの要確認",
    FindingCode.CHANGED_SINCE_APPLICATION: "申請後の変更",
}

EVENTS: Mapping[EventTag, str] = {
    EventTag.APPLICATION_SUBMITTED: "ID登録申請の受付",
    EventTag.APPLICATION_INQUIRED: "照会",
    EventTag.APPLICATION_ANSWERED: "照会への回答の記録",
    EventTag.APPLICATION_APPROVED: "承認",
    EventTag.APPLICATION_REJECTED: "却下",
    EventTag.APPLICATION_WITHDRAWN: "取下げ",
    EventTag.APPLICATION_NOTED: "メモの記入",
    EventTag.APPLICATION_CLAIMED: "担当の開始",
    EventTag.APPLICATION_CLAIM_RENEWED: "担当の延長",
    EventTag.APPLICATION_CLAIM_TAKEN_OVER: "担当の引継ぎ",
    EventTag.APPLICATION_CLAIM_RELEASED: "担当の解除",
    EventTag.PERMIT_RECORDED: "利用申請書の記録",
    EventTag.PERMIT_GRANTED: "許可",
    EventTag.PERMIT_REFUSED: "不許可",
    EventTag.PERMIT_WITHDRAWN: "許可の取消",
    EventTag.PERMIT_VOIDED: "利用申請書・許可の欠番処理",
    EventTag.PERMIT_LETTER_MADE: "通知書の作成",
    EventTag.PERMIT_DISPATCHED: "通知書の発送の記録",
    EventTag.PERMIT_DISPATCH_CORRECTED: "発送簿の訂正",
    EventTag.PERMIT_DISPATCHES_EXPORTED: "発送簿の書き出し",
    EventTag.PERMIT_PROPOSAL_MADE: "許可の決裁依頼",
    EventTag.PERMIT_PROPOSAL_CONFIRMED: "許可の決裁",
    EventTag.PERMIT_PROPOSAL_DECLINED: "許可の決裁依頼の差戻し",
    EventTag.PERMIT_PROPOSAL_WITHDRAWN: "許可の決裁依頼の取下げ",
    EventTag.PERMIT_PROPOSAL_EXPIRED: "許可の決裁依頼の失効",
    EventTag.REGISTRATION_CREATED: "IDの登録",
    EventTag.REGISTRATION_LOGIN_FAILED: "パスワードの間違い",
    EventTag.REGISTRATION_LOGIN_SUCCEEDED: "正しいパスワードの確認",
    EventTag.REGISTRATION_LOCKED: "IDのロック",
    EventTag.REGISTRATION_UNLOCKED: "IDのロック解除",
    EventTag.REGISTRATION_SUSPENDED: "IDの停止",
    EventTag.REGISTRATION_RESUMED: "IDの停止の解除",
    EventTag.REGISTRATION_CANCELLED: "IDの取消",
    EventTag.REGISTRATION_CODE_ISSUED: "一度だけの番号の発行",
    EventTag.REGISTRATION_CODE_FAILED: "一度だけの番号の間違い",
    EventTag.REGISTRATION_RESET: "新しいIDとパスワードの設定",
    EventTag.REGISTRATION_CHANGED: "IDの登録内容の変更",
    EventTag.REGISTRATIONS_EXPORTED: "利用者登録の書き出し",
    EventTag.CARD_REGISTERED: "ICカードの登録",
    EventTag.CARD_RENEWED: "ICカードの更新(新しいカード)",
    EventTag.CARD_REPLACED: "ICカードの更新(前のカード)",
    EventTag.CARD_CONTACT_CHANGED: "ICカード利用部署情報の変更",
    EventTag.CARD_MAIN_CONTACT_SET: "代表窓口情報の登録・変更",
    EventTag.CARD_SUSPENDED: "ICカードの停止",
    EventTag.CARD_RESUMED: "ICカードの停止の解除",
    EventTag.CARD_CANCELLED: "ICカードの取消",
    EventTag.CARD_RECHECKED: "ICカードの失効の再確認",
    EventTag.CARD_EXPIRY_TOLD: "ICカードの有効期限のお知らせ",
    EventTag.CARD_SESSION_STARTED: "ICカードの手順の開始",
    EventTag.CARD_SESSION_PROVED: "ICカードの本人確認",
    EventTag.CARD_SESSION_STEPPED: "ICカードの手順の進行",
    EventTag.CARD_SESSION_FINISHED: "ICカードの手順の終了",
    EventTag.CARD_SESSION_ABANDONED: "ICカードの手順の中止",
    EventTag.CARD_SESSION_LOGGED_IN: "ICカードへのPIN番号の送信",
    EventTag.REVOCATION_LIST_TAKEN: "失効リストの取込",
    EventTag.REVOCATION_LIST_REFUSED: "失効リストの取込の拒否",
    EventTag.CASE_RECORDED: "対応記録の作成",
    EventTag.FOLLOW_UP_OPENED: "確認事項の発生",
    EventTag.FOLLOW_UP_CHANGED: "確認事項の内容の変化",
    EventTag.FOLLOW_UP_DONE: "確認事項の確認",
    EventTag.FOLLOW_UP_SETTLED: "確認事項の解消",
    EventTag.REGISTER_EXPORTED: "資格審査情報の書き出し",
    EventTag.SUPPLIER_OPENED: "業者の登録内容の閲覧(ヘルプデスク)",
    EventTag.AUDIT_EXPORTED: "監査記録の書き出し",
    EventTag.OFFICE_FILE_CHANGED: "設定・理由・文面の変更",
    EventTag.DESK_BACKED_UP: "全体の控え(バックアップ)の作成",
    EventTag.DESK_RESTORED: "全体の控え(バックアップ)からの復元",
    EventTag.DESK_MOVED: "別のデータベースへの引っ越し",
    EventTag.DESK_UPGRADED: "データベースの版の更新",
    EventTag.LAYOUT_SAVED: "レイアウトの保存",
    EventTag.AUDIT_VERIFIED: "監査記録の検証",
    EventTag.AUDIT_ANCHORED: "監査記録の控えの作成",
    EventTag.AUDIT_PROVED: "監査記録の証明の作成",
    EventTag.AUDIT_RECORDS_BOUND: "登録内容の監査記録への結び付け",
    EventTag.REPORT_SCHEDULED: "帳票の定期作成の開始",
    EventTag.REPORT_STARTED: "帳票の作成の開始",
    EventTag.REPORT_FINISHED: "帳票の作成",
    EventTag.REPORT_FAILED: "帳票の作成の失敗",
    EventTag.REPORT_MISSED: "帳票の作成もれ",
    EventTag.REPORT_OUTPUTS_REMOVED: "保存期間の過ぎた帳票の削除",
    EventTag.REPORT_NOTEBOOK_KEPT: "途絶した帳票のノートブックの保存",
    EventTag.REPORT_TAKEN: "帳票の取り出し",
    EventTag.STAFF_ADDED: "職員の追加",
    EventTag.STAFF_ROLES_CHANGED: "職員の役割の変更",
    EventTag.STAFF_DISABLED: "職員の停止",
    EventTag.STAFF_SECOND_PERSON_HELD: "二人での決裁・確認をデータベースに反映",
    EventTag.AUDIT_ERASED: "個人情報の消去",
    EventTag.IMPORT_APPLIED: "資格審査情報の取込",
    EventTag.IMPORT_UNDONE: "資格審査情報の取込の取消",
    EventTag.IMPORT_CORRECTED: "資格審査情報の訂正",
    EventTag.IMPORT_REQUEST_MADE: "大きな取込の確認依頼",
    EventTag.IMPORT_REQUEST_CONFIRMED: "大きな取込の確認",
    EventTag.IMPORT_REQUEST_DECLINED: "大きな取込の差戻し",
    EventTag.IMPORT_REQUEST_WITHDRAWN: "大きな取込の依頼の取下げ",
    EventTag.IMPORT_REQUEST_EXPIRED: "大きな取込の依頼の失効",
    EventTag.IMPORT_REQUEST_APPLIED: "確認済みの取込の実施",
    EventTag.DESK_REQUEST_MADE: "一括承認・ID取消の確認依頼",
    EventTag.DESK_REQUEST_CONFIRMED: "一括承認・ID取消の確認",
    EventTag.DESK_REQUEST_DECLINED: "一括承認・ID取消の差戻し",
    EventTag.DESK_REQUEST_WITHDRAWN: "一括承認・ID取消の依頼の取下げ",
    EventTag.DESK_REQUEST_EXPIRED: "一括承認・ID取消の依頼の失効",
    EventTag.DESK_REQUEST_APPLIED: "確認済みの一括承認・ID取消の実施",
    EventTag.MAIL_SENT: "メールの送信",
    EventTag.MAIL_DEFERRED: "メールの再送待ち",
    EventTag.MAIL_GAVE_UP: "メールの送信断念",
    EventTag.MAIL_RETRIED: "メールの再送指示",
    EventTag.REFUSED_NOT_PERMITTED: "拒否(権限なし)",
    EventTag.REFUSED_BY_RULE: "拒否(規則)",
    EventTag.REFUSED_CONCURRENT: "拒否(先に変更あり)",
    EventTag.REFUSED_QUOTE: "拒否(本文にパスワード)",
}

VERBS: Mapping[str, str] = {
    "open-supplier": "業者の登録内容を開くこと",
    "inquire": "照会",
    "answer": "回答の記録",
    "approve": "承認",
    "reject": "却下",
    "withdraw": "取下げ・取消",
    "grant": "許可",
    "refuse": "不許可",
    "void": "欠番処理",
    "propose": "決裁の依頼",
    "dispatch": "発送の記録",
    "letter": "通知書の作成",
    "import": "取込",
    "apply": "取込",
    "go-on": "続行",
    "renew": "ICカード更新",
    "change": "変更",
    "suspend": "停止",
    "resume": "停止の解除",
    "cancel": "取消",
    "recheck": "失効の再確認",
    "resolve": "確認",
    "prove": "本人確認",
    "know": "カードの照合",
    "search": "検索",
    "enter": "入力内容確認",
    "register": "登録",
    "back": "前の画面への移動",
    "note": "記録",
    "log-in": "PIN番号の送信",
    "abandon": "中止",
    "record-case": "対応記録の作成",
    "confirm": "確認",
    "decline": "差戻し",
    "take-in": "取込",
    "unlock": "ロックの解除",
    "reset-code": "一度だけの番号による再設定",
    "finish": "終了の記録",
    "erase": "個人情報の消去",
    "fail": "失敗の記録",
    "declare-dead": "途絶の記録",
    "keep-notebook": "ノートブックの保存",
    "take": "取り出し",
    "add": "追加",
    "change-roles": "役割の変更",
    "disable": "停止",
    "hold": "データベースへの反映",
    "list": "一覧の表示",
    "bulk-approve": "まとめて承認",
    "carry-out": "確認済みの依頼の実施",
    "request-cancel": "取消の確認の依頼",
    "request-bulk": "まとめて承認の確認の依頼",
    "desk-requests": "確認依頼の一覧の表示",
}

KINDS: Mapping[str, str] = {
    "application": "申請",
    "permit": "利用申請書",
    "permit-proposal": "許可の決裁依頼",
    "dispatch": "発送簿の行",
    "registration": "登録済みID",
    "qualification": "資格審査情報の業者",
    "batch": "取込",
    "import": "取込",
    "import-request": "取込の確認依頼",
    "desk-request": "一括承認・ID取消の確認依頼",
    "mail": "メール",
    "layout": "レイアウト",
    "reason": "却下理由",
    "password": "パスワードのハッシュ値",
    "claim": "担当",
    "office-file": "設定・理由・文面",
    "desk": "事務室",
    "event": "監査記録",
    "card": "ICカードの登録",
    "card-session": "ICカードの手順",
    "follow-up": "確認事項",
    "report": "帳票の作成",
    "supplier": "業者",
    "staff": "職員",
}
"""Kinds of records."""

DOORS: Mapping[str, str] = {
    "bidding": "電子入札システム",
    "publication": "入札情報公開システム",
    "qualification": "入札参加資格申請受付システム",
}

DIFFERENCES: Mapping[str, str] = {
    "core": "法人格を除いた名称",
    "legal-form": "法人格の種類",
    "legal-form-position": "法人格の位置(前・後)",
}
"""Which part of two names differs; it never tells the registered name."""

SOURCES: Mapping[str, str] = {"application": "申請", "registration": "登録済みID", "register": "資格審査情報"}
"""Where a shared contact was met."""


CONTACT_SHORT: Mapping[str, str] = {"main_contact": "代表窓口", "applicant_contact": "ID登録依頼者"}


def field_label(key: str) -> str:
    """A field's name for lists, where no section says which of the two contacts is meant."""
    group, _, name = key.rpartition(".")
    return f"{CONTACT_SHORT[group]} {CONTACT_LABELS[name]}" if group in CONTACT_SHORT else FIELD_LABELS[key]


ENCODINGS: Mapping[str, str] = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "cp932": "シフトJIS(CP932)",
    "utf-16": "UTF-16",
}


def encoding_label(name: str) -> str:
    """How people call an encoding that Python calls ``name``."""
    return ENCODINGS.get(name.lower(), name.upper())


def field_name(where: str) -> str:
    """A field's name for sentences: both contacts have the same seven labels, so the group is named too."""
    group, _, name = where.rpartition(".")
    if group in CONTACT_GROUPS and name in CONTACT_LABELS:
        return f"{CONTACT_GROUPS[group]}の「{CONTACT_LABELS[name]}」"
    if _LINE.fullmatch(where):
        return f"{where.removeprefix('line ')}行目"
    label = FIELD_LABELS.get(where) or OTHER_LABELS.get(where) or FINDINGS.get(where) or where
    return f"「{label}」"
