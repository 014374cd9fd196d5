"""Short ways to bring an application into the store and to look at what is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ebidadmin.domain import applications
from ebidadmin.domain.applications import Channel, IdApplication
from ebidadmin.domain.events import EventTag
from ebidadmin.services.ports import UnitOfWork
from tests.builders import NOON, SAMPLE_HASH, application_number, batch_id, form
from tests.memory import MemoryStore


def put(
    store: Callable[[], UnitOfWork], n: int = 92, *, number: int | None = None, **changes: Any
) -> IdApplication:
    """A pending application of supplier ``n``; ``changes`` are of the form."""
    made = applications.submit(
        number=application_number(number or n),
        form=form(n, **changes),
        password_hash=SAMPLE_HASH,
        at=NOON,
        by="suppliers",
        channel=Channel.BATCH,
        register_seen=batch_id(1),
    )
    with store() as uow:
        uow.record(made)
        uow.commit()
    return made.after


def tags(store: MemoryStore) -> list[EventTag]:
    """What the trail says, in order, without the submissions that ``put`` made."""
    return [
        entry.event.tag
        for entry in store.tables.audit
        if entry.event.tag is not EventTag.APPLICATION_SUBMITTED
    ]
