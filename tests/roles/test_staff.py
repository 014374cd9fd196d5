"""The administrator's work on staff: by command, from an administrator who owns nothing and an owner who is no superuser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest
from sqlalchemy import create_engine, text

from ebidadmin.config import CONFIG_NAME
from ebidadmin.errors import StorageError
from ebidadmin.persistence.engine import make_engine
from ebidadmin.persistence.migrate import upgrade
from ebidadmin.persistence.postgresql_tools import dump, put_back
from ebidadmin.persistence.staff_roles import session_staff
from tests.acceptance.conftest import Ebid
from tests.postgres import PostgresServer
from tests.roles.bench import as_log_in

OWNER = "mochinushi"
"""Owns a database, may make log-ins, and is no superuser."""


@pytest.fixture
def owned(postgres_server: PostgresServer) -> Iterator[str]:
    """The address of a new database as its owner reaches it."""
    url = postgres_server.create(migrated=False)
    name = url.partition("?")[0].rpartition("/")[2]
    engine = create_engine(postgres_server.url("postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        if not connection.scalar(
            text("SELECT count(*) FROM pg_roles WHERE rolname = :name"), {"name": OWNER}
        ):
            connection.execute(text(f"CREATE ROLE {OWNER} LOGIN CREATEROLE"))
        connection.execute(text(f"ALTER DATABASE {name} OWNER TO {OWNER}"))
    engine.dispose()
    inside = create_engine(url, isolation_level="AUTOCOMMIT")
    with inside.connect() as connection:
        connection.execute(text(f"ALTER SCHEMA public OWNER TO {OWNER}"))
    inside.dispose()
    mine = as_log_in(url, OWNER)
    upgrade(mine)
    yield mine
    postgres_server.drop(url)


@pytest.fixture
def desk(owned: str, tmp_path: Path, ebid: Ebid) -> Path:
    """The owner's desk."""
    folder = tmp_path / "desk"
    assert ebid("init", folder).code == 0
    settings = folder / CONFIG_NAME
    settings.write_text(
        settings.read_text(encoding="utf-8").replace("sqlite:///ebidadmin.sqlite", owned), encoding="utf-8"
    )
    return folder


def seat(desk: Path, url: str, tmp_path: Path, who: str) -> Path:
    """The desk folder of that person, at the same database."""
    place = Path(copytree(desk, tmp_path / who, symlinks=True))
    settings = place / CONFIG_NAME
    settings.write_text(
        settings.read_text(encoding="utf-8").replace(url, as_log_in(url, who)), encoding="utf-8"
    )
    return place


def roles_of(url: str, who: str) -> set[str]:
    engine = make_engine(as_log_in(url, who))
    found = session_staff(engine)
    engine.dispose()
    assert found is not None
    return {role.value for role in found.roles}


