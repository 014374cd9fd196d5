"""The life of a run: claimed, ended once, or taken for dead once its lease is over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebidadmin.domain import report_runs
from ebidadmin.domain.events import EventTag
from ebidadmin.domain.report_periods import Period, ReportName
from ebidadmin.domain.report_runs import Failure, ReportRun, RunState
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import IllegalTransitionError
from tests.builders import NOON

LEASE = NOON + timedelta(minutes=12)
PERIOD = Period(report=ReportName.DAILY_REVIEW, key="2026-10-07", due=NOON)


def started() -> ReportRun:
    return report_runs.start(PERIOD, attempt=0, as_of=NOON, lease_until=LEASE, by="cron", at=NOON).after


def finish(run: ReportRun, minutes: int) -> Transition[ReportRun]:
    return report_runs.finish(run, folder="x", by="cron", at=NOON + timedelta(minutes=minutes))


def fail(run: ReportRun, minutes: int) -> Transition[ReportRun]:
    at = NOON + timedelta(minutes=minutes)
    return report_runs.fail(run, failure=Failure.CELL, detail="KeyError", folder="x", by="cron", at=at)


def bury(run: ReportRun, minutes: int) -> Transition[ReportRun]:
    return report_runs.declare_dead(run, by="other", at=NOON + timedelta(minutes=minutes))


def test_a_run_is_known_by_report_period_and_attempt() -> None:
    run = started()
    assert run.id == "daily_review/2026-10-07/0"
    assert (run.state, run.version, run.lease_until) == (RunState.RUNNING, 1, LEASE)


def test_a_missed_one_is_never_run() -> None:
    missed = report_runs.miss(PERIOD, by="cron", at=LEASE)
    assert [event.tag for event in missed.events] == [EventTag.REPORT_MISSED]
    assert (missed.after.state, missed.after.ended_at) == (RunState.MISSED, LEASE)
    with pytest.raises(IllegalTransitionError):
        finish(missed.after, 1)


def test_what_a_dead_run_had_written_is_kept_once() -> None:
    dead = bury(started(), 13).after
    kept = report_runs.keep_notebook(dead, folder="x_failed", by="cron", at=LEASE)
    assert (kept.after.folder, kept.after.version) == ("x_failed", dead.version + 1)
    assert [event.tag for event in kept.events] == [EventTag.REPORT_NOTEBOOK_KEPT]
    for run in (kept.after, started(), fail(started(), 1).after, finish(started(), 1).after):
        with pytest.raises(IllegalTransitionError):
            report_runs.keep_notebook(run, folder="y", by="cron", at=LEASE)


@given(steps=st.lists(st.tuples(st.sampled_from([finish, fail, bury]), st.integers(0, 30)), max_size=6))
def test_it_ends_once_and_dies_only_after_its_lease(steps: list[tuple[object, int]]) -> None:
    run, ended = started(), 0
    for step, minutes in steps:
        before = run
        try:
            transition = step(run, minutes)  # type: ignore[operator]  # one of three functions
        except IllegalTransitionError:
            assert before.state is not RunState.RUNNING or (step is bury and minutes <= 12)
            continue
        run, ended = transition.after, ended + 1
        assert before.state is RunState.RUNNING
        assert (run.version, run.lease_until) == (before.version + 1, None)
        assert (run.failure is not None) == (run.state is RunState.FAILED)
        (event,) = transition.events
        assert event.after is not None
        assert event.after["state"] == run.state.value
        assert step is not bury or (run.failure is Failure.DEAD and minutes > 12)
    assert ended <= 1
    assert (run.state is RunState.RUNNING) == (ended == 0)
