"""An office per test, on a copy of one migrated database."""

from __future__ import annotations

from pathlib import Path

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.persistence.engine import make_engine
from tests.builders import NOON
from tests.conftest import FreshDatabase
from tests.desks import KIND
from tests.presenters.office import Place


@pytest.fixture
def url(fresh_database: FreshDatabase) -> str:
    return fresh_database(KIND)


@pytest.fixture
def place(url: str, tmp_path: Path) -> Place:
    return Place(make_engine(url), tmp_path, SettableClock(NOON))
