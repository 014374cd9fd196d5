"""The server of PostgreSQL is killed under clerks who decide and an import that is applied: nothing is half done, no mail too few or too
many, and everybody is told in the house's own words."""

from __future__ import annotations

import email
import random
from collections.abc import Iterator, Sequence
from datetime import timedelta
from email import policy
from multiprocessing.connection import Connection, wait
from pathlib import Path

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.domain.applications import ApplicationState
from ebidadmin.domain.events import EventTag, Subject, SubjectKind
from ebidadmin.domain.mails import MailState
from ebidadmin.domain.staff import Role, Staff
from ebidadmin.mailing.folder import FolderTransport
from ebidadmin.persistence.audit_tree import SqlTrailTree
from ebidadmin.persistence.register import SqlRegisterReader
from ebidadmin.services import audit_tree, mail_outbox
from tests.builders import NOON, TANAKA, application_number
from tests.concurrency import crash_workers
from tests.concurrency.conftest import Start
from tests.concurrency.crash_workers import DONE, LOST, OVER
from tests.concurrency.workers import file_cases
from tests.fakes import office as made_office
from tests.figures import Figure
from tests.imports.office import open_import_desk
from tests.needs import require_component
from tests.postgres import SETTINGS, PostgresServer, running_server
from tests.sql_store import SqlStore

CLERKS, SUPPLIERS = 2, 250
FEW, MANY = (40, 3, 3), (200, 25, 12)
"""Decisions, crashes of the server, editions to import."""

PATIENCE = 120
"""Seconds until a process does its next thing."""

TOLD = {"database-lost", "database-missing", "database-locked"}
"""What whoever was at work may be told: the answer did not come, the server cannot be reached, it is just starting."""

AUDITOR = Staff("kansa", frozenset({Role.AUDITOR}))


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    """One of its own, which may die."""
    require_component("postgres")
    with running_server(SETTINGS, in_memory=True) as running:
        yield running


class Office:
    """An office of several processes on one server."""

    def __init__(self, url: str, folder: Path, start: Start, decisions: int, editions: int) -> None:
        self.url, self.folder, self.decisions = url, folder, decisions
        self.told: list[str] = []
        files = [crash_workers.edition(folder, n, SUPPLIERS) for n in range(1, editions + 2)]
        desk = open_import_desk(url)
        desk.bring_in(files[0], "ebidadmin")
        desk.engine.dispose()
        store = SqlStore(url)
        file_cases(store, range(1, decisions + 1))
        store.engine.dispose()
        numbers = list(range(1, decisions + 1))
        self.workers = [
            start(crash_workers.decide, url, folder / "mail", life, numbers[life - 1 :: CLERKS])[1]
            for life in range(1, CLERKS + 1)
        ]
        self.workers.append(start(crash_workers.bring_in, url, files[1:])[1])

    def work(self, steps: int) -> bool:
        """Let them do so much; whether there is more to do."""
        while self.workers and steps:
            for pipe in self._ready():
                kind, _ = pipe.recv()
                assert kind != LOST, "the server runs"
                if kind == OVER:
                    self.workers.remove(pipe)
                steps -= 1 if steps else 0
        return bool(self.workers)

    def notice(self) -> list[Connection]:
        """All whom the server left alone; who was done is done."""
        left: list[Connection] = []
        waiting = list(self.workers)
        while waiting:
            for pipe in self._ready(waiting):
                kind, what = pipe.recv()
                if kind == DONE:
                    continue
                waiting.remove(pipe)
                if kind == OVER:
                    self.workers.remove(pipe)
                else:
                    self.told.append(what)
                    left.append(pipe)
        return left

    def _ready(self, among: Sequence[Connection] | None = None) -> list[Connection]:
        ready = wait(self.workers if among is None else among, PATIENCE)
        assert ready, "somebody does nothing any more"
        return [pipe for pipe in ready if isinstance(pipe, Connection)]


def test_a_killed_server_leaves_nothing_half_done(
    server: PostgresServer, tmp_path: Path, start: Start, figure: Figure
) -> None:
    crashes(server, tmp_path, start, figure, FEW)


@pytest.mark.slow
def test_a_server_that_is_killed_all_the_time(
    server: PostgresServer, tmp_path: Path, start: Start, figure: Figure
) -> None:
    crashes(server, tmp_path, start, figure, MANY)


def crashes(
    server: PostgresServer, folder: Path, start: Start, figure: Figure, much: tuple[int, int, int]
) -> None:
    decisions, planned, editions = much
    chance, killed = random.Random(20261130), 0
    office = Office(server.create(), folder, start, decisions, editions)
    while office.work(chance.randint(1, decisions // planned)) and killed < planned:
        # In the middle of whatever is just done.
        wait([], chance.uniform(0, 0.05))
        server.crash()
        killed += 1
        left = office.notice()
        server.start()
        whole(office)
        for pipe in left:
            pipe.send("go on")
    while office.work(decisions):
        pass
    assert set(office.told) <= TOLD
    assert killed >= planned // 2, "they were done before"
    ended(office, editions)
    lost = {code: office.told.count(code) for code in sorted(set(office.told))}
    figure(
        f"server killed {killed} times: {decisions} decisions with one mail each, {editions} imports, told {lost}"
    )


def whole(office: Office) -> None:
    """The register is one edition, every decision has its event and its mail, and the trail answers for all."""
    store = SqlStore(office.url)
    with store() as uow:
        version = uow.register.version()
        assert version is not None
        for n in range(1, office.decisions + 1):
            one = uow.applications.get(application_number(n))
            subject = Subject(SubjectKind.APPLICATION, one.number)
            told = [entry.event.tag for entry in uow.audit.list(subject=subject)]
            decided = [
                tag for tag in told if tag in (EventTag.APPLICATION_APPROVED, EventTag.APPLICATION_REJECTED)
            ]
            assert len(decided) == len(uow.mails.list(about=subject)) == (0 if one.is_open else 1)
            assert (uow.registrations.live_of(one.supplier_number) is not None) == (
                one.state is ApplicationState.APPROVED
            )
    titles = {record.representative_title for record in SqlRegisterReader(store.engine).every()}
    assert titles == {crash_workers.title(version)}
    found = audit_tree.verify(
        made_office(store), staff=AUDITOR, tree=SqlTrailTree(store.engine), signer=None
    ).findings
    assert not found
    store.engine.dispose()


def ended(office: Office, editions: int) -> None:
    """All that was to be done is done once, and so is what it let be mailed."""
    later = SqlStore(
        office.url, SettableClock(NOON + (CLERKS + 2) * (mail_outbox.LEASE + timedelta(minutes=5)))
    )
    sender = made_office(
        later, transport=FolderTransport(office.folder / "mail", sender="office@city.example.jp")
    )
    mail_outbox.dispatch(sender, staff=TANAKA, limit=office.decisions)
    later.engine.dispose()
    whole(office)
    written = [
        email.message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in (office.folder / "mail").glob("*.eml")
    ]
    store = SqlStore(office.url)
    with store() as uow:
        outbox = uow.mails.list()
        assert uow.register.version() == editions + 1
        assert not any(
            uow.applications.get(application_number(n)).is_open for n in range(1, office.decisions + 1)
        )
    assert sorted(str(one["Message-ID"]) for one in written) == sorted(mail.message_id for mail in outbox)
    assert len(outbox) == office.decisions
    assert {mail.state for mail in outbox} == {MailState.SENT}
    store.engine.dispose()
