"""Long counts: left out of an ordinary run, which says so; each gives a figure, and a run ends with a table of them. What else a run leaves
out is counted here as well."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

Figure = Callable[[str], None]

MARKER = "slow"
LEFT_OUT = {
    MARKER: "long counts did not run: make test-slow runs them",
    "sqlite_only": "tests are about SQLite itself and did not run: the desks of this run are on PostgreSQL",
}
"""What is said of tests with that marker which did not run."""
_KEY = "figure"
_left_out: dict[str, list[str]] = {marker: [] for marker in LEFT_OUT}


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Figure:
    """Says what a long count found, in a few words with numbers: "1,000 of 1,000 faults reported"."""

    def said(words: str) -> None:
        record_property(_KEY, words)

    return said


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    """Remember what a run leaves out."""
    for marker, names in _left_out.items():
        names.extend(item.nodeid for item in items if item.get_closest_marker(marker))


def hand_over(session: pytest.Session) -> None:
    """In one of several processes of a run: tell the one that prints what was left out."""
    output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[_KEY] = _left_out


def take_over(output: dict[str, Any]) -> None:
    """In the process that prints: what a finished one left out. Each of them collects all tests, so one answer is enough."""
    for marker, names in output.get(_KEY, {}).items():
        _left_out[marker] = _left_out[marker] or names


def told(reporter: pytest.TerminalReporter) -> None:
    """Print how many long counts were left out, and the table of those that ran."""
    for marker, names in _left_out.items():
        if names:
            reporter.write_sep("=", marker)
            reporter.write_line(f"{len(set(names))} {LEFT_OUT[marker]}")
    rows = [row for outcome in ("passed", "failed") for row in _rows(reporter, outcome)]
    if not rows:
        return
    reporter.write_sep("=", "figures of the long counts")
    wide = max(len(name) for name, _, _, _ in rows)
    for name, outcome, seconds, words in sorted(rows):
        reporter.write_line(f"{name:<{wide}}  {outcome}  {seconds:6.1f} s  {words}")


def _rows(reporter: pytest.TerminalReporter, outcome: str) -> list[tuple[str, str, float, str]]:
    reports = [
        report
        for report in reporter.getreports(outcome)
        if isinstance(report, pytest.TestReport) and report.when == "call" and MARKER in report.keywords
    ]
    return [
        (
            report.nodeid.removeprefix("tests/"),
            outcome,
            report.duration,
            "; ".join(str(value) for key, value in report.user_properties if key == _KEY),
        )
        for report in reports
    ]
