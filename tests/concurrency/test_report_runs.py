"""Schedulers at the same moment: each period is run by one of them."""

from __future__ import annotations

import multiprocessing
from datetime import UTC, datetime, timedelta

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.domain.report_runs import RunState
from ebidadmin.services import report_runs
from tests.builders import ADMINISTRATOR
from tests.concurrency.conftest import Start
from tests.concurrency.schedulers import scheduler
from tests.conftest import FreshDatabase
from tests.fakes import office
from tests.postgres import ENGINES
from tests.sql_store import SqlStore

PATIENCE = 120
"""Seconds that a process may stay silent before the test gives up on it."""

BEGIN = datetime(2026, 9, 30, 23, 30, tzinfo=UTC)
"""Thursday 1 October 2026, half past eight in Japan: first working day of a month."""

PASSES = (0, 1, 4, 40)
"""Days after the begin: the second, after a weekend and after weeks in which nothing ran."""


@pytest.mark.parametrize("kind", ENGINES)
@pytest.mark.parametrize("processes", [2, 6])
def test_each_period_is_run_by_one(
    kind: str, processes: int, fresh_database: FreshDatabase, start: Start
) -> None:
    url = fresh_database(kind)
    barrier = multiprocessing.get_context("forkserver").Barrier(processes)
    clocks = [SettableClock(BEGIN + timedelta(days=days)) for days in PASSES]
    running = [start(scheduler, url, clocks, barrier) for _ in range(processes)]
    asked: list[str] = []
    for _process, pipe in running:
        assert pipe.poll(PATIENCE), "a process went silent"
        asked += pipe.recv()
    assert len(asked) == len(set(asked))
    runs = report_runs.list_runs(office(SqlStore(url, clocks[-1])), staff=ADMINISTRATOR, limit=10_000)
    assert {run.id for run in runs if run.state is RunState.DONE} == set(asked)
    assert {run.state for run in runs} == {RunState.DONE, RunState.MISSED}
    assert len({(run.period.report, run.period.key) for run in runs}) == len(runs)
