"""What stands on the home screen: doors, waiting work, mails, the register, and what needs somebody's eyes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ebidadmin.domain.applications import OPEN_STATES, ApplicationState
from ebidadmin.domain.doors import DEFAULT_HOURS, Door, DoorState, door_state
from ebidadmin.domain.imports import ImportBatch
from ebidadmin.domain.mails import MailState
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.services import import_requests, permit_proposals, queue
from ebidadmin.services.pages import LARGEST_PAGE
from ebidadmin.services.ports import Office
from ebidadmin.services.qualification_import import RegisterReader
from ebidadmin.services.queue import QueueQuery, QueueReader


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
    )


def overdue(office: Office, *, staff: Staff, reader: QueueReader) -> int:
    """Open applications past their day. Raises ``NotPermittedError`` without the permission to read them."""
    found, cursor = 0, None
    while True:
        query = QueueQuery(
            states=OPEN_STATES, age_days=office.settings.target_days, cursor=cursor, size=LARGEST_PAGE
        )
        page = queue.page(office, staff=staff, query=query, reader=reader)
        found += sum(row.overdue for row in page.rows)
        if page.next_cursor is None or page.next_cursor == cursor:
            return found
        cursor = page.next_cursor
