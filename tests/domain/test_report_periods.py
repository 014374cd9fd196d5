"""When reports come: days checked by hand against printed calendars, and what must hold for every calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebidadmin.clock import JST, Calendar, as_utc, jst
from ebidadmin.domain.report_periods import (
    PLANS,
    CatchUp,
    Period,
    ReportName,
    arrears,
    import_period,
    next_period,
    period_of_day,
    periods_due,
    previous_period,
)
from ebidadmin.reference.calendar import build_calendar

OFFICE = build_calendar()
BY_CALENDAR = [name for name in ReportName if name is not ReportName.IMPORT_REPORT]
FOLLOWING = [name for name in BY_CALENDAR if name is not ReportName.QUALIFICATION_CLIFF]
"""Those whose periods are all of one length: the weeks of the report on qualifications follow on months."""


def days_of(name: ReportName, first: date, last: date) -> list[tuple[date, str]]:
    """The days on which it comes and the periods that it comes for."""
    return [
        (one.day, one.key)
        for one in periods_due(
            PLANS[name],
            after=as_utc(datetime(first.year, first.month, first.day, tzinfo=JST)) - timedelta(seconds=1),
            until=as_utc(datetime(last.year, last.month, last.day, 23, 59, 59, tzinfo=JST)),
            calendar=OFFICE,
        )
    ]


DAILY = ReportName.DAILY_REVIEW
WEEKLY = ReportName.WEEKLY_FOLLOW_UP
MONTHLY = ReportName.MONTHLY_REGISTRATIONS
CLIFF = ReportName.QUALIFICATION_CLIFF
INTEGRITY = ReportName.AUDIT_INTEGRITY
YEAR = ReportName.USAGE_YEAR

BY_HAND = [
    # 29 February 2028 is a Tuesday; 1 March a Wednesday.
    (date(2028, 2, 29), {DAILY: "2028-02-29", INTEGRITY: "2028-02-29"}),
    (date(2028, 3, 1), {DAILY: "2028-03-01", INTEGRITY: "2028-03-01", MONTHLY: "2028-03", CLIFF: "2028-03"}),
    # A Monday, and the first of a month whose first working day is the Tuesday before.
    (date(2026, 9, 28), {DAILY: "2026-09-28", INTEGRITY: "2026-09-28", WEEKLY: "2026-W40"}),
    # Thursday 1 October: the month's first working day, but its week began in September.
    (date(2026, 10, 1), {DAILY: "2026-10-01", INTEGRITY: "2026-10-01", MONTHLY: "2026-10"}),
    (
        date(2026, 10, 5),
        {DAILY: "2026-10-05", INTEGRITY: "2026-10-05", WEEKLY: "2026-W41", CLIFF: "2026-W41"},
    ),
    # Sports Day, a Monday: what is weekly comes on Tuesday.
    (date(2026, 10, 12), {INTEGRITY: "2026-10-12"}),
    (
        date(2026, 10, 13),
        {DAILY: "2026-10-13", INTEGRITY: "2026-10-13", WEEKLY: "2026-W42", CLIFF: "2026-W42"},
    ),
    # 1 November 2026 is a Sunday, 3 November (Culture Day) a Tuesday.
    (
        date(2026, 11, 2),
        {
            DAILY: "2026-11-02",
            INTEGRITY: "2026-11-02",
            WEEKLY: "2026-W45",
            MONTHLY: "2026-11",
            CLIFF: "2026-W45",
        },
    ),
    (date(2026, 11, 3), {INTEGRITY: "2026-11-03"}),
    # Monday 28 December is the last working day of the year.
    (
        date(2026, 12, 28),
        {DAILY: "2026-12-28", INTEGRITY: "2026-12-28", WEEKLY: "2026-W53", CLIFF: "2026-W53"},
    ),
    (date(2026, 12, 29), {INTEGRITY: "2026-12-29"}),
    (date(2027, 1, 1), {INTEGRITY: "2027-01-01"}),
    (
        date(2027, 1, 4),
        {
            DAILY: "2027-01-04",
            INTEGRITY: "2027-01-04",
            WEEKLY: "2027-W01",
            MONTHLY: "2027-01",
            CLIFF: "2027-01",
        },
    ),
    # 1 April 2026 is a Wednesday; in 2028 it is a Saturday, so the year's report comes on Monday the 3rd.
    (
        date(2026, 4, 1),
        {
            DAILY: "2026-04-01",
            INTEGRITY: "2026-04-01",
            MONTHLY: "2026-04",
            CLIFF: "2026-04",
            YEAR: "FY2025",
        },
    ),
    (date(2028, 4, 1), {INTEGRITY: "2028-04-01"}),
    (
        date(2028, 4, 3),
        {
            DAILY: "2028-04-03",
            INTEGRITY: "2028-04-03",
            WEEKLY: "2028-W14",
            MONTHLY: "2028-04",
            CLIFF: "2028-04",
            YEAR: "FY2027",
        },
    ),
    # Golden Week of 2026: Sunday the 3rd makes Wednesday the 6th a substitute holiday; the week's first working day is Thursday.
    (date(2026, 5, 4), {INTEGRITY: "2026-05-04"}),
    (date(2026, 5, 6), {INTEGRITY: "2026-05-06"}),
    (date(2026, 5, 7), {DAILY: "2026-05-07", INTEGRITY: "2026-05-07", WEEKLY: "2026-W19"}),
    # 22 September 2026, a Tuesday between two holidays, is one itself.
    (date(2026, 9, 22), {INTEGRITY: "2026-09-22"}),
    (date(2026, 9, 24), {DAILY: "2026-09-24", INTEGRITY: "2026-09-24", WEEKLY: "2026-W39"}),
]


@pytest.mark.parametrize(("day", "wanted"), BY_HAND, ids=[str(day) for day, _ in BY_HAND])
def test_days_checked_by_hand(day: date, wanted: dict[ReportName, str]) -> None:
    found = {name: period_of_day(PLANS[name], day, OFFICE) for name in ReportName}
    assert {name: one.key for name, one in found.items() if one is not None} == wanted


def test_ten_holidays_in_a_row_leave_a_week_without_its_report() -> None:
    """27 April to 6 May 2019 were ten days without a working day: the week from 29 April has none at all."""
    found = days_of(WEEKLY, date(2019, 4, 22), date(2019, 5, 12))
    assert found == [(date(2019, 4, 22), "2019-W17"), (date(2019, 5, 7), "2019-W19")]
    assert days_of(MONTHLY, date(2019, 5, 1), date(2019, 5, 31)) == [(date(2019, 5, 7), "2019-05")]


def test_a_fiscal_year_counted_by_hand() -> None:
    """April 2027 to March 2028: 366 days with 29 February,."""
    first, last = date(2027, 4, 1), date(2028, 3, 31)
    assert len(days_of(INTEGRITY, first, last)) == 366
    assert [key for _, key in days_of(MONTHLY, first, last)] == [
        *(f"2027-{month:02d}" for month in range(4, 13)),
        *(f"2028-{month:02d}" for month in range(1, 4)),
    ]
    assert [str(day) for day, _ in days_of(MONTHLY, first, last)] == [
        "2027-04-01", "2027-05-06", "2027-06-01", "2027-07-01", "2027-08-02", "2027-09-01",
        "2027-10-01", "2027-11-01", "2027-12-01", "2028-01-04", "2028-02-01", "2028-03-01",
    ]  # fmt: skip
    assert days_of(YEAR, first, last) == [(date(2027, 4, 1), "FY2026")]
    cliff = [str(day) for day, _ in days_of(CLIFF, first, last)]
    assert cliff == [
        "2027-04-01", "2027-05-06", "2027-06-01", "2027-07-01", "2027-08-02", "2027-09-01",
        "2027-10-04", "2027-10-12", "2027-10-18", "2027-10-25",
        "2027-11-01", "2027-11-08", "2027-11-15", "2027-11-22", "2027-11-29",
        "2027-12-06", "2027-12-13", "2027-12-20", "2027-12-27",
        "2028-01-04", "2028-02-01", "2028-03-01",
    ]  # fmt: skip


def test_times_of_day() -> None:
    for name in BY_CALENDAR:
        period = period_of_day(PLANS[name], date(2026, 4, 1), OFFICE) or period_of_day(
            PLANS[name], date(2026, 4, 6), OFFICE
        )
        assert period is not None
        assert jst(period.due).hour == (6 if name is INTEGRITY else 8)
        assert period.due.tzinfo is UTC


def test_the_moment_itself_counts_as_due_and_not_as_before() -> None:
    due = as_utc(datetime(2026, 4, 1, 8, tzinfo=JST))
    second = timedelta(seconds=1)

    def keys(after: datetime, until: datetime) -> list[str]:
        return [one.key for one in periods_due(PLANS[DAILY], after=after, until=until, calendar=OFFICE)]

    assert keys(due - second, due - second) == []
    assert keys(due - second, due) == ["2026-04-01"]
    assert keys(due, due + second) == []


def test_a_report_after_imports_is_on_no_calendar() -> None:
    assert days_of(ReportName.IMPORT_REPORT, date(2026, 4, 1), date(2027, 3, 31)) == []
    at = datetime(2026, 4, 1, 3, tzinfo=UTC)
    assert import_period("12", applied_at=at) == Period(report=ReportName.IMPORT_REPORT, key="12", due=at)


def test_next_is_the_first_after_a_moment() -> None:
    friday = as_utc(datetime(2026, 12, 28, 8, tzinfo=JST))
    coming = next_period(PLANS[DAILY], after=friday, within=timedelta(days=20), calendar=OFFICE)
    assert coming is not None
    assert coming.day == date(2027, 1, 4)
    assert next_period(PLANS[DAILY], after=friday, within=timedelta(days=3), calendar=OFFICE) is None


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    closed = draw(st.frozensets(st.dates(date(2027, 1, 1), date(2028, 12, 31)), max_size=120))
    return Calendar(closed, date(2026, 1, 1), date(2029, 12, 31))


moments = st.datetimes(datetime(2027, 1, 10), datetime(2028, 12, 20), timezones=st.just(UTC))  # noqa: DTZ001 - the strategy wants naive bounds


@given(
    calendar=calendars(), name=st.sampled_from(BY_CALENDAR), cuts=st.lists(moments, min_size=2, max_size=8)
)
def test_however_often_one_looks_each_period_comes_once(
    calendar: Calendar, name: ReportName, cuts: list[datetime]
) -> None:
    """Windows that follow one another give together what one window gives; no key comes twice; all are in order and on working days."""
    cuts.sort()
    plan = PLANS[name]
    pieces = [
        one
        for after, until in pairwise(cuts)
        for one in periods_due(plan, after=after, until=until, calendar=calendar)
    ]
    assert pieces == list(periods_due(plan, after=cuts[0], until=cuts[-1], calendar=calendar))
    keys = [one.key for one in pieces]
    assert len(set(keys)) == len(keys)
    assert [one.due for one in pieces] == sorted(one.due for one in pieces)
    if name is not INTEGRITY:
        assert all(calendar.is_working_day(one.day) for one in pieces)


@given(calendar=calendars(), day=st.dates(date(2027, 1, 10), date(2028, 12, 20)))
def test_a_week_or_month_with_a_working_day_has_its_report_on_the_first(
    calendar: Calendar, day: date
) -> None:
    """Checked the other way round: from the working days of the stretch to its report."""
    monday = day - timedelta(days=day.weekday())
    first = day.replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    for name, begin, days in ((WEEKLY, monday, 7), (MONTHLY, first, (after - first).days)):
        stretch = [begin + timedelta(days=n) for n in range(days)]
        working = [one for one in stretch if calendar.is_working_day(one)]
        found = [one for one in stretch if period_of_day(PLANS[name], one, calendar)]
        assert found == working[:1]


@given(late=st.dates(date(2027, 1, 10), date(2028, 12, 20)), calendar=calendars())
def test_a_day_closed_late_moves_a_period_without_renaming_it(calendar: Calendar, late: date) -> None:
    """The keys of weeks and months stay the same as long as a working day is left."""
    closed = {day for day in _days(calendar) if day.weekday() < 5 and not calendar.is_working_day(day)}
    narrower = Calendar(frozenset(closed | {late}), calendar.first, calendar.last)
    for name in (WEEKLY, MONTHLY):
        before = _keys(name, calendar)
        assert _keys(name, narrower) <= before
        assert len(before - _keys(name, narrower)) <= 1


def _days(calendar: Calendar) -> list[date]:
    return [date(2027, 1, 1) + timedelta(days=n) for n in range(730)]


def _keys(name: ReportName, calendar: Calendar) -> set[str]:
    found = (period_of_day(PLANS[name], day, calendar) for day in _days(calendar))
    return {one.key for one in found if one is not None}


@given(name=st.sampled_from(list(ReportName)), days=st.sets(st.integers(0, 400), max_size=20))
def test_nothing_that_is_due_gets_lost(name: ReportName, days: set[int]) -> None:
    """Each period is either run or shown as missed, once, in order; what is run of the newest-only reports is the newest."""
    begin = datetime(2026, 4, 1, tzinfo=UTC)
    due = [Period(report=name, key=str(n), due=begin + timedelta(days=n)) for n in days]
    found = arrears(PLANS[name], due)
    assert [*found.missed, *found.run] == sorted(due, key=lambda one: one.due)
    if PLANS[name].catch_up is CatchUp.ALL:
        assert found.missed == ()
    else:
        assert len(found.run) == min(1, len(due))


def test_what_is_caught_up() -> None:
    assert {name for name, plan in PLANS.items() if plan.catch_up is CatchUp.ALL} == {
        MONTHLY,
        ReportName.IMPORT_REPORT,
        YEAR,
    }
    assert set(PLANS) == set(ReportName)


# Weeks with a Monday off, two Mondays off in a row, and none but days off.
@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 10, 5), date(2026, 9, 28)),
        (date(2026, 10, 13), date(2026, 10, 5)),
        # By hand on the Friday: still since the report of the week before.
        (date(2026, 10, 16), date(2026, 10, 5)),
        (date(2026, 10, 19), date(2026, 10, 13)),
        (date(2028, 1, 4), date(2027, 12, 27)),
        # Monday 1 January 2029: the week begins with three days off.
        (date(2029, 1, 4), date(2028, 12, 25)),
    ],
)
def test_a_week_follows_on_the_report_before_it(day: date, expected: date) -> None:
    found = previous_period(PLANS[WEEKLY], day, within=timedelta(days=60), calendar=OFFICE)
    assert found is not None
    assert found.day == expected


def test_a_week_without_a_working_day_is_passed_over() -> None:
    closed = frozenset(date(2026, 10, n) for n in range(12, 17))
    calendar = Calendar(closed, OFFICE.first, OFFICE.last)
    found = previous_period(PLANS[WEEKLY], date(2026, 10, 19), within=timedelta(days=60), calendar=calendar)
    assert found is not None
    assert found.day == date(2026, 10, 5)
    within = timedelta(days=6)
    assert previous_period(PLANS[WEEKLY], date(2026, 10, 19), within=within, calendar=calendar) is None


@given(st.sampled_from(FOLLOWING), st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_every_period_follows_on_the_one_before_it(name: ReportName, first: date) -> None:
    moment = as_utc(datetime(first.year, first.month, first.day, tzinfo=JST))
    span = timedelta(days=800 if name is YEAR else 70)
    due = periods_due(PLANS[name], after=moment, until=moment + span, calendar=OFFICE)
    assert len(due) > 1
    for earlier, later in pairwise(due):
        within = timedelta(days=400)
        assert previous_period(PLANS[name], later.day, within=within, calendar=OFFICE) == earlier
