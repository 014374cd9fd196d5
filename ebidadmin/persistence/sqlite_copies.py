"""A copy of an SQLite database while others work with it, by SQLite's own backup.

Pages are copied some at a time, and between two times everybody may write; SQLite then begins anew, so that the copy is of one moment.
Where somebody always writes, the last attempt copies everything at once, for which writers wait.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from time import monotonic

from sqlalchemy import Engine

from ebidadmin.errors import StorageError
from ebidadmin.persistence.engine import BUSY_SECONDS
from ebidadmin.persistence.failures import translated

PAGES = 2_000
"""Pages that are copied at a time: some milliseconds, for which a writer waits."""

MOST_RESTARTS = 5

_WAITING = 0.05
_HELD = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})

Step = Callable[[int, int], None]
"""Told how many pages are still to copy, and how many there are, between two times."""


class _AlwaysWrittenError(Exception):
    """Others write faster than the copy is made."""


def copy_database(engine: Engine, target: Path, *, step: Step = lambda _left, _all: None) -> None:
    """Make ``target``, which is not there yet, a copy of the database as it was at one moment, and look whether it is sound.

    Raises ``StorageError``: ``database-locked`` where somebody holds the database all the time, ``database-damaged`` where the copy is not
    sound (then the database itself is not), ``disk-full`` and others.
    """
    with (
        translated(engine),
        closing(engine.raw_connection()) as opened,
        closing(sqlite3.connect(target)) as copy,
    ):
        source = opened.driver_connection
        if not isinstance(source, sqlite3.Connection):
            raise TypeError("no connection of SQLite")
        # What waits is told below, with its own patience.
        source.execute("PRAGMA busy_timeout = 0")
        try:
            source.backup(copy, pages=PAGES, progress=_watched(step, MOST_RESTARTS), sleep=_WAITING)
        except _AlwaysWrittenError:
            source.backup(copy, pages=-1, progress=_watched(step, None), sleep=_WAITING)
        # The copy is to be one file, whatever journal its source has.
        copy.execute("PRAGMA journal_mode = DELETE")
        if copy.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise StorageError("database-damaged")


def _watched(step: Step, most: int | None) -> Callable[[int, int, int], None]:
    """Ends the copying where the database is held for too long, or where it begins anew too often (``most``)."""
    since = monotonic()
    before: int | None = None
    restarts = 0

    def told(status: int, left: int, pages: int) -> None:
        nonlocal since, before, restarts
        if status in _HELD:
            if monotonic() - since > BUSY_SECONDS:
                raise StorageError("database-locked")
            return
        since = monotonic()
        if before is not None and left >= before:
            restarts += 1
        before = left
        if most is not None and restarts > most:
            raise _AlwaysWrittenError
        step(left, pages)

    return told
