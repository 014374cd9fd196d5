"""Every test of a port runs on each of its adapters: the real one and the twin that other tests use."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.persistence.engine import make_engine
from ebidadmin.persistence.unit_of_work import SqlUnitOfWork
from ebidadmin.services.ports import UnitOfWork
from tests.builders import NOON
from tests.conftest import FreshDatabase
from tests.memory import MemoryStore
from tests.memory_parts import RULES


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock(NOON)


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def uow(
    request: pytest.FixtureRequest, clock: SettableClock, fresh_database: FreshDatabase
) -> Callable[[], UnitOfWork]:
    if request.param == "memory":
        return MemoryStore(clock, RULES)
    engine = make_engine(fresh_database(request.param))
    return lambda: SqlUnitOfWork(engine, clock=clock, software="ebidadmin test", names=RULES)
