"""Which report is due when: cadences that know working days, the periods that have come due, and what becomes of missed ones.

A period is named by the stretch of time that it stands for (a day, a week, a month, a fiscal year), never by the day on which it came
due: a closed day that is entered late moves the day, and must not make the same report come twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from ebidadmin.clock import JST, Calendar, as_utc, fiscal_year, jst_date


class ReportName(StrEnum):
    """The reports of the office; each is a notebook of that name."""

    DAILY_REVIEW = "daily_review"
    WEEKLY_FOLLOW_UP = "weekly_follow_up"
    MONTHLY_REGISTRATIONS = "monthly_registrations"
    IMPORT_REPORT = "import_report"
    QUALIFICATION_CLIFF = "qualification_cliff"
    AUDIT_INTEGRITY = "audit_integrity"
    USAGE_YEAR = "usage_year"


class Cadence(StrEnum):
    """How often a report comes."""

    DAILY = "daily"
    """Every day, holidays and closures included."""

    WORKING_DAY = "working-day"
    WEEK = "week"
    """On the first working day of the week (from Monday)."""

    MONTH = "month"
    """On the first working day of the month."""

    CLIFF = "cliff"
    """As ``MONTH``; in the months before new qualifications begin (``CLIFF_MONTHS``) as ``WEEK``."""

    FISCAL_YEAR = "fiscal-year"
    """On the first working day of April, for the fiscal year that has ended."""

    IMPORT = "import"
    """After each import; no calendar knows when."""


class CatchUp(StrEnum):
    """What becomes of periods that passed while nothing ran."""

    ALL = "all"
    """Each is run: its figures are of lasting use."""

    NEWEST = "newest"
    """Only the newest is run, the ones before are shown as missed: nobody works through a list of last week."""


CLIFF_MONTHS = frozenset({10, 11, 12})
APRIL = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """When a report comes: ``at`` is the time of day in Japan; reports that follow imports have none."""

    report: ReportName
    cadence: Cadence
    at: time
    catch_up: CatchUp


PLANS: Mapping[ReportName, Plan] = {
    plan.report: plan
    for plan in (
        Plan(
            report=ReportName.DAILY_REVIEW,
            cadence=Cadence.WORKING_DAY,
            at=time(8),
            catch_up=CatchUp.NEWEST,
        ),
        Plan(report=ReportName.WEEKLY_FOLLOW_UP, cadence=Cadence.WEEK, at=time(8), catch_up=CatchUp.NEWEST),
        Plan(
            report=ReportName.MONTHLY_REGISTRATIONS, cadence=Cadence.MONTH, at=time(8), catch_up=CatchUp.ALL
        ),
        Plan(report=ReportName.IMPORT_REPORT, cadence=Cadence.IMPORT, at=time(0), catch_up=CatchUp.ALL),
        Plan(
            report=ReportName.QUALIFICATION_CLIFF, cadence=Cadence.CLIFF, at=time(8), catch_up=CatchUp.NEWEST
        ),
        Plan(report=ReportName.AUDIT_INTEGRITY, cadence=Cadence.DAILY, at=time(6), catch_up=CatchUp.NEWEST),
        Plan(report=ReportName.USAGE_YEAR, cadence=Cadence.FISCAL_YEAR, at=time(8), catch_up=CatchUp.ALL),
    )
}
"""Cadences and times as the office wants them (back office, section 8)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """One time that a report is due. ``key`` names what it stands for (``2026-04-01``, ``2026-W14``, ``2026-04``, ``FY2025``, or the
    number of an import) and is, with the report, what makes it one and the same; ``due`` is the moment (UTC)."""

    report: ReportName
    key: str
    due: datetime

    @property
    def day(self) -> date:
        """The day in Japan on which it is due."""
        return jst_date(self.due)


@dataclass(frozen=True, slots=True)
class Arrears:
    """What a pass of the scheduler has to do for one report, each part in order of time: periods that stay ``missed``, and those to
    ``run``."""

    missed: tuple[Period, ...]
    run: tuple[Period, ...]


def period_of_day(plan: Plan, day: date, calendar: Calendar) -> Period | None:
    """The period that is due on that day, if one is. Raises ``ValueError`` for a day outside the calendar."""
    key = _key(plan.cadence, day, calendar)
    if key is None:
        return None
    return Period(report=plan.report, key=key, due=as_utc(datetime.combine(day, plan.at, tzinfo=JST)))


