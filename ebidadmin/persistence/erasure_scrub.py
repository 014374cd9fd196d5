"""Leaving no byte of deleted rows in the files of a database.

Both databases keep what was deleted until something else is written over it. So the file, or the files of all tables, are written anew.
What is not theirs to write anew (the write-ahead log of PostgreSQL, archives, backups) is the office's: see ``docs/operations.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from typing import Any

from sqlalchemy import Connection, Engine, select, text

from ebidadmin.errors import StorageError
from ebidadmin.persistence.failures import translated
from ebidadmin.persistence.tables import all_tables

_STATISTICS = "pg_statistic"
"""Where ANALYZE keeps samples of what columns hold."""

_NOT_OWNED = text(
    "SELECT c.relname FROM pg_class AS c WHERE c.oid = ANY (CAST(:tables AS regclass[]))"
    " AND NOT pg_has_role(c.relowner, 'USAGE') ORDER BY 1"
)
_OWNS_DATABASE = text(
    "SELECT pg_has_role(datdba, 'USAGE') FROM pg_database WHERE datname = current_database()"
)
_MAY_CHECKPOINT = text(
    "SELECT rolsuper OR pg_has_role('pg_checkpoint', 'USAGE') FROM pg_roles WHERE rolname = current_user"
)
_LOOKING_BACK = text(
    "SELECT count(*) FROM (SELECT backend_xmin AS seen FROM pg_stat_activity WHERE datname = current_database()"
    " UNION ALL SELECT transaction FROM pg_prepared_xacts WHERE database = current_database()"
    " UNION ALL SELECT xmin FROM pg_replication_slots UNION ALL SELECT catalog_xmin FROM pg_replication_slots) AS others"
    " WHERE age(seen) > age(CAST(CAST(:mark AS text) AS xid))"
)
"""Who sees a state of before that transaction: rows that were deleted are copied for them."""


_SAMPLED = text(
    "SELECT s.tablename, s.attname, format_type(a.atttypid, a.atttypmod) AS kind, l.collname"
    " FROM pg_stats AS s JOIN pg_attribute AS a"
    " ON a.attrelid = format('%I.%I', s.schemaname, s.tablename)::regclass AND a.attname = s.attname"
    " LEFT JOIN pg_collation AS l ON l.oid = a.attcollation AND l.collname <> 'default'"
    " WHERE s.schemaname = 'public' AND s.tablename = ANY (:tables) ORDER BY 1, 2"
)
"""Columns of which samples are kept, with what is needed to say their types."""


def scrub(engine: Engine) -> None:
    """Write the files of the database anew. Raises ``StorageError``: ``erasure-not-owner``, ``erasure-no-checkpoint`` and
    ``erasure-samples`` where a right is missing, ``erasure-watched`` where a transaction of before still sees what was deleted,
    ``database-locked`` and others. Whatever it was, it can be done again."""
    if engine.dialect.name == "sqlite":
        _scrub_sqlite(engine)
    else:
        _scrub_postgresql(engine)


def _scrub_sqlite(engine: Engine) -> None:
    with translated(engine), closing(engine.raw_connection()) as connection:
        cursor: Any = connection.cursor()
        cursor.execute("PRAGMA secure_delete = ON")
        cursor.execute("VACUUM")
        # Without a write-ahead log this does nothing.
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        if cursor.fetchone()[0]:
            raise StorageError("database-locked")


def _scrub_postgresql(engine: Engine) -> None:
    tables = [table.name for table in all_tables().sorted_tables]
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # To write a large table anew takes as long as it takes. The connection goes afterwards: it is not for clerks.
        connection.detach()
        connection.exec_driver_sql("SET statement_timeout = 0")
        foreign = connection.scalars(_NOT_OWNED, {"tables": tables}).all()
        if foreign or not connection.scalar(_OWNS_DATABASE):
            raise StorageError("erasure-not-owner", table=foreign[0] if foreign else _STATISTICS)
        if not connection.scalar(_MAY_CHECKPOINT):
            raise StorageError("erasure-no-checkpoint")
        mark = connection.scalar(text("SELECT pg_current_xact_id()::xid::text"))
        if connection.scalar(_LOOKING_BACK, {"mark": mark}):
            raise StorageError("erasure-watched")
        _forget_samples(connection, tables)
        for table in tables:
            connection.exec_driver_sql(f'VACUUM (FULL, ANALYZE) "{table}"')
        connection.exec_driver_sql(f"VACUUM (FULL) {_STATISTICS}")
        # Only then are the files of before gone.
        connection.exec_driver_sql("CHECKPOINT")


def _forget_samples(connection: Connection, tables: Sequence[str]) -> None:
    """Drop the samples of columns. ANALYZE makes new ones, but of a table that is empty it keeps the old ones."""
    if connection.scalar(text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")):
        connection.execute(
            text("DELETE FROM pg_statistic WHERE starelid = ANY (CAST(:t AS regclass[]))"), {"t": tables}
        )
        return
    empty = [
        one for one in tables if connection.execute(select(all_tables().tables[one]).limit(1)).first() is None
    ]
    for table, column, kind, collation in connection.execute(_SAMPLED, {"tables": empty}).all():
        # To the type that it has: all that this does is to drop its samples.
        as_it_is = f'"{column}" TYPE {kind}' + (f' COLLATE "{collation}"' if collation else "")
        try:
            connection.exec_driver_sql(f'ALTER TABLE "{table}" ALTER COLUMN {as_it_is}')
        except StorageError as error:
            raise StorageError("erasure-samples", table=table) from error
