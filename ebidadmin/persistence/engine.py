"""Engines: how a connection to the database is made and how its transactions begin.

SQLite is the default, one file on one machine; PostgreSQL serves offices with several. What is particular to either is here, in
``failures`` and in the triggers of the migrations.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, make_url, select
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry, NullPool, StaticPool

from ebidadmin.errors import ConfigurationError, StorageError
from ebidadmin.persistence.failures import translate_on

__all__ = ["Connection", "Engine", "journal_mode", "library_version", "make_engine", "one_writer", "reading"]

BUSY_SECONDS = 10.0
"""How long a unit of work waits for another's to end before it gives up with ``database-locked``."""

CACHE_KIBIBYTES = 65_536
"""What a connection that writes may keep of the file in memory: an import looks a million rows up in no order."""

WAL_SAFE = (3, 51, 3)
"""The first SQLite whose write-ahead log cannot lose a commit when a checkpoint resets the log (the "WAL-reset" defect)."""

SQLITE = frozenset({"sqlite", "sqlite+pysqlite"})
"""Other drivers promise what is not held here, such as a file that is encrypted."""

POSTGRESQL = frozenset({"postgresql", "postgres"})
"""Whatever driver an address names, it is psycopg that is used. The short form is the server's own."""

CONNECT_SECONDS = 10
"""How long to wait for the server to answer at all."""

STATEMENT_SECONDS = 900
"""How long one statement of a desk may take on PostgreSQL. What an office asks takes seconds, and the longest of an import of a million
rows some minutes."""

IDLE_SECONDS = 300
"""How long a transaction on PostgreSQL may wait for the program: one whose computer was suspended would keep everybody from writing."""

