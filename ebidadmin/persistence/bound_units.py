"""The records that the trail answers for, and the digest of each: one or several tables of which the rows of one key belong together.

Not among them is what nobody decides: staged files, places on screens, saved views, the name index, and the lease of a mail. Every other
table is a part of a record here (held by a test).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, cast

from sqlalchemy import (
    TEXT,
    BigInteger,
    ColumnElement,
    Connection,
    Integer,
    Select,
    Table,
    func,
    select,
    type_coerce,
)

from ebidadmin.persistence import (
    schema,
    schema_cards,
    schema_dispatches,
    schema_id_cases,
    schema_proposals,
    schema_register,
    schema_reports,
    schema_requests,
)
from ebidadmin.persistence.among import among
from ebidadmin.persistence.types import EnumText, JsonText

_MANY = 100
"""Who has read of a hundred knows enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Rows of ``table`` whose column ``key`` holds ``prefix`` and the record's key, in the order of their other keys."""

    table: Table
    key: str
    prefix: str = ""
    order: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    """The columns that count; empty: all but ``without``."""
    without: tuple[str, ...] = ()
    name: str = ""
    """Where a record has two parts of one table."""
    where: ColumnElement[bool] | None = None
    """What else its rows have in common."""

    @property
    def label(self) -> str:
        return self.name or self.table.name

    @property
    def column(self) -> ColumnElement[Any]:
        return self.table.c[self.key]

    @property
    def numbered(self) -> bool:
        """Whether the key is a number."""
        return isinstance(self.column.type, Integer | BigInteger)

    def columns(self) -> tuple[ColumnElement[Any], ...]:
        names = self.only or tuple(one.name for one in self.table.c if one.name not in self.without)
        return tuple(_as_stored(self.table.c[name]) for name in names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A kind of record; it is there as long as its first part has a row."""

    parts: tuple[Part, ...]

    @property
    def main(self) -> Part:
        return self.parts[0]


def _of(row: Any) -> Table:
    return cast("Table", row.__table__)


_POINTS = _of(schema.ContactPointRow)
_OF_APPLICATION = _POINTS.c.source == "application"
_OF_ID = (_POINTS.c.source == "registration") & ~_POINTS.c.key.contains(":")


def _points_of(prefix: str) -> Part:
    """Those of cards stand among those of registrations, set off by a word."""
    where = (_POINTS.c.source == "registration") & _POINTS.c.key.startswith(prefix, autoescape=True)
    return Part(table=_POINTS, key="key", prefix=prefix, order=("field",), where=where)


_RESERVED = ("user_id_folded", "supplier_number")

_UNITS = (
    Unit(
        parts=(
            Part(table=_of(schema.ApplicationRow), key="number"),
            Part(table=_of(schema.InquiryRow), key="application", order=("position",)),
            Part(table=_of(schema.UserIdRow), key="application", only=_RESERVED),
            Part(table=_POINTS, key="key", order=("field",), where=_OF_APPLICATION),
        )
    ),
    Unit(parts=(Part(table=_of(schema.NoteRow), key="application", order=("id",)),)),
    Unit(parts=(Part(table=_of(schema.ClaimRow), key="application"),)),
    Unit(parts=(Part(table=_of(schema_reports.ReportRunRow), key="id"),)),
    Unit(parts=(Part(table=_of(schema.PermitRow), key="id"),)),
    Unit(
        parts=(
            Part(table=_of(schema.RegistrationRow), key="application"),
            Part(table=_of(schema.UserIdRow), key="registration", only=_RESERVED),
            Part(table=_POINTS, key="key", order=("field",), where=_OF_ID),
        )
    ),
    Unit(parts=(Part(table=_of(schema.EnterpriseIdRow), key="supplier_number"),)),
    Unit(parts=(Part(table=_of(schema.SequenceRow), key="name"),)),
    # A lease is no decision, and raises the version.
    Unit(parts=(Part(table=_of(schema.MailRow), key="id", without=("lease_until", "version")),)),
    Unit(parts=(Part(table=_of(schema_cards.CardRow), key="id"), _points_of("card:"))),
    Unit(parts=(Part(table=_of(schema_cards.MainContactRow), key="supplier_number"), _points_of("cards:"))),
    Unit(parts=(Part(table=_of(schema_cards.CardSessionRow), key="id"),)),
    Unit(parts=(Part(table=_of(schema_cards.ExpiryNoticeRow), key="card", order=("days",)),)),
    Unit(parts=(Part(table=_of(schema_cards.CaseRecordRow), key="session"),)),
    Unit(parts=(Part(table=_of(schema_cards.FollowUpRow), key="id"),)),
    Unit(parts=(Part(table=_of(schema_dispatches.DispatchRow), key="id"),)),
    Unit(parts=(Part(table=_of(schema_id_cases.IdCaseRow), key="id"),)),
    Unit(parts=(Part(table=_of(schema_proposals.ProposalRow), key="id"),)),
    Unit(parts=(Part(table=_of(schema_requests.ImportRequestRow), key="id"),)),
    Unit(
        parts=(
            Part(table=_of(schema_register.BatchRow), key="id"),
            Part(table=_of(schema_register.UndoingRow), key="batch"),
            Part(table=_of(schema_register.CorrectionRow), key="batch"),
            Part(table=_of(schema_register.SourceKeyRow), key="from_batch", order=("source_key",)),
            # What a version says is held by its own digest (``register_check``), and which version it is by these.
            Part(
                table=_of(schema_register.QualificationRow),
                key="from_batch",
                order=("supplier_number",),
                only=(
                    "supplier_number",
                    "source_key",
                    "digest",
                    "name_folded",
                    "phone_folded",
                    "email_folded",
                ),
                name="opened",
            ),
            Part(
                table=_of(schema_register.QualificationRow),
                key="to_batch",
                order=("supplier_number", "from_batch"),
                only=("supplier_number", "from_batch"),
                name="closed",
            ),
        )
    ),
)

UNITS: Mapping[str, Unit] = {unit.main.table.name: unit for unit in _UNITS}
"""By kind, which is the name of the first part's table."""

FREE_TABLES = frozenset(
    {
        *("audit_events", "audit_leaves", "audit_nodes", "audit_heads", "audit_rows", "audit_erased"),
        *("import_runs", "import_stage", "import_recognised", "checked_rows"),
        *("name_blocks", "name_pairs", "queue_views", "screen_places", "desk_meta"),
    }
)
"""Tables that are no part of any record: the trail itself, staged files, what is computed anew at any time, and where people stand."""


def digests(connection: Connection, kind: str, keys: Collection[str]) -> Mapping[str, bytes]:
    """The digest of each record of those keys that is there, without salt (``salted``)."""
    unit = UNITS[kind]
    parts: dict[str, dict[str, str]] = {key: {} for key in keys}
    for part in unit.parts:
        for key, told in _hashed(connection, part, keys):
            parts[key][part.label] = told
    main = unit.main.label
    return {
        key: hashlib.sha256(_canonical(told).encode()).digest() for key, told in parts.items() if main in told
    }


def salted(digest: bytes, salt: bytes) -> bytes:
    """What the trail keeps of a digest."""
    return hashlib.sha256(salt + digest).digest()


def keys_of(connection: Connection, kind: str, *, after: str | int | None, limit: int) -> Sequence[str | int]:
    """The keys of the records that are there, in order, after that one."""
    column = UNITS[kind].main.column
    wanted: Select[Any] = select(column).distinct().order_by(column).limit(limit)
    if after is not None:
        wanted = wanted.where(column > after)
    return connection.scalars(wanted).all()


def is_among(
    column: ColumnElement[Any], keys: Collection[str], *, numbered: bool = False
) -> ColumnElement[bool]:
    """Whether a column holds one of ``keys``; of a column of numbers they are numbers."""
    if numbered:
        return column.in_([int(key) for key in keys])
    return column.in_(sorted(keys)) if len(keys) == 1 else among(column, keys)


def _hashed(connection: Connection, part: Part, keys: Collection[str]) -> Iterator[tuple[str, str]]:
    """The rows of each key, as one hash (hex)."""
    wanted = is_among(part.column, [part.prefix + key for key in keys], numbered=part.numbered)
    if part.where is not None:
        wanted &= part.where
    order = [part.column, *(part.table.c[name] for name in part.order)]
    rows = connection.execute(
        select(part.column, *part.columns()).where(wanted).order_by(*order),
        execution_options={"yield_per": 2000},
    )
    names = list(rows.keys())[1:]
    for key, members in groupby(rows, key=itemgetter(0)):
        found = hashlib.sha256()
        for row in members:
            values = {name: value for name, value in zip(names, row[1:], strict=True) if value is not None}
            found.update(_canonical(values).encode("utf-8", "surrogatepass"))
            found.update(b"\n")
        yield str(key).removeprefix(part.prefix), found.hexdigest()


def _as_stored(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Text where the program keeps text: a changed blank counts, and a word that it does not know is no failure."""
    if isinstance(column.type, JsonText | EnumText):
        return type_coerce(column, TEXT()).label(column.key)
    return column


def _canonical(values: object) -> str:
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return f"bytes:{value.hex()}"
    raise TypeError(f"no column holds a {type(value).__name__}")


def orphans(connection: Connection, kind: str) -> Iterator[str]:
    """Rows of further parts whose record is not there, as ``table/key``."""
    unit = UNITS[kind]
    main = unit.main.column
    for part in unit.parts[1:]:
        named = part.column if not part.prefix else func.substr(part.column, len(part.prefix) + 1)
        lone = (
            select(part.column)
            .where(part.column.is_not(None), ~select(main).where(main == named).exists())
            .distinct()
            .limit(_MANY)
        )
        if part.where is not None:
            lone = lone.where(part.where)
        for key in connection.scalars(lone):
            yield f"{part.table.name}/{key}"
