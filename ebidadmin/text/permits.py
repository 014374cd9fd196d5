"""How a permit, its number and its letter are told."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date

from ebidadmin.domain.dispatches import Dispatch, DispatchKind
from ebidadmin.domain.ids import DispatchId
from ebidadmin.domain.permits import DocumentNumber, Permit, PermitState
from ebidadmin.text import formats
from ebidadmin.text.labels import PERMIT_STATES
from ebidadmin.text.pages import wareki
from ebidadmin.text.queue import PAPER_CHANNELS

DISPATCH_HEADINGS = (
    *(
        "番号",
        "発送日",
        "発送方法",
        "文書番号",
        "業者番号",
        "利用申請書",
        "あて先",
        "区分",
        "訂正する行",
        "訂正した行",
    ),
    *("備考", "記録した人", "記録日時"),
)
DISPATCH_KINDS = {
    DispatchKind.SENT: "発送",
    DispatchKind.CORRECTION: "訂正",
    DispatchKind.CANCELLATION: "取消(発送なし)",
}
NO_NUMBER_YET = "決定前"
NO_NUMBER = "番号なし"
"""Of what was decided before numbers were recorded, and of what was voided before a decision."""

NO_PERMITS = "利用申請書はありません。"
NO_DISPATCHES = "発送簿に該当する行はありません。"

_MEANT = re.compile(
    r"(?:(?:(?P<year>[0-9]{4}|[^0-9]{1,2}[0-9元]{1,2})(?:年度|-))?第?(?P<number>[0-9]{1,7})号?)"
)


def document_number(document: DocumentNumber) -> str:
    """As on the letter: 令和8年度第12号."""
    return f"{fiscal_year_shown(document.fiscal_year)}第{document.number}号"


def fiscal_year_shown(year: int) -> str:
    """A fiscal year: 令和8年度."""
    # The first day of a fiscal year names it; no era is known to begin on one.
    return f"{wareki(date(year, 4, 1)).partition('年')[0]}年度"


_YEARS = {fiscal_year_shown(year).removesuffix("年度"): year for year in range(2019, 2100)}


def meant_number(search: str) -> tuple[int | None, int] | None:
    """The document number that somebody may search for: ``12``, ``第12号``, ``令和8年度第12号``, ``2026-12``; fiscal year (``None``
    where it is not told) and number. ``None`` for anything else."""
    found = _MEANT.fullmatch("".join(unicodedata.normalize("NFKC", search).split()))
    if found is None:
        return None
    year = found["year"]
    if year is None:
        return None, int(found["number"])
    known = int(year) if year.isdecimal() else _YEARS.get(year)
    return None if known is None else (known, int(found["number"]))


def number_shown(permit: Permit) -> str:
    """The number in a list; of a void one that it is used up, and why there is none."""
    if permit.document is None:
        return NO_NUMBER_YET if permit.state is PermitState.REQUESTED else NO_NUMBER
    number = document_number(permit.document)
    return f"{number}(欠番)" if permit.state is PermitState.VOIDED else number


def dispatch_cells(row: Dispatch, corrected_by: DispatchId | None) -> tuple[str, ...]:
    """A row of the dispatch register under ``DISPATCH_HEADINGS``."""
    return (
        row.id,
        f"{row.day:%Y/%m/%d}",
        PAPER_CHANNELS[row.channel],
        document_number(row.document),
        row.supplier_number,
        row.permit,
        row.recipient,
        DISPATCH_KINDS[row.kind],
        row.corrects or "",
        corrected_by or "",
        row.note,
        row.by,
        formats.moment(row.at),
    )


def permit_remark(permit: Permit, reasons: Sequence[str]) -> str:
    """From when and why it is as it is, on one line; ``reasons`` are those of its refusal in words."""
    since = "" if permit.withdrawn_from is None else f"{formats.day(permit.withdrawn_from)}から取消"
    why = permit.voiding.reason if permit.voiding is not None else permit.reason
    return " ".join(" ".join(word.split()) for word in (since, *reasons, why) if word)


def permit_line(permit: Permit, reasons: Sequence[str]) -> str:
    """A permit on one line of a terminal; ``reasons`` are those of its refusal in words."""
    shown = [permit.id, number_shown(permit), permit.supplier_number, PERMIT_STATES[permit.state]]
    if permit.valid_from is not None:
        shown.append(formats.period(permit.valid_from, permit.valid_to))
    remark = permit_remark(permit, reasons)
    return "\t".join([*shown, permit.applicant, *([remark] if remark else [])])
