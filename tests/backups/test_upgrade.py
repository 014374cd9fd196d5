"""An older database is backed up, brought up to date and verified by one command; nothing is changed where the backup cannot be made."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text

from ebidadmin.backups import making, upgrading
from ebidadmin.config import load_config
from ebidadmin.errors import StorageError
from ebidadmin.persistence import migrate
from ebidadmin.persistence.engine import make_engine
from tests.acceptance.conftest import Ebid
from tests.backups.places import target, trail
from tests.conftest import FreshDatabase
from tests.databases import desk_on
from tests.postgres import ENGINES

OLDER = sorted(migrate.revisions())[-2]


def at_older(url: str, *, kept: bool = True) -> None:
    """A database as the step before the last one left it, with something in it."""
    engine = make_engine(url, create=True)
    with engine.begin() as connection:
        config = migrate._config()
        config.attributes["connection"] = connection
        command.upgrade(config, OLDER)
        if kept:
            connection.execute(text("INSERT INTO desk_meta (name, value) VALUES ('a', 'b')"))
    engine.dispose()


@pytest.fixture(params=ENGINES)
def older(request: pytest.FixtureRequest, tmp_path: Path, ebid: Ebid, fresh_database: FreshDatabase) -> Path:
    """A desk on a database of before."""
    desk = tmp_path / "desk"
    assert ebid("init", desk).code == 0
    (desk / "ebidadmin.sqlite").unlink()
    desk_on(request.param, desk, fresh_database, migrated=False)
    at_older(load_config(desk).database_url)
    return desk


ONE = pytest.mark.parametrize("older", ["sqlite"], indirect=True)


def test_an_upgrade_backs_up_migrates_and_verifies(
    older: Path, ebid: Ebid, tmp_path: Path, fresh_database: FreshDatabase
) -> None:
    dry = ebid("db", "upgrade", "--dry-run", "--json", "--desk", older)
    assert (dry.value["present"], dry.value["backup"]) == (OLDER, None)
    done = ebid("db", "upgrade", "--json", "--desk", older)
    assert done.code == 0, done.err
    assert (done.value["present"], done.value["findings"]) == (migrate.head(), 0)
    told = [json.loads(ebid("audit", "list", "--json", "--desk", older).out)[at] for at in (-2, -1)]
    assert [one["tag"] for one in told] == ["desk:backed-up", "desk:upgraded"]
    assert told[-1]["facts"] == {"schema_from": OLDER, "schema_to": migrate.head(), "findings": 0}
    # What was backed up is of before, and comes back by being brought up to date.
    backup = Path(done.value["backup"])
    options = target(older, fresh_database)
    back = ebid("db", "restore", backup, *options, "--json", "--desk", tmp_path / "back")
    assert (back.code, back.value["schema"]) == (0, OLDER), back.err
    assert ebid("audit", "verify", "--desk", tmp_path / "back").code == 0


@ONE
def test_an_upgrade_says_what_it_did(older: Path, ebid: Ebid) -> None:
    said = ebid("db", "upgrade", "--desk", older).out
    assert "a backup of before is in" in said
    assert "events read again, and all records: good" in said
    again = ebid("db", "upgrade", "--desk", older)
    assert (again.code, len(again.out.splitlines())) == (0, 1)


@ONE
def test_who_has_a_backup_makes_none(older: Path, ebid: Ebid) -> None:
    done = ebid("db", "upgrade", "--no-backup", "--json", "--desk", older)
    assert (done.code, done.value["backup"], done.value["findings"]) == (0, None, 0)
    assert not (older / "var" / "backups").exists()


@ONE
def test_without_a_backup_nothing_is_upgraded(
    older: Path, ebid: Ebid, monkeypatch: pytest.MonkeyPatch
) -> None:

    def full(*_given: object, **_options: object) -> None:
        raise StorageError("disk-full")

    with monkeypatch.context() as patched:
        patched.setattr(making, "made", full)
        answer = ebid("db", "upgrade", "--desk", older)
    assert (answer.code, answer.out) == (1, "")
    assert upgrading.revision(load_config(older)) == OLDER


@ONE
def test_what_was_wrong_before_is_told(older: Path, ebid: Ebid) -> None:
    with closing(sqlite3.connect(older / "ebidadmin.sqlite")) as hand, hand:
        hand.execute("INSERT INTO sequences (name, value) VALUES ('x', 1)")
    answer = ebid("db", "upgrade", "--desk", older)
    assert answer.code == 1
    assert "1 finding(s)" in answer.out


def test_a_newer_database_is_left_alone(demo: Path, ebid: Ebid) -> None:
    with closing(sqlite3.connect(demo / "ebidadmin.sqlite")) as hand, hand:
        hand.execute("UPDATE alembic_version SET version_num = '9999'")
    before = (demo / "ebidadmin.sqlite").read_bytes()
    answer = ebid("db", "upgrade", "--desk", demo)
    assert (answer.code, answer.out) == (1, "")
    assert (demo / "ebidadmin.sqlite").read_bytes() == before
    assert not (demo / "var" / "backups").exists()


def test_an_empty_database_needs_no_backup(tmp_path: Path, ebid: Ebid) -> None:
    desk = tmp_path / "desk"
    assert ebid("init", desk).code == 0
    (desk / "ebidadmin.sqlite").unlink()
    at_older(load_config(desk).database_url, kept=False)
    done = ebid("db", "upgrade", "--json", "--desk", desk)
    assert (done.code, done.value["backup"]) == (0, None)
    assert len(trail(desk)) == 1
