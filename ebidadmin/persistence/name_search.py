"""Looking into the name index: suppliers whose names may contain a text, in the order of their numbers, found as they are asked for."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import reduce
from itertools import chain
from operator import and_
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    BindParameter,
    ColumnElement,
    Connection,
    Row,
    Select,
    any_,
    bindparam,
    func,
    select,
)

from ebidadmin.domain.fields import SUPPLIER_NUMBER_LENGTH
from ebidadmin.persistence.name_index import (
    BLOCK,
    BLOCKS,
    LOOSE,
    PAIR_TABLE,
    SEGMENT,
    buckets_of,
    entries_of,
)
from ebidadmin.persistence.types import TEXT

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
    bits = _candidates(connection, text)
    streams = [("", _named_loosely(connection, text, after))]
    streams += [
        (first, _named_in(connection, text, after, segment, bits[segment]))
        for segment, first in _first_numbers(connection, bits)
    ]
    return once(_merged(streams))


def containing_text(
    column: ColumnElement[str], text: str | BindParameter[str], dialect: str
) -> ColumnElement[bool]:
    """Whether a column contains a text as it stands: no sign has a meaning of its own, and no length is too great."""
    place = func.strpos if dialect == "postgresql" else func.instr
    return place(column, text) > 0


def _looks(dialect: str) -> tuple[Select[Any], Select[Any]]:
    """Into a range of blocks of a segment, and into some of its blocks: made once, as making them takes longer than running them."""
    inside = containing_text(BLOCKS.texts, bindparam("text", type_=TEXT), dialect)
    blocks = select(BLOCKS.numbers, BLOCKS.texts).where(BLOCKS.segment == bindparam("segment"), inside)
    in_order = blocks.order_by(BLOCKS.position)
    if dialect == "postgresql":
        among = BLOCKS.position == any_(bindparam("places", type_=ARRAY(BigInteger)))
    else:
        among = BLOCKS.position.in_(bindparam("places", expanding=True))
    return (
        in_order.where(BLOCKS.position.between(bindparam("first"), bindparam("last"))),
        in_order.where(among),
    )


_LOOKS = {dialect: _looks(dialect) for dialect in ("sqlite", "postgresql")}


def _candidates(connection: Connection, text: str) -> dict[int, int]:
    """For each segment that may have the text, the bits of the blocks with all its pairs."""
    wanted = sorted(buckets_of(text))[:PAIRS_ASKED]
    if not wanted:
        last: int | None = connection.execute(select(func.max(BLOCKS.segment))).scalar_one()
        return dict.fromkeys(range(LOOSE + 1, (last or LOOSE) + 1), (1 << SEGMENT // BLOCK) - 1)
    pairs = PAIR_TABLE.c
    of_wanted = select(pairs.segment, pairs.blocks).where(pairs.bucket.in_(wanted))
    found: dict[int, list[int]] = {}
    for segment, bits in connection.execute(of_wanted):
        found.setdefault(segment, []).append(int.from_bytes(bits, "little"))
    common = {segment: reduce(and_, bits) for segment, bits in found.items() if len(bits) == len(wanted)}
    return {segment: bits for segment, bits in common.items() if bits}


def _first_numbers(connection: Connection, segments: Collection[int]) -> Sequence[tuple[int, str]]:
    """With which number each segment begins."""
    first = func.substr(BLOCKS.numbers, 1, SUPPLIER_NUMBER_LENGTH)
    begins = select(BLOCKS.segment, first).where(BLOCKS.segment.in_(segments), BLOCKS.position == 0)
    return [(segment, number) for segment, number in connection.execute(begins)]


def _merged(streams: Iterable[tuple[str, Iterator[str]]]) -> Iterator[str]:
    """Numbers of several streams in order. Each comes with a number that none of its own is below, and is not begun before that one's
    turn: of a common name, the first segment fills the page."""
    waiting = sorted(streams, key=lambda stream: stream[0], reverse=True)
    begun: list[tuple[str, int, Iterator[str]]] = []
    while waiting or begun:
        if waiting and (not begun or waiting[-1][0] <= begun[0][0]):
            place, stream = len(waiting), waiting.pop()[1]
        else:
            number, place, stream = heapq.heappop(begun)
            yield number
        following = next(stream, None)
        if following is not None:
            heapq.heappush(begun, (following, place, stream))


def _named_in(connection: Connection, text: str, after: str, segment: int, bits: int) -> Iterator[str]:
    first = _first_beyond(connection, segment, after)
    if first is None:
        return
    positions = [place for place, bit in enumerate(reversed(f"{bits:b}")) if bit == "1" and place >= first]
    size, start = FIRST_LOOK, 0
    while start < len(positions):
        look = positions[start : start + size]
        start, size = start + size, min(2 * size, LONGEST_LOOK)
        for row in _look(connection, text, segment, look):
            yield from _named(row.numbers, row.texts, text, after)


def _look(connection: Connection, text: str, segment: int, positions: Sequence[int]) -> Sequence[Row[Any]]:
    """Those of the blocks that have the text."""
    first, last = positions[0], positions[-1]
    chosen: dict[str, Any] = {"text": text, "segment": segment}
    if len(positions) * 2 > last - first:
        # A range is read at once; the few blocks too many cost less than naming each of the others.
        ranges, _ = _LOOKS[connection.dialect.name]
        return connection.execute(ranges, chosen | {"first": first, "last": last}).all()
    _, places = _LOOKS[connection.dialect.name]
    return connection.execute(places, chosen | {"places": positions}).all()


def _first_beyond(connection: Connection, segment: int, after: str) -> int | None:
    """The position of the first block of a segment that reaches beyond ``after``."""
    if not after:
        return 0
    beyond = select(BLOCKS.position).where(BLOCKS.segment == segment, BLOCKS.last_number > after)
    found: int | None = connection.execute(
        beyond.order_by(BLOCKS.last_number, BLOCKS.position).limit(1)
    ).scalar_one_or_none()
    return found


def _named_loosely(connection: Connection, text: str, after: str) -> Iterator[str]:
    inside = containing_text(BLOCKS.texts, text, connection.dialect.name)
    loose = select(BLOCKS.numbers, BLOCKS.texts).where(BLOCKS.segment == LOOSE, BLOCKS.last_number > after)
    rows = connection.execute(loose.where(inside)).all()
    yield from sorted(chain.from_iterable(_named(row.numbers, row.texts, text, after) for row in rows))


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
