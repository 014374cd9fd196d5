"""What a verification of the trail can find."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Fault(StrEnum):
    """A way in which trail, tree and signed heads do not fit together."""

    EVENT_CHANGED = "event-changed"
    """An event, or what binds it to the tree, is not what it was when it was sealed."""
    EVENT_MISSING = "event-missing"
    """An event that was sealed is gone."""
    EVENT_ADDED = "event-added"
    """An event stands in the trail and was never sealed."""
    ERASED_UNTOLD = "erased-untold"
    """What an event says, or a salt, was erased, and no erasing event answers for it."""
    VALUES_LEFT = "values-left"
    """An event that was erased says something."""
    RECORD_CHANGED = "record-changed"
    """A record is not what it became with the last event that changed it."""
    RECORD_MISSING = "record-missing"
    """A record is gone, and no event says so."""
    RECORD_ADDED = "record-added"
    """A record is there that no event made."""
    LEAF_MISSING = "leaf-missing"
    """The tree has a hole."""
    ORDER_CHANGED = "order-changed"
    """Leaves do not follow the numbers of their events."""
    TREE_CHANGED = "tree-changed"
    """An inner hash is not that of what is below it."""
    NUMBERS_LOST = "numbers-lost"
    """The database gave out numbers after the last event: events were cut off."""
    GUARD_MISSING = "guard-missing"
    """What keeps rows from being changed was removed, switched off or replaced."""
    GUARD_ADDED = "guard-added"
    """A trigger that is none of the program's may change what is written while it is written."""
    HEAD_UNREADABLE = "head-unreadable"
    HEAD_MISPLACED = "head-misplaced"
    """A kept head is kept for another size, or another moment, than it says."""
    HEAD_MISSING = "head-missing"
    """An event says that a head was kept, and there is none."""
    HEAD_FORGED = "head-forged"
    """A kept head is not signed by the key of this trail."""
    HEAD_DIFFERS = "head-differs"
    """The tree of that size had another root when its head was signed."""
    HEAD_BEYOND = "head-beyond"
    """A signed head knows more events than there are: the end was cut off, or an older file put back."""
    ANCHOR_DIFFERS = "anchor-differs"
    ANCHOR_BEYOND = "anchor-beyond"
    STAMP_UNREADABLE = "stamp-unreadable"
    STAMP_FORGED = "stamp-forged"
    """A stamp beside an anchor is not signed by a time-stamping authority that is trusted."""
    STAMP_DIFFERS = "stamp-differs"
    """A stamp is over another head than that beside which it lies."""
    STAMP_ALONE = "stamp-alone"
    """The head that a stamp was made for is not among the anchors any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that does not fit: at which event (its number), where one is concerned; ``what`` names the guard, the record
    (``table/key``), or the size of the head."""

    fault: Fault
    seq: int | None = None
    what: str = ""

    def readable(self) -> Finding:
        """The same for a screen and a line: a number that is none is left out, signs that nothing can show are spelled out."""
        seq = self.seq if type(self.seq) is int else None
        if seq is self.seq and self.what.isprintable():
            return self
        what = "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in self.what)
        return Finding(fault=self.fault, seq=seq, what=what)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What a verification looked at and what it found: the ``size`` and ``root`` of the tree, how many events it read again
    (``checked``), and from which size on (0: all of them)."""

    size: int
    root: bytes
    last_seq: int
    checked: int
    since: int
    heads: int
    anchors: int
    findings: tuple[Finding, ...]
    at: datetime
    stamps: int = 0
    """Stamps of time-stamping authorities that were checked beside the anchors."""

    @property
    def good(self) -> bool:
        return not self.findings

    @property
    def first_bad(self) -> int | None:
        """The smallest number of an event that is concerned."""
        return min((one.seq for one in self.findings if one.seq is not None), default=None)
