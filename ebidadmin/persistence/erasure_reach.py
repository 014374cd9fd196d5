"""Which rows of a database belong to a supplier, table by table, and when what they tell of ended."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Connection, Table, and_, func, or_, select

from ebidadmin.clock import jst_date
from ebidadmin.domain.events import SubjectKind
from ebidadmin.domain.ids import SupplierNumber
from ebidadmin.domain.retention import Kept, KeptKind
from ebidadmin.persistence import (
    schema,
    schema_cards,
    schema_desk_requests,
    schema_dispatches,
    schema_id_cases,
    schema_proposals,
)
from ebidadmin.persistence import schema_register as register
from ebidadmin.persistence.among import among
from ebidadmin.persistence.binding import Ref

APPLICATIONS = cast("Table", schema.ApplicationRow.__table__)
PERMITS = cast("Table", schema.PermitRow.__table__)
REGISTRATIONS = cast("Table", schema.RegistrationRow.__table__)
CARDS = cast("Table", schema_cards.CardRow.__table__)
SESSIONS = cast("Table", schema_cards.CardSessionRow.__table__)
CASES = cast("Table", schema_cards.CaseRecordRow.__table__)
FOLLOW_UPS = cast("Table", schema_cards.FollowUpRow.__table__)
ID_CASES = cast("Table", schema_id_cases.IdCaseRow.__table__)
PROPOSALS = cast("Table", schema_proposals.ProposalRow.__table__)
DESK_REQUESTS = cast("Table", schema_desk_requests.DeskRequestRow.__table__)
DISPATCHES = cast("Table", schema_dispatches.DispatchRow.__table__)
MAILS = cast("Table", schema.MailRow.__table__)
VERSIONS = cast("Table", register.QualificationRow.__table__)
BATCHES = cast("Table", register.BatchRow.__table__)
KEYS = cast("Table", register.SourceKeyRow.__table__)
CORRECTIONS = cast("Table", register.CorrectionRow.__table__)
EVENTS = cast("Table", schema.AuditRow.__table__)
_CONTACTS = cast("Table", schema_cards.MainContactRow.__table__)

_LIVE_STATES = frozenset({"active", "suspended", "locked"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """The keys of what is a supplier's own."""

    applications: tuple[str, ...]
    permits: tuple[str, ...]
    proposals: tuple[str, ...]
    dispatches: tuple[str, ...]
    registrations: tuple[str, ...]
    desk_requests: tuple[str, ...]
    cards: tuple[str, ...]
    sessions: tuple[str, ...]
    cases: tuple[str, ...]
    id_cases: tuple[str, ...]
    follow_ups: tuple[str, ...]
    mails: tuple[int, ...]
    versions: tuple[int, ...]

    def subjects(self, supplier: SupplierNumber) -> frozenset[tuple[str, str]]:
        """What events and mails are about: of all of these, and the supplier's main contact, which has its number."""
        of = {
            SubjectKind.APPLICATION: self.applications,
            SubjectKind.PERMIT: self.permits,
            SubjectKind.PERMIT_PROPOSAL: self.proposals,
            SubjectKind.REGISTRATION: (*self.registrations, *self.applications),
            SubjectKind.DESK_REQUEST: self.desk_requests,
            SubjectKind.CARD: (*self.cards, supplier),
            SubjectKind.CARD_SESSION: self.sessions,
            SubjectKind.ID_CASE: self.id_cases,
            SubjectKind.FOLLOW_UP: self.follow_ups,
            SubjectKind.MAIL: tuple(map(str, self.mails)),
        }
        return frozenset((kind.value, key) for kind, keys in of.items() for key in keys)


