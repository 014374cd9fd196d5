"""Batches row by row, each row a transaction of its own that asks for itself alone: what taking many at a time must come to as well."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ebidadmin.domain import applications
from ebidadmin.domain.applications import Channel, IdApplication
from ebidadmin.domain.events import Subject, SubjectKind
from ebidadmin.domain.staff import Staff
from ebidadmin.errors import RuleError
from ebidadmin.services import intake_rows
from ebidadmin.services.intake_rows import IntakeReport, IntakeRow
from ebidadmin.services.ports import Office, UnitOfWork
from ebidadmin.services.refusals import log_refusal


def one_by_one(
    office: Office, *, staff: Staff, rows: Iterable[tuple[int, Mapping[str, object]]]
) -> IntakeReport:
    outcome = intake_rows.Outcome()
    for line, mapping in rows:
        row = intake_rows.read(line, mapping, office=office)
        if isinstance(row, IntakeRow):
            _take(office, staff, row, outcome)
        else:
            outcome.problems.extend(row)
    return outcome.report()


def _take(office: Office, staff: Staff, row: IntakeRow, outcome: intake_rows.Outcome) -> None:
    try:
        with office.uow() as uow:
            present = uow.applications.find(row.number)
            if present is None:
                _record(office, uow, staff, row)
                uow.commit()
    except RuleError as error:
        outcome.refuse(row, error)
        about, supplier = Subject(SubjectKind.APPLICATION, row.number), row.form.supplier_number
        log_refusal(office, error, staff=staff, subject=about, verb="intake", supplier=supplier)
        return
    if present is None:
        outcome.accepted.append(row.number)
    else:
        outcome.known(row, present)


def _record(office: Office, uow: UnitOfWork, staff: Staff, row: IntakeRow) -> None:
    supplier = row.form.supplier_number
    earlier = uow.applications.of_supplier(supplier)
    for one in earlier:
        if one.is_open:
            raise RuleError("open-application-exists", id=one.number, state=one.state.value)
    if uow.applications.user_id_taken(row.form.user_id, except_for=supplier):
        raise RuleError("user-id-taken")
    latest = max(earlier, key=lambda one: _came_in(uow, one), default=None)
    met = uow.register.version_as_of(row.applied_at)
    uow.record(
        applications.submit(
            number=row.number,
            form=row.form,
            password_hash=row.password_hash,
            at=row.applied_at,
            by=staff.login,
            channel=Channel.BATCH,
            previous=None if latest is None else latest.number,
            register_seen=uow.register.version() if met is None else met,
            received_at=office.clock.now(),
        )
    )


def _came_in(uow: UnitOfWork, application: IdApplication) -> int:
    subject = Subject(SubjectKind.APPLICATION, application.number)
    return next((entry.seq for entry in uow.audit.list(subject=subject, limit=1)), 0)
