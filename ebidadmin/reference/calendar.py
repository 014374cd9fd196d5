"""Which days the office works: Japan's national holidays from ``jpholiday`` and the office's own closure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import jpholiday

from ebidadmin.clock import Calendar

MonthDay = tuple[int, int]

YEAR_END: tuple[tuple[MonthDay, MonthDay], ...] = (((12, 29), (1, 3)),)
"""The closure of Japan's offices over the new year (Act on Holidays of Administrative Organs, article 1; cities follow it by ordinance)."""

FIRST, LAST = date(2000, 1, 1), date(2099, 12, 31)
"""The years for which the library knows the law of holidays and computes the equinoxes."""

_DAYS_KEPT = 40_000


@dataclass(frozen=True, slots=True)
class ClosedDays:
    """Whether a day is a national holiday (substitute holidays and holidays between two holidays included) or lies in a closure.

    Days are asked for one by one when they are needed: a century at once would cost seconds at every start.
    """

    closures: tuple[tuple[MonthDay, MonthDay], ...] = ()
    extra: frozenset[date] = frozenset()

    def __contains__(self, day: object) -> bool:
        if not isinstance(day, date):
            return False
        return (
            day in self.extra or any(_within(day, *closure) for closure in self.closures) or _is_holiday(day)
        )


def build_calendar(
    closures: Iterable[tuple[MonthDay, MonthDay]] = YEAR_END, extra_closed: Iterable[date] = ()
) -> Calendar:
    """The office's calendar for the years 2000 to 2099.

    ``closures`` are yearly spans of (month, day), both ends inclusive, possibly over the turn of the year; ``extra_closed`` are
    single days. Raises ``ValueError`` for a month and day that no year has.
    """
    spans = tuple(closures)
    for month, day in (end for span in spans for end in span):
        date(2000, month, day)
    return Calendar(ClosedDays(spans, frozenset(extra_closed)), FIRST, LAST)


def _within(day: date, first: MonthDay, last: MonthDay) -> bool:
    place = (day.month, day.day)
    return first <= place <= last if first <= last else place >= first or place <= last


@lru_cache(maxsize=_DAYS_KEPT)
def _is_holiday(day: date) -> bool:
    return bool(jpholiday.is_holiday(day))
