"""What a database is asked: the cost of a list is how often, whatever the machine."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Engine, event


def statements(engine: Engine, ask: Callable[[], object]) -> list[str]:
    """The statements that asking costs, in order."""
    asked: list[str] = []

    def note(*call: object) -> None:
        asked.append(str(call[2]))

    event.listen(engine, "before_cursor_execute", note)
    try:
        ask()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return asked
