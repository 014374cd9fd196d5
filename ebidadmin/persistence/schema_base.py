"""The base of all rows: one metadata, a name for every constraint, one column type per Python type."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Date, Integer, MetaData
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeEngine

from ebidadmin.persistence.types import TEXT, UtcDateTime

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

BIG_KEY = BigInteger().with_variant(Integer, "sqlite")
"""For keys that the database draws: only a plain INTEGER is SQLite's own row key."""


class Base(DeclarativeBase):
    """``Mapped[str]`` is text, ``Mapped[datetime]`` an aware moment in UTC, ``Mapped[date]`` a day."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[type, TypeEngine[Any]]] = {
        str: TEXT,
        datetime: UtcDateTime(),
        date: Date(),
        int: BIG_KEY,
    }
