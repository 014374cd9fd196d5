"""A register of the revision before keeps its records when the tables of undoings and corrections come."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from ebidadmin.domain.ids import BatchId, SupplierNumber
from ebidadmin.domain.names import fold_name
from ebidadmin.persistence import name_index
from ebidadmin.persistence.migrate import current, head, upgrade
from ebidadmin.persistence.register import SqlRegister, SqlRegisterReader
from tests.builders import qualification
from tests.conftest import FreshDatabase
from tests.persistence.office import RULES
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


@pytest.mark.parametrize("kind", ENGINES)
@pytest.mark.parametrize("loose", [1, 1000], ids=["segments", "loose"])
def test_the_names_of_a_register_of_revision_2_are_found(
    kind: str, loose: int, fresh_database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(name_index, "LOOSE_NAMES", loose)
    url = fresh_database(kind, migrated=False)
    engine = at_revision(url, "0002")
    records = [qualification(n, kana="") for n in range(1, 150)]
    SqlStore(url).import_register(*records, qualification(150, trade_name="（株）改名前", kana="ｶｲﾒｲ"))
    SqlStore(url).import_register(*records, qualification(150, trade_name="（株）改名後", kana=""))
    upgrade(url)
    reader = SqlRegisterReader(engine)

    def found(search: str, version: int | None = None) -> list[str]:
        page = reader.page(
            search_folded=fold_name(search, RULES),
            search=search,
            after="",
            limit=200,
            version=None if version is None else BatchId(version),
        )
        return [one.trade_name for one in page]

    assert found("改名") == ["（株）改名後"]
    assert found("改名", 1) == found("カイメ", 1) == ["（株）改名前"]
    assert found("カイメ") == []
    for one in records[::40]:
        assert one.trade_name in found(one.trade_name)
    with engine.begin() as connection:
        packed = connection.execute(select(func.min(name_index.BLOCKS.segment))).scalar_one()
    assert packed == (1 if loose == 1 else 0)
