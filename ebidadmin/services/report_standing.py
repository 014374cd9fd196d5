"""How the schedule of reports stands: what comes when, what it owes, what did not come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from ebidadmin.clock import JST, Calendar, as_utc, jst_date
from ebidadmin.domain.events import Subject, SubjectKind
from ebidadmin.domain.report_periods import (
    PLANS,
    Cadence,
    Period,
    ReportName,
    arrears,
    next_period,
    periods_due,
)
from ebidadmin.domain.report_runs import ReportRun, RunState
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.services.ports import Office, UnitOfWork
from ebidadmin.services.refusals import refusals_logged

SCHEDULE = Subject(SubjectKind.DESK, "reports")

AHEAD = timedelta(days=400)
"""How far ahead the next time is looked for: every report comes once a year at least."""

LATE = timedelta(minutes=30)
"""A report that nobody has begun to make by then is missed by people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """How a report stands in the schedule: when it comes next, and how the schedule's last run ended (``None``: none yet)."""

    report: ReportName
    next: Period | None
    last: ReportRun | None


def coming(office: Office, *, staff: Staff, reports: Sequence[ReportName]) -> tuple[Coming, ...]:
    """What comes when, in order of time. Raises ``NotPermittedError``."""
    with refusals_logged(office, staff=staff, subject=SCHEDULE, verb="list"):
        staff.require(Permission.READ_AUDIT)
    now = office.clock.now()
    with office.uow() as uow:
        last = {report: uow.report_runs.last_scheduled(report) for report in reports}
    found = [
        Coming(
            report=report,
            next=next_period(PLANS[report], after=now, within=AHEAD, calendar=office.calendar),
            last=last[report],
        )
        for report in reports
    ]
    return tuple(sorted(found, key=lambda one: one.next.due if one.next else now + AHEAD))


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A period that the schedule owes: whether the next pass ``runs`` it, or puts it down as missed."""

    period: Period
    runs: bool


def owed(office: Office, *, staff: Staff, reports: Sequence[ReportName]) -> tuple[Owed, ...]:
    """What the schedule owes now, in order of time; nothing of a report that no pass has put on the schedule yet. Raises
    ``NotPermittedError``."""
    with refusals_logged(office, staff=staff, subject=SCHEDULE, verb="list"):
        staff.require(Permission.READ_AUDIT)
    now = office.clock.now()
    found: list[Owed] = []
    with office.uow() as uow:
        for report in reports:
            since = since_when(uow, report)
            if since is None:
                continue
            waiting = arrears(PLANS[report], owed_since(uow, report, since, now, office.calendar))
            found += [Owed(period=one, runs=False) for one in waiting.missed]
            found += [Owed(period=one, runs=True) for one in waiting.run]
    return tuple(sorted(found, key=lambda one: (one.period.due, one.period.report.value)))


def ahead(office: Office, *, reports: Sequence[ReportName], until: datetime) -> tuple[Period, ...]:
    """What comes by the calendar until that moment, in order of time."""
    now = office.clock.now()
    found = (
        period
        for report in reports
        for period in periods_due(PLANS[report], after=now, until=until, calendar=office.calendar)
    )
    return tuple(sorted(found, key=lambda one: (one.due, one.report.value)))


def before(office: Office, run: ReportRun) -> ReportRun | None:
    """The run of the same report that was made for the period before; ``None`` where there is none."""
    with office.uow() as uow:
        return uow.report_runs.made_before(run.period)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is not as it should be with the schedule: periods that should have been seen to for ``LATE`` by now, and reports of which the
    newest period failed, or was begun and nothing more was heard of it, and was not made since."""

    absent: tuple[Period, ...]
    failed: tuple[ReportRun, ...]


def standing(office: Office) -> Standing:
    """How the schedule is doing. Only which reports, so everybody on the staff may see it. An office that never ran the schedule has none
    to miss."""
    now = office.clock.now()
    absent: list[Period] = []
    failed: list[ReportRun] = []
    with office.uow() as uow:
        for report in ReportName:
            since = since_when(uow, report)
            if since is not None:
                absent += owed_since(uow, report, since, now - LATE, office.calendar)
            last = uow.report_runs.last_scheduled(report)
            if last is not None and _came_to_nothing(last, now) and not uow.report_runs.made(last.period):
                failed.append(last)
    return Standing(absent=tuple(sorted(absent, key=lambda one: one.due)), failed=tuple(failed))


def _came_to_nothing(run: ReportRun, now: datetime) -> bool:
    # A dead one is marked so by the next pass, which may never come: then nobody but whoever looks here says so.
    return run.state is RunState.FAILED or run.is_dead(now)


def report_subject(report: ReportName) -> Subject:
    return Subject(SubjectKind.REPORT, report.value)


def since_when(uow: UnitOfWork, report: ReportName) -> datetime | None:
    """From when on periods may be owed: the newest one that was seen to, else the begin of the schedule; ``None`` before that."""
    last = uow.report_runs.last_scheduled(report)
    if last is not None:
        return last.period.due
    begun = uow.audit.list(subject=report_subject(report), limit=1)
    # By its moment, not by what it says: that may have been erased.
    return begin_of_day(begun[0].event.at) if begun else None


def owed_since(
    uow: UnitOfWork, report: ReportName, since: datetime, now: datetime, calendar: Calendar
) -> tuple[Period, ...]:
    """The periods that came due from then on until ``now`` and that the schedule has not seen to, oldest first."""
    if PLANS[report].cadence is Cadence.IMPORT:
        found = uow.report_runs.imports(since=since, until=now)
    else:
        found = periods_due(PLANS[report], after=since, until=now, calendar=calendar)
    if not found:
        return ()
    seen = uow.report_runs.scheduled_keys(report, since=since)
    return tuple(period for period in found if period.key not in seen)


def begin_of_day(now: datetime) -> datetime:
    """Just before the day in Japan began: what is due at midnight is still owed."""
    midnight = as_utc(datetime.combine(jst_date(now), time(), tzinfo=JST))
    return midnight - timedelta(microseconds=1)
