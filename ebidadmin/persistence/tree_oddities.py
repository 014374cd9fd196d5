"""Rows of tree and trail that nothing else reads, or that hold what the program never writes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, and_, case, cast, false, func, or_, select, text

from ebidadmin.domain.audit_leaves import SALT_BYTES
from ebidadmin.domain.erasures import ErasedPart
from ebidadmin.domain.tree_findings import Fault, Finding
from ebidadmin.persistence.bound_units import MANY, as_kept
from ebidadmin.persistence.schema_tree import BoundRowRow, ErasedRow, LeafRow, NodeRow

_LEVELS, _PLACES = 40, 1 << 40
_PARTS = frozenset(part.value for part in ErasedPart)
_OTHER_COUNTERS = text(
    "SELECT name, seq FROM sqlite_sequence WHERE name IS NOT 'audit_events' ORDER BY name LIMIT 100"
)


def tree_oddities(connection: Connection, *, since: int) -> Iterator[Finding]:
    """Leaves before the first place, inner hashes that are kept for another place than their own (of those that came into being after the
    first ``since`` leaves), salts that are none, rows that say of nothing that it was erased."""
    before = select(as_kept(LeafRow.seq)).where(LeafRow.position < 0).order_by(LeafRow.position).limit(MANY)
    for seq in connection.scalars(before):
        yield Finding(fault=Fault.ORDER_CHANGED, seq=seq)
    wrong: ColumnElement[bool] = ~_in_its_place()
    if since:
        wrong &= NodeRow.ends_at > since
    for level, place in connection.execute(
        select(as_kept(NodeRow.level), as_kept(NodeRow.place)).where(wrong).limit(MANY)
    ):
        yield Finding(fault=Fault.TREE_CHANGED, what=f"{level}/{place}")
    columns = (ErasedRow.by_event, ErasedRow.seq, ErasedRow.part)
    for row in connection.execute(select(*map(as_kept, columns))):
        if not is_erased_part(row):
            yield Finding(fault=Fault.ERASED_UNTOLD, seq=row[1], what=str(row[0]))
    if not since:
        yield from _salts(connection)


def is_erased_part(row: Sequence[Any]) -> bool:
    """Whether these are an erasing event, an event and a part of it."""
    by_event, seq, part = row
    return isinstance(by_event, int) and isinstance(seq, int) and part in _PARTS


def moment_kept(at: object) -> datetime | None:
    """The moment that a column holds, if it holds one as the program writes it."""
    if isinstance(at, datetime):
        return at.astimezone(UTC)
    if not isinstance(at, str):
        return None
    try:
        found = datetime.fromisoformat(f"{at}+00:00")
    except ValueError:
        return None
    return found if found.isoformat(sep=" ", timespec="microseconds") == f"{at}+00:00" else None


def _in_its_place() -> ColumnElement[bool]:
    """Whether an inner hash is kept for the place where its leaves end. Numbers that no tree has are not reckoned with: PostgreSQL would
    refuse."""
    level, place = NodeRow.level, NodeRow.place
    ends_at = (place + 1).op("<<")(cast(level, Integer))
    possible = and_(level.between(1, _LEVELS), place.between(0, _PLACES))
    return case((possible, NodeRow.ends_at == ends_at), else_=false())


def _salts(connection: Connection) -> Iterator[Finding]:
    """Of what records became, those that are neither a salt nor erased."""
    salt = BoundRowRow.salt
    odd: ColumnElement[bool] = func.length(salt).not_in((0, SALT_BYTES))
    if connection.dialect.name == "sqlite":
        odd = or_(odd, func.typeof(salt) != "blob")
    for seq in connection.scalars(select(as_kept(BoundRowRow.seq)).where(odd).limit(MANY)):
        yield Finding(fault=Fault.EVENT_CHANGED, seq=seq)
