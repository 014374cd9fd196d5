"""Looking into the name index: suppliers whose names may contain a text, in the order of their numbers, found as they are asked for."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from functools import reduce
from itertools import chain
from operator import and_
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from ebidadmin.persistence.name_index import (
    BLOCKS,
    LOOSE,
    PAIR_TABLE,
    buckets_of,
    entries_of,
)

PAIRS_ASKED = 24
"""Of a long text so many buckets tell enough."""

FIRST_LOOK, LONGEST_LOOK = 32, 512
"""Blocks that are looked into at a time: few at first, since a common name fills its page at once."""


def suppliers_named(connection: Connection, text: str, after: str) -> Iterator[str]:
    """The numbers after ``after`` of all suppliers that have or had a name, or a reading, with ``text`` in it; each once, in order.

    ``text`` is folded and not empty. Exact for the names that a supplier ever had; whether it has one now is for the caller to see.
    """
    if not storable(text):
        return iter(())
    segments = _segments(connection, after)
    candidates = _candidates(connection, text, segments)
    streams = [
        _named_in(connection, text, after, segment, positions)
        for segment, positions in candidates.items()
        if positions
    ]
    return once(heapq.merge(_named_loosely(connection, text, after), *streams))


def containing_text(column: ColumnElement[str], text: str, dialect: str) -> ColumnElement[bool]:
    """Whether a column contains a text as it stands: no sign has a meaning of its own, and no length is too great."""
    place = func.strpos if dialect == "postgresql" else func.instr
    return place(column, text) > 0


def _segments(connection: Connection, after: str) -> dict[int, range]:
    """The positions of each segment's blocks that reach beyond ``after``."""
    places = (BLOCKS.segment, func.min(BLOCKS.position), func.max(BLOCKS.position))
    found = select(*places).where(BLOCKS.segment > LOOSE, BLOCKS.last_number > after)
    rows = connection.execute(found.group_by(BLOCKS.segment))
    return {segment: range(first, last + 1) for segment, first, last in rows}


def _candidates(connection: Connection, text: str, segments: dict[int, range]) -> dict[int, Sequence[int]]:
    """Of those positions, the ones of blocks with all pairs of ``text``."""
    wanted = sorted(buckets_of(text))[:PAIRS_ASKED]
    if not wanted or not segments:
        return dict(segments)
    found: dict[int, list[int]] = {}
    pairs = PAIR_TABLE.c
    for segment, bits in connection.execute(
        select(pairs.segment, pairs.blocks).where(pairs.bucket.in_(wanted))
    ):
        found.setdefault(segment, []).append(int.from_bytes(bits, "little"))
    common = {segment: reduce(and_, bits) for segment, bits in found.items() if len(bits) == len(wanted)}
    return {
        segment: [place for place in places if common.get(segment, 0) >> place & 1]
        for segment, places in segments.items()
    }


def _named_in(
    connection: Connection, text: str, after: str, segment: int, positions: Sequence[int]
) -> Iterator[str]:
    size, start = FIRST_LOOK, 0
    while start < len(positions):
        look = positions[start : start + size]
        start, size = start + size, min(2 * size, LONGEST_LOOK)
        rows = connection.execute(_blocks(connection, text, segment).where(_among(look)))
        for row in rows.all():
            yield from _named(row.numbers, row.texts, text, after)


def _named_loosely(connection: Connection, text: str, after: str) -> Iterator[str]:
    loose = _blocks(connection, text, LOOSE).where(BLOCKS.last_number > after)
    rows = connection.execute(loose).all()
    yield from sorted(chain.from_iterable(_named(row.numbers, row.texts, text, after) for row in rows))


def _blocks(connection: Connection, text: str, segment: int) -> Select[Any]:
    inside = containing_text(BLOCKS.texts, text, connection.dialect.name)
    blocks = select(BLOCKS.numbers, BLOCKS.texts).where(BLOCKS.segment == segment, inside)
    return blocks.order_by(BLOCKS.position)


def _among(positions: Sequence[int]) -> ColumnElement[bool]:
    first, last = positions[0], positions[-1]
    if len(positions) * 2 > last - first:
        # A range is read at once; the few blocks too many cost less than naming each of the others.
        return BLOCKS.position.between(first, last)
    return BLOCKS.position.in_(positions)


def _named(numbers: str, texts: str, text: str, after: str) -> Iterator[str]:
    return (number for number, line in entries_of(numbers, texts) if text in line and number > after)


def once(numbers: Iterator[str]) -> Iterator[str]:
    before = ""
    for number in numbers:
        if number != before:
            yield number
        before = number


def storable(text: str) -> bool:
    """Whether a database could hold the text at all: no NUL, no half of a character."""
    return "\0" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)
