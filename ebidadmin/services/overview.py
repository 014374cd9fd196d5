"""What stands on the home screen: doors, waiting work, mails, the register, and what needs somebody's eyes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from ebidadmin.clock import jst_date
from ebidadmin.domain.applications import ApplicationState
from ebidadmin.domain.doors import DEFAULT_HOURS, Door, DoorState, door_state
from ebidadmin.domain.events import Subject, SubjectKind
from ebidadmin.domain.imports import ImportBatch
from ebidadmin.domain.mails import MailState
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.services import (
    desk_requests,
    import_requests,
    mail_outbox,
    permit_proposals,
    queue,
    report_standing,
)
from ebidadmin.services.ports import Office
from ebidadmin.services.qualification_import import RegisterReader
from ebidadmin.services.queue import QueueReader
from ebidadmin.services.refusals import refusals_logged
from ebidadmin.services.report_standing import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The office at a moment. What is ``None`` is not for the person's roles to see; ``batch`` is the register's latest import,
    ``suppliers`` how many records it holds."""

    doors: tuple[DoorState, ...]
    counts: Mapping[ApplicationState, int]
    overdue: int | None
    mails_waiting: int | None
    mails_gave_up: int | None
    batch: ImportBatch | None
    suppliers: int
    requests_waiting: int | None = 0
    """Large imports that wait for a second person."""
    proposals_waiting: int | None = 0
    """Decisions on permits that wait for one."""
    desk_requests_waiting: int | None = 0
    """Bulk approvals and cancellings that wait for one."""
    reports: Standing | None


def overview(
    office: Office, *, staff: Staff, queue_reader: QueueReader, register_reader: RegisterReader
) -> Overview:
    """The office now, in numbers: those that the person's log-in may count. Help desk and importers see no mails, proposals and reports."""
    now = office.clock.now()
    hours = {**DEFAULT_HOURS, **office.settings.hours}
    reads = mail_outbox.may_list(staff)
    waiting, gave_up = _mails(office) if reads else (None, None)
    return Overview(
        doors=tuple(door_state(door, hours[door], at=now, calendar=office.calendar) for door in Door),
        counts=queue.counts(office, staff=staff, reader=queue_reader),
        overdue=overdue(office, staff=staff, reader=queue_reader)
        if staff.may(Permission.READ_PERSONAL)
        else None,
        mails_waiting=waiting,
        mails_gave_up=gave_up,
        batch=next(iter(register_reader.batches()), None),
        suppliers=register_reader.total(),
        requests_waiting=import_requests.waiting(office)
        if reads or staff.may(Permission.IMPORT_REGISTER)
        else None,
        proposals_waiting=permit_proposals.waiting(office) if reads else None,
        desk_requests_waiting=desk_requests.waiting(office) if reads else None,
        reports=report_standing.standing(office) if reads else None,
    )


def _mails(office: Office) -> tuple[int, int]:
    with office.uow() as uow:
        waiting, gave_up = (
            uow.mails.list(state=MailState.WAITING),
            uow.mails.list(state=MailState.GAVE_UP),
        )
    return len(waiting), len(gave_up)


def overdue(office: Office, *, staff: Staff, reader: QueueReader) -> int:
    """Open applications past their day. Raises ``NotPermittedError`` without the permission to read them."""
    with refusals_logged(office, staff=staff, subject=Subject(SubjectKind.DESK, "queue"), verb="list"):
        staff.require(Permission.READ_PERSONAL)
    now, target = office.clock.now(), office.settings.target_days
    # Many were applied for on the same few days.
    between = cache(office.calendar.working_days_between)
    waits = reader.waits(applied_before=queue.applied_before_moment(office, target + 1, now))
    return sum(one.days(between, jst_date(now))[0] > target for one in waits)
