"""The doors' hours at their borders, on holidays and over the turn of the year."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest

from ebidadmin.clock import JST
from ebidadmin.domain.doors import DEFAULT_HOURS, Door, ServiceHours, door_state, require_open
from ebidadmin.errors import DoorClosedError
from ebidadmin.reference.calendar import build_calendar

CALENDAR = build_calendar()


def at(text: str) -> datetime:
    """A moment given in Japan's time."""
    return datetime.fromisoformat(text).replace(tzinfo=JST).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "next_opening"),
    [
        ("2026-11-24T08:29:59", "2026-11-24T08:30"),
        ("2026-11-24T08:30:00", None),
        ("2026-11-24T19:59:59", None),
        ("2026-11-24T20:00:00", "2026-11-25T08:30"),
        ("2026-11-24T00:00:00", "2026-11-24T08:30"),
        ("2026-11-23T12:00:00", "2026-11-24T08:30"),  # Labour Thanksgiving Day
        ("2026-11-21T12:00:00", "2026-11-24T08:30"),  # Saturday before a long weekend
        ("2026-05-06T12:00:00", "2026-05-07T08:30"),  # substitute holiday, three days after the Sunday
        ("2026-09-22T12:00:00", "2026-09-24T08:30"),  # a day between two holidays
        ("2026-12-28T19:59:59", None),
        ("2026-12-28T20:00:00", "2027-01-04T08:30"),
        ("2027-01-03T23:59:59", "2027-01-04T08:30"),
        ("2027-12-28T20:00:00", "2028-01-04T08:30"),
        ("2025-12-26T20:00:00", "2026-01-05T08:30"),  # a weekend before and after the closure
    ],
)
def test_the_bidding_system(moment: str, next_opening: str | None) -> None:
    hours = DEFAULT_HOURS[Door.BIDDING]
    state = door_state(Door.BIDDING, hours, at=at(moment), calendar=CALENDAR)
    assert state.is_open == (next_opening is None)
    assert state.next_opening == (None if next_opening is None else at(next_opening))
    if next_opening is None:
        require_open(Door.BIDDING, hours, at=at(moment), calendar=CALENDAR)
    else:
        with pytest.raises(DoorClosedError) as refused:
            require_open(Door.BIDDING, hours, at=at(moment), calendar=CALENDAR)
        assert refused.value.facts == {"door": "bidding", "next_opening": f"{next_opening}:00+09:00"}


@pytest.mark.parametrize(
    ("door", "opens", "closes"),
    [
        (Door.BIDDING, time(8, 30), time(20, 0)),
        (Door.PUBLICATION, time(6, 0), time(23, 0)),
        (Door.QUALIFICATION, time(8, 30), time(20, 0)),
    ],
)
def test_the_hours_are_those_of_the_portal(door: Door, opens: time, closes: time) -> None:
    assert DEFAULT_HOURS[door] == ServiceHours(opens, closes)


def test_a_door_may_be_open_always() -> None:
    always = ServiceHours(time(0), time(0), always=True)
    assert door_state(Door.BIDDING, always, at=at("2027-01-01T03:00"), calendar=CALENDAR).is_open


def test_the_day_is_japans_not_utcs() -> None:
    # Monday 08:30 in Japan is still Sunday in UTC.
    moment = datetime(2026, 11, 29, 23, 30, tzinfo=UTC)
    assert door_state(Door.BIDDING, DEFAULT_HOURS[Door.BIDDING], at=moment, calendar=CALENDAR).is_open
