"""Comparing the hash tree with the trail that it stands for: the reading half of ``services.audit_tree``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import partial

from ebidadmin.domain import audit_tree
from ebidadmin.domain.audit_leaves import BoundRow, TrailRow, entry_bytes, payload_text
from ebidadmin.domain.audit_tree import EMPTY_ROOT, Node, gathered, grown, leaf_hash, whole_subtrees
from ebidadmin.domain.events import EventTag
from ebidadmin.domain.tree_findings import Fault, Finding
from ebidadmin.domain.tree_heads import SignedHead, read_note
from ebidadmin.services.erasure_check import event_findings, is_told_apart
from ebidadmin.services.tree_ports import HeadSigner, StoredLeaf, TrailTree, TreeSnapshot

CHUNK = 5_000
"""Events that are read at once."""

Progress = Callable[[int, int], None]
"""Told how many events were read again, and how many there are."""


def root_of(tree: TreeSnapshot, size: int) -> bytes | None:
    """The root of the first ``size`` leaves by the kept hashes; ``None`` where one of them is not there."""
    try:
        return gathered(partial(audit_tree.root, size), tree.known_many) if size else EMPTY_ROOT
    except (KeyError, TypeError):
        # As good as not there: what is kept is no hash.
        return None


Reading = Callable[[], AbstractContextManager[TreeSnapshot]]
"""Where the next chunk is read."""


class LeafCheck:
    """Reads the leaves from ``start`` on again and holds what does not fit.

    What is sealed stays as it is, so chunks may be read in snapshots of their own: a snapshot that stays open keeps whoever writes waiting
    on SQLite without a write-ahead log.
    """

    def __init__(self, tree: TrailTree, *, start: int) -> None:
        self._tree = tree
        self._start = self._done = start
        self._last_seq = 0
        self._edge: dict[int, bytes] = {}
        self._whole = True
        """Whether the tree can still be computed: after a hole it cannot."""

    def findings(self, read: Reading, size: int, progress: Progress) -> Iterator[Finding]:
        """What does not fit up to ``size``, chunk by chunk, from where the last call ended."""
        if self._done == self._start and self._start:
            with self._tree.snapshot() as seen:
                self._edge = {node.level: seen.known(node) for node in whole_subtrees(self._start)}
        for first in range(self._done, size, CHUNK):
            end = min(first + CHUNK, size)
            with read() as seen:
                found, kept = seen.leaves(first, end), seen.nodes(first, end)
            yield from self._of_leaves(found, first, end)
            if self._whole:
                yield from self._of_nodes(found, kept, first)
            self._done = end
            progress(end - self._start, size - self._start)

    def _of_leaves(self, found: Sequence[StoredLeaf], first: int, end: int) -> Iterator[Finding]:
        expected = first
        for one in found:
            position, seq, salt, payload, leaf, row, bound, erased = one
            if position != expected:
                self._whole = False
                yield Finding(fault=Fault.LEAF_MISSING, seq=self._last_seq + 1, what=str(expected))
            expected = position + 1
            if type(seq) is not int:
                yield Finding(fault=Fault.ORDER_CHANGED, seq=self._last_seq + 1)
                continue
            if seq <= self._last_seq:
                yield Finding(fault=Fault.ORDER_CHANGED, seq=seq)
            else:
                self._last_seq = seq
            if row is None or erased or not salt or not _fits(row, salt, payload, leaf, bound):
                yield from event_findings(one)
        if expected != end:
            self._whole = False
            yield Finding(fault=Fault.LEAF_MISSING, seq=self._last_seq + 1, what=str(expected))

    def _of_nodes(
        self, found: Sequence[StoredLeaf], kept: Sequence[tuple[int, int, bytes]], first: int
    ) -> Iterator[Finding]:
        try:
            right = grown(first, [one.leaf for one in found], self._edge)
        except TypeError:
            # A leaf that is no hash has been told: above it nothing can be compared any more.
            self._whole = False
            return
        if kept == right:
            return
        there = {Node(level, place): value for level, place, value in kept}
        wanted = {Node(level, place): value for level, place, value in right}
        for node in sorted(there.keys() | wanted.keys(), key=_by_place):
            if there.get(node) != wanted.get(node):
                yield Finding(fault=Fault.TREE_CHANGED, what=f"{node.level}/{node.place}")


def forgotten(tree: TreeSnapshot, size: int) -> Iterator[Finding]:
    """Hashes beyond the last leaf: leaves were cut off at the end, and these forgotten."""
    for level, place, _ in tree.nodes(size):
        yield Finding(fault=Fault.TREE_CHANGED, what=f"{level}/{place}")


def heads_findings(tree: TreeSnapshot, size: int, signer: HeadSigner | None) -> Iterator[Finding]:
    """What does not fit between the kept heads and the tree, or between what a head says and where and when it is kept."""
    for kept in tree.heads():
        try:
            head = read_note(kept.note)
        except ValueError:
            yield Finding(fault=Fault.HEAD_UNREADABLE, what=str(kept.size))
            continue
        told = str(head.head.size)
        if signer is None or not signer.signed(head):
            yield Finding(fault=Fault.HEAD_FORGED, what=told)
        elif head.head.size > size:
            yield Finding(fault=Fault.HEAD_BEYOND, what=told)
        elif root_of(tree, head.head.size) != head.head.root:
            yield Finding(fault=Fault.HEAD_DIFFERS, what=told)
        elif (kept.size, kept.at) != (head.head.size, head.head.at):
            yield Finding(fault=Fault.HEAD_MISPLACED, what=told)


def heads_missing(tree: TreeSnapshot, *, after: int) -> Iterator[Finding]:
    """Heads that events after that number say were kept, and that are not."""
    kept = {one.size for one in tree.heads()}
    for tag in (EventTag.AUDIT_ANCHORED, EventTag.AUDIT_VERIFIED, EventTag.AUDIT_PROVED):
        for seq, facts in tree.told_as(tag, after=after):
            size = _kept_size(facts)
            if size is not None and size not in kept:
                yield Finding(fault=Fault.HEAD_MISSING, seq=seq, what=str(size))


def anchors_findings(tree: TreeSnapshot, size: int, anchors: Sequence[SignedHead]) -> Iterator[Finding]:
    """What does not fit between the tree and heads that were kept elsewhere: whoever kept them vouches for them, not their signature."""
    for anchor in anchors:
        told = str(anchor.head.size)
        if anchor.head.size > size:
            yield Finding(fault=Fault.ANCHOR_BEYOND, what=told)
        elif root_of(tree, anchor.head.size) != anchor.head.root:
            yield Finding(fault=Fault.ANCHOR_DIFFERS, what=told)


def last_good_head(tree: TreeSnapshot, size: int, signer: HeadSigner | None) -> int:
    """The size of the largest kept head that is signed by this key and fits the tree; 0 where there is none."""
    if signer is None:
        return 0
    for kept in reversed(tree.heads()):
        try:
            head = read_note(kept.note)
        except ValueError:
            continue
        known = head.head.size
        if known <= size and signer.signed(head) and root_of(tree, known) == head.head.root:
            return known
    return 0


def _fits(row: TrailRow, salt: bytes, payload: bytes, leaf: bytes, bound: Sequence[BoundRow]) -> bool:
    """Whether the event says what its leaf is the hash of."""
    try:
        text = payload_text(row)
        values = hashlib.sha256(salt + text.encode("utf-8", "surrogatepass")).digest()
        return (
            values == payload
            and leaf_hash(entry_bytes(row, payload, bound)) == leaf
            and is_told_apart(row, text)
        )
    except (TypeError, AttributeError):
        # Text where bytes belong, or the other way round: the program never writes that.
        return False


def _kept_size(facts: str) -> int | None:
    """For which size an event says that a head was kept; ``None`` also for facts that nobody can read, which is told of the event."""
    try:
        told = json.loads(facts)
        return int(told["size"]) if told.get("kept") is True else None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError):
        return None


def _by_place(node: Node) -> tuple[str, str]:
    """Some order: what somebody wrote where a number belongs has none among numbers."""
    return str(node.level), str(node.place)
