"""What runs left: whose it is, how long it is kept, who takes it; the trail tells of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from hashlib import sha256

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.domain.events import Event, EventTag
from ebidadmin.domain.report_periods import ReportName
from ebidadmin.domain.report_runs import Failure, ReportRun
from ebidadmin.domain.staff import Role, Staff
from ebidadmin.errors import NotFoundError, NotPermittedError
from ebidadmin.services import report_outputs, report_runs
from ebidadmin.services.ports import Office
from tests.builders import ADMINISTRATOR, AUDITOR, HELPER
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

IMPORTER = Staff("ito", frozenset({Role.IMPORTER}))


@dataclass
class Shelf(ScriptedMaker):
    """A maker whose runs leave a file."""

    content: Mapping[str, bytes] = field(default_factory=lambda: {"a.html": b"<p>"})

    def files(self, run: ReportRun) -> tuple[str, ...]:
        return tuple(self.content)

    def read(self, run: ReportRun, name: str) -> bytes:
        if name not in self.content:
            raise NotFoundError("report-output-gone", id=run.id, name=name)
        return self.content[name]


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def bench(request: pytest.FixtureRequest, fresh_database: FreshDatabase, clock: SettableClock) -> Office:
    """An office on each kind of store."""
    if request.param == "memory":
        return told_office(MemoryStore(clock))
    return told_office(SqlStore(fresh_database(request.param), clock))


def last_event(office: Office) -> Event:
    with office.uow() as uow:
        entry = uow.audit.last()
    assert entry is not None
    return entry.event


def test_each_computer_removes_what_it_made(bench: Office, clock: SettableClock) -> None:
    """Two share a database, each with outputs of its own: none says of the other's that they are gone."""
    office = replace(bench, settings=replace(bench.settings, report_keep=timedelta(days=2)))
    first, second = ScriptedMaker(here="pc-a"), ScriptedMaker((INTEGRITY,), here="pc-b")
    clock.set(at("2026-10-07 08:00"))
    report_runs.run_due(office, staff=ADMINISTRATOR, maker=first)
    report_runs.run_due(office, staff=ADMINISTRATOR, maker=second)
    clock.set(at("2026-10-10 05:00"))
    done = report_runs.run_due(office, staff=ADMINISTRATOR, maker=second)
    assert [run.period.report for run in done.removed] == [INTEGRITY]
    assert (first.removed, second.removed) == ([], ["made/audit_integrity/2026-10-07/0"])
    done = report_runs.run_due(office, staff=ADMINISTRATOR, maker=first)
    assert first.removed == ["made/daily_review/2026-10-07/0"]
    assert [run.place for run in done.removed] == ["pc-a"]


def test_of_a_killed_run_the_notebook_is_kept_where_it_ran_whoever_found_it_dead(
    bench: Office, clock: SettableClock
) -> None:
    office = replace(bench, settings=replace(bench.settings, report_keep=timedelta(days=2)))
    first, second = ScriptedMaker(here="pc-a", meanwhile=killed), ScriptedMaker(here="pc-b")
    die(office, clock, first)
    run = "daily_review/2026-10-07/0"
    first.left, first.meanwhile, second.left = {run: "x_failed"}, None, {run: "not its own"}
    clock.advance(timedelta(minutes=13))
    (dead,) = report_runs.run_due(office, staff=ADMINISTRATOR, maker=second).dead
    assert (dead.id, dead.failure, dead.folder) == (run, Failure.DEAD, "")
    assert report_runs.run_due(office, staff=ADMINISTRATOR, maker=first).dead == ()
    (kept,) = report_runs.list_runs(office, staff=AUDITOR)
    assert (kept.folder, kept.state, last_event(office).tag) == (
        "x_failed",
        dead.state,
        EventTag.REPORT_NOTEBOOK_KEPT,
    )
    assert alarms(office) == [run]
    clock.set(at("2026-10-10 07:59"))
    report_runs.run_due(office, staff=ADMINISTRATOR, maker=first)
    assert "x_failed" in first.removed
    assert alarms(office) == [run]


def test_where_it_ran_a_dead_run_is_found_with_its_notebook(bench: Office, clock: SettableClock) -> None:
    maker = ScriptedMaker(meanwhile=killed)
    die(bench, clock, maker)
    maker.left = {"daily_review/2026-10-07/0": "x_failed"}
    clock.advance(timedelta(minutes=13))
    (dead,) = report_runs.run_due(bench, staff=ADMINISTRATOR, maker=maker).dead
    assert dead.folder == "x_failed"


@pytest.mark.parametrize(
    ("report", "may", "may_not"),
    [
        (DAILY, (AUDITOR,), (ADMINISTRATOR, HELPER, IMPORTER)),
        (INTEGRITY, (AUDITOR, ADMINISTRATOR), (HELPER, IMPORTER)),
    ],
)
def test_who_takes_a_file_is_told_of_first_and_may(
    bench: Office,
    clock: SettableClock,
    report: ReportName,
    may: tuple[Staff, ...],
    may_not: tuple[Staff, ...],
) -> None:
    shelf = Shelf((report,))
    clock.set(at("2026-10-07 08:00"))
    (run,) = report_runs.run_due(bench, staff=ADMINISTRATOR, maker=shelf).ended
    for staff in may:
        content = report_outputs.take(bench, staff=staff, outputs=shelf, run=run, name="a.html")
        event = last_event(bench)
        assert (event.tag, event.by, event.subject.id) == (EventTag.REPORT_TAKEN, staff.login, run.id)
        assert event.facts == {"file": "a.html", "digest": sha256(content).hexdigest()}
    for staff in may_not:
        with pytest.raises(NotPermittedError):
            report_outputs.take(bench, staff=staff, outputs=shelf, run=run, name="a.html")
        assert (last_event(bench).tag, last_event(bench).by) == (
            EventTag.REFUSED_NOT_PERMITTED,
            staff.login,
        )
        with pytest.raises(NotPermittedError):
            report_outputs.calculate(
                bench, staff=staff, report=report, as_of=at("2026-10-07 08:00"), period=""
            )


def test_what_is_not_there_is_not_told_as_taken(bench: Office, clock: SettableClock) -> None:
    shelf = Shelf()
    clock.set(at("2026-10-07 08:00"))
    (run,) = report_runs.run_due(bench, staff=ADMINISTRATOR, maker=shelf).ended
    before = last_event(bench)
    with pytest.raises(NotFoundError, match="report-output-gone"):
        report_outputs.take(bench, staff=AUDITOR, outputs=shelf, run=run, name="b.html")
    shelf.here = "another computer"
    with pytest.raises(NotFoundError, match="report-output-elsewhere"):
        report_outputs.take(bench, staff=AUDITOR, outputs=shelf, run=run, name="a.html")
    assert last_event(bench) == before


def test_whoever_calculates_with_the_numbers_is_told_of(bench: Office) -> None:
    moment = at("2026-10-07 08:00")
    report_outputs.calculate(bench, staff=AUDITOR, report=DAILY, as_of=moment, period="2026-10-07")
    event = last_event(bench)
    assert (event.tag, event.subject.id, event.by) == (EventTag.REPORT_TAKEN, "daily_review", AUDITOR.login)
    assert event.facts == {"form": "frames", "as_of": moment.isoformat(), "period": "2026-10-07"}
