"""Long counts: left out of an ordinary run, which says so; each gives a figure, and a run ends with a table of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

Figure = Callable[[str], None]

MARKER = "slow"
_KEY = "figure"
_left_out: list[str] = []


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Figure:
    """Says what a long count found, in a few words with numbers: "1,000 of 1,000 faults reported"."""

    def said(words: str) -> None:
        record_property(_KEY, words)

    return said


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    """Remember the long counts that an ordinary run leaves out."""
    _left_out.extend(item.nodeid for item in items if item.get_closest_marker(MARKER))


def hand_over(session: pytest.Session) -> None:
    """In one of several processes of a run: tell the one that prints what was left out."""
    output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[_KEY] = list(_left_out)


def take_over(output: dict[str, Any]) -> None:
    """In the process that prints: what a finished one left out. Each of them collects all tests, so one answer is enough."""
    if not _left_out:
        _left_out.extend(output.get(_KEY, ()))


def told(reporter: pytest.TerminalReporter) -> None:
    """Print how many long counts were left out, and the table of those that ran."""
    if _left_out:
        reporter.write_sep("=", "long counts")
        reporter.write_line(f"{len(_left_out)} long counts did not run: make test-slow runs them")
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
