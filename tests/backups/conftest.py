"""A made-up office on either database, and what stands in it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from ebidadmin.backups.moving import move
from ebidadmin.bootstrap import open_desk
from tests.acceptance.conftest import ebid
from tests.conftest import FreshDatabase
from tests.desks import demo_desks
from tests.postgres import ENGINES

__all__ = ["ebid"]


@pytest.fixture(autouse=True)
def _in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


@pytest.fixture(scope="session")
def demo_desk(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """On SQLite whatever the run asks for: the tests here move it to wherever they need it."""
    return demo_desks(tmp_path_factory)


@pytest.fixture
def demo(demo_desk: Callable[[str], Path]) -> Path:
    """A desk with a made-up office, on SQLite."""
    return demo_desk("backups")


@pytest.fixture(params=ENGINES)
def office(request: pytest.FixtureRequest, demo: Path, fresh_database: FreshDatabase) -> Path:
    """The same on each kind of database."""
    if request.param == "postgresql":
        with closing(open_desk(demo)) as desk:
            left = move(desk, fresh_database("postgresql", migrated=False)).left
        assert left is not None
        left.unlink()
    return demo