def own(connection: Connection, supplier: SupplierNumber, walks: Collection[str]) -> Own:
    """What is the supplier's own; ``walks`` are keys of card sessions that are its own although they do not name it."""

    def keys(table: Table, name: str) -> tuple[Any, ...]:
        column = table.c[name]
        wanted = select(column).where(table.c.supplier_number == supplier).order_by(column)
        return tuple(connection.scalars(wanted))

    sessions = {*keys(SESSIONS, "id"), *walks}
    named = select(CASES.c.session).where(among(CASES.c.session, sessions))
    found = Own(
        applications=keys(APPLICATIONS, "number"),
        permits=keys(PERMITS, "id"),
        proposals=keys(PROPOSALS, "id"),
        dispatches=keys(DISPATCHES, "id"),
        registrations=keys(REGISTRATIONS, "application"),
        desk_requests=keys(DESK_REQUESTS, "id"),
        cards=keys(CARDS, "id"),
        sessions=tuple(sorted(sessions)),
        cases=tuple(sorted({*keys(CASES, "session"), *connection.scalars(named)})),
        id_cases=keys(ID_CASES, "id"),
        follow_ups=keys(FOLLOW_UPS, "id"),
        mails=(),
        versions=keys(VERSIONS, "id"),
    )
    return _with_mails(connection, found, supplier)


def _with_mails(connection: Connection, found: Own, supplier: SupplierNumber) -> Own:
    mails: set[int] = set()
    for kind in sorted({kind for kind, _ in found.subjects(supplier)}):
        ids = [key for one, key in found.subjects(supplier) if one == kind]
        about = and_(MAILS.c.about_kind == kind, among(MAILS.c.about_id, ids))
        mails.update(connection.scalars(select(MAILS.c.id).where(about)))
    return replace(found, mails=tuple(sorted(mails)))


def records(connection: Connection, found: Own, supplier: SupplierNumber) -> tuple[Ref, ...]:
    """The records that go, each of which is there."""
    refs: list[Ref] = []
    for kind, keys in (
        ("id_applications", found.applications),
        ("permits", found.permits),
        ("permit_proposals", found.proposals),
        ("permit_dispatches", found.dispatches),
        ("registrations", found.registrations),
        ("desk_requests", found.desk_requests),
        ("card_registrations", found.cards),
        ("card_sessions", found.sessions),
        ("case_records", found.cases),
        ("id_case_records", found.id_cases),
        ("follow_ups", found.follow_ups),
        ("mail_outbox", found.mails),
    ):
        refs += [(kind, str(key)) for key in keys]
    for row, column, keys in (
        (schema.NoteRow, schema.NoteRow.application, found.applications),
        (schema.ClaimRow, schema.ClaimRow.application, found.applications),
        (schema_cards.ExpiryNoticeRow, schema_cards.ExpiryNoticeRow.card, found.cards),
        (schema.EnterpriseIdRow, schema.EnterpriseIdRow.supplier_number, (supplier,)),
        (schema_cards.MainContactRow, schema_cards.MainContactRow.supplier_number, (supplier,)),
    ):
        there = connection.scalars(select(column).where(among(column, keys)).distinct())
        refs += [(row.__tablename__, key) for key in there]
    return tuple(sorted(refs))


def touched(connection: Connection, supplier: SupplierNumber) -> tuple[Ref, ...]:
    """Imports that brought the supplier, changed or ended it: what they opened and closed becomes less."""
    of_supplier = VERSIONS.c.supplier_number == supplier
    wanted = (
        select(VERSIONS.c.from_batch).where(of_supplier),
        select(VERSIONS.c.to_batch).where(of_supplier, VERSIONS.c.to_batch.is_not(None)),
        select(KEYS.c.from_batch).where(KEYS.c.supplier_number == supplier),
        select(CORRECTIONS.c.batch).where(CORRECTIONS.c.supplier_number == supplier),
    )
    found = {batch for one in wanted for batch in connection.scalars(one)}
    return tuple(("qualification_batches", str(batch)) for batch in sorted(found))


def suppliers(connection: Connection) -> Iterator[SupplierNumber]:
    """Every supplier that is not in the register now and of which something is kept."""
    current = select(VERSIONS.c.supplier_number).where(VERSIONS.c.to_batch.is_(None))
    tables = (VERSIONS, APPLICATIONS, PERMITS, REGISTRATIONS, CARDS, SESSIONS, CASES, ID_CASES)
    found: set[str] = set()
    for table in tables:
        column = table.c.supplier_number
        wanted = select(column).where(column.is_not(None), column.not_in(current)).distinct()
        found.update(connection.scalars(wanted))
    yield from (SupplierNumber(number) for number in sorted(found))


