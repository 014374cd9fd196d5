"""Saving the batches that no file brought. Part of the caller's transaction; the register changes by sets, as in an import."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import CursorResult, insert, literal, select, update

from ebidadmin.domain.ids import BatchId
from ebidadmin.domain.imports import ImportBatch
from ebidadmin.domain.names import NameRules, fold_name
from ebidadmin.domain.qualification_rows import record_digest
from ebidadmin.domain.register_changes import Correction, Undoing
from ebidadmin.errors import StalePlanError
from ebidadmin.persistence.bulk_recognised import forget_closed
from ebidadmin.persistence.bulk_sets import BATCH_TABLE, COUNTED, CURRENT, HELD, REGISTER_TABLE
from ebidadmin.persistence.name_index import index_versions
from ebidadmin.persistence.register import Executor, SqlRegister, record_values
from ebidadmin.persistence.schema_register import CorrectionRow, UndoingRow
from ebidadmin.persistence.twins import digits, lowered


def save_undoing(executor: Executor, undoing: Undoing) -> bool:
    """Close what the undone batch opened, and open again what it closed, copied within the database.

    Answers ``False`` when another batch was applied meanwhile. Raises ``StalePlanError`` ``counts-differ``.
    """
    batch, target = undoing.batch, undoing.batch.undoes
    if target is None:
        raise TypeError("an undoing says what it undoes")
    if not _is_next(executor, batch):
        return False
    _add_batch(executor, batch, _headings_before(executor, batch.layout, target))
    executor.execute(insert(UndoingRow).values(batch=batch.id, undoes=target))
    closed = _touched(
        executor.execute(
            update(REGISTER_TABLE).where(CURRENT, HELD.from_batch == target).values(to_batch=batch.id),
            execution_options={"synchronize_session": False},
        )
    )
    copied = [column for column in REGISTER_TABLE.c if column.name not in {"id", "from_batch", "to_batch"}]
    again = select(*copied, literal(int(batch.id))).where(HELD.to_batch == target)
    names = [*(column.name for column in copied), "from_batch"]
    opened = _touched(executor.execute(insert(REGISTER_TABLE).from_select(names, again), **COUNTED))
    if (closed, opened) != (batch.vanished + batch.changed, batch.added + batch.changed):
        raise StalePlanError("counts-differ", file=batch.file_name)
    forget_closed(executor, batch.id)
    return True


def save_correction(executor: Executor, correction: Correction, names: NameRules) -> bool:
    """Close the supplier's record and open the corrected one. Answers ``False`` when another batch was applied meanwhile."""
    batch, record = correction.batch, correction.record
    if not _is_next(executor, batch):
        return False
    _add_batch(executor, batch, [])
    executor.execute(
        insert(CorrectionRow).values(
            batch=batch.id, supplier_number=record.supplier_number, reason=correction.reason
        )
    )
    closed = _touched(
        executor.execute(
            update(REGISTER_TABLE)
            .where(CURRENT, HELD.supplier_number == record.supplier_number)
            .values(to_batch=batch.id),
            execution_options={"synchronize_session": False},
        )
    )
    if closed != batch.changed:
        raise StalePlanError("counts-differ", file=batch.file_name)
    forget_closed(executor, batch.id)
    executor.execute(
        insert(REGISTER_TABLE).values(
            **record_values(record),
            from_batch=batch.id,
            digest=record_digest(record),
            name_folded=fold_name(record.trade_name, names),
            phone_folded=digits(record.phone),
            email_folded=lowered(record.email),
        )
    )
    index_versions(executor, batch.id)
    return True


def _is_next(executor: Executor, batch: ImportBatch) -> bool:
    return batch.id == (SqlRegister(executor).version() or 0) + 1


def _add_batch(executor: Executor, batch: ImportBatch, headings: object) -> None:
    executor.execute(
        insert(BATCH_TABLE).values(
            id=batch.id,
            file_name=batch.file_name,
            file_hash=batch.file_hash,
            layout=batch.layout,
            headings=headings,
            added=batch.added,
            changed=batch.changed,
            unchanged=batch.unchanged,
            vanished=batch.vanished,
            refused=batch.refused,
            applied_by=batch.by,
            applied_at=batch.applied_at,
            version=batch.version,
        )
    )


def _headings_before(executor: Executor, layout: str, target: BatchId) -> object:
    """Those of the layout's latest batch before the undone one: what a later file is compared with again."""
    before = (
        select(BATCH_TABLE.c.headings)
        .where(BATCH_TABLE.c.layout == layout, BATCH_TABLE.c.id < target)
        .order_by(BATCH_TABLE.c.id.desc())
        .limit(1)
    )
    return executor.execute(before).scalar_one_or_none() or []


def _touched(result: Any) -> int:
    return cast("CursorResult[Any]", result).rowcount
