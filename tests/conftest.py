"""What all tests share: how long properties are tried, what is skipped, where real registers are."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.needs import REAL_DATA_ABSENT, find_real_data, in_ci, require_component

__all__ = ["require_component"]

# Deadlines measure the machine, not the code. A checking machine tries the same examples each time.
settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if in_ci() else "default")


@pytest.fixture(scope="session")
def real_data() -> Path | None:
    """The folder of real public registers, or ``None``."""
    return find_real_data()


@pytest.fixture(autouse=True)
def _no_desk_of_the_person(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests never see the desk of whoever runs them."""
    monkeypatch.delenv("EBIDADMIN_DESK", raising=False)


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    return str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else str(report.longrepr)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Under CI nothing is skipped but what needs the real registers."""
    report = yield
    if (
        report.skipped
        and in_ci()
        and not hasattr(report, "wasxfail")
        and REAL_DATA_ABSENT not in _reason(report)
    ):
        reason = _reason(report)
        report.outcome = "failed"
        report.longrepr = f"skipped under CI: {reason}"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The permitted skip is named, with how many tests it concerns."""
    skipped = [
        report for report in terminalreporter.getreports("skipped") if REAL_DATA_ABSENT in _reason(report)
    ]
    if skipped:
        terminalreporter.write_sep("=", "real registers")
        terminalreporter.write_line(f"{len(skipped)} tests did not run. {REAL_DATA_ABSENT}")
