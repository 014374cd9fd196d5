"""Which row of the file meets which record of the register: the sets that an import consists of.

A row of the file is either staged, with all that it says, or recognised: then the present version that it stands for says it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Table, and_, exists, or_, select

from ebidadmin.persistence.schema_register import (
    BatchRow,
    CheckedSourceRow,
    ImportRunRow,
    QualificationRow,
    RecognisedRow,
    SourceKeyRow,
    StageRow,
)

STAGE_TABLE = cast("Table", StageRow.__table__)
RECOGNISED_TABLE = cast("Table", RecognisedRow.__table__)
CHECKED_TABLE = cast("Table", CheckedSourceRow.__table__)
REGISTER_TABLE = cast("Table", QualificationRow.__table__)
KEY_TABLE = cast("Table", SourceKeyRow.__table__)
RUN_TABLE = cast("Table", ImportRunRow.__table__)
BATCH_TABLE = cast("Table", BatchRow.__table__)

STAGE = STAGE_TABLE.c
RECOGNISED = RECOGNISED_TABLE.c
HELD = REGISTER_TABLE.c
KEYS = KEY_TABLE.c
RUNS = RUN_TABLE.c

COUNTED: Mapping[str, Any] = {"execution_options": {"preserve_rowcount": True}}
"""For an insertion of which the number of rows matters: else it is lost with the cursor on PostgreSQL."""

CURRENT = HELD.to_batch.is_(None)


def staged(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a record of the register has a staged row of its number."""
    return exists().where(STAGE.supplier_number == HELD.supplier_number, *conditions)


def named() -> ColumnElement[bool]:
    """Whether the file names the supplier of a present record, staged or recognised."""
    return or_(exists().where(RECOGNISED.qualification == HELD.id), staged())


def known() -> ColumnElement[bool]:
    """Whether a staged row has a record in the register."""
    return exists().where(CURRENT, HELD.supplier_number == STAGE.supplier_number)


def added(*columns: Any) -> Select[Any]:
    return select(*columns).select_from(STAGE_TABLE).where(~STAGE.refused, ~known())


def paired(*columns: Any) -> Select[Any]:
    pair = STAGE_TABLE.join(REGISTER_TABLE, and_(STAGE.supplier_number == HELD.supplier_number, CURRENT))
    return select(*columns).select_from(pair).where(~STAGE.refused)


def vanished(*columns: Any) -> Select[Any]:
    return select(*columns).select_from(REGISTER_TABLE).where(CURRENT, ~named())
