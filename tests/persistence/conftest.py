"""A fresh, migrated database per test: copied, because making one takes longer than most tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, event

from ebidadmin.clock import SettableClock
from ebidadmin.persistence.engine import make_engine
from ebidadmin.persistence.unit_of_work import SqlUnitOfWork
from tests.builders import NOON
from tests.conftest import FreshDatabase
from tests.persistence.office import RULES
from tests.postgres import ENGINES


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, fresh_database: FreshDatabase) -> str:
    """Everything here happens on each kind of database, unless a module is about one of them and says so."""
    return fresh_database(request.param)


@pytest.fixture
def engine(url: str) -> Engine:
    """As the program's own, but it does not wait for the disk: no test here pulls the plug."""
    made = make_engine(url)
    if made.dialect.name == "sqlite":
        event.listen(made, "connect", _do_not_wait)
    return made


def _do_not_wait(connection: Any, _entry: object) -> None:
    connection.execute("PRAGMA synchronous = OFF")


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock(NOON)


@pytest.fixture
def uow(engine: Engine, clock: SettableClock) -> Callable[[], SqlUnitOfWork]:
    return lambda: SqlUnitOfWork(engine, clock=clock, software="ebidadmin test", names=RULES)
