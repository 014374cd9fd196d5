"""The hash tree over the audit trail: leaves, roots, and the proofs that tie them together (RFC 9162, section 2.1).

A tree of ``size`` leaves is kept as the hashes of its *whole* subtrees: those of two to the ``level`` leaves, of which none ever
changes again when more leaves come. ``Node(level, place)`` names the one over the leaves from ``place << level`` to just before
``place + 1 << level``.
Whatever else a root or a proof needs is computed from them, so that a trail of a million events is appended to and proved from with
some twenty hashes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

T = TypeVar("T")

HASH_BYTES = 32
"""SHA-256."""

EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of a tree without leaves."""

_LEAF, _INNER = b"\x00", b"\x01"
"""What keeps a leaf from being taken for an inner node, and the other way round."""


class Node(NamedTuple):
    """A whole subtree: of ``1 << level`` leaves, the ``place``-th of that size from the left."""

    level: int
    place: int


Known = Callable[[Node], bytes]
"""Gives the hash of a whole subtree that the tree has. May raise what its store raises; the functions here let that through."""


def leaf_hash(entry: bytes) -> bytes:
    """The hash of one entry, as a leaf."""
    return hashlib.sha256(_LEAF + entry).digest()


def inner_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees that stand side by side."""
    return hashlib.sha256(_INNER + left + right).digest()


def whole_subtrees(size: int) -> tuple[Node, ...]:
    """The whole subtrees that a tree of ``size`` leaves is made of, largest first, from the left; one for each 1 among its bits."""
    return tuple(_cover(0, size))


def appended(size: int, leaves: Iterable[bytes], known: Known) -> Iterator[tuple[Node, bytes]]:
    """Every whole subtree that comes into being when ``leaves`` (their hashes) follow the first ``size``, in the order of its coming.

    ``known`` is asked only for subtrees of the first ``size`` leaves.
    """
    right_edge = {node.level: known(node) for node in whole_subtrees(size)}
    for index, leaf in enumerate(leaves, start=size):
        node, value = Node(0, index), leaf
        yield node, value
        while node.place & 1:
            value = inner_hash(right_edge.pop(node.level), value)
            node = Node(node.level + 1, node.place >> 1)
            yield node, value
        right_edge[node.level] = value


def grown(size: int, leaves: Sequence[bytes], edge: dict[int, bytes]) -> list[tuple[int, int, bytes]]:
    """The same for many leaves, the inner ones alone: level, place and hash of each. ``edge`` has the hashes of ``whole_subtrees(size)`` by
    level, and afterwards those of the grown tree (what else it has is never asked for)."""
    sha256, made = hashlib.sha256, []
    for index, leaf in enumerate(leaves, start=size):
        level, place, value = 0, index, leaf
        while place & 1:
            value = sha256(_INNER + edge[level] + value).digest()
            level, place = level + 1, place >> 1
            made.append((level, place, value))
        edge[level] = value
    return made


def gathered(asking: Callable[[Known], T], many: Callable[[Sequence[Node]], Mapping[Node, bytes]]) -> T:
    """What ``asking`` answers, with all the hashes that it asks for fetched at once: it is asked twice, the first time for nothing."""
    wanted: list[Node] = []

    def note(node: Node) -> bytes:
        wanted.append(node)
        return EMPTY_ROOT

    asking(note)
    return asking(many(wanted).__getitem__)


def root(size: int, known: Known) -> bytes:
    """The root of the first ``size`` leaves."""
    return _range_hash(0, size, known) if size else EMPTY_ROOT


def inclusion_path(index: int, size: int, known: Known) -> tuple[bytes, ...]:
    """The hashes that lead from leaf ``index`` to the root of the first ``size`` leaves, from the bottom.

    Raises ``ValueError`` where there is no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} among {size}")
    path: list[bytes] = []
    first, end = 0, size
    while end - first > 1:
        middle = first + _largest_power_below(end - first)
        if index < middle:
            path.append(_range_hash(middle, end, known))
            end = middle
        else:
            path.append(_range_hash(first, middle, known))
            first = middle
    return tuple(reversed(path))


def consistency_path(old: int, new: int, known: Known) -> tuple[bytes, ...]:
    """The hashes that show the tree of ``old`` leaves to be the beginning of that of ``new``.

    Raises ``ValueError`` for sizes out of order.
    """
    if not 0 < old <= new:
        raise ValueError(f"{old} leaves are no beginning of {new}")
    path: list[bytes] = []
    first, end, is_own_root = 0, new, True
    while old != end:
        middle = first + _largest_power_below(end - first)
        if old <= middle:
            path.append(_range_hash(middle, end, known))
            end = middle
        else:
            path.append(_range_hash(first, middle, known))
            first, is_own_root = middle, False
    if not is_own_root:
        path.append(_range_hash(first, end, known))
    return tuple(reversed(path))


def includes(leaf: bytes, index: int, size: int, path: Sequence[bytes], expected_root: bytes) -> bool:
    """Whether ``path`` leads from that leaf's hash to that root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    position, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if position & 1 or position == last:
            found = inner_hash(step, found)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            found = inner_hash(found, step)
        position, last = position >> 1, last >> 1
    return last == 0 and found == expected_root


def continues(old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether ``path`` shows the tree of ``old`` leaves to be the beginning of that of ``new`` (RFC 9162, 2.1.4.2)."""
    if old == new:
        return not path and old_root == new_root
    if not 0 < old < new or not path:
        return False
    steps = list(path) if old & (old - 1) else [old_root, *path]
    position, last = old - 1, new - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            before, after = inner_hash(step, before), inner_hash(step, after)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            after = inner_hash(after, step)
        position, last = position >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root


def _cover(first: int, end: int) -> Iterator[Node]:
    """Whole subtrees over the leaves from ``first`` to before ``end``; ``first`` must be where one of the largest of them can begin."""
    while first < end:
        level = (end - first).bit_length() - 1
        yield Node(level, first >> level)
        first += 1 << level


def _range_hash(first: int, end: int, known: Known) -> bytes:
    """The hash over a range that RFC 9162 cuts out of a tree: it begins where a subtree of its size can begin."""
    *rest, value = (known(node) for node in _cover(first, end))
    for left in reversed(rest):
        value = inner_hash(left, value)
    return value


def _largest_power_below(count: int) -> int:
    """The largest power of two that is smaller than ``count`` (at least 2)."""
    return 1 << ((count - 1).bit_length() - 1)
