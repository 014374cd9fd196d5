"""The name index of the register: which suppliers bear, or ever bore, a name that may contain the searched text.

Names go into blocks of 64 lines, folded, in the order of supplier numbers; a search looks only into blocks in which every pair of
neighbouring characters of the searched text occurs, and stops as soon as its page is full. The pairs of a block are kept as one bit per
bucket and block, for up to 2,048 blocks (a segment) together. That costs a fraction of an inverted index over pairs (decision 11), works
the same on every database, and needs no extension.

What is in the index stays: a name that a supplier has no more is a candidate that the reader drops when it looks at the record. So the
index answers for every past day as well, and a change of anything but the name costs it nothing. Additions too small for a segment are
kept loose, without bits, and are looked through each time, until there are enough of them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any, cast

from sqlalchemy import Connection, Select, Table, delete, func, select
from sqlalchemy.orm import Session

from ebidadmin.domain.fields import SUPPLIER_NUMBER_LENGTH
from ebidadmin.domain.ids import BatchId
from ebidadmin.domain.names import fold
from ebidadmin.persistence.bulk_sets import HELD, REGISTER_TABLE
from ebidadmin.persistence.loading import load_columns
from ebidadmin.persistence.schema_names import NameBlockRow, NamePairRow

BLOCK_TABLE = cast("Table", NameBlockRow.__table__)
PAIR_TABLE = cast("Table", NamePairRow.__table__)
BLOCKS = BLOCK_TABLE.c

BUCKETS = 8192
"""A block of 64 names with readings has some 500 different pairs: a pair that it lacks shares a bucket with one of them once in sixteen
times."""

BLOCK = 64
SEGMENT = 2048 * BLOCK
"""Names of a segment at most: what is built in memory at a time."""

LOOSE_NAMES = 16_384
"""So many names may be without bits. Looking through them takes about a millisecond."""

LOOSE = 0
"""The segment of the loose blocks."""

LINE, KANA = "\n", "\t"
"""End a name and set off its reading. Folded texts have no white space, so no searched text reaches across."""

_APART = "\x01"
"""Between readings that are folded together: nothing combines with it, and folding leaves it."""

_ONE = (1).to_bytes(8, "little")
_SIGN = 0xFFFFFFFF
"""The bits of a character."""

Entry = tuple[str, str]
"""A supplier number and its line of a block."""


def index_versions(executor: Connection | Session, batch: BatchId) -> None:
    """Take the names of the records that ``batch`` opened into the index, in the caller's transaction. Names that their supplier had
    before are in it already. Raises ``StorageError``."""
    connection = executor if isinstance(executor, Connection) else executor.connection()
    opened = connection.execute(_opened(batch), execution_options={"stream_results": True})
    for rows in opened.partitions(SEGMENT):
        numbers, names, kanas = zip(*rows, strict=True)
        _add(connection, list(zip(numbers, _lines(names, kanas), strict=True)))
    settle(connection)


def settle(connection: Connection) -> None:
    """Make segments of the loose blocks when there are too many of them."""
    while _loose_names(connection) > LOOSE_NAMES:
        blocks = select(BLOCKS.position, BLOCKS.numbers, BLOCKS.texts).where(BLOCKS.segment == LOOSE)
        # A block may hold a single name: what is taken at a time is at most a segment.
        rows = connection.execute(blocks.order_by(BLOCKS.position).limit(SEGMENT // BLOCK)).all()
        entries = sorted(entry for row in rows for entry in entries_of(row.numbers, row.texts))
        taken = BLOCKS.position <= rows[-1].position
        connection.execute(delete(BLOCK_TABLE).where(BLOCKS.segment == LOOSE, taken))
        _add_segment(connection, entries)


def entries_of(numbers: str, texts: str) -> Iterator[Entry]:
    """The entries of a block."""
    places = range(0, len(numbers), SUPPLIER_NUMBER_LENGTH)
    cut = (numbers[place : place + SUPPLIER_NUMBER_LENGTH] for place in places)
    return zip(cut, texts.split(LINE), strict=True)


def buckets_of(text: str) -> set[int]:
    """The buckets of all pairs of neighbouring characters of a text. What is stored relies on it: it never changes."""
    # All pairs are reckoned at once: the characters, 64 bits for each, are one large number, those at even places and those at odd ones
    # apart, so that what becomes of one does not carry over into the next. The zeros behind the text pair with nothing, see below.
    signs = int.from_bytes(f"{text}\0\0".encode("utf-32-le", "surrogatepass"), "little")
    width = len(text) // 2 + 1
    ones = int.from_bytes(_ONE * width, "little")
    even, odd = signs & ones * _SIGN, signs >> 32 & ones * _SIGN
    found: set[int] = set()
    for first, second in ((even, odd), (odd, even >> 64)):
        # White space stands between names only: a pair with it is in no searched text.
        paired = _beyond_space(first, ones) & _beyond_space(second, ones)
        buckets = (first * 40503 + second * 30011 >> 4) & paired * (BUCKETS - 1) | (ones ^ paired) * BUCKETS
        found.update(memoryview(buckets.to_bytes(len(_ONE) * width, sys.byteorder)).cast("Q").tolist())
    found.discard(BUCKETS)
    return found


def _beyond_space(signs: int, ones: int) -> int:
    """One for each character beyond white space, else zero, in the bits that the character has in ``signs``."""
    return signs + ones * (_SIGN - 32) >> 32 & ones


def _opened(batch: BatchId) -> Select[Any]:
    opened = select(HELD.supplier_number, HELD.name_folded, HELD.kana).where(HELD.from_batch == batch)
    if batch > 1:
        before = REGISTER_TABLE.alias("held_before").c
        same = (before.name_folded == HELD.name_folded) & (before.kana == HELD.kana)
        earlier = (before.supplier_number == HELD.supplier_number) & (before.from_batch < batch)
        opened = opened.where(~select(before.id).where(earlier, same).exists())
    return opened.order_by(HELD.supplier_number)


def _lines(names: Sequence[str], kanas: Sequence[str]) -> list[str]:
    if not any(kanas):
        lines = list(names)
    else:
        readings = folded_together(kanas)
        lines = [f"{name}{KANA}{kana}" for name, kana in zip(names, readings, strict=True)]
    if LINE in "".join(lines):
        # No folded name has white space; what another program wrote must not shift the lines.
        lines = ["".join(line.split()) for line in lines]
    return lines


def folded_together(texts: Sequence[str]) -> list[str]:
    """Each text folded; in one go, which takes a fraction of the time."""
    together = fold(_APART.join(texts)).split(_APART)
    return together if len(together) == len(texts) else [fold(text) for text in texts]


def _add(connection: Connection, entries: Sequence[Entry]) -> None:
    if len(entries) > LOOSE_NAMES:
        _add_segment(connection, entries)
        return
    last = connection.execute(select(func.max(BLOCKS.position)).where(BLOCKS.segment == LOOSE)).scalar_one()
    load_columns(connection, BLOCK_TABLE, block_columns(LOOSE, 0 if last is None else last + 1, entries))


def _add_segment(connection: Connection, entries: Sequence[Entry]) -> None:
    last: int | None = connection.execute(select(func.max(BLOCKS.segment))).scalar_one()
    segment = (last or LOOSE) + 1
    blocks = block_columns(segment, 0, entries)
    load_columns(connection, BLOCK_TABLE, blocks)
    buckets, bits = zip(*bits_of(blocks["texts"]), strict=True)
    # COPY takes bytes in the database's own spelling.
    written = ["\\x" + of_bucket.hex() for of_bucket in bits]
    kept = written if connection.dialect.name == "postgresql" else bits
    load_columns(
        connection, PAIR_TABLE, {"bucket": buckets, "segment": [segment] * len(bits), "blocks": kept}
    )


def block_columns(segment: int, start: int, entries: Sequence[Entry]) -> dict[str, Sequence[Any]]:
    """The rows of the blocks of ``entries``, at positions from ``start`` on, side by side."""
    cut = [entries[first : first + BLOCK] for first in range(0, len(entries), BLOCK)]
    return {
        "segment": [segment] * len(cut),
        "position": range(start, start + len(cut)),
        "last_number": [block[-1][0] for block in cut],
        "numbers": ["".join(number for number, _ in block) for block in cut],
        "texts": [LINE.join(line for _, line in block) for block in cut],
    }


def bits_of(texts: Sequence[str]) -> Iterator[tuple[int, bytes]]:
    """For each bucket that occurs, the bits of the texts with a pair of that bucket."""
    width = (len(texts) + 7) // 8
    bits = bytearray(BUCKETS * width)
    for byte in range(width):
        # One byte of every bucket at a time: counting in a short list takes half as long as in the large field.
        eight = [0] * BUCKETS
        for place, text in enumerate(texts[8 * byte : 8 * byte + 8]):
            bit = 1 << place
            for bucket in buckets_of(text):
                eight[bucket] |= bit
        bits[byte::width] = bytes(eight)
    for bucket in range(BUCKETS):
        of_bucket = bytes(bits[bucket * width : (bucket + 1) * width])
        if any(of_bucket):
            yield bucket, of_bucket


def _loose_names(connection: Connection) -> int:
    signs = select(func.sum(func.length(BLOCKS.numbers))).where(BLOCKS.segment == LOOSE)
    return int(connection.execute(signs).scalar_one() or 0) // SUPPLIER_NUMBER_LENGTH
