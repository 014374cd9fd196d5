"""Many applications at once: what the batch intake asks about them, and how those that are new are saved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import accumulate
from typing import TypeVar

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from ebidadmin.domain.applications import OPEN_STATES, ApplicationState, IdApplication
from ebidadmin.domain.events import SubjectKind
from ebidadmin.domain.ids import ApplicationNumber, BatchId, SupplierNumber, UserId
from ebidadmin.domain.names import NameRules
from ebidadmin.persistence import mapping
from ebidadmin.persistence.register import Executor
from ebidadmin.persistence.repositories import fetch, load_applications
from ebidadmin.persistence.rows import changed_one
from ebidadmin.persistence.schema import ApplicationRow, AuditRow, ContactPointRow, UserIdRow
from ebidadmin.persistence.schema_base import Base
from ebidadmin.persistence.schema_register import BatchRow
from ebidadmin.persistence.twins import form_points, user_id_folded
from ebidadmin.services.intake_ports import RegisterVersions, SupplierStanding

ASKED_AT_ONCE = 1_000
"""Values of one statement; SQLite takes some thirty thousand, PostgreSQL twice as many."""

V = TypeVar("V")


class SqlIntakeReads:
    """``intake_ports.IntakeReads``; the unit of work has taken the turn to write."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def present(self, numbers: Collection[ApplicationNumber]) -> Mapping[ApplicationNumber, IdApplication]:
        found: dict[ApplicationNumber, IdApplication] = {}
        for part in _parts(numbers):
            rows = fetch(self._session, select(ApplicationRow).where(ApplicationRow.number.in_(part)))
            found |= {one.number: one for one in load_applications(self._session, rows)}
            # The session would keep every row that it ever read: a batch reads more of them than memory should hold.
            self._session.expunge_all()
        return found

    def standings(self, suppliers: Collection[SupplierNumber]) -> Mapping[SupplierNumber, SupplierStanding]:
        of: defaultdict[str, list[tuple[str, ApplicationState]]] = defaultdict(list)
        for part in _parts(suppliers):
            statement = (
                select(ApplicationRow.supplier_number, ApplicationRow.number, ApplicationRow.state)
                .where(ApplicationRow.supplier_number.in_(part))
                .order_by(ApplicationRow.applied_at.desc(), ApplicationRow.number.desc())
            )
            for supplier, number, state in self._session.execute(statement):
                of[supplier].append((number, state))
        several = [
            number
            for found in of.values()
            if len(found) > 1 and not any(state in OPEN_STATES for _, state in found)
            for number, _ in found
        ]
        came_in = self._came_in(several)
        return {SupplierNumber(supplier): _standing(found, came_in) for supplier, found in of.items()}

    def holders(self, user_ids: Collection[UserId]) -> Mapping[str, SupplierNumber]:
        found: dict[str, SupplierNumber] = {}
        for part in _parts({user_id_folded(user_id) for user_id in user_ids}):
            statement = select(UserIdRow.user_id_folded, UserIdRow.supplier_number)
            for folded, supplier in self._session.execute(
                statement.where(UserIdRow.user_id_folded.in_(part))
            ):
                found[folded] = SupplierNumber(supplier)
        return found

    def register_versions(self, first: datetime, last: datetime) -> RegisterVersions:
        before = self._session.scalar(select(func.max(BatchRow.id)).where(BatchRow.applied_at <= first))
        within = (
            select(BatchRow.applied_at, BatchRow.id)
            .where(BatchRow.applied_at > first, BatchRow.applied_at <= last)
            .order_by(BatchRow.applied_at)
        )
        steps = self._session.execute(within).all()
        # The latest is the one with the highest number, also where the clock was set back between two imports.
        latest = list(accumulate((number for _, number in steps), max, initial=before or 0))
        present = self._session.scalar(select(func.max(BatchRow.id)))
        return RegisterVersions(
            moments=(first, *(at for at, _ in steps)),
            versions=tuple(BatchId(number) if number else None for number in latest),
            present=None if present is None else BatchId(present),
        )

    def _came_in(self, numbers: Sequence[str]) -> dict[str, int]:
        """Where the trail tells each submission."""
        found: dict[str, int] = {}
        for part in _parts(numbers):
            statement = (
                select(AuditRow.subject_id, func.min(AuditRow.seq))
                .where(AuditRow.subject_kind == SubjectKind.APPLICATION.value, AuditRow.subject_id.in_(part))
                .group_by(AuditRow.subject_id)
            )
            found |= {row[0]: row[1] for row in self._session.execute(statement)}
        return found


def save_new_applications(session: Session, names: NameRules, new: Sequence[IdApplication]) -> None:
    """Insert applications of version 1, as ``savers.save_application`` does with one of them."""
    _insert(session, ApplicationRow.__tablename__, [mapping.application_values(one, names) for one in new])
    points = [
        {
            "source": "application",
            "key": one.number,
            "field": field,
            "value": value,
            "supplier_number": one.supplier_number,
        }
        for one in new
        for field, value in form_points(one.form)
    ]
    _insert(session, ContactPointRow.__tablename__, points)
    _reserve(session, new)


def append_rows(session: Executor, rows: Sequence[mapping.Values]) -> Sequence[int]:
    """Append events to the trail, in their order; their numbers, which the turn to write keeps in one row."""
    before = session.scalar(select(func.max(AuditRow.seq))) or 0
    _insert(session, AuditRow.__tablename__, rows)
    return session.scalars(select(AuditRow.seq).where(AuditRow.seq > before).order_by(AuditRow.seq)).all()


def _reserve(session: Session, new: Sequence[IdApplication]) -> None:
    """A user id that the supplier's registration holds already gets the application as its further use."""
    wanted = {user_id_folded(one.form.user_id): one for one in new}
    free = select(UserIdRow.user_id_folded, UserIdRow.supplier_number).where(UserIdRow.application.is_(None))
    held = {
        folded
        for part in _parts(wanted)
        for folded, supplier in session.execute(free.where(UserIdRow.user_id_folded.in_(part)))
        if supplier == wanted[folded].supplier_number
    }
    for folded in sorted(held):
        own = update(UserIdRow).where(UserIdRow.user_id_folded == folded)
        changed_one(session, own.values(application=wanted[folded].number))
    fresh = [
        {
            "user_id_folded": user_id_folded(one.form.user_id),
            "supplier_number": one.supplier_number,
            "application": one.number,
            "registration": None,
        }
        for one in new
        if user_id_folded(one.form.user_id) not in held
    ]
    _insert(session, UserIdRow.__tablename__, fresh)


def _insert(session: Executor, table: str, rows: Sequence[Mapping[str, object]]) -> None:
    if rows:
        # Into the table, past the mapped class: that would sort the rows by which of their values are missing.
        session.execute(insert(Base.metadata.tables[table]), rows)


def _standing(found: Sequence[tuple[str, ApplicationState]], came_in: Mapping[str, int]) -> SupplierStanding:
    """The open one, else the last that came in: the moment of application is what a batch says, and may lie before a decision."""
    opened = next(((number, state) for number, state in found if state in OPEN_STATES), None)
    latest = opened or max(found, key=lambda one: came_in.get(one[0], 0))
    return SupplierStanding(
        None if opened is None else (ApplicationNumber(opened[0]), opened[1]), ApplicationNumber(latest[0])
    )


def _parts(values: Collection[V]) -> Iterator[list[V]]:
    listed = list(values)
    for start in range(0, len(listed), ASKED_AT_ONCE):
        yield listed[start : start + ASKED_AT_ONCE]
