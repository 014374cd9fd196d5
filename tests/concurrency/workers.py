"""What the processes of these tests do; each opens the shared database by itself, as two desks on one machine would."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path

from ebidadmin.clock import SettableClock
from ebidadmin.domain import applications, permits
from ebidadmin.domain.applications import Channel
from ebidadmin.domain.permits import PaperChannel
from ebidadmin.domain.staff import Role, Staff
from ebidadmin.errors import ConcurrentEditError
from ebidadmin.mailing.folder import FolderTransport
from ebidadmin.services import application_review as review
from ebidadmin.services import mail_outbox
from ebidadmin.services.ports import Office
from tests.builders import (
    NOON,
    SAMPLE_HASH,
    TODAY,
    application_number,
    batch_id,
    document,
    form,
    permit,
    qualification,
    supplier_number,
)
from tests.fakes import office
from tests.sql_store import SqlStore

BARRIER_SECONDS = 30


def prepare(store: SqlStore, suppliers: Iterable[int], *, granted: bool = True) -> None:
    """A pending application, a record in the register and a permit for each supplier: in force, or not decided yet."""
    listed = list(suppliers)
    store.import_register(*(qualification(n) for n in listed))
    file_cases(store, listed, granted=granted)


def file_cases(store: SqlStore, suppliers: Iterable[int], *, granted: bool = True) -> None:
    """The same without the record in the register."""
    with store() as uow:
        for n in suppliers:
            uow.record(
                permits.record(
                    permit_id=permit(n).id,
                    supplier_number=supplier_number(n),
                    received=TODAY,
                    channel=PaperChannel.COUNTER,
                    by="tanaka",
                    at=NOON,
                )
            )
            uow.record(
                applications.submit(
                    number=application_number(n),
                    form=form(n),
                    password_hash=SAMPLE_HASH,
                    at=NOON,
                    by="suppliers",
                    channel=Channel.BATCH,
                    register_seen=batch_id(1),
                )
            )
            if granted:
                asked = uow.permits.get(permit(n).id)
                uow.record(
                    permits.grant(
                        asked, document=document(n), valid_from=TODAY, valid_to=None, by="tanaka", at=NOON
                    )
                )
        uow.commit()


def race(told: Connection, url: str, login: str, verb: str, rounds: int, barrier: Barrier) -> None:
    """Decide application after application at the same moment as the other process, and tell how each ended.

    In turn one process, the other or neither looks at the case before it decides, so that now the one, now the other is later.
    """
    staff = Staff(login, frozenset({Role.REVIEWER}))
    desk = office(SqlStore(url))
    turn = 0 if verb == "approve" else 1
    for n in range(1, rounds + 1):
        barrier.wait(BARRIER_SECONDS)
        if n % 3 == turn:
            review.dossier(desk, staff=staff, number=application_number(n))
        told.send((n, *_decide(desk, staff, verb, n)))
    told.close()


def _decide(desk: Office, staff: Staff, verb: str, n: int) -> tuple[bool, dict[str, object]]:
    number = application_number(n)
    try:
        if verb == "approve":
            review.approve(desk, staff=staff, number=number, version=1)
        else:
            review.reject(desk, staff=staff, number=number, version=1, reasons=("other",))
    except ConcurrentEditError as error:
        return False, dict(error.facts)
    return True, {}


def decide_and_send(ready: Connection, url: str, folder: Path, life: int, numbers: list[int]) -> None:
    """Decide and send, one after the other, telling each, until somebody kills this process.

    Each life runs later than the leases of the one before, so that it takes up what that one left lying.
    """
    desk = sending_office(url, folder, life)
    staff = Staff(f"clerk{life}", frozenset({Role.REVIEWER}))
    for n in numbers:
        number = application_number(n)
        if n % 3:
            review.reject(desk, staff=staff, number=number, version=1, reasons=("other",))
        else:
            review.approve(desk, staff=staff, number=number, version=1)
        mail_outbox.dispatch(desk, staff=staff)
        ready.send(n)
    raise RuntimeError("there must be more to decide than a life is long")


def sending_office(url: str, folder: Path, life: int) -> Office:
    """An office that mails into ``folder``, in its ``life``-th quarter of an hour."""
    clock = SettableClock(NOON + life * (mail_outbox.LEASE + timedelta(minutes=5)))
    return office(SqlStore(url, clock), transport=FolderTransport(folder, sender="office@city.example.jp"))
