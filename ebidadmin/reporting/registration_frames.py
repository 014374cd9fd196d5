"""The numbers of the monthly report on registrations, as pandas frames with typed columns."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd

from ebidadmin.clock import Calendar, end_of, jst_date
from ebidadmin.domain.applications import ApplicationState
from ebidadmin.reporting.typed import typed_frame
from ebidadmin.services.report_facts import AUTOMATICALLY, ReportedApplication
from ebidadmin.services.report_register_facts import Method, MonthlyFacts, Registered

MONTHS = 13
"""How many months are drawn: a year, and the month of the year before to compare with."""

UNGRADED = "none"
"""The category of a supplier that the register grades for nothing, or does not have."""

OUTCOMES = (
    ApplicationState.APPROVED.value,
    AUTOMATICALLY,
    ApplicationState.REJECTED.value,
    ApplicationState.WITHDRAWN.value,
)
TIMES = ("count", "median_days", "days_90", "longest_days")
_MEASURES = {"measure": "string", "month": "int64", "before": "int64", "year_before": "int64"}
_TIMES = {"measure": "string", "month": "Float64", "before": "Float64", "year_before": "Float64"}
_DECIDED = {"number": "string", "state": "string", "days": "int64"}
_SERIES = {"month": "object", "ids": "int64", "cards": "int64"}
_CATEGORIES = {
    "category": "string",
    "card": "int64",
    "renewal": "int64",
    "id": "int64",
    "month": "int64",
    "before": "int64",
    "year_before": "int64",
}


@dataclass(frozen=True, slots=True)
class MonthlyFrames:
    """``registrations`` (by method), ``decisions`` (by outcome) and ``reasons`` (of rejections, by code) count the month, the one before
    and the same one of the year before. ``series``: registrations of thirteen months, first cards and renewals together. ``times``: working
    days up to an approval or rejection of the same three months: count, median, 90 % of them at most, and the longest. ``categories``:
    registrations by what the supplier is graded for, each counted for every one: of the month by method, and of the three months.
    ``decided``: the month's approvals and rejections, with working days. Approvals that nobody but the setting decided are an outcome
    of their own.
    """

    month: date
    registrations: pd.DataFrame
    decisions: pd.DataFrame
    reasons: pd.DataFrame
    series: pd.DataFrame
    times: pd.DataFrame
    categories: pd.DataFrame
    decided: pd.DataFrame


def month_before(day: date) -> date:
    """The first day of the month before the one in which ``day`` lies."""
    year, month = (day.year, day.month - 1) if day.month > 1 else (day.year - 1, 12)
    return date(year, month, 1)


def months_back(month: date, count: int) -> date:
    """The first day of the month that many months earlier."""
    for _ in range(count):
        month = month_before(month)
    return month


def last_moment(month: date) -> datetime:
    """The last moment of a month in Japan."""
    following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return end_of(date.fromordinal(following.toordinal() - 1))


def monthly_frames(facts: MonthlyFacts, *, month: date, calendar: Calendar) -> MonthlyFrames:
    """Frames of the facts, which have all that happened in the thirteen months up to ``month`` (its first day)."""
    compared = (month, months_back(month, 1), months_back(month, 12))
    made = [(_month(one.at), one) for one in facts.registered]
    decided = [
        (_month(one.decided_at), one)
        for one in facts.decided
        if one.decided_at is not None and _month(one.decided_at) in compared
    ]
    rejected = [
        (when, reason)
        for when, one in decided
        if one.state is ApplicationState.REJECTED
        for reason in one.reasons
    ]
    # What the supplier took back the office has not decided.
    judged = [(when, one) for when, one in decided if one.state is not ApplicationState.WITHDRAWN]
    by_method = Counter((when, one.method.value) for when, one in made)
    by_outcome = Counter((when, one.outcome) for when, one in decided)
    by_reason = Counter(rejected)
    return MonthlyFrames(
        month=month,
        registrations=_three(by_method, [one.value for one in Method], compared),
        decisions=_three(by_outcome, OUTCOMES, compared),
        reasons=_three(by_reason, sorted({reason for _, reason in rejected}), compared),
        series=_series(by_method, month),
        times=_times(judged, compared, calendar),
        categories=_categories(made, compared),
        decided=typed_frame(
            _DECIDED,
            ((one.number, one.outcome, _days(one, calendar)) for when, one in judged if when == month),
        ),
    )


def _month(moment: datetime) -> date:
    return jst_date(moment).replace(day=1)


def _three(
    counted: Counter[tuple[date, str]], names: Sequence[str], compared: Sequence[date]
) -> pd.DataFrame:
    return typed_frame(_MEASURES, ((name, *(counted[when, name] for when in compared)) for name in names))


def _series(by_method: Counter[tuple[date, str]], month: date) -> pd.DataFrame:
    months = [months_back(month, back) for back in reversed(range(MONTHS))]
    return typed_frame(
        _SERIES,
        (
            (
                when,
                by_method[when, Method.ID.value],
                by_method[when, Method.CARD.value] + by_method[when, Method.RENEWAL.value],
            )
            for when in months
        ),
    )


def _times(
    decided: Sequence[tuple[date, ReportedApplication]], compared: Sequence[date], calendar: Calendar
) -> pd.DataFrame:
    """One row for each measure; a month without decisions has no times."""
    columns = []
    for when in compared:
        days = sorted(_days(one, calendar) for month, one in decided if month == when)
        columns.append((len(days), _median(days), _at_most(days, 0.9), days[-1] if days else None))
    return typed_frame(_TIMES, zip(TIMES, *columns, strict=True))


def _days(one: ReportedApplication, calendar: Calendar) -> int:
    if one.decided_at is None:
        raise ValueError(f"{one.number} is not decided")
    days, _ = one.wait.days(calendar.working_days_between, jst_date(one.decided_at))
    return days


def _median(days: Sequence[int]) -> float | None:
    if not days:
        return None
    middle = len(days) // 2
    return float(days[middle]) if len(days) % 2 else (days[middle - 1] + days[middle]) / 2


def _at_most(days: Sequence[int], share: float) -> int | None:
    """The least number of days within which that share of all was decided (nearest rank)."""
    return days[math.ceil(share * len(days)) - 1] if days else None


def _categories(made: Sequence[tuple[date, Registered]], compared: Sequence[date]) -> pd.DataFrame:
    counted: Counter[tuple[str, date, Method]] = Counter()
    for when, one in made:
        if when in compared:
            for category in one.categories or (UNGRADED,):
                counted[category, when, one.method] += 1
    order = sorted({category for category, _, _ in counted}, key=lambda name: (name == UNGRADED, name))
    methods = (Method.CARD, Method.RENEWAL, Method.ID)
    return typed_frame(
        _CATEGORIES,
        (
            (
                name,
                *(counted[name, compared[0], method] for method in methods),
                *(sum(counted[name, when, method] for method in methods) for when in compared),
            )
            for name in order
        ),
    )
