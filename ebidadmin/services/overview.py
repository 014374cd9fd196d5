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
from ebidadmin.services import import_requests, permit_proposals, queue, report_standing
from ebidadmin.services.ports import Office
from ebidadmin.services.qualification_import import RegisterReader
from ebidadmin.services.queue import QueueReader
from ebidadmin.services.refusals import refusals_logged
from ebidadmin.services.report_standing import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The office at a moment. ``overdue`` is ``None`` for whoever may not read the applications; ``batch`` is the register's latest
    import, ``suppliers`` how many records it holds."""

    doors: tuple[DoorState, ...]
    counts: Mapping[ApplicationState, int]
    overdue: int | None
    mails_waiting: int
    mails_gave_up: int
    batch: ImportBatch | None
    suppliers: int
    requests_waiting: int = 0
    """Large imports that wait for a second person."""
    proposals_waiting: int = 0
    """Decisions on permits that wait for one."""
    reports: Standing


def overview(
    office: Office, *, staff: Staff, queue_reader: QueueReader, register_reader: RegisterReader
) -> Overview:
    """The office now. Only numbers, so everybody on the staff may see it."""
    now = office.clock.now()
    hours = {**DEFAULT_HOURS, **office.settings.hours}
    with office.uow() as uow:
        waiting = len(uow.mails.list(state=MailState.WAITING))
        gave_up = len(uow.mails.list(state=MailState.GAVE_UP))
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
        requests_waiting=import_requests.waiting(office),
        proposals_waiting=permit_proposals.waiting(office),
        reports=report_standing.standing(office),
    )


def overdue(office: Office, *, staff: Staff, reader: QueueReader) -> int:
    """Open applications past their day. Raises ``NotPermittedError`` without the permission to read them."""
    with refusals_logged(office, staff=staff, subject=Subject(SubjectKind.DESK, "queue"), verb="list"):
        staff.require(Permission.READ_PERSONAL)
    now, target = office.clock.now(), office.settings.target_days
    # Many were applied for on the same few days.
    between = cache(office.calendar.working_days_between)
    waits = reader.waits(applied_before=queue.applied_before_moment(office, target + 1, now))
    return sum(one.days(between, jst_date(now))[0] > target for one in waits)
