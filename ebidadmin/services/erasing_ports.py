"""What an erasing needs from outside: what a database keeps of a supplier, and the office's files that hold its data."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import TracebackType
from typing import Protocol

from ebidadmin.domain.events import Event, JsonMap
from ebidadmin.domain.ids import SupplierNumber
from ebidadmin.domain.retention import Kept
from ebidadmin.domain.second_person import digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What a database keeps of a supplier, and so what an erasing takes from it.

    ``records`` are those that go (kind and key), ``touched`` those of the office that change with it (imports that brought the supplier),
    ``events`` those of the trail about it, of which the values go; ``mentions`` those about others or the office that say something of it,
    of which they go too; ``outlived`` those of which salts go. ``values`` are what was entered of the supplier and is of no other, by which
    files are found; ``letters`` the Message-IDs of its mails. ``quoted`` are records of others that say some of these values; they stay.
    ``upto`` is the newest event that was looked through, 0 where none was.
    """

    supplier: SupplierNumber
    kept: tuple[Kept, ...]
    records: tuple[tuple[str, str], ...]
    touched: tuple[tuple[str, str], ...]
    versions: int
    events: tuple[int, ...]
    mentions: tuple[int, ...]
    outlived: tuple[int, ...]
    values: tuple[str, ...]
    letters: tuple[str, ...]
    quoted: tuple[str, ...]
    upto: int

    @classmethod
    def nothing_seen(cls, supplier: SupplierNumber, values: tuple[str, ...]) -> Reach:
        """Where a first look begins."""
        return cls(
            supplier=supplier,
            kept=(),
            records=(),
            touched=(),
            versions=0,
            events=(),
            mentions=(),
            outlived=(),
            values=values,
            letters=(),
            quoted=(),
            upto=0,
        )

    @property
    def is_empty(self) -> bool:
        """Whether nothing is kept of it; that somebody asked for it is no personal data."""
        return not (self.records or self.versions)

    @property
    def counts(self) -> Mapping[str, int]:
        """How many records of each kind go, versions of the register and events among them."""
        found: dict[str, int] = {}
        for kind, _ in self.records:
            found[kind] = found.get(kind, 0) + 1
        return {
            **dict(sorted(found.items())),
            "qualifications": self.versions,
            "audit_events": len(self.events),
            "audit_mentions": len(self.mentions),
        }

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of all of it: of another state it is another."""
        kept = [[one.kind.value, one.key, one.ended and one.ended.isoformat()] for one in self.kept]
        lists = (
            self.records,
            self.touched,
            self.events,
            self.mentions,
            self.outlived,
            self.values,
            self.letters,
            self.quoted,
        )
        return digest([self.supplier, kept, self.versions, *(list(one) for one in lists)])


class ErasureStore(Protocol):
    """The database, as an erasing needs it."""

    def suppliers(self) -> Iterator[SupplierNumber]:
        """Every supplier that is not in the register and of which something is kept, in order."""

    def kept(
        self, suppliers: Sequence[SupplierNumber], *, on: date
    ) -> Mapping[SupplierNumber, Collection[Kept]]:
        """What is kept of each of them, and what of it has ended by that day."""

    def reach(self, supplier: SupplierNumber) -> Reach:
        """What an erasing would take now."""

    def erasing(self) -> ErasingUnit:
        """A transaction that erases."""

    def is_told(self, supplier: SupplierNumber, at: datetime) -> bool:
        """Whether an erasing of that supplier at that moment was kept."""

    def scrub(self) -> None:
        """Leave no byte of deleted rows in the files of the database. Raises ``StorageError`` with what stood in the way: it can be
        done again."""


class ErasingUnit(Protocol):
    """One transaction. Leaving the block without ``commit`` rolls everything back."""

    def take_away(self, seen: Reach, event: Event) -> None:
        """Take all that was seen, which ``event`` tells. Raises ``StalePlanError`` ``erasure-stale`` where it is no longer the same."""

    def commit(self) -> None:
        """Raises ``RuleError`` ``audit-tree-broken``."""

    def __enter__(self) -> ErasingUnit: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class OfficeCopies(Protocol):
    """The files of the office's folders."""

    def holding(self, seen: Reach) -> Copies:
        """Which files hold something of the supplier."""

    def remember(self, supplier: SupplierNumber, rest: Rest) -> None:
        """Keep on the disk what is to follow, whatever happens next. Raises ``InputError`` ``file-unwritable``."""

    def unfinished(self) -> Mapping[SupplierNumber, Rest]:
        """What was remembered and not forgotten yet."""

    def remove(self, files: Mapping[str, str]) -> Staying:
        """Remove those that are still what they were when they were looked into, each with its mark."""

    def forget(self, supplier: SupplierNumber) -> None:
        """The erasing has ended, or did not happen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """Files that hold something of a supplier: ``marks`` are those that go with an erasing, each with what tells whether it is still the
    same; ``left`` are the program's own, backups of everybody, or cannot be read, and stay."""

    marks: Mapping[str, str]
    left: tuple[str, ...]

    @property
    def files(self) -> tuple[str, ...]:
        return tuple(sorted(self.marks))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """What follows once the database has an erasing: ``at`` is the moment that its event says, ``files`` are to go, ``left`` and ``quoted``
    have to be looked at by hand."""

    at: datetime
    files: Mapping[str, str]
    left: tuple[str, ...]
    quoted: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Staying:
    """Files that were to go and did not: ``changed`` ones are another since they were looked into, ``stuck`` ones cannot be removed."""

    changed: tuple[str, ...]
    stuck: tuple[str, ...]


def told(reach: Reach, copies: Copies) -> JsonMap:
    """What the erasing event says of itself: counts, and nothing of the supplier."""
    return {"records": len(reach.records), "rows": reach.versions, "files": len(copies.files)}
