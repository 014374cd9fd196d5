"""The benchmark of many clerks runs from one command. How long anything takes is no matter of a test."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.needs import ROOT, require_component
from tests.postgres import ENGINES

COMMAND = ROOT / "benchmarks" / "office" / "clerks.py"


@pytest.mark.parametrize("engine", ENGINES)
def test_every_figure_is_told(engine: str) -> None:
    if engine == "postgresql":
        require_component("postgres")
    size = ("--clerks", "2", "--seconds", "1", "--think", "0.05", "--cases", "40")
    command = [sys.executable, str(COMMAND), *size, "--engine", engine]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    head, _, _, *lines = done.stdout.splitlines()
    assert head.startswith(f"{engine}, 1 s")
    assert [line.split()[1] for line in lines] == ["page", "case", "decision", "turn"]
