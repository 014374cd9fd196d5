"""What a printed page says: its title, facts and sections, and the words that only print has; days in the Japanese calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from ebidadmin.clock import jst

ERAS = ((date(2019, 5, 1), "令和"), (date(1989, 1, 8), "平成"), (date(1926, 12, 25), "昭和"))
"""First day and name of an era, newest first."""


@dataclass(frozen=True, slots=True)
class PageRow:
    """A label with its value; ``key`` names the field."""

    key: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class PageSection:
    """A titled group of rows."""

    key: str
    title: str
    rows: tuple[PageRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page as printed. ``facts`` stand under the title, ``remark`` (may be empty) is set off: what makes this print no proof."""

    title: str
    facts: tuple[PageRow, ...]
    sections: tuple[PageSection, ...]
    notes: tuple[str, ...] = ()
    remark: str = ""


RECEIPT_NUMBER = "受付番号"
APPLIED_AT = "申請日時"
ENTERPRISE_ID = "企業ID"
REGISTERED_AT = "登録日時"
PRINTED_REHEARSAL = "再現モードの印刷です。この内容では登録されていません。"


def wareki(day: date) -> str:
    """A day in the Japanese calendar, as in 令和8年10月7日; the first year of an era is 元年.

    Raises ``ValueError`` for a day before the eras known here.
    """
    for first, name in ERAS:
        if first <= day:
            year = day.year - first.year + 1
            return f"{name}{'元' if year == 1 else year}年{day.month}月{day.day}日"
    raise ValueError(f"no era is known for {day}")


def wareki_moment(moment: datetime) -> str:
    """A moment as Japan's clocks and calendar show it, to the minute."""
    local = jst(moment)
    return f"{wareki(local.date())} {local:%H:%M}"
