"""Comparing the hash tree with the trail that it stands for: the reading half of ``services.audit_tree``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from ebidadmin.domain import audit_tree
from ebidadmin.domain.audit_tree import EMPTY_ROOT, Node, appended
from ebidadmin.domain.tree_findings import Fault, Finding
from ebidadmin.domain.tree_heads import SignedHead, read_note
from ebidadmin.services.erasure_check import event_findings
from ebidadmin.services.tree_ports import HeadSigner, StoredLeaf, TreeSnapshot

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


class LeafCheck:
    """Reads the leaves from ``start`` on again and holds what does not fit."""

    def __init__(self, tree: TreeSnapshot, *, start: int, size: int) -> None:
        self._tree = tree
        self._start, self._size = start, size
        self._last_seq = 0
        self._whole = True
        """Whether the tree can still be computed: after a hole it cannot."""

    def findings(self, progress: Progress) -> Iterator[Finding]:
        """What does not fit, chunk by chunk."""
        right_edge = self._tree.known
        leaves: list[bytes] = []
        nodes = appended(self._start, _endless(leaves), right_edge)
        for first in range(self._start, self._size, CHUNK):
            end = min(first + CHUNK, self._size)
            found = self._tree.leaves(first, end)
            yield from self._of_leaves(found, first, end)
            if self._whole:
                leaves[:] = [one.leaf for one in found]
                yield from self._of_nodes(nodes, first, end)
            progress(end - self._start, self._size - self._start)
        for node, _ in self._tree.nodes(self._size):
            # Leaves were cut off at the end, and these hashes forgotten.
            yield Finding(fault=Fault.TREE_CHANGED, what=f"{node.level}/{node.place}")

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

    def _of_nodes(self, computed: Iterator[tuple[Node, bytes]], first: int, end: int) -> Iterator[Finding]:
        kept = dict(self._tree.nodes(first, end))
        count = sum(_inner_nodes(position) + 1 for position in range(first, end))
        right = {node: value for node, value in islice(computed, count) if node.level}
        for node in sorted(kept.keys() | right.keys()):
            if kept.get(node) != right.get(node):
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
