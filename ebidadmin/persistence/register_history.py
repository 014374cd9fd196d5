"""Two versions of the register compared by sets.

Only records that one of the two versions has and the other has not are met at all: those opened or closed in between, found by
the indexes on ``from_batch`` and ``to_batch``. A record that came back as it was (an undone import) is told from a change by its digest.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Engine, FromClause, Select, and_, func, or_, select

from ebidadmin.domain.ids import BatchId, SupplierNumber
from ebidadmin.domain.imports import RecordChange
from ebidadmin.domain.qualifications import Qualification
from ebidadmin.domain.register_changes import field_changes
from ebidadmin.persistence.bulk_sets import REGISTER_TABLE
from ebidadmin.persistence.engine import reading
from ebidadmin.persistence.register import RECORD_COLUMNS, SqlRegister
from ebidadmin.services.register_history import Difference

_OLD, _NEW = REGISTER_TABLE.alias("held_before"), REGISTER_TABLE.alias("held_after")
_SAME = _OLD.c.supplier_number == _NEW.c.supplier_number


class SqlHistoryReader:
    """``register_history.HistoryReader`` on a database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = reading(engine)

    def version_as_of(self, moment: datetime) -> BatchId | None:
        with self._engine.begin() as connection:
            return SqlRegister(connection).version_as_of(moment)

    def difference(self, first: BatchId | None, last: BatchId | None) -> Difference:
        with self._engine.begin() as connection:
            counts = {
                kind: int(connection.execute(chosen(first or 0, last or 0, func.count())).scalar_one())
                for kind, chosen in (("added", _added), ("changed", _changed), ("vanished", _vanished))
            }
        return Difference(first, last, **counts)

    def changes(
        self, difference: Difference, *, kind: str, after: str, limit: int
    ) -> tuple[RecordChange, ...]:
        first, last = difference.first or 0, difference.last or 0
        if kind == "changed":
            return self._changed(first, last, after, limit)
        table, chosen = (_NEW, _added) if kind == "added" else (_OLD, _vanished)
        statement = chosen(first, last, table.c.supplier_number, table.c.trade_name)
        with self._engine.begin() as connection:
            rows = connection.execute(_paged(statement, table, after, limit)).all()
        return tuple(RecordChange(kind, SupplierNumber(row.supplier_number), row.trade_name) for row in rows)

    def _changed(self, first: int, last: int, after: str, limit: int) -> tuple[RecordChange, ...]:
        columns = [table.c[name] for table in (_OLD, _NEW) for name in RECORD_COLUMNS]
        statement = _changed(first, last, *columns)
        width = len(RECORD_COLUMNS)
        with self._engine.begin() as connection:
            rows = connection.execute(_paged(statement, _NEW, after, limit)).all()
        pairs = ((_record(row[:width]), _record(row[width:])) for row in rows)
        return tuple(
            RecordChange("changed", new.supplier_number, new.trade_name, field_changes(old, new))
            for old, new in pairs
        )


def _left(first: int, last: int) -> ColumnElement[bool]:
    """Records of the first version that the last has no more."""
    return and_(_OLD.c.from_batch <= first, _OLD.c.to_batch > first, _OLD.c.to_batch <= last)


def _came(first: int, last: int) -> ColumnElement[bool]:
    """Records of the last version that the first did not have."""
    open_still = or_(_NEW.c.to_batch.is_(None), _NEW.c.to_batch > last)
    return and_(_NEW.c.from_batch > first, _NEW.c.from_batch <= last, open_still)


def _added(first: int, last: int, *columns: Any) -> Select[Any]:
    before = select(_OLD.c.id).where(_left(first, last), _SAME).exists()
    return select(*columns).select_from(_NEW).where(_came(first, last), ~before)


def _vanished(first: int, last: int, *columns: Any) -> Select[Any]:
    later = select(_NEW.c.id).where(_came(first, last), _SAME).exists()
    return select(*columns).select_from(_OLD).where(_left(first, last), ~later)


def _changed(first: int, last: int, *columns: Any) -> Select[Any]:
    both = select(*columns).select_from(_OLD.join(_NEW, _SAME))
    return both.where(_left(first, last), _came(first, last), _OLD.c.digest != _NEW.c.digest)


def _paged(statement: Select[Any], table: FromClause, after: str, limit: int) -> Select[Any]:
    number = table.c.supplier_number
    return statement.where(number > after).order_by(number).limit(limit)


def _record(values: Any) -> Qualification:
    return Qualification(**dict(zip(RECORD_COLUMNS, values, strict=True)))
