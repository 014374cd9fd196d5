"""An office on either database with a clock of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from ebidadmin import bootstrap
from ebidadmin.clock import SettableClock
from tests.acceptance.conftest import desk, ebid
from tests.builders import NOON
from tests.conftest import FreshDatabase
from tests.databases import desk_on
from tests.postgres import ENGINES

__all__ = ["desk", "ebid"]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SettableClock:
    """The computer's clock, for all commands."""
    made = SettableClock(NOON)
    monkeypatch.setattr(bootstrap, "SystemClock", lambda: made)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    return made


@pytest.fixture(params=ENGINES)
def office(
    request: pytest.FixtureRequest, desk: Path, clock: SettableClock, fresh_database: FreshDatabase
) -> Path:
    return desk_on(request.param, desk, fresh_database)
