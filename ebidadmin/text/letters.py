"""What letters say: the marks and fields of their templates, and the words that stand for values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from ebidadmin.clock import jst_date
from ebidadmin.domain.permits import PermitState
from ebidadmin.services.permit_letters import LetterFacts
from ebidadmin.text.pages import wareki
from ebidadmin.text.permits import document_number

MARKS: Mapping[str, str] = {"[右]": "right", "[中央]": "center", "[題]": "title", "[表]": "row"}
"""Marks at the beginning of a template's line, and the kind of block that each makes."""

ROW_SEPARATOR = "｜"
"""Between what a row of a table is about and its value."""

OPEN_END = "期限の定めなし"

_COMMON = frozenset(
    (
        *("document_number", "decided_on", "received_on", "addressee", "office", "contact"),
        *("supplier_number", "trade_name", "representative", "address", "applicant"),
    )
)

FIELDS: Mapping[PermitState, frozenset[str]] = {
    PermitState.GRANTED: _COMMON | {"validity", "valid_from", "valid_to"},
    PermitState.REFUSED: _COMMON | {"reasons", "note"},
}
"""What the letter of a decision may say."""


def letter_values(
    facts: LetterFacts, *, office: str, contact: str, reasons: Sequence[str]
) -> Mapping[str, str]:
    """The value of every field of that letter; ``reasons`` are those of a refusal in words."""
    permit, record = facts.permit, facts.record
    title = "" if record is None else record.representative_title
    name = "" if record is None else record.representative_name
    representative = f"{title}　{name}".strip() if name else ""
    common = {
        "document_number": document_number(facts.document),
        "decided_on": wareki(jst_date(facts.decided_at)),
        "received_on": wareki(permit.received),
        "addressee": _addressee(facts.trade_name, representative),
        "office": office,
        "contact": contact,
        "supplier_number": permit.supplier_number,
        "trade_name": facts.trade_name,
        "representative": representative,
        "address": "" if record is None else record.address,
        "applicant": permit.applicant,
    }
    if permit.state is PermitState.REFUSED:
        return {**common, "reasons": _listed(reasons), "note": permit.reason}
    first, last = _day(permit.valid_from), _day(permit.valid_to) or OPEN_END
    until = f"{last}まで" if permit.valid_to is not None else f"({OPEN_END})"
    return {**common, "valid_from": first, "valid_to": last, "validity": f"{first}から{until}"}


def _addressee(trade_name: str, representative: str) -> str:
    return f"{trade_name}\n{representative}　様" if representative else f"{trade_name}　御中"


def _listed(reasons: Sequence[str]) -> str:
    if len(reasons) == 1:
        return reasons[0]
    return "\n".join(f"{place}　{reason}" for place, reason in enumerate(reasons, start=1))


def _day(value: date | None) -> str:
    return "" if value is None else wareki(value)
