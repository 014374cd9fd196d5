"""Words of the lists that a preview shows: reasons in short, and the suppliers that an import concerns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ebidadmin.text.imports import FIELDS

REASONS: Mapping[str, str] = {
    "heading-missing": "必要な列がない",
    "heading-doubled": "見出しの重複",
    "heading-unknown": "知らない見出し",
    "extra-column-gone": "前回まであった列がない",
    "name-not-content": "ファイル名と中身の相違",
    "sheet-unread": "読んでいないシート",
    "merged-cells": "結合されたセル",
    "too-many-cells": "列が多い行",
    "too-few-cells": "列が少ない行",
    "number-digits-unknown": "桁数のわからない数値",
    "number-imprecise": "15桁を超える数値",
    "formula-cell": "数式",
    "error-cell": "Excelのエラー値",
    "control-character": "制御文字",
    "private-use-character": "外字",
    "replacement-character": "文字化け",
    "required": "必須の項目が空",
    "too-long": "文字数の超過",
    "supplier-number-form": "業者番号の形",
    "corporate-number-form": "法人番号の形",
    "corporate-number-check-digit": "法人番号の検査用数字",
    "grade-unknown": "等級の値",
    "date-form": "日付の形",
    "dates-out-of-order": "日付の前後",
    "postcode-form": "郵便番号の形",
    "postcode-unknown": "ない郵便番号",
    "phone-form": "電話番号の形",
    "email-form": "メールアドレスの形",
    "kana-characters": "カナでない文字",
    "maybe-cut": "途中で切れたかもしれない値",
    "key-doubled": "同じ業者の行の重複",
    "corporate-number-shared": "同じ法人番号",
}

TOUCHED_TITLE = "登録・申請に関わる業者"
TOUCHED_LEAD = (
    "登録がある、または申請が審査中の業者のうち、取り込むと照合に関わる内容が変わるものです。"
    "申請番号は「ID登録申請の審査」の検索に入れて開けます。"
)
TOUCHED_CAPTION = "登録・申請に関わる業者の一覧"
TOUCHED_SUPPLIER = "業者番号"
TOUCHED_NAME = "商号又は名称"
TOUCHED_REASONS = "変わる内容"
TOUCHED_ELIGIBILITY = "見積参加(取込前の今日)"
TOUCHED_ENTERPRISE = "企業ID"
TOUCHED_APPLICATION = "審査中の申請"
NOTHING = "なし"
TOUCHING: Mapping[str, str] = {
    "lapsed": "資格の期間が終わる",
    "vanished": "名簿から外れる",
    "returned": "名簿に戻る",
}


def reason_label(code: str) -> str:
    """A reason in a few words."""
    return REASONS.get(code, code)


def counted(label: str, count: int) -> str:
    """A choice with how many it stands for."""
    return f"{label}({count:,})"


def touching(reasons: Iterable[str]) -> str:
    """Why an import concerns a supplier."""
    return "、".join(TOUCHING.get(reason) or f"{FIELDS[reason]}が変わる" for reason in reasons)
