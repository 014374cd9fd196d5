"""What the services of the hash tree need from outside: the tree in the database, and a key to sign its heads with."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from ebidadmin.domain.audit_leaves import BoundRow, TrailRow
from ebidadmin.domain.audit_tree import Node
from ebidadmin.domain.erasures import Erased
from ebidadmin.domain.events import EventTag
from ebidadmin.domain.tree_findings import Finding
from ebidadmin.domain.tree_heads import Head, SignedHead


class StoredLeaf(NamedTuple):
    """A leaf as it is kept, and the event that it stands for as the trail has it now (``None``: the trail has none of that number)."""

    position: int
    seq: int
    salt: bytes
    payload: bytes
    leaf: bytes
    row: TrailRow | None
    bound: Sequence[BoundRow] = ()
    """What the records that changed with it became."""
    erased: bool = False
    """Whether the trail says that the event's values were erased."""

    @property
    def is_empty(self) -> bool:
        """Whether the event says nothing and nothing binds that to its leaf: so an erasing leaves it."""
        row = self.row
        if row is None or self.salt:
            return False
        return (row.before, row.after, row.facts) == (None, None, "{}")


class KeptHead(NamedTuple):
    """A signed head as the database keeps it: for which size, its text, and when it was kept, so far as that is a moment."""

    size: int
    note: str
    at: datetime | None


class TrailTree(Protocol):
    """The tree over the trail. All reads of one ``snapshot`` see one state of the database."""

    def snapshot(self) -> TreeSnapshot:
        """A context in which to read."""

    def reading_anything(self) -> TrailTree:
        """The same tree, to be read also where somebody wrote what the program never writes; otherwise such a value raises
        ``StorageError`` ``value-unreadable``."""

    def keep(self, head: SignedHead) -> None:
        """Keep a signed head, as of the moment that it says. One of that size that is kept already stays as it is."""


class TreeSnapshot(Protocol):
    """One state of trail and tree."""

    def __enter__(self) -> TreeSnapshot: ...

    def __exit__(self, *_details: object) -> None: ...

    def size(self) -> int:
        """How many leaves there are."""

    def last_seq(self) -> int:
        """The number of the last event that has a leaf; 0 where none has."""

    def known(self, node: Node) -> bytes:
        """The kept hash of a whole subtree. Raises ``KeyError`` where it is not kept."""

    def known_many(self, nodes: Sequence[Node]) -> Mapping[Node, bytes]:
        """Those of many; what is not kept is left out."""

    def position_of(self, seq: int) -> int | None:
        """Where the leaf of that event is; ``None`` where it has none."""

    def seq_before(self, position: int) -> int:
        """The number of the event whose leaf comes right before that position; 0 where there is none."""

    def leaves(self, start: int, end: int) -> Sequence[StoredLeaf]:
        """The leaves of those positions, in order; those that are not there are left out."""

    def nodes(self, start: int, end: int | None = None) -> Sequence[tuple[int, int, bytes]]:
        """The inner nodes (level, place, hash) that came into being with those leaves, in the order of their coming; without ``end`` with
        all from ``start`` on."""

    def strays(self) -> Sequence[int]:
        """The first events (by number, a hundred at most) that have no leaf: no unit of work wrote them, or the tree was damaged."""

    def records(self, *, after: int) -> Iterator[Finding]:
        """What does not fit between the records and what events after that number made of them; with 0 all records are read again."""

    def erasures(self) -> Iterator[tuple[int, Collection[Erased]]]:
        """What was erased, with the number of the event that tells of it."""

    def drawn(self) -> int | None:
        """The last number that the database gave to an event, where it tells."""

    def newest(self) -> int:
        """The number of the last event; 0 where there is none."""

    def heads(self) -> Sequence[KeptHead]:
        """The kept heads, by size."""

    def oddities(self, *, since: int) -> Iterator[Finding]:
        """Rows of the tree that stand where nothing else reads them, or that hold what the program never writes; of inner hashes those that
        came after the first ``since`` leaves."""

    def told_as(self, tag: EventTag, *, after: int = 0) -> Sequence[tuple[int, str]]:
        """The numbers of the events of that kind after that number, each with the text of its facts."""

    def missing_guards(self) -> Sequence[str]:
        """What should keep rows from being changed and is not there or is another, by name."""

    def foreign_guards(self) -> Sequence[str]:
        """Triggers that are none of the program's, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnchors:
    """Heads that are kept outside the database, how many stamps lie beside them, and what is wrong with these."""

    heads: tuple[SignedHead, ...] = ()
    stamps: int = 0
    findings: tuple[Finding, ...] = ()


class HeadSigner(Protocol):
    """The key of this trail."""

    @property
    def name(self) -> str: ...

    @property
    def key(self) -> str:
        """The public key as a line."""

    def sign(self, head: Head) -> SignedHead: ...

    def signed(self, head: SignedHead) -> bool:
        """Whether that signature is by this key over that head."""
