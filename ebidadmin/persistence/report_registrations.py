"""Facts of the reports on registrations by month and on the fiscal year, on SQL."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import pairwise

from sqlalchemy import Connection, Engine, func, select

from ebidadmin.clock import end_of, jst_date
from ebidadmin.domain.events import EventTag, SubjectKind
from ebidadmin.domain.qualifications import Grade
from ebidadmin.persistence.engine import reading
from ebidadmin.persistence.report_facts import applications
from ebidadmin.persistence.report_shared import (
    last_tags,
    live_cards,
    live_ids,
    records_as_of,
    some_as_of,
    version_as_of,
)
from ebidadmin.persistence.schema import ApplicationRow, AuditRow, RegistrationRow
from ebidadmin.persistence.schema_cards import CardRow
from ebidadmin.persistence.schema_register import QualificationRow
from ebidadmin.services.auto_approval import ACTOR
from ebidadmin.services.report_register_facts import (
    Method,
    MonthlyFacts,
    Registered,
    Standing,
    YearFacts,
)

CATEGORIES = ("grade_manufacture", "grade_sale", "grade_service", "grade_purchase")
"""Fields of the register that grade a supplier for one kind of contract each."""

_CARD_STOPS: Mapping[EventTag | None, Standing] = {
    EventTag.CARD_SUSPENDED: Standing.CARD_SUSPENDED,
    EventTag.CARD_RESUMED: Standing.CARD_USABLE,
}
_ID_STOPS: Mapping[EventTag | None, Standing] = {
    EventTag.REGISTRATION_SUSPENDED: Standing.ID_SUSPENDED,
    EventTag.REGISTRATION_RESUMED: Standing.ID_USABLE,
    EventTag.REGISTRATION_LOCKED: Standing.ID_LOCKED,
    EventTag.REGISTRATION_UNLOCKED: Standing.ID_USABLE,
    EventTag.REGISTRATION_RESET: Standing.ID_USABLE,
}
"""How a registration stands after the last of these events; before the first it is usable."""

_KNOWN = frozenset(tag.value for tag in EventTag)


class RegistrationReportReader:
    """Each call sees one state of the database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = reading(engine)

    def monthly(self, *, after: datetime, until: datetime) -> MonthlyFacts:
        """Registrations and decisions after a moment up to and including another."""
        row = ApplicationRow
        with self._engine.connect() as connection:
            return MonthlyFacts(
                registered=_registered(connection, after, until),
                decided=applications(connection, (row.decided_at > after, row.decided_at <= until), until),
            )

    def year(self, months: Sequence[datetime], *, until: datetime) -> YearFacts:
        """Events between consecutive ``months`` (each the last moment before one begins, in order), and how registrations
        stood at ``until``."""
        found: Counter[tuple[date, EventTag]] = Counter()
        automatic: dict[date, int] = {}
        with self._engine.connect() as connection:
            for after, end in pairwise(months):
                counts = (
                    select(AuditRow.tag, AuditRow.by, func.count())
                    .where(AuditRow.at > after, AuditRow.at <= min(end, until))
                    .group_by(AuditRow.tag, AuditRow.by)
                )
                month = jst_date(end).replace(day=1)
                for tag, by, count in connection.execute(counts):
                    if tag in _KNOWN:
                        found[month, EventTag(tag)] += count
                    if (tag, by) == (EventTag.APPLICATION_APPROVED.value, ACTOR.login):
                        automatic[month] = count
            return YearFacts(
                events=found,
                automatic=automatic,
                standing=_standing(connection, until),
                suppliers=len(
                    records_as_of(
                        connection, version_as_of(connection, until), QualificationRow.supplier_number
                    )
                ),
            )


def _registered(connection: Connection, after: datetime, until: datetime) -> tuple[Registered, ...]:
    by_id, card = RegistrationRow, CardRow
    ids = select(by_id.supplier_number, by_id.created_at).where(
        by_id.created_at > after, by_id.created_at <= until
    )
    cards = select(card.supplier_number, card.registered_at, card.replaces).where(
        card.registered_at > after, card.registered_at <= until
    )
    made = [(Method.ID, one.supplier_number, one.created_at) for one in connection.execute(ids)]
    for one in connection.execute(cards):
        method = Method.CARD if one.replaces is None else Method.RENEWAL
        made.append((method, one.supplier_number, one.registered_at))
    of_month: defaultdict[datetime, set[str]] = defaultdict(set)
    for _, supplier, at in made:
        of_month[min(_end_of_month(at), until)].add(supplier)
    grades = {end: _categories(connection, suppliers, end) for end, suppliers in of_month.items()}
    return tuple(
        Registered(
            method=method,
            supplier_number=supplier,
            at=at,
            categories=grades[min(_end_of_month(at), until)].get(supplier, ()),
        )
        for method, supplier, at in sorted(made, key=lambda one: (one[2], one[1], one[0]))
    )


def _end_of_month(moment: datetime) -> datetime:
    day = jst_date(moment)
    return end_of(day.replace(day=monthrange(day.year, day.month)[1]))


def _standing(connection: Connection, as_of: datetime) -> dict[Standing, int]:
    suspended = last_tags(connection, SubjectKind.CARD, _CARD_STOPS, as_of)
    counted: Counter[Standing] = Counter()
    for card in live_cards(connection, as_of):
        if card.not_after < as_of:
            counted[Standing.CARD_EXPIRED] += 1
        else:
            counted[_CARD_STOPS.get(suspended.get(card.id), Standing.CARD_USABLE)] += 1
    stopped = last_tags(connection, SubjectKind.REGISTRATION, _ID_STOPS, as_of)
    for one in live_ids(connection, as_of):
        counted[_ID_STOPS.get(stopped.get(one.application), Standing.ID_USABLE)] += 1
    return {standing: counted[standing] for standing in Standing}


def _categories(connection: Connection, suppliers: set[str], as_of: datetime) -> dict[str, tuple[str, ...]]:
    held = QualificationRow
    columns = (held.supplier_number, *(getattr(held, name) for name in CATEGORIES))
    rows = some_as_of(connection, version_as_of(connection, as_of), suppliers, *columns)
    return {
        row.supplier_number: tuple(name for name in CATEGORIES if getattr(row, name) is not Grade.NONE)
        for row in rows
    }
