"""Foreign errors of the database, translated at this edge into the house's own."""

from __future__ import annotations

from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError, IntegrityError

from ebidadmin.errors import StorageError

_SQLITE: tuple[tuple[str, str], ...] = (
    ("SQLITE_BUSY", "database-locked"),
    ("SQLITE_LOCKED", "database-locked"),
    ("SQLITE_READONLY", "database-read-only"),
    ("SQLITE_FULL", "disk-full"),
    ("SQLITE_CANTOPEN", "database-missing"),
    ("SQLITE_NOTADB", "database-damaged"),
    ("SQLITE_CORRUPT", "database-damaged"),
    ("SQLITE_IOERR", "database-unreadable"),
    ("SQLITE_PERM", "database-read-only"),
)

_POSTGRESQL: tuple[tuple[str, str], ...] = (
    ("55P03", "database-locked"),
    ("40", "database-locked"),
    ("25006", "database-read-only"),
    ("53100", "disk-full"),
    ("42501", "database-read-only"),
    ("08", "database-missing"),
)
"""By SQLSTATE, the longer first; two characters are a class."""


def translate_on(engine: Engine) -> None:
    """Let every failure of ``engine`` but a broken constraint surface as ``StorageError``.

    A broken constraint stays what it is: whoever saves knows which rule of the office it stands for.
    """
    event.listen(engine, "handle_error", _translate, retval=True)


def broken_constraint(error: IntegrityError) -> str:
    """What the database says was broken: names of constraints, tables and columns, never values."""
    diagnostic = getattr(error.orig, "diag", None)
    if diagnostic is not None:
        return str(diagnostic.constraint_name or diagnostic.message_primary)
    return str(error.orig)


def refused(error: IntegrityError) -> StorageError:
    """For a constraint that no rule of the office stands behind: a defect of the program, or a change around it."""
    return StorageError("refused-by-database", constraint=broken_constraint(error))


def _translate(context: ExceptionContext) -> BaseException | None:
    raised = context.sqlalchemy_exception
    if not isinstance(raised, DBAPIError) or isinstance(raised, IntegrityError):
        return None
    return StorageError(_code(raised.orig))


def _code(error: BaseException | None) -> str:
    name = getattr(error, "sqlite_errorname", None)
    state = getattr(error, "sqlstate", None)
    table, given = (_SQLITE, name) if name else (_POSTGRESQL, state)
    found = (code for start, code in table if given and str(given).startswith(start))
    return next(found, "database-refused")
