"""Reports on the command line: what is refused, what is tried, what is listed."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, nullcontext
from datetime import timedelta
from pathlib import Path

import pytest

from ebidadmin.bootstrap import open_desk
from ebidadmin.cli.interrupts import stop_requested
from ebidadmin.clock import SettableClock, SystemClock, jst_date
from ebidadmin.config import CONFIG_NAME
from ebidadmin.domain.report_periods import ReportName
from ebidadmin.domain.report_runs import Failure
from ebidadmin.errors import StorageError
from ebidadmin.services import report_runs
from tests.acceptance.conftest import Ebid
from tests.builders import ADMINISTRATOR
from tests.cli.office_life import state
from tests.services.test_report_runs import ScriptedMaker


def test_a_report_is_tried_without_a_trace(desk: Path, ebid: Ebid) -> None:
    before = state(desk)
    tried = ebid("report", "run", "daily_review", "--set", "rows=5", "--dry-run", "--desk", desk)
    name, period, made, parameters = tried.out.rstrip("\n").split("\t")
    assert (tried.code, name, made, parameters) == (0, "daily_review", "not made yet", "rows=5")
    assert len(period) == len("2026-10-07")
    assert ebid("schedule", "run", "--dry-run", "--desk", desk).code == 0
    assert ebid("schedule", "run", "--dry-run", "--json", "--desk", desk).value.keys() == {"due"}
    assert state(desk) == before
    assert not (desk / "report-outputs").exists()


@pytest.mark.parametrize("locale", ["C.UTF-8", "ja_JP.UTF-8"])
def test_parameters_are_refused_with_a_sentence_each_before_anything_runs(
    desk: Path, ebid: Ebid, monkeypatch: pytest.MonkeyPatch, locale: str
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    given = ("--set", "pin=123456", "--set", "nothing=1", "--set", "rows=many")
    answer = ebid("report", "run", "daily_review", *given, "--desk", desk)
    assert (answer.code, answer.out) == (1, "")
    assert len(answer.err.splitlines()) == 4
    assert "123456" not in answer.err
    assert ebid("report", "list", "--json", "--desk", desk).value == []
    assert ebid("report", "run", "daily_review", "--set", "rows", "--desk", desk).code == 2


def test_a_trial_says_whether_a_period_was_made_before(desk: Path, ebid: Ebid) -> None:
    with closing(open_desk(desk)) as opened:
        maker = ScriptedMaker(failure=Failure.CELL)
        # Its time has come, whatever hour it is now.
        day = jst_date(SystemClock().now()) - timedelta(days=7)
        run = report_runs.run_by_hand(
            opened.office, staff=ADMINISTRATOR, maker=maker, report=ReportName.DAILY_REVIEW, day=day
        )
    given = ("report", "run", "daily_review", "--period", run.period.key, "--dry-run", "--desk", desk)
    assert ebid(*given, "--json").value == {
        "report": "daily_review",
        "parameters": {},
        "period": run.period.key,
        "as_of": run.as_of.isoformat(),
        "last": run.id,
        "state": "failed",
    }
    assert ebid(*given).out == f"daily_review\t{run.period.key}\t{run.id} failed\n"


def test_what_is_not_there_is_refused(desk: Path, ebid: Ebid) -> None:
    missing = ebid("report", "run", "import_report", "--date", "2020-01-01", "--desk", desk)
    assert (missing.code, "2020-01-01" in missing.err) == (1, True)
    assert ebid("report", "run", "nothing", "--desk", desk).code == 2
    assert ebid("report", "run", "daily_review", "--date", "2999-01-01", "--desk", desk).code == 1
    assert ebid("report", "run", "daily_review", "--date", "soon", "--desk", desk).code == 2


def test_what_is_owed_is_listed_and_nothing_is_made(desk: Path, ebid: Ebid) -> None:
    assert ebid("report", "due", "--json", "--desk", desk).value == []
    with closing(open_desk(desk, clock=SettableClock(SystemClock().now() - timedelta(days=40)))) as opened:
        report_runs.due(opened.office, tuple(ReportName), staff=ADMINISTRATOR)
    before = state(desk)
    owed = ebid("report", "due", "--json", "--desk", desk).value
    integrity = [one for one in owed if one["report"] == "audit_integrity"]
    assert [one["would"] for one in integrity] == ["miss"] * (len(integrity) - 1) + ["run"]
    assert len(integrity) >= 40
    lines = ebid("report", "due", "--desk", desk).out.splitlines()
    assert len(lines) == len(owed)
    assert all(len(line.split("\t")) == 4 for line in lines)
    assert state(desk) == before
    assert not (desk / "report-outputs").exists()


@pytest.mark.parametrize("locale", ["C.UTF-8", "ja_JP.UTF-8"])
def test_a_period_that_is_none_is_refused_with_a_sentence(
    desk: Path, ebid: Ebid, monkeypatch: pytest.MonkeyPatch, locale: str
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    for report, period in (("import_report", "999999"), ("daily_review", "2020-01-01")):
        answer = ebid("report", "run", report, "--period", period, "--desk", desk)
        assert (answer.code, answer.out, period in answer.err) == (1, "", True)
        tried = ebid("report", "run", report, "--period", period, "--dry-run", "--desk", desk)
        assert (tried.code, tried.out, period in tried.err) == (1, "", True)
    both = ("--period", "1", "--date", "2026-10-07")
    assert ebid("report", "run", "import_report", *both, "--desk", desk).code == 2


def test_the_schedule_says_what_comes(desk: Path, ebid: Ebid) -> None:
    listed = ebid("schedule", "list", "--json", "--desk", desk).value
    (daily,) = [one for one in listed if one["report"] == "daily_review"]
    assert daily["next"].endswith("T23:00:00+00:00")
    assert (daily["last"], daily["state"]) == (None, None)


@pytest.mark.parametrize(
    ("line", "setting"),
    [
        ("time_limit_minutes = 0", "reports.time_limit_minutes"),
        ("keep_days = -1", "reports.keep_days"),
        ('folder = "../elsewhere"', "reports.folder"),
        ('alarm_to = ["nobody"]', "reports.alarm_to"),
        ('alarm_to = ["a@x.jp, b@x.jp"]', "reports.alarm_to"),
    ],
)
def test_settings_that_cannot_work_are_named(desk: Path, ebid: Ebid, line: str, setting: str) -> None:
    file = desk / CONFIG_NAME
    name = line.partition(" =")[0]
    before, _, rest = file.read_text(encoding="utf-8").partition("[reports]")
    lines = [line if one.startswith(f"{name} =") else one for one in rest.splitlines()]
    file.write_text(before + "[reports]" + "\n".join(lines), encoding="utf-8")
    refused = ebid("report", "list", "--desk", desk)
    assert (refused.code, setting in refused.err) == (1, True)


class Paces:
    """Stands for the request to stop: set after so many waits, which take no time."""

    def __init__(self, passes: int) -> None:
        self.left, self.waited = passes, list[float]()

    def is_set(self) -> bool:
        return not self.left

    def wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.left -= 1


def test_the_resident_schedule_goes_on_until_it_is_stopped_and_beyond_what_is_in_its_way(
    desk: Path, ebid: Ebid, monkeypatch: pytest.MonkeyPatch
) -> None:
    paces, passes = Paces(3), list[str]()

    def once(*_: object, **__: object) -> report_runs.Pass:
        passes.append("pass")
        if len(passes) == 2:
            raise StorageError("storage-locked")
        return report_runs.Pass()

    monkeypatch.setattr(sys.modules["ebidadmin.cli.report"], "stop_requested", lambda: nullcontext(paces))
    monkeypatch.setattr(report_runs, "run_due", once)
    answer = ebid("schedule", "serve", "--every", "7", "--desk", desk)
    assert (answer.code, answer.out, len(passes)) == (0, "", 3)
    assert paces.waited == [420, 420, 420]
    assert len(answer.err.splitlines()) == 2
    assert ebid("schedule", "serve", "--every", "0", "--desk", desk).code == 2
    tried = ebid("schedule", "serve", "--every", "7", "--dry-run", "--desk", desk)
    assert (tried.code, "7" in tried.out, len(passes)) == (0, True, 3)


@pytest.mark.parametrize("command", [("run",), ("serve",)])
def test_mails_about_failures_leave_while_the_pass_goes_on(
    desk: Path, ebid: Ebid, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    order: list[str] = []

    def passes(*_: object, failed: Callable[[tuple[object, ...]], None], **__: object) -> report_runs.Pass:
        failed(())
        order.append("the rest of the pass")
        return report_runs.Pass()

    module = sys.modules["ebidadmin.cli.report"]
    monkeypatch.setattr(module, "stop_requested", lambda: nullcontext(Paces(1)))
    monkeypatch.setattr(module, "dispatch_mails", lambda run: order.append("mailed"))
    monkeypatch.setattr(report_runs, "run_due", passes)
    assert ebid("schedule", *command, "--desk", desk).code == 0
    assert order == ["mailed", "the rest of the pass"]


@pytest.fixture
def listening() -> Iterator[None]:
    """Whoever starts the tests in the background has some signals ignored."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    for number in before:
        signal.signal(number, signal.default_int_handler)
    yield
    for number, was in before.items():
        signal.signal(number, was)


@pytest.mark.usefixtures("listening")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_request_to_stop_is_heard_once_and_then_means_what_it_always_means(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with stop_requested() as stop:
        assert not stop.is_set()
        os.kill(os.getpid(), number)
        assert stop.wait(10)
        assert signal.getsignal(number) is before
    assert signal.getsignal(number) is before


@pytest.mark.usefixtures("listening")
def test_a_terminal_that_hangs_up_asks_to_stop_however_often_it_says_so() -> None:
    before = signal.getsignal(signal.SIGHUP)
    with stop_requested() as stop:
        for _ in range(2):
            os.kill(os.getpid(), signal.SIGHUP)
            assert stop.wait(10)
    assert signal.getsignal(signal.SIGHUP) is before