def kept(
    connection: Connection, numbers: Sequence[SupplierNumber], today: date
) -> Mapping[SupplierNumber, Collection[Kept]]:
    """What is kept of each of them, and when it ended."""
    found: dict[SupplierNumber, list[Kept]] = {number: [] for number in numbers}
    for supplier, one in _all_kept(connection, numbers, today):
        found[supplier].append(one)
    return {number: tuple(sorted(some, key=_order)) for number, some in found.items()}


def _order(one: Kept) -> tuple[str, str]:
    return (one.kind, one.key)


def _all_kept(
    connection: Connection, numbers: Sequence[SupplierNumber], today: date
) -> Iterator[tuple[SupplierNumber, Kept]]:
    applied = {
        batch: _day(at) for batch, at in connection.execute(select(BATCHES.c.id, BATCHES.c.applied_at))
    }
    for row in _rows(connection, VERSIONS, numbers, "from_batch", "to_batch"):
        yield row.supplier_number, Kept(KeptKind.REGISTER, f"{row.from_batch}", applied.get(row.to_batch))
    for row in _rows(connection, APPLICATIONS, numbers, "number", "state", "decided_at"):
        yield row.supplier_number, Kept(KeptKind.APPLICATION, row.number, _day(row.decided_at))
    yield from _permits(connection, numbers, today)
    for row in _rows(connection, REGISTRATIONS, numbers, "application", "state", "created_at"):
        ended = None
        if row.state not in _LIVE_STATES:
            ended = _last_told(connection, SubjectKind.REGISTRATION, row.application) or _day(row.created_at)
        yield row.supplier_number, Kept(KeptKind.REGISTRATION, row.application, ended)
    for row in _rows(connection, DESK_REQUESTS, numbers, "id", "ended_at"):
        yield row.supplier_number, Kept(KeptKind.REGISTRATION, row.id, _day(row.ended_at))
    for row in _rows(connection, CARDS, numbers, "id", "state", "not_after", "registered_at"):
        yield row.supplier_number, Kept(KeptKind.CARD, row.id, _card_end(connection, row, today))
    yield from _help_desk(connection, numbers)
    yield from _mails(connection, numbers)


def _permits(
    connection: Connection, numbers: Sequence[SupplierNumber], today: date
) -> Iterator[tuple[SupplierNumber, Kept]]:
    """Requests and permits, proposals for them, and the letters that went out."""
    for row in _rows(
        connection,
        PERMITS,
        numbers,
        "id",
        "state",
        "valid_to",
        "withdrawn_from",
        "voided_at",
        "decided_at",
        "received",
    ):
        yield row.supplier_number, Kept(KeptKind.PERMIT, row.id, _permit_end(row, today))
    for row in _rows(
        connection, PROPOSALS, numbers, "id", "state", "ended_at", "confirmed_at", "requested_at"
    ):
        ended = (
            None if row.state == "requested" else _day(row.ended_at or row.confirmed_at or row.requested_at)
        )
        yield row.supplier_number, Kept(KeptKind.PERMIT, row.id, ended)
    for row in _rows(connection, DISPATCHES, numbers, "id", "day"):
        yield row.supplier_number, Kept(KeptKind.PERMIT, row.id, row.day)


def _rows(connection: Connection, table: Table, numbers: Sequence[str], *names: str) -> Sequence[Any]:
    wanted = select(table.c.supplier_number, *(table.c[name] for name in names))
    return connection.execute(wanted.where(among(table.c.supplier_number, numbers))).all()


