"""An office in memory whose register knows suppliers 92 and 93, both with a permit in force."""

from __future__ import annotations

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.services.ports import Office
from tests.builders import NOON, permit, qualification
from tests.fakes import MemoryStore, office


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock(NOON)


@pytest.fixture
def store(clock: SettableClock) -> MemoryStore:
    made = MemoryStore(clock)
    made.import_register(*(qualification(n) for n in (92, 93, 94)))
    for n in (92, 93):
        granted = permit(n)
        made.tables.permits[granted.id] = granted
    return made


@pytest.fixture
def desk(store: MemoryStore) -> Office:
    return office(store)
