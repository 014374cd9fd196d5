"""Statements that every decision asks, made once: to build one with its key for the cache takes longer than most of them take to answer.

Only for statements whose values the driver takes and gives as they are: text, whole numbers, bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, CursorResult, Insert, Select


class _Made(NamedTuple):
    """A statement in the words of one kind of database."""

    words: str
    order: Sequence[str] | None
    """Of its values, where the driver takes them by place."""
    fixed: Mapping[str, object]


class ReadyMade:
    """One statement, in the words of whichever database is asked."""

    def __init__(self, statement: Select[Any] | Insert) -> None:
        self._statement = statement
        self._made: dict[str, _Made] = {}

    def ask(self, connection: Connection, *given: Mapping[str, object]) -> CursorResult[Any]:
        """Execute it with those values by name, once for each of ``given``; with several of them it answers nothing."""
        made = self._made_for(connection)
        values: list[Any] = []
        for one in given or ({},):
            named = {**made.fixed, **one} if made.fixed else one
            values.append(named if made.order is None else tuple([named[name] for name in made.order]))
        return connection.exec_driver_sql(made.words, values[0] if len(values) == 1 else values)

    def rows(self, connection: Connection, given: Mapping[str, object]) -> Sequence[Any]:
        """All that it answers."""
        return self.ask(connection, given).all()

    def _made_for(self, connection: Connection) -> _Made:
        dialect = connection.dialect
        found = self._made.get(dialect.name)
        if found is None:
            names = (
                [one.key for one in self._statement.table.c] if isinstance(self._statement, Insert) else None
            )
            compiled = self._statement.compile(dialect=dialect, column_keys=names)
            fixed = {name: value for name, value in compiled.params.items() if value is not None}
            order = compiled.positiontup if compiled.positional else None
            found = self._made[dialect.name] = _Made(str(compiled), order, fixed)
        return found