def _permit_end(row: Any, today: date) -> date | None:
    """A permit ends with its last day, its withdrawal, its refusal or as void."""
    if row.state == "requested":
        return None
    if row.state == "granted":
        last: date | None = row.valid_to
        return last if last is not None and last < today else None
    decided = _day(row.decided_at)
    if row.state == "withdrawn" and row.withdrawn_from is not None:
        # From which day on it no longer holds may have been put into the future.
        first: date = row.withdrawn_from
        return max(first, decided or first)
    received: date = row.received
    return _day(row.voided_at) or decided or received


def _card_end(connection: Connection, row: Any, today: date) -> date | None:
    """A card ends with its registration or its certificate."""
    last = jst_date(row.not_after)
    if row.state in _LIVE_STATES:
        return last if last < today else None
    return _last_told(connection, SubjectKind.CARD, row.id) or _day(row.registered_at)


def _help_desk(
    connection: Connection, numbers: Sequence[SupplierNumber]
) -> Iterator[tuple[SupplierNumber, Kept]]:
    """Walks and records of them; a walk that nobody ended keeps nobody from anything."""
    for table, key, at in (
        (SESSIONS, "id", "started_at"),
        (CASES, "session", "written_at"),
        (ID_CASES, "id", "written_at"),
    ):
        for row in _rows(connection, table, numbers, key, at):
            yield row.supplier_number, Kept(KeptKind.HELP_DESK, row[1], _day(row[2]))


def walks_kept(connection: Connection, walks: Collection[str]) -> Iterator[Kept]:
    """Of walks that do not name their supplier, and what was recorded of them."""
    for table, key, at in ((SESSIONS, "id", "started_at"), (CASES, "session", "written_at")):
        wanted = select(table.c[key], table.c[at]).where(
            among(table.c[key], walks), table.c.supplier_number.is_(None)
        )
        for found, moment in connection.execute(wanted.order_by(table.c[key])):
            yield Kept(KeptKind.HELP_DESK, found, _day(moment))


def _mails(
    connection: Connection, numbers: Sequence[SupplierNumber]
) -> Iterator[tuple[SupplierNumber, Kept]]:
    """Mails about what is the supplier's own (``Own.subjects``); one that was given up has ended."""
    for table, key, kinds in (
        (APPLICATIONS, APPLICATIONS.c.number, (SubjectKind.APPLICATION, SubjectKind.REGISTRATION)),
        (PERMITS, PERMITS.c.id, (SubjectKind.PERMIT,)),
        (CARDS, CARDS.c.id, (SubjectKind.CARD,)),
        (_CONTACTS, _CONTACTS.c.supplier_number, (SubjectKind.CARD,)),
        (SESSIONS, SESSIONS.c.id, (SubjectKind.CARD_SESSION,)),
    ):
        about = and_(MAILS.c.about_id == key, MAILS.c.about_kind.in_([kind.value for kind in kinds]))
        wanted = (
            select(table.c.supplier_number, MAILS.c.id, MAILS.c.state, MAILS.c.sent_at, MAILS.c.written_at)
            .join(MAILS, about)
            .where(among(table.c.supplier_number, numbers))
        )
        for number, mail, state, sent_at, written_at in connection.execute(wanted):
            ended = None if state == "waiting" else _day(sent_at or written_at)
            yield number, Kept(KeptKind.MAIL, str(mail), ended)


def _last_told(connection: Connection, kind: SubjectKind, key: str) -> date | None:
    """The day of the last event about it: what has ended is spoken of no more."""
    about = and_(EVENTS.c.subject_kind == kind.value, EVENTS.c.subject_id == key)
    return _day(connection.scalar(select(func.max(EVENTS.c.at)).where(about)))


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else jst_date(moment)


def told_about(supplier: SupplierNumber, found: Own) -> Any:
    """The condition on events that are about what is the supplier's own."""
    of: dict[str, list[str]] = {}
    for kind, key in found.subjects(supplier):
        of.setdefault(kind, []).append(key)
    about = (
        and_(EVENTS.c.subject_kind == kind, among(EVENTS.c.subject_id, keys)) for kind, keys in of.items()
    )
    return or_(EVENTS.c.supplier_number == supplier, *about)
