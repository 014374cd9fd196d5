"""Mails by SMTP under every fault of the server, kills of the sender and rollbacks of the cause, on both databases.

None is lost, none is sent for what was rolled back, every repeat is the same mail byte for byte, and ``mail list`` tells the truth after
each step.
"""

from __future__ import annotations

import random
import signal
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from itertools import cycle, islice

import pytest

from ebidadmin.cli.views import mail_line, mail_view
from ebidadmin.clock import SettableClock
from ebidadmin.domain.events import Subject, SubjectKind
from ebidadmin.domain.mails import MailState, OutboxMail
from ebidadmin.errors import StorageError
from ebidadmin.mailing.message import message_bytes
from ebidadmin.persistence.unit_of_work import uow_factory
from ebidadmin.services import application_review as review
from ebidadmin.services import mail_outbox
from ebidadmin.services.mail_outbox import LEASE
from ebidadmin.services.ports import Office
from tests.builders import NOON, TANAKA, application_number
from tests.concurrency.conftest import Start
from tests.concurrency.smtp_senders import SENDER, decide_but_never_commit, send, transport
from tests.concurrency.workers import prepare
from tests.conftest import FreshDatabase
from tests.databases import break_the_trail, mend_the_trail
from tests.fakes import office
from tests.fault_server import (
    CODES,
    FOR_GOOD,
    KEPT,
    Fault,
    FaultServer,
    closed_port,
    running_fault_server,
    time_limit,
)
from tests.figures import Figure
from tests.mail_server import PATIENCE
from tests.postgres import ENGINES
from tests.sql_store import SqlStore

FEW, MANY = 20, 150
"""Runs on each database; together the few meet everything that can happen, once at least."""

SEED = 20261127
LONGEST_LIFE = 0.08
"""Seconds after a process begins to send; that takes some hundredths."""


class Story(StrEnum):
    """What happens beside the faults of the server."""

    NOBODY_LISTENS = "nobody listens"
    KILLED_BEFORE = "killed before handing over"
    KILLED_AFTER = "killed after handing over"
    KILLED_ANY_TIME = "killed at any instant"
    REFUSED_BY_DATABASE = "rolled back by the database"
    DRY_RUN = "rolled back as a dry run"
    KILLED_BEFORE_COMMIT = "rolled back by a kill"


ROLLED_BACK = {Story.REFUSED_BY_DATABASE, Story.DRY_RUN, Story.KILLED_BEFORE_COMMIT}
HOLDING = {Story.KILLED_BEFORE: Fault.HELD_BEFORE_DATA, Story.KILLED_AFTER: Fault.HELD_AFTER_DOT_KEPT}
EVERYTHING: tuple[Fault | Story, ...] = (*CODES, *Story)


def stories(kind: str, runs: int) -> Iterator[Fault | Story]:
    """All of them in turn; the second database begins where the first one ends."""
    mixed = random.Random(SEED).sample(EVERYTHING, len(EVERYTHING))
    return islice(cycle(mixed if kind == ENGINES[0] else mixed[::-1]), runs)


