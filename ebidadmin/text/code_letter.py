"""Words of the letter that carries a one-time code to a supplier's registered address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ebidadmin.clock import jst_date
from ebidadmin.domain.qualifications import Qualification
from ebidadmin.domain.registrations import OneTimeCode, Registration
from ebidadmin.text.pages import PageRow, wareki

TITLE = "少額物品用ID・パスワード再設定用番号の通知"
LEAD = (
    "お申し出により、新しいユーザーIDとパスワードを設定するための番号をお知らせします。"
    "「利用者申請・変更」の画面で、業者番号とこの番号を入力し、新しいユーザーIDとパスワードを設定してください。"
)
NOTES = (
    "この番号は一度だけ使えます。期限を過ぎたときや、続けて5回間違えたときは使えなくなりますので、窓口で新しい通知をお申し込みください。",
    "番号はこの通知にだけ印刷しています。市の職員も知ることはできません。電話やメールで番号をお尋ねすることはありません。",
    "お心当たりのないときは、番号を使わずに窓口へお知らせください。",
)
CONTACT = "お問合せ先"
SUPPLIER_NUMBER = "業者番号"
EXPIRES = "番号の期限"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeLetter:
    """The letter without its code."""

    title: str
    to: tuple[str, ...]
    date: str
    sender: str
    lead: str
    facts: tuple[PageRow, ...]
    notes: tuple[str, ...]


def letter_words(
    registration: Registration,
    code: OneTimeCode,
    register: Qualification,
    *,
    sender: str,
    contact: str,
    at: datetime,
) -> CodeLetter:
    """The letter to the address that the register has."""
    return CodeLetter(
        title=TITLE,
        to=(f"〒{register.postcode}", register.address, f"{register.trade_name} 御中"),
        date=wareki(jst_date(at)),
        sender=sender,
        lead=LEAD,
        facts=(
            PageRow("supplier_number", SUPPLIER_NUMBER, registration.supplier_number),
            PageRow("expires", EXPIRES, f"{wareki(jst_date(code.expires_at))}まで"),
            PageRow("contact", CONTACT, contact),
        ),
        notes=NOTES,
    )
