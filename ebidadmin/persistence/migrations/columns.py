"""Short spellings for the columns of the steps. They mean the same for ever: released steps rely on them."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def texts(*names: str, nullable: bool = False) -> Iterator[sa.Column[str]]:
    """Text columns of those names, sorted by code point."""
    return (sa.Column(name, TEXT, nullable=nullable) for name in names)


def numbers(*names: str, nullable: bool = False) -> Iterator[sa.Column[int]]:
    """Whole-number columns of those names."""
    return (sa.Column(name, BIG, nullable=nullable) for name in names)


def moments(*names: str, nullable: bool = False) -> Iterator[sa.Column[object]]:
    """Columns for moments in UTC."""
    return (sa.Column(name, sa.DateTime(timezone=True), nullable=nullable) for name in names)


def days(*names: str, nullable: bool = False) -> Iterator[sa.Column[object]]:
    """Columns for days."""
    return (sa.Column(name, sa.Date(), nullable=nullable) for name in names)
