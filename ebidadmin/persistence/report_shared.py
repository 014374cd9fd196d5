"""What several reports read of the database as of a moment."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, or_, select
from sqlalchemy.orm import aliased

from ebidadmin.domain.cards import CardState
from ebidadmin.domain.events import EventTag, SubjectKind
from ebidadmin.domain.registrations import RegistrationState
from ebidadmin.persistence.among import among
from ebidadmin.persistence.schema import ApplicationRow, AuditRow, RegistrationRow
from ebidadmin.persistence.schema_cards import CardRow
from ebidadmin.persistence.schema_register import BatchRow, QualificationRow


def version_as_of(connection: Connection, as_of: datetime) -> int | None:
    """The register's version at the moment."""
    return connection.scalar(select(func.max(BatchRow.id)).where(BatchRow.applied_at <= as_of))


def records_as_of(connection: Connection, version: int | None, *columns: Any) -> list[Any]:
    """Those columns of every supplier as the register's version had it, by number."""
    if version is None:
        return []
    row = QualificationRow
    there = (row.from_batch <= version, or_(row.to_batch.is_(None), row.to_batch > version))
    return list(connection.execute(select(*columns).where(*there).order_by(row.supplier_number)))


def some_as_of(
    connection: Connection, version: int | None, suppliers: Collection[str], *columns: Any
) -> list[Any]:
    """As ``records_as_of``, of those suppliers."""
    if version is None or not suppliers:
        return []
    row = QualificationRow
    there = (row.from_batch <= version, or_(row.to_batch.is_(None), row.to_batch > version))
    chosen = among(row.supplier_number, sorted(suppliers))
    return list(connection.execute(select(*columns).where(chosen, *there).order_by(row.supplier_number)))


def names_as_of(connection: Connection, as_of: datetime, suppliers: Collection[str]) -> Mapping[str, str]:
    """As the register had them at the moment."""
    row = QualificationRow
    found = some_as_of(
        connection, version_as_of(connection, as_of), suppliers, row.supplier_number, row.trade_name
    )
    return {one.supplier_number: one.trade_name for one in found}


def live_ids(connection: Connection, as_of: datetime) -> list[Any]:
    """Those that were there and not cancelled yet; when one was cancelled the trail tells."""
    row = RegistrationRow
    columns = (row.application, row.supplier_number, row.created_at, row.state, ApplicationRow.trade_name)
    there = (
        select(*columns)
        .join(ApplicationRow, ApplicationRow.number == row.application)
        .where(row.created_at <= as_of)
        .order_by(row.created_at, row.application)
    )
    later = _ended_later(connection, EventTag.REGISTRATION_CANCELLED, SubjectKind.REGISTRATION, as_of)
    return [
        one
        for one in connection.execute(there)
        if one.state is not RegistrationState.CANCELLED or one.application in later
    ]


def live_cards(connection: Connection, as_of: datetime) -> list[Any]:
    """Those that were registered, not replaced and not cancelled yet, by their end."""
    row, next_card = CardRow, aliased(CardRow)
    columns = (row.id, row.supplier_number, row.company_name, row.holder_name, row.not_after, row.state)
    there = (
        select(*columns, next_card.registered_at.label("replaced_at"))
        .outerjoin(next_card, next_card.id == row.replaced_by)
        .where(row.registered_at <= as_of)
        .order_by(row.not_after, row.id)
    )
    later = _ended_later(connection, EventTag.CARD_CANCELLED, SubjectKind.CARD, as_of)
    return [
        one
        for one in connection.execute(there)
        if (one.state is not CardState.CANCELLED or one.id in later)
        and (one.state is not CardState.REPLACED or one.replaced_at > as_of)
    ]


def open_applications(connection: Connection, as_of: datetime) -> Mapping[str, str]:
    """Numbers of the applications that waited for a decision at the moment, by supplier."""
    row = ApplicationRow
    undecided = (row.applied_at <= as_of, or_(row.decided_at.is_(None), row.decided_at > as_of))
    # A withdrawn one has its moment in decided_at too.
    found = connection.execute(select(row.supplier_number, row.number).where(*undecided))
    return {one.supplier_number: one.number for one in found}


def last_tags(
    connection: Connection, kind: SubjectKind, tags: Collection[EventTag | None], as_of: datetime
) -> Mapping[str, EventTag]:
    """By subject the last of those events up to the moment."""
    wanted = sorted(tag.value for tag in tags if tag is not None)
    told = select(AuditRow.subject_id, AuditRow.tag).where(
        AuditRow.subject_kind == kind.value, AuditRow.tag.in_(wanted), AuditRow.at <= as_of
    )
    return {subject: EventTag(tag) for subject, tag in connection.execute(told.order_by(AuditRow.seq))}


def _ended_later(connection: Connection, tag: EventTag, kind: SubjectKind, as_of: datetime) -> frozenset[str]:
    ended = select(AuditRow.subject_id).where(
        AuditRow.tag == tag.value, AuditRow.subject_kind == kind.value, AuditRow.at > as_of
    )
    return frozenset(connection.scalars(ended))
