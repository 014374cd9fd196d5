"""Mails as files: the body byte for byte, whole or not at all, one file a Message-ID, and no way to smuggle a header in."""

from __future__ import annotations

import email
from dataclasses import replace
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebidadmin.domain.events import Subject, SubjectKind
from ebidadmin.domain.mails import MailDraft, MailKind, OutboxMail
from ebidadmin.errors import ConfigurationError, MailPermanentError, MailTransientError
from ebidadmin.mailing.folder import FolderTransport, file_name
from ebidadmin.mailing.message import message_bytes
from tests.builders import NOON

SENDER = "bid-office@city.example.jp"


def mail(
    body: str = "本文\n", *, to: tuple[str, ...] = ("a@example.co.jp",), subject: str = "審査結果"
) -> OutboxMail:
    return OutboxMail(
        id=7,
        message_id="<7f3c@ebidadmin.local>",
        draft=MailDraft(MailKind.ID_APPROVED, to, subject, body),
        about=Subject(SubjectKind.APPLICATION, "A000001"),
        written_at=NOON,
        not_before=NOON,
    )


def parsed(content: bytes) -> EmailMessage:
    message = email.message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


BODIES = st.lists(st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]))).map(
    lambda lines: "".join(f"{line}\n" for line in [*lines, "末尾"])
)


@given(BODIES)
def test_the_decoded_body_is_the_draft_byte_for_byte(body: str) -> None:
    content = message_bytes(mail(body), sender=SENDER)
    assert parsed(content).get_payload(decode=True) == body.encode()
    assert max(len(line) for line in content.split(b"\r\n")) <= 998
    assert b"\n" not in content.replace(b"\r\n", b"")


def test_the_headers_are_those_of_an_automatic_mail() -> None:
    message = parsed(message_bytes(mail(), sender=SENDER))
    assert (message["From"], message["To"], message["Subject"]) == (SENDER, "a@example.co.jp", "審査結果")
    assert message["Message-ID"] == "<7f3c@ebidadmin.local>"
    assert message["Date"] == "Wed, 07 Oct 2026 12:00:00 +0900"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_charset() == "utf-8"


def test_long_addresses_and_subjects_survive() -> None:
    longest = "a" * 64 + "@" + "b" * 31 + ".jp"
    message = parsed(message_bytes(mail(to=(longest, "b@example.co.jp"), subject="審査" * 80), sender=SENDER))
    assert [address.addr_spec for address in message["To"].addresses] == [longest, "b@example.co.jp"]
    assert message["Subject"] == "審査" * 80


@pytest.mark.parametrize(
    "bad",
    [
        mail(to=("a@example.co.jp\nBcc: evil@example.com",)),
        mail(to=("a@example.co.jp, evil@example.com",)),
        mail(to=("not an address",)),
        mail(subject="審査\nBcc: evil@example.com"),
        mail(subject="審査\r\nBcc: evil@example.com"),
    ],
)
def test_no_header_can_be_smuggled_in(tmp_path: Path, bad: OutboxMail) -> None:
    with pytest.raises(MailPermanentError) as refused:
        FolderTransport(tmp_path, sender=SENDER).deliver(bad)
    assert "evil" not in str(refused.value)
    assert not list(tmp_path.iterdir())


def test_a_repeat_leaves_one_file_with_the_same_bytes(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    transport = FolderTransport(folder, sender=SENDER)
    transport.deliver(mail())
    (first,) = folder.iterdir()
    before = first.read_bytes()
    transport.deliver(replace(mail(), attempts=3, version=4))
    assert list(folder.iterdir()) == [first]
    assert first.name == "7f3c@ebidadmin.local.eml"
    assert first.read_bytes() == before


def test_what_a_dead_sender_left_is_swept_away(tmp_path: Path) -> None:
    (tmp_path / ".7f3c@ebidadmin.local.eml.999.tmp").write_bytes(b"half")
    FolderTransport(tmp_path, sender=SENDER).deliver(mail())
    assert [path.name for path in tmp_path.iterdir()] == ["7f3c@ebidadmin.local.eml"]


def test_a_folder_that_cannot_be_written_is_a_transient_failure(tmp_path: Path) -> None:
    in_the_way = tmp_path / "mail"
    in_the_way.write_text("a file, no folder")
    with pytest.raises(MailTransientError) as refused:
        FolderTransport(in_the_way, sender=SENDER).deliver(mail())
    assert refused.value.code == "mail-folder"
    assert in_the_way.read_text() == "a file, no folder"


def test_an_error_while_writing_leaves_nothing_half_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(MailTransientError) as refused:
        FolderTransport(tmp_path, sender=SENDER).deliver(mail())
    assert refused.value.facts["reason"] == "No space left on device"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "message_id",
    ["<../../etc/passwd@x>", "<a/b@x>", "<a\\b@x>", "<.hidden@x>", "<" + "x" * 300 + "@y>", "<a b@x>"],
)
def test_a_message_id_never_leaves_the_folder(message_id: str) -> None:
    name = file_name(message_id)
    assert "/" not in name
    assert "\\" not in name
    assert not name.startswith(".")
    assert name.endswith(".eml")
    assert len(name) < 150


def test_different_ids_have_different_names() -> None:
    ids = ["<a/b@x>", "<a_b@x>", "<a?b@x>", "<a b@x>"]
    assert len({file_name(one) for one in ids}) == len(ids)


@pytest.mark.parametrize(
    "sender",
    [
        "",
        "office",
        "office@",
        "@city.example.jp",
        "契約課 <a@city.example.jp>",
        "契約課@city.example.jp",
        "a@b\n",
    ],
)
def test_a_sender_that_no_mail_can_have_is_refused_at_the_start(tmp_path: Path, sender: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        FolderTransport(tmp_path, sender=sender)
    assert caught.value.facts["setting"] == "mail.sender"
