"""The benchmark of backups runs from one command. How long anything takes is no matter of a test."""

from __future__ import annotations

import subprocess
import sys

from tests.needs import ROOT, require_component

COMMAND = ROOT / "benchmarks" / "office" / "backup.py"


def test_every_step_is_told() -> None:
    require_component("postgres")
    command = [sys.executable, str(COMMAND), "--events", "200"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr
    head, *lines, load = done.stdout.splitlines()
    assert head.startswith("200 events, ")
    assert load.startswith("load before ")
    assert [line.split(" | ")[0] for line in lines[2:]] == [
        "| sqlite: audit verify",
        "| sqlite: backup",
        "| sqlite: restore, compared and verified",
        "| move from SQLite to PostgreSQL",
        "| postgresql: audit verify",
        "| postgresql: backup",
        "| postgresql: restore, compared and verified",
    ]
