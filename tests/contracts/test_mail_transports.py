"""What every way for a mail to leave keeps to: the same bytes at each repeat, no header smuggled in, failures that can be told apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from ebidadmin.domain.events import Subject, SubjectKind
from ebidadmin.domain.mails import MailDraft, MailKind, OutboxMail
from ebidadmin.errors import ConfigurationError, MailPermanentError, MailTransientError
from ebidadmin.mailing.folder import FolderTransport
from ebidadmin.mailing.message import message_bytes
from ebidadmin.mailing.smtp import Security, SmtpTransport
from ebidadmin.services.mail_ports import MailTransport
from tests.builders import NOON
from tests.fault_server import Fault, running_fault_server
from tests.mail_server import running_mail_server

SENDER = "bid-office@city.example.jp"
KINDS = ["folder", *(f"smtp {security.value}" for security in Security)]


def mail(
    number: int = 7, *, to: tuple[str, ...] = ("a@example.co.jp",), subject: str = "審査結果"
) -> OutboxMail:
    return OutboxMail(
        id=number,
        message_id=f"<{number:04x}@ebidadmin.local>",
        draft=MailDraft(MailKind.ID_APPROVED, to, subject, ".\n..点で始まる行\n本文\n"),
        about=Subject(SubjectKind.APPLICATION, "A000001"),
        written_at=NOON,
        not_before=NOON,
    )


@dataclass
class Way:
    """A transport, what came out of it, and the same transport where nothing can be handed over."""

    make: Callable[[str], MailTransport]
    arrived: Callable[[], list[bytes]]
    hampered: MailTransport

    @property
    def transport(self) -> MailTransport:
        return self.make(SENDER)


def folder_way(tmp_path: Path) -> Way:
    folder, blocked = tmp_path / "mail", tmp_path / "blocked"
    blocked.write_text("a file, no folder")
    return Way(
        lambda sender: FolderTransport(folder, sender=sender),
        lambda: [path.read_bytes() for path in sorted(folder.glob("*.eml"))],
        FolderTransport(blocked, sender=SENDER),
    )


@pytest.fixture(params=KINDS)
def way(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Way]:
    with ExitStack() as stack:
        if request.param == "folder":
            yield folder_way(tmp_path)
            return
        security = Security(request.param.partition(" ")[2])
        server = stack.enter_context(running_mail_server(tmp_path, security))
        broken = stack.enter_context(running_fault_server())
        broken.plan.append(Fault.LATER_MAIL)
        yield Way(
            lambda sender: SmtpTransport(server.address(), sender=sender, environ={}),
            lambda: [one.content for one in server.received],
            SmtpTransport(broken.address(), sender=SENDER, environ={}),
        )


def test_what_arrives_is_the_message_byte_for_byte(way: Way) -> None:
    for number in (1, 2):
        way.transport.deliver(mail(number))
    assert way.arrived() == [message_bytes(mail(number), sender=SENDER) for number in (1, 2)]


def test_every_repeat_is_the_same_mail(way: Way) -> None:
    way.transport.deliver(mail())
    way.transport.deliver(replace(mail(), attempts=3, version=4, last_error="smtp-cut"))
    assert set(way.arrived()) == {message_bytes(mail(), sender=SENDER)}


@pytest.mark.parametrize(
    "bad",
    [
        mail(to=("a@example.co.jp\nBcc: evil@example.com",)),
        mail(to=("a@example.co.jp, evil@example.com",)),
        mail(to=("a@example.co.jp> evil@example.com",)),
        mail(subject="審査\r\nBcc: evil@example.com"),
    ],
)
def test_nothing_leaves_that_no_message_can_be_made_of(way: Way, bad: OutboxMail) -> None:
    with pytest.raises(MailPermanentError) as refused:
        way.transport.deliver(bad)
    assert refused.value.code == "mail-not-writable"
    assert "evil" not in str(refused.value)
    assert way.arrived() == []


def test_what_may_work_later_is_told_apart(way: Way) -> None:
    with pytest.raises(MailTransientError) as refused:
        way.hampered.deliver(mail())
    assert refused.value.code in ("mail-folder", "smtp-busy")
    assert "a@example.co.jp" not in str(refused.value)


@pytest.mark.parametrize(
    "sender", ["", "office", "契約課 <a@city.example.jp>", "a@b\r\nBcc: evil@example.com"]
)
def test_a_sender_that_no_mail_can_have_is_refused_at_the_start(way: Way, sender: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        way.make(sender)
    assert caught.value.facts["setting"] == "mail.sender"
