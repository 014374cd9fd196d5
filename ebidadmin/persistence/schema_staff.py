"""The table of the members of staff."""

from __future__ import annotations

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ebidadmin.domain.staff_members import StaffState
from ebidadmin.persistence.schema_base import Base
from ebidadmin.persistence.types import EnumText, JsonText, closed_set


class StaffRow(Base):
    """Somebody who was given roles. What the database goes by are its own roles; this says how they were meant."""

    __tablename__ = "staff_members"

    login: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    roles: Mapped[object] = mapped_column(JsonText())
    state: Mapped[StaffState] = mapped_column(EnumText(StaffState))
    version: Mapped[int]

    __table_args__ = (
        closed_set("state", StaffState),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("(state = 'disabled') = (roles = '[]')", name="roles"),
    )
