"""What was entered of a supplier and is of no other, and which events, walks and records of others say it.

An event or a file that is about many, or about somebody else, says only by its text that it is about this supplier too. So it is looked
for by what was entered of the supplier: names, readings, addresses, telephone numbers, mail addresses, persons, numbers of identity. What
another supplier has as well (an address of both, a common name), and what is too short to mean anything, is no sign of this one.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, exists, not_, select

from ebidadmin.domain.erasures import ErasedPart
from ebidadmin.domain.events import EventTag
from ebidadmin.domain.ids import SupplierNumber
from ebidadmin.persistence.bound_units import FREE_TABLES, UNITS, as_kept, streamed
from ebidadmin.persistence.erasure_reach import (
    APPLICATIONS,
    CARDS,
    CORRECTIONS,
    EVENTS,
    PERMITS,
    REGISTRATIONS,
    VERSIONS,
)
from ebidadmin.persistence.schema_cards import CardSessionRow, MainContactRow
from ebidadmin.persistence.schema_tree import ErasedRow
from ebidadmin.persistence.types import JsonText

SHORTEST = 4
"""Characters. Shorter ones stand in too many texts."""

SHORTEST_NUMBER = 7
"""Digits. A postcode has as many, and is no sign of anybody."""

_CONTACTS: Table = MainContactRow.__table__  # type: ignore[assignment]  # what a mapped class calls its table is wider
_WALKS: Table = CardSessionRow.__table__  # type: ignore[assignment]  # as above

_ENTERED: tuple[tuple[Table, tuple[str, ...]], ...] = (
    (
        VERSIONS,
        (
            *("trade_name", "source_key", "corporate_number", "kana", "address", "representative_name"),
            *("phone", "fax", "email", "delegate_name", "delegate_address"),
        ),
    ),
    (
        APPLICATIONS,
        (
            *("trade_name", "company_phone", "company_fax", "main_contact", "applicant_contact"),
            "user_id",
        ),
    ),
    (PERMITS, ("applicant",)),
    (REGISTRATIONS, ("user_id", "enterprise_id", "main_contact", "applicant_contact")),
    (
        CARDS,
        (
            *("enterprise_id", "fingerprint", "serial", "company_name", "company_address", "holder_name"),
            "card_contact",
        ),
    ),
    (_CONTACTS, ("contact",)),
)
"""Where what was entered stands."""

_COMMON = frozenset({"postcode", "name"})
"""Of contacts. What a department is called many have in common, also those who are no suppliers."""


def telling(
    connection: Connection, supplier: SupplierNumber, office_texts: Collection[str]
) -> tuple[str, ...]:
    """What was entered of the supplier, and other spellings of it, that no register record, application or registration of another has, and
    none of the office's own texts; in order."""
    entered = {
        value
        for table, names in _ENTERED
        for row in connection.execute(_columns(table, names).where(table.c.supplier_number == supplier))
        for cell in row
        for value in _texts(cell)
        if _tells(value) and value != supplier
    }
    entered = {value for value in entered if not any(value in text for text in office_texts)}
    own = entered - _of_others(connection, supplier, entered)
    twins = {twin for value in own for twin in _twins(value) if _tells(twin)} - entered
    return tuple(sorted(own | (twins - _of_others(connection, supplier, twins))))


def _twins(value: str) -> Iterator[str]:
    """How else it may have been written down: folded, a mail address in small letters, a telephone number without dashes."""
    yield unicodedata.normalize("NFKC", value)
    if "@" in value:
        yield value.casefold()
    digits = value.replace("-", "")
    if digits.isdigit():
        yield digits


def _columns(table: Table, names: Iterable[str]) -> Any:
    return select(*(table.c[name] for name in names))


def _texts(cell: object) -> Iterator[str]:
    if isinstance(cell, str):
        yield cell.strip()
    elif isinstance(cell, Mapping):
        for name, value in cell.items():
            if name not in _COMMON:
                yield from _texts(value)
    elif isinstance(cell, list | tuple):
        for value in cell:
            yield from _texts(value)


