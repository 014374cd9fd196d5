"""How connections are made: the safe journal, no file from nowhere, and failures in the house's own words."""

from __future__ import annotations

import sqlite3
import threading
import traceback
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url, text

from ebidadmin.errors import ConfigurationError, StorageError
from ebidadmin.persistence import engine as engines
from ebidadmin.persistence.engine import journal_mode, make_engine, reading
from ebidadmin.text.messages import sentence
from tests.conftest import FreshDatabase

ADDRESS = "://ebid:Canary93x@db.example/ebid?password=Canary93x"


@pytest.fixture
def no_waiting_for_the_disk() -> None:
    """Here connections are as the program makes them."""


@pytest.fixture
def url(fresh_database: FreshDatabase) -> str:
    """This is about SQLite."""
    return fresh_database("sqlite")


def pragma(engine: Engine, name: str) -> object:
    with engine.begin() as connection:
        return connection.execute(text(f"PRAGMA {name}")).scalar_one()


@pytest.mark.parametrize(
    ("version", "mode"),
    [
        ((3, 40, 1), "DELETE"),
        ((3, 51, 2), "DELETE"),
        ((3, 51, 3), "WAL"),
        ((3, 52, 0), "WAL"),
        ((4, 0, 0), "WAL"),
        ((3, 7, 17), "DELETE"),
    ],
)
def test_the_log_is_used_only_where_it_is_safe(
    version: tuple[int, ...], mode: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert journal_mode(version) == mode
    monkeypatch.setattr(engines, "library_version", lambda: version)
    made = make_engine(f"sqlite:///{tmp_path / 'new.db'}", create=True)
    assert pragma(made, "journal_mode") == mode.lower()


def test_a_log_left_by_another_library_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    monkeypatch.setattr(engines, "library_version", lambda: (3, 51, 3))
    assert pragma(make_engine(url, create=True), "journal_mode") == "wal"
    monkeypatch.setattr(engines, "library_version", lambda: (3, 40, 1))
    assert pragma(make_engine(url), "journal_mode") == "delete"


def test_the_library_in_use_is_asked() -> None:
    assert engines.library_version() == sqlite3.sqlite_version_info


def test_connections_are_strict(url: str) -> None:
    engine = make_engine(url)
    assert pragma(engine, "foreign_keys") == 1
    assert pragma(engine, "synchronous") == 2


def test_a_missing_file_is_not_made(tmp_path: Path) -> None:
    file = tmp_path / "none.db"
    with pytest.raises(StorageError) as caught:
        make_engine(f"sqlite:///{file}").connect()
    assert caught.value.code == "database-missing"
    assert not file.exists()


def test_a_file_with_odd_signs_in_its_name_is_that_file(tmp_path: Path) -> None:
    folder = tmp_path / "契約課 100% #1"
    folder.mkdir()
    with make_engine(f"sqlite:///{folder / 'office.db'}", create=True).begin() as connection:
        connection.execute(text("CREATE TABLE t (a)"))
    assert [file.name for file in folder.iterdir()] == ["office.db"]


def test_what_is_no_database_is_said(tmp_path: Path) -> None:
    file = tmp_path / "office.db"
    file.write_bytes(b"PDF-1.7 " * 1000)
    with pytest.raises(StorageError) as caught:
        make_engine(f"sqlite:///{file}").connect()
    assert caught.value.code == "database-damaged"
    assert isinstance(caught.value.__cause__, sqlite3.DatabaseError)


def test_a_reading_engine_cannot_write(url: str) -> None:
    with make_engine(url, read_only=True).connect() as connection, pytest.raises(StorageError) as caught:
        connection.execute(text("INSERT INTO desk_meta VALUES ('a', 'b')"))
    assert caught.value.code == "database-read-only"


def test_a_write_protected_file_is_said(url: str) -> None:
    """Asked of the database itself, because whoever runs the tests may be allowed everything."""
    read_only = sqlite3.connect(f"file:{make_url(url).database}?mode=ro", uri=True)
    engine = make_engine(url)
    engine.pool._creator = lambda: read_only  # type: ignore[assignment]  # the one door to a connection of another mode
    with engine.connect() as connection, pytest.raises(StorageError) as caught:
        connection.execute(text("INSERT INTO desk_meta VALUES ('a', 'b')"))
    assert caught.value.code == "database-read-only"


def test_a_full_disk_is_said(engine: Engine) -> None:
    with engine.connect() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        connection.execute(text(f"PRAGMA max_page_count = {pages}"))
        fill = text("INSERT INTO desk_meta SELECT 'x' || value, hex(randomblob(5000)) FROM generate_series")
        rows = "WITH RECURSIVE generate_series(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM generate_series WHERE value < 50) "
        with pytest.raises(StorageError) as caught:
            connection.execute(text(f"{rows}{fill.text}"))
    assert caught.value.code == "disk-full"


def test_a_busy_database_is_said_after_a_while_but_can_be_read(url: str, engine: Engine) -> None:
    hasty = make_engine(url, busy_seconds=0.05)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO desk_meta VALUES ('a', 'b')"))
        with pytest.raises(StorageError) as caught:
            hasty.connect().begin()
        with reading(hasty).begin() as reader:
            assert reader.execute(text("SELECT count(*) FROM desk_meta")).scalar_one() == 0
    assert caught.value.code == "database-locked"


def test_a_writer_waits_for_its_turn(url: str, engine: Engine) -> None:
    """The second writer begins while the first is inside, and finds what the first wrote."""
    seen: list[int] = []

    def second() -> None:
        with make_engine(url).begin() as connection:
            seen.append(connection.execute(text("SELECT count(*) FROM desk_meta")).scalar_one())

    with engine.begin() as connection:
        connection.execute(text("INSERT INTO desk_meta VALUES ('a', 'b')"))
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.05)
        assert thread.is_alive()
    thread.join(10)
    assert seen == [1]


