"""A register of the revision before keeps its records when the tables of undoings and corrections come."""

from __future__ import annotations

import pytest

from ebidadmin.domain.ids import SupplierNumber
from ebidadmin.persistence.migrate import current, head, upgrade
from ebidadmin.persistence.register import SqlRegister
from tests.builders import qualification
from tests.conftest import FreshDatabase
from tests.persistence.test_upgrade_steps import at_revision
from tests.postgres import ENGINES
from tests.sql_store import SqlStore


@pytest.mark.parametrize("kind", ENGINES)
def test_a_register_of_revision_2_keeps_its_records(kind: str, fresh_database: FreshDatabase) -> None:
    url = fresh_database(kind, migrated=False)
    engine = at_revision(url, "0002")
    SqlStore(url).import_register(qualification(1), qualification(2))
    upgrade(url)
    assert current(engine) == head()
    with engine.begin() as connection:
        register = SqlRegister(connection)
        assert register.current(SupplierNumber("190000002")) == qualification(2)
        version = register.version()
        assert version is not None
        batch = register.batch(version)
    assert batch is not None
    assert (batch.undoes, batch.corrects) == (None, None)
