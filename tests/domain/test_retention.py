"""When what is kept of a supplier may be erased: never before the years of any of it are over, never while something still runs."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebidadmin.clock import fiscal_year
from ebidadmin.domain.retention import (
    LONGEST,
    YEARS,
    Kept,
    KeptKind,
    Retention,
    due_on,
    kept_until,
    require_due,
    running,
)
from ebidadmin.errors import RuleError

DAYS = st.dates(date(2001, 4, 1), date(2060, 3, 31))
YEARS_KEPT = st.integers(0, LONGEST)
RULES = st.builds(
    Retention,
    **dict.fromkeys(asdict(Retention()), YEARS_KEPT),
)
ENDED = st.builds(Kept, st.sampled_from(KeptKind), st.text("AP019", min_size=1, max_size=4), DAYS)
OPEN = st.builds(Kept, st.sampled_from(KeptKind), st.just("A1"), st.none())


@pytest.mark.parametrize(
    ("ended", "until"),
    [
        (date(2026, 3, 31), date(2031, 4, 1)),
        (date(2026, 4, 1), date(2032, 4, 1)),
        (date(2026, 12, 31), date(2032, 4, 1)),
        (date(2027, 1, 1), date(2032, 4, 1)),
        (date(2027, 3, 31), date(2032, 4, 1)),
    ],
)
def test_years_are_counted_from_the_end_of_the_fiscal_year(ended: date, until: date) -> None:
    assert kept_until(ended, YEARS) == until


@given(DAYS, YEARS_KEPT)
def test_it_is_kept_for_all_its_years_and_no_day_longer_than_they_say(ended: date, years: int) -> None:
    until = kept_until(ended, years)
    assert fiscal_year(until - timedelta(days=1)) == fiscal_year(ended) + years
    assert fiscal_year(until) == fiscal_year(ended) + years + 1


@given(st.lists(ENDED, min_size=1), RULES)
def test_the_last_of_all_decides(kept: list[Kept], rules: Retention) -> None:
    due = due_on(kept, rules)
    assert due is not None
    require_due(kept, rules, today=due)
    with pytest.raises(RuleError) as caught:
        require_due(kept, rules, today=due - timedelta(days=1))
    assert (caught.value.code, caught.value.facts) == ("erasure-not-due", {"due": due.isoformat()})
    for one in kept:
        assert one.ended is not None
        assert kept_until(one.ended, rules.years(one.kind)) <= due
    assert any(one.ended is not None and kept_until(one.ended, rules.years(one.kind)) == due for one in kept)


@given(st.lists(ENDED), OPEN, RULES)
def test_nothing_is_due_while_something_runs(kept: list[Kept], still: Kept, rules: Retention) -> None:
    both = [*kept, still]
    assert running(both) == still
    assert due_on(both, rules) is None
    with pytest.raises(RuleError) as caught:
        require_due(both, rules, today=date.max)
    assert (caught.value.code, caught.value.facts) == (
        "erasure-running",
        {"kept": still.kind.value, "id": still.key},
    )


def test_nothing_kept_is_not_due() -> None:
    assert due_on([], Retention()) is None


@pytest.mark.parametrize("years", [-1, LONGEST + 1])
def test_other_years_are_no_rule(years: int) -> None:
    with pytest.raises(ValueError, match="from 0 to 30"):
        Retention(cards=years)


def test_each_kind_has_years_of_its_own() -> None:
    rules = Retention(register=1, applications=2, permits=3, registrations=4, cards=6, help_desk=7)
    assert [rules.years(kind) for kind in KeptKind] == [1, 2, 3, 4, 6, 7, 2]
