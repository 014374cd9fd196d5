"""A scheduler that is killed in the middle of a report: nothing of it goes on, the next pass finds it and keeps its notebook."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from ebidadmin.bootstrap import open_desk
from ebidadmin.cli.foundation import create_desk
from ebidadmin.clock import SettableClock, SystemClock
from ebidadmin.domain.report_periods import ReportName
from ebidadmin.domain.report_runs import Failure
from ebidadmin.report_making.maker import NotebookMaker
from ebidadmin.services import report_runs
from tests.builders import ADMINISTRATOR
from tests.waiting import wait_until

HANGS = "import os, threading\nopen('kernel', 'w').write(str(os.getpid()))\nthreading.Event().wait()"


class OnlyLooks(NotebookMaker):
    """Of whom no report is due."""

    def names(self) -> tuple[ReportName, ...]:
        return ()


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """One whose daily report never ends."""
    made = tmp_path / "desk"
    create_desk(made, demo=False, progress=lambda step: None)
    notebook = made / "reports" / "daily_review.ipynb"
    plain = json.loads(notebook.read_text(encoding="utf-8"))
    plain["cells"] = plain["cells"][1:3]
    plain["cells"][1]["source"] = HANGS
    notebook.write_text(json.dumps(plain), encoding="utf-8")
    return made


def alive(process: int) -> bool:
    """Whether it runs; one that is dead and was not asked after does not."""
    try:
        return " Z " not in Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False


def test_nothing_goes_on_and_the_next_pass_keeps_what_was_written(desk: Path) -> None:
    command = [sys.executable, "-m", "ebidadmin", "report", "run", "daily_review", "--desk", str(desk)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as started:
        kernel = desk / "kernel"
        wait_until(
            lambda: kernel.is_file() and kernel.read_text(encoding="utf-8") != "",
            what="a kernel that runs the report",
            seconds=120,
        )
        os.kill(started.pid, signal.SIGKILL)
    wait_until(
        lambda: not alive(int(kernel.read_text(encoding="utf-8"))), what="the end of the kernel", seconds=60
    )
    clock = SettableClock(SystemClock().now() + timedelta(minutes=13))
    with closing(open_desk(desk, clock=clock)) as opened:
        maker = OnlyLooks(opened)
        assert list(maker.folder.glob(".*.unfinished"))
        (dead,) = report_runs.run_due(opened.office, staff=ADMINISTRATOR, maker=maker).dead
        assert dead.failure is Failure.DEAD
        assert dead.folder.endswith("_failed")
        assert maker.files(dead) == ("notebook.ipynb",)
        assert not list(maker.folder.glob(".*"))
