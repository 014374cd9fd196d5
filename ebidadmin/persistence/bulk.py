"""An import in bulk: stage a file's rows, compare them with the register by sets, swap them in.

Nothing here goes row by row through objects: rows are staged side by side in blocks, everything after it is statements over all rows.
Staging has its own short transactions and may be cut short at any instant; the register changes in ``save_batch`` only, inside the
transaction of the unit of work. One file is staged at a time.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    CursorResult,
    Engine,
    Result,
    Select,
    and_,
    delete,
    func,
    insert,
    literal,
    select,
    update,
)

from ebidadmin.domain.ids import BatchId, SupplierNumber
from ebidadmin.domain.imports import ImportBatch, RecordChange, RowProblem, TouchedSupplier
from ebidadmin.domain.layouts import Layout, NumberRule
from ebidadmin.errors import StalePlanError
from ebidadmin.persistence.bulk_changes import added_page, changed_page, vanished_page
from ebidadmin.persistence.bulk_indexes import built_afterwards
from ebidadmin.persistence.bulk_meetings import holds, met
from ebidadmin.persistence.bulk_numbers import (
    issue_numbers,
    keep_keys,
    refuse_doubled,
    shared_corporate_numbers,
    take_issued_numbers,
)
from ebidadmin.persistence.bulk_recognised import (
    forget_closed,
    recognise,
    recognised_count,
    remember,
    stage_concerned,
    unmark,
)
from ebidadmin.persistence.bulk_sets import (
    BATCH_TABLE,
    COUNTED,
    CURRENT,
    HELD,
    RECOGNISED_TABLE,
    REGISTER_TABLE,
    RUN_TABLE,
    RUNS,
    STAGE,
    STAGE_TABLE,
    added,
    named,
    staged,
)
from ebidadmin.persistence.bulk_touched import touched_count, touched_page
from ebidadmin.persistence.loading import know_sizes, load_columns
from ebidadmin.persistence.name_index import index_versions
from ebidadmin.persistence.register import RECORD_COLUMNS, Executor, SqlRegister
from ebidadmin.persistence.twins import all_digits, all_lowered
from ebidadmin.services.import_ports import Diff, RowSource, StagedBlock

_COPIED: tuple[str, ...] = (
    *(name for name in RECORD_COLUMNS if name != "supplier_number"),
    "digest",
    "name_folded",
    "phone_folded",
    "email_folded",
)
_LOOKED_AT = ("source_key", "corporate_number", "refused", "source_digest")
"""Columns of staged rows, beside their keys, that statements choose or join by."""

_PAGES = {"added": added_page, "changed": changed_page, "vanished": vanished_page}


class SqlImportStore:
    """``qualification_import.ImportStore`` on a database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def start(self, *, source: RowSource, layout: Layout, at: datetime) -> str:
        run = secrets.token_hex(16)
        with self._engine.begin() as connection:
            # Whatever an earlier run left behind, finished or killed; a preview still running elsewhere notices.
            # The run goes first: on PostgreSQL that waits for one that is just being applied.
            connection.execute(delete(RUN_TABLE))
            _clear(connection)
            connection.execute(
                insert(RUN_TABLE).values(
                    run=run,
                    file_name=source.file_name,
                    file_hash=source.file_hash,
                    layout=layout.name,
                    headings=list(source.headings()),
                    is_full=layout.full,
                    register_version=SqlRegister(connection).version(),
                    started_at=at,
                    rows=None,
                )
            )
        return run

    def restart(self, run: str) -> None:
        with self._engine.begin() as connection:
            _run_of(connection, run)
            _clear(connection)

    def recognise(
        self, run: str, lines: Sequence[int], source_digests: Sequence[str | None]
    ) -> frozenset[int]:
        with self._engine.begin() as connection:
            _run_of(connection, run)
            return recognise(connection, lines, source_digests)

    def stage(self, run: str, block: StagedBlock) -> None:
        with self._engine.begin() as connection:
            _run_of(connection, run)
            load_columns(connection, STAGE_TABLE, _stage_columns(block))

    def finish(self, run: str, layout: Layout) -> tuple[RowProblem, ...]:
        with self._engine.begin() as connection:
            _run_of(connection, run)
            know_sizes(connection, STAGE_TABLE, _LOOKED_AT)
            know_sizes(connection, RECOGNISED_TABLE)
            stage_concerned(connection, layout)
            problems = refuse_doubled(connection, layout)
            take_issued_numbers(connection)
            if layout.supplier_number is NumberRule.ISSUE:
                issue_numbers(connection)
            else:
                problems += shared_corporate_numbers(connection, layout)
            unmark(connection, {problem.line for problem in problems})
            if holds(connection):
                remember(connection, STAGE.digest == HELD.digest)
            rows = _count(connection, select(func.count()).select_from(STAGE_TABLE)) + recognised_count(
                connection
            )
            connection.execute(update(RUN_TABLE).where(RUNS.run == run).values(rows=rows))
        return tuple(problems)

    def diff(self, run: str) -> Diff:
        with self._engine.begin() as connection:
            head = _run_of(connection, run)
            register = SqlRegister(connection)
            if register.version() != head.register_version:
                raise StalePlanError("register-changed", file=head.file_name)
            return Diff(
                version=head.register_version,
                current=register.size(),
                added=_count(connection, added(func.count())),
                changed=met(connection, STAGE.digest != HELD.digest),
                unchanged=_unchanged(connection),
                vanished=_vanished_count(connection) if head.is_full else 0,
                refused=_count(connection, select(func.count()).where(STAGE.refused)),
                gone=_gone(connection, head),
            )

    def ready(self, *, file_hash: str, layout: str, version: BatchId | None) -> str | None:
        with self._engine.begin() as connection:
            found: str | None = connection.execute(_ready(file_hash, layout, version)).scalar_one_or_none()
            return found

    def changes(
        self, run: str, *, kind: str, after: SupplierNumber | None, limit: int
    ) -> tuple[RecordChange, ...]:
        page = _PAGES[kind]
        with self._engine.begin() as connection:
            head = _run_of(connection, run)
            if kind == "vanished" and not head.is_full:
                return ()
            return page(connection, after or "", limit)

    def touched(self, run: str, *, day: date, after: str, limit: int) -> tuple[TouchedSupplier, ...]:
        with self._engine.begin() as connection:
            full = bool(_run_of(connection, run).is_full)
            return touched_page(connection, full=full, day=day, after=after, limit=limit)

    def touched_count(self, run: str, *, day: date) -> int:
        with self._engine.begin() as connection:
            return touched_count(connection, full=bool(_run_of(connection, run).is_full), day=day)

    def discard(self, run: str) -> None:
        with self._engine.begin() as connection:
            gone = connection.execute(delete(RUN_TABLE).where(RUNS.run == run))
            if _touched(gone):
                # Otherwise another run has cleared it away, and what is staged belongs to that one.
                _clear(connection)


