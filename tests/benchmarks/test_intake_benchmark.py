"""The benchmark of batches runs from one command and proves what it measured. How long anything takes is no matter of a test."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.needs import ROOT, require_component

COMMAND = ROOT / "benchmarks" / "intake" / "run.py"


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def test_every_case_stands_beside_the_floor(engine: str) -> None:
    if engine == "postgresql":
        require_component("postgres")
    options = ("--rows", "30", "--rounds", "1", "--alone-rows", "3", "--engines", engine)
    command = [sys.executable, str(COMMAND), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    lines = [line.split(" | ") for line in done.stdout.splitlines() if f" | {engine} | " in line]
    assert [(cells[0].removeprefix("| "), cells[2]) for cells in lines] == [
        ("floor", "30"),
        ("JSON Lines, taken in", "30"),
        ("JSON Lines, again", "30"),
        ("CSV, taken in", "30"),
        ("CSV, again", "30"),
        ("JSON Lines, each row in a transaction of its own", "3"),
    ]
