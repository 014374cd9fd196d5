"""What each person keeps of the review queue, in the database; see ``services.queue_views``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Engine, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from ebidadmin.persistence.engine import reading
from ebidadmin.persistence.schema_views import QueueViewRow
from ebidadmin.services.queue_views import QueueView

_KNOWN = frozenset(one.name for one in fields(QueueView))


class SqlViewStore:
    """``queue_views.ViewStore``."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def all(self, person: str) -> Mapping[str, QueueView]:
        wanted = select(QueueViewRow.name, QueueViewRow.view).where(QueueViewRow.person == person)
        with reading(self._engine).begin() as connection:
            rows = connection.execute(wanted.order_by(QueueViewRow.name)).all()
        return {row.name: _view(row.view) for row in rows}

    def keep(self, person: str, name: str, view: QueueView, *, at: datetime) -> None:
        values = {"person": person, "name": name, "view": asdict(view), "kept_at": at}
        # One statement: two tabs of one person may keep at the same moment, and the later one counts.
        insert = postgresql.insert if self._engine.dialect.name == "postgresql" else sqlite.insert
        statement = insert(QueueViewRow).values(values)
        again = {"view": statement.excluded.view, "kept_at": statement.excluded.kept_at}
        with self._engine.begin() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["person", "name"], set_=again))

    def drop(self, person: str, name: str) -> None:
        gone = delete(QueueViewRow).where(QueueViewRow.person == person, QueueViewRow.name == name)
        with self._engine.begin() as connection:
            connection.execute(gone)


def _view(kept: object) -> QueueView:
    """What another version of the program kept besides is left out."""
    values = cast("dict[str, Any]", kept)
    return QueueView(**{name: value for name, value in values.items() if name in _KNOWN})
