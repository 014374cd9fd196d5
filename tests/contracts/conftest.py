"""Every test of a port runs on each of its adapters: the real one and the twin that other tests use."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.persistence.engine import make_engine
from ebidadmin.persistence.migrate import upgrade
from ebidadmin.persistence.unit_of_work import SqlUnitOfWork
from ebidadmin.services.ports import UnitOfWork
from tests.builders import NOON
from tests.memory import MemoryStore
from tests.memory_parts import RULES


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database at the newest revision; to be copied, never used."""
    file = tmp_path_factory.mktemp("migrated") / "office.db"
    upgrade(f"sqlite:///{file}")
    return file


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock(NOON)


@pytest.fixture(params=["memory", "sqlite"])
def uow(
    request: pytest.FixtureRequest, clock: SettableClock, migrated: Path, tmp_path: Path
) -> Callable[[], UnitOfWork]:
    if request.param == "memory":
        return MemoryStore(clock, RULES)
    engine = make_engine(f"sqlite:///{shutil.copy(migrated, tmp_path / 'office.db')}")
    return lambda: SqlUnitOfWork(engine, clock=clock, software="ebidadmin test", names=RULES)
