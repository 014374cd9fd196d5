"""Runs of reports on every kind of store: a key is given out once, and what goes in comes out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from ebidadmin.domain import report_runs
from ebidadmin.domain.ids import ReportRunId
from ebidadmin.domain.report_periods import Period, ReportName
from ebidadmin.domain.report_runs import Failure, ReportRun
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import ConcurrentEditError, NotFoundError
from ebidadmin.services.ports import UnitOfWork
from tests.builders import NOON

OpenUow = Callable[[], UnitOfWork]
DAILY = ReportName.DAILY_REVIEW


def period(day: int = 0, report: ReportName = DAILY) -> Period:
    due = NOON + timedelta(days=day)
    return Period(report=report, key=due.date().isoformat(), due=due)


def start(one: Period, attempt: int = 0, at: datetime | None = None) -> Transition[ReportRun]:
    at = at or one.due
    lease = at + timedelta(minutes=12)
    return report_runs.start(
        one,
        attempt=attempt,
        as_of=one.due,
        lease_until=lease,
        by="cron",
        at=at,
        place="pc-a" if attempt else "",
        parameters={"rows": 5, "all": True, "limit": 0.5, "who": "㈱髙﨑"} if attempt else {},
    )


def test_the_second_with_the_same_key_gets_nothing(uow: OpenUow) -> None:
    with uow() as unit:
        unit.record(start(period()))
        unit.commit()
    with uow() as unit:
        with pytest.raises(ConcurrentEditError) as refused:
            unit.record(start(period()))
        assert refused.value.facts["by"] == "cron"
        with pytest.raises(ConcurrentEditError):
            unit.record(report_runs.miss(period(), by="other", at=NOON))
        unit.record(start(period(), attempt=1))
        unit.record(start(period(report=ReportName.AUDIT_INTEGRITY)))
        unit.commit()
    with uow() as unit:
        assert len(unit.report_runs.list()) == 3
        assert len(unit.audit.list()) == 3


def test_what_goes_in_comes_out_and_only_the_next_version_replaces_it(uow: OpenUow) -> None:
    begun = start(period())
    failed = report_runs.fail(
        begun.after,
        failure=Failure.TIME_LIMIT,
        detail="after 600 s",
        folder="daily_review/x",
        by="cron",
        at=NOON + timedelta(minutes=1),
    )
    done = report_runs.finish(begun.after, folder="y", by="cron", at=NOON + timedelta(minutes=2))
    again = start(period(), attempt=1)
    with uow() as unit:
        unit.record(begun)
        unit.record(again)
        found = unit.report_runs.get(again.after.id)
        assert (found, dict(found.parameters)["all"]) == (again.after, True)
        assert unit.report_runs.get(begun.after.id) == begun.after
        unit.record(failed)
        assert unit.report_runs.get(begun.after.id) == failed.after
        with pytest.raises(ConcurrentEditError):
            unit.record(done)
        with pytest.raises(NotFoundError):
            unit.report_runs.get(ReportRunId("no/such/0"))


def test_the_questions_of_the_schedule(uow: OpenUow) -> None:
    with uow() as unit:
        assert unit.report_runs.last_scheduled(DAILY) is None
        assert unit.report_runs.last_attempt(period()) is None
        for day in (0, 2, 1):
            unit.record(start(period(day)))
        unit.record(start(period(3), attempt=1))
        unit.record(start(period(5, ReportName.AUDIT_INTEGRITY)))
        missed = report_runs.miss(period(4, ReportName.USAGE_YEAR), by="cron", at=NOON)
        unit.record(missed)
        last = unit.report_runs.last_scheduled(DAILY)
        assert last is not None
        assert last.period == period(2)
        assert unit.report_runs.scheduled_keys(DAILY, since=period(1).due) == {period(1).key, period(2).key}
        assert unit.report_runs.last_attempt(period(3)) == 1
        found = unit.report_runs.list(report=DAILY, limit=2)
        assert [run.period for run in found] == [period(3), period(2)]
        assert unit.report_runs.list(report=ReportName.USAGE_YEAR) == (missed.after,)
        lease = timedelta(minutes=12)
        assert unit.report_runs.dead(NOON + lease) == ()
        dead = unit.report_runs.dead(NOON + timedelta(days=1) + lease + timedelta(seconds=1))
        assert [run.period for run in dead] == [period(0), period(1)]


def test_what_died_and_left_nothing_yet_and_periods_by_their_names(uow: OpenUow) -> None:
    late = NOON + timedelta(days=9)
    with uow() as unit:
        for day in (1, 0, 2):
            begun = start(period(day))
            unit.record(begun)
            buried = report_runs.declare_dead(begun.after, by="cron", at=late + timedelta(minutes=3 - day))
            unit.record(buried)
            if day == 2:
                unit.record(report_runs.keep_notebook(buried.after, folder="x", by="cron", at=late))
        assert [run.period for run in unit.report_runs.nothing_kept()] == [period(1), period(0)]
        assert unit.report_runs.period(DAILY, period(1).key) == period(1)
        assert unit.report_runs.period(DAILY, "1") is None
        for key in ("1", "0", "-1", "x", "9" * 30, "١"):
            assert unit.report_runs.period(ReportName.IMPORT_REPORT, key) is None
