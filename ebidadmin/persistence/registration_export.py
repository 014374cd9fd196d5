"""Registrations for an export, read row by row: never a hash, never a certificate itself."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Engine, Executable, Row, ScalarSelect, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from ebidadmin.domain.events import EventTag, SubjectKind
from ebidadmin.domain.followups import RegistrationKind
from ebidadmin.domain.ids import EnterpriseId, SupplierNumber, UserId
from ebidadmin.persistence.engine import reading
from ebidadmin.persistence.mapping import contact_from
from ebidadmin.persistence.schema import AuditRow, RegistrationRow
from ebidadmin.persistence.schema_cards import CardRow, MainContactRow
from ebidadmin.persistence.schema_register import QualificationRow
from ebidadmin.services.registration_export import ExportedCertificate, ExportedRegistration, Wanted

CHUNK = 500

_CHANGES = frozenset(
    {
        *(EventTag.REGISTRATION_CREATED, EventTag.REGISTRATION_LOCKED, EventTag.REGISTRATION_UNLOCKED),
        *(EventTag.REGISTRATION_SUSPENDED, EventTag.REGISTRATION_RESUMED, EventTag.REGISTRATION_CANCELLED),
        *(EventTag.REGISTRATION_RESET, EventTag.REGISTRATION_CHANGED),
        *(EventTag.CARD_REGISTERED, EventTag.CARD_RENEWED, EventTag.CARD_REPLACED),
        *(EventTag.CARD_CONTACT_CHANGED, EventTag.CARD_MAIN_CONTACT_SET, EventTag.CARD_RECHECKED),
        *(EventTag.CARD_SUSPENDED, EventTag.CARD_RESUMED, EventTag.CARD_CANCELLED),
    }
)
"""Events that change a value of an export. Wrong passwords and one-time codes change a registration too, but nothing that leaves."""


class SqlRegistrationReader:
    """``registration_export.RegistrationReader``: all of it in one transaction, which sees one state of the database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = reading(engine)

    def rows(self, wanted: Wanted) -> Iterator[ExportedRegistration]:
        # One transaction until the last row is taken, so that all are as of one moment. It hinders no writer on PostgreSQL nor under
        # SQLite's write-ahead log, which only cannot be cut back meanwhile; under the rollback journal writers wait, as
        # docs/registration-export.md tells.
        with self._engine.begin() as connection:
            streaming = connection.execution_options(yield_per=CHUNK)
            for row in streaming.execute(_ids(wanted)):
                yield _id_from(row)
            for row in streaming.execute(_cards(wanted)):
                yield _card_from(row)


def _ids(wanted: Wanted) -> Executable:
    row = RegistrationRow
    changed = func.coalesce(_last_change(SubjectKind.REGISTRATION, row.application), row.created_at)
    chosen = [_in_states(row.state, wanted.states)]
    if wanted.changed_since is not None:
        chosen.append(changed >= wanted.changed_since)
    return (
        select(
            *(row.application, row.supplier_number, row.enterprise_id, row.user_id, row.state),
            *(row.main_contact, row.applicant_contact, row.created_at),
            changed.label("changed_at"),
            QualificationRow.trade_name,
        )
        .outerjoin(QualificationRow, _of_now(row.supplier_number))
        .where(*chosen)
        .order_by(row.supplier_number, row.application)
    )


def _cards(wanted: Wanted) -> Executable:
    row = CardRow
    changed = func.coalesce(_last_change(SubjectKind.CARD, row.id), row.registered_at)
    shared = _last_change(SubjectKind.CARD, row.supplier_number)
    chosen = [_in_states(row.state, wanted.states)]
    if wanted.changed_since is not None:
        chosen.append(or_(changed >= wanted.changed_since, shared >= wanted.changed_since))
    return (
        select(
            *(row.id, row.supplier_number, row.enterprise_id, row.state, row.card_contact, row.registered_at),
            *(row.serial, row.issuer, row.fingerprint, row.not_before, row.not_after, row.revocation),
            *(row.replaces, row.replaced_by),
            changed.label("changed_at"),
            shared.label("shared_at"),
            MainContactRow.contact.label("main_contact"),
            QualificationRow.trade_name,
        )
        .outerjoin(MainContactRow, MainContactRow.supplier_number == row.supplier_number)
        .outerjoin(QualificationRow, _of_now(row.supplier_number))
        .where(*chosen)
        .order_by(row.supplier_number, row.id)
    )


def _last_change(kind: SubjectKind, key: InstrumentedAttribute[str]) -> ScalarSelect[datetime]:
    """The trail's last event that changed it. Asked for each row by itself, so that nothing is gathered for all before the first."""
    return (
        select(func.max(AuditRow.at))
        .where(
            AuditRow.subject_kind == kind.value,
            AuditRow.subject_id == key,
            AuditRow.tag.in_(sorted(tag.value for tag in _CHANGES)),
        )
        .correlate(key.class_)
        .scalar_subquery()
    )


def _of_now(supplier: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    return and_(QualificationRow.supplier_number == supplier, QualificationRow.to_batch.is_(None))


def _in_states(column: InstrumentedAttribute[Any], states: Collection[str]) -> ColumnElement[bool]:
    """Whether it is in one of them; a state that only the other kind has fits none of this one."""
    known = {member.value for member in column.type.members}
    return column.in_(sorted(known.intersection(states) if states else known))


def _id_from(row: Row[Any]) -> ExportedRegistration:
    return ExportedRegistration(
        kind=RegistrationKind.ID,
        number=row.application,
        supplier_number=SupplierNumber(row.supplier_number),
        enterprise_id=EnterpriseId(row.enterprise_id),
        trade_name=row.trade_name,
        state=row.state.value,
        registered_at=row.created_at,
        changed_at=row.changed_at,
        user_id=UserId(row.user_id),
        main_contact=contact_from(row.main_contact),
        applicant_contact=contact_from(row.applicant_contact),
    )


def _card_from(row: Row[Any]) -> ExportedRegistration:
    return ExportedRegistration(
        kind=RegistrationKind.CARD,
        number=row.id,
        supplier_number=SupplierNumber(row.supplier_number),
        enterprise_id=EnterpriseId(row.enterprise_id),
        trade_name=row.trade_name,
        state=row.state.value,
        registered_at=row.registered_at,
        changed_at=row.changed_at if row.shared_at is None else max(row.changed_at, row.shared_at),
        main_contact=None if row.main_contact is None else contact_from(row.main_contact),
        card_contact=contact_from(row.card_contact),
        certificate=ExportedCertificate(
            serial=row.serial,
            issuer=row.issuer,
            fingerprint=row.fingerprint,
            not_before=row.not_before,
            not_after=row.not_after,
        ),
        revocation=row.revocation,
        replaces=row.replaces,
        replaced_by=row.replaced_by,
    )
