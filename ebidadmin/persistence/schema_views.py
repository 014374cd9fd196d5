"""The table of what each person keeps of the review queue."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from ebidadmin.persistence.schema_base import Base
from ebidadmin.persistence.types import JsonText


class QueueViewRow(Base):
    """A view under its name; without a name the place where the person stands."""

    __tablename__ = "queue_views"

    person: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    view: Mapped[object] = mapped_column(JsonText())
    kept_at: Mapped[datetime]
