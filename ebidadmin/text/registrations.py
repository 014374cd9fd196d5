"""Words of the screen of registrations: the follow-up list, the search, and one supplier's page."""

from __future__ import annotations

from collections.abc import Mapping

from ebidadmin.domain.cards import CardState
from ebidadmin.domain.followups import FollowUpState, RegistrationKind
from ebidadmin.domain.registrations import RegistrationState
from ebidadmin.text import formats
from ebidadmin.text.card_labels import CARD_STATES

TITLE = "利用者登録"
LEAD = "登録の後に確認することの一覧と、業者ごとの登録内容です。"

LIST_CAPTION = "確認事項の一覧"
LIST_SEARCH = "業者番号の初めの数字"
SUPPLIERS_CAPTION = "業者の検索"
SUPPLIERS_SEARCH = "商号又は名称・フリガナ・業者番号・法人番号"
COLUMN_NUMBER = "番号"
COLUMN_OPENED = "発生"
COLUMN_SUPPLIER = "業者番号"
COLUMN_NAME = "商号又は名称"
COLUMN_WHAT = "確認事項"
COLUMN_KIND = "登録"
COLUMN_STATE = "状態"
COLUMN_PERIOD = "有効期間"
FILTER_STATE = "状態"

STATES: Mapping[FollowUpState, str] = {
    FollowUpState.OPEN: "未確認",
    FollowUpState.DONE: "確認済み",
    FollowUpState.SETTLED: "解消",
}
KINDS: Mapping[RegistrationKind, str] = {RegistrationKind.CARD: "ICカード", RegistrationKind.ID: "ID"}
REGISTRATION_STATES: Mapping[str, str] = {
    RegistrationState.ACTIVE: "利用中",
    RegistrationState.SUSPENDED: "停止中",
    RegistrationState.LOCKED: "ロック中",
    RegistrationState.CANCELLED: "取消",
    CardState.REPLACED: CARD_STATES[CardState.REPLACED],
}

SECTION_REGISTER = "資格審査情報"
SECTION_FOLLOW_UPS = "確認事項"
SECTION_IDS = "ID"
SECTION_CARDS = "ICカード"
SECTION_CONTACT = "代表窓口情報(ICカード)"
SECTION_PERMITS = "利用申請書・許可"
SECTION_APPLICATIONS = "ID登録申請"
SECTION_MAILS = "通知メール"
SECTION_HISTORY = "履歴"

FACT_ENTERPRISE = "企業ID"
NO_ENTERPRISE = "発行されていません"
NO_REGISTER = "資格審査情報にありません。"
NOTHING = "ありません。"

FOLLOW_UP_HEADINGS = ("番号", "状態", "確認事項", "内容", "発生", "確認した人・内容", "")
ID_HEADINGS = ("受付番号", "状態", "少額物品用ユーザーID", "承認日時", "代表窓口", "ID登録依頼者", "")
CARD_HEADINGS = (
    "番号",
    "状態",
    "証明書シリアル番号",
    "証明書有効期限",
    "ICカード企業名称",
    "失効の確認",
    "連絡先",
    "登録日時",
)
APPLICATION_HEADINGS = ("受付番号", "受付日時", "状態", "審査結果")
HISTORY_HEADINGS = ("日時", "人", "できごと", "対象")

RESOLVE = "確認済みにする"
RESOLVE_TITLE = "{number} 「{what}」({supplier} {name})を確認済みにする"
FIELD_NOTE = "確認した内容"
FIELD_NOTE_HINT = "だれに、何を確かめ、どう判断したかを書いてください。"
NOTE_MISSING = "確認した内容を入力してください。"
BUTTON_RESOLVE = "確認済みにする"
BUTTON_LEAVE = "やめる"
RESOLVED = "{number} 「{what}」({supplier} {name})を確認済みにしました。"
BUTTON_RELOAD = "最新の状態に更新"
BUTTON_CLOSE = "閉じる"
PAGE_EMPTY = "一覧の行を開くと、業者の登録内容がここに表示されます。"


def supplier_title(number: str, name: str) -> str:
    """The heading of a page."""
    return f"{number} {name}".rstrip()


def exported(file: str, rows: int, digest: str) -> str:
    """That registrations were written to a file."""
    return f"{file} に利用者登録{formats.count(rows)}を書き出しました(SHA-256 {digest})"
