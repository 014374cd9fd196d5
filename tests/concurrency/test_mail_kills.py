"""Kills at random instants around commit and mail: no mail is lost, none is sent for what was rolled back."""

from __future__ import annotations

import email
import random
import signal
from email import policy
from pathlib import Path

import pytest
from sqlalchemy import text

from ebidadmin.domain.applications import ApplicationState
from ebidadmin.domain.events import EventTag, Subject, SubjectKind
from ebidadmin.domain.mails import MailState
from ebidadmin.services import mail_outbox
from tests.builders import TANAKA, application_number
from tests.concurrency.conftest import Start
from tests.concurrency.workers import decide_and_send, prepare, sending_office
from tests.figures import Figure
from tests.sql_store import SqlStore

FEW, MANY = 10, 50
AT_ONCE = 2
APPLICATIONS = 300
LONGEST_LIFE = 0.15
"""Seconds after the first decision of a process; a decision with its mail takes some hundredths."""

PATIENCE = 60
"""Seconds that a process may take to its first decision."""

PENDING = text("SELECT number FROM id_applications WHERE state = 'pending' ORDER BY number")


def lives(start: Start, store: SqlStore, url: str, folder: Path, first: int, chance: random.Random) -> None:
    """Let processes decide and send, each its own cases, and kill them one after the other."""
    with store.engine.begin() as connection:
        waiting = [int(number.lstrip("A")) for number in connection.execute(PENDING).scalars()]
    victims = [
        start(decide_and_send, url, folder, first + offset, waiting[offset::AT_ONCE])
        for offset in range(AT_ONCE)
    ]
    for process, pipe in victims:
        assert pipe.poll(PATIENCE)
        assert pipe.recv() in waiting
        process.join(chance.uniform(0, LONGEST_LIFE))
        process.kill()
        process.join()
        assert process.exitcode == -signal.SIGKILL, "it must be killed, not end by itself"


@pytest.mark.parametrize("kills", [FEW, pytest.param(MANY, marks=pytest.mark.slow)])
def test_kills_lose_no_mail_and_send_none_too_many(
    url: str, start: Start, tmp_path: Path, figure: Figure, kills: int
) -> None:
    store, folder, chance = SqlStore(url), tmp_path / "mail", random.Random(20261007)
    prepare(store, range(1, APPLICATIONS + 1))
    for life in range(1, kills + 1, AT_ONCE):
        lives(start, store, url, folder, life, chance)
    mail_outbox.dispatch(sending_office(url, folder, kills + 1), staff=TANAKA, limit=APPLICATIONS)
    written = {
        path.name: email.message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in folder.glob("*.eml")
    }
    bodies = {str(message["Message-ID"]): message.get_payload(decode=True) for message in written.values()}
    assert len(bodies) == len(written)
    assert not list(folder.glob(".*"))
    decided = 0
    with store() as uow:
        outbox = uow.mails.list()
        assert {mail.message_id: mail.draft.body.encode() for mail in outbox} == bodies
        assert {mail.state for mail in outbox} == {MailState.SENT}
        for n in range(1, APPLICATIONS + 1):
            one = uow.applications.get(application_number(n))
            subject = Subject(SubjectKind.APPLICATION, one.number)
            events = [entry.event.tag for entry in uow.audit.list(subject=subject)]
            decisions = [
                tag for tag in events if tag in (EventTag.APPLICATION_APPROVED, EventTag.APPLICATION_REJECTED)
            ]
            mails = uow.mails.list(about=subject)
            assert len(mails) == len(decisions) == (0 if one.is_open else 1)
            assert (uow.registrations.live_of(one.supplier_number) is not None) == (
                one.state is ApplicationState.APPROVED
            )
            decided += not one.is_open
    assert kills <= decided < APPLICATIONS
    figure(f"{kills} kills: {decided} decisions, {len(written)} mails, none lost, none too many")
