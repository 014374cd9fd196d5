"""The benchmark of the trail runs from one command. How long anything takes is no matter of a test."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.needs import ROOT, require_component
from tests.postgres import ENGINES

COMMAND = ROOT / "benchmarks" / "audit" / "slices.py"


@pytest.mark.parametrize("engine", ENGINES)
def test_every_case_is_told(engine: str) -> None:
    if engine == "postgresql":
        require_component("postgres")
    command = [sys.executable, str(COMMAND), "--events", "500", "--times", "2", "--engine", engine]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    head, *lines = done.stdout.splitlines()
    assert head.startswith(f"{engine}, 500 events")
    assert len(lines) == 19
    assert all(len(line.split("|")) == 6 for line in lines)
