"""The hash tree over the trail, in the database; see ``services.tree_ports``."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from sqlalchemy import TEXT, Connection, Engine, Row, cast, func, insert, select, text, true, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from ebidadmin.domain.audit_leaves import SALT_BYTES, BoundRow, TrailRow, entry_bytes, payload_hash
from ebidadmin.domain.audit_tree import Node, appended, leaf_hash, whole_subtrees
from ebidadmin.domain.erasures import Erased, ErasedPart
from ebidadmin.domain.tree_findings import Finding
from ebidadmin.domain.tree_heads import SignedHead
from ebidadmin.persistence.binding import bound_to
from ebidadmin.persistence.engine import one_writer, reading
from ebidadmin.persistence.record_check import record_findings
from ebidadmin.persistence.schema import AuditRow
from ebidadmin.persistence.schema_tree import ErasedRow, HeadRow, LeafRow, NodeRow
from ebidadmin.persistence.tree_guards import missing_guards
from ebidadmin.services.tree_ports import StoredLeaf

_STRAYS = 100

_VALUES = tuple(
    cast(getattr(AuditRow, name), TEXT).label(name)
    if name in ("before", "after", "facts")
    else getattr(AuditRow, name)
    for name in TrailRow.__dataclass_fields__
)
"""The columns of an event; its values as the very text that is stored."""


class SqlTrailTree:
    """``tree_ports.TrailTree``. With ``dry_run`` nothing is kept."""

    def __init__(self, engine: Engine, *, dry_run: bool = False) -> None:
        self._engine, self._dry_run = engine, dry_run

    def snapshot(self) -> SqlTreeSnapshot:
        return SqlTreeSnapshot(self._engine)

    def keep(self, head: SignedHead, *, at: datetime) -> None:
        if self._dry_run:
            return
        kind = postgresql.insert if self._engine.dialect.name == "postgresql" else sqlite.insert
        values = {"size": head.head.size, "note": head.note, "kept_at": at}
        with self._engine.begin() as connection:
            one_writer(connection)
            connection.execute(kind(HeadRow).values(values).on_conflict_do_nothing())


class SqlTreeSnapshot:
    """``tree_ports.TreeSnapshot``: one transaction that only reads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = reading(engine)
        self._open: Connection | None = None

    def __enter__(self) -> SqlTreeSnapshot:
        self._open = self._engine.connect()
        return self

    def __exit__(self, *_details: object) -> None:
        opened, self._open = self._open, None
        if opened is not None:
            opened.close()

    @property
    def _connection(self) -> Connection:
        if self._open is None:
            raise RuntimeError("the snapshot is closed")
        return self._open

    def size(self) -> int:
        return _extent(self._connection)[0]

    def last_seq(self) -> int:
        return _extent(self._connection)[1]

    def known(self, node: Node) -> bytes:
        return _known(self._connection, node)

    def position_of(self, seq: int) -> int | None:
        return self._connection.scalar(select(LeafRow.position).where(LeafRow.seq == seq))

    def seq_before(self, position: int) -> int:
        return self._connection.scalar(select(LeafRow.seq).where(LeafRow.position == position - 1)) or 0

    def leaves(self, start: int, end: int) -> Sequence[StoredLeaf]:
        wanted = (
            select(
                LeafRow.position,
                LeafRow.seq.label("leaf_seq"),
                LeafRow.salt,
                LeafRow.payload,
                LeafRow.leaf,
                *_VALUES,
            )
            .outerjoin(AuditRow, AuditRow.seq == LeafRow.seq)
            .where(LeafRow.position >= start, LeafRow.position < end)
            .order_by(LeafRow.position)
        )
        found = self._connection.execute(wanted).all()
        if not found:
            return []
        numbers = [row.leaf_seq for row in found]
        bound = bound_to(self._connection, min(numbers), max(numbers))
        erased = _erased(self._connection, min(numbers), max(numbers))
        return [
            StoredLeaf(
                position=row.position,
                seq=row.leaf_seq,
                salt=row.salt,
                payload=row.payload,
                leaf=row.leaf,
                row=None if row.seq is None else _trail_row(row),
                bound=bound.get(row.leaf_seq, ()),
                erased=row.leaf_seq in erased,
            )
            for row in found
        ]

    def nodes(self, start: int, end: int | None = None) -> Iterator[tuple[Node, bytes]]:
        wanted = (
            select(NodeRow.level, NodeRow.place, NodeRow.hash)
            .where(NodeRow.ends_at > start, true() if end is None else NodeRow.ends_at <= end)
            .order_by(NodeRow.ends_at, NodeRow.level)
        )
        for row in self._connection.execute(wanted):
            yield Node(row.level, row.place), row.hash

    def strays(self) -> Sequence[int]:
        lone = (
            select(AuditRow.seq)
            .outerjoin(LeafRow, LeafRow.seq == AuditRow.seq)
            .where(LeafRow.seq.is_(None))
            .order_by(AuditRow.seq)
            .limit(_STRAYS)
        )
        return self._connection.scalars(lone).all()

    def records(self, *, after: int) -> Iterator[Finding]:
        return record_findings(self._connection, after=after)

    def erasures(self) -> Iterator[tuple[int, Collection[Erased]]]:
        wanted = select(ErasedRow.by_event, ErasedRow.seq, ErasedRow.part).order_by(ErasedRow.by_event)
        for by_event, rows in groupby(self._connection.execute(wanted), key=attrgetter("by_event")):
            yield by_event, [Erased(row.seq, row.part) for row in rows]

    def drawn(self) -> int | None:
        if self._connection.dialect.name != "sqlite":
            return None  # a sequence of PostgreSQL does not go back with a transaction: it tells nothing
        counter = text("SELECT seq FROM sqlite_sequence WHERE name = 'audit_events'")
        return self._connection.execute(counter).scalar_one_or_none()

    def newest(self) -> int:
        return self._connection.scalar(select(func.max(AuditRow.seq))) or 0

    def heads(self) -> Sequence[str]:
        return self._connection.scalars(select(HeadRow.note).order_by(HeadRow.size)).all()

    def missing_guards(self) -> Sequence[str]:
        return missing_guards(self._connection)