def period_around(plan: Plan, day: date) -> Period:
    """The period that ``day`` lies in, as of the report's time on that day, whether or not the report is due on it: for whoever wants one
    by hand. Of a report about a fiscal year it is the one that has ended. Raises ``ValueError`` for a report that follows imports."""
    key = _name(_cadence_on(plan.cadence, day), day)
    return Period(report=plan.report, key=key, due=as_utc(datetime.combine(day, plan.at, tzinfo=JST)))


def periods_due(plan: Plan, *, after: datetime, until: datetime, calendar: Calendar) -> tuple[Period, ...]:
    """The periods due after ``after`` up to and including ``until``, oldest first; none for a report that follows imports."""
    return tuple(one for one in _from_day(plan, jst_date(after), until, calendar) if after < one.due <= until)


def previous_period(plan: Plan, day: date, *, within: timedelta, calendar: Calendar) -> Period | None:
    """The last period that came due before the one began in which ``day`` lies, at most so long before; ``None`` where none did. What
    happened after its moment belongs to the period of ``day``, on whichever day of it its report comes. Raises ``ValueError`` for a
    day outside the calendar."""
    begin = _begin(_cadence_on(plan.cadence, day), day)
    earlier = (period_of_day(plan, begin - timedelta(days=n), calendar) for n in range(1, within.days + 1))
    return next((one for one in earlier if one is not None), None)


def next_period(plan: Plan, *, after: datetime, within: timedelta, calendar: Calendar) -> Period | None:
    """The first period due after that moment; ``None`` where none is within that time."""
    coming = _from_day(plan, jst_date(after), after + within, calendar)
    return next((one for one in coming if after < one.due <= after + within), None)


def import_period(number: str, *, applied_at: datetime) -> Period:
    """The period of the report about an import."""
    return Period(report=ReportName.IMPORT_REPORT, key=number, due=as_utc(applied_at))


def arrears(plan: Plan, due: Iterable[Period]) -> Arrears:
    """What to do about periods that are due and have not been seen to: all of them have a place in the answer."""
    waiting = tuple(sorted(due, key=lambda one: (one.due, one.key)))
    if plan.catch_up is CatchUp.ALL:
        return Arrears(missed=(), run=waiting)
    return Arrears(missed=waiting[:-1], run=waiting[-1:])


def _from_day(plan: Plan, first: date, until: datetime, calendar: Calendar) -> Iterator[Period]:
    day, last = first, jst_date(until)
    while day <= last:
        period = period_of_day(plan, day, calendar)
        if period is not None:
            yield period
        day += timedelta(days=1)


def _key(cadence: Cadence, day: date, calendar: Calendar) -> str | None:
    """What the period is called that is due on that day; ``None`` where none is."""
    cadence = _cadence_on(cadence, day)
    if cadence is Cadence.IMPORT or not (cadence is Cadence.DAILY or calendar.is_working_day(day)):
        return None
    if cadence is Cadence.FISCAL_YEAR and day.month != APRIL:
        return None
    return _name(cadence, day) if _is_first(_begin(cadence, day), day, calendar) else None


def _begin(cadence: Cadence, day: date) -> date:
    """From which day on a working day would be the first one of the period that ``day`` lies in."""
    if cadence is Cadence.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if cadence in (Cadence.MONTH, Cadence.FISCAL_YEAR) else day


def _cadence_on(cadence: Cadence, day: date) -> Cadence:
    if cadence is not Cadence.CLIFF:
        return cadence
    return Cadence.WEEK if day.month in CLIFF_MONTHS else Cadence.MONTH


def _name(cadence: Cadence, day: date) -> str:
    """What the period is called that the day lies in."""
    if cadence is Cadence.WEEK:
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02d}"
    if cadence is Cadence.MONTH:
        return f"{day.year}-{day.month:02d}"
    if cadence is Cadence.FISCAL_YEAR:
        return f"FY{fiscal_year(day) - 1}"
    if cadence is Cadence.IMPORT:
        raise ValueError("an import has a number, no day")
    return day.isoformat()


def _is_first(begin: date, day: date, calendar: Calendar) -> bool:
    """Whether no day from ``begin`` up to the one before ``day`` is a working day."""
    return not any(calendar.is_working_day(begin + timedelta(days=n)) for n in range((day - begin).days))