def save_batch(executor: Executor, batch: ImportBatch) -> bool:
    """Save an applied import: its row, the versions that it closes and opens, the numbers that it issues. Part of the caller's transaction.

    Answers ``False`` when another import was applied meanwhile. Raises ``StalePlanError``: ``stage-missing`` when its file is not staged
    against this register version, ``counts-differ`` when the staged rows would do something else than ``batch`` says.
    """
    version = SqlRegister(executor).version()
    if batch.id != (version or 0) + 1:
        return False
    # Held, so that no other preview clears it away meanwhile.
    ready = _ready(batch.file_hash, batch.layout, version).with_for_update()
    run = executor.execute(ready).scalar_one_or_none()
    if run is None:
        raise StalePlanError("stage-missing", file=batch.file_name)
    head = executor.execute(select(RUN_TABLE).where(RUNS.run == run)).one()
    executor.execute(insert(BATCH_TABLE).values(_batch_values(batch, head.headings)))
    keep_keys(executor, batch.id)
    unchanged = _unchanged(executor)
    vanished = _close(executor, batch.id, ~named()) if head.is_full and _vanished_count(executor) else 0
    changed = _close(executor, batch.id, staged(~STAGE.refused, STAGE.digest != HELD.digest))
    with built_afterwards(executor) as empty:
        opened = _open(executor, batch.id, every=empty)
    index_versions(executor, batch.id)
    refused = _count(executor, select(func.count()).where(STAGE.refused))
    done = (opened - changed, changed, unchanged, vanished, refused)
    if done != (batch.added, batch.changed, batch.unchanged, batch.vanished, batch.refused):
        raise StalePlanError("counts-differ", file=batch.file_name)
    forget_closed(executor, batch.id)
    remember(executor, HELD.from_batch == int(batch.id))
    executor.execute(delete(RUN_TABLE).where(RUNS.run == run))
    _clear(executor)
    return True


