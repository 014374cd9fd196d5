"""The monthly report from a handful of registrations and decisions whose numbers are plain to see."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from ebidadmin.domain.applications import ApplicationState
from ebidadmin.reporting.registration_frames import MonthlyFrames, last_moment, monthly_frames
from ebidadmin.services.auto_approval import ACTOR
from ebidadmin.services.report_register_facts import Method, MonthlyFacts, Registered
from tests.builders import calendar, supplier_number
from tests.reporting.facts import at, decided

OCTOBER = date(2026, 10, 1)
APPROVED, REJECTED = ApplicationState.APPROVED, ApplicationState.REJECTED


def made(n: int, method: Method, day: date, *categories: str) -> Registered:
    return Registered(method=method, supplier_number=supplier_number(n), at=at(day), categories=categories)


REGISTERED = (
    made(1, Method.ID, date(2025, 10, 31), "grade_sale"),
    made(2, Method.CARD, date(2026, 9, 30), "grade_sale", "grade_service"),
    made(3, Method.CARD, date(2026, 10, 1), "grade_sale"),
    made(4, Method.RENEWAL, date(2026, 10, 2), "grade_sale", "grade_service"),
    made(5, Method.ID, date(2026, 10, 31)),
    # Between the months that are compared: only drawn.
    made(6, Method.ID, date(2026, 3, 2), "grade_sale"),
)
DECIDED = (
    decided(1, APPROVED, date(2026, 10, 1), date(2026, 10, 2)),
    decided(2, APPROVED, date(2026, 10, 1), date(2026, 10, 1), by=ACTOR.login),
    decided(3, REJECTED, date(2026, 10, 1), date(2026, 10, 9), reasons=("other", "name-differs")),
    # Taken back after 20 working days: nobody's decision.
    decided(4, ApplicationState.WITHDRAWN, date(2026, 10, 1), date(2026, 10, 30)),
    decided(5, REJECTED, date(2026, 9, 28), date(2026, 9, 30), reasons=("other",)),
    decided(6, APPROVED, date(2025, 10, 1), date(2025, 10, 2)),
)


@pytest.fixture
def frames() -> MonthlyFrames:
    facts = MonthlyFacts(registered=REGISTERED, decided=DECIDED)
    return monthly_frames(facts, month=OCTOBER, calendar=calendar())


def rows(frame: pd.DataFrame) -> dict[str, list[object]]:
    """By the first column the others."""
    return {row[0]: list(row[1:]) for row in frame.itertuples(index=False)}


def test_registrations_are_counted_by_method_and_category(frames: MonthlyFrames) -> None:
    assert rows(frames.registrations) == {"card": [1, 1, 0], "renewal": [1, 0, 0], "id": [1, 0, 1]}
    # By method in the month, then the three months; who is graded for nothing comes last.
    assert rows(frames.categories) == {
        "grade_sale": [1, 1, 0, 2, 1, 1],
        "grade_service": [0, 1, 0, 1, 1, 0],
        "none": [0, 0, 1, 1, 0, 0],
    }
    assert list(frames.categories["category"]) == ["grade_sale", "grade_service", "none"]


def test_thirteen_months_are_drawn(frames: MonthlyFrames) -> None:
    drawn = {row[0]: row[1:] for row in frames.series.itertuples(index=False, name=None) if any(row[1:])}
    assert drawn == {
        date(2025, 10, 1): (1, 0),
        date(2026, 3, 1): (1, 0),
        date(2026, 9, 1): (0, 1),
        date(2026, 10, 1): (1, 2),
    }
    assert len(frames.series) == 13


def test_automatic_approvals_are_counted_apart(frames: MonthlyFrames) -> None:
    assert rows(frames.decisions) == {
        "approved": [1, 0, 1],
        "approved-automatically": [1, 0, 0],
        "rejected": [1, 1, 0],
        "withdrawn": [1, 0, 0],
    }
    assert rows(frames.reasons) == {"name-differs": [1, 0, 0], "other": [1, 1, 0]}


def test_what_was_taken_back_is_no_decision(frames: MonthlyFrames) -> None:
    """1 and 2 October are a Thursday and a Friday, the 9th is the sixth working day after the first."""
    times = rows(frames.times)
    assert times == {
        "count": [3, 1, 1],
        "median_days": [1.0, 2.0, 1.0],
        "days_90": [6, 2, 1],
        "longest_days": [6, 2, 1],
    }
    assert list(frames.decided["days"]) == [1, 0, 6]
    assert list(frames.decided["state"]) == ["approved", "approved-automatically", "rejected"]


def test_a_month_without_anything_has_no_times() -> None:
    frames = monthly_frames(MonthlyFacts(registered=(), decided=()), month=OCTOBER, calendar=calendar())
    assert rows(frames.registrations)["id"] == [0, 0, 0]
    assert frames.times["month"].isna().tolist() == [False, True, True, True]
    assert frames.categories.empty
    assert frames.decided.empty


def test_the_last_moment_of_a_month_is_in_it() -> None:
    assert last_moment(date(2028, 2, 1)).isoformat() == "2028-02-29T14:59:59.999999+00:00"
    assert last_moment(date(2026, 12, 1)).isoformat() == "2026-12-31T14:59:59.999999+00:00"