def test_memory_is_one_database_for_all_connections() -> None:
    engine = make_engine("sqlite://")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (a)"))
    assert pragma(engine, "table_info(t)") is not None


@pytest.mark.parametrize("url", ["postgresql://ebid:Canary@93x:pass@db/ebid", "://ebid:Canary93x@db"])
def test_an_address_that_cannot_be_read_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ConfigurationError, match="setting-invalid") as refused:
        make_engine(url)
    told = "".join(traceback.format_exception(refused.value))
    assert "database.url" in told
    assert not [piece for piece in ("Canary", "93x", "pass@db") if piece in told]


@pytest.mark.parametrize(
    "kind",
    [
        "mysql",
        "mysql+pymysql",
        "MySQL",
        "mariadb",
        "oracle",
        "mssql+pyodbc",
        "sqlite+pysqlcipher",
        "postgis",
    ],
)
def test_a_database_of_another_kind_is_refused_without_repeating_its_address(kind: str) -> None:
    with pytest.raises(ConfigurationError, match="database-kind") as refused:
        make_engine(kind + ADDRESS)
    told = "".join(traceback.format_exception(refused.value)) + sentence(refused.value)
    assert (f"「{kind}」" in sentence(refused.value), "Canary" in told, "db.example" in told) == (
        True,
        False,
        False,
    )


@pytest.mark.parametrize("kind", ["sqlite", "SQLite", "sqlite+pysqlite"])
def test_all_names_of_sqlite_are_it(tmp_path: Path, kind: str) -> None:
    engine = make_engine(f"{kind}:///{tmp_path / 'desk.sqlite'}", create=True)
    with engine.begin() as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1


@pytest.mark.parametrize("kind", ["postgresql", "postgres", "PostgreSQL", "postgresql+asyncpg"])
def test_all_names_of_postgresql_are_it(kind: str) -> None:
    assert make_engine(f"{kind}://db.example/ebid").url.drivername == "postgresql+psycopg"
