"""Passes of the scheduler: each period is seen to once, whatever was down when, and failures are told."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from ebidadmin.clock import JST, SettableClock, as_utc, jst_date
from ebidadmin.domain.events import EventTag
from ebidadmin.domain.mails import MailKind
from ebidadmin.domain.report_periods import PLANS, CatchUp, ReportName, periods_due
from ebidadmin.domain.report_runs import Failure, ReportRun, RunState
from ebidadmin.errors import InputError, NotPermittedError
from ebidadmin.reference.calendar import build_calendar
from ebidadmin.services import report_runs, report_standing
from ebidadmin.services.ports import Office
from ebidadmin.services.report_ports import Made, ParameterValue
from tests.builders import ADMINISTRATOR, AUDITOR, HELPER, NOON, qualification
from tests.conftest import FreshDatabase
from tests.fakes import MemoryStore
from tests.fakes import office as made_office
from tests.makers import NothingLeft
from tests.sql_store import SqlStore

DAILY, INTEGRITY = ReportName.DAILY_REVIEW, ReportName.AUDIT_INTEGRITY
BY_CALENDAR = tuple(name for name in ReportName if name is not ReportName.IMPORT_REPORT)


@dataclass
class ScriptedMaker(NothingLeft):
    """Makes what it is told to make, and keeps what it was asked for."""

    reports: tuple[ReportName, ...] = (DAILY,)
    asked: list[ReportRun] = field(default_factory=list)
    failure: Failure | None = None
    meanwhile: object = None
    removed: list[str] = field(default_factory=list)
    stuck: frozenset[str] = frozenset()
    here: str = "this computer"
    left: dict[str, str] = field(default_factory=dict)
    """Folders of what dead runs had written, by run."""

    def keep_notebook(self, run: ReportRun) -> str:
        return self.left.pop(run.id, "")

    def names(self) -> tuple[ReportName, ...]:
        return self.reports

    def remove(self, folder: str) -> bool:
        if folder in self.stuck:
            return False
        self.removed.append(folder)
        return True

    def make(self, run: ReportRun, parameters: Mapping[str, ParameterValue]) -> Made:
        self.asked.append(run)
        if callable(self.meanwhile):
            self.meanwhile()
        return Made(folder=f"made/{run.id}", failure=self.failure)


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def bench(request: pytest.FixtureRequest, fresh_database: FreshDatabase, clock: SettableClock) -> Office:
    """An office that is told of failures, on each kind of store."""
    if request.param == "memory":
        return told_office(MemoryStore(clock))
    return told_office(SqlStore(fresh_database(request.param), clock))


def told_office(store: MemoryStore | SqlStore) -> Office:
    made = made_office(store, calendar=build_calendar())
    return replace(made, settings=replace(made.settings, report_alarm_to=("keiyaku@city.example.jp",)))


def at(text: str) -> datetime:
    return as_utc(datetime.fromisoformat(text).replace(tzinfo=JST))


def alarms(office: Office) -> list[str]:
    with office.uow() as uow:
        return [mail.about.id for mail in uow.mails.list() if mail.draft.kind is MailKind.REPORT_FAILED]


def test_a_report_runs_once_when_its_time_has_come(bench: Office, clock: SettableClock) -> None:
    maker = ScriptedMaker()
    for moment, ran in (
        ("2026-10-07 07:59", 0),
        ("2026-10-07 08:00", 1),
        ("2026-10-07 08:05", 1),
        ("2026-10-08 08:01", 2),
        ("2026-10-12 23:00", 3),  # the Friday before was not looked at; Monday is Sports Day
    ):
        clock.set(at(moment))
        report_runs.run_due(bench, staff=ADMINISTRATOR, maker=maker)
        assert len(maker.asked) == ran, moment
    assert [run.as_of for run in maker.asked] == [
        at("2026-10-07 08:00"),
        at("2026-10-08 08:00"),
        at("2026-10-09 08:00"),
    ]
    runs = report_runs.list_runs(bench, staff=AUDITOR)
    assert [(run.period.key, run.state, run.folder) for run in runs] == [
        (f"2026-10-{day:02d}", RunState.DONE, f"made/daily_review/2026-10-{day:02d}/0") for day in (9, 8, 7)
    ]


def test_a_desk_that_begins_today_owes_nothing_of_yesterday_but_everything_from_then_on(
    bench: Office, clock: SettableClock
) -> None:
    """Also when the very first pass had nothing to run."""
    maker = ScriptedMaker()
    clock.set(at("2026-10-07 07:00"))
    report_runs.run_due(bench, staff=ADMINISTRATOR, maker=maker)
    clock.set(at("2026-10-09 12:00"))
    outcome = report_runs.run_due(bench, staff=ADMINISTRATOR, maker=maker)
    assert [run.period.key for run in outcome.missed] == ["2026-10-07", "2026-10-08"]
    assert [run.period.key for run in outcome.ended] == ["2026-10-09"]


def test_a_failure_is_recorded_and_told(bench: Office, clock: SettableClock) -> None:
    clock.set(at("2026-10-07 08:00"))
    outcome = report_runs.run_due(bench, staff=ADMINISTRATOR, maker=ScriptedMaker(failure=Failure.CELL))
    (run,) = outcome.failed
    assert (run.state, run.failure, run.folder) == (RunState.FAILED, Failure.CELL, f"made/{run.id}")
    assert alarms(bench) == [run.id]
    again = report_runs.run_due(bench, staff=ADMINISTRATOR, maker=ScriptedMaker())
    assert (again.ended, again.failed) == ((), ())


def test_an_office_that_names_nobody_is_told_nothing(bench: Office, clock: SettableClock) -> None:
    clock.set(at("2026-10-07 08:00"))
    silent = replace(bench, settings=replace(bench.settings, report_alarm_to=()))
    report_runs.run_due(silent, staff=ADMINISTRATOR, maker=ScriptedMaker(failure=Failure.CELL))
    assert alarms(bench) == []


class KilledError(BaseException):
    """What a kill looks like from inside."""


def killed() -> None:
    """What a maker does that is killed."""
    raise KilledError


def die(office: Office, clock: SettableClock, maker: ScriptedMaker) -> None:
    """A pass at eight that is killed while it makes its first report."""
    clock.set(at("2026-10-07 08:00"))
    with pytest.raises(KilledError):
        report_runs.run_due(office, staff=ADMINISTRATOR, maker=maker)


def test_a_killed_run_is_marked_and_mailed_by_the_next_pass_after_its_lease(
    bench: Office, clock: SettableClock
) -> None:
    die(bench, clock, ScriptedMaker(meanwhile=killed))
    clock.advance(timedelta(minutes=12))
    assert report_runs.run_due(bench, staff=ADMINISTRATOR, maker=ScriptedMaker()).dead == ()
    clock.advance(timedelta(seconds=1))
    (dead,) = report_runs.run_due(bench, staff=ADMINISTRATOR, maker=ScriptedMaker()).dead
    assert (dead.failure, alarms(bench)) == (Failure.DEAD, [dead.id])
    assert report_runs.run_due(bench, staff=ADMINISTRATOR, maker=ScriptedMaker()).dead == ()


def test_failures_are_told_before_anything_else_is_run(bench: Office, clock: SettableClock) -> None:
    """The mail about a dead run does not wait for reports that take ten minutes each, nor one that fails for the next."""
    order: list[str] = []

    def told(runs: Sequence[ReportRun]) -> None:
        waiting = alarms(bench)
        assert all(run.id in waiting for run in runs), "written before it is told"
        order.extend(f"told {run.period.report.value} {run.period.key}" for run in runs)

    reports = (DAILY, INTEGRITY)
    die(bench, clock, ScriptedMaker(reports, meanwhile=killed))
    clock.set(at("2026-10-08 08:00"))
    maker = ScriptedMaker(reports, failure=Failure.CELL)
    maker.meanwhile = lambda: order.append(f"made {maker.asked[-1].period.report.value}")
    report_runs.run_due(bench, staff=ADMINISTRATOR, maker=maker, failed=told)
    assert order == [
        "told daily_review 2026-10-07",
        "made daily_review",
        "told daily_review 2026-10-08",
        "made audit_integrity",
        "told audit_integrity 2026-10-08",
    ]


def test_one_that_was_taken_for_dead_stays_so(bench: Office, clock: SettableClock) -> None:
    """It went on behind its lease; its end comes too late to be recorded."""
    clock.set(at("2026-10-07 08:00"))

    def late() -> None:
        clock.advance(timedelta(hours=1))
        report_runs.run_due(bench, staff=ADMINISTRATOR, maker=ScriptedMaker())

    maker = ScriptedMaker(meanwhile=late)
    outcome = report_runs.run_due(bench, staff=ADMINISTRATOR, maker=maker)
    assert maker.removed == ["made/daily_review/2026-10-07/0"], "nobody would ever look for it"
    assert (outcome.ended, [one.key for one in outcome.elsewhere]) == ((), ["2026-10-07"])
    (run,) = report_runs.list_runs(bench, staff=ADMINISTRATOR)
    assert run.failure is Failure.DEAD


def test_by_hand_as_often_as_one_likes_beside_the_schedule(bench: Office, clock: SettableClock) -> None:
    maker = ScriptedMaker()
    clock.set(at("2026-10-07 07:00"))
    report_runs.run_due(bench, staff=ADMINISTRATOR, maker=maker)

    def by_hand(day: date) -> ReportRun:
        return report_runs.run_by_hand(bench, staff=ADMINISTRATOR, maker=maker, report=DAILY, day=day)

    early = by_hand(date(2026, 10, 7))
    assert (early.attempt, early.as_of) == (1, clock.now())
    assert by_hand(date(2026, 10, 7)).attempt == 2
    assert by_hand(date(2026, 10, 4)).as_of == at("2026-10-04 08:00")
    clock.set(at("2026-10-07 08:00"))
    outcome = report_runs.run_due(bench, staff=ADMINISTRATOR, maker=maker)
    assert [(run.period.key, run.attempt) for run in outcome.ended] == [("2026-10-07", 0)]
    assert outcome.missed == ()


def test_what_cannot_be_made_by_hand_is_refused(bench: Office) -> None:
    def by_hand(report: ReportName, day: date) -> None:
        report_runs.run_by_hand(bench, staff=ADMINISTRATOR, maker=ScriptedMaker(), report=report, day=day)

    with pytest.raises(InputError, match="report-unknown"):
        by_hand(INTEGRITY, date(2026, 10, 7))
    with pytest.raises(InputError, match="report-day-ahead"):
        by_hand(DAILY, date(2026, 10, 8))


def test_only_who_may_runs_reports(bench: Office) -> None:
    for staff in (AUDITOR, HELPER):
        with pytest.raises(NotPermittedError):
            report_runs.run_due(bench, staff=staff, maker=ScriptedMaker())
        with pytest.raises(NotPermittedError):
            report_runs.run_by_hand(
                bench, staff=staff, maker=ScriptedMaker(), report=DAILY, day=jst_date(NOON)
            )
    with pytest.raises(NotPermittedError):
        report_runs.list_runs(bench, staff=HELPER)


def test_a_leap_year_day_by_day() -> None:
    """From April 2027 to March 2028 every period of six reports is run once, on its day."""
    clock = SettableClock(at("2027-04-01 00:00"))
    office, maker = told_office(MemoryStore(clock)), ScriptedMaker(reports=BY_CALENDAR)
    while clock.now() < at("2028-04-01 00:00"):
        report_runs.run_due(office, staff=ADMINISTRATOR, maker=maker)
        clock.advance(timedelta(hours=2))
    runs = report_runs.list_runs(office, staff=ADMINISTRATOR, limit=10_000)
    assert {run.state for run in runs} == {RunState.DONE}
    assert all(run.at - run.period.due < timedelta(hours=2) for run in runs)
    for name in BY_CALENDAR:
        mine = {run.period for run in runs if run.period.report is name}
        due = periods_due(
            PLANS[name],
            after=at("2027-03-31 23:59"),
            until=at("2028-03-31 23:59"),
            calendar=office.calendar,
        )
        assert mine == set(due)
    assert len(maker.asked) == len({run.id for run in maker.asked}) == len(runs)


def live_through(rolled: random.Random, begin: datetime) -> tuple[Office, list[ScriptedMaker], int]:
    """Sixty days in which two schedulers look at random moments; how many of their runs were killed."""
    clock = SettableClock(begin)
    office = told_office(MemoryStore(clock))
    killed = 0

    def dies() -> None:
        if rolled.random() < 0.2:
            raise KilledError

    makers = [ScriptedMaker(reports=BY_CALENDAR, meanwhile=dies) for _ in range(2)]
    while clock.now() < begin + timedelta(days=60):
        try:
            report_runs.run_due(office, staff=ADMINISTRATOR, maker=rolled.choice(makers))
        except KilledError:
            killed += 1
        clock.advance(timedelta(minutes=rolled.choice((1, 30, 300, 3_000, 20_000))))
    makers[0].meanwhile = None
    clock.advance(timedelta(hours=1))
    report_runs.run_due(office, staff=ADMINISTRATOR, maker=makers[0])
    return office, makers, killed


@pytest.mark.parametrize("seed", range(0, 200, 8))
def test_whatever_was_down_nothing_doubles_and_nothing_is_silently_missed(seed: int) -> None:
    """Eight patterns of downtime a seed."""
    for number in range(seed, seed + 8):
        rolled = random.Random(number)
        begin = datetime(2027, rolled.randint(1, 12), rolled.randint(1, 28), tzinfo=UTC)
        office, makers, killed = live_through(rolled, begin)
        runs = report_runs.list_runs(office, staff=ADMINISTRATOR, limit=10_000)
        asked = [run.id for maker in makers for run in maker.asked]
        assert len(asked) == len(set(asked)), number
        start = as_utc(datetime.combine(jst_date(begin), datetime.min.time(), tzinfo=JST))
        for name in BY_CALENDAR:
            due = periods_due(
                PLANS[name],
                after=start - timedelta(microseconds=1),
                until=office.clock.now(),
                calendar=office.calendar,
            )
            assert {run.period for run in runs if run.period.report is name} == set(due), (number, name)
        assert sum(run.failure is Failure.DEAD for run in runs) == killed == len(alarms(office))
        missed = {run.period.report for run in runs if run.state is RunState.MISSED}
        assert all(PLANS[report].catch_up is CatchUp.NEWEST for report in missed)


def test_the_trail_tells_each_step(bench: Office, clock: SettableClock) -> None:
    clock.set(at("2026-10-07 08:00"))
    report_runs.run_due(bench, staff=ADMINISTRATOR, maker=ScriptedMaker())
    with bench.uow() as uow:
        told = [(entry.event.tag, entry.event.subject.id, entry.event.by) for entry in uow.audit.list()]
    run = "daily_review/2026-10-07/0"
    assert told == [
        (EventTag.REPORT_SCHEDULED, "daily_review", ADMINISTRATOR.login),
        (EventTag.REPORT_STARTED, run, ADMINISTRATOR.login),
        (EventTag.REPORT_FINISHED, run, ADMINISTRATOR.login),
    ]


def test_an_import_is_reported_once_by_the_next_pass(bench: Office, clock: SettableClock) -> None:
    store = bench.uow
    assert isinstance(store, MemoryStore | SqlStore)
    maker = ScriptedMaker((ReportName.IMPORT_REPORT,))
    store.import_register(qualification(92), at=at("2026-10-06 10:00"))
    clock.set(at("2026-10-07 09:00"))
    assert report_runs.run_due(bench, staff=ADMINISTRATOR, maker=maker).ended == ()
    store.import_register(qualification(93), at=at("2026-10-07 10:00"))
    store.import_register(qualification(94), at=at("2026-10-07 10:00"))
    clock.set(at("2026-10-07 10:05"))
    for _ in range(2):
        report_runs.run_due(bench, staff=ADMINISTRATOR, maker=maker)
    store.import_register(qualification(95), at=at("2026-10-09 10:00"))
    clock.set(at("2026-10-12 10:05"))
    report_runs.run_due(bench, staff=ADMINISTRATOR, maker=maker)
    assert [(run.period.key, run.as_of) for run in maker.asked] == [
        ("2", at("2026-10-07 10:00")),
        ("3", at("2026-10-07 10:00")),
        ("4", at("2026-10-09 10:00")),
    ]
    (coming,) = report_standing.coming(bench, staff=AUDITOR, reports=maker.names())
    assert (coming.next, coming.last and coming.last.period.key) == (None, "4")


def test_by_hand_the_last_import_up_to_a_day_is_reported(bench: Office, clock: SettableClock) -> None:
    store = bench.uow
    assert isinstance(store, MemoryStore | SqlStore)
    maker = ScriptedMaker((ReportName.IMPORT_REPORT,))
    given = {"staff": ADMINISTRATOR, "maker": maker, "report": ReportName.IMPORT_REPORT}
    clock.set(at("2026-10-09 12:00"))
    store.import_register(qualification(92), at=at("2026-10-06 10:00"))
    store.import_register(qualification(93), at=at("2026-10-08 10:00"))
    with pytest.raises(InputError) as caught:
        report_runs.run_by_hand(bench, day=date(2026, 10, 5), **given)  # type: ignore[arg-type]  # each is what it wants
    assert caught.value.code == "report-no-import"
    for day, key in ((date(2026, 10, 7), "1"), (date(2026, 10, 9), "2"), (date(2026, 10, 8), "2")):
        run = report_runs.run_by_hand(bench, day=day, **given)  # type: ignore[arg-type]  # each is what it wants
        assert run.period.key == key
