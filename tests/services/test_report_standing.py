"""What stands beside the passes: outputs that go, alarms, the run before, what comes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.domain.events import EventTag
from ebidadmin.domain.report_periods import ReportName
from ebidadmin.domain.report_runs import Failure, ReportRun
from ebidadmin.errors import InputError, NotPermittedError
from ebidadmin.services import report_runs, report_standing
from ebidadmin.services.ports import Office
from tests.builders import ADMINISTRATOR, AUDITOR, HELPER, qualification
from tests.conftest import FreshDatabase
from tests.fakes import MemoryStore
from tests.services.test_report_runs import (
    DAILY,
    INTEGRITY,
    ScriptedMaker,
    alarms,
    at,
    die,
    killed,
    told_office,
)
from tests.sql_store import SqlStore


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def bench(request: pytest.FixtureRequest, fresh_database: FreshDatabase, clock: SettableClock) -> Office:
    """An office on each kind of store."""
    if request.param == "memory":
        return told_office(MemoryStore(clock))
    return told_office(SqlStore(fresh_database(request.param), clock))


def test_outputs_go_after_their_time_and_the_trail_says_so(bench: Office, clock: SettableClock) -> None:
    kept = replace(bench, settings=replace(bench.settings, report_keep=timedelta(days=2)))
    maker = ScriptedMaker(failure=Failure.CELL)
    clock.set(at("2026-10-07 08:00"))
    report_runs.run_due(kept, staff=ADMINISTRATOR, maker=maker)
    told = alarms(kept)
    maker.failure = None
    clock.set(at("2026-10-08 08:00"))
    report_runs.run_due(kept, staff=ADMINISTRATOR, maker=maker)
    clock.set(at("2026-10-10 07:59"))
    first, second = (f"made/daily_review/2026-10-0{day}/0" for day in (7, 8))
    maker.stuck = frozenset({first})
    done = report_runs.run_due(kept, staff=ADMINISTRATOR, maker=maker)
    assert [run.folder for run in done.stuck] == [first]
    assert done.did_something
    assert maker.removed == []
    maker.stuck = frozenset()
    clock.set(at("2026-10-10 08:01"))
    done = report_runs.run_due(kept, staff=ADMINISTRATOR, maker=maker)
    assert maker.removed == [first, second]
    assert [run.folder for run in done.removed] == ["", ""]
    assert report_runs.run_due(kept, staff=ADMINISTRATOR, maker=maker).removed == ()
    # That what a failed run left is gone is no second failure.
    assert alarms(kept) == told == ["daily_review/2026-10-07/0"]
    with kept.uow() as uow:
        entry = uow.audit.last()
    assert entry is not None
    assert entry.event.tag is EventTag.REPORT_OUTPUTS_REMOVED
    assert entry.event.before is not None
    assert entry.event.before["folder"] == second


def test_what_did_not_come_or_failed_is_seen_by_everybody(bench: Office, clock: SettableClock) -> None:
    maker = ScriptedMaker()
    clock.set(at("2026-10-07 07:00"))
    assert report_standing.standing(bench) == report_standing.Standing(absent=(), failed=())
    report_runs.run_due(bench, staff=ADMINISTRATOR, maker=maker)
    clock.set(at("2026-10-07 08:29"))
    assert report_standing.standing(bench).absent == ()
    clock.set(at("2026-10-07 08:31"))
    assert [period.key for period in report_standing.standing(bench).absent] == ["2026-10-07"]
    maker.failure = Failure.CELL
    report_runs.run_due(bench, staff=ADMINISTRATOR, maker=maker)
    standing = report_standing.standing(bench)
    assert standing.absent == ()
    assert [run.period.key for run in standing.failed] == ["2026-10-07"]
    maker.failure = None
    report_runs.run_by_hand(bench, staff=ADMINISTRATOR, maker=maker, report=DAILY, day=date(2026, 10, 7))
    assert report_standing.standing(bench).failed == ()


def test_a_run_that_died_is_an_alarm_also_where_no_scheduler_is_left(
    bench: Office, clock: SettableClock
) -> None:
    die(bench, clock, ScriptedMaker(meanwhile=killed))
    clock.set(at("2026-10-07 08:12"))
    assert report_standing.standing(bench) == report_standing.Standing(absent=(), failed=())
    clock.set(at("2026-10-07 08:13"))
    assert [run.period.key for run in report_standing.standing(bench).failed] == ["2026-10-07"]


def test_a_run_is_compared_with_the_last_one_of_the_period_before(
    bench: Office, clock: SettableClock
) -> None:
    maker = ScriptedMaker()
    for day in (7, 8, 9):
        clock.set(at(f"2026-10-0{day} 08:00"))
        report_runs.run_due(bench, staff=ADMINISTRATOR, maker=maker)
    again = report_runs.run_by_hand(
        bench, staff=ADMINISTRATOR, maker=maker, report=DAILY, day=date(2026, 10, 8)
    )
    runs = {run.period.key: run for run in report_runs.list_runs(bench, staff=AUDITOR) if not run.attempt}
    assert report_standing.before(bench, runs["2026-10-09"]) == again
    assert report_standing.before(bench, again) == runs["2026-10-07"]
    assert report_standing.before(bench, runs["2026-10-07"]) is None


def test_what_is_owed_is_told_without_a_trace(bench: Office, clock: SettableClock) -> None:
    reports = (DAILY, INTEGRITY)
    clock.set(at("2026-10-07 07:00"))
    assert report_standing.owed(bench, staff=AUDITOR, reports=reports) == ()
    with bench.uow() as uow:
        assert uow.audit.list() == ()
    report_runs.run_due(bench, staff=ADMINISTRATOR, maker=ScriptedMaker(reports))
    clock.set(at("2026-10-08 08:00"))
    owed = report_standing.owed(bench, staff=AUDITOR, reports=reports)
    assert [(one.period.report, one.period.key, one.runs) for one in owed] == [
        (DAILY, "2026-10-07", False),
        (INTEGRITY, "2026-10-08", True),
        (DAILY, "2026-10-08", True),
    ]
    outcome = report_runs.run_due(bench, staff=ADMINISTRATOR, maker=ScriptedMaker(reports))
    assert {run.period for run in outcome.missed} == {one.period for one in owed if not one.runs}
    assert {run.period for run in outcome.ended} == {one.period for one in owed if one.runs}
    with pytest.raises(NotPermittedError):
        report_standing.owed(bench, staff=HELPER, reports=reports)


def test_a_period_that_ran_or_any_import_is_made_again_by_its_name(
    bench: Office, clock: SettableClock
) -> None:
    store = bench.uow
    assert isinstance(store, MemoryStore | SqlStore)
    imports = ReportName.IMPORT_REPORT
    maker = ScriptedMaker((DAILY, imports))
    for number, hour in ((92, 9), (93, 10)):
        store.import_register(qualification(number), at=at(f"2026-10-07 {hour:02d}:00"))
    clock.set(at("2026-10-08 12:00"))
    report_runs.run_due(bench, staff=ADMINISTRATOR, maker=maker)

    def again(report: ReportName, period: str, **parameters: str) -> ReportRun:
        return report_runs.run_again(
            bench, staff=ADMINISTRATOR, maker=maker, report=report, period=period, parameters=parameters
        )

    first = again(imports, "1", rows="5")
    assert (first.period.key, first.attempt, first.as_of) == ("1", 1, at("2026-10-07 09:00"))
    assert report_runs.given(first) == {"rows": "5"}
    assert again(imports, "1").attempt == 2
    assert again(DAILY, "2026-10-08").as_of == at("2026-10-08 08:00")
    for report, period in ((imports, "3"), (DAILY, "2026-10-06"), (DAILY, "1"), (imports, "")):
        with pytest.raises(InputError) as caught:
            again(report, period)
        assert caught.value.code == "report-period-unknown"


def test_what_comes_by_the_calendar_is_told_ahead(bench: Office, clock: SettableClock) -> None:
    clock.set(at("2026-10-09 12:00"))
    reports = (DAILY, INTEGRITY, ReportName.IMPORT_REPORT)
    coming = report_standing.ahead(bench, reports=reports, until=at("2026-10-13 09:00"))
    assert [(one.report, one.key) for one in coming] == [
        *((INTEGRITY, f"2026-10-{day}") for day in (10, 11, 12, 13)),
        (DAILY, "2026-10-13"),
    ]
