"""What the database holds at a moment, read at that moment by plain queries: what reports must still say of it later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import jpholiday
from sqlalchemy import Engine, text


@dataclass(frozen=True, slots=True)
class Look:
    """``cards``: live ones with supplier and day of their end; ``ends``: the register's suppliers with the end of their qualification;
    ``told``: days on which the end of a card was told; ``permits``: suppliers with a permit by its first and last day."""

    items: dict[str, str]
    cards: dict[str, tuple[str, date]]
    ids: frozenset[str]
    waiting: frozenset[str]
    ends: dict[str, date | None]
    told: dict[str, date]
    mails: frozenset[int]
    permits: tuple[tuple[str, date, date | None], ...]

    @property
    def live(self) -> frozenset[str]:
        """Suppliers with a registration."""
        return frozenset(supplier for supplier, _ in self.cards.values()) | self.ids

    def permitted(self, day: date) -> frozenset[str]:
        """Suppliers with a permit in force."""
        return frozenset(
            supplier
            for supplier, first, last in self.permits
            if first <= day and (last is None or last >= day)
        )


def look(engine: Engine) -> Look:
    """The present state, without any thought of time."""

    with engine.connect() as connection:

        def rows(query: str) -> list[Any]:
            return list(connection.execute(text(query)).all())

        def first_of(query: str) -> frozenset[Any]:
            return frozenset(first for (first,) in rows(query))

        return Look(
            items=dict(map(tuple, rows("SELECT id, code FROM follow_ups WHERE state = 'open'"))),
            cards={
                number: (supplier, day_of(end))
                for number, supplier, end in rows(
                    "SELECT id, supplier_number, not_after FROM card_registrations WHERE state IN ('active', 'suspended')"
                )
            },
            ids=first_of("SELECT supplier_number FROM registrations WHERE state <> 'cancelled'"),
            waiting=first_of("SELECT number FROM id_applications WHERE state IN ('pending', 'inquired')"),
            ends={
                supplier: None if end is None else _day(end)
                for supplier, end in rows(
                    "SELECT supplier_number, valid_to FROM qualifications WHERE to_batch IS NULL"
                )
            },
            told={
                card: day_of(at)
                for card, at in rows("SELECT card, written_at FROM card_expiry_notices ORDER BY written_at")
            },
            mails=first_of("SELECT id FROM mail_outbox WHERE state = 'gave-up'"),
            permits=tuple(
                (supplier, _day(first), None if last is None else _day(last))
                for supplier, first, last in rows(
                    "SELECT supplier_number, valid_from, valid_to FROM permits WHERE state = 'granted'"
                )
            ),
        )


def _day(stored: Any) -> date:
    return date.fromisoformat(str(stored))


def moment_of(stored: Any) -> datetime:
    """A moment as the database gives it: naive UTC text, or aware."""
    moment = datetime.fromisoformat(str(stored))
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def day_of(stored: Any) -> date:
    """The day in Japan of such a moment."""
    return (moment_of(stored) + timedelta(hours=9)).date()


def worked_before(day: date) -> date:
    """The working day before."""
    day -= timedelta(days=1)
    while not works(day):
        day -= timedelta(days=1)
    return day


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
