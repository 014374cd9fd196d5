"""What the database holds at a moment, read at that moment by plain queries: what reports must still say of it later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import jpholiday
from sqlalchemy import Engine, text


@dataclass(frozen=True, slots=True)
class Look:
    """``cards``: live ones with supplier and day of their end; ``ends``: the register's suppliers with the end of their qualification."""

    items: dict[str, str]
    cards: dict[str, tuple[str, date]]
    ids: frozenset[str]
    waiting: frozenset[str]
    ends: dict[str, date | None]
    events: int


def look(engine: Engine) -> Look:
    """The present state, without any thought of time."""

    with engine.connect() as connection:

        def rows(query: str) -> list[Any]:
            return list(connection.execute(text(query)).all())

        return Look(
            items=dict(map(tuple, rows("SELECT id, code FROM follow_ups WHERE state = 'open'"))),
            cards={
                number: (supplier, day_of(end))
                for number, supplier, end in rows(
                    "SELECT id, supplier_number, not_after FROM card_registrations WHERE state IN ('active', 'suspended')"
                )
            },
            ids=frozenset(
                supplier
                for (supplier,) in rows(
                    "SELECT supplier_number FROM registrations WHERE state <> 'cancelled'"
                )
            ),
            waiting=frozenset(
                number
                for (number,) in rows(
                    "SELECT number FROM id_applications WHERE state IN ('pending', 'inquired')"
                )
            ),
            ends={
                supplier: None if end is None else date.fromisoformat(str(end))
                for supplier, end in rows(
                    "SELECT supplier_number, valid_to FROM qualifications WHERE to_batch IS NULL"
                )
            },
            events=rows("SELECT count(*) FROM audit_events")[0][0],
        )


def day_of(stored: Any) -> date:
    """The day in Japan of a moment as the database gives it: naive UTC text, or aware."""
    moment = datetime.fromisoformat(str(stored))
    naive = (
        moment
        if moment.tzinfo is None
        else (moment - (moment.utcoffset() or timedelta())).replace(tzinfo=None)
    )
    return (naive + timedelta(hours=9)).date()


def works(day: date) -> bool:
    """Whether it is a working day, by another library and a rule of its own."""
    year_end = (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3)
    return day.weekday() < 5 and not jpholiday.is_holiday(day) and not year_end


def planned(first: date, last: date) -> dict[str, dict[str, date]]:
    """Which report is due on which day, by period: worked out day by day."""
    due: dict[str, dict[str, date]] = {
        name: {}
        for name in (
            "daily_review",
            "weekly_follow_up",
            "monthly_registrations",
            "qualification_cliff",
            "audit_integrity",
            "usage_year",
        )
    }
    # Weeks and months that have begun before count from their begin.
    day = first - timedelta(days=40)
    while day <= last:
        week = "{}-W{:02d}".format(*day.isocalendar()[:2])
        month = f"{day:%Y-%m}"
        due["audit_integrity"][day.isoformat()] = day
        if works(day):
            due["daily_review"][day.isoformat()] = day
            due["weekly_follow_up"].setdefault(week, day)
            due["monthly_registrations"].setdefault(month, day)
            if day.month in (10, 11, 12):
                # A week that began in September had its working day then.
                if due["weekly_follow_up"][week] == day:
                    due["qualification_cliff"][week] = day
            else:
                due["qualification_cliff"].setdefault(month, day)
            if day.month == 4:
                due["usage_year"].setdefault(f"FY{day.year - 1}", day)
        day += timedelta(days=1)
    return {name: {key: when for key, when in days.items() if when >= first} for name, days in due.items()}