def _tells(value: str) -> bool:
    digits = value.replace("-", "")
    return len(digits) > SHORTEST_NUMBER if digits.isdigit() else len(value) >= SHORTEST


def _of_others(connection: Connection, supplier: SupplierNumber, entered: Collection[str]) -> set[str]:
    """Those of the values that stand in what another supplier entered, alone or within something longer."""
    left, found = set(entered), set()
    for table, names in _ENTERED:
        kept = select(*(as_kept(table.c[name]) for name in names))
        for row in streamed(connection, kept.where(table.c.supplier_number != supplier)):
            text = "\n".join([cell for cell in row if cell])
            met = {value for value in left if value in text}
            if met:
                left -= met
                found |= met
    return found


def saying(values: Collection[str]) -> Callable[[Sequence[object]], bool]:
    """Whether texts of a row say one of the values, as they are or as JSON has them."""
    spelled = sorted({spelling for value in values for spelling in (value, _in_json(value))})

    def says(cells: Sequence[object]) -> bool:
        text = "\n".join([cell for cell in cells if isinstance(cell, str)])
        return any(value in text for value in spelled)

    return says


def _in_json(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)[1:-1]


def not_erased() -> ColumnElement[bool]:
    """The condition on events that say something still; an erasing is never erased."""
    gone = exists().where(ErasedRow.seq == EVENTS.c.seq, ErasedRow.part == ErasedPart.VALUES)
    return and_(EVENTS.c.tag != EventTag.AUDIT_ERASED.value, not_(gone))


def events_saying(connection: Connection, values: Collection[str], *, after: int) -> Iterator[int]:
    """The numbers of events after that one whose values say one of the values, whomever they are about."""
    if not values:
        return
    says = saying(values)
    texts = (EVENTS.c.before, EVENTS.c.after, EVENTS.c.facts)
    wanted = select(EVENTS.c.seq, *map(as_kept, texts)).where(EVENTS.c.seq > after, not_erased())
    for seq, *cells in streamed(connection, wanted):
        if says(cells):
            yield seq


def walks_saying(connection: Connection, values: Collection[str]) -> tuple[str, ...]:
    """Card sessions that name no supplier and whose card, or what was typed, is this one's."""
    if not values:
        return ()
    says = saying(values)
    texts = [column for column in _WALKS.c if isinstance(column.type, JsonText)]
    wanted = select(_WALKS.c.id, *map(as_kept, texts)).where(_WALKS.c.supplier_number.is_(None))
    return tuple(sorted(key for key, *cells in streamed(connection, wanted) if says(cells)))


def records_saying(
    connection: Connection,
    values: Collection[str],
    own: Collection[tuple[str, str]],
    supplier: SupplierNumber,
) -> tuple[str, ...]:
    """Records that say one of the values and are not among ``own``, as ``kind/key``. The register is left out: a value that is in it of
    another supplier is not looked for; and corrections of this supplier, whose reasons go."""
    if not values:
        return ()
    says, mine, found = saying(values), frozenset(own), set()
    for kind, unit in UNITS.items():
        for part in unit.parts:
            if part.table is VERSIONS or part.table.name == "source_keys" or part.table.name in FREE_TABLES:
                continue
            wanted = select(as_kept(part.column), *map(as_kept, part.columns())).where(
                part.column.is_not(None)
            )
            if part.table is CORRECTIONS:
                wanted = wanted.where(CORRECTIONS.c.supplier_number != supplier)
            for key, *cells in streamed(
                connection, wanted if part.where is None else wanted.where(part.where)
            ):
                named = str(key)[len(part.prefix) :]
                if (kind, named) not in mine and says(cells):
                    found.add(f"{kind}/{named}")
    return tuple(sorted(found))
