"""The table of the help desk's records of rehearsed ID applications."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from ebidadmin.persistence.schema_base import Base
from ebidadmin.persistence.types import JsonText


class IdCaseRow(Base):
    """One record; never changed, which triggers hold."""

    __tablename__ = "id_case_records"

    id: Mapped[str] = mapped_column(primary_key=True)
    supplier_number: Mapped[str]
    written_at: Mapped[datetime]
    written_by: Mapped[str]
    content: Mapped[object] = mapped_column(JsonText())
    advice: Mapped[str]
    version: Mapped[int]

    __table_args__ = (
        CheckConstraint("version = 1", name="version"),
        Index(None, "supplier_number"),
        Index(None, "written_at", "id"),
    )
