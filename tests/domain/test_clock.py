"""Moments, days of Japan, fiscal years and working days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebidadmin.clock import JST, Calendar, SettableClock, SystemClock, as_utc, fiscal_year, jst, jst_date
from ebidadmin.reference.calendar import build_calendar

CALENDAR = build_calendar()
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))


def test_a_moment_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        as_utc(datetime(2026, 11, 24, 8, 30))  # noqa: DTZ001 — the naive value is what is refused


def test_the_day_changes_at_midnight_in_japan() -> None:
    assert jst_date(datetime(2026, 11, 23, 14, 59, 59, tzinfo=UTC)) == date(2026, 11, 23)
    assert jst_date(datetime(2026, 11, 23, 15, 0, tzinfo=UTC)) == date(2026, 11, 24)
    assert jst(datetime(2026, 11, 23, 15, 0, tzinfo=UTC)) == datetime(2026, 11, 24, tzinfo=JST)


@pytest.mark.parametrize(
    ("day", "year"), [(date(2026, 3, 31), 2025), (date(2026, 4, 1), 2026), (date(2027, 1, 1), 2026)]
)
def test_the_fiscal_year_begins_in_april(day: date, year: int) -> None:
    assert fiscal_year(day) == year


def test_clocks() -> None:
    clock = SettableClock(datetime(2026, 11, 24, 8, 30, tzinfo=JST))
    assert clock.now() == datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    clock.advance(timedelta(minutes=1))
    assert clock.now().minute == 31
    clock.set(datetime(2026, 1, 1, tzinfo=UTC))
    assert clock.now().year == 2026
    assert SystemClock().now().tzinfo is UTC


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (date(2026, 11, 20), 1, date(2026, 11, 24)),  # over a weekend and Labour Thanksgiving Day
        (date(2026, 11, 20), 5, date(2026, 11, 30)),
        (date(2026, 12, 28), 1, date(2027, 1, 4)),  # over the closure
        (date(2026, 5, 1), 1, date(2026, 5, 7)),  # over the May holidays with a substitute
        (date(2026, 9, 18), 1, date(2026, 9, 24)),  # over a day between two holidays
    ],
)
def test_working_days_are_added_past_what_is_closed(start: date, count: int, end: date) -> None:
    assert CALENDAR.add_working_days(start, count) == end
    assert CALENDAR.working_days_between(start, end) == count
    assert CALENDAR.next_working_day(start) == CALENDAR.add_working_days(start, 1)


@given(DAYS, st.integers(1, 40))
def test_adding_and_counting_agree(start: date, count: int) -> None:
    end = CALENDAR.add_working_days(start, count)
    assert CALENDAR.is_working_day(end)
    assert CALENDAR.working_days_between(start, end) == count
    assert CALENDAR.working_days_between(start, end - timedelta(days=1)) == count - 1


def test_nothing_lies_between_a_day_and_itself_or_an_earlier_one() -> None:
    assert CALENDAR.working_days_between(date(2026, 11, 24), date(2026, 11, 24)) == 0
    assert CALENDAR.working_days_between(date(2026, 11, 24), date(2026, 11, 20)) == 0


def test_days_outside_the_calendar_and_senseless_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="covers"):
        CALENDAR.is_working_day(date(1999, 12, 31))
    with pytest.raises(ValueError, match="at least 1"):
        CALENDAR.add_working_days(date(2026, 1, 5), 0)


def test_a_calendar_of_given_days() -> None:
    day = date(2026, 11, 24)
    assert not Calendar(frozenset({day}), day, day).is_working_day(day)
