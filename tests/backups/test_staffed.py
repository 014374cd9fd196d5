"""An office with staff: who owns the database moves and backs it up, and everybody has the same roles at its new place."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from ebidadmin.config import CONFIG_NAME, load_config
from ebidadmin.persistence.engine import make_engine
from tests.acceptance.conftest import Ebid
from tests.backups.test_wrong_backups import refused
from tests.conftest import FreshDatabase
from tests.roles.bench import as_log_in

ROLES = text(
    "SELECT regexp_replace(rolname, '^ebid[0-9]+_', '') FROM pg_roles"
    " WHERE rolname LIKE 'ebid' || (SELECT oid FROM pg_database WHERE datname = current_database()) || '\\_%'"
    " AND pg_has_role('hikkoshi', oid, 'MEMBER') ORDER BY 1"
)


def roles(url: str) -> list[str]:
    engine = make_engine(url)
    with engine.connect() as connection:
        found = list(connection.scalars(ROLES))
    engine.dispose()
    return found


@pytest.mark.parametrize("office", ["postgresql"], indirect=True)
def test_an_office_with_staff_moves_with_their_roles(
    office: Path, ebid: Ebid, tmp_path: Path, fresh_database: FreshDatabase
) -> None:
    assert ebid("staff", "add", "hikkoshi", "--role", "administrator", "--desk", office).code == 0
    first, second, third = (
        load_config(office).database.url,
        *(fresh_database("postgresql", migrated=False) for _ in "ab"),
    )
    given = roles(first)
    assert "administrator" in given
    settings = office / CONFIG_NAME
    owners = settings.read_text(encoding="utf-8")
    settings.write_text(owners.replace(first, as_log_in(first, "hikkoshi")), encoding="utf-8")
    for words in (("backup", tmp_path / "b.zip"), ("move", second)):
        refused(ebid("db", *words, "--desk", office), "only the owner")
    assert not (tmp_path / "b.zip").exists()
    settings.write_text(owners, encoding="utf-8")
    moved = ebid("db", "move", second, "--json", "--desk", office)
    assert moved.code == 0, moved.err
    assert roles(second) == given
    assert ebid("audit", "verify", "--desk", office).code == 0
    assert ebid("db", "backup", tmp_path / "b.zip", "--desk", office).code == 0
    back = ebid("db", "restore", tmp_path / "b.zip", "--url", third, "--json", "--desk", tmp_path / "back")
    assert (back.code, back.value["findings"]) == (0, []), back.err
    assert roles(third) == given
