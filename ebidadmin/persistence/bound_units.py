"""The records that the trail answers for, and the digest of each: one or several tables of which the rows of one key belong together.

Not among them is what nobody decides: staged files, places on screens, saved views, the name index, and the lease of a mail. Every other
table is a part of a record here (held by a test).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Integer,
    Select,
    Table,
    bindparam,
    select,
    type_coerce,
)
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.types import NullType

from ebidadmin.persistence import (
    schema,
    schema_cards,
    schema_desk_requests,
    schema_dispatches,
    schema_id_cases,
    schema_proposals,
    schema_register,
    schema_reports,
    schema_requests,
    schema_staff,
)
from ebidadmin.persistence.among import is_among, is_kept
from ebidadmin.persistence.odd_values import as_asked
from ebidadmin.persistence.ready_made import ReadyMade
from ebidadmin.persistence.spelled_rows import Spelling, line, named

MANY = 100
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
    endless: bool = False
    """Whether a record may have more of them than memory should hold."""

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
        return tuple(self.table.c[name] for name in names)


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
    Unit(parts=(Part(table=_of(schema_staff.StaffRow), key="login"),)),
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
    Unit(parts=(Part(table=_of(schema_desk_requests.DeskRequestRow), key="id"),)),
    Unit(
        parts=(
            Part(table=_of(schema_register.BatchRow), key="id"),
            Part(table=_of(schema_register.UndoingRow), key="batch"),
            Part(table=_of(schema_register.CorrectionRow), key="batch"),
            Part(
                table=_of(schema_register.SourceKeyRow), key="from_batch", order=("source_key",), endless=True
            ),
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
                endless=True,
            ),
            Part(
                table=_of(schema_register.QualificationRow),
                key="to_batch",
                order=("supplier_number", "from_batch"),
                only=("supplier_number", "from_batch"),
                name="closed",
                endless=True,
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
    return _joined(kind, {part.label: _of_keys(connection, part, keys) for part in UNITS[kind].parts})


@dataclass(frozen=True, slots=True)
class Read:
    """The records of consecutive keys: their digests, and which rows of further parts belong to none (``orphans``)."""

    digests: Mapping[str, bytes]
    lone: list[str]


def digests_up_to(
    connection: Connection, kind: str, keys: Sequence[str | int], *, after: str | int | None, last: bool
) -> Read:
    """Those of the records of ``keys``, all that there are after ``after``: with ``last`` to the end, else to the last of them."""
    parts = {
        part.label: _between(connection, part, after, None if last else keys[-1])
        for part in UNITS[kind].parts
    }
    known = {str(key) for key in keys}
    lone = [
        f"{part.table.name}/{part.prefix}{key}"
        for part in UNITS[kind].parts
        for key in parts[part.label]
        if key not in known
    ]
    return Read(_joined(kind, parts), lone)


def _joined(kind: str, parts: Mapping[str, Mapping[str, str]]) -> Mapping[str, bytes]:
    """One digest of the hashes of a record's parts; a record is there with its first part."""
    main, labels = UNITS[kind].main.label, sorted(parts)
    found: dict[str, bytes] = {}
    for key in parts[main]:
        told = ",".join(f'"{label}":"{parts[label][key]}"' for label in labels if key in parts[label])
        found[key] = hashlib.sha256(f"{{{told}}}".encode()).digest()
    return found


def salted(digest: bytes, salt: bytes) -> bytes:
    """What the trail keeps of a digest."""
    return hashlib.sha256(salt + digest).digest()


def keys_of(connection: Connection, kind: str, *, after: str | int | None, limit: int) -> Sequence[str | int]:
    """The keys of the records that are there, in order, after that one."""
    column = UNITS[kind].main.column
    wanted: Select[Any] = select(as_kept(column)).distinct().order_by(column).limit(limit)
    if after is not None:
        wanted = wanted.where(column > as_asked(after))
    return connection.scalars(wanted).all()


def _of_keys(connection: Connection, part: Part, keys: Collection[str]) -> Mapping[str, str]:
    # A server-side cursor takes further turns with PostgreSQL: only where a record has rows without end.
    if len(keys) == 1 and not part.endless and not (part.numbered and not is_kept(int(*keys))):
        (key,) = keys
        asked = {"key": int(key) if part.numbered else part.prefix + key}
        return _as_hashes(part, _prepared(part).of_one.ask(connection, asked))
    wanted = is_among(part.column, [part.prefix + key for key in keys], numbered=part.numbered)
    return _hashed(connection, part, wanted)


def _between(
    connection: Connection, part: Part, after: str | int | None, upto: str | int | None
) -> Mapping[str, str]:
    """The rows of the keys after ``after``, up to and with ``upto``."""
    wanted: ColumnElement[bool] = part.column.is_not(None)
    if after is not None:
        wanted &= part.column > _key(part, after)
    if upto is not None:
        wanted &= part.column <= _key(part, upto)
    return _hashed(connection, part, wanted)


def _key(part: Part, key: str | int) -> Any:
    """The key of a record as that part has it."""
    return as_asked(key if part.numbered or not part.prefix else f"{part.prefix}{key}")


def _hashed(connection: Connection, part: Part, wanted: ColumnElement[bool]) -> Mapping[str, str]:
    """The rows of each key, as one hash (hex)."""
    return _as_hashes(part, streamed(connection, _reading(part, wanted)))


def _reading(part: Part, wanted: ColumnElement[bool]) -> Select[Any]:
    if part.where is not None:
        wanted &= part.where
    order = [part.column, *(part.table.c[name] for name in part.order)]
    return select(as_kept(part.column), *map(as_kept, _in_order(part))).where(wanted).order_by(*order)


class _Prepared(NamedTuple):
    """What is made once of a part: how its columns are spelled, and how the rows of one key are asked for."""

    columns: Sequence[tuple[str, Spelling]]
    of_one: ReadyMade


_PREPARED: dict[int, _Prepared] = {}


def _prepared(part: Part) -> _Prepared:
    """Made once: that takes longer than to ask, and every decision asks."""
    made = _PREPARED.get(id(part))
    if made is None:
        columns = named(_in_order(part))
        of_one = ReadyMade(_reading(part, part.column == bindparam("key")))
        made = _PREPARED[id(part)] = _Prepared(columns, of_one)
    return made


def _in_order(part: Part) -> list[ColumnElement[Any]]:
    return sorted(part.columns(), key=attrgetter("key"))


def _as_hashes(part: Part, rows: Iterable[Any]) -> Mapping[str, str]:
    columns = _prepared(part).columns
    start, found = len(part.prefix), {}
    for key, members in groupby(rows, key=itemgetter(0)):
        lines = "".join([line(columns, row[1:]) for row in members])
        found[str(key)[start:]] = hashlib.sha256(lines.encode("utf-8", "surrogatepass")).hexdigest()
    return found


def streamed(connection: Connection, wanted: Select[Any]) -> Iterator[Any]:
    """The rows, of which some thousand are in memory at a time."""
    rows = connection.execute(wanted, execution_options={"yield_per": 2000})
    return chain.from_iterable(rows.partitions())


def as_kept(column: ColumnElement[Any] | InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """The column with values as the driver has them: nothing is made of them, so a changed blank counts, a word that the program does not
    know is no failure, and a million are read in half the time."""
    return type_coerce(column, NullType()).label(column.key)
