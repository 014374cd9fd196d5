"""An office that wants two people at the review desk: an ID and three applications without a finding, and ways to look at them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from ebidadmin.domain.applications import ApplicationState
from ebidadmin.domain.desk_requests import DeskRequest
from ebidadmin.domain.events import Subject, SubjectKind
from ebidadmin.domain.ids import DeskRequestId
from ebidadmin.domain.registrations import RegistrationState
from ebidadmin.domain.staff import Role, Staff
from ebidadmin.errors import EbidError
from ebidadmin.persistence.readmodels import SqlQueueReader
from ebidadmin.services import bulk_approval, desk_requests
from ebidadmin.services.bulk_approval import BulkCase
from ebidadmin.services.ports import Office
from ebidadmin.services.queue import QueueQuery
from ebidadmin.services.settings import Settings
from tests.builders import (
    TANAKA,
    application_number,
    permit,
    qualification,
)
from tests.persistence.office import approval, registration, save, stored_permit
from tests.services.helpers import put
from tests.sql_store import SqlStore

APPROVER = Staff("kacho", frozenset({Role.APPROVER}))
TWO = Settings(bulk_second_person=True, cancel_second_person=True)
ONE, SECOND = DeskRequestId("C000001"), DeskRequestId("C000002")
ID = application_number(94)
PLAIN = (1, 2, 3)


def fill(store: SqlStore, plain: Sequence[int] = PLAIN) -> None:
    store.import_register(*(qualification(n) for n in (*plain, 94)))
    for n in (*plain, 94):
        save(store, stored_permit(permit(n)))
    applied = put(store, 94)
    save(store, approval(applied))
    save(store, registration(applied, serial=94))
    for n in plain:
        put(store, n)


def cases(store: SqlStore, desk: Office) -> tuple[BulkCase, ...]:
    reader = SqlQueueReader(store.engine, names=store.names)
    return bulk_approval.ready(desk, staff=TANAKA, query=QueueQuery(), reader=reader).cases


def ask_cancel(desk: Office, staff: Staff = TANAKA, **changes: Any) -> DeskRequest:
    given: dict[str, Any] = {"application": ID, "version": 1, "reason": " 廃業 "}
    return desk_requests.request_cancel(desk, staff=staff, **{**given, **changes})


def refused(code: str, work: Callable[[], object]) -> EbidError:
    with pytest.raises(EbidError) as caught:
        work()
    assert caught.value.code == code, caught.value
    return caught.value


def states(desk: Office) -> list[ApplicationState]:
    with desk.uow() as uow:
        return [uow.applications.get(application_number(n)).state for n in PLAIN]


def events(desk: Office, kind: SubjectKind, key: str) -> list[Any]:
    with desk.uow() as uow:
        return [entry.event for entry in uow.audit.list(subject=Subject(kind, key))]


def request_of(desk: Office, number: DeskRequestId = ONE) -> DeskRequest:
    with desk.uow() as uow:
        return uow.desk_requests.get(number)


def state_of_id(desk: Office) -> RegistrationState:
    with desk.uow() as uow:
        return uow.registrations.get(ID).state
