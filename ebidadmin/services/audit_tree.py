"""The trail that proves itself: verifying the hash tree, the trail and the records, heads for an anchor outside, proofs for one event.

An event is sealed, and the records that change with it are bound to it, in the transaction of the change.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain, islice

from ebidadmin.domain import audit_tree
from ebidadmin.domain.audit_leaves import entry_text, payload_text
from ebidadmin.domain.events import Event, EventTag, JsonValue, Subject, SubjectKind
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.domain.tree_findings import Fault, Finding, Verification
from ebidadmin.domain.tree_heads import Head, SignedHead
from ebidadmin.errors import NotFoundError, RuleError, StorageError
from ebidadmin.services.collecting import collecting_seldom
from ebidadmin.services.erasure_check import erasures_findings
from ebidadmin.services.ports import Office
from ebidadmin.services.refusals import refusals_logged
from ebidadmin.services.tree_check import (
    LeafCheck,
    Progress,
    anchors_findings,
    forgotten,
    heads_findings,
    heads_missing,
    last_good_head,
    root_of,
)
from ebidadmin.services.tree_ports import HeadSigner, TrailTree, TreeSnapshot

TRAIL = Subject(SubjectKind.DESK, "audit")

MOST_FINDINGS = 100
"""Who has read a hundred knows enough."""

UNREADABLE = "value-unreadable"
"""The code of a value in the database that the program never writes."""

_LOG = logging.getLogger(__name__)

PROOF_FORMAT = "ebidadmin-proof-1"

Witness = Callable[[SignedHead], Mapping[str, JsonValue]]
"""Has a head attested by somebody outside, and answers with what the trail tells of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """That an event is in the tree of a signed head; ``plain`` is what the checking script reads (JSON-ready)."""

    seq: int
    head: SignedHead
    plain: dict[str, JsonValue]


def verify(
    office: Office,
    *,
    staff: Staff,
    tree: TrailTree,
    signer: HeadSigner | None,
    full: bool = True,
    anchors: Sequence[SignedHead] = (),
    outside: Sequence[Finding] = (),
    progress: Progress = lambda _done, _total: None,
) -> Verification:
    """Read the trail again and compare it with the tree, the kept heads and the ``anchors``; that it was verified, and how that ended, goes
    into the trail.

    Not ``full``: only what came after the last head that is signed by the key and fits the tree. A good verification keeps a new head
    where there is a key. ``outside`` is what was found wrong with what lies beside the anchors. What was found is told also where the trail
    is so damaged that it takes no event. Raises ``NotPermittedError``.
    """
    with refusals_logged(office, staff=staff, subject=TRAIL, verb="verify"):
        staff.require(Permission.VERIFY_AUDIT)
    result = examine(
        tree,
        signer,
        office.clock.now,
        full=full,
        anchors=anchors,
        outside=outside,
        progress=progress,
    )
    kept = result.good and signer is not None and result.size > 0
    if kept and signer is not None:
        tree.keep(_signed(office, signer, result.size, result.root))
    facts: dict[str, JsonValue] = {"size": result.size, "root": result.root.hex(), "since": result.since}
    facts |= {"findings": len(result.findings), "first_bad": result.first_bad, "kept": kept}
    try:
        _log(office, staff, EventTag.AUDIT_VERIFIED, facts)
    except StorageError:
        if result.good:
            raise
        _LOG.exception("the trail takes no event of what a verification found")
    return result


def examine(
    tree: TrailTree,
    signer: HeadSigner | None,
    now: Callable[[], datetime],
    *,
    full: bool = True,
    anchors: Sequence[SignedHead] = (),
    outside: Sequence[Finding] = (),
    progress: Progress = lambda _done, _total: None,
) -> Verification:
    """As ``verify``, for whoever may only read: nothing is kept of it, and the trail does not tell of it."""
    looked = partial(
        _looked, signer=signer, now=now, full=full, anchors=anchors, outside=outside, progress=progress
    )
    with collecting_seldom():
        try:
            return looked(tree)
        except StorageError as error:
            if error.code != UNREADABLE:
                raise
            # Somebody wrote what the program never writes. Where that is shows only to who reads anything, which takes longer.
            return looked(tree.reading_anything())


def _looked(
    tree: TrailTree,
    *,
    signer: HeadSigner | None,
    now: Callable[[], datetime],
    full: bool,
    anchors: Sequence[SignedHead],
    outside: Sequence[Finding],
    progress: Progress,
) -> Verification:
    with tree.snapshot() as seen:
        size = seen.size()
        since = 0 if full else last_good_head(seen, size, signer)
    check = LeafCheck(tree, start=since)
    found = tuple(islice(check.findings(tree.snapshot, size, progress), MOST_FINDINGS))
    with tree.snapshot() as seen:
        # What came meanwhile, and what must be seen at one moment.
        later = check.findings(lambda: nullcontext(seen), seen.size(), progress)
        beside = (anchors_findings(seen, seen.size(), anchors), outside)
        return _verified(now, seen, signer, since, (found, later, *beside), anchors=len(anchors))


