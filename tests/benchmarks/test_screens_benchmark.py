"""The benchmark of the screens runs from one command. How long anything takes is no matter of a test."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.needs import ROOT, require_component

COMMAND = ROOT / "benchmarks" / "screens" / "run.py"
SCREENS = 11


def told(*options: str) -> list[str]:
    require_component("chromium")
    command = [sys.executable, str(COMMAND), "--times", "1", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == 0, done.stderr
    head, *lines, load = done.stdout.splitlines()
    assert head.endswith(" applications, milliseconds")
    assert load.startswith("load before ")
    return lines


@pytest.mark.slow
def test_the_clicks_of_a_screen_are_told() -> None:
    lines = told("--applications", "400", "--clicks-only", "--screen", "20_permits")
    assert lines[0] == "| screen | click | p50 | most |"
    assert len(lines) == 2 + 20
    assert all(line.startswith("| 20_permits | ") for line in lines[2:])


@pytest.mark.slow
def test_every_screen_and_click_is_told() -> None:
    lines = told("--applications", "8000", "--paints", "1")
    assert lines[2].startswith("| floor | ")
    assert lines[3 + SCREENS] == "| screen | click | p50 | most |"
