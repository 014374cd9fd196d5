"""The hash tree over the trail, in the database; see ``services.tree_ports``."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property, partial
from itertools import groupby
from operator import itemgetter
from typing import Any
from typing import cast as typed

from sqlalchemy import (
    TEXT,
    ColumnElement,
    Connection,
    Engine,
    Table,
    bindparam,
    case,
    func,
    insert,
    select,
    text,
    true,
    type_coerce,
)
from sqlalchemy.dialects import postgresql, sqlite

from ebidadmin.domain.audit_leaves import SALT_BYTES, BoundRow, TrailRow, entry_bytes, payload_hash
from ebidadmin.domain.audit_tree import Node, appended, leaf_hash
from ebidadmin.domain.erasures import Erased, ErasedPart
from ebidadmin.domain.events import EventTag
from ebidadmin.domain.tree_findings import Finding
from ebidadmin.domain.tree_heads import SignedHead
from ebidadmin.persistence.binding import bound_to
from ebidadmin.persistence.bound_units import as_kept
from ebidadmin.persistence.engine import one_writer, reading
from ebidadmin.persistence.odd_values import read_anything
from ebidadmin.persistence.ready_made import ReadyMade
from ebidadmin.persistence.record_check import record_findings
from ebidadmin.persistence.schema import AuditRow
from ebidadmin.persistence.schema_tree import ErasedRow, HeadRow, LeafRow, NodeRow
from ebidadmin.persistence.spans import Span, unbroken
from ebidadmin.persistence.tree_guards import foreign_guards, missing_guards
from ebidadmin.persistence.tree_oddities import is_erased_part, moment_kept, tree_oddities
from ebidadmin.services.tree_ports import KeptHead, StoredLeaf

_STRAYS = 100
_OF_LEAF = ("position", "seq", "salt", "payload", "leaf")

_NODES_AT_ONCE = 60
_LEVELS = ", ".join(f"({level})" for level in range(1, 63))
# The last leaf, and the hashes of ``whole_subtrees`` that lie above leaves: one for each 1 among the bits of the size. Each is a question
# of its own, so that it is found by its key, whatever the database believes about the table.
_EDGE = f"""
    SELECT newest.position, newest.leaf, bits.column1, ((newest.position + 1) >> bits.column1) - 1,
        (SELECT hash FROM audit_nodes
        WHERE level = bits.column1 AND place = ((newest.position + 1) >> bits.column1) - 1)
    FROM (SELECT position, leaf FROM audit_leaves ORDER BY position DESC LIMIT 1) AS newest
    LEFT JOIN (VALUES {_LEVELS}) AS bits ON ((newest.position + 1) >> bits.column1) & 1 = 1
