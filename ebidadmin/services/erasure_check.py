"""Whether whatever was erased from the trail was erased by an event that answers for it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator

from ebidadmin.domain.audit_leaves import entry_bytes, payload_hash
from ebidadmin.domain.audit_tree import leaf_hash
from ebidadmin.domain.erasures import Erased, erasure_facts
from ebidadmin.domain.events import EventTag
from ebidadmin.domain.tree_findings import Fault, Finding
from ebidadmin.services.tree_ports import StoredLeaf, TreeSnapshot


def erasures_findings(tree: TreeSnapshot) -> Iterator[Finding]:
    """Lists of what was erased that no sealed event answers for."""
    for by_event, erased in tree.erasures():
        if not _answered(_leaf_of(tree, by_event), erased):
            yield Finding(fault=Fault.ERASED_UNTOLD, seq=min(erased).seq, what=str(by_event))


def event_findings(one: StoredLeaf) -> Iterator[Finding]:
    """What does not fit between an event and its leaf."""
    if one.row is None:
        yield Finding(fault=Fault.EVENT_MISSING, seq=one.seq)
    elif leaf_hash(entry_bytes(one.row, one.payload, one.bound)) != one.leaf:
        yield Finding(fault=Fault.EVENT_CHANGED, seq=one.seq)
    elif one.erased:
        if not one.is_empty:
            yield Finding(fault=Fault.VALUES_LEFT, seq=one.seq)
    elif one.is_empty:
        yield Finding(fault=Fault.ERASED_UNTOLD, seq=one.seq)
    elif payload_hash(one.row, one.salt) != one.payload:
        yield Finding(fault=Fault.EVENT_CHANGED, seq=one.seq)


def _leaf_of(tree: TreeSnapshot, seq: int) -> StoredLeaf | None:
    position = tree.position_of(seq)
    return None if position is None else next(iter(tree.leaves(position, position + 1)), None)


def _answered(leaf: StoredLeaf | None, erased: Collection[Erased]) -> bool:
    """Whether that event is a sealed erasing of exactly those parts."""
    if leaf is None or leaf.row is None or leaf.row.tag != EventTag.AUDIT_ERASED.value:
        return False
    if leaf.erased or any(event_findings(leaf)):
        return False
    told = json.loads(leaf.row.facts)
    return all(told.get(name) == value for name, value in erasure_facts(erased).items())