DEAD_LINE = {
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
"""When a server that answers nothing any more is given up: seconds, and milliseconds for what was sent and not even received. Without them
somebody waits for a quarter of an hour, or for ever."""

WRITERS_TURN = 0x65626964
"""The advisory lock of PostgreSQL that whoever writes holds: the letters "ebid"."""

READING = "ebidadmin_reading"
"""Execution option: the transaction only reads, so it need not queue behind a writer."""


def make_engine(
    url: str | URL, *, read_only: bool = False, create: bool = False, busy_seconds: float = BUSY_SECONDS
) -> Engine:
    """An engine for ``url``. Nothing is connected yet.

    ``read_only``: for queue and reports; the database refuses to write. ``create``: make a missing SQLite file (only the
    migration does, which on PostgreSQL may take as long as it takes); otherwise connecting to one that is missing raises ``StorageError``
    ``database-missing``.
    Bound values never stand in messages or logs: they are personal data and password hashes.
    Every failure of the engine is a ``StorageError``: ``database-locked``, ``database-read-only``, ``database-not-allowed``, ``disk-full``,
    ``database-missing``, ``database-lost``, ``database-slow``, ``database-damaged``, ``database-unreadable``, else ``database-refused``. A
    database of a kind that the installation has no driver for raises ``database-driver-missing`` at once, what is no address of a database
    ``ConfigurationError`` ``setting-invalid``, the address of another kind of database ``database-kind``, which does not repeat it.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        # Not even as its cause: that may repeat a piece of the password.
        raise ConfigurationError("setting-invalid", setting="database.url", value="*****") from None
    if parsed.drivername.lower() in SQLITE:
        engine = _sqlite_engine(parsed, read_only=read_only, create=create, busy_seconds=busy_seconds)
    elif parsed.get_backend_name().lower() in POSTGRESQL:
        engine = _postgresql_engine(parsed, busy_seconds=busy_seconds, limited=not create)
        if read_only:
            engine = _snapshots(engine)
    else:
        raise ConfigurationError("database-kind", setting="database.url", kind=parsed.drivername)
    translate_on(engine)
    return engine


def reading(engine: Engine) -> Engine:
    """The same database, for transactions that only read: each sees one state of it and waits for no writer."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(**{READING: True})
    return _snapshots(engine)


def one_writer(connection: Connection) -> None:
    """Wait for the turn to write, which then lasts until the transaction ends; to be called before its first change.

    On SQLite the transaction has it since it began. On PostgreSQL it keeps the trail in the order in which things became so, and
    keeps two units from waiting for each other. Raises ``StorageError`` ``database-locked`` when that takes too long.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(WRITERS_TURN)))


def journal_mode(version: tuple[int, ...]) -> str:
    """The safe journal for that version of the SQLite library: ``WAL`` only without the WAL-reset defect, else ``DELETE``."""
    return "WAL" if version >= WAL_SAFE else "DELETE"


def library_version() -> tuple[int, ...]:
    """The version of the SQLite library in use."""
    return sqlite3.sqlite_version_info


def _postgresql_engine(url: URL, *, busy_seconds: float, limited: bool) -> Engine:
    limits = {"statement_timeout": STATEMENT_SECONDS, "idle_in_transaction_session_timeout": IDLE_SECONDS}
    # The later one counts: an address may say otherwise about the limits, not about the rest.
    options = (
        *(f"-c {name}={seconds}s" for name, seconds in limits.items() if limited),
        url.query.get("options", ""),
        "-c timezone=UTC",
        f"-c lock_timeout={int(busy_seconds * 1000)}",
    )
    asked: dict[str, object] = dict(DEAD_LINE)
    if not isinstance(url.query.get("host", ""), str):
        # Of several servers the one that takes over: the others only follow.
        asked["target_session_attrs"] = "read-write"
    try:
        return create_engine(
            url.set(drivername="postgresql+psycopg"),
            isolation_level="READ COMMITTED",
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={
                **{name: value for name, value in asked.items() if name not in url.query},
                "options": " ".join(str(option) for option in options if option),
                "connect_timeout": CONNECT_SECONDS,
                "client_encoding": "utf8",
                "application_name": "ebidadmin",
            },
        )
    except ModuleNotFoundError as error:
        raise StorageError("database-driver-missing", backend=url.get_backend_name()) from error


def _snapshots(engine: Engine) -> Engine:
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _sqlite_engine(url: URL, *, read_only: bool, create: bool, busy_seconds: float) -> Engine:
    in_memory = url.database in (None, "", ":memory:")
    # Without a pool no connection outlives its unit: no lock is left behind by a click, nothing is inherited by a fork. Opening
    # a file costs well under a millisecond.
    pool = StaticPool if in_memory else NullPool
    opener = _opener(url, create=create, busy_seconds=busy_seconds)
    engine = create_engine(url.set(drivername="sqlite"), poolclass=pool, creator=opener, hide_parameters=True)
    event.listen(engine, "connect", _set_up(read_only=read_only, in_memory=in_memory))
    event.listen(engine, "begin", _begin_reading if read_only else _begin)
    return engine


def _opener(url: URL, *, create: bool, busy_seconds: float) -> Callable[[], sqlite3.Connection]:
    def open_file() -> sqlite3.Connection:
        database = url.database
        if database in (None, "", ":memory:"):
            return sqlite3.connect(":memory:", timeout=busy_seconds, check_same_thread=False)
        address = f"{Path(database).absolute().as_uri()}?mode={'rwc' if create else 'rw'}"
        return sqlite3.connect(address, uri=True, timeout=busy_seconds, check_same_thread=False)

    return open_file


def _set_up(*, read_only: bool, in_memory: bool) -> Callable[[DBAPIConnection, ConnectionPoolEntry], None]:
    def set_up(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        # The driver would begin transactions of its own, too late and never IMMEDIATE: `_begin` does it instead.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA synchronous = FULL")
        if read_only:
            cursor.execute("PRAGMA query_only = ON")
        else:
            cursor.execute(f"PRAGMA cache_size = -{CACHE_KIBIBYTES}")
        if not (read_only or in_memory):
            _set_journal(cursor.execute, journal_mode(library_version()))
        cursor.close()

    return set_up


def _set_journal(execute: Callable[[str], object], wanted: str) -> None:
    cursor = execute(f"PRAGMA journal_mode = {wanted}")
    got = cursor.fetchone()[0] if isinstance(cursor, sqlite3.Cursor) else None
    if str(got).upper() != wanted:
        raise StorageError("journal-mode-refused", wanted=wanted, found=str(got))


def _begin(connection: Connection) -> None:
    reads = connection.get_execution_options().get(READING, False)
    # A unit that may write takes the write lock before it reads: what it decides on cannot change under it, and two units can
    # never wait for each other half-way.
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _begin_reading(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
