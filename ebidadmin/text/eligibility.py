"""Words about who may take part in small-purchase quotations: the answer, what is missing, and by which records it is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from ebidadmin.domain.eligibility import Basis, Lack, Missing
from ebidadmin.text import formats

SECTION = "少額物品・少額役務の見積参加"
ELIGIBLE = "見積参加可"
NOT_ELIGIBLE = "見積参加不可"
FIELD_DAY = "確認する日"
BUTTON_DAY = "この日で確認"
BUTTON_TODAY = "今日に戻す"

LACKS: Mapping[Lack, str] = {
    Lack.ID: "承認されたIDがありません",
    Lack.ID_SUSPENDED: "IDが停止されています",
    Lack.ID_LOCKED: "IDがロックされています",
    Lack.ID_CANCELLED: "IDが取り消されています",
    Lack.PERMIT: "有効な許可がありません",
    Lack.PERMIT_UNDECIDED: "利用申請書の許可・不許可が決まっていません",
    Lack.PERMIT_REFUSED: "利用申請書が不許可になっています",
    Lack.PERMIT_NOT_YET: "許可の有効期間が始まっていません",
    Lack.PERMIT_EXPIRED: "許可の有効期間が終わっています",
    Lack.PERMIT_WITHDRAWN: "許可が取り消されています",
    Lack.PERMIT_VOID: "許可の記録が誤りとして取り消されています",
    Lack.QUALIFICATION: "資格審査情報に有効な資格がありません",
    Lack.QUALIFICATION_NOT_YET: "資格の有効期間が始まっていません",
    Lack.QUALIFICATION_LAPSED: "資格の有効期間が終わっています",
    Lack.SUPPLIER_SUSPENDED: "指名停止の期間中です",
}
"""Each without its facts; ``lack_sentence`` adds them."""

SHORT: Mapping[Lack, str] = {
    Lack.ID: "IDなし",
    Lack.ID_SUSPENDED: "ID停止",
    Lack.ID_LOCKED: "IDロック",
    Lack.ID_CANCELLED: "ID取消",
    Lack.PERMIT: "許可なし",
    Lack.PERMIT_UNDECIDED: "許可未決定",
    Lack.PERMIT_REFUSED: "不許可",
    Lack.PERMIT_NOT_YET: "許可開始前",
    Lack.PERMIT_EXPIRED: "許可期限切れ",
    Lack.PERMIT_WITHDRAWN: "許可取消",
    Lack.PERMIT_VOID: "許可取消(誤り)",
    Lack.QUALIFICATION: "資格なし",
    Lack.QUALIFICATION_NOT_YET: "資格開始前",
    Lack.QUALIFICATION_LAPSED: "資格期限切れ",
    Lack.SUPPLIER_SUSPENDED: "指名停止",
}

_DAYS: Mapping[Lack, str] = {
    Lack.PERMIT_UNDECIDED: "{day}受付",
    Lack.PERMIT_REFUSED: "{day}決定",
    Lack.PERMIT_NOT_YET: "{day}から",
    Lack.PERMIT_EXPIRED: "{day}まで",
    Lack.PERMIT_WITHDRAWN: "{day}から",
    Lack.QUALIFICATION_NOT_YET: "{day}から",
    Lack.QUALIFICATION_LAPSED: "{day}まで",
    Lack.SUPPLIER_SUSPENDED: "{day}まで",
}

BASES: Mapping[Basis, str] = {
    Basis.NOW: "",
    Basis.LATER: "先の日は、現在の記録がそのまま続くものとして判定しています。",
    Basis.THEN: "過ぎた日は、資格審査情報とIDはその日の終わりの記録、許可は現在記録されている有効期間と取消日で判定しています。",
    Basis.REGISTER_NOW: (
        "この日には資格審査情報の取込の記録がないため、資格審査情報は現在の記録で、IDはその日の終わりの記録で判定しています。"
    ),
    Basis.ID_NOW: (
        "この日のIDの状態は履歴からわからないため、IDは現在の状態で、資格審査情報はその日の終わりの記録で判定しています。"
    ),
    Basis.REGISTER_AND_ID_NOW: (
        "この日の資格審査情報の取込の記録と、IDの状態の履歴がないため、どちらも現在の記録で判定しています。"
    ),
}
"""By which records a day is answered, in one sentence; of today there is nothing to say."""


def on_day(day: date, *, today: bool) -> str:
    """For which day it is said."""
    return f"{formats.day(day)} 現在" if today else f"{formats.day(day)} の判定"


def for_staff(answer: str) -> str:
    """The answer where the rest of the screen is a supplier's."""
    return f"職員用: {SECTION}は、{answer}"


def lack_sentence(one: Missing) -> str:
    """What is missing, with what is known of it: days, when and by whom, and the office's reason."""
    facts = []
    if one.day is not None:
        facts.append(_DAYS[one.lack].format(day=formats.day(one.day)))
    if one.at is not None:
        # Whoever is named at a lock typed a wrong password or passed it on: that says nothing about the lock.
        who = "" if one.lack is Lack.ID_LOCKED else f" {one.by}"
        facts.append(f"{formats.moment(one.at)}{who}".rstrip())
    if one.reason:
        facts.append(f"理由: {one.reason}")
    return f"{LACKS[one.lack]}({'、'.join(facts)})。" if facts else f"{LACKS[one.lack]}。"


def short(missing: Iterable[Missing]) -> str:
    """The answer as a cell of a list."""
    lacks = "、".join(SHORT[one.lack] for one in missing)
    return f"不可({lacks})" if lacks else "可"
