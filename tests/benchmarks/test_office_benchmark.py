"""The benchmark of many clerks runs from one command. How long anything takes is no matter of a test."""

from __future__ import annotations

import subprocess
import sys

from tests.needs import ROOT, require_component

COMMAND = ROOT / "benchmarks" / "office" / "clerks.py"


def test_every_figure_is_told() -> None:
    require_component("postgres")
    size = ("--clerks", "2", "--seconds", "1", "--think", "0.05", "--cases", "20")
    command = [sys.executable, str(COMMAND), *size]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    head, _, _, *lines = done.stdout.splitlines()
    assert head.startswith("postgresql, 1 s")
    assert [line.split()[1] for line in lines] == ["page", "case", "decision", "turn"]
