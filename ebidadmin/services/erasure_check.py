"""Whether whatever was erased from the trail was erased by an event that answers for it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence

from ebidadmin.domain.audit_leaves import TrailRow, entry_bytes, payload_hash, payload_text
from ebidadmin.domain.audit_tree import leaf_hash
from ebidadmin.domain.erasures import Erased, erasure_facts
from ebidadmin.domain.events import EventTag
from ebidadmin.domain.tree_findings import Fault, Finding
from ebidadmin.services.tree_ports import StoredLeaf, TreeSnapshot


def erasures_findings(tree: TreeSnapshot) -> Iterator[Finding]:
    """Lists of what was erased that no sealed event answers for, and events of which the list is gone."""
    listed = set()
    for by_event, erased in tree.erasures():
        listed.add(by_event)
        if not _answered(_leaf_of(tree, by_event), erased):
            yield Finding(fault=Fault.ERASED_UNTOLD, seq=min(erased).seq, what=str(by_event))
    for by_event, _ in tree.told_as(EventTag.AUDIT_ERASED):
        if by_event not in listed and not _answered(_leaf_of(tree, by_event), ()):
            yield Finding(fault=Fault.ERASED_UNTOLD, seq=by_event, what=str(by_event))


def event_findings(one: StoredLeaf) -> Sequence[Finding]:
    """What does not fit between an event and its leaf."""
    try:
        return tuple(_findings(one))
    except (TypeError, AttributeError):
        # Text where bytes belong, or the other way round: the program never writes that.
        return (Finding(fault=Fault.EVENT_CHANGED, seq=one.seq),)


def is_told_apart(row: TrailRow, text: str) -> bool:
    """Whether each of the event's values is in its own column: the ``text`` of all of them, which the hash is over, would be the same where
    one column held what two of them say."""
    if text.count('"before":') == (row.before is not None) and text.count('"facts":') == 1:
        return True
    values = [one for one in (row.before, row.after, row.facts) if one is not None]
    try:
        return all(isinstance(json.loads(one), dict) for one in values)
    except (ValueError, RecursionError):
        return False


def _findings(one: StoredLeaf) -> Iterator[Finding]:
    if one.row is None:
        yield Finding(fault=Fault.EVENT_MISSING, seq=one.seq)
    elif leaf_hash(entry_bytes(one.row, one.payload, one.bound)) != one.leaf:
        yield Finding(fault=Fault.EVENT_CHANGED, seq=one.seq)
    elif one.erased:
        # An empty text is no empty salt.
        if not one.is_empty or one.salt != b"":
            yield Finding(fault=Fault.VALUES_LEFT, seq=one.seq)
    elif one.is_empty:
        yield Finding(fault=Fault.ERASED_UNTOLD, seq=one.seq)
    elif payload_hash(one.row, one.salt) != one.payload or not is_told_apart(one.row, payload_text(one.row)):
        yield Finding(fault=Fault.EVENT_CHANGED, seq=one.seq)


def _leaf_of(tree: TreeSnapshot, seq: int) -> StoredLeaf | None:
    position = tree.position_of(seq)
    return None if position is None else next(iter(tree.leaves(position, position + 1)), None)


def _answered(leaf: StoredLeaf | None, erased: Collection[Erased]) -> bool:
    """Whether that event is a sealed erasing of exactly those parts."""
    if leaf is None or leaf.row is None or leaf.row.tag != EventTag.AUDIT_ERASED.value:
        return False
    if leaf.erased or event_findings(leaf):
        return False
    told = json.loads(leaf.row.facts)
    return all(told.get(name) == value for name, value in erasure_facts(erased).items())