def _clear(executor: Executor) -> None:
    executor.execute(delete(STAGE_TABLE))
    executor.execute(delete(RECOGNISED_TABLE))


def _stage_columns(block: StagedBlock) -> dict[str, Sequence[Any]]:
    columns = block.columns
    return {
        "line": block.lines,
        **columns,
        "supplier_number": [number or None for number in columns["supplier_number"]],
        "refused": block.refused,
        "source_digest": block.source_digests,
        "phone_folded": all_digits(columns["phone"]),
        "email_folded": all_lowered(columns["email"]),
    }


def _batch_values(batch: ImportBatch, headings: object) -> dict[str, Any]:
    return {
        "id": batch.id,
        "file_name": batch.file_name,
        "file_hash": batch.file_hash,
        "layout": batch.layout,
        "headings": headings,
        "added": batch.added,
        "changed": batch.changed,
        "unchanged": batch.unchanged,
        "vanished": batch.vanished,
        "refused": batch.refused,
        "applied_by": batch.by,
        "applied_at": batch.applied_at,
        "version": batch.version,
    }


def _run_of(connection: Connection, run: str) -> Any:
    head = connection.execute(select(RUN_TABLE).where(RUNS.run == run)).one_or_none()
    if head is None:
        raise StalePlanError("stage-missing", file=None)
    return head


def _ready(file_hash: str, layout: str, version: BatchId | None) -> Select[Any]:
    same_version = RUNS.register_version.is_(None) if version is None else RUNS.register_version == version
    return select(RUNS.run).where(
        RUNS.file_hash == file_hash, RUNS.layout == layout, RUNS.rows.is_not(None), same_version
    )


def _count(executor: Executor, statement: Select[Any]) -> int:
    return int(executor.execute(statement).scalar_one())


def _unchanged(executor: Executor) -> int:
    return met(executor, STAGE.digest == HELD.digest) + recognised_count(executor)


def _vanished_count(executor: Executor) -> int:
    """Present records that the file does not name: all but those that it does."""
    there = _count(executor, select(func.count()).select_from(REGISTER_TABLE).where(CURRENT))
    return there and there - recognised_count(executor) - _count(executor, _staged_and_held())


def _staged_and_held() -> Select[Any]:
    """Suppliers with a record of whom there is a staged row, or several."""
    numbers = select(STAGE.supplier_number).distinct().subquery()
    return select(func.count()).select_from(
        numbers.join(REGISTER_TABLE, and_(HELD.supplier_number == numbers.c.supplier_number, CURRENT))
    )


def _close(executor: Executor, batch: BatchId, which: ColumnElement[bool]) -> int:
    statement = update(REGISTER_TABLE).where(CURRENT, which).values(to_batch=batch)
    return _touched(executor.execute(statement, execution_options={"synchronize_session": False}))


def _open(executor: Executor, batch: BatchId, *, every: bool) -> int:
    """Open a version of each staged row without a present one; ``every``: there is none of any."""
    columns = ["supplier_number", *_COPIED, "from_batch"]
    copied = (STAGE.supplier_number, *(STAGE[name] for name in _COPIED), literal(int(batch)))
    chosen = select(*copied).where(~STAGE.refused) if every else added(*copied)
    in_order = chosen.order_by(STAGE.line)
    return _touched(executor.execute(insert(REGISTER_TABLE).from_select(columns, in_order), **COUNTED))


def _touched(result: Result[Any]) -> int:
    return cast("CursorResult[Any]", result).rowcount


def _gone(connection: Connection, head: Any) -> tuple[str, ...]:
    """Headings of the layout's latest batch that this file lacks."""
    before = connection.execute(
        select(BATCH_TABLE.c.headings)
        .where(BATCH_TABLE.c.layout == head.layout)
        .order_by(BATCH_TABLE.c.id.desc())
        .limit(1)
    ).scalar_one_or_none()
    return tuple(heading for heading in before or () if heading not in head.headings)
