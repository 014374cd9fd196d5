"""The tables of the hash tree over the trail; triggers refuse to change or delete their rows, but for salts that an erasing empties."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from ebidadmin.domain.erasures import ErasedPart
from ebidadmin.persistence.schema_base import BIG_KEY, Base
from ebidadmin.persistence.types import EnumText, closed_set


class LeafRow(Base):
    """The leaf of an event: its place in the tree, and what binds the event's values to it (``domain.audit_leaves``)."""

    __tablename__ = "audit_leaves"

    position: Mapped[int] = mapped_column(BIG_KEY, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(unique=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    leaf: Mapped[bytes] = mapped_column(LargeBinary)


class NodeRow(Base):
    """An inner node over a whole subtree (``domain.audit_tree.Node``); ``ends_at`` is the first position after it."""

    __tablename__ = "audit_nodes"

    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    ends_at: Mapped[int] = mapped_column(index=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class HeadRow(Base):
    """A signed head of the tree, as text (``domain.tree_heads``)."""

    __tablename__ = "audit_heads"

    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    note: Mapped[str]
    kept_at: Mapped[datetime]


class BoundRowRow(Base):
    """What a record became with an event (``domain.audit_leaves.BoundRow``), salted; the newest of a record is what it must be now."""

    __tablename__ = "audit_rows"

    kind: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, index=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[bytes | None] = mapped_column(LargeBinary)


class ErasedRow(Base):
    """That a part of an event was erased (``domain.erasures.Erased``), and which event tells of it."""

    __tablename__ = "audit_erased"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    part: Mapped[ErasedPart] = mapped_column(EnumText(ErasedPart), primary_key=True)
    by_event: Mapped[int] = mapped_column(index=True)

    __table_args__ = (closed_set("part", ErasedPart), CheckConstraint("seq < by_event", name="order"))