"""  # noqa: S608 - nothing but numbers is put in
_KEEP_LEAVES = ReadyMade(insert(typed("Table", LeafRow.__table__)))
_KEEP_NODES = ReadyMade(insert(typed("Table", NodeRow.__table__)))
_POSITION = ReadyMade(select(LeafRow.position).where(LeafRow.seq == bindparam("wanted")))
_OF_VALUES = ReadyMade(
    select(ErasedRow.seq).where(
        ErasedRow.part == ErasedPart.VALUES,
        ErasedRow.seq >= bindparam("first"),
        ErasedRow.seq <= bindparam("last"),
    )
)
# As ``_make`` does it, without the check of the length: the columns are those of the fields.
_row: Callable[[Iterable[Any]], TrailRow] = partial(tuple.__new__, TrailRow)
_leaf: Callable[[Iterable[Any]], StoredLeaf] = partial(tuple.__new__, StoredLeaf)


def _told_by_sqlite(values: Any) -> TrailRow:
    """The row with its moment as the line has it; what is no moment as the program keeps it is left as it is."""
    at = values[1]
    if isinstance(at, str) and at[10:11] == " ":
        return _row((values[0], f"{at[:10]}T{at[11:]}Z", *values[2:]))
    return _row((values[0], None, *values[2:]))


class SqlTrailTree:
    """``tree_ports.TrailTree``. With ``dry_run`` nothing is kept."""

    def __init__(self, engine: Engine, *, dry_run: bool = False, anything: bool = False) -> None:
        self._engine, self._dry_run, self._anything = engine, dry_run, anything

    def reading_anything(self) -> SqlTrailTree:
        return SqlTrailTree(self._engine, dry_run=self._dry_run, anything=True)

    def snapshot(self) -> SqlTreeSnapshot:
        return SqlTreeSnapshot(self._engine, anything=self._anything)

    def keep(self, head: SignedHead) -> None:
        if self._dry_run:
            return
        kind = postgresql.insert if self._engine.dialect.name == "postgresql" else sqlite.insert
        values = {"size": head.head.size, "note": head.note, "kept_at": head.head.at}
        with self._engine.begin() as connection:
            one_writer(connection)
            connection.execute(kind(HeadRow).values(values).on_conflict_do_nothing())


class SqlTreeSnapshot:
    """``tree_ports.TreeSnapshot``: one transaction that only reads."""

    def __init__(self, engine: Engine, *, anything: bool = False) -> None:
        self._engine, self._anything = reading(engine), anything
        self._open: Connection | None = None

    def __enter__(self) -> SqlTreeSnapshot:
        self._open = self._engine.connect()
        if self._anything:
            read_anything(self._open)
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

    @cached_property
    def _told(self) -> Span | None:
        """The numbers of the events, where none between them is missing."""
        return unbroken(self._connection, AuditRow.seq)

    def size(self) -> int:
        return _extent(self._connection)[0]

    def last_seq(self) -> int:
        return _extent(self._connection)[1]

    def known(self, node: Node) -> bytes:
        return _known(self._connection, node)

    def known_many(self, nodes: Sequence[Node]) -> Mapping[Node, bytes]:
        return _known_many(self._connection, nodes)

    def position_of(self, seq: int) -> int | None:
        return _POSITION.ask(self._connection, {"wanted": seq}).scalar()

    def seq_before(self, position: int) -> int:
        found = self._connection.scalar(select(LeafRow.seq).where(LeafRow.position == position - 1))
        return found if isinstance(found, int) else 0

    def leaves(self, start: int, end: int) -> Sequence[StoredLeaf]:
        dialect = self._connection.dialect.name
        found = _leaves_read(dialect).rows(self._connection, {"first": start, "after": end})
        if not found:
            return []
        numbers = [row[1] for row in found if isinstance(row[1], int)] or [0]
        bound = bound_to(self._connection, min(numbers), max(numbers))
        erased = _erased(self._connection, min(numbers), max(numbers))
        none: Sequence[BoundRow] = ()
        as_told = _told_by_sqlite if dialect == "sqlite" else _row
        return [
            _leaf(
                (
                    *row[:5],
                    None if row[5] is None else as_told(row[5:]),
                    bound.get(row[1], none),
                    row[1] in erased,
                )
            )
            for row in found
        ]

    def nodes(self, start: int, end: int | None = None) -> Sequence[tuple[int, int, bytes]]:
        wanted = (
            select(NodeRow.level, NodeRow.place, as_kept(NodeRow.hash))
            .where(NodeRow.ends_at > start, true() if end is None else NodeRow.ends_at <= end)
            .order_by(NodeRow.ends_at, NodeRow.level)
        )
        return [tuple(row) for row in self._connection.execute(wanted).all()]

    def oddities(self, *, since: int) -> Iterator[Finding]:
        return tree_oddities(self._connection, since=since)

    def told_as(self, tag: EventTag, *, after: int = 0) -> Sequence[tuple[int, str]]:
        told = type_coerce(AuditRow.tag, TEXT) == tag.value
        wanted = select(AuditRow.seq, as_kept(AuditRow.facts)).where(told, AuditRow.seq > after)
        return [(seq, str(facts)) for seq, facts in self._connection.execute(wanted.order_by(AuditRow.seq))]

    def strays(self) -> Sequence[int]:
        told, sealed = self._told, unbroken(self._connection, LeafRow.seq)
        if told is not None and sealed is not None:
            early, late = range(told.first, sealed.first), range(sealed.last + 1, told.last + 1)
            return [*early, *late][:_STRAYS]
        lone = (
            select(AuditRow.seq)
            .outerjoin(LeafRow, LeafRow.seq == AuditRow.seq)
            .where(LeafRow.seq.is_(None))
            .order_by(AuditRow.seq)
            .limit(_STRAYS)
        )
        return self._connection.scalars(lone).all()

    def records(self, *, after: int) -> Iterator[Finding]:
        return record_findings(self._connection, after=after, told=self._told)

    def erasures(self) -> Iterator[tuple[int, Collection[Erased]]]:
        columns = (ErasedRow.by_event, ErasedRow.seq, ErasedRow.part)
        wanted = select(*map(as_kept, columns)).order_by(ErasedRow.by_event)
        # What is no row of such a list is told by ``oddities``.
        right = (row for row in self._connection.execute(wanted) if is_erased_part(row))
        for by_event, rows in groupby(right, key=itemgetter(0)):
            yield by_event, [Erased(seq, ErasedPart(part)) for _, seq, part in rows]

    def drawn(self) -> int | None:
        if self._connection.dialect.name != "sqlite":
            return None  # a sequence of PostgreSQL does not go back with a transaction: it tells nothing
        counter = text("SELECT seq FROM sqlite_sequence WHERE name = 'audit_events'")
        numbers = self._connection.execute(counter).scalars().all()
        # Another counter than one number is told as a guard that is missing.
        return numbers[0] if len(numbers) == 1 and isinstance(numbers[0], int) else None

    def newest(self) -> int:
        return self._connection.scalar(select(func.max(AuditRow.seq))) or 0

    def heads(self) -> Sequence[KeptHead]:
        columns = (HeadRow.size, HeadRow.note, HeadRow.kept_at)
        found = self._connection.execute(select(*map(as_kept, columns)).order_by(HeadRow.size))
        return [
            KeptHead(size, note if isinstance(note, str) else "", moment_kept(at)) for size, note, at in found
        ]

    def missing_guards(self) -> Sequence[str]:
        return missing_guards(self._connection)

    def foreign_guards(self) -> Sequence[str]:
        return foreign_guards(self._connection)


def _extent(connection: Connection) -> tuple[int, int]:
    """How many leaves there are, and the number of the last event that has one."""
    # Each by itself: where somebody exchanged leaves, the last place is not that of the last event; and of two at once SQLite makes a walk
    # through the whole table.
    size = select(func.coalesce(func.max(LeafRow.position) + 1, 0)).scalar_subquery()
    last = select(func.coalesce(func.max(LeafRow.seq), 0)).scalar_subquery()
    found = connection.execute(select(size.label("size"), last.label("last"))).one()
    return found.size, found.last if isinstance(found.last, int) else found.size


def _erased(connection: Connection, first: int, last: int) -> frozenset[int]:
    """The events of those numbers of which the values were erased."""
    return frozenset(seq for (seq,) in _OF_VALUES.rows(connection, {"first": first, "last": last}))


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
    _KEEP_LEAVES.ask(connection, *leaves)
    if nodes:
        _KEEP_NODES.ask(connection, *nodes)


def seal_tail(connection: Connection, *, at_once: int = 5_000) -> int:
    """Give every event after the last one that has a leaf its own, in the caller's transaction; how many it were. For a database of an
    earlier schema, whose events were sealed by whoever read them. Raises as ``append_leaves`` does."""
    total = 0
    while True:
        _, last = _extent(connection)
        tail = (
            select(*_values(connection.dialect.name))
            .where(AuditRow.seq > last)
            .order_by(AuditRow.seq)
            .limit(at_once)
        )
        as_told = _told_by_sqlite if connection.dialect.name == "sqlite" else _row
        rows = [as_told(row) for row in connection.execute(tail)]
        if not rows:
            return total
        append_leaves(connection, rows, bound_to(connection, rows[0].seq, rows[-1].seq))
        total += len(rows)


def _edge(connection: Connection) -> tuple[int, dict[Node, bytes]]:
    """How many leaves there are, and the hashes that the next ones are joined to. Raises ``KeyError`` where the last place is no number."""
    found = connection.exec_driver_sql(_EDGE).all()
    if not found:
        return 0, {}
    position, leaf = found[0][:2]
    if not isinstance(position, int):
        raise KeyError(position)
    last = Node(0, position)
    known = {last: leaf, **{Node(level, place): value for _, _, level, place, value in found}}
    # What is no hash is as good as not there.
    return position + 1, {node: value for node, value in known.items() if isinstance(value, bytes)}


def _known_many(connection: Connection, nodes: Sequence[Node]) -> Mapping[Node, bytes]:
    """Numbers stand in the text of the statements: to bind fifty of them takes longer than to ask, and of a list of pairs SQLite makes a
    walk through the whole table."""
    found: dict[Node, bytes] = {}
    leaves = sorted({node.place for node in nodes if not node.level})
    if leaves:
        listed = ", ".join(f"{place:d}" for place in leaves)
        asked = f"SELECT position, leaf FROM audit_leaves WHERE position IN ({listed})"  # noqa: S608 - numbers
        found |= {Node(0, place): value for place, value in connection.exec_driver_sql(asked)}
    inner = sorted({node for node in nodes if node.level})
    for start in range(0, len(inner), _NODES_AT_ONCE):
        some = inner[start : start + _NODES_AT_ONCE]
        each = " OR ".join(f"(level = {level:d} AND place = {place:d})" for level, place in some)
        asked = f"SELECT level, place, hash FROM audit_nodes WHERE {each}"  # noqa: S608 - as above
        found |= {Node(level, place): value for level, place, value in connection.exec_driver_sql(asked)}
    return found


@cache
def _leaves_read(dialect: str) -> ReadyMade:
    """Leaves from place ``first`` to just before ``after``, each with its event where there is one."""
    return ReadyMade(
        select(*(as_kept(getattr(LeafRow, name)) for name in _OF_LEAF), *_values(dialect))
        .outerjoin(AuditRow, AuditRow.seq == LeafRow.seq)
        .where(LeafRow.position >= bindparam("first"), LeafRow.position < bindparam("after"))
        .order_by(LeafRow.position)
    )


def _values(dialect: str) -> tuple[ColumnElement[Any], ...]:
    """The columns of an event in the order of ``TrailRow``: values as the very text that is stored, the moment as the line has it, or as
    ``_told_by_sqlite`` takes it."""
    if dialect == "sqlite":
        return tuple(as_kept(getattr(AuditRow, name)) for name in TrailRow._fields)
    # Before the year 1 the same digits would come.
    spelled = func.to_char(func.timezone("UTC", AuditRow.at), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    moment = case((AuditRow.at >= text("timestamptz '0001-01-01 00:00:00+00'"), spelled), else_="")
    return tuple(
        moment.label("at") if name == "at" else as_kept(getattr(AuditRow, name)) for name in TrailRow._fields
    )
