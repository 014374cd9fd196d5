"""What each finding says to the reviewer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from ebidadmin.domain.findings import Finding, FindingCode
from ebidadmin.errors import Facts
from ebidadmin.text.formats import period
from ebidadmin.text.imports import field_label
from ebidadmin.text.labels import DIFFERENCES, PERMIT_STATES, SOURCES, field_name

LISTED = "、"


def _text(facts: Facts, name: str) -> str:
    return str(facts.get(name) or "")


def _texts(facts: Facts, name: str) -> tuple[str, ...]:
    value = facts.get(name)
    return value if isinstance(value, tuple) else ()


def _list(facts: Facts, name: str) -> str:
    return LISTED.join(_texts(facts, name))


def _fields(facts: Facts) -> str:
    return LISTED.join(field_name(name) for name in _texts(facts, "fields"))


def _period(facts: Facts) -> str:
    first, last = (
        date.fromisoformat(value) if (value := _text(facts, name)) else None
        for name in ("valid_from", "valid_to")
    )
    return period(first, last)


def _when(facts: Facts) -> str:
    return "まだ始まっていません" if facts.get("when") == "not-yet" else "終わっています"


def _permit_missing(facts: Facts) -> str:
    state = _text(facts, "latest_state")
    if state:
        label = PERMIT_STATES.get(state, state)
        return f"この業者番号の利用申請書({_text(facts, 'permit')})は「{label}」で、許可がありません。許可を確かめてください。"
    return "この業者番号の利用申請書も許可通知書もありません。利用申請書の提出を案内してください。"


def _permit_expired(facts: Facts) -> str:
    return f"許可({_text(facts, 'permit')})の有効期間({_period(facts)})が{_when(facts)}。許可の期間を確かめてください。"


def _permit_other(facts: Facts) -> str:
    return (
        f"同じ申請者名の利用申請書・許可({_list(facts, 'permits')})が別の業者番号({_list(facts, 'supplier_numbers')})にあります。"
        "業者番号の取り違えでないか確かめてください。"
    )


def _register_missing(facts: Facts) -> str:
    lead = "申請の後に" if facts.get("vanished") else ""
    what = "資格審査情報から外れました" if facts.get("vanished") else "資格審査情報にありません"
    return f"業者番号{_text(facts, 'supplier_number')}は{lead}{what}。名簿の登載を確かめてください。"


def _register_lapsed(facts: Facts) -> str:
    return f"資格の有効期間({_period(facts)})が{_when(facts)}。資格の更新を確かめてください。"


def _already_approved(facts: Facts) -> str:
    return f"業者番号{_text(facts, 'supplier_number')}には有効なIDがあります。二重に承認できません。"


def _name_differs(facts: Facts) -> str:
    return (
        f"商号又は名称が資格審査情報と違います(申請「{_text(facts, 'entered')}」、資格審査情報「{_text(facts, 'registered')}」)。"
        "同じ業者か確かめてください。"
    )


def _name_variant(facts: Facts) -> str:
    reason = "が40文字で切れています" if facts.get("match") == "prefix" else "に異体字の違いがあります"
    return f"商号又は名称{reason}(申請「{_text(facts, 'entered')}」、資格審査情報「{_text(facts, 'registered')}」)。"


def _legal_form(facts: Facts) -> str:
    part = DIFFERENCES.get(_text(facts, "differs"), "法人格")
    return (
        f"{part}が資格審査情報と違います(申請「{_text(facts, 'entered')}」、資格審査情報「{_text(facts, 'registered')}」)。"
        "別の会社でないか確かめてください。"
    )


def _representative(facts: Facts) -> str:
    return f"代表窓口の連絡先氏名「{_text(facts, 'entered')}」は、代表者・受任者({_list(facts, 'registered')})のどちらでもありません。"


def _address(facts: Facts) -> str:
    return f"代表窓口の住所「{_text(facts, 'entered')}」は、資格審査情報の住所({_list(facts, 'registered')})と違います。"


def _two_addresses(facts: Facts) -> str:
    words = {"email": "メールアドレス", "postcode": "郵便番号", "address": "住所"}
    differing = LISTED.join(words.get(name, name) for name in _texts(facts, "fields"))
    return f"代表窓口とID登録依頼者の{differing}が違います。通知はID登録依頼者に届きます。"


def _shared(facts: Facts) -> str:
    sources = LISTED.join(SOURCES.get(source, source) for source in _texts(facts, "sources"))
    return (
        f"{_fields(facts)}の「{_text(facts, 'value')}」は、別の業者番号({_list(facts, 'supplier_numbers')}: {sources})でも"
        "使われています。関係を確かめてください。"
    )


def _postcode(facts: Facts) -> str:
    return f"{_fields(facts)}の{_text(facts, 'postcode')}は、住所「{_text(facts, 'address')}」の郵便番号ではないようです。"


def _phone(facts: Facts) -> str:
    return f"{_fields(facts)}の{_text(facts, 'value')}は、国内の電話番号として使われていない番号のようです。"


def _mail_domain(facts: Facts) -> str:
    return f"{_fields(facts)}の「{_text(facts, 'domain')}」は、使い捨てか打ち間違いの疑いがあるドメインです。"


def _changed(facts: Facts) -> str:
    if facts.get("kind") == "added":
        return "申請のときは資格審査情報になく、その後に登載されました。内容を確かめてください。"
    names = LISTED.join(
        "その他の列" if name == "extra" else field_label(name) for name in _texts(facts, "fields")
    )
    return f"申請の後に資格審査情報が変わりました({names})。変わった内容を確かめてください。"


SENTENCES: Mapping[FindingCode, Callable[[Facts], str]] = {
    FindingCode.PERMIT_MISSING: _permit_missing,
    FindingCode.PERMIT_EXPIRED: _permit_expired,
    FindingCode.PERMIT_OTHER_SUPPLIER: _permit_other,
    FindingCode.REGISTER_MISSING: _register_missing,
    FindingCode.REGISTER_LAPSED: _register_lapsed,
    FindingCode.ALREADY_APPROVED: _already_approved,
    FindingCode.NAME_DIFFERS: _name_differs,
    FindingCode.NAME_VARIANT: _name_variant,
    FindingCode.LEGAL_FORM_DIFFERS: _legal_form,
    FindingCode.REPRESENTATIVE_DIFFERS: _representative,
    FindingCode.ADDRESS_DIFFERS: _address,
    FindingCode.TWO_ADDRESSES: _two_addresses,
    FindingCode.SHARED_CONTACT: _shared,
    FindingCode.POSTCODE_ADDRESS: _postcode,
    FindingCode.PHONE_UNKNOWN: _phone,
    FindingCode.MAIL_DOMAIN_UNUSUAL: _mail_domain,
    FindingCode.CHANGED_SINCE_APPLICATION: _changed,
}


def finding_sentence(finding: Finding) -> str:
    """One sentence or two: what was found, and what to check."""
    return SENTENCES[finding.code](finding.facts)