class Campaign:
    """One office, its server, and what it must have received."""

    def __init__(self, url: str, server: FaultServer, start: Start, runs: int) -> None:
        self.url, self.server, self.start = url, server, start
        self.clock = SettableClock(NOON)
        self.store = SqlStore(url, self.clock)
        self.port: int = server.server_address[1]
        self.chance = random.Random(SEED)
        self.counts: Counter[str] = Counter()
        prepare(self.store, range(1, runs + 1))

    def office(self, port: int | None = None, timeout: float = PATIENCE) -> Office:
        return office(self.store, transport=transport(port or self.port, timeout))

    def run(self, number: int, story: Fault | Story) -> None:
        """Cause a mail (or not), let the story happen, mend everything, and see that the mail arrives."""
        before = len(self.server.received)
        if isinstance(story, Story) and story in ROLLED_BACK:
            self._roll_back(number, story)
            assert mail_outbox.dispatch(self.office(), staff=TANAKA) == mail_outbox.DispatchReport()
            assert len(self.server.received) == before
            self.counts["rolled back"] += 1
            return
        self._decide(self.office(), number)
        kept = self._fail(number, story) if isinstance(story, Fault) else self._interrupt(number, story)
        if self.told(number).state is MailState.WAITING:
            assert mail_outbox.dispatch(self.office(), staff=TANAKA).sent == 1
            kept += 1
        assert self.told(number).state is MailState.SENT
        copies = self.server.received[before:]
        wanted = message_bytes(self.told(number), sender=SENDER)
        assert [one.content for one in copies] == [wanted] * kept
        assert kept >= 1
        self.counts["mails"] += 1
        self.counts["copies too many"] += kept - 1

    def told(self, number: int) -> OutboxMail:
        """The one mail about an application, which ``mail list`` must tell as it is."""
        subject = Subject(SubjectKind.APPLICATION, application_number(number))
        listed = [mail for mail in mail_outbox.list_all(self.office(), staff=TANAKA) if mail.about == subject]
        assert len(listed) == 1
        view, line = mail_view(listed[0]), mail_line(listed[0]).split("\t")[1]
        assert view["state"] == listed[0].state.value
        assert line.startswith(view["state"])
        assert (view["sent_at"] is not None) == (view["state"] == "sent")
        failed = view["state"] != "sent" and view["attempts"] > 0
        assert (f"({view['last_error']}" in line) == failed
        return listed[0]

    def _decide(self, desk: Office, number: int) -> None:
        review.reject(desk, staff=TANAKA, number=application_number(number), version=1, reasons=("other",))

    def _fail(self, number: int, fault: Fault) -> int:
        """Some tries that fail, the mail due again after them; how many copies the server kept."""
        permanent = fault in FOR_GOOD
        tries = 1 if permanent else self.chance.randint(1, 3)
        for attempt in range(1, tries + 1):
            self.server.plan.append(fault)
            with time_limit(fault) as seconds:
                assert mail_outbox.dispatch(self.office(timeout=seconds), staff=TANAKA).failed == 1
            mail = self.told(number)
            assert mail.last_error in CODES[fault]
            assert (mail.state, mail.attempts) == (
                MailState.GAVE_UP if permanent else MailState.WAITING,
                attempt,
            )
            assert mail_outbox.dispatch(self.office(), staff=TANAKA) == mail_outbox.DispatchReport()
            self.clock.set(max(mail.not_before, self.clock.now()))
        if permanent:
            mail_outbox.retry(self.office(), staff=TANAKA, mail_id=self.told(number).id)
        self.counts["failures"] += tries
        return tries if fault in KEPT else 0

    def _interrupt(self, number: int, story: Story) -> int:
        if story is Story.NOBODY_LISTENS:
            with closed_port() as port:
                assert mail_outbox.dispatch(self.office(port), staff=TANAKA).failed == 1
            mail = self.told(number)
            assert (mail.state, mail.last_error) == (MailState.WAITING, "smtp-unreachable")
            self.clock.set(mail.not_before)
            self.counts["failures"] += 1
            return 0
        before = len(self.server.received)
        self._kill_a_sender(story)
        mail = self.told(number)
        if story is not Story.KILLED_ANY_TIME:
            assert (mail.state, mail.attempts, mail.sent_at) == (MailState.WAITING, 0, None)
        if mail.lease_until is not None:
            assert mail_outbox.dispatch(self.office(), staff=TANAKA) == mail_outbox.DispatchReport()
        self.clock.advance(LEASE)
        return len(self.server.received) - before

    def _kill_a_sender(self, story: Story) -> None:
        if story in HOLDING:
            self.server.plan.append(HOLDING[story])
            self.server.held.clear()
        process, pipe = self.start(send, self.url, self.port, self.clock.now())
        assert pipe.poll(PATIENCE)
        assert pipe.recv() == "sending"
        if story in HOLDING:
            assert self.server.held.wait(PATIENCE)
        else:
            process.join(self.chance.uniform(0, LONGEST_LIFE))
        process.kill()
        process.join()
        assert process.exitcode == -signal.SIGKILL, "it must be killed, not end by itself"
        self.server.let_the_last_one_end()
        self.counts["kills"] += 1

    def _roll_back(self, number: int, story: Story) -> None:
        if story is Story.REFUSED_BY_DATABASE:
            break_the_trail(self.store.engine)
            with pytest.raises(StorageError):
                self._decide(self.office(), number)
            mend_the_trail(self.store.engine)
        elif story is Story.DRY_RUN:
            dry = uow_factory(self.store.engine, clock=self.clock, dry_run=True, names=self.store.names)
            self._decide(office(self.store, uow=dry), number)
        else:
            process, pipe = self.start(decide_but_never_commit, self.url, number, self.clock.now())
            assert pipe.poll(PATIENCE)
            assert pipe.recv() == "written"
            process.kill()
            process.join()
            assert process.exitcode == -signal.SIGKILL
            self.counts["kills"] += 1

    def settled(self, told: list[tuple[int, Fault | Story]]) -> None:
        """What is in the outbox, what the server has, and what was decided are the same mails."""
        with self.store() as uow:
            outbox = {mail.message_id: mail for mail in uow.mails.list()}
            undecided = {number for number, story in told if story in ROLLED_BACK}
            for number, _ in told:
                assert uow.applications.get(application_number(number)).is_open == (number in undecided)
        assert {mail.state for mail in outbox.values()} == {MailState.SENT}
        assert len(outbox) == len(told) - len(undecided)
        wanted = {message_bytes(mail, sender=SENDER) for mail in outbox.values()}
        assert {one.content for one in self.server.received} == wanted


@pytest.mark.parametrize("runs", [FEW, pytest.param(MANY, marks=pytest.mark.slow)])
@pytest.mark.parametrize("kind", ENGINES)
def test_no_mail_is_lost_and_none_is_sent_for_what_was_rolled_back(
    kind: str, runs: int, fresh_database: FreshDatabase, start: Start, figure: Figure
) -> None:
    told = list(enumerate(stories(kind, runs), start=1))
    with running_fault_server() as server:
        campaign = Campaign(fresh_database(kind), server, start, runs)
        for number, story in told:
            campaign.run(number, story)
        campaign.settled(told)
    counted = ", ".join(f"{count} {what}" for what, count in sorted(campaign.counts.items()))
    figure(f"{kind}: {runs} runs, {counted}; none lost, none for what was rolled back, all repeats alike")


def test_the_few_runs_meet_everything() -> None:
    assert {story for kind in ENGINES for story in stories(kind, FEW)} == set(EVERYTHING)
