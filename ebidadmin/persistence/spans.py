"""Whether numbers in a table have gaps: where they have none, which of them are missing elsewhere is told without reading them all."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import InstrumentedAttribute


class Span(NamedTuple):
    """All numbers from ``first`` to ``last``."""

    first: int
    last: int


def unbroken(connection: Connection, number: InstrumentedAttribute[int]) -> Span | None:
    """The numbers of a column of numbers that are all different; ``None`` where some between them are missing, or
    all, or one is none."""
    # Each by itself: SQLite finds ends in an index, and counts along the smallest one.
    ends_and_count = select(
        select(func.min(number)).scalar_subquery(),
        select(func.max(number)).scalar_subquery(),
        select(func.count()).select_from(number.parent).scalar_subquery(),
    )
    first, last, count = connection.execute(ends_and_count).one()
    if not (isinstance(first, int) and isinstance(last, int)):
        return None  # what is no number stands behind them all
    return Span(first, last) if count and last - first + 1 == count else None
