"""The hash tree against the definition of RFC 9162 taken word by word, and forged proofs."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebidadmin.domain import audit_tree
from ebidadmin.domain.audit_tree import (
    EMPTY_ROOT,
    Node,
    appended,
    continues,
    grown,
    includes,
    leaf_hash,
    whole_subtrees,
)


def defined_root(entries: Sequence[bytes]) -> bytes:
    """MTH of RFC 9162, 2.1.1, as it stands there."""
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    cut = split(len(entries))
    return hashlib.sha256(b"\x01" + defined_root(entries[:cut]) + defined_root(entries[cut:])).digest()


def defined_path(index: int, entries: Sequence[bytes]) -> list[bytes]:
    """PATH of RFC 9162, 2.1.3.1."""
    if len(entries) == 1:
        return []
    cut = split(len(entries))
    if index < cut:
        return [*defined_path(index, entries[:cut]), defined_root(entries[cut:])]
    return [*defined_path(index - cut, entries[cut:]), defined_root(entries[:cut])]


def defined_proof(old: int, entries: Sequence[bytes], *, whole: bool = True) -> list[bytes]:
    """SUBPROOF of RFC 9162, 2.1.4.1."""
    if old == len(entries):
        return [] if whole else [defined_root(entries)]
    cut = split(len(entries))
    if old <= cut:
        return [*defined_proof(old, entries[:cut], whole=whole), defined_root(entries[cut:])]
    return [*defined_proof(old - cut, entries[cut:], whole=False), defined_root(entries[:cut])]


def split(count: int) -> int:
    power = 1
    while power * 2 < count:
        power *= 2
    return power


def tree_of(entries: Sequence[bytes], parts: Sequence[int] = ()) -> dict[Node, bytes]:
    """Appended in parts that end at ``parts``."""
    nodes: dict[Node, bytes] = {}
    start = 0
    for end in [*sorted(parts), len(entries)]:
        leaves = [leaf_hash(entry) for entry in entries[start:end]]
        nodes.update(list(appended(start, leaves, nodes.__getitem__)))
        start = end
    return nodes


ENTRIES = st.lists(st.binary(max_size=3), min_size=1, max_size=70)


@given(ENTRIES, st.data())
def test_root_and_paths_are_those_of_the_definition(entries: list[bytes], data: st.DataObject) -> None:
    parts = data.draw(st.lists(st.integers(0, len(entries)), max_size=4))
    known = tree_of(entries, parts).__getitem__
    size = data.draw(st.integers(1, len(entries)))
    index = data.draw(st.integers(0, size - 1))
    first = entries[:size]
    assert audit_tree.root(size, known) == defined_root(first)
    assert list(audit_tree.inclusion_path(index, size, known)) == defined_path(index, first)
    old = data.draw(st.integers(1, size))
    assert list(audit_tree.consistency_path(old, size, known)) == defined_proof(old, first)


def test_every_proof_up_to_forty_leaves_holds() -> None:
    entries = [bytes([number]) for number in range(40)]
    known = tree_of(entries).__getitem__
    for size in range(1, 41):
        top = audit_tree.root(size, known)
        for index in range(size):
            path = audit_tree.inclusion_path(index, size, known)
            assert includes(leaf_hash(entries[index]), index, size, path, top)
        for old in range(1, size + 1):
            path = audit_tree.consistency_path(old, size, known)
            assert continues(old, audit_tree.root(old, known), size, top, path)


@given(st.integers(2, 70), st.data())
def test_a_changed_proof_does_not_hold(size: int, data: st.DataObject) -> None:
    entries = [number.to_bytes(2, "big") for number in range(size)]
    known = tree_of(entries).__getitem__
    top = audit_tree.root(size, known)
    index = data.draw(st.integers(0, size - 1))
    leaf, path = leaf_hash(entries[index]), audit_tree.inclusion_path(index, size, known)
    place = data.draw(st.integers(0, len(path) - 1))
    forged = (*path[:place], flipped(path[place], data), *path[place + 1 :])
    assert not includes(leaf, index, size, forged, top)
    assert not includes(leaf, index, size, path[:-1], top)
    assert not includes(leaf, index, size, (*path, path[0]), top)
    assert not includes(flipped(leaf, data), index, size, path, top)
    other = data.draw(st.integers(0, size - 1).filter(lambda one: one != index))
    assert not includes(leaf, other, size, path, top)
    assert not includes(leaf, index, size, path, flipped(top, data))
    old = data.draw(st.integers(1, size - 1))
    shown, before = audit_tree.consistency_path(old, size, known), audit_tree.root(old, known)
    place = data.draw(st.integers(0, len(shown) - 1))
    bent = (*shown[:place], flipped(shown[place], data), *shown[place + 1 :])
    assert not continues(old, before, size, top, bent)
    assert not continues(old, flipped(before, data), size, top, shown)
    assert not continues(old, before, size, flipped(top, data), shown)
    assert not continues(old, before, size, top, shown[:-1])
    assert not continues(old, before, size, top, (*shown, shown[0]))


def flipped(value: bytes, data: st.DataObject) -> bytes:
    place = data.draw(st.integers(0, len(value) - 1))
    return value[:place] + bytes([value[place] ^ (1 << data.draw(st.integers(0, 7)))]) + value[place + 1 :]


def test_an_edited_beginning_is_no_beginning() -> None:
    entries = [bytes([number]) for number in range(30)]
    edited = [*entries[:4], b"edited", *entries[5:]]
    old, new = tree_of(entries).__getitem__, tree_of(edited).__getitem__
    path = audit_tree.consistency_path(17, 30, new)
    assert not continues(17, audit_tree.root(17, old), 30, audit_tree.root(30, new), path)
    assert continues(
        4, audit_tree.root(4, old), 30, audit_tree.root(30, new), audit_tree.consistency_path(4, 30, new)
    )


def test_a_whole_subtree_never_changes_and_is_told_once() -> None:
    leaves = [leaf_hash(bytes([number])) for number in range(9)]
    none: dict[Node, bytes] = {}
    told = list(appended(0, leaves, none.__getitem__))
    assert len(dict(told)) == len(told) == 9 + 4 + 2 + 1
    assert audit_tree.whole_subtrees(9) == (Node(3, 0), Node(0, 8))


def test_the_empty_tree_and_what_is_not_there() -> None:
    known = tree_of([b"a", b"b"]).__getitem__
    assert audit_tree.root(0, known) == EMPTY_ROOT
    with pytest.raises(ValueError, match="no leaf 2 among 2"):
        audit_tree.inclusion_path(2, 2, known)
    with pytest.raises(ValueError, match="3 leaves are no beginning of 2"):
        audit_tree.consistency_path(3, 2, known)
    leaf = leaf_hash(b"a")
    assert not includes(leaf, 2, 2, (), leaf)
    assert not continues(0, EMPTY_ROOT, 2, audit_tree.root(2, known), ())
    assert continues(2, audit_tree.root(2, known), 2, audit_tree.root(2, known), ())
    assert not continues(2, audit_tree.root(2, known), 2, audit_tree.root(2, known), (leaf,))


@given(st.integers(0, 40), st.integers(0, 40))
def test_many_leaves_make_the_same_inner_nodes_as_one_by_one(size: int, count: int) -> None:
    entries = [bytes([number]) for number in range(size + count)]
    nodes = tree_of(entries)
    leaves = [leaf_hash(entry) for entry in entries[size:]]
    edge = {node.level: nodes[node] for node in whole_subtrees(size)}
    one_by_one = [(*node, value) for node, value in appended(size, leaves, nodes.__getitem__) if node.level]
    assert grown(size, leaves, edge) == one_by_one
    assert {node: edge[node.level] for node in whole_subtrees(size + count)} == {
        node: nodes[node] for node in whole_subtrees(size + count)
    }