def _extent(connection: Connection) -> tuple[int, int]:
    """How many leaves there are, and the number of the last event that has one."""
    # Each by itself: where somebody exchanged leaves, the last place is not that of the last event.
    size, last = func.coalesce(func.max(LeafRow.position) + 1, 0), func.coalesce(func.max(LeafRow.seq), 0)
    found = connection.execute(select(size.label("size"), last.label("last"))).one()
    return found.size, found.last


def _erased(connection: Connection, first: int, last: int) -> frozenset[int]:
    """The events of those numbers of which the values were erased."""
    wanted = select(ErasedRow.seq).where(
        ErasedRow.part == ErasedPart.VALUES, ErasedRow.seq >= first, ErasedRow.seq <= last
    )
    return frozenset(connection.scalars(wanted))


def _known(connection: Connection, node: Node) -> bytes:
    if node.level == 0:
        wanted = select(LeafRow.leaf).where(LeafRow.position == node.place)
    else:
        wanted = select(NodeRow.hash).where(NodeRow.level == node.level, NodeRow.place == node.place)
    found = connection.scalar(wanted)
    if found is None:
        raise KeyError(node)
    return found


def append_leaves(
    connection: Connection, rows: Sequence[TrailRow], bound: Mapping[int, Sequence[BoundRow]]
) -> None:
    """Let the tree grow by those events, with what is bound to each, in the caller's transaction, which has the turn to write.

    Raises ``KeyError`` where the tree lost a hash that it would grow from, ``IntegrityError`` where it has some already where it would grow
    to; the caller's savepoint then has to be rolled back.
    """
    size, edge = _edge(connection)
    leaves: list[dict[str, object]] = []
    hashes: list[bytes] = []
    for position, row in enumerate(rows, start=size):
        salt = secrets.token_bytes(SALT_BYTES)
        payload = payload_hash(row, salt)
        leaf = leaf_hash(entry_bytes(row, payload, bound.get(row.seq, ())))
        hashes.append(leaf)
        leaves.append({"position": position, "seq": row.seq, "salt": salt, "payload": payload, "leaf": leaf})
    nodes = [
        {"level": node.level, "place": node.place, "ends_at": (node.place + 1) << node.level, "hash": value}
        for node, value in appended(size, hashes, edge.__getitem__)
        if node.level
    ]
    connection.execute(insert(LeafRow), leaves)
    if nodes:
        connection.execute(insert(NodeRow), nodes)


def seal_tail(connection: Connection, *, at_once: int = 5_000) -> int:
    """Give every event after the last one that has a leaf its own, in the caller's transaction; how many it were. For a database of an
    earlier schema, whose events were sealed by whoever read them. Raises as ``append_leaves`` does."""
    total = 0
    while True:
        _, last = _extent(connection)
        tail = select(*_VALUES).where(AuditRow.seq > last).order_by(AuditRow.seq).limit(at_once)
        rows = [_trail_row(row) for row in connection.execute(tail)]
        if not rows:
            return total
        append_leaves(connection, rows, bound_to(connection, rows[0].seq, rows[-1].seq))
        total += len(rows)


def _edge(connection: Connection) -> tuple[int, dict[Node, bytes]]:
    """How many leaves there are, and the hashes that the next ones are joined to."""
    newest = connection.execute(
        select(LeafRow.position, LeafRow.leaf).order_by(LeafRow.position.desc()).limit(1)
    ).one_or_none()
    if newest is None:
        return 0, {}
    size = newest.position + 1
    edge = {Node(0, newest.position): newest.leaf}
    wanted = [(node.level, node.place) for node in whole_subtrees(size) if node.level]
    if wanted:
        kept = select(NodeRow.level, NodeRow.place, NodeRow.hash).where(
            tuple_(NodeRow.level, NodeRow.place).in_(wanted)
        )
        edge |= {Node(level, place): value for level, place, value in connection.execute(kept)}
    return size, edge


def _trail_row(row: Row[tuple[object, ...]]) -> TrailRow:
    return TrailRow(**{name: getattr(row, name) for name in TrailRow.__dataclass_fields__})
