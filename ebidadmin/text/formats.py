"""How moments, days and counts are written on the screens (letters use the Japanese calendar instead)."""

from __future__ import annotations

from datetime import date, datetime

from ebidadmin.clock import jst

WEEKDAYS = "月火水木金土日"
ABSENT = "—"
"""Stands where there is no value."""


def moment(value: datetime | None) -> str:
    """A moment as Japan's clocks show it, to the minute."""
    return ABSENT if value is None else f"{jst(value):%Y/%m/%d %H:%M}"


def exact_moment(value: datetime) -> str:
    """As ``moment``, to the second."""
    return f"{jst(value):%Y/%m/%d %H:%M:%S}"


def moment_with_weekday(value: datetime) -> str:
    """As ``moment``, with the day of the week; the hour as service hours are written."""
    local = jst(value)
    return f"{local:%Y/%m/%d}({WEEKDAYS[local.weekday()]}) {local.hour}:{local:%M}"


def time_of_day(value: datetime) -> str:
    """The time of day in Japan."""
    return f"{jst(value):%H:%M}"


def day(value: date | None) -> str:
    """A day."""
    return ABSENT if value is None else f"{value:%Y/%m/%d}"


def period(first: date | None, last: date | None) -> str:
    """A period, both ends inclusive; an absent end is an open one."""
    if first is None and last is None:
        return "期間の定めなし"
    start = "" if first is None else day(first)
    end = "期限なし" if last is None else day(last)
    return f"{start}～{end}"


def count(value: int) -> str:
    """A count with its counter."""
    return f"{value:,}件"


def or_absent(value: str) -> str:
    """The value, or the sign for none."""
    return value or ABSENT
