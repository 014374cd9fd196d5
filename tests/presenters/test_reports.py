"""What the screen of reports says: the plan, the runs, one of them, what changed since the last, and how one is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

import pytest

from ebidadmin.clock import JST, SettableClock, as_utc
from ebidadmin.domain.report_periods import ReportName
from ebidadmin.domain.report_runs import Failure, ReportRun
from ebidadmin.errors import InputError, NotFoundError, Problem
from ebidadmin.presenters.reports import OpenRun, Reports
from ebidadmin.reference.calendar import build_calendar
from ebidadmin.services import report_runs
from ebidadmin.services.report_ports import Made, ParameterField, ParameterValue
from tests.builders import ADMINISTRATOR, HELPER, NOON, TANAKA
from tests.fakes import MemoryStore
from tests.fakes import office as made_office
from tests.makers import NothingLeft

ROWS = ParameterField(name="rows", kind="int", default="60", required=False)


@dataclass
class ScriptedReports(NothingLeft):
    """Leaves two files and a figure for each run; the figure grows by one with each."""

    failure: Failure | None = None
    made: dict[str, float] = field(default_factory=dict)
    given: list[Mapping[str, ParameterValue]] = field(default_factory=list)

    def names(self) -> tuple[ReportName, ...]:
        return (ReportName.DAILY_REVIEW, ReportName.IMPORT_REPORT)

    def fields(self, report: ReportName) -> tuple[ParameterField, ...]:
        return (ROWS,)

    def check(self, report: ReportName, parameters: Mapping[str, str]) -> Mapping[str, ParameterValue]:
        if not all(value.isdigit() for value in parameters.values()):
            raise InputError("report-parameters", [Problem("rows", "parameter-type", {"wanted": "int"})])
        return {name: int(value) for name, value in parameters.items()}

    def make(self, run: ReportRun, parameters: Mapping[str, ParameterValue]) -> Made:
        self.given.append(parameters)
        if self.failure is not None:
            return Made(folder="", failure=self.failure, detail="cell 3: ValueError")
        self.made[run.id] = 10.0 + len(self.made)
        return Made(folder=run.id)

    def files(self, run: ReportRun) -> tuple[str, ...]:
        return ("a.html", "a.pdf") if run.id in self.made else ()

    def read(self, run: ReportRun, name: str) -> bytes:
        if name not in self.files(run):
            raise NotFoundError("report-output-gone", id=run.id, name=name)
        return f"{run.id} {name}".encode()

    def figures(self, run: ReportRun) -> Mapping[str, float]:
        found = self.made.get(run.id)
        if found is None:
            return {}
        return {"待っている申請": found} | ({"今だけ": 1.0} if found > 10 else {})


def tone(screen: Reports) -> str | None:
    return None if screen.notice is None else screen.notice.tone


def opened(screen: Reports) -> OpenRun:
    assert screen.open is not None
    return screen.open


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock(NOON)


@pytest.fixture
def maker() -> ScriptedReports:
    return ScriptedReports()


@pytest.fixture
def screen(maker: ScriptedReports, clock: SettableClock) -> Reports:
    """Two days' reports were made, and the import's never."""
    office = made_office(MemoryStore(clock), calendar=build_calendar())
    for day in (7, 8):
        clock.set(as_utc(datetime(2026, 10, day, 8, 5, tzinfo=JST)))
        report_runs.run_due(office, staff=ADMINISTRATOR, maker=maker)
    made = Reports(office, staff=TANAKA, maker=maker)
    made.refresh()
    return made


def test_the_plan_says_when_each_comes_and_how_the_last_one_ended(screen: Reports) -> None:
    daily, imports = sorted(screen.plan, key=lambda one: one[0] != "審査の日報")
    assert daily == ("審査の日報", "毎開庁日", "2026/10/09(金) 8:00", "令和8年10月8日", "作成済み")
    assert imports == ("取込の報告", "取込のたび", "-", "まだ作られていません", "")
    assert [day for day, _ in screen.ahead][:2] == ["2026/10/09(金) 8:00", "2026/10/13(火) 8:00"]


def test_a_run_is_opened_with_its_files_and_what_changed(screen: Reports, maker: ScriptedReports) -> None:
    assert [line.period for line in screen.lines] == ["令和8年10月8日", "令和8年10月7日"]
    screen.open_run(screen.lines[0].id)
    assert [name for name, _ in opened(screen).files] == ["a.html", "a.pdf"]
    assert opened(screen).compared == (("待っている申請", "11", "10", "+1"),)
    assert "令和8年10月7日" in opened(screen).before
    assert screen.file("a.pdf") == b"daily_review/2026-10-08/0 a.pdf"
    assert tone(screen) == "success"
    maker.made.clear()
    assert screen.file("a.pdf") is None
    assert tone(screen) == "error"
    screen.open_run(screen.lines[1].id)
    assert opened(screen).compared == ()
    screen.close_run()
    assert screen.file("a.pdf") is None


def test_one_report_alone_is_listed(screen: Reports) -> None:
    screen.choose("import_report")
    assert screen.lines == ()
    screen.choose("")
    assert len(screen.lines) == 2


def test_a_report_is_made_by_hand_and_opened(screen: Reports, maker: ScriptedReports) -> None:
    order = screen.begin("daily_review", "2026-10-07", {"rows": "5"})
    assert order is not None
    assert order.day == date(2026, 10, 7)
    assert screen.begin("daily_review", "", {}) is None
    assert tone(screen) == "warning"
    screen.make(order)
    assert (opened(screen).line.id, maker.given[-1]) == ("daily_review/2026-10-07/1", {"rows": 5})
    assert tone(screen) == "success"
    assert len(screen.lines) == 3


def test_what_was_made_can_be_read_whatever_the_list_shows(screen: Reports) -> None:
    screen.choose("import_report")
    order = screen.begin("daily_review", "2026-10-07", {})
    assert order is not None
    screen.make(order)
    assert screen.lines == ()
    assert screen.file("a.pdf") == b"daily_review/2026-10-07/1 a.pdf"
    screen.close_run()
    assert (screen.open, screen.file("a.pdf")) == (None, None)


def test_what_cannot_be_made_is_said_in_words(screen: Reports, maker: ScriptedReports) -> None:
    for day, rows, wanted in (("soon", "5", "error"), ("", "many", "error")):
        assert screen.begin("daily_review", day, {"rows": rows}) is None
        assert tone(screen) == wanted
        assert screen.making is None
    order = screen.begin("daily_review", "2027-01-01", {})
    assert order is not None
    screen.make(order)
    assert tone(screen) == "error"
    maker.failure = Failure.CELL
    order = screen.begin("daily_review", "", {})
    assert order is not None
    screen.make(order)
    assert [value for _, value in opened(screen).facts][1] == "cell 3: ValueError"
    assert (opened(screen).files, "作成できませんでした" in opened(screen).no_files) == ((), True)
    with pytest.raises(RuntimeError):
        screen.make(order)


def test_a_run_of_the_list_is_made_again_for_the_same_period_with_the_same_parameters(
    screen: Reports, maker: ScriptedReports
) -> None:
    assert screen.begin_again() is None
    order = screen.begin("daily_review", "2026-10-07", {"rows": "5"})
    assert order is not None
    screen.make(order)
    assert ("表に載せる行数(残りはExcelに載ります)", "5") in opened(screen).facts
    order = screen.begin_again()
    assert order is not None
    assert screen.begin_again() is None
    screen.make(order)
    assert (opened(screen).line.id, maker.given[-1]) == ("daily_review/2026-10-07/2", {"rows": 5})


def test_what_another_computer_made_is_said_to_be_there(screen: Reports, maker: ScriptedReports) -> None:
    maker.here = "another computer"
    screen.open_run(screen.lines[0].id)
    assert "別のパソコン" in opened(screen).no_files
    assert screen.file("a.pdf") is None
    assert screen.notice is not None
    assert "別のパソコン" in screen.notice.text


def test_whoever_may_not_read_the_trail_sees_nothing_of_it(
    maker: ScriptedReports, clock: SettableClock
) -> None:
    office = made_office(MemoryStore(clock), calendar=build_calendar())
    seen = Reports(office, staff=HELPER, maker=maker)
    seen.refresh()
    assert (seen.plan, seen.lines) == ((), ())
    assert tone(seen) == "error"
    assert seen.begin("daily_review", "", {}) is None
