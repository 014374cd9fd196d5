"""Foreign errors of the database, translated at this edge into the house's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError, IntegrityError

from ebidadmin.errors import InputError, StorageError

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
    ("57P03", "database-locked"),
    ("57P", "database-lost"),
    ("57014", "database-slow"),
    ("25P03", "database-lost"),
    ("53300", "database-locked"),
    ("40", "database-locked"),
    ("25006", "database-read-only"),
    ("53100", "disk-full"),
    ("42501", "database-not-allowed"),
    # What a view that stands for a table does not take: see role_views.
    ("0A000", "database-not-allowed"),
    ("XX001", "database-damaged"),
    ("XX002", "database-damaged"),
    ("58", "database-unreadable"),
    ("08", "database-lost"),
    ("28", "database-missing"),
    ("3D000", "database-missing"),
)
"""By SQLSTATE, the first that fits; two characters are a class."""

UNREADABLE = "value-unreadable"
"""The code for a value in the database that the program never writes."""

_UNSTORABLE = frozenset({"22021", "22P05", "54000"})
"""SQLSTATE of signs that the encoding lacks, and of a text too long for an index."""


def translate_on(engine: Engine) -> None:
    """Let every failure of ``engine`` but a broken constraint surface as ``StorageError``, a text that no database can hold (pasted from
    somewhere) as ``InputError`` ``text-unstorable``.

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


@contextmanager
def translated(engine: Engine) -> Iterator[None]:
    """The same translation for what is done with a driver's connection itself."""
    driver = engine.dialect.loaded_dbapi
    try:
        yield
    except driver.Error as error:
        raise StorageError(_code(error, connected=True)) from error


def _translate(context: ExceptionContext) -> BaseException | None:
    raised = context.sqlalchemy_exception
    if _unstorable(context.original_exception):
        return InputError("text-unstorable")
    if not isinstance(raised, DBAPIError) or isinstance(raised, IntegrityError):
        return None
    if _unreadable(context.original_exception):
        return StorageError(UNREADABLE)
    return StorageError(_code(raised.orig, connected=context.connection is not None))


def _unstorable(error: BaseException) -> bool:
    """Whether it is about a value that no text of the database can be: a NUL, half a surrogate pair, more than an index takes."""
    if isinstance(error, UnicodeEncodeError):
        return True
    state = getattr(error, "sqlstate", None)
    if state is None:
        # The driver itself looks for NULs, and says it only in words.
        return type(error).__name__ == "DataError" and "NUL" in str(error)
    return state in _UNSTORABLE


def _unreadable(error: BaseException) -> bool:
    """Whether the driver can make no value of what the database holds: text that is no UTF-8, a day without end. Both say it only in
    words, or by saying nothing of a state."""
    if getattr(error, "sqlstate", None) is not None:
        return False
    return "Could not decode to UTF-8" in str(error) or type(error).__name__ == "DataError"


def _code(error: BaseException | None, *, connected: bool) -> str:
    name = getattr(error, "sqlite_errorname", None)
    if name is not None:
        return _first(_SQLITE, name)
    state = getattr(error, "sqlstate", None)
    if state is not None:
        return _first(_POSTGRESQL, state)
    # Without a state the server has not answered: it could not be reached, or the line went dead.
    if any(kind.__name__ == "OperationalError" for kind in type(error).__mro__):
        return "database-lost" if connected else "database-missing"
    return "database-refused"


def _first(table: tuple[tuple[str, str], ...], given: str) -> str:
    return next((code for start, code in table if given.startswith(start)), "database-refused")
