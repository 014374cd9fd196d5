"""Running reports: one pass over what is due, or one report by hand.

A pass may be run by any number of schedulers at the same time, as often as they like: what exists once in the database is what makes a
run one. Between the claim and its end no transaction is open; a run that dies leaves a lease that runs out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from ebidadmin.clock import end_of, jst_date
from ebidadmin.domain import report_runs
from ebidadmin.domain.events import Event, EventTag, SubjectKind
from ebidadmin.domain.ids import ReportRunId
from ebidadmin.domain.mails import MailDraft
from ebidadmin.domain.report_periods import (
    PLANS,
    Cadence,
    Period,
    ReportName,
    arrears,
    period_around,
)
from ebidadmin.domain.report_runs import SCHEDULED, ReportRun, RunState
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import ConcurrentEditError, InputError
from ebidadmin.services.ports import Office, UnitOfWork
from ebidadmin.services.refusals import refusals_logged
from ebidadmin.services.report_outputs import keep_notebooks, recorded, remove_old
from ebidadmin.services.report_ports import Made, ParameterValue, ReportMaker
from ebidadmin.services.report_standing import SCHEDULE, begin_of_day, owed_since, report_subject, since_when

EVER = datetime.min.replace(tzinfo=UTC)

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Intended:
    """What a report by hand would be: with which parameters, for which period, as of when; ``last``: the last attempt of that period so
    far, whoever made it (``None``: there is none)."""

    parameters: Mapping[str, ParameterValue]
    period: Period
    as_of: datetime
    last: ReportRun | None


Told = Callable[[Sequence[ReportRun]], None]
"""Is told of runs that failed, whose mails are written by then."""


def run_due(office: Office, *, staff: Staff, maker: ReportMaker, failed: Told = lambda _runs: None) -> Pass:
    """Run what is due and has not been seen to, one after another. Raises ``NotPermittedError``.

    Runs whose lease is over are marked failed, and ``failed`` is told of them, before any report is run; of each that fails then at once:
    the others may take long. A report counts as scheduled from the day on which a pass first knew it.
    """
    _permit(office, staff, "run-due")
    dead = _bury(office, staff)
    if dead:
        failed(dead)
    kept = {run.id: run for run in keep_notebooks(office, staff, maker)}
    # All of them before the first is run: a pass that dies in the middle has put the others on the schedule as well.
    owed_by = due(office, maker.names(), staff=staff)
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
            if ran is not None and ran.state is RunState.FAILED:
                failed((ran,))
    cleared = remove_old(office, staff, maker)
    return Pass(
        ended=tuple(ended),
        dead=tuple(kept.get(run.id, run) for run in dead),
        missed=tuple(missed),
        elsewhere=tuple(elsewhere),
        removed=cleared.removed,
        stuck=cleared.stuck,
    )


def due(
    office: Office, reports: Sequence[ReportName], *, staff: Staff
) -> Mapping[ReportName, tuple[Period, ...]]:
    """The periods that the schedule owes now, by report, oldest first. Who asks for a report first thereby puts it on the schedule."""
    now = office.clock.now()
    begun = begin_of_day(now)
    with office.uow() as uow:
        known = {report: since_when(uow, report) for report in reports}
        for report in (report for report, since in known.items() if since is None):
            uow.log(
                Event(
                    tag=EventTag.REPORT_SCHEDULED,
                    subject=report_subject(report),
                    by=staff.login,
                    at=now,
                    facts={"scheduled_from": begun.isoformat()},
                )
            )
        if None in known.values():
            uow.commit()
    with office.uow() as uow:
        return {
            report: owed_since(uow, report, since or begun, now, office.calendar)
            for report, since in known.items()
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


def intended(
    office: Office,
    *,
    staff: Staff,
    maker: ReportMaker,
    report: ReportName,
    period: date | str,
    parameters: Mapping[str, str],
) -> Intended:
    """What ``run_by_hand`` (for a day) or ``run_again`` (for the name of a period) would make; nothing is made. Raises as they do."""
    typed = check(office, staff=staff, maker=maker, report=report, parameters=parameters)
    if isinstance(period, date) and period > jst_date(office.clock.now()):
        raise InputError("report-day-ahead", day=period.isoformat())
    with office.uow() as uow:
        found = _period_wanted(uow, report, period)
        attempt = uow.report_runs.last_attempt(found)
        last = None if attempt is None else uow.report_runs.get(report_runs.run_id(found, attempt))
    as_of = min(found.due, office.clock.now())
    return Intended(parameters=typed, period=found, as_of=as_of, last=last)


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
    wanted = intended(
        office, staff=staff, maker=maker, report=report, period=day, parameters=parameters or {}
    )
    return _further(office, staff, maker, wanted)


def run_again(
    office: Office,
    *,
    staff: Staff,
    maker: ReportMaker,
    report: ReportName,
    period: str,
    parameters: Mapping[str, str] | None = None,
) -> ReportRun:
    """Make a report for a period that ran, failed or was missed before, as of its time; of an import for that one, by its number.

    Raises as ``run_by_hand``, and ``InputError`` ``report-period-unknown`` for a period that is none.
    """
    wanted = intended(
        office, staff=staff, maker=maker, report=report, period=period, parameters=parameters or {}
    )
    return _further(office, staff, maker, wanted)


def given(run: ReportRun) -> Mapping[str, str]:
    """The parameters that a run was given, as they are given again."""
    return {
        name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in run.parameters
    }


def _further(office: Office, staff: Staff, maker: ReportMaker, wanted: Intended) -> ReportRun:
    """A further attempt of a period, as of its time, or as of now where that is still to come."""
    attempt = (SCHEDULED if wanted.last is None else wanted.last.attempt) + 1
    ran = _run(
        office,
        staff,
        maker,
        wanted.period,
        attempt=attempt,
        as_of=wanted.as_of,
        parameters=wanted.parameters,
    )
    if ran is None:
        raise _taken(report_runs.run_id(wanted.period, attempt))
    return ran


def list_runs(
    office: Office, *, staff: Staff, report: ReportName | None = None, limit: int = 100
) -> tuple[ReportRun, ...]:
    """What ran, failed or was missed, newest first. Raises ``NotPermittedError``."""
    with refusals_logged(office, staff=staff, subject=SCHEDULE, verb="list"):
        staff.require(Permission.READ_AUDIT)
    with office.uow() as uow:
        return uow.report_runs.list(report=report, limit=limit)


def _period_wanted(uow: UnitOfWork, report: ReportName, wanted: date | str) -> Period:
    """The period around a day, or the one of that name."""
    if isinstance(wanted, date):
        return _period_by_hand(uow, report, wanted)
    found = uow.report_runs.period(report, wanted)
    if found is None:
        raise InputError("report-period-unknown", report=report.value, period=wanted)
    return found


def _period_by_hand(uow: UnitOfWork, report: ReportName, day: date) -> Period:
    if PLANS[report].cadence is not Cadence.IMPORT:
        return period_around(PLANS[report], day)
    before = uow.report_runs.imports(since=EVER, until=end_of(day))
    if not before:
        raise InputError("report-no-import", day=day.isoformat())
    return before[-1]


def admit(office: Office, *, staff: Staff) -> None:
    """For whoever goes on to make what is due, again and again. Raises ``NotPermittedError``."""
    _permit(office, staff, "run-due")


def _permit(office: Office, staff: Staff, verb: str) -> None:
    with refusals_logged(office, staff=staff, subject=SCHEDULE, verb=verb):
        staff.require(Permission.RUN_REPORTS)


def _bury(office: Office, staff: Staff) -> tuple[ReportRun, ...]:
    """Mark runs failed of which nothing will be heard any more."""
    now = office.clock.now()
    with office.uow() as uow:
        dead = uow.report_runs.dead(now)
    buried = (
        _recorded_failure(office, report_runs.declare_dead(run, by=staff.login, at=now)) for run in dead
    )
    return tuple(run for run in buried if run is not None)


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
    """Claim it, make it, record its end; ``None`` where another has it, or took this one for dead meanwhile: what came of it then is
    nobody's, and goes."""
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
            place=maker.place(),
            parameters=parameters,
        ),
    )
    if claim is None:
        return None
    made = maker.make(claim, parameters or {})
    ended = _end(office, staff, claim, made)
    if ended is None and made.folder:
        maker.remove(made.folder)
    return ended


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
        return recorded(office, report_runs.finish(run, folder=made.folder, by=staff.login, at=now))
    ended = report_runs.fail(
        run, failure=made.failure, detail=made.detail, folder=made.folder, by=staff.login, at=now
    )
    return _recorded_failure(office, ended)


def _recorded_failure(office: Office, transition: Transition[ReportRun]) -> ReportRun | None:
    return recorded(office, transition, mails=_alarm(office, transition.after))


def _alarm(office: Office, run: ReportRun) -> tuple[MailDraft, ...]:
    to = office.settings.report_alarm_to
    if not to:
        return ()
    return office.settings.mailed(office.composer.compose_report_failure(run, to=to))
