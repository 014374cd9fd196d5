"""A migrated database per test, with what an import needs around it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ebidadmin.persistence.migrate import upgrade
from tests.imports.office import ImportDesk, open_import_desk


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("imports") / "office.db"
    upgrade(f"sqlite:///{file}")
    return file


@pytest.fixture
def desk(empty_database: Path, tmp_path: Path) -> ImportDesk:
    return open_import_desk(f"sqlite:///{shutil.copy(empty_database, tmp_path / 'office.db')}")
