"""The mail server as the help desk sees it: a sentence for each step, none of them a mail, none of them a secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from ebidadmin.cli.checks import examine
from ebidadmin.clock import SettableClock
from ebidadmin.diagnosis import look_at_office
from ebidadmin.domain.diagnosis import Found, Helper, Item, Verdict
from ebidadmin.mailing.smtp import PASSWORD_VARIABLE, USER_VARIABLE, Security
from ebidadmin.text.diagnosis import sentence
from tests.canary import found_in
from tests.diagnosis.conftest import set_up
from tests.diagnosis.test_installation import WORKDAY
from tests.fault_server import Fault, running_fault_server
from tests.mail_server import MailServer, running_mail_server

USER, PASSWORD = "madeup-user-7Q", "Canary-pass-93x!"


def at_server(place: Path, server: MailServer, security: Security) -> None:
    set_up(place, 'transport = "folder"', 'transport = "smtp"')
    set_up(place, 'host = ""', 'host = "localhost"')
    set_up(place, "port = 587", f"port = {server.port}")
    set_up(place, 'security = "starttls"', f'security = "{security.value}"')
    set_up(place, 'ca_file = ""', f'ca_file = "{server.ca_file or ""}"')


def seen(place: Path) -> list[Found]:
    return [
        found
        for found in look_at_office(place, clock=SettableClock(WORKDAY))
        if found.item is Item.MAIL_SERVER
    ]


@pytest.fixture
def login(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(USER_VARIABLE, USER)
    monkeypatch.setenv(PASSWORD_VARIABLE, PASSWORD)


@pytest.mark.usefixtures("login")
@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_each_step_that_works_is_told(place: Path, tmp_path: Path, security: Security) -> None:
    with running_mail_server(tmp_path, security, login=(USER, PASSWORD)) as server:
        at_server(place, server, security)
        found = seen(place)
        checks = [check for check in examine(place) if check.name == "mail server"]
    assert [one.code for one in found] == ["mail-server-answers", "mail-server-encrypted", "mail-login-good"]
    assert all(one.verdict is Verdict.GOOD for one in found)
    assert server.received == []
    assert [check.code for check in checks] == [one.code for one in found]
    said = " ".join([*(check.detail for check in checks), *(sentence(one) for one in found)])
    assert f"localhost:{server.port}" in said
    assert not found_in(said.encode(), PASSWORD)
    assert not found_in(said.encode(), USER)


@pytest.mark.usefixtures("login")
def test_a_login_that_is_not_taken_is_told(place: Path, tmp_path: Path) -> None:
    with running_mail_server(tmp_path, Security.STARTTLS, login=(USER, "another")) as server:
        at_server(place, server, Security.STARTTLS)
        *before, last = seen(place)
    assert [one.code for one in before] == ["mail-server-answers", "mail-server-encrypted"]
    assert (last.code, last.verdict, last.helper) == (
        *("smtp-login-refused", Verdict.FAULT, Helper.ADMINISTRATOR),
    )
    assert not found_in(sentence(last).encode(), PASSWORD)


def test_a_connection_without_encryption_is_told(place: Path, tmp_path: Path) -> None:
    with running_mail_server(tmp_path) as server:
        at_server(place, server, Security.NONE)
        found = seen(place)
    assert [(one.code, one.verdict) for one in found] == [
        ("mail-server-answers", Verdict.GOOD),
        ("mail-server-plain", Verdict.ATTENTION),
        ("mail-login-none", Verdict.GOOD),
    ]


@pytest.mark.usefixtures("login")
def test_a_login_that_would_travel_in_plain_text_is_told(place: Path, tmp_path: Path) -> None:
    with running_mail_server(tmp_path) as server:
        at_server(place, server, Security.NONE)
        (found,) = seen(place)
    assert (found.code, found.verdict) == ("smtp-login-unencrypted", Verdict.FAULT)


def test_a_server_that_serves_nobody_is_told(place: Path) -> None:
    with running_fault_server() as server:
        server.plan.append(Fault.NEVER_GREETING)
        at_server(place, MailServer(server.server_address[1], Security.NONE, None), Security.NONE)
        (found,) = seen(place)
    assert (found.code, found.facts["reply"]) == ("smtp-service-refused", 554)


def test_a_desk_that_writes_files_needs_no_server(place: Path) -> None:
    (found,) = seen(place)
    assert (found.code, found.verdict) == ("mail-server-none", Verdict.GOOD)
