"""``mail list``, ``send`` and ``retry`` at a desk with a mail server: states, reasons, exit codes, and no secret anywhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ebidadmin.mailing.smtp import PASSWORD_VARIABLE, USER_VARIABLE, Security
from tests.acceptance.conftest import Answer, Ebid
from tests.canary import found_in
from tests.diagnosis.conftest import set_up
from tests.fault_server import Fault, FaultServer, running_fault_server
from tests.mail_server import running_mail_server

PASSWORD = "Canary-pass-93x!"
Mail = Callable[..., Answer]


@pytest.fixture
def faulty() -> Iterator[FaultServer]:
    with running_fault_server() as server:
        yield server


def use_server(desk: Path, port: int, security: str = "none", ca_file: Path | None = None) -> None:
    set_up(desk, 'transport = "folder"', 'transport = "smtp"')
    set_up(desk, 'host = ""', 'host = "localhost"')
    set_up(desk, "port = 587", f"port = {port}")
    set_up(desk, 'security = "starttls"', f'security = "{security}"')
    set_up(desk, 'ca_file = ""', f'ca_file = "{ca_file or ""}"')


def rejected(office: Path, ebid: Ebid) -> Answer:
    """The one application is rejected, which causes a mail that is handed over at once."""
    words = ("application", "reject", "A1", "--version", 1, "--reason", "other")
    return ebid(*words, "--json", "--desk", office)


def listed(office: Path, ebid: Ebid, *words: object) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ebid("mail", "list", *words, "--json", "--desk", office).value
    return found


def test_a_mail_for_later_is_listed_with_its_reason_and_next_try(
    office: Path, ebid: Ebid, faulty: FaultServer
) -> None:
    use_server(office, faulty.server_address[1])
    faulty.plan.append(Fault.LATER_RCPT)
    answer = rejected(office, ebid)
    assert (answer.code, "1 mail(s) could not be sent now" in answer.err) == (0, True)
    (mail,) = listed(office, ebid, "--state", "waiting")
    assert (mail["attempts"], mail["last_error"], mail["sent_at"]) == (1, "smtp-busy", None)
    assert mail["next_try"] > mail["written_at"]
    line = ebid("mail", "list", "--desk", office)
    assert "waiting (smtp-busy, tries 1, again from " in line.out
    sent = ebid("mail", "send", "--json", "--desk", office)
    assert (sent.code, sent.value) == (0, {"sent": 0, "failed": 0, "left": 0}), "its next try is not due"
    refused = ebid("mail", "retry", mail["id"], "--desk", office)
    assert (refused.code, refused.out) == (1, "")


def test_a_given_up_mail_is_tried_again_when_a_person_says_so(
    office: Path, ebid: Ebid, faulty: FaultServer
) -> None:
    use_server(office, faulty.server_address[1])
    faulty.plan.append(Fault.NEVER_RCPT)
    rejected(office, ebid)
    (mail,) = listed(office, ebid, "--state", "gave-up")
    assert (mail["last_error"], mail["next_try"]) == ("smtp-recipients-refused", None)
    assert "gave-up (smtp-recipients-refused)" in ebid("mail", "list", "--desk", office).out
    words = ("mail", "retry", mail["id"], "--json", "--desk", office)
    assert (ebid(*words, "--dry-run").code, listed(office, ebid)) == (0, [mail])
    again = ebid(*words)
    assert (again.code, again.value["state"], again.value["attempts"]) == (0, "waiting", 0)
    faulty.plan.append(Fault.NEVER_CONTENT)
    failed = ebid("mail", "send", "--json", "--desk", office)
    assert (failed.code, failed.value) == (1, {"sent": 0, "failed": 1, "left": 0})
    ebid(*words)
    dry = ebid("mail", "send", "--dry-run", "--json", "--desk", office)
    assert (dry.code, dry.value, faulty.received) == (0, {"waiting": 1}, [])
    sent = ebid("mail", "send", "--json", "--desk", office)
    assert (sent.code, sent.value) == (0, {"sent": 1, "failed": 0, "left": 0})
    (mail,) = listed(office, ebid, "--state", "sent")
    assert f"Message-ID: {mail['message_id']}".encode() in faulty.received[0].content


@pytest.mark.parametrize(
    "words",
    [("mail", "retry", "7"), ("mail", "retry"), ("mail", "retry", "x"), ("mail", "list", "--state", "lost")],
)
def test_what_is_not_there_is_refused_and_what_is_no_command_is_misuse(
    desk: Path, ebid: Ebid, words: tuple[str, ...]
) -> None:
    answer = ebid(*words, "--desk", desk)
    assert answer.code == (1 if words[-1] == "7" else 2)
    assert "Traceback" not in answer.err


def test_a_login_is_used_and_stands_nowhere(
    office: Path, ebid: Ebid, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(USER_VARIABLE, "madeup-user-7Q")
    monkeypatch.setenv(PASSWORD_VARIABLE, PASSWORD)
    with running_mail_server(tmp_path, Security.STARTTLS, login=("madeup-user-7Q", "another")) as server:
        use_server(office, server.port, "starttls", server.ca_file)
        refused = rejected(office, ebid)
        (mail,) = listed(office, ebid)
        doctor = ebid("doctor", "--json", "--desk", office)
        trail = ebid("audit", "list", "--json", "--desk", office)
    assert len(server.logins) == 4, "two mechanisms, by the mail and by the doctor"
    assert (refused.code, mail["last_error"], doctor.code) == (0, "smtp-login-refused", 1)
    told = [*(answer.out + answer.err for answer in (refused, doctor, trail)), json.dumps(mail)]
    kept = [path.read_bytes() for path in office.rglob("*") if path.is_file()]
    for secret in (PASSWORD, "madeup-user-7Q"):
        assert not [text for text in told if found_in(text.encode(), secret)]
        assert not [content for content in kept if found_in(content, secret)]


def test_where_another_sends_a_decision_leaves_its_mail_to_mail_send(office: Path, ebid: Ebid) -> None:
    set_up(office, "send_at_once = true", "send_at_once = false")
    answer = rejected(office, ebid)
    assert (answer.code, answer.err) == (0, "")
    (mail,) = listed(office, ebid)
    assert (mail["state"], mail["attempts"]) == ("waiting", 0)
    assert ebid("mail", "send", "--desk", office).code == 0
    assert [one["state"] for one in listed(office, ebid)] == ["sent"]
