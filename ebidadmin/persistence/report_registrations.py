"""Facts of the reports on registrations by month and on the fiscal year, on SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import pairwise

from sqlalchemy import Connection, Engine, func, select

from ebidadmin.clock import jst_date
from ebidadmin.domain.events import EventTag
from ebidadmin.domain.qualifications import Grade
from ebidadmin.persistence.engine import reading
from ebidadmin.persistence.report_facts import applications
from ebidadmin.persistence.report_shared import (
    live_cards,
    live_ids,
    records_as_of,
    some_as_of,
    version_as_of,
)
from ebidadmin.persistence.schema import ApplicationRow, AuditRow, RegistrationRow
from ebidadmin.persistence.schema_cards import CardRow
from ebidadmin.persistence.schema_register import QualificationRow
from ebidadmin.services.report_register_facts import Method, MonthlyFacts, Registered, YearFacts

CATEGORIES = ("grade_manufacture", "grade_sale", "grade_service", "grade_purchase")
"""Fields of the register that grade a supplier for one kind of contract each."""

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
        """Events between consecutive ``months`` (each the last moment before one begins, in order), and what was live at ``until``."""
        found: dict[tuple[date, EventTag], int] = {}
        with self._engine.connect() as connection:
            for after, end in pairwise(months):
                counts = (
                    select(AuditRow.tag, func.count())
                    .where(AuditRow.at > after, AuditRow.at <= min(end, until))
                    .group_by(AuditRow.tag)
                )
                month = jst_date(end).replace(day=1)
                for tag, count in connection.execute(counts):
                    if tag in _KNOWN:
                        found[month, EventTag(tag)] = count
            return YearFacts(
                events=found,
                live_cards=len(live_cards(connection, until)),
                live_ids=len(live_ids(connection, until)),
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
    grades = _categories(connection, {supplier for _, supplier, _ in made}, until)
    return tuple(
        Registered(method=method, supplier_number=supplier, at=at, categories=grades.get(supplier, ()))
        for method, supplier, at in sorted(made, key=lambda one: (one[2], one[1], one[0]))
    )


def _categories(connection: Connection, suppliers: set[str], as_of: datetime) -> dict[str, tuple[str, ...]]:
    held = QualificationRow
    columns = (held.supplier_number, *(getattr(held, name) for name in CATEGORIES))
    rows = some_as_of(connection, version_as_of(connection, as_of), suppliers, *columns)
    return {
        row.supplier_number: tuple(name for name in CATEGORIES if getattr(row, name) is not Grade.NONE)
        for row in rows
    }
