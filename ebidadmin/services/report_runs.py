"""Running reports: one pass over what is due, or one report by hand.

A pass may be run by any number of schedulers at the same time, as often as they like: what exists once in the database is what makes a
run one. Between the claim and its end no transaction is open; a run that dies leaves a lease that runs out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from ebidadmin.clock import JST, Calendar, as_utc, end_of, jst_date
from ebidadmin.domain import report_runs
from ebidadmin.domain.events import Event, EventTag, Subject, SubjectKind
from ebidadmin.domain.ids import ReportRunId
from ebidadmin.domain.mails import MailDraft
from ebidadmin.domain.report_periods import (
    PLANS,
    Cadence,
    Period,
    ReportName,
    arrears,
    next_period,
    period_around,
    periods_due,
)
from ebidadmin.domain.report_runs import SCHEDULED, ReportRun, RunState
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import ConcurrentEditError, InputError
from ebidadmin.services.ports import Office, UnitOfWork
from ebidadmin.services.refusals import refusals_logged
from ebidadmin.services.report_ports import Made, ParameterValue, ReportMaker

SCHEDULE = Subject(SubjectKind.DESK, "reports")

EVER = datetime.min.replace(tzinfo=UTC)

AHEAD = timedelta(days=400)
"""How far ahead the next time is looked for: every report comes once a year at least."""

LATE = timedelta(minutes=30)
"""A report that nobody has begun to make by then is missed by people."""

GRACE = timedelta(minutes=2)
"""What a run may take beyond its time limit for starting, writing outputs and recording its end, before it counts as dead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """What one pass did, by run: ``ended`` by this pass (done or failed), found ``dead``, put down as ``missed``. ``elsewhere`` are
    periods that another scheduler was faster with. Of ``removed`` ones the outputs were kept long enough; of ``stuck`` ones too, and
    they cannot be removed."""

    removed: tuple[ReportRun, ...] = ()
    stuck: tuple[ReportRun, ...] = ()
    ended: tuple[ReportRun, ...] = ()
    dead: tuple[ReportRun, ...] = ()
    missed: tuple[ReportRun, ...] = ()
    elsewhere: tuple[Period, ...] = ()

    @property
    def did_something(self) -> bool:
        return bool(self.ended or self.dead or self.missed or self.removed or self.stuck)

    @property
    def failed(self) -> tuple[ReportRun, ...]:
        """Whatever is to be looked at."""
        return tuple(run for run in (*self.dead, *self.ended) if run.state is RunState.FAILED)


def run_due(office: Office, *, staff: Staff, maker: ReportMaker) -> Pass:
    """Run what is due and has not been seen to, one after another. Raises ``NotPermittedError``.

    Runs whose lease is over are marked failed and mailed first. A report counts as scheduled from the day on which a pass first knew it.
    """
    _permit(office, staff, "run-due")
    # All of them before the first is run: a pass that dies in the middle has put the others on the schedule as well.
    owed_by = due(office, maker.names(), staff=staff)
    dead = _bury(office, staff)
    ended: list[ReportRun] = []
    missed: list[ReportRun] = []
    elsewhere: list[Period] = []
    for report, periods in owed_by.items():
        owed = arrears(PLANS[report], periods)
        for period in owed.missed:
            said = _claimed(office, report_runs.miss(period, by=staff.login, at=office.clock.now()))
            _sort_in(said, period, missed, elsewhere)
        for period in owed.run:
            ran = _run(office, staff, maker, period, attempt=SCHEDULED, as_of=period.due)
            _sort_in(ran, period, ended, elsewhere)
    removed, stuck = _remove_old(office, staff, maker)
    return Pass(
        ended=tuple(ended),
        dead=dead,
        missed=tuple(missed),
        elsewhere=tuple(elsewhere),
        removed=removed,
        stuck=stuck,
    )


def due(
    office: Office, reports: Sequence[ReportName], *, staff: Staff
) -> Mapping[ReportName, tuple[Period, ...]]:
    """The periods that the schedule owes now, by report, oldest first. Who asks for a report first thereby puts it on the schedule."""
    now = office.clock.now()
    begun = _begin_of_day(now)
    with office.uow() as uow:
        known = {report: _since(uow, report) for report in reports}
        for report in (report for report, since in known.items() if since is None):
            uow.log(
                Event(
                    tag=EventTag.REPORT_SCHEDULED,
                    subject=_subject(report),
                    by=staff.login,
                    at=now,
                    facts={"since": begun.isoformat()},
                )
            )
        if None in known.values():
            uow.commit()
    with office.uow() as uow:
        return {
            report: _due(uow, report, since or begun, now, office.calendar) for report, since in known.items()
        }


