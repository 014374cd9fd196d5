"""The tables of the register: versions of records, the imports that made them, issued numbers, and the staging of an import."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from ebidadmin.domain.qualifications import Grade
from ebidadmin.persistence.schema_base import Base
from ebidadmin.persistence.types import EnumText, JsonText, closed_set

_CURRENT = text("to_batch IS NULL")
_CLOSED = text("to_batch IS NOT NULL")


class RecordColumns:
    """What a version and a staged row have in common. ``digest`` stands for everything the record says; the ``…_folded``
    columns are twins: the name folded for the search, phone number as digits, mail address in lower case."""

    trade_name: Mapped[str]
    source_key: Mapped[str]
    corporate_number: Mapped[str]
    kana: Mapped[str]
    postcode: Mapped[str]
    address: Mapped[str]
    representative_title: Mapped[str]
    representative_name: Mapped[str]
    phone: Mapped[str]
    fax: Mapped[str]
    email: Mapped[str]
    branch: Mapped[str]
    delegate_title: Mapped[str]
    delegate_name: Mapped[str]
    delegate_address: Mapped[str]
    grade_manufacture: Mapped[Grade] = mapped_column(EnumText(Grade))
    grade_sale: Mapped[Grade] = mapped_column(EnumText(Grade))
    grade_service: Mapped[Grade] = mapped_column(EnumText(Grade))
    grade_purchase: Mapped[Grade] = mapped_column(EnumText(Grade))
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    suspended_from: Mapped[date | None]
    suspended_to: Mapped[date | None]
    remarks: Mapped[str]
    extra: Mapped[object] = mapped_column(JsonText())
    digest: Mapped[str]
    name_folded: Mapped[str]
    phone_folded: Mapped[str]
    email_folded: Mapped[str]


_GRADES = tuple(closed_set(f"grade_{name}", Grade) for name in ("manufacture", "sale", "service", "purchase"))


class BatchRow(Base):
    """An applied import. ``headings`` are those of its file, to notice a column that goes missing."""

    __tablename__ = "qualification_batches"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    file_name: Mapped[str]
    file_hash: Mapped[str]
    layout: Mapped[str]
    headings: Mapped[object] = mapped_column(JsonText())
    added: Mapped[int]
    changed: Mapped[int]
    unchanged: Mapped[int]
    vanished: Mapped[int]
    refused: Mapped[int]
    applied_by: Mapped[str]
    applied_at: Mapped[datetime]
    version: Mapped[int]

    __table_args__ = (
        CheckConstraint("id >= 1", name="id"),
        CheckConstraint(
            "added >= 0 AND changed >= 0 AND unchanged >= 0 AND vanished >= 0 AND refused >= 0", name="counts"
        ),
        Index(None, "applied_at"),
    )


class UndoingRow(Base):
    """That a batch undid another; each can be undone once."""

    __tablename__ = "qualification_undoings"

    batch: Mapped[int] = mapped_column(
        ForeignKey("qualification_batches.id"), primary_key=True, autoincrement=False
    )
    undoes: Mapped[int] = mapped_column(ForeignKey("qualification_batches.id"), unique=True)

    __table_args__ = (CheckConstraint("undoes < batch", name="order"),)


class CorrectionRow(Base):
    """That a batch corrected one supplier's record by hand, and why."""

    __tablename__ = "qualification_corrections"

    batch: Mapped[int] = mapped_column(
        ForeignKey("qualification_batches.id"), primary_key=True, autoincrement=False
    )
    supplier_number: Mapped[str]
    reason: Mapped[str]

    __table_args__ = (CheckConstraint("length(reason) > 0", name="reason"),)


class QualificationRow(RecordColumns, Base):
    """One version of a supplier's record: in the register from ``from_batch`` until ``to_batch`` (exclusive, ``NULL``: current)."""

    __tablename__ = "qualifications"

    id: Mapped[int] = mapped_column(primary_key=True)
    supplier_number: Mapped[str]
    from_batch: Mapped[int] = mapped_column(ForeignKey("qualification_batches.id"))
    to_batch: Mapped[int | None] = mapped_column(ForeignKey("qualification_batches.id"))

    __table_args__ = (
        *_GRADES,
        CheckConstraint("length(supplier_number) = 9", name="supplier_number"),
        CheckConstraint("to_batch IS NULL OR to_batch > from_batch", name="batches"),
        Index(
            "uq_qualifications_current",
            "supplier_number",
            unique=True,
            sqlite_where=_CURRENT,
            postgresql_where=_CURRENT,
        ),
        Index(None, "supplier_number", "from_batch", unique=True),
        Index(None, "from_batch"),
        Index(None, "to_batch", sqlite_where=_CLOSED, postgresql_where=_CLOSED),
        Index(None, "name_folded", "supplier_number"),
        Index(None, "corporate_number"),
        Index(None, "phone_folded"),
        Index(None, "email_folded"),
    )


class SourceKeyRow(Base):
    """Which supplier number was issued to a source key; kept for ever. ``serial`` is the number's place in the series of those issued
    here, ``NULL`` for one that a file brought along."""

    __tablename__ = "source_keys"

    source_key: Mapped[str] = mapped_column(primary_key=True)
    supplier_number: Mapped[str] = mapped_column(unique=True)
    serial: Mapped[int | None] = mapped_column(unique=True)
    from_batch: Mapped[int] = mapped_column(ForeignKey("qualification_batches.id"))


class ImportRunRow(Base):
    """A file being previewed. ``rows`` is set once all of it is staged: without it the run was cut short."""

    __tablename__ = "import_runs"

    run: Mapped[str] = mapped_column(primary_key=True)
    file_name: Mapped[str]
    file_hash: Mapped[str]
    layout: Mapped[str]
    headings: Mapped[object] = mapped_column(JsonText())
    is_full: Mapped[bool]
    register_version: Mapped[int | None]
    started_at: Mapped[datetime]
    rows: Mapped[int | None]


class StageRow(RecordColumns, Base):
    """One row of the file being previewed; there is one at a time. A refused row is there for its number only: it keeps its supplier from
    vanishing. ``source_digest`` is set for a row without problems, which may be recognised in the next file."""

    __tablename__ = "import_stage"

    line: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    supplier_number: Mapped[str | None]
    serial: Mapped[int | None]
    refused: Mapped[bool]
    source_digest: Mapped[str | None]

    __table_args__ = (Index(None, "supplier_number"),)


class RecognisedRow(Base):
    """A row of the file being previewed that is not staged, because ``checked_rows`` has it: which present version it stands for."""

    __tablename__ = "import_recognised"

    qualification: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    line: Mapped[int]


class CheckedSourceRow(Base):
    """That a row of a file, under certain rules, was without problems and is what a version says. Only present versions count; what
    is missing here is only checked again."""

    __tablename__ = "checked_rows"

    source_digest: Mapped[str] = mapped_column(primary_key=True)
    qualification: Mapped[int] = mapped_column(ForeignKey("qualifications.id"))

    __table_args__ = ({"sqlite_with_rowid": False},)
