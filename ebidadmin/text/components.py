"""Words of the building blocks that every screen shares: tables, forms, notices, incidents."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TableLabels:
    """Words of a table with pages. ``{first}``, ``{last}``, ``{shown}`` and ``{total}`` are filled in by the browser."""

    search: str = "検索"
    search_hint: str = "番号・名称・ユーザーID・電話・メール"
    clear_search: str = "検索を消す"
    all: str = "すべて"
    reload: str = "最新の状態に更新"
    first: str = "最初"
    previous: str = "前へ"
    next: str = "次へ"
    last: str = "最後"
    range_of_total: str = "{first}–{last}件を表示(全{total}件)"
    range_only: str = "{shown}件を表示"
    empty: str = "該当する案件はありません。"
    loading: str = "読み込んでいます…"
    sort_hint: str = "並べ替え"
    keys_hint: str = "↑↓で行を移動、Enterで開く、PageUp/PageDownでページ切替"


@dataclass(frozen=True, slots=True)
class FormLabels:
    """Words of a form."""

    required: str = "(※)"
    required_word: str = "必須"
    error_summary: str = "入力内容に誤りがあります。印のついた項目を直してください。"
    error_word: str = "エラー"
    warning_word: str = "注意"
    sending: str = "送信しています…"


@dataclass(frozen=True, slots=True)
class NoticeLabels:
    """The word that stands before a notice, so that its kind is not told by colour alone."""

    info: str = "お知らせ"
    success: str = "完了"
    warning: str = "注意"
    error: str = "エラー"
    neutral: str = ""


TABLE = TableLabels()
FORM = FormLabels()
NOTICE = NoticeLabels()

GUIDE = "この画面の手引き"
GUIDE_OF = "この画面の手引き: {title}(新しいタブで開きます)"
COLUMN_ACTIONS = "操作"
STEP_DONE = "済"
STEP_NOW = "いま"
PROGRESS_OF = "{done} / {total}"

ROW_GONE = "押した行は、一覧が新しくなったためもう表示されていません。何も開いていません。いまの一覧から選び直してください。"

INCIDENT_TITLE = "処理中に問題が起きました"
INCIDENT_TEXT = (
    "操作は完了していない可能性があります。画面を開き直して状態を確かめてください。"
    "続くときは、障害番号を管理者に伝えてください。"
)
INCIDENT_NUMBER = "障害番号"


def incident_sentence(number: str) -> str:
    """One line for places without room for a card."""
    return f"{INCIDENT_TITLE}({INCIDENT_NUMBER} {number})。{INCIDENT_TEXT}"