def anchor(
    office: Office, *, staff: Staff, tree: TrailTree, signer: HeadSigner, witness: Witness | None = None
) -> SignedHead:
    """A signed head of the tree as it is, to be kept outside the database. Raises ``NotPermittedError``, ``RuleError``
    (``audit-empty``; ``audit-tree-broken`` where the tree has no root), and what ``witness`` raises: then there is no anchor."""
    with refusals_logged(office, staff=staff, subject=TRAIL, verb="anchor"):
        staff.require(Permission.READ_AUDIT)
        with tree.snapshot() as seen:
            head = _head_of(office, seen, signer)
    facts: dict[str, JsonValue] = {"size": head.head.size, "root": head.head.root.hex(), "kept": True}
    if witness is not None:
        facts |= witness(head)
    tree.keep(head)
    _log(office, staff, EventTag.AUDIT_ANCHORED, facts)
    return head


def prove(
    office: Office,
    *,
    staff: Staff,
    tree: TrailTree,
    signer: HeadSigner,
    seq: int,
    with_values: bool = True,
) -> Proof:
    """A proof that the event of that number is in the tree. With its values whoever has the proof can read and check them too.

    Raises ``NotPermittedError``, ``NotFoundError`` (``event``), ``RuleError`` as ``anchor`` does, and ``event-changed`` for an event of
    which the tree holds something else, and with its values ``event-erased`` for one of which they were erased.
    """
    with refusals_logged(office, staff=staff, subject=TRAIL, verb="prove"):
        staff.require(Permission.READ_AUDIT)
        with tree.snapshot() as seen:
            head = _head_of(office, seen, signer)
            plain = proof_of(seen, head, seq, with_values=with_values)
    tree.keep(head)
    told: dict[str, JsonValue] = {
        "seq": seq,
        "with_values": with_values,
        "size": head.head.size,
        "kept": True,
    }
    _log(office, staff, EventTag.AUDIT_PROVED, told)
    return Proof(seq=seq, head=head, plain=plain)


def _verified(
    now: Callable[[], datetime],
    seen: TreeSnapshot,
    signer: HeadSigner | None,
    since: int,
    told: Iterable[Iterable[Finding]],
    *,
    anchors: int,
) -> Verification:
    """What was found in the leaves and beside the database, and what is found in the rest of it."""
    size = seen.size()
    leaves, later, *beside = told
    drawn, newest = seen.drawn(), seen.newest()
    found = chain(
        (Finding(fault=Fault.GUARD_MISSING, what=name) for name in seen.missing_guards()),
        (Finding(fault=Fault.GUARD_ADDED, what=name) for name in seen.foreign_guards()),
        leaves,
        later,
        forgotten(seen, size),
        seen.oddities(since=since),
        (Finding(fault=Fault.EVENT_ADDED, seq=seq) for seq in seen.strays()),
        erasures_findings(seen),
        seen.records(after=seen.seq_before(since)),
        [Finding(fault=Fault.NUMBERS_LOST, seq=newest + 1)] if drawn is not None and drawn > newest else [],
        heads_findings(seen, size, signer),
        heads_missing(seen, after=seen.seq_before(since)),
        *beside,
    )
    findings = tuple(one.readable() for one in islice(found, MOST_FINDINGS))
    return Verification(
        size=size,
        root=root_of(seen, size) or b"",
        last_seq=seen.last_seq(),
        checked=size - since,
        since=since,
        heads=len(seen.heads()),
        anchors=anchors,
        findings=findings,
        at=now(),
    )


def _head_of(office: Office, seen: TreeSnapshot, signer: HeadSigner) -> SignedHead:
    size = seen.size()
    if not size:
        raise RuleError("audit-empty")
    found = root_of(seen, size)
    if found is None:
        raise RuleError("audit-tree-broken")
    return _signed(office, signer, size, found)


def _signed(office: Office, signer: HeadSigner, size: int, root: bytes) -> SignedHead:
    at = office.clock.now().replace(microsecond=0)
    return signer.sign(Head(origin=signer.name, size=size, root=root, at=at))


def proof_of(
    seen: TreeSnapshot, head: SignedHead, seq: int, *, with_values: bool = True
) -> dict[str, JsonValue]:
    """What the checking script reads, for a head that fits the tree. Raises as ``prove`` does of the event."""
    position = seen.position_of(seq)
    if position is None:
        raise NotFoundError("not-found", kind="event", id=str(seq))
    (leaf,) = seen.leaves(position, position + 1)
    if leaf.row is None:
        raise NotFoundError("not-found", kind="event", id=str(seq))
    entry = entry_text(leaf.row, leaf.payload, leaf.bound)
    if audit_tree.leaf_hash(entry.encode("utf-8", "surrogatepass")) != leaf.leaf:
        raise RuleError("event-changed", id=str(seq))
    if with_values and leaf.erased:
        raise RuleError("event-erased", id=str(seq))
    path = audit_tree.gathered(partial(audit_tree.inclusion_path, position, head.head.size), seen.known_many)
    values: dict[str, JsonValue] = {"salt": leaf.salt.hex(), "payload": payload_text(leaf.row)}
    return {
        "format": PROOF_FORMAT,
        "entry": entry,
        **(values if with_values else {}),
        "position": position,
        "path": [step.hex() for step in path],
        "head": head.note,
    }


def _log(office: Office, staff: Staff, tag: EventTag, facts: dict[str, JsonValue]) -> None:
    with office.uow() as uow:
        uow.log(Event(tag=tag, subject=TRAIL, by=staff.login, at=office.clock.now(), facts=facts))
        uow.commit()
