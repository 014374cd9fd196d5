"""The instants of an import at which it can be cut short between two things that it does to the database, each with a name.

A fault point lies before every statement, and before and after every commit; so one lies after each of them as well. The names tell what
comes next: ``before INSERT qualifications``. The same work on a copy of the same database passes the same points in the same order.
"""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Engine, event

from ebidadmin.persistence import loading

_STATEMENT = re.compile(
    r"\s*(?:WITH\b.*?\)\s*)?(?P<verb>[A-Z]+)\b(?:.*?\b(?:INTO|FROM|UPDATE|TABLE|INDEX)\s+\"?(?P<table>\w+))?",
    re.DOTALL,
)


class FaultPoints:
    """Notes the points that the work of this process passes; at the one numbered ``last`` the process ends as by a power cut."""

    def __init__(self, last: int | None, passed: Callable[[str], None]) -> None:
        self._last = last
        self._passed = passed
        self._count = 0

    def watch(self, engine: Engine) -> None:
        """Everything that this engine does from now on."""
        event.listen(engine, "before_cursor_execute", self._before)
        commit = engine.dialect.do_commit

        def watched_commit(dbapi_connection: Any) -> None:
            self._pass("before COMMIT")
            commit(dbapi_connection)
            self._pass("after COMMIT")

        engine.dialect.do_commit = watched_commit  # type: ignore[method-assign]  # there is no event after a commit
        copy = loading._copy

        def watched_copy(connection: Connection, table: Any, columns: Any) -> None:
            self._pass(f"before COPY {table.name}")
            copy(connection, table, columns)

        loading._copy = watched_copy

    def _before(self, _c: object, _cursor: object, statement: str, *_rest: object) -> None:
        self._pass(f"before {named(statement)}")

    def _pass(self, name: str) -> None:
        if self._count == self._last:
            os.kill(os.getpid(), signal.SIGKILL)
        self._count += 1
        self._passed(name)


def named(statement: str) -> str:
    """What a statement does, and to which table."""
    found = _STATEMENT.match(statement)
    assert found is not None, statement
    update = re.match(r"\s*UPDATE\s+\"?(\w+)", statement)
    table = update.group(1) if update else found["table"]
    return " ".join(filter(None, (found["verb"], table)))
