"""Emptying what an erasing event names in the trail; triggers let nothing else of it be changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Update, and_, exists, func, insert, null, or_, text, update
from sqlalchemy.orm import aliased

from ebidadmin.domain.erasures import Erased, ErasedPart
from ebidadmin.persistence.among import among
from ebidadmin.persistence.schema import AuditRow
from ebidadmin.persistence.schema_tree import BoundRowRow, ErasedRow, LeafRow

_AT_ONCE = 500
"""Events that one statement names."""


def erase(connection: Connection, erased: Collection[Erased], *, by_event: int) -> None:
    """Empty those parts of the trail, and keep which they were. Part of the caller's transaction, in which that event was told.

    Raises ``IntegrityError`` where one is the erasing of another, which stays.
    """
    rows = [{"seq": one.seq, "part": one.part, "by_event": by_event} for one in sorted(erased)]
    if rows:
        connection.execute(insert(ErasedRow), rows)
    values = sorted(one.seq for one in erased if one.part is ErasedPart.VALUES)
    blank = {AuditRow.before: null(), AuditRow.after: null(), AuditRow.facts: text("'{}'")}
    _each(connection, values, lambda some: update(AuditRow).where(AuditRow.seq.in_(some)).values(blank))
    _each(connection, values, lambda some: update(LeafRow).where(LeafRow.seq.in_(some)).values(salt=b""))
    records = sorted(one.seq for one in erased if one.part is ErasedPart.RECORDS)
    _each(connection, records, _salts)


def empty_salts(connection: Connection, refs: Iterable[tuple[str, str]], *, by_event: int) -> None:
    """Empty the salts of what those records (kind and key) were before that event, wherever that was bound: every such event is named by
    some erasing.

    Raises ``IntegrityError`` where one is not.
    """
    of: dict[str, list[str]] = {}
    for kind, key in refs:
        of.setdefault(kind, []).append(key)
    kept = and_(func.length(BoundRowRow.salt) > 0, BoundRowRow.seq < by_event)
    for kind, keys in of.items():
        chosen = (BoundRowRow.kind == kind, among(BoundRowRow.key, keys), kept, outlived())
        connection.execute(update(BoundRowRow).where(*chosen).values(salt=b""))


def _salts(numbers: Sequence[int]) -> Update:
    return update(BoundRowRow).where(BoundRowRow.seq.in_(numbers), outlived()).values(salt=b"")


def outlived() -> ColumnElement[bool]:
    """Whether what a record became is no longer what it is: its salt is of no more use."""
    later = aliased(BoundRowRow)
    newer = exists().where(
        later.kind == BoundRowRow.kind, later.key == BoundRowRow.key, later.seq > BoundRowRow.seq
    )
    return or_(BoundRowRow.digest.is_(None), newer)


def _each(connection: Connection, numbers: Sequence[int], statement: Callable[[Sequence[int]], Any]) -> None:
    for start in range(0, len(numbers), _AT_ONCE):
        connection.execute(statement(numbers[start : start + _AT_ONCE]))
