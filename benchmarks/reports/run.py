"""Each report of the made-up office, from a desk that nothing ran on before, beside a notebook that does nothing.

Usage: ``python benchmarks/reports/run.py [--rounds N]``, from the root of the working copy. Prints one JSON line: medians in seconds of the
whole process of ``ebidadmin report run``, and how many times the floor that is. The floor runs the notebook ``1`` through papermill, as the
reports are run: it starts a kernel and ends it. Each side takes its turn in every round.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from ebidadmin.cli.foundation import create_desk  # noqa: E402 - found from the root
from ebidadmin.domain.report_periods import ReportName  # noqa: E402 - found from the root
from ebidadmin.report_making.maker import RUNNER  # noqa: E402 - found from the root

FLOOR = "floor: an empty notebook"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    taken: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as name:
        for number in range(rounds):
            desk = Path(name) / str(number)
            create_desk(desk, demo=True, progress=lambda step: None)
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
    print(json.dumps({"rounds": rounds, **told}))


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
