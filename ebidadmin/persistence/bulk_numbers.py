"""Keys of an import: doubled ones are refused, source keys are given supplier numbers that they keep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Connection, bindparam, exists, func, insert, literal, or_, select, update

from ebidadmin.domain.ids import BatchId
from ebidadmin.domain.imports import RowProblem
from ebidadmin.domain.layouts import Layout, NumberRule
from ebidadmin.persistence.bulk_sets import HELD, KEY_TABLE, KEYS, STAGE, STAGE_TABLE
from ebidadmin.persistence.register import Executor

ISSUED_PREFIX = "K"
ISSUED_DIGITS = 8
CHUNK = 1000

_NUMBERING = (
    update(STAGE_TABLE)
    .where(STAGE.line == bindparam("b_line"))
    .values(supplier_number=bindparam("b_number"), serial=bindparam("b_serial"))
)


def refuse_doubled(connection: Connection, layout: Layout) -> list[RowProblem]:
    """A key that stands twice is an error of every row that has it: which of them is right, nobody here can know."""
    problems = []
    if layout.supplier_number is NumberRule.GIVEN:
        problems += _refuse_doubled_in(connection, layout, STAGE.supplier_number, "supplier_number")
        problems += _refuse_doubled_in(connection, layout, STAGE.source_key, "source_key")
    else:
        problems += _refuse_doubled_in(connection, layout, STAGE.source_key, "corporate_number")
    return problems


def _refuse_doubled_in(
    connection: Connection, layout: Layout, key: Column[Any], field: str
) -> list[RowProblem]:
    keys = select(key).where(key != "").group_by(key).having(func.count() > 1)
    if not connection.execute(keys.limit(1)).first():
        return []
    doubled = keys.scalar_subquery()
    chosen = select(STAGE.line, key.label("key"), STAGE.trade_name).where(key.in_(doubled))
    rows = connection.execute(chosen.order_by(STAGE.line)).all()
    lines: dict[str, list[int]] = {}
    for row in rows:
        lines.setdefault(row.key, []).append(row.line)
    connection.execute(update(STAGE_TABLE).where(key.in_(doubled)).values(refused=True))
    return [_doubled_problem(layout, field, row, lines[row.key]) for row in rows]


def _doubled_problem(layout: Layout, name: str, row: Any, lines: Sequence[int]) -> RowProblem:
    others = ", ".join(str(line) for line in lines if line != row.line)
    shown = row.key if ":" not in row.key else row.trade_name
    return layout.problem(row.line, layout.column_of(name), "key-doubled", shown, lines=others)


def shared_corporate_numbers(connection: Connection, layout: Layout) -> list[RowProblem]:
    numbers = (
        select(STAGE.corporate_number)
        .where(~STAGE.refused, STAGE.corporate_number != "")
        .group_by(STAGE.corporate_number)
        .having(func.count() > 1)
    )
    if not connection.execute(numbers.limit(1)).first():
        return []
    shared = numbers.scalar_subquery()
    rows = connection.execute(
        select(STAGE.line, STAGE.corporate_number, STAGE.supplier_number)
        .where(~STAGE.refused, STAGE.corporate_number.in_(shared))
        .order_by(STAGE.line)
    ).all()
    column = layout.column_of("corporate_number")
    return [
        layout.problem(
            row.line,
            column,
            "corporate-number-shared",
            row.corporate_number,
            supplier_number=row.supplier_number,
        )
        for row in rows
    ]


GONE = "erased:"
"""Before the number of a supplier that was erased, in place of its source key: a number that was issued is never issued again."""


def take_issued_numbers(connection: Connection) -> None:
    """Numbers and source keys belong together: the one that a file lacks is taken from what was issued before."""
    if not connection.execute(select(exists().select_from(KEY_TABLE))).scalar_one():
        return
    number = select(KEYS.supplier_number).where(KEYS.source_key == STAGE.source_key).scalar_subquery()
    lacks_number = or_(STAGE.supplier_number.is_(None), STAGE.supplier_number == "")
    connection.execute(
        update(STAGE_TABLE)
        .where(lacks_number, exists().where(KEYS.source_key == STAGE.source_key))
        .values(supplier_number=number)
    )
    # What an erasing put in place of a key is none: a supplier that comes back comes with a key of its own, or without.
    known = (
        KEYS.supplier_number == STAGE.supplier_number,
        ~KEYS.source_key.startswith(GONE, autoescape=True),
    )
    key = select(KEYS.source_key).where(*known).scalar_subquery()
    connection.execute(
        update(STAGE_TABLE).where(STAGE.source_key == "", exists().where(*known)).values(source_key=key)
    )


def issue_numbers(connection: Connection) -> None:
    """Give every staged key without a number the next of the series, in the order of the file. They become the supplier's own when
    the import is applied; until then the next preview may give them to others."""
    serial = connection.execute(select(func.max(KEYS.serial))).scalar_one() or 0
    taken = _foreign_numbers(connection)
    lacking = select(STAGE.line).where(~STAGE.refused, STAGE.supplier_number.is_(None))
    last = -1
    while (
        lines := connection.execute(lacking.where(STAGE.line > last).order_by(STAGE.line).limit(CHUNK))
        .scalars()
        .all()
    ):
        last = lines[-1]
        given: list[dict[str, object]] = []
        for line in lines:
            serial += 1
            while _issued(serial) in taken:
                serial += 1
            given.append({"b_line": line, "b_number": _issued(serial), "b_serial": serial})
        connection.execute(_NUMBERING, given)


def _issued(serial: int) -> str:
    return f"{ISSUED_PREFIX}{serial:0{ISSUED_DIGITS}d}"


def _foreign_numbers(connection: Connection) -> frozenset[str]:
    """Numbers that look issued here but came with a file."""
    like = f"{ISSUED_PREFIX}%"
    issued = select(KEYS.supplier_number).where(KEYS.serial.is_not(None))
    records = select(HELD.supplier_number).where(
        HELD.supplier_number.like(like), HELD.supplier_number.not_in(issued)
    )
    brought = select(KEYS.supplier_number).where(KEYS.serial.is_(None), KEYS.supplier_number.like(like))
    return frozenset(connection.execute(records.union(brought)).scalars())


def keep_keys(executor: Executor, batch: BatchId) -> None:
    """Keys of a file that are new, with the numbers issued to them or brought along."""
    new = select(STAGE.source_key, STAGE.supplier_number, STAGE.serial, literal(int(batch))).where(
        ~STAGE.refused,
        STAGE.source_key != "",
        ~exists().where(
            or_(KEYS.source_key == STAGE.source_key, KEYS.supplier_number == STAGE.supplier_number)
        ),
    )
    executor.execute(
        insert(KEY_TABLE).from_select(["source_key", "supplier_number", "serial", "from_batch"], new)
    )
