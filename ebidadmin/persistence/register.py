"""Reading the register: the port of the services, and lists for screens and exports."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Select, func, or_, select
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from ebidadmin.domain.ids import BatchId, SupplierNumber
from ebidadmin.domain.imports import ImportBatch
from ebidadmin.domain.layouts import FIELDS
from ebidadmin.domain.qualifications import Qualification
from ebidadmin.persistence.among import among
from ebidadmin.persistence.engine import reading
from ebidadmin.persistence.register_search import Wanted, search_everywhere, search_page
from ebidadmin.persistence.schema_register import BatchRow, CorrectionRow, QualificationRow, UndoingRow

Executor = Connection | Session
"""Both run statements inside a transaction that somebody else began."""

RECORD = QualificationRow.__table__.c
RECORD_COLUMNS: tuple[str, ...] = (*FIELDS, "extra")
"""The columns that make a record, named as its fields."""

CHUNK = 500


class SqlRegister:
    """``ports.Register`` on the transaction of ``executor``."""

    def __init__(self, executor: Executor) -> None:
        self._execute = executor.execute

    def version(self) -> BatchId | None:
        found: int | None = self._execute(select(func.max(BatchRow.id))).scalar_one()
        return None if found is None else BatchId(found)

    def current(self, supplier: SupplierNumber) -> Qualification | None:
        return self._one(supplier, RECORD.to_batch.is_(None))

    def current_of(self, suppliers: Collection[SupplierNumber]) -> Mapping[SupplierNumber, Qualification]:
        wanted = _records().where(among(RECORD.supplier_number, suppliers), RECORD.to_batch.is_(None))
        return {SupplierNumber(row.supplier_number): record_from(row) for row in self._execute(wanted)}

    def names_of(self, suppliers: Collection[SupplierNumber]) -> Mapping[SupplierNumber, str]:
        wanted = among(RECORD.supplier_number, suppliers)
        names = select(RECORD.supplier_number, RECORD.trade_name).where(wanted, RECORD.to_batch.is_(None))
        return {SupplierNumber(number): name for number, name in self._execute(names)}

    def at_version(self, supplier: SupplierNumber, version: BatchId | None) -> Qualification | None:
        return None if version is None else self._one(supplier, in_version(version))

    def as_of(self, supplier: SupplierNumber, moment: datetime) -> Qualification | None:
        return self.at_version(supplier, self.version_as_of(moment))

    def version_as_of(self, moment: datetime) -> BatchId | None:
        """The latest batch applied at that moment or before; ``None`` before the first."""
        latest = select(func.max(BatchRow.id)).where(BatchRow.applied_at <= moment)
        found: int | None = self._execute(latest).scalar_one()
        return None if found is None else BatchId(found)

    def size(self) -> int:
        held = select(func.count()).select_from(QualificationRow).where(RECORD.to_batch.is_(None))
        return int(self._execute(held).scalar_one())

    def batch(self, number: BatchId) -> ImportBatch | None:
        row = self._execute(_batches().where(BatchRow.id == number)).one_or_none()
        return None if row is None else batch_from(row)

    def undone_by(self, number: BatchId) -> BatchId | None:
        found = self._execute(
            select(UndoingRow.batch).where(UndoingRow.undoes == number)
        ).scalar_one_or_none()
        return None if found is None else BatchId(found)

    def history(self, supplier: SupplierNumber) -> tuple[tuple[ImportBatch, Qualification | None], ...]:
        versions = self._execute(_records().where(RECORD.supplier_number == supplier)).all()
        steps: dict[int, Qualification | None] = {
            row.to_batch: None for row in versions if row.to_batch is not None
        }
        steps |= {row.from_batch: record_from(row) for row in versions}
        batches = self._execute(_batches().where(BatchRow.id.in_(list(steps)))).all()
        return tuple((batch_from(row), steps[row.id]) for row in batches)

    def _one(self, supplier: SupplierNumber, held: ColumnElement[bool]) -> Qualification | None:
        row = self._execute(_records().where(RECORD.supplier_number == supplier, held)).one_or_none()
        return None if row is None else record_from(row)


class SqlRegisterReader:
    """``qualification_import.RegisterReader``: lists, each read in a transaction of its own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = reading(engine)

    def batches(self) -> tuple[ImportBatch, ...]:
        with self._engine.begin() as connection:
            return tuple(batch_from(row) for row in connection.execute(_batches()))

    def page(
        self,
        *,
        search_folded: str,
        search: str,
        after: str,
        limit: int,
        version: BatchId | None,
        everywhere: bool = False,
    ) -> tuple[Qualification, ...]:
        held = RECORD.to_batch.is_(None) if version is None else in_version(version)
        wanted = Wanted(search.strip(), search_folded)
        find = search_everywhere if everywhere else search_page
        with self._engine.begin() as connection:
            if wanted.nothing:
                plain = _records().where(held, RECORD.supplier_number > after)
                rows = connection.execute(plain.order_by(RECORD.supplier_number).limit(limit)).all()
            else:
                rows = find(connection, held, wanted, after=after, limit=limit)
        return tuple(record_from(row) for row in rows)

    def total(self) -> int:
        with self._engine.begin() as connection:
            return connection.execute(
                select(func.count()).select_from(QualificationRow).where(RECORD.to_batch.is_(None))
            ).scalar_one()

    def extra_headings(self) -> tuple[str, ...]:
        found: set[str] = set()
        with self._engine.begin() as connection:
            statement = select(RECORD.extra).where(RECORD.to_batch.is_(None)).distinct()
            for extra in connection.execution_options(yield_per=CHUNK).execute(statement).scalars():
                found.update(extra)
        return tuple(sorted(found))

    def every(self) -> Iterator[Qualification]:
        with self._engine.begin() as connection:
            statement = _records().where(RECORD.to_batch.is_(None)).order_by(RECORD.supplier_number)
            for row in connection.execution_options(yield_per=CHUNK).execute(statement):
                yield record_from(row)


