"""Which suppliers with a live registration or an open application undoing a batch touches.

What the batch opened is what the undoing closes, and what it closed is what comes back: both are found by the indexes on
``from_batch`` and ``to_batch``, also after a later batch. A batch is asked for as a range of one: equal to a number, SQLite would look for
the other record of a supplier among all of the batch, instead of by its supplier number.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Engine, Select, and_, case, exists, func, or_, select

from ebidadmin.domain.ids import BatchId
from ebidadmin.domain.imports import TOUCHING_FIELDS, TouchedSupplier
from ebidadmin.persistence.bulk_sets import REGISTER_TABLE
from ebidadmin.persistence.bulk_touched import concerned, number_of, paged, touched_supplier, who
from ebidadmin.persistence.engine import reading

_UNDONE, _BACK = REGISTER_TABLE.alias("undone"), REGISTER_TABLE.alias("brought_back")
_NOW, _THEN = _UNDONE.c, _BACK.c
_SAME = _NOW.supplier_number == _THEN.supplier_number


class SqlUndoingReader:
    """``undoing_preview.UndoingReader`` on a database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = reading(engine)

    def touched_count(self, target: BatchId, *, day: date) -> int:
        counted = (
            _changed(target, day, func.count()),
            _gone(target, func.count()),
            _returned(target, func.count()),
        )
        with self._engine.begin() as connection:
            return sum(number_of(connection, one) for one in counted)

    def touched(self, target: BatchId, *, day: date, after: str, limit: int) -> tuple[TouchedSupplier, ...]:
        flags = [
            *(case((_NOW[name] != _THEN[name], 1), else_=0).label(name) for name in TOUCHING_FIELDS),
            case((_lapses(day), 1), else_=0).label("lapsed"),
        ]
        back, gone = who(_THEN.supplier_number, _THEN.trade_name), who(_NOW.supplier_number, _NOW.trade_name)
        changed = paged(_changed(target, day, *back, *flags), _THEN.supplier_number, after, limit)
        returned = paged(_returned(target, *back), _THEN.supplier_number, after, limit)
        vanished = paged(_gone(target, *gone), _NOW.supplier_number, after, limit)
        with self._engine.begin() as connection:
            found = [
                touched_supplier(row, tuple(flag.name for flag in flags if row._mapping[flag.name]))
                for row in connection.execute(changed)
            ]
            found += [touched_supplier(row, ("returned",)) for row in connection.execute(returned)]
            found += [touched_supplier(row, ("vanished",)) for row in connection.execute(vanished)]
        return tuple(sorted(found, key=lambda one: one.supplier_number)[:limit])


def _opened(target: BatchId) -> ColumnElement[bool]:
    return _NOW.from_batch.between(target, target)


def _closed(target: BatchId) -> ColumnElement[bool]:
    return _THEN.to_batch.between(target, target)


def _changed(target: BatchId, day: date, *columns: Any) -> Select[Any]:
    differs = or_(*(_NOW[name] != _THEN[name] for name in TOUCHING_FIELDS), _lapses(day))
    pair = select(*columns).select_from(_UNDONE.join(_BACK, _SAME))
    return pair.where(_opened(target), _closed(target), differs, concerned(_THEN.supplier_number))


def _gone(target: BatchId, *columns: Any) -> Select[Any]:
    before = exists().where(_closed(target), _SAME).correlate(_UNDONE)
    return (
        select(*columns).select_from(_UNDONE).where(_opened(target), ~before, concerned(_NOW.supplier_number))
    )


def _returned(target: BatchId, *columns: Any) -> Select[Any]:
    later = exists().where(_opened(target), _SAME).correlate(_BACK)
    return (
        select(*columns).select_from(_BACK).where(_closed(target), ~later, concerned(_THEN.supplier_number))
    )


def _lapses(day: date) -> ColumnElement[bool]:
    """Over by that day as the register would have it, and not as it has it."""
    return and_(_THEN.valid_to < day, or_(_NOW.valid_to.is_(None), _NOW.valid_to >= day))
