"""Processes that decide or send, each to be killed at a certain point or at any."""

from __future__ import annotations

from datetime import datetime
from multiprocessing.connection import Connection

from ebidadmin.clock import Clock, SettableClock
from ebidadmin.mailing.smtp import Security, SmtpServer, SmtpTransport
from ebidadmin.persistence.unit_of_work import SqlUnitOfWork
from ebidadmin.services import application_review as review
from ebidadmin.services import mail_outbox
from ebidadmin.services.ports import Office
from tests.builders import TANAKA, application_number
from tests.fakes import office
from tests.mail_server import PATIENCE
from tests.memory_parts import RULES
from tests.sql_store import SqlStore

SENDER = "bid-office@city.example.jp"


def transport(port: int, timeout: float = PATIENCE) -> SmtpTransport:
    """Mails to a server on this computer."""
    server = SmtpServer(host="127.0.0.1", port=port, security=Security.NONE, timeout=timeout)
    return SmtpTransport(server, sender=SENDER, environ={})


def smtp_office(url: str, port: int, moment: datetime) -> Office:
    """An office of this process's own."""
    return office(SqlStore(url, SettableClock(moment)), transport=transport(port))


def send(told: Connection, url: str, port: int, moment: datetime) -> None:
    """Send what waits, then wait to be killed."""
    desk = smtp_office(url, port, moment)
    told.send("sending")
    mail_outbox.dispatch(desk, staff=TANAKA)
    told.recv()


def decide_but_never_commit(told: Connection, url: str, number: int, moment: datetime) -> None:
    """Reject an application, tell when all is written but nothing committed, and wait there to be killed."""
    store = SqlStore(url, SettableClock(moment))
    held = office(store, uow=lambda: _Held(store, told, store.clock))
    review.reject(held, staff=TANAKA, number=application_number(number), version=1, reasons=("other",))
    raise RuntimeError("this must be killed before it commits")


class _Held(SqlUnitOfWork):
    def __init__(self, store: SqlStore, told: Connection, clock: Clock) -> None:
        super().__init__(store.engine, clock=clock, names=RULES)
        self._told = told

    def commit(self) -> None:
        self.session.flush()
        self._told.send("written")
        self._told.recv()
