"""An import from a terminal: how far it is, whom it concerns, and what an interrupt leaves behind: nothing."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import func, select

from ebidadmin.bootstrap import open_desk
from ebidadmin.cli.interrupts import interrupts_asked
from ebidadmin.cli.progress import RowsDone
from ebidadmin.clock import SettableClock
from ebidadmin.intake.csv import write_register
from ebidadmin.persistence.schema_register import ImportRunRow
from ebidadmin.services import follow_up, qualification_import
from tests import builders
from tests.acceptance.conftest import Ebid
from tests.cli.held import HELD
from tests.cli.test_commands import REGISTER, SUPPLIER
from tests.imports.office import LAYOUTS
from tests.intake.workbooks import workbook
from tests.needs import ROOT


def left_behind(desk: Path) -> int:
    """Previews that are still staged."""
    with closing(open_desk(desk)) as opened, opened.engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(ImportRunRow)).scalar_one())


def test_whom_an_import_concerns_is_listed(office: Path, ebid: Ebid) -> None:
    file = office / "inbox" / "b.csv"
    file.write_text(REGISTER.replace("商会01", "商会99"), encoding="utf-8")
    call = ("qualification", "import", file, "--layout", "ebidadmin", "--dry-run", "--desk", office)
    value = ebid(*call, "--touched", "--json").value
    [one] = value["touched_suppliers"]
    assert (one["supplier_number"], one["reasons"]) == (SUPPLIER, ["trade_name"])
    assert (one["registered"], one["application_number"]) == (False, "A1")
    assert "touched_suppliers" not in ebid(*call, "--json").value
    lines = ebid(*call, "--touched").out.splitlines()
    assert [line for line in lines if SUPPLIER in line and "A1" in line]
    assert left_behind(office) == 0


def test_problems_of_a_workbook_come_back_as_a_workbook(desk: Path, ebid: Ebid) -> None:
    file = workbook(desk / "inbox" / "a.xlsx", [["業者番号", "商号又は名称"], ["190000092", None]])
    back = desk / "back.xlsx"
    call = ("qualification", "import", file, "--layout", "ebidadmin", "--desk", desk, "--problems-to")
    assert ebid(*call, back).code == 1
    assert openpyxl.load_workbook(back).active["C2"].value == "エラー 商号又は名称"
    refused = ebid(*call, desk / "back.txt")
    assert refused.code == 1
    assert not (desk / "back.txt").exists()
    assert left_behind(desk) == 0


def test_an_interrupt_while_checking_leaves_nothing(
    office: Path, ebid: Ebid, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_self: RowsDone, _done: int, _total: int | None) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(RowsDone, "__call__", interrupt)
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    file = office / "inbox" / "b.csv"
    file.write_text(REGISTER.replace("商会01", "商会99"), encoding="utf-8")
    stopped = ebid("qualification", "import", file, "--layout", "ebidadmin", "--yes", "--desk", office)
    assert (stopped.code, stopped.err) == (1, "取込を中止しました。何も変わっていません。\n")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    stopped = ebid("qualification", "import", file, "--layout", "ebidadmin", "--yes", "--desk", office)
    assert stopped.err == "The import was stopped. Nothing was changed.\n"
    assert left_behind(office) == 0
    assert "商会01" in ebid("qualification", "show", SUPPLIER, "--desk", office).out


@pytest.mark.parametrize("late", [False, True])
def test_an_interrupt_while_applying_is_told_as_what_it_was(
    office: Path, ebid: Ebid, monkeypatch: pytest.MonkeyPatch, late: bool
) -> None:
    real = qualification_import.apply

    def interrupted(*arguments: object, **options: object) -> object:
        if late:
            real(*arguments, **options)  # type: ignore[arg-type]  # passed on as they came
        raise KeyboardInterrupt

    monkeypatch.setattr(qualification_import, "apply", interrupted)
    file = office / "inbox" / "b.csv"
    file.write_text(REGISTER.replace("商会01", "商会99"), encoding="utf-8")
    answer = ebid("qualification", "import", file, "--layout", "ebidadmin", "--yes", "--desk", office)
    shown = ebid("qualification", "show", SUPPLIER, "--desk", office).out
    assert (answer.code, "商会99" in shown) == ((0, True) if late else (1, False))
    assert left_behind(office) == 0


@pytest.mark.parametrize("held", ["stage", "finish", "diff", "touched_count"])
def test_control_c_in_a_real_terminal(desk: Path, tmp_path: Path, held: str) -> None:
    """The program waits within one step until it has been interrupted, wherever the machine's speed would have brought it."""
    file = tmp_path / "many.csv"
    records = (builders.qualification(n, corporate_number="") for n in range(1, 100))
    write_register(file, records, LAYOUTS["ebidadmin"], ())
    ours, theirs = pty.openpty()
    goes_on, wait = os.pipe()
    command = ["-m", "tests.cli.held", held, str(goes_on)]
    arguments = ["qualification", "import", str(file), "--layout", "ebidadmin", "--yes", "--desk", str(desk)]
    process = subprocess.Popen(
        [sys.executable, *command, *arguments],
        cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs, text=True,
        env={**os.environ, "LC_ALL": "C.UTF-8"}, pass_fds=[goes_on],
    )  # fmt: skip
    os.close(theirs)
    told = b""
    while HELD.encode() not in told:
        told += os.read(ours, 4096)
    process.send_signal(signal.SIGINT)
    os.close(wait)
    out, _ = process.communicate()
    try:
        while piece := os.read(ours, 4096):
            told += piece
    except OSError:
        # The other end of the terminal is closed.
        pass
    os.close(ours)
    os.close(goes_on)
    assert (process.returncode, out) == (1, "")
    assert b"checking: 100 of 100 rows" in told
    assert b"stopped. Nothing was changed." in told
    assert b"Traceback" not in told
    assert left_behind(desk) == 0


