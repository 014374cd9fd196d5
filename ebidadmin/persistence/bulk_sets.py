"""Which staged row meets which record of the register: the sets that an import consists of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Table, and_, exists, select

from ebidadmin.persistence.schema_register import (
    BatchRow,
    ImportRunRow,
    QualificationRow,
    SourceKeyRow,
    StageRow,
)

STAGE_TABLE = cast("Table", StageRow.__table__)
REGISTER_TABLE = cast("Table", QualificationRow.__table__)
KEY_TABLE = cast("Table", SourceKeyRow.__table__)
RUN_TABLE = cast("Table", ImportRunRow.__table__)
BATCH_TABLE = cast("Table", BatchRow.__table__)

STAGE = STAGE_TABLE.c
HELD = REGISTER_TABLE.c
KEYS = KEY_TABLE.c
RUNS = RUN_TABLE.c

COUNTED: Mapping[str, Any] = {"execution_options": {"preserve_rowcount": True}}
"""For an insertion of which the number of rows matters: else it is lost with the cursor on PostgreSQL."""

CURRENT = HELD.to_batch.is_(None)


def staged(run: str, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a record of the register has a staged row of its number."""
    return exists().where(STAGE.run == run, STAGE.supplier_number == HELD.supplier_number, *conditions)


def known() -> ColumnElement[bool]:
    """Whether a staged row has a record in the register."""
    return exists().where(CURRENT, HELD.supplier_number == STAGE.supplier_number)


def added(run: str, *columns: Any) -> Select[Any]:
    return select(*columns).select_from(STAGE_TABLE).where(STAGE.run == run, ~STAGE.refused, ~known())


def paired(run: str, *columns: Any) -> Select[Any]:
    pair = STAGE_TABLE.join(REGISTER_TABLE, and_(STAGE.supplier_number == HELD.supplier_number, CURRENT))
    return select(*columns).select_from(pair).where(STAGE.run == run, ~STAGE.refused)


def vanished(run: str, *columns: Any) -> Select[Any]:
    return select(*columns).select_from(REGISTER_TABLE).where(CURRENT, ~staged(run))
