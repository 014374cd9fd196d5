"""What a staged file would change, record by record, in pages by supplier number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from ebidadmin.domain.ids import SupplierNumber
from ebidadmin.domain.imports import RecordChange
from ebidadmin.domain.qualifications import Qualification
from ebidadmin.domain.register_changes import field_changes
from ebidadmin.persistence.bulk_sets import HELD, STAGE, added, paired, vanished
from ebidadmin.persistence.register import RECORD_COLUMNS

_OLD, _NEW = "old_", "new_"


def added_page(connection: Connection, after: str, limit: int) -> tuple[RecordChange, ...]:
    """Suppliers that the register does not have."""
    chosen = added(STAGE.supplier_number, STAGE.trade_name).where(STAGE.supplier_number > after)
    rows = connection.execute(chosen.order_by(STAGE.supplier_number).limit(limit))
    return tuple(RecordChange("added", SupplierNumber(row.supplier_number), row.trade_name) for row in rows)


def vanished_page(connection: Connection, after: str, limit: int) -> tuple[RecordChange, ...]:
    """Suppliers that the file, a full list, does not name."""
    chosen = vanished(HELD.supplier_number, HELD.trade_name).where(HELD.supplier_number > after)
    rows = connection.execute(chosen.order_by(HELD.supplier_number).limit(limit))
    return tuple(
        RecordChange("vanished", SupplierNumber(row.supplier_number), row.trade_name) for row in rows
    )


def changed_page(connection: Connection, after: str, limit: int) -> tuple[RecordChange, ...]:
    """Suppliers whose record says something else, field by field."""
    columns = [
        *(HELD[name].label(_OLD + name) for name in RECORD_COLUMNS),
        *(STAGE[name].label(_NEW + name) for name in RECORD_COLUMNS),
    ]
    chosen = paired(*columns).where(STAGE.digest != HELD.digest, STAGE.supplier_number > after)
    rows = connection.execute(chosen.order_by(STAGE.supplier_number).limit(limit)).mappings()
    return tuple(_change(_record(row, _OLD), _record(row, _NEW)) for row in rows)


def _record(row: Mapping[Any, Any], prefix: str) -> Qualification:
    return Qualification(**{name: row[prefix + name] for name in RECORD_COLUMNS})


def _change(old: Qualification, new: Qualification) -> RecordChange:
    return RecordChange("changed", new.supplier_number, new.trade_name, field_changes(old, new))
