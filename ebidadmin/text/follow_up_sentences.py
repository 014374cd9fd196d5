"""What an item of the follow-up list says: what was found and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from ebidadmin.clock import jst_date
from ebidadmin.domain.followups import FollowUpCode
from ebidadmin.errors import Facts, FactValue
from ebidadmin.text.card_labels import FOLLOW_UPS, NOT_IN_CERTIFICATE

NOTHING = "(記載なし)"

SENTENCES: Mapping[FollowUpCode, str] = {
    FollowUpCode.COMPANY_DIFFERS: (
        "ICカード企業名称「{card}」が、資格審査情報の企業名称「{registered}」と一致しません。業者に確かめてください。"
    ),
    FollowUpCode.HOLDER_DIFFERS: (
        "ICカード取得者氏名「{card}」が、資格審査情報の代表者・受任者({registered})のどちらとも一致しません。委任を確かめてください。"
    ),
    FollowUpCode.CERTIFICATE_ELSEWHERE: (
        "同じ証明書が別の業者番号({supplier_numbers})にも登録されたことがあります。どちらが正しいか確かめてください。"
    ),
    FollowUpCode.REVOKED: "証明書(シリアル番号{serial})は失効しています。業者に知らせ、登録を止めるか判断してください。",
    FollowUpCode.REVOCATION_UNCHECKED: (
        "証明書(シリアル番号{serial})が失効していないか、まだ確かめられていません。失効リストが届くと、もう一度確かめます。"
    ),
    FollowUpCode.EXPIRED: "証明書の期限が{not_after}に切れています。新しいICカードの登録を案内してください。",
    FollowUpCode.EXPIRES_SOON: "証明書の期限({not_after})が近づいています。ICカード更新を案内してください。",
    FollowUpCode.EXPIRES_FIRST: (
        "証明書の期限({not_after})は、資格の有効期間の末日({valid_to})より先に来ます。期限までのICカード更新を案内してください。"
    ),
    FollowUpCode.REGISTER_MISSING: "業者が資格審査情報からなくなりました。登録を続けてよいか確かめてください。",
    FollowUpCode.REGISTER_LAPSED: "資格の有効期間({valid_from}から{valid_to})の外です。登録を続けてよいか確かめてください。",
    FollowUpCode.REGISTER_CHANGED: "登録の後に資格審査情報の{fields}が変わりました。登録された内容が正しいか確かめてください。",
}

FIELDS: Mapping[str, str] = {
    "trade_name": "商号又は名称",
    "representative_name": "代表者氏名",
    "address": "住所",
    "delegate_name": "受任者氏名",
}


def follow_up_label(code: FollowUpCode) -> str:
    """The short name of an item."""
    return FOLLOW_UPS[code]


def follow_up_sentence(code: FollowUpCode, facts: Facts) -> str:
    """The sentence of an item or of a cause."""
    empty = NOT_IN_CERTIFICATE.strip("()")
    words = {name: _word(name, value) for name, value in facts.items()}
    if "card" in facts and not facts["card"]:
        words["card"] = empty
    return SENTENCES[code].format_map(_Words(words))


class _Words(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return NOTHING


def _word(name: str, value: FactValue) -> str:
    if isinstance(value, tuple):
        return "、".join(FIELDS.get(one, one) for one in value)
    if value in (None, ""):
        return NOTHING
    if name == "not_after":
        return f"{jst_date(datetime.fromisoformat(str(value))):%Y/%m/%d}"
    if name in {"valid_from", "valid_to"}:
        return f"{date.fromisoformat(str(value)):%Y/%m/%d}"
    return str(value)
