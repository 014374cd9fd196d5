"""Each report of the made-up office, from a desk that nothing ran on before, beside a notebook that does nothing.

Usage: ``python benchmarks/reports/run.py [--rounds N] [--large]``, from the root of the working copy. Prints one JSON line: medians in
seconds of the whole process of ``ebidadmin report run``, and how many times the floor that is. The floor runs the notebook ``1`` through
papermill, as the reports are run: it starts a kernel and ends it. Each side takes its turn in every round.

``--large``: in place of the made-up office of ``init --demo`` one of 3,000 suppliers, 1,200 applications and 400 cards that was lived for a
year up to today, on SQLite; making it takes longer than measuring.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from ebidadmin.cli.foundation import create_desk  # noqa: E402 - found from the root
from ebidadmin.clock import SystemClock, jst_date  # noqa: E402 - found from the root
from ebidadmin.domain.report_periods import ReportName  # noqa: E402 - found from the root
from ebidadmin.report_making.maker import RUNNER  # noqa: E402 - found from the root
from tests.year.office import Size, YearOffice  # noqa: E402 - as above

FLOOR = "floor: an empty notebook"
LARGE, YEAR = Size(3_000, 1_200, 400), 365
CARDS_FROM = date(2026, 4, 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--large", action="store_true")
    asked = parser.parse_args()
    rounds = asked.rounds
    taken: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as name:
        lived = large(Path(name)) if asked.large else None
        for number in range(rounds):
            desk = Path(name) / str(number)
            if lived is None:
                create_desk(desk, demo=True, progress=lambda step: None)
            else:
                shutil.copytree(lived, desk)
            for side, work in sides(desk).items():
                begin = time.perf_counter()
                work()
                taken.setdefault(side, []).append(time.perf_counter() - begin)
    medians = {side: statistics.median(times) for side, times in taken.items()}
    told = {
        side: {
            "seconds": round(seconds, 2),
            "longest": round(max(taken[side]), 2),
            "times_floor": round(seconds / medians[FLOOR], 2),
        }
        for side, seconds in medians.items()
    }
    print(json.dumps({"rounds": rounds, "office": "large" if asked.large else "demo", **told}))


def large(folder: Path) -> Path:
    """A desk with the office of the year tests in it."""
    desk, today = folder / "large", jst_date(SystemClock().now())
    create_desk(desk, demo=False, progress=lambda step: None)
    url = f"sqlite:///{desk / 'ebidadmin.sqlite'}"
    # Its made-up cards were issued then.
    first = max(CARDS_FROM, today - timedelta(days=YEAR))
    office = YearOffice(url, folder, first, today - timedelta(days=1), LARGE)
    for _ in office.live():
        pass
    office.engine.dispose()
    return desk


def sides(desk: Path) -> dict[str, Callable[[], None]]:
    """What is measured, the floor first."""
    made: dict[str, Callable[[], None]] = {FLOOR: partial(empty, desk)}
    for report in ReportName:
        made[report.value] = partial(run, desk, report)
    return made


def empty(desk: Path) -> None:
    """A kernel that starts and ends."""
    plain = json.loads((desk / "reports" / "daily_review.ipynb").read_text(encoding="utf-8"))
    cell = plain["cells"][2]
    cell["source"] = ["1"]
    plain["cells"] = [plain["cells"][1], cell]
    source = desk / "empty.ipynb"
    source.write_text(json.dumps(plain), encoding="utf-8")
    job = {"source": str(source), "target": str(desk / "ran.ipynb"), "folder": str(desk), "parameters": {}}
    command = [sys.executable, "-m", RUNNER]
    subprocess.run(command, input=json.dumps(job), text=True, check=True, capture_output=True)


def run(desk: Path, report: ReportName) -> None:
    """The whole command."""
    command = [sys.executable, "-m", "ebidadmin", "report", "run", report.value, "--desk", str(desk)]
    subprocess.run(command, check=True, capture_output=True)


if __name__ == "__main__":
    main()
