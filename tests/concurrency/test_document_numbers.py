"""Fifty processes decide permits at once, from the first number of a year on: no number twice, and none left out."""

from __future__ import annotations

import multiprocessing
from datetime import date

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.domain import permits
from ebidadmin.domain.events import EventTag
from ebidadmin.domain.ids import PermitId
from ebidadmin.domain.permits import DocumentNumber, PaperChannel
from ebidadmin.services.ports import SequenceName
from tests.builders import NOON, supplier_number
from tests.concurrency.conftest import Start
from tests.concurrency.deciders import decide
from tests.conftest import FreshDatabase
from tests.figures import Figure
from tests.postgres import ENGINES
from tests.sql_store import SqlStore

PROCESSES = 50
FEW, MANY = 2, 20
PATIENCE = 300
"""Seconds that a process may stay silent before the test gives up on it."""

BOTH_YEARS = (NOON, NOON.replace(year=2027, month=4))


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, fresh_database: FreshDatabase) -> str:
    return fresh_database(request.param)


def prepare(url: str, count: int) -> list[str]:
    """Requests that wait for a decision; no number was ever drawn."""
    ids = [f"P{n:06d}" for n in range(1, count + 1)]
    with SqlStore(url)() as unit:
        for n, one in enumerate(ids, start=1):
            unit.record(
                permits.record(
                    permit_id=PermitId(one),
                    supplier_number=supplier_number(n),
                    received=date(2026, 10, 1),
                    channel=PaperChannel.COUNTER,
                    by="tanaka",
                    at=NOON,
                )
            )
        unit.commit()
    return ids


@pytest.mark.parametrize("each", [FEW, pytest.param(MANY, marks=pytest.mark.slow)])
def test_fifty_processes_draw_without_hole_or_double(
    url: str, start: Start, figure: Figure, each: int
) -> None:
    ids = prepare(url, PROCESSES * each)
    barrier = multiprocessing.get_context("forkserver").Barrier(PROCESSES)
    running = [
        start(
            decide,
            url,
            SettableClock(BOTH_YEARS[n % 2]),
            ids[n * each : (n + 1) * each],
            barrier,
        )
        for n in range(PROCESSES)
    ]
    told: dict[str, DocumentNumber] = {}
    for _process, pipe in running:
        for _ in range(each):
            assert pipe.poll(PATIENCE), "a process went silent"
            one, year, number = pipe.recv()
            told[one] = DocumentNumber(year, number)
    half = PROCESSES // 2 * each
    assert sorted(told.values()) == [
        DocumentNumber(year, number) for year in (2026, 2027) for number in range(1, half + 1)
    ]
    with SqlStore(url)() as unit:
        assert {one.id: one.document for one in unit.permits.all()} == told
        decided = {EventTag.PERMIT_GRANTED, EventTag.PERMIT_REFUSED}
        trail = [entry.event.tag for entry in unit.audit.list(limit=10_000)]
        assert sum(tag in decided for tag in trail) == len(ids)
        assert [unit.next_number(SequenceName.DOCUMENT, fiscal_year=year) for year in (2026, 2027)] == [
            half + 1
        ] * 2
    figure(f"{len(ids)} decisions by {PROCESSES} processes, first draws of two years: no hole, no double")
