"""The tables of the name index: names packed in blocks, and which pairs of characters stand in which blocks."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from ebidadmin.persistence.schema_base import Base


class NameBlockRow(Base):
    """Up to 64 names with the suppliers that bear or bore them, one per line of ``texts``; ``numbers`` are their numbers on end, nine
    characters each. A block of a segment is in the order of the numbers, and so are the blocks of one segment; segment 0 is loose."""

    __tablename__ = "name_blocks"

    segment: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last_number: Mapped[str]
    numbers: Mapped[str]
    texts: Mapped[str]

    __table_args__ = (
        CheckConstraint("segment >= 0 AND position >= 0", name="place"),
        Index(None, "segment", "last_number"),
    )


class NamePairRow(Base):
    """In which blocks of a segment pairs of a bucket stand: the bit of a block's position, the lowest first."""

    __tablename__ = "name_pairs"

    bucket: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    segment: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    blocks: Mapped[bytes] = mapped_column(LargeBinary())

    __table_args__ = (CheckConstraint("bucket >= 0 AND segment >= 1", name="place"),)
