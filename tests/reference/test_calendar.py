"""Holidays and closures of the office."""

from __future__ import annotations

from datetime import date

import pytest

from ebidadmin.reference.calendar import build_calendar

CALENDAR = build_calendar()


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 1, 12),  # second Monday of January
        date(2026, 2, 11),
        date(2026, 3, 20),  # equinox
        date(2026, 5, 6),  # substitute for the Sunday of the 3rd
        date(2026, 9, 22),  # between two holidays
        date(2019, 5, 1),  # the accession
        date(2021, 7, 23),  # moved for the games
        date(2026, 12, 29),
        date(2026, 12, 31),
        date(2027, 1, 1),
        date(2026, 1, 2),
        date(2025, 1, 3),
        date(2026, 11, 21),  # Saturday
        date(2026, 11, 22),  # Sunday
    ],
)
def test_closed(day: date) -> None:
    assert not CALENDAR.is_working_day(day)


@pytest.mark.parametrize("day", [date(2026, 12, 28), date(2027, 1, 4), date(2026, 11, 24), date(2021, 7, 19)])
def test_open(day: date) -> None:
    assert CALENDAR.is_working_day(day)


def test_closures_are_settings() -> None:
    calendar = build_calendar([((8, 13), (8, 15))], [date(2026, 11, 24)])
    assert not calendar.is_working_day(date(2026, 8, 14))
    assert not calendar.is_working_day(date(2026, 11, 24))
    assert calendar.is_working_day(date(2026, 12, 29))
    assert build_calendar(()).is_working_day(date(2026, 12, 30))


def test_a_closure_needs_days_that_exist() -> None:
    assert build_calendar([((2, 29), (2, 29))]).is_working_day(date(2027, 2, 26))
    with pytest.raises(ValueError, match="day"):
        build_calendar([((2, 30), (3, 1))])


def test_calendars_of_the_same_settings_are_equal() -> None:
    assert build_calendar() == build_calendar()
    assert "not a day" not in build_calendar().closed