def test_the_owner_makes_the_first_and_an_administrator_the_others(
    desk: Path, owned: str, tmp_path: Path, ebid: Ebid, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTERHUB_USER", "dareka")
    alone = ebid("staff", "list", "--desk", desk)
    assert (alone.code, "dareka" in alone.out, "administrator" in alone.out) == (0, True, True)
    tried = ebid("staff", "add", "kanri", "--role", "administrator", "--dry-run", "--desk", desk)
    assert (tried.code, ebid("staff", "list", "--json", "--desk", desk).value) == (0, [])
    added = ebid("staff", "add", "kanri", "--role", "administrator", "--name", "管理", "--desk", desk)
    assert (added.code, added.err) == (0, "")
    assert roles_of(owned, OWNER) == {"administrator"}
    office = seat(desk, owned, tmp_path, "kanri")
    made = ebid(
        "staff", "add", "sato", "--role", "reviewer", "--role", "importer", "--json", "--desk", office
    )
    assert made.value == {
        "login": "sato",
        "name": "",
        "roles": ["reviewer", "importer"],
        "state": "active",
    }
    assert roles_of(owned, "sato") == {"reviewer", "importer"}
    changed = ebid(
        "staff", "role", "sato", "--grant", "approver", "--revoke", "importer", "--json", "--desk", office
    )
    assert changed.value["roles"] == ["reviewer", "approver"]
    assert roles_of(owned, "sato") == {"reviewer", "approver"}
    assert ebid("staff", "disable", "sato", "--desk", office).code == 0
    listed = ebid("staff", "list", "--json", "--desk", office).value
    assert [(one["login"], one["state"]) for one in listed] == [("kanri", "active"), ("sato", "disabled")]
    trail = ebid("audit", "list", "--tag", "staff", "--json", "--desk", office).value
    # Who acted is the log-in, whatever the environment says; the first came from the only one there was.
    assert [(one["by"], one["tag"]) for one in trail] == [
        ("dareka", "staff:added"),
        ("kanri", "staff:added"),
        ("kanri", "staff:roles-changed"),
        ("kanri", "staff:disabled"),
    ]
    assert ebid("audit", "verify", "--desk", office).code == 0


def test_what_is_refused_says_why_and_leaves_nothing(
    desk: Path, owned: str, tmp_path: Path, ebid: Ebid, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert ebid("staff", "add", "kanri", "--role", "administrator", "--desk", desk).code == 0
    office = seat(desk, owned, tmp_path, "kanri")
    for words, said in (
        (("add", "kanri", "--role", "reviewer"), "Nobody changes their own roles"),
        (("role", "kanri", "--grant", "reviewer"), "Nobody changes their own roles"),
        (("disable", "kanri"), "Nobody changes their own roles"),
        (("add", OWNER, "--role", "reviewer"), "That login cannot be a member of staff"),
        (("add", "ebidadmin", "--role", "reviewer"), "That login cannot be a member of staff"),
        (("add", "Kacho", "--role", "reviewer"), "A login begins with a small letter"),
        (("disable", "daremo"), "There is no such record"),
    ):
        refused = ebid("staff", *words, "--desk", office)
        assert (refused.code, refused.err.startswith(said)) == (1, True), refused.err
    assert ebid("staff", "add", "sato", "--role", "reviewer", "--desk", office).code == 0
    clerk = seat(desk, owned, tmp_path, "sato")
    for words in (
        ("add", "tomo", "--role", "reviewer"),
        ("disable", "kanri"),
        ("role", "kanri", "--grant", "auditor"),
    ):
        refused = ebid("staff", *words, "--desk", clerk)
        assert (refused.code, refused.err.startswith("Your roles do not include this")) == (1, True)
    assert roles_of(owned, "kanri") == {"administrator"}


def test_an_upgrade_makes_good_what_went_wrong_with_groups_and_grants(
    desk: Path, owned: str, tmp_path: Path, ebid: Ebid
) -> None:
    assert ebid("staff", "add", "sato", "--role", "reviewer", "--desk", desk).code == 0
    engine = make_engine(owned)
    with engine.begin() as connection:
        number = connection.scalar(text("SELECT oid FROM pg_database WHERE datname = current_database()"))
        connection.execute(text(f"REVOKE ebid{number}_reviewer FROM sato"))
        connection.execute(text(f"GRANT ebid{number}_approver TO sato"))
        connection.execute(text(f"GRANT DELETE ON audit_events TO ebid{number}_reviewer"))
    assert roles_of(owned, "sato") == {"approver"}
    assert ebid("db", "upgrade", "--desk", desk).code == 0
    assert roles_of(owned, "sato") == {"reviewer"}
    with engine.connect() as connection:
        asked = text("SELECT has_table_privilege('sato', 'audit_events', 'DELETE')")
        assert connection.scalar(asked) is False
    engine.dispose()


def test_a_restored_office_lets_nobody_in_until_an_upgrade_makes_its_groups(
    desk: Path, owned: str, tmp_path: Path, ebid: Ebid, postgres_server: PostgresServer
) -> None:
    assert ebid("staff", "add", "sato", "--role", "reviewer", "--desk", desk).code == 0
    before, restored = make_engine(owned), postgres_server.create(migrated=False)
    target = make_engine(restored)
    _, roles = dump(before, tmp_path / "office.dump")
    put_back(target, tmp_path / "office.dump", roles=roles)
    clerk = make_engine(as_log_in(restored, "sato"))
    with clerk.connect() as connection, pytest.raises(StorageError, match="database-not-allowed"):
        connection.execute(text("SELECT count(*) FROM permits"))
    assert session_staff(clerk) is None
    upgrade(restored)
    assert roles_of(restored, "sato") == {"reviewer"}
    for engine in (before, target, clerk):
        engine.dispose()
    postgres_server.drop(restored)


def test_on_one_machine_there_is_no_staff(
    tmp_path: Path, ebid: Ebid, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    folder = tmp_path / "one"
    assert ebid("init", folder).code == 0
    refused = ebid("staff", "add", "sato", "--role", "reviewer", "--desk", folder)
    assert (refused.code, refused.err.startswith("Staff is for an office on PostgreSQL")) == (1, True)
    assert ebid("staff", "list", "--json", "--desk", folder).value == []
