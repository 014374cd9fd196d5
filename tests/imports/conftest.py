"""A migrated database per test, of each kind, with what an import needs around it."""

from __future__ import annotations

import pytest

from tests.conftest import FreshDatabase
from tests.imports.office import ImportDesk, open_import_desk
from tests.postgres import ENGINES


@pytest.fixture(params=ENGINES)
def kind(request: pytest.FixtureRequest) -> str:
    """The kind of database."""
    return str(request.param)


@pytest.fixture
def desk(fresh_database: FreshDatabase, kind: str) -> ImportDesk:
    return open_import_desk(fresh_database(kind))
