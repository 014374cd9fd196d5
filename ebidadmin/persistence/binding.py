"""Binding records to the trail: with the end of a unit of work the trail keeps a salted digest of each record that changed in it.

That is done once for all changes of a unit, from what the database then holds, so that whoever verifies reads and reckons the same.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Connection, Table, bindparam, insert, select

from ebidadmin.domain.applications import IdApplication
from ebidadmin.domain.audit_leaves import SALT_BYTES, BoundRow
from ebidadmin.domain.card_sessions import CardSession
from ebidadmin.domain.cards import CardRegistration, MainContact
from ebidadmin.domain.case_records import CaseRecord
from ebidadmin.domain.claims import Claim
from ebidadmin.domain.desk_requests import DeskRequest
from ebidadmin.domain.dispatches import Dispatch
from ebidadmin.domain.expiry_notices import ExpiryNotice
from ebidadmin.domain.followups import FollowUp
from ebidadmin.domain.id_case_records import IdCaseRecord
from ebidadmin.domain.import_requests import ImportRequest
from ebidadmin.domain.imports import ImportBatch
from ebidadmin.domain.mails import OutboxMail
from ebidadmin.domain.notes import Note
from ebidadmin.domain.permit_proposals import PermitProposal
from ebidadmin.domain.permits import Permit
from ebidadmin.domain.register_changes import Correction, Undoing
from ebidadmin.domain.registrations import Registration
from ebidadmin.domain.report_runs import ReportRun
from ebidadmin.domain.staff_members import StaffMember
from ebidadmin.persistence.bound_units import UNITS, as_kept, digests, keys_of, salted
from ebidadmin.persistence.ready_made import ReadyMade
from ebidadmin.persistence.schema_tree import BoundRowRow

Ref = tuple[str, str]
"""A record: its kind (``bound_units.UNITS``) and its key."""

AT_ONCE = 2_000
"""Records of which digests are reckoned at once."""

_KEEP = ReadyMade(insert(cast("Table", BoundRowRow.__table__)))
_BOUND = ReadyMade(
    select(*map(as_kept, (BoundRowRow.seq, BoundRowRow.kind, BoundRowRow.key, BoundRowRow.digest))).where(
        BoundRowRow.seq >= bindparam("first"), BoundRowRow.seq <= bindparam("last")
    )
)


def _application(after: IdApplication) -> Iterator[Ref]:
    yield "id_applications", after.number


def _registration(after: Registration) -> Iterator[Ref]:
    yield "registrations", after.application
    if after.version == 1:
        yield "enterprise_ids", after.supplier_number


def _card(after: CardRegistration) -> Iterator[Ref]:
    yield "card_registrations", after.id
    if after.version == 1:
        yield "enterprise_ids", after.supplier_number


def _one(kind: str, key: str) -> Callable[[Any], Iterator[Ref]]:
    def refs(after: Any) -> Iterator[Ref]:
        found = after
        for name in key.split("."):
            found = getattr(found, name)
        yield kind, str(found)

    return refs


REFS: Mapping[type, Callable[[Any], Iterator[Ref]]] = {
    IdApplication: _application,
    Registration: _registration,
    CardRegistration: _card,
    Note: _one("application_notes", "application"),
    Claim: _one("application_claims", "application"),
    Permit: _one("permits", "id"),
    PermitProposal: _one("permit_proposals", "id"),
    ImportRequest: _one("import_requests", "id"),
    DeskRequest: _one("desk_requests", "id"),
    OutboxMail: _one("mail_outbox", "id"),
    MainContact: _one("card_main_contacts", "supplier_number"),
    CardSession: _one("card_sessions", "id"),
    ExpiryNotice: _one("card_expiry_notices", "card"),
    CaseRecord: _one("case_records", "session"),
    FollowUp: _one("follow_ups", "id"),
    Dispatch: _one("permit_dispatches", "id"),
    IdCaseRecord: _one("id_case_records", "id"),
    ReportRun: _one("report_runs", "id"),
    StaffMember: _one("staff_members", "login"),
    ImportBatch: _one("qualification_batches", "id"),
    Undoing: _one("qualification_batches", "batch.id"),
    Correction: _one("qualification_batches", "batch.id"),
}
"""Which records a saved aggregate is."""


def bind(connection: Connection, touched: Mapping[Ref, int]) -> Mapping[int, Sequence[BoundRow]]:
    """Keep what the records of ``touched`` became, each with the number of the event that changed it last; by event, what is bound to it.
    Part of the caller's transaction."""
    by_event: dict[int, list[BoundRow]] = {}
    rows: list[dict[str, object]] = []
    for kind, keys in _by_kind(touched):
        for start in range(0, len(keys), AT_ONCE):
            part = keys[start : start + AT_ONCE]
            there = digests(connection, kind, part)
            for key in part:
                seq, salt = touched[kind, key], secrets.token_bytes(SALT_BYTES)
                digest = salted(there[key], salt) if key in there else None
                rows.append({"kind": kind, "key": key, "seq": seq, "salt": salt, "digest": digest})
                by_event.setdefault(seq, []).append(BoundRow(kind=kind, key=key, digest=digest))
            if len(rows) >= AT_ONCE:
                _KEEP.ask(connection, *rows)
                rows = []
    if rows:
        _KEEP.ask(connection, *rows)
    return by_event


def let_go(connection: Connection, refs: Iterable[Ref], *, seq: int) -> Sequence[BoundRow]:
    """Keep that with that event nothing is left of the records of ``refs``; what is bound to it. Their rows are the caller's to delete, in
    the same transaction."""
    bound = [BoundRow(kind=kind, key=key, digest=None) for kind, key in refs]
    rows = [
        {
            "kind": one.kind,
            "key": one.key,
            "seq": seq,
            "salt": secrets.token_bytes(SALT_BYTES),
            "digest": None,
        }
        for one in bound
    ]
    for start in range(0, len(rows), AT_ONCE):
        _KEEP.ask(connection, *rows[start : start + AT_ONCE])
    return bound


def everything(connection: Connection) -> Iterator[Ref]:
    """Every record that is there."""
    for kind in UNITS:
        after: str | int | None = None
        while keys := keys_of(connection, kind, after=after, limit=AT_ONCE):
            yield from ((kind, str(key)) for key in keys)
            after = keys[-1]


def bound_to(connection: Connection, first: int, last: int) -> Mapping[int, Sequence[BoundRow]]:
    """What is bound to the events of those numbers, both ends included."""
    found: dict[int, list[BoundRow]] = {}
    for seq, kind, key, digest in _BOUND.rows(connection, {"first": first, "last": last}):
        found.setdefault(seq, []).append(BoundRow(kind, key, digest))
    return found


def _by_kind(touched: Iterable[Ref]) -> Iterator[tuple[str, list[str]]]:
    found: dict[str, list[str]] = {}
    for kind, key in touched:
        found.setdefault(kind, []).append(key)
    yield from found.items()
