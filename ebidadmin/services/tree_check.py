"""Comparing the hash tree with the trail that it stands for: the reading half of ``services.audit_tree``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import partial

from ebidadmin.domain import audit_tree
from ebidadmin.domain.audit_leaves import BoundRow, TrailRow, entry_bytes, payload_hash
from ebidadmin.domain.audit_tree import EMPTY_ROOT, Node, gathered, grown, leaf_hash, whole_subtrees
from ebidadmin.domain.tree_findings import Fault, Finding
from ebidadmin.domain.tree_heads import SignedHead, read_note
from ebidadmin.services.erasure_check import event_findings
from ebidadmin.services.tree_ports import HeadSigner, StoredLeaf, TrailTree, TreeSnapshot

CHUNK = 5_000
"""Events that are read at once."""

Progress = Callable[[int, int], None]
"""Told how many events were read again, and how many there are."""


def root_of(tree: TreeSnapshot, size: int) -> bytes | None:
    """The root of the first ``size`` leaves by the kept hashes; ``None`` where one of them is not there."""
    try:
        return gathered(partial(audit_tree.root, size), tree.known_many) if size else EMPTY_ROOT
    except KeyError:
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
            if seq <= self._last_seq:
                yield Finding(fault=Fault.ORDER_CHANGED, seq=seq)
            else:
                self._last_seq = seq
            if row is None or erased or not salt or not _fits(row, salt, payload, leaf, bound):
                yield from _told(one)
        if expected != end:
            self._whole = False
            yield Finding(fault=Fault.LEAF_MISSING, seq=self._last_seq + 1, what=str(expected))

    def _of_nodes(
        self, found: Sequence[StoredLeaf], kept: Sequence[tuple[int, int, bytes]], first: int
    ) -> Iterator[Finding]:
        right = grown(first, [one.leaf for one in found], self._edge)
        if kept == right:
            return
        there = {Node(level, place): value for level, place, value in kept}
        wanted = {Node(level, place): value for level, place, value in right}
        for node in sorted(there.keys() | wanted.keys()):
            if there.get(node) != wanted.get(node):
                yield Finding(fault=Fault.TREE_CHANGED, what=f"{node.level}/{node.place}")


def forgotten(tree: TreeSnapshot, size: int) -> Iterator[Finding]:
    """Hashes beyond the last leaf: leaves were cut off at the end, and these forgotten."""
    for level, place, _ in tree.nodes(size):
        yield Finding(fault=Fault.TREE_CHANGED, what=f"{level}/{place}")


def heads_findings(tree: TreeSnapshot, size: int, signer: HeadSigner | None) -> Iterator[Finding]:
    """What does not fit between the kept heads and the tree."""
    for note in tree.heads():
        try:
            head = read_note(note)
        except ValueError:
            yield Finding(fault=Fault.HEAD_UNREADABLE)
            continue
        told = str(head.head.size)
        if signer is None or not signer.signed(head):
            yield Finding(fault=Fault.HEAD_FORGED, what=told)
        elif head.head.size > size:
            yield Finding(fault=Fault.HEAD_BEYOND, what=told)
        elif root_of(tree, head.head.size) != head.head.root:
            yield Finding(fault=Fault.HEAD_DIFFERS, what=told)


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
    for note in reversed(tree.heads()):
        try:
            head = read_note(note)
        except ValueError:
            continue
        known = head.head.size
        if known <= size and signer.signed(head) and root_of(tree, known) == head.head.root:
            return known
    return 0


def _fits(row: TrailRow, salt: bytes, payload: bytes, leaf: bytes, bound: Sequence[BoundRow]) -> bool:
    """Whether the event says what its leaf is the hash of."""
    try:
        return payload_hash(row, salt) == payload and leaf_hash(entry_bytes(row, payload, bound)) == leaf
    except (TypeError, AttributeError):
        # Text where bytes belong, or the other way round: the program never writes that.
        return False


def _told(one: StoredLeaf) -> Sequence[Finding]:
    """What is wrong with an event that is not what its leaf stands for, if it is not rightly erased."""
    try:
        return tuple(event_findings(one))
    except (TypeError, AttributeError):
        # As above.
        return (Finding(fault=Fault.EVENT_CHANGED, seq=one.seq),)
