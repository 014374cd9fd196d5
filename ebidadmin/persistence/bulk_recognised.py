"""Rows of a file that the register has from an earlier file that had the very same row: they need be neither checked nor staged."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    delete,
    exists,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    text,
    union,
    update,
)

from ebidadmin.domain.ids import BatchId
from ebidadmin.domain.layouts import Layout, NumberRule
from ebidadmin.persistence.bulk_sets import (
    CHECKED_TABLE,
    CURRENT,
    HELD,
    KEY_TABLE,
    KEYS,
    RECOGNISED,
    RECOGNISED_TABLE,
    REGISTER_TABLE,
    STAGE,
    STAGE_TABLE,
)
from ebidadmin.persistence.loading import know_sizes
from ebidadmin.persistence.register import Executor

_DIGEST = 32
_INTO = "INSERT INTO import_recognised (qualification, line) SELECT q.id, "
_PRESENT = " JOIN qualifications AS q ON q.id = c.qualification WHERE q.to_batch IS NULL ON CONFLICT DO NOTHING RETURNING line"
_SQLITE = text(
    f"{_INTO}CAST(substr(j.value, {_DIGEST + 1}) AS INTEGER) FROM json_each(:rows) AS j"
    f" CROSS JOIN checked_rows AS c ON c.source_digest = substr(j.value, 1, {_DIGEST}){_PRESENT}"
)
_POSTGRESQL = text(
    f"{_INTO}j.line FROM unnest(CAST(:digests AS text[]), CAST(:lines AS bigint[])) AS j(digest, line)"
    f" JOIN checked_rows AS c ON c.source_digest = j.digest{_PRESENT}"
)
_SAME_SUPPLIER = and_(HELD.supplier_number == STAGE.supplier_number, CURRENT)
_CARRIED = tuple(
    column.name
    for column in STAGE_TABLE.columns
    if column.name in REGISTER_TABLE.columns and column.name != "supplier_number"
)


def recognise(connection: Connection, lines: Sequence[int], digests: Sequence[str | None]) -> frozenset[int]:
    """Note the rows that a present version stands for, and answer their lines. The second of two that are the same is left to be
    staged, and so found to be doubled."""
    if not connection.execute(select(exists().select_from(CHECKED_TABLE))).scalar_one():
        return frozenset()
    given = [(digest, line) for digest, line in zip(digests, lines, strict=True) if digest]
    if connection.dialect.name == "postgresql":
        # Else the planner reads a million digests for each block rather than look ten thousand up: it takes a disk to be slow to turn.
        connection.execute(text("SET LOCAL random_page_cost = 1.1"))
        bound: dict[str, Any] = {
            "digests": [digest for digest, _line in given],
            "lines": [line for _digest, line in given],
        }
        return frozenset(connection.execute(_POSTGRESQL, bound).scalars().all())
    rows = json.dumps([f"{digest}{line}" for digest, line in given])
    return frozenset(connection.execute(_SQLITE, {"rows": rows}).scalars().all())


def recognised_count(executor: Executor) -> int:
    """How many rows were recognised."""
    return int(executor.execute(select(func.count()).select_from(RECOGNISED_TABLE)).scalar_one())


def stage_concerned(connection: Connection, layout: Layout) -> None:
    """Stage the recognised rows as well that share a key with a staged one: what is wrong with two rows together is said of both."""
    if not recognised_count(connection):
        return
    concerned = [
        select(HELD.id).select_from(STAGE_TABLE.join(REGISTER_TABLE, _SAME_SUPPLIER)),
        select(HELD.id)
        .select_from(
            STAGE_TABLE.join(KEY_TABLE, KEYS.source_key == STAGE.source_key).join(
                REGISTER_TABLE, and_(HELD.supplier_number == KEYS.supplier_number, CURRENT)
            )
        )
        .where(STAGE.source_key != ""),
    ]
    if layout.supplier_number is NumberRule.GIVEN:
        same_number = and_(HELD.corporate_number == STAGE.corporate_number, CURRENT)
        concerned.append(
            select(HELD.id)
            .select_from(STAGE_TABLE.join(REGISTER_TABLE, same_number))
            .where(STAGE.corporate_number != "")
        )
        if not layout.full:
            concerned.append(_sharing())
    chosen = select(
        RECOGNISED.line,
        HELD.supplier_number,
        *(HELD[name] for name in _CARRIED),
        literal(False),
        null(),
        null(),
    ).select_from(RECOGNISED_TABLE.join(REGISTER_TABLE, HELD.id == RECOGNISED.qualification))
    connection.execute(
        insert(STAGE_TABLE).from_select(
            ["line", "supplier_number", *_CARRIED, "refused", "source_digest", "serial"],
            chosen.where(RECOGNISED.qualification.in_(union(*concerned).scalar_subquery())),
        )
    )
    connection.execute(delete(RECOGNISED_TABLE).where(exists().where(STAGE.line == RECOGNISED.line)))


def _sharing() -> Any:
    """Recognised rows with one corporate number. In full lists there are none: they were found when the second of them came."""
    both = RECOGNISED_TABLE.join(REGISTER_TABLE, HELD.id == RECOGNISED.qualification)
    shared = (
        select(HELD.corporate_number)
        .select_from(both)
        .where(HELD.corporate_number != "")
        .group_by(HELD.corporate_number)
        .having(func.count() > 1)
    )
    return select(HELD.id).select_from(both).where(HELD.corporate_number.in_(shared.scalar_subquery()))


def unmark(connection: Connection, lines: Iterable[int]) -> None:
    """Rows with a problem are not to be recognised another time: it has to be told again."""
    for chunk in _chunks(sorted(lines)):
        connection.execute(update(STAGE_TABLE).where(STAGE.line.in_(chunk)).values(source_digest=None))


def remember(executor: Executor, which: ColumnElement[bool]) -> None:
    """Let staged rows without problems be recognised by the present versions that say the same, of those that are ``which``."""
    pair = STAGE_TABLE.join(REGISTER_TABLE, _SAME_SUPPLIER)
    versions = select(HELD.id).select_from(pair).where(~STAGE.refused, which)
    rows = select(STAGE.source_digest).where(STAGE.source_digest.is_not(None))
    executor.execute(
        delete(CHECKED_TABLE).where(
            or_(
                CHECKED_TABLE.c.qualification.in_(versions.scalar_subquery()),
                CHECKED_TABLE.c.source_digest.in_(rows.scalar_subquery()),
            )
        )
    )
    found = (
        select(STAGE.source_digest, HELD.id)
        .select_from(pair)
        .where(~STAGE.refused, STAGE.source_digest.is_not(None), which)
        .order_by(STAGE.source_digest)
    )
    executor.execute(insert(CHECKED_TABLE).from_select(["source_digest", "qualification"], found))
    know_sizes(executor if isinstance(executor, Connection) else executor.connection(), CHECKED_TABLE)


def forget_closed(executor: Executor, batch: BatchId) -> None:
    """Versions that a batch closed stand for nothing any more."""
    closed = select(HELD.id).where(HELD.to_batch == batch)
    executor.execute(delete(CHECKED_TABLE).where(CHECKED_TABLE.c.qualification.in_(closed.scalar_subquery())))


def _chunks(lines: Sequence[int], size: int = 500) -> Iterable[Sequence[int]]:
    return (lines[start : start + size] for start in range(0, len(lines), size))
