"""Time: the only place that reads it, Japan's time zone, and arithmetic of working days and fiscal years.

Moments are aware ``datetime`` values in UTC; days are ``date`` values of Japan. Which days are closed is a fact that comes from
outside as a ``Calendar`` value.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Protocol

JST = timezone(timedelta(hours=9), "JST")
"""Japan Standard Time. Japan has had no daylight saving since 1951, so a fixed offset is the whole truth here."""

SATURDAY = 5


class Clock(Protocol):
    """Tells the present moment."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class SystemClock:
    """The computer's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SettableClock:
    """A clock that stands still until it is moved; for training and tests."""

    def __init__(self, moment: datetime) -> None:
        self._moment = as_utc(moment)

    def now(self) -> datetime:
        return self._moment

    def set(self, moment: datetime) -> None:
        self._moment = as_utc(moment)

    def advance(self, step: timedelta) -> None:
        self._moment += step


def as_utc(moment: datetime) -> datetime:
    """The same moment in UTC. Raises ``ValueError`` for a naive value, which names no moment."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(UTC)


def jst(moment: datetime) -> datetime:
    """The same moment as Japan's clocks show it."""
    return as_utc(moment).astimezone(JST)


def jst_date(moment: datetime) -> date:
    """The day in Japan at that moment."""
    return jst(moment).date()


def midnight_after(day: date) -> datetime:
    """The midnight that ends a day in Japan: the first moment that is no longer in it."""
    return as_utc(datetime.combine(day + timedelta(days=1), time(), JST))


def end_of(day: date) -> datetime:
    """The last moment of a day in Japan."""
    return midnight_after(day) - timedelta(microseconds=1)


def fiscal_year(day: date) -> int:
    """The fiscal year (April to March) in which a day lies: 2026 for 2026-04-01 to 2027-03-31."""
    return day.year if day.month >= 4 else day.year - 1


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are working days, between ``first`` and ``last`` inclusive.

    ``closed`` holds national holidays and the office's closure days; weekends need not be in it.
    """

    closed: Container[date]
    first: date
    last: date

    def is_working_day(self, day: date) -> bool:
        """Raises ``ValueError`` for a day outside the calendar: guessing would be silent error."""
        if not self.first <= day <= self.last:
            raise ValueError(f"the calendar covers {self.first} to {self.last}, not {day}")
        return day.weekday() < SATURDAY and day not in self.closed

    def next_working_day(self, day: date) -> date:
        """The first working day after ``day``."""
        return self.add_working_days(day, 1)

    def add_working_days(self, day: date, count: int) -> date:
        """The ``count``-th working day after ``day`` (the day itself never counts); ``count`` ≥ 1."""
        if count < 1:
            raise ValueError("count must be at least 1")
        while count:
            day += timedelta(days=1)
            count -= self.is_working_day(day)
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after ``start`` up to and including ``end``; 0 when ``end`` is not after ``start``."""
        days = (end - start).days
        return sum(self.is_working_day(start + timedelta(days=n)) for n in range(1, days + 1))
