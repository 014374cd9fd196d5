"""What findings depend on, for many applications at once: a page of the queue costs as many queries as a single case."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from ebidadmin.domain.applications import IdApplication
from ebidadmin.domain.ids import ApplicationNumber
from ebidadmin.domain.names import NameRules, fold_name
from ebidadmin.domain.permits import Permit
from ebidadmin.domain.qualifications import Qualification
from ebidadmin.domain.registrations import LIVE_STATES, Registration
from ebidadmin.persistence import mapping
from ebidadmin.persistence.among import among
from ebidadmin.persistence.engine import reading
from ebidadmin.persistence.register import record_from
from ebidadmin.persistence.repositories import SqlContacts, fetch, load_applications
from ebidadmin.persistence.schema import ApplicationRow, PermitRow, RegistrationRow
from ebidadmin.persistence.schema_register import QualificationRow
from ebidadmin.services.case_file import DossierParts


def dossiers(
    engine: Engine, numbers: Collection[ApplicationNumber], *, names: NameRules
) -> Mapping[ApplicationNumber, DossierParts]:
    """By number; a number that does not exist is left out. One read transaction that waits for no writer."""
    with Session(reading(engine), autoflush=False) as session:
        rows = fetch(session, select(ApplicationRow).where(among(ApplicationRow.number, numbers)))
        applications = load_applications(session, rows)
        suppliers = {application.supplier_number for application in applications}
        folded = {one.number: fold_name(one.form.trade_name, names) for one in applications}
        register = _register(session, suppliers)
        live = _live(session, suppliers)
        permits = _permits(session, suppliers)
        by_applicant = _permits_by_applicant(session, set(folded.values()))
        shared = SqlContacts(session).shared_of(applications)
    return {
        one.number: DossierParts(
            application=one,
            register_now=_record_at(register[one.supplier_number], None),
            register_then=_then(register[one.supplier_number], one),
            permits=tuple(permits[one.supplier_number]),
            permits_of_others=tuple(
                permit
                for permit in by_applicant[folded[one.number]]
                if permit.supplier_number != one.supplier_number
            ),
            live_registration=live.get(one.supplier_number),
            shared=shared[one.number],
        )
        for one in applications
    }


def _register(session: Session, suppliers: Collection[str]) -> defaultdict[str, list[Row[Any]]]:
    versions: defaultdict[str, list[Row[Any]]] = defaultdict(list)
    table = QualificationRow.__table__
    for row in session.execute(select(table).where(among(table.c.supplier_number, suppliers))):
        versions[row.supplier_number].append(row)
    return versions


def _then(versions: list[Row[Any]], application: IdApplication) -> Qualification | None:
    return None if application.register_seen is None else _record_at(versions, application.register_seen)


def _record_at(versions: list[Row[Any]], batch: int | None) -> Qualification | None:
    """The record once that batch was applied; ``None``: now."""
    for row in versions:
        lasts = row.to_batch is None
        if lasts if batch is None else row.from_batch <= batch and (lasts or row.to_batch > batch):
            return record_from(row)
    return None


def _live(session: Session, suppliers: Collection[str]) -> dict[str, Registration]:
    statement = select(RegistrationRow).where(
        among(RegistrationRow.supplier_number, suppliers), RegistrationRow.state.in_(LIVE_STATES)
    )
    return {row.supplier_number: mapping.registration_from(row) for row in fetch(session, statement)}


def _permits(session: Session, suppliers: Collection[str]) -> defaultdict[str, list[Permit]]:
    """By supplier, newest first."""
    found: defaultdict[str, list[Permit]] = defaultdict(list)
    wanted = select(PermitRow).where(among(PermitRow.supplier_number, suppliers))
    for row in fetch(session, wanted.order_by(PermitRow.received.desc(), PermitRow.id.desc())):
        found[row.supplier_number].append(mapping.permit_from(row))
    return found


def _permits_by_applicant(session: Session, folded: Collection[str]) -> defaultdict[str, list[Permit]]:
    """By folded applicant, newest first; permits without an applicant belong to nobody."""
    found: defaultdict[str, list[Permit]] = defaultdict(list)
    wanted = select(PermitRow).where(
        among(PermitRow.applicant_folded, folded), PermitRow.applicant_folded != ""
    )
    for row in fetch(session, wanted.order_by(PermitRow.received.desc(), PermitRow.id.desc())):
        found[row.applicant_folded].append(mapping.permit_from(row))
    return found
