"""A missing component skips a test with its reason, and fails it on a machine that is there to run every test."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import needs
from tests.house.source import ROOT
from tests.needs import REAL_DATA, find_real_data, require_component

TESTS = """
import pytest
from tests import needs

needs.PROBES["glass"] = lambda: False
needs.PROBES[needs.REAL_DATA] = lambda: False

def test_component():
    needs.require_component("glass")

def test_registers():
    needs.require_component(needs.REAL_DATA)

def test_quiet():
    pytest.skip("no mood")
"""


def outcome(folder: Path, ci: str) -> str:
    """What pytest says about three tests that want to be skipped."""
    module = folder / "test_three.py"
    module.write_text(TESTS)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "tests.conftest",
        "-p",
        "no:cacheprovider",
        "-q",
        "-rs",
        str(module),
    ]
    result = subprocess.run(
        [*command, "--rootdir", str(folder), "-c", os.devnull],
        cwd=ROOT,
        env={**os.environ, "CI": ci, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return result.stdout + result.stderr


def test_on_a_persons_machine_all_are_skipped(tmp_path: Path) -> None:
    said = outcome(tmp_path, "")
    assert "3 skipped" in said
    assert "glass is not installed" in said


def test_on_a_checking_machine_only_the_real_registers_are(tmp_path: Path) -> None:
    said = outcome(tmp_path, "true")
    assert "2 failed, 1 skipped" in said
    assert "skipped under CI: " in said
    assert "1 tests did not run. real-data" in said


def test_an_unknown_component_is_an_error() -> None:
    with pytest.raises(KeyError):
        require_component("unheard-of")


def test_the_folder_named_by_the_environment_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EBIDADMIN_REAL_DATA", str(tmp_path))
    assert find_real_data() is None
    (tmp_path / "register.csv").touch()
    assert find_real_data() == tmp_path
    assert needs.PROBES[REAL_DATA]()
