"""The tables of what each person keeps of the screens: views of the review queue, and where they stand."""

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


class ScreenPlaceRow(Base):
    """Where a person stands on a screen, in the words of that screen."""

    __tablename__ = "screen_places"

    person: Mapped[str] = mapped_column(primary_key=True)
    screen: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[str]
    kept_at: Mapped[datetime]
