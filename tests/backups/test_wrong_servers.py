"""Servers that hold something already, are not there, lack programs or roles; and passwords, which stand nowhere."""

from __future__ import annotations

import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from ebidadmin.config import CONFIG_NAME, load_config
from ebidadmin.persistence import postgresql_tools
from ebidadmin.persistence.engine import make_engine
from tests.acceptance.conftest import Ebid
from tests.backups.killer import KILLED
from tests.backups.test_wrong_backups import kill, refused
from tests.conftest import FreshDatabase

SERVER = pytest.mark.parametrize("office", ["postgresql"], indirect=True)


@SERVER
def test_a_server_that_already_holds_something_or_is_not_there(
    office: Path, ebid: Ebid, tmp_path: Path, fresh_database: FreshDatabase
) -> None:
    backup = tmp_path / "b.zip"
    assert ebid("db", "backup", backup, "--desk", office).code == 0
    restore = ("db", "restore", backup, "--desk", tmp_path / "new")
    refused(ebid(*restore), "something in that database")
    away = ("--url", f"postgresql+psycopg://ebidadmin@/office?host={tmp_path}")
    refused(ebid(*restore, *away), "Database missing")
    refused(ebid(*restore, "--url", f"sqlite:///{tmp_path}/o.db"), "another kind of database")
    refused(ebid(*restore, "--url", "postgresql://a:secret@h/o"), "no address with a password")
    refused(ebid(*restore, "--url", "oracle://x"), "cannot be used")
    refused(ebid(*restore, "--url", "nothing"), "Setting invalid")
    assert not (tmp_path / "new").exists()
    url = fresh_database("postgresql", migrated=False)
    engine = make_engine(url)
    killed = kill("after", "ebidadmin.backups.restoring:_put_database", *restore, "--url", url)
    assert killed == KILLED
    refused(ebid(*restore, "--url", url), "drop the database")
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    assert ebid(*restore, "--url", url).code == 0
    engine.dispose()


@SERVER
def test_programs_of_the_server_that_are_missing_or_fail(
    office: Path, ebid: Ebid, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = ("db", "backup", tmp_path / "b.zip", "--desk", office)
    with monkeypatch.context() as patched:
        patched.setenv("PATH", str(tmp_path))
        patched.setattr(postgresql_tools, "INSTALLED", tmp_path)
        refused(ebid(*backup), "not installed")
        refused(ebid(*backup, "--dry-run"), "not installed")
        (tmp_path / "17" / "bin").mkdir(parents=True)
        (tmp_path / "9" / "bin").mkdir(parents=True)
        tool = tmp_path
        for version in ("9", "17"):
            tool = tmp_path / version / "bin" / "pg_dump"
            tool.write_text(
                f"#!/bin/sh\necho 'pg_dump: error: broken {version}' >&2\necho values >&2\nexit 1\n"
            )
            tool.chmod(0o700)
        answer = ebid(*backup)
        refused(answer, "broken 17")
        assert "values" not in answer.err
        tool.write_text("no program")
        refused(ebid(*backup), "program of PostgreSQL failed")
        tool.write_text("#!/bin/sh\necho 'pg_dump: error: write: No space left on device' >&2\nexit 1\n")
        refused(ebid(*backup), "Disk full")
    assert not (tmp_path / "b.zip").exists()
    assert ebid(*backup).code == 0


@SERVER
def test_roles_that_the_server_lacks_are_named(
    office: Path, ebid: Ebid, tmp_path: Path, fresh_database: FreshDatabase
) -> None:
    with closing_engine(office) as engine, engine.begin() as connection:
        connection.execute(text("CREATE ROLE backup_reader"))
        connection.execute(text("GRANT SELECT ON permits TO backup_reader"))
    try:
        assert ebid("db", "backup", tmp_path / "b.zip", "--desk", office).code == 0
    finally:
        with closing_engine(office) as engine, engine.begin() as connection:
            connection.execute(text("DROP OWNED BY backup_reader"))
            connection.execute(text("DROP ROLE backup_reader"))
    url = fresh_database("postgresql", migrated=False)
    restore = ("db", "restore", tmp_path / "b.zip", "--url", url, "--desk", tmp_path / "new")
    refused(ebid(*restore), "backup_reader")
    assert not (tmp_path / "new").exists()


@SERVER
def test_a_password_is_in_no_command_line_environment_or_backup(
    office: Path, ebid: Ebid, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fresh_database: FreshDatabase
) -> None:
    secret = "geheim-4711:x"
    settings = office / CONFIG_NAME
    before = settings.read_text(encoding="utf-8")
    settings.write_text(before.replace("ebidadmin@", "ebidadmin:geheim-4711%3Ax@"), encoding="utf-8")
    seen: list[str] = []
    kept: list[str] = []
    real = subprocess.run

    def run(command: Any, **options: Any) -> Any:
        seen.append(repr((command, options.get("env"))))
        kept.extend(path.read_text() for path in tmp_path.rglob(".*.pgpass"))
        return real(command, **options)

    monkeypatch.setattr(subprocess, "run", run)
    made = ebid("db", "backup", tmp_path / "b.zip", "--desk", office)
    assert made.code == 0, made.err
    assert "password" in made.out
    assert kept == ["*:*:*:*:geheim-4711\\:x\n"]
    assert seen
    assert not any("geheim" in one for one in seen)
    assert list(tmp_path.rglob("*.pgpass")) == []
    with zipfile.ZipFile(tmp_path / "b.zip") as package:
        assert not any(b"geheim" in package.read(name) for name in package.namelist())
        assert package.read(f"desk/{CONFIG_NAME}").decode() == before
    url = fresh_database("postgresql", migrated=False)
    assert ebid("db", "restore", tmp_path / "b.zip", "--url", url, "--desk", tmp_path / "new").code == 0
    assert secret not in (tmp_path / "new" / CONFIG_NAME).read_text(encoding="utf-8")


def test_of_several_servers_the_one_that_takes_over_is_asked(tmp_path: Path) -> None:
    engine = make_engine("postgresql+psycopg://a@/office?host=one:1&host=two:2")
    with postgresql_tools._reached(engine, tmp_path / "x") as address:
        assert set(address.split()) == {
            "target_session_attrs=read-write",
            "host=one,two",
            "port=1,2",
            "user=a",
            "dbname=office",
        }


@contextmanager
def closing_engine(desk: Path) -> Iterator[Engine]:
    engine = make_engine(load_config(desk).database_url)
    yield engine
    engine.dispose()
