"""A card desk on each kind of store: in memory, on SQLite, on PostgreSQL."""

from __future__ import annotations

import pytest

from ebidadmin.clock import SettableClock
from tests.builders import NOON, qualification
from tests.cards.office import Bench
from tests.conftest import FreshDatabase
from tests.fakes import MemoryStore, Store, office
from tests.sql_store import SqlStore


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock(NOON)


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(
    request: pytest.FixtureRequest, clock: SettableClock, fresh_database: FreshDatabase
) -> MemoryStore | SqlStore:
    made = MemoryStore(clock) if request.param == "memory" else SqlStore(fresh_database(request.param), clock)
    made.import_register(*(qualification(n) for n in (92, 93, 94)))
    return made


@pytest.fixture
def bench(store: Store) -> Bench:
    return Bench(office(store))
