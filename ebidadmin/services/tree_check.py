"""Comparing the hash tree with the trail that it stands for: the reading half of ``services.audit_tree``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from itertools import islice

from ebidadmin.domain import audit_tree
from ebidadmin.domain.audit_tree import EMPTY_ROOT, Node, appended
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
        return audit_tree.root(size, tree.known) if size else EMPTY_ROOT
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
        self._whole = True
        """Whether the tree can still be computed: after a hole it cannot."""
        self._leaves: list[bytes] = []
        self._nodes = appended(start, _endless(self._leaves), self._known)

    def findings(self, read: Reading, size: int, progress: Progress) -> Iterator[Finding]:
        """What does not fit up to ``size``, chunk by chunk, from where the last call ended."""
        for first in range(self._done, size, CHUNK):
            end = min(first + CHUNK, size)
            with read() as seen:
                found, kept = seen.leaves(first, end), dict(seen.nodes(first, end))
            yield from self._of_leaves(found, first, end)
            if self._whole:
                self._leaves[:] = [one.leaf for one in found]
                yield from self._of_nodes(kept, first, end)
            self._done = end
            progress(end - self._start, size - self._start)

    def _known(self, node: Node) -> bytes:
        with self._tree.snapshot() as seen:
            return seen.known(node)

    def _of_leaves(self, found: Sequence[StoredLeaf], first: int, end: int) -> Iterator[Finding]:
        expected = first
        for one in found:
            if one.position != expected:
                self._whole = False
                yield Finding(fault=Fault.LEAF_MISSING, seq=self._last_seq + 1, what=str(expected))
            expected = one.position + 1
            if one.seq <= self._last_seq:
                yield Finding(fault=Fault.ORDER_CHANGED, seq=one.seq)
            self._last_seq = max(self._last_seq, one.seq)
            yield from event_findings(one)
        if expected != end:
            self._whole = False
            yield Finding(fault=Fault.LEAF_MISSING, seq=self._last_seq + 1, what=str(expected))

    def _of_nodes(self, kept: Mapping[Node, bytes], first: int, end: int) -> Iterator[Finding]:
        count = sum(_inner_nodes(position) + 1 for position in range(first, end))
        right = {node: value for node, value in islice(self._nodes, count) if node.level}
        for node in sorted(kept.keys() | right.keys()):
            if kept.get(node) != right.get(node):
                yield Finding(fault=Fault.TREE_CHANGED, what=f"{node.level}/{node.place}")


def forgotten(tree: TreeSnapshot, size: int) -> Iterator[Finding]:
    """Hashes beyond the last leaf: leaves were cut off at the end, and these forgotten."""
    for node, _ in tree.nodes(size):
        yield Finding(fault=Fault.TREE_CHANGED, what=f"{node.level}/{node.place}")


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


def _inner_nodes(position: int) -> int:
    """How many inner nodes come into being with the leaf at that position: one for each 1 that its number ends with."""
    return (~position & (position + 1)).bit_length() - 1


def _endless(leaves: list[bytes]) -> Iterator[bytes]:
    """The leaves of the present chunk, again and again as they are replaced."""
    while True:
        yield from tuple(leaves)