def check(
    office: Office, *, staff: Staff, maker: ReportMaker, report: ReportName, parameters: Mapping[str, str]
) -> Mapping[str, ParameterValue]:
    """The parameters for a report by hand, typed. Raises ``NotPermittedError``, ``InputError`` (``report-unknown``,
    ``report-parameters``)."""
    _permit(office, staff, "run")
    if report not in maker.names():
        known = tuple(one.value for one in maker.names())
        raise InputError("report-unknown", report=report.value, known=known)
    return maker.check(report, parameters)


def run_by_hand(
    office: Office,
    *,
    staff: Staff,
    maker: ReportMaker,
    report: ReportName,
    day: date,
    parameters: Mapping[str, str] | None = None,
) -> ReportRun:
    """Make a report as of its time on ``day``, or as of now where that time is still to come, beside whatever the schedule makes.

    Of an import it is the last one up to the end of that day. Raises ``NotPermittedError``, ``InputError`` (``report-unknown``,
    ``report-day-ahead``, ``report-no-import``, ``report-parameters``), and ``ConcurrentEditError`` where somebody started the same
    attempt at the same moment.
    """
    typed = check(office, staff=staff, maker=maker, report=report, parameters=parameters or {})
    now = office.clock.now()
    if day > jst_date(now):
        raise InputError("report-day-ahead", day=day.isoformat())
    with office.uow() as uow:
        period = _period_by_hand(uow, report, day)
        last = uow.report_runs.last_attempt(period)
    attempt = (SCHEDULED if last is None else last) + 1
    ran = _run(office, staff, maker, period, attempt=attempt, as_of=min(period.due, now), parameters=typed)
    if ran is None:
        raise _taken(report_runs.run_id(period, attempt))
    return ran


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
    newest period failed and was not made since."""

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
            since = _since(uow, report)
            if since is not None:
                absent += _due(uow, report, since, now - LATE, office.calendar)
            last = uow.report_runs.last_scheduled(report)
            if last is not None and last.state is RunState.FAILED and not uow.report_runs.made(last.period):
                failed.append(last)
    return Standing(absent=tuple(sorted(absent, key=lambda one: one.due)), failed=tuple(failed))


def list_runs(
    office: Office, *, staff: Staff, report: ReportName | None = None, limit: int = 100
) -> tuple[ReportRun, ...]:
    """What ran, failed or was missed, newest first. Raises ``NotPermittedError``."""
    with refusals_logged(office, staff=staff, subject=SCHEDULE, verb="list"):
        staff.require(Permission.READ_AUDIT)
    with office.uow() as uow:
        return uow.report_runs.list(report=report, limit=limit)


def _period_by_hand(uow: UnitOfWork, report: ReportName, day: date) -> Period:
    if PLANS[report].cadence is not Cadence.IMPORT:
        return period_around(PLANS[report], day)
    before = uow.report_runs.imports(since=EVER, until=end_of(day))
    if not before:
        raise InputError("report-no-import", day=day.isoformat())
    return before[-1]


def _permit(office: Office, staff: Staff, verb: str) -> None:
    with refusals_logged(office, staff=staff, subject=SCHEDULE, verb=verb):
        staff.require(Permission.RUN_REPORTS)


def _subject(report: ReportName) -> Subject:
    return Subject(SubjectKind.REPORT, report.value)


def _since(uow: UnitOfWork, report: ReportName) -> datetime | None:
    """From when on periods may be owed: the newest one that was seen to, else the begin of the schedule; ``None`` before that."""
    last = uow.report_runs.last_scheduled(report)
    if last is not None:
        return last.period.due
    begun = uow.audit.list(subject=_subject(report), limit=1)
    # By its moment, not by what it says: that may have been erased.
    return _begin_of_day(begun[0].event.at) if begun else None


def _due(
    uow: UnitOfWork, report: ReportName, since: datetime, now: datetime, calendar: Calendar
) -> tuple[Period, ...]:
    if PLANS[report].cadence is Cadence.IMPORT:
        found = uow.report_runs.imports(since=since, until=now)
    else:
        found = periods_due(PLANS[report], after=since, until=now, calendar=calendar)
    if not found:
        return ()
    seen = uow.report_runs.scheduled_keys(report, since=since)
    return tuple(period for period in found if period.key not in seen)


def _begin_of_day(now: datetime) -> datetime:
    """Just before the day in Japan began: what is due at midnight is still owed."""
    midnight = as_utc(datetime.combine(jst_date(now), time(), tzinfo=JST))
    return midnight - timedelta(microseconds=1)


def _bury(office: Office, staff: Staff) -> tuple[ReportRun, ...]:
    """Mark runs failed of which nothing will be heard any more."""
    now = office.clock.now()
    with office.uow() as uow:
        dead = uow.report_runs.dead(now)
    buried = (_recorded(office, report_runs.declare_dead(run, by=staff.login, at=now)) for run in dead)
    return tuple(run for run in buried if run is not None)


def _remove_old(
    office: Office, staff: Staff, maker: ReportMaker
) -> tuple[tuple[ReportRun, ...], tuple[ReportRun, ...]]:
    """Remove outputs that were kept as long as the office wants them; those that are gone, and those that cannot be removed. Files go
    first: a pass that dies between is followed by one that finds nothing to remove any more and says so."""
    keep, now = office.settings.report_keep, office.clock.now()
    if keep is None:
        return (), ()
    with office.uow() as uow:
        old = uow.report_runs.kept(ended_before=now - keep)
    gone = [run for run in old if maker.remove(run.folder)]
    told = (_recorded(office, report_runs.remove_outputs(run, by=staff.login, at=now)) for run in gone)
    removed = tuple(run for run in told if run is not None)
    return removed, tuple(run for run in old if run not in gone)


def _sort_in(made: ReportRun | None, period: Period, ours: list[ReportRun], elsewhere: list[Period]) -> None:
    if made is None:
        elsewhere.append(period)
    else:
        ours.append(made)


def _taken(run: ReportRunId) -> ConcurrentEditError:
    facts = {"by": None, "at": None, "state": None}
    return ConcurrentEditError("concurrent-edit", kind=SubjectKind.REPORT.value, id=run, **facts)


def _run(
    office: Office,
    staff: Staff,
    maker: ReportMaker,
    period: Period,
    *,
    attempt: int,
    as_of: datetime,
    parameters: Mapping[str, ParameterValue] | None = None,
) -> ReportRun | None:
    """Claim it, make it, record its end; ``None`` where another has it, or took this one for dead meanwhile."""
    now = office.clock.now()
    claim = _claimed(
        office,
        report_runs.start(
            period,
            attempt=attempt,
            as_of=as_of,
            lease_until=now + maker.time_limit + GRACE,
            by=staff.login,
            at=now,
        ),
    )
    return None if claim is None else _end(office, staff, claim, maker.make(claim, parameters or {}))


def _claimed(office: Office, transition: Transition[ReportRun]) -> ReportRun | None:
    """The run, if it is this one's to make; ``None`` where another has it."""
    try:
        with office.uow() as uow:
            uow.record(transition)
            uow.commit()
    except ConcurrentEditError:
        return None
    return transition.after


def _end(office: Office, staff: Staff, run: ReportRun, made: Made) -> ReportRun | None:
    """Record how it ended; ``None`` where it was taken for dead meanwhile, which stays so."""
    now = office.clock.now()
    if made.failure is None:
        return _recorded(office, report_runs.finish(run, folder=made.folder, by=staff.login, at=now))
    ended = report_runs.fail(
        run, failure=made.failure, detail=made.detail, folder=made.folder, by=staff.login, at=now
    )
    return _recorded(office, ended)


def _recorded(office: Office, transition: Transition[ReportRun]) -> ReportRun | None:
    """Record an end, with the mail about a failure; ``None`` where another recorded one first."""
    try:
        with office.uow() as uow:
            uow.record(transition, mails=_alarm(office, transition.after))
            uow.commit()
    except ConcurrentEditError:
        return None
    return transition.after


def _alarm(office: Office, run: ReportRun) -> tuple[MailDraft, ...]:
    to = office.settings.report_alarm_to
    if run.state is not RunState.FAILED or not to:
        return ()
    return office.settings.mailed(office.composer.compose_report_failure(run, to=to))
