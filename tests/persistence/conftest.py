"""A fresh, migrated database per test: copied, because making one takes longer than most tests."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from ebidadmin.clock import SettableClock
from ebidadmin.persistence.engine import make_engine
from ebidadmin.persistence.migrate import upgrade
from ebidadmin.persistence.unit_of_work import SqlUnitOfWork
from tests.builders import NOON
from tests.persistence.office import RULES


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database at the newest revision; to be copied, never used."""
    file = tmp_path_factory.mktemp("migrated") / "office.db"
    upgrade(f"sqlite:///{file}")
    return file


@pytest.fixture
def url(migrated: Path, tmp_path: Path) -> str:
    return f"sqlite:///{shutil.copy(migrated, tmp_path / 'office.db')}"


@pytest.fixture
def engine(url: str) -> Engine:
    """As the program's own, but it does not wait for the disk: no test here pulls the plug."""
    made = make_engine(url)
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