def in_version(version: BatchId) -> ColumnElement[bool]:
    """Whether a version of a record was in the register once that batch was applied."""
    return (RECORD.from_batch <= version) & or_(RECORD.to_batch.is_(None), RECORD.to_batch > version)


def record_from(row: Row[Any]) -> Qualification:
    """The record of a row that has the columns of ``RECORD_COLUMNS``."""
    return Qualification(**{name: row._mapping[name] for name in RECORD_COLUMNS})


def record_values(record: Qualification) -> dict[str, Any]:
    """The columns of ``RECORD_COLUMNS`` for a record, as they are bound."""
    values: dict[str, Any] = {name: getattr(record, name) for name in FIELDS}
    extra: Mapping[str, str] = record.extra
    return values | {"extra": dict(extra)}


def batch_from(row: Row[Any]) -> ImportBatch:
    return ImportBatch(
        id=BatchId(row.id),
        file_name=row.file_name,
        file_hash=row.file_hash,
        layout=row.layout,
        added=row.added,
        changed=row.changed,
        unchanged=row.unchanged,
        vanished=row.vanished,
        refused=row.refused,
        by=row.applied_by,
        applied_at=row.applied_at,
        version=row.version,
        undoes=None if row.undoes is None else BatchId(row.undoes),
        corrects=None if row.corrects is None else SupplierNumber(row.corrects),
    )


def _records() -> Select[Any]:
    return select(QualificationRow.__table__)


def _batches() -> Select[Any]:
    batches = BatchRow.__table__
    undone = func.coalesce(UndoingRow.undoes, BatchRow.id)
    return (
        select(batches, UndoingRow.undoes, CorrectionRow.supplier_number.label("corrects"))
        .outerjoin(UndoingRow, UndoingRow.batch == BatchRow.id)
        .outerjoin(CorrectionRow, CorrectionRow.batch == undone)
        .order_by(BatchRow.id.desc())
    )
