"""What an upgrade does once for a database of a time when readers sealed the trail and no record was bound to it."""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from ebidadmin import __version__
from ebidadmin.domain.events import Event, EventTag, Subject, SubjectKind
from ebidadmin.persistence.audit_tree import seal_tail
from ebidadmin.persistence.binding import everything
from ebidadmin.persistence.ledger import Ledger

_LOG = logging.getLogger(__name__)


def bind_everything(connection: Connection, *, at: datetime) -> None:
    """Seal what is not sealed yet, and bind every record as it is now to an event that says so. What a record was before is not known to
    have been what the trail told of it. A damaged tree keeps nobody from upgrading."""
    try:
        with connection.begin_nested():
            seal_tail(connection)
    except (KeyError, IntegrityError):
        _LOG.exception("the tail was not sealed: the tree is damaged")
    refs = tuple(everything(connection))
    if not refs:
        return
    ledger = Ledger(connection, software=f"ebidadmin {__version__}")
    event = Event(
        tag=EventTag.AUDIT_RECORDS_BOUND,
        subject=Subject(SubjectKind.DESK, "audit"),
        by="ebidadmin",
        at=at,
        facts={"records": len(refs)},
    )
    ledger.changed(refs, seq=ledger.tell((event,)))
    ledger.close()