@pytest.fixture
def interruptible() -> Iterator[None]:
    """As in a terminal: a test run that was started in the background ignores the signal."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_control_c_while_applying_changes_nothing(
    office: Path, ebid: Ebid, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = follow_up.recompute_touched

    def interrupted(*arguments: object, **options: object) -> object:
        signal.raise_signal(signal.SIGINT)
        return real(*arguments, **options)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(follow_up, "recompute_touched", interrupted)
    file = office / "inbox" / "b.csv"
    file.write_text(REGISTER.replace("商会01", "商会99"), encoding="utf-8")
    answer = ebid("qualification", "import", file, "--layout", "ebidadmin", "--yes", "--desk", office)
    shown = ebid("qualification", "show", SUPPLIER, "--desk", office).out
    assert (answer.code, "商会99" in shown, left_behind(office)) == (1, False, 0)


@pytest.mark.usefixtures("interruptible")
def test_work_in_the_background_takes_no_control_c_for_its_own() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with interrupts_asked() as asked:
        signal.raise_signal(signal.SIGINT)
        assert not asked()
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


@pytest.mark.usefixtures("interruptible")
def test_a_second_control_c_interrupts_at_once() -> None:
    with pytest.raises(KeyboardInterrupt), interrupts_asked() as asked:  # noqa: PT012 - the first one must not raise
        signal.raise_signal(signal.SIGINT)
        assert asked()
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_the_line_is_rewritten_on_a_terminal_and_tells_what_is_left(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    clock = SettableClock(builders.NOON)
    told = RowsDone(clock, "checking")
    told(1000, 100_000)
    clock.advance(timedelta(seconds=10))
    told(10_000, 100_000)
    clock.advance(timedelta(seconds=90))
    told(100_000, 100_000)
    told.end()
    first, second, last = capsys.readouterr().err.removeprefix("\r").split("\r")
    assert first == "checking: 1,000 of 100,000 rows"
    assert second == "checking: 10,000 of 100,000 rows, about 90 s left".replace("90 s", "2 min")
    assert last == "checking: 100,000 of 100,000 rows".ljust(len(second)) + "\n"


def test_elsewhere_a_plain_line_comes_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    clock = SettableClock(builders.NOON)
    told = RowsDone(clock, "checking")
    for done in range(1000, 31_000, 1000):
        clock.advance(timedelta(seconds=1))
        told(done, None)
    told.end()
    assert capsys.readouterr().err.splitlines() == [f"checking: {n},000 rows" for n in (10, 20, 30)]
