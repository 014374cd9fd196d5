"""Bringing a database to the schema of this program, and refusing to work on any other.

Starting only checks (``check_revision``); nothing but ``upgrade`` creates a file or a table.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, text

from ebidadmin.clock import SystemClock
from ebidadmin.errors import SchemaError, StorageError
from ebidadmin.persistence.engine import make_engine, one_writer, reading
from ebidadmin.persistence.first_binding import bind_everything
from ebidadmin.persistence.name_index import settle
from ebidadmin.persistence.staff_members import settle_roles

FIRST_BOUND = "0020"
"""The revision from which on events are sealed, and records bound to them, by whoever writes them."""

_STEPS = Path(__file__).resolve().parent / "migrations"


def upgrade(url: str | URL) -> None:
    """Run the steps that are missing, all or none of them, and create the SQLite file where there is none.

    Harmless on a database that is up to date. Raises ``SchemaError`` ``schema-newer`` where a newer program has been, and
    ``StorageError`` where the database cannot be written, or is a PostgreSQL database that does not keep text as UTF-8
    (``database-encoding``).
    """
    engine = make_engine(url, create=True)
    with engine.begin() as connection:
        upgrade_within(connection)
    engine.dispose()


def upgrade_within(connection: Connection) -> None:
    """The same, in the transaction of the caller, who ends it."""
    _refuse_other_encodings(connection)
    one_writer(connection)
    found = _revision_of(connection)
    if found is not None:
        _refuse_newer(found)
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    settle(connection)
    settle_roles(connection)
    if found is not None and found < FIRST_BOUND:
        bind_everything(connection, at=SystemClock().now())


def head() -> str:
    """The revision that this program works with."""
    wanted = _steps().get_current_head()
    if wanted is None:
        raise RuntimeError("the program was built without its migrations")
    return wanted


def revisions() -> frozenset[str]:
    """Every revision that this program knows."""
    return frozenset(step.revision for step in _steps().walk_revisions())


def current(engine: Engine) -> str | None:
    """The revision of a database, ``None`` where there was never an ``upgrade``."""
    with reading(engine).begin() as connection:
        return _revision_of(connection)


def check_revision(engine: Engine) -> None:
    """Raises ``SchemaError`` with code ``schema-missing``, ``schema-older`` or ``schema-newer`` unless the database has exactly the
    schema of this program; facts ``found`` (``None`` when missing) and ``wanted``."""
    found = current(engine)
    if found is None:
        raise SchemaError("schema-missing", found=None, wanted=head())
    _refuse_newer(found)
    if found != head():
        raise SchemaError("schema-older", found=found, wanted=head())


def _refuse_newer(found: str) -> None:
    # Every step up to our own is known here: an unknown one can only come from a later program.
    if found not in revisions():
        raise SchemaError("schema-newer", found=found, wanted=head())


def _refuse_other_encodings(connection: Connection) -> None:
    if connection.dialect.name != "postgresql":
        return
    encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
    if encoding != "UTF8":
        raise StorageError("database-encoding", found=encoding)


def _revision_of(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


@cache
def _steps() -> ScriptDirectory:
    # Read once: every desk that is opened asks for them, and no program changes its own steps.
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_STEPS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
