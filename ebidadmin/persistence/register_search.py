"""A page of the register for what a person typed: by name and reading through the index, by the beginning of a number, or anywhere."""

from __future__ import annotations

import heapq
import json
import re
import string
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, func, or_, select, type_coerce
from sqlalchemy.engine import Row

from ebidadmin.domain.names import fold
from ebidadmin.persistence.bulk_sets import HELD, REGISTER_TABLE
from ebidadmin.persistence.name_search import containing_text, once, storable, suppliers_named

NUMBER = re.compile(r"[0-9A-Za-z]{1,13}")
"""What can begin a supplier number or a corporate number."""

CORPORATE_FROM = 8
"""Signs of a corporate number that are looked for. Fewer say no more than the registry office, which tens of thousands share."""

AFTER_ANY = "\x7f"
"""Comes after every sign that a number is made of."""

PLAIN = ("supplier_number", "corporate_number", "kana", "address", "representative_name")
"""Searched everywhere, besides the folded name and the further columns, capital letters and small ones of ASCII taken as the same."""

_SMALL = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is searched for: as typed, and folded as names are."""

    typed: str
    folded: str

    @property
    def nothing(self) -> bool:
        """Whether nothing is left of it to look for, as of a blank: then everything is meant."""
        return not self.typed or not self.folded

    @property
    def number(self) -> str:
        """The beginning of a number; empty when it cannot be one."""
        plain = unicodedata.normalize("NFKC", self.typed)
        return plain if NUMBER.fullmatch(plain) else ""

    @property
    def numbers(self) -> tuple[str, ...]:
        """That beginning as typed, in capitals and in small letters."""
        return tuple(sorted({self.number, self.number.upper(), self.number.lower()} - {""}))

    def fits(self, row: Row[Any]) -> bool:
        """Whether a record's name or reading contains it, or one of its numbers begins with it."""
        return (
            self.folded in row.name_folded
            or row.supplier_number.startswith(self.numbers)
            or (len(self.number) >= CORPORATE_FROM and row.corporate_number.startswith(self.number))
            or self.folded in fold(row.kana)
        )


def search_page(
    connection: Connection, held: ColumnElement[bool], wanted: Wanted, *, after: str, limit: int
) -> list[Row[Any]]:
    """Versions for which ``held`` is true and that fit, by supplier number, those after ``after``. A part of each page's cost is the
    length of the page; the register's size plays hardly any."""
    streams = [suppliers_named(connection, wanted.folded, after)]
    streams += [_beginning(connection, held, number, after) for number in wanted.numbers]
    if len(wanted.number) >= CORPORATE_FROM:
        streams.append(_incorporated(connection, held, wanted.number, after))
    candidates = once(heapq.merge(*streams))
    found: list[Row[Any]] = []
    while len(found) < limit and (numbers := list(islice(candidates, limit))):
        found += [row for row in _versions(connection, held, numbers) if wanted.fits(row)]
    return found[:limit]


def search_everywhere(
    connection: Connection, held: ColumnElement[bool], wanted: Wanted, *, after: str, limit: int
) -> list[Row[Any]]:
    """As ``search_page``, and also what has the text somewhere else: in a number, the address, the representative, a further column.
    Reads the register through."""
    indexed = search_page(connection, held, wanted, after=after, limit=limit)
    if not storable(wanted.typed):
        return indexed
    statement = select(REGISTER_TABLE).where(
        held, HELD.supplier_number > after, _anywhere(connection, wanted)
    )
    scanned = connection.execute(statement.order_by(HELD.supplier_number).limit(limit)).all()
    both = {row.supplier_number: row for row in (*indexed, *scanned)}
    return [both[number] for number in sorted(both)][:limit]


def _anywhere(connection: Connection, wanted: Wanted) -> ColumnElement[bool]:
    dialect, small = connection.dialect.name, wanted.typed.translate(_SMALL)
    # The text of the further columns, not the value that it stands for, in which some signs are written in another way.
    further = containing_text(
        func.lower(type_coerce(HELD.extra, Text())), json.dumps(small, ensure_ascii=False)[1:-1], dialect
    )
    plain = (containing_text(func.lower(HELD[name]), small, dialect) for name in PLAIN)
    return or_(containing_text(HELD.name_folded, wanted.folded, dialect), *plain, further)


def _versions(
    connection: Connection, held: ColumnElement[bool], numbers: Sequence[str]
) -> Sequence[Row[Any]]:
    chosen = select(REGISTER_TABLE).where(held, HELD.supplier_number.in_(numbers))
    return connection.execute(chosen.order_by(HELD.supplier_number)).all()


def _beginning(connection: Connection, held: ColumnElement[bool], number: str, after: str) -> Iterator[str]:
    """Supplier numbers that begin so, page by page."""
    page, last = 200, max(after, number[:-1])
    while True:
        chosen = select(HELD.supplier_number).where(held, HELD.supplier_number > last)
        chosen = chosen.where(HELD.supplier_number >= number, HELD.supplier_number < number + AFTER_ANY)
        found = connection.execute(chosen.order_by(HELD.supplier_number).limit(page)).scalars().all()
        yield from found
        if len(found) < page:
            return
        last = found[-1]


def _incorporated(
    connection: Connection, held: ColumnElement[bool], number: str, after: str
) -> Iterator[str]:
    chosen = select(HELD.supplier_number).where(
        held, HELD.corporate_number >= number, HELD.corporate_number < number + AFTER_ANY
    )
    yield from sorted(found for found in connection.execute(chosen).scalars() if found > after)
