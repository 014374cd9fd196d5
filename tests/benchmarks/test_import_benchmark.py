"""The import benchmark runs from one command and writes its tables. How long anything takes is no matter of a test, and other libraries
are not installed for it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.needs import ROOT, require_component

COMMAND = ROOT / "benchmarks" / "import" / "run.py"
ROWS = 200
OWN = ("floor", "ours.first", "ours.same", "ours.changed", "ours.search")


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def engine(request: pytest.FixtureRequest) -> str:
    if request.param == "postgresql":
        require_component("postgres")
    return str(request.param)


@pytest.fixture(scope="module")
def output(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("figures")
    size = str(ROWS)
    options = (
        "--rows",
        size,
        "--rounds",
        "1",
        "--engines",
        engine,
        "--peers",
        "none",
        "--growth",
        size,
        "--search",
        size,
    )
    command = [sys.executable, str(COMMAND), *options, "--output", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def runs(output: Path) -> dict[str, dict[str, Any]]:
    written = json.loads((output / "import.json").read_text(encoding="utf-8"))
    assert written["failed"] == []
    return {line["case"]: line["runs"][0] for line in written["runs"]}


def test_every_case_of_ours_runs_beside_the_floor(runs: dict[str, dict[str, Any]]) -> None:
    assert set(runs) == set(OWN)
    assert all(run["seconds"] > 0 and run["peak"] >= run["idle"] > 0 for run in runs.values())


def test_each_case_did_the_work_that_it_is_timed_for(runs: dict[str, dict[str, Any]]) -> None:
    assert runs["floor"]["facts"] == {"rows": ROWS}
    assert runs["ours.first"]["facts"] == {"added": ROWS}
    assert runs["ours.same"]["facts"] == {"unchanged": ROWS}
    assert runs["ours.changed"]["facts"] == {"changed": 2}


def test_texts_taken_from_names_are_found(runs: dict[str, dict[str, Any]]) -> None:
    searches = runs["ours.search"]["facts"]["searches"]
    assert {done["length"] for done in searches} == {2, 3, 4, 6}
    assert {done["kind"] for done in searches} == {"common", "typical", "rare", "absent"}
    assert all(done["found"] > 0 for done in searches if done["kind"] != "absent")


def test_the_tables_name_machine_cases_and_memory(output: Path, engine: str) -> None:
    text = (output / "import.md").read_text(encoding="utf-8")
    label = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[engine]
    for words in ("- processor:", "- Python:", f"### {ROWS} rows", "### Growth", "### Search of names"):
        assert words in text
    for case in (
        "floor: no checks",
        "**first import**",
        "**same file again, fully compared**",
        "**1 % changed**",
    ):
        assert f"| {case}" in text
    assert f"| {label} |" in text
    assert "failed" not in text


WITH_ANOTHER = """
import sys
sys.path.insert(0, sys.argv[1])
import machine, run
machine.PEERS["looking-glass"] = "looking-glass"
print(run.chosen(run.arguments(["--peers", "looking-glass"])))
"""


def test_what_is_not_installed_is_named_and_left_out(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WITH_ANOTHER, str(COMMAND.parent)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "looking-glass" in done.stderr
    assert "looking-glass" not in done.stdout
