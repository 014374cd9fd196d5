"""SMTP against a server that takes mails and one that fails at every step: what is tried again, what is given up, what is never sent."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ebidadmin.errors import (
    ConfigurationError,
    MailError,
    MailPermanentError,
    MailServerError,
    MailTransientError,
)
from ebidadmin.mailing.message import message_bytes
from ebidadmin.mailing.smtp import (
    FAILURES,
    PASSWORD_VARIABLE,
    USER_VARIABLE,
    Login,
    Security,
    SmtpTransport,
    Step,
)
from ebidadmin.text.error_sentences import ERRORS
from ebidadmin.text.mail_sentences import REASONS
from tests.canary import found_in
from tests.contracts.test_mail_transports import SENDER, mail
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
from tests.mail_server import NAME, running_mail_server, server_context, write_authority

USER, PASSWORD = "madeup-user-7Q", "Canary-pass-93x!"
LOGIN = {USER_VARIABLE: USER, PASSWORD_VARIABLE: PASSWORD}


@pytest.fixture
def faulty() -> Iterator[FaultServer]:
    with running_fault_server() as server:
        yield server


def refused(transport: SmtpTransport, *to: str) -> MailError:
    with pytest.raises(MailError) as caught:
        transport.deliver(mail(to=to or ("a@example.co.jp",)))
    return caught.value


@pytest.mark.parametrize("fault", CODES)
def test_each_fault_has_its_code_and_the_next_try_succeeds(faulty: FaultServer, fault: Fault) -> None:
    faulty.plan.append(fault)
    with time_limit(fault) as seconds:
        error = refused(SmtpTransport(faulty.address(timeout=seconds), sender=SENDER, environ={}))
    assert error.code in CODES[fault]
    assert type(error) is FAILURES[error.code]
    assert isinstance(error, MailPermanentError) == (fault in FOR_GOOD)
    kept = 1 if fault in KEPT else 0
    assert len(faulty.received) == kept
    SmtpTransport(faulty.address(), sender=SENDER, environ={}).deliver(mail())
    assert [one.content for one in faulty.received] == [message_bytes(mail(), sender=SENDER)] * (kept + 1)


@pytest.mark.parametrize("fault", CODES)
def test_what_the_server_says_stays_with_it(
    faulty: FaultServer, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    faulty.plan.append(fault)
    caplog.set_level(logging.DEBUG)
    with time_limit(fault) as seconds:
        error = refused(SmtpTransport(faulty.address(timeout=seconds), sender=SENDER, environ={}))
    assert error.__cause__ is None
    assert error.__context__ is None
    shown = "".join(traceback.format_exception_only(error)) + repr(dict(error.facts)) + caplog.text
    for word in ("victim", "a@example.co.jp", "you said"):
        assert word not in shown
    assert error.code in caplog.text


def test_a_line_that_begins_with_a_dot_ends_no_mail(
    faulty: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = b"Subject: dots\r\n\r\n.\r\n..two\r\n.end\r\n"
    monkeypatch.setattr("ebidadmin.mailing.smtp.message_bytes", lambda *_args, **_named: content)
    SmtpTransport(faulty.address(), sender=SENDER, environ={}).deliver(mail())
    assert [one.content for one in faulty.received] == [content]


def test_nobody_listens() -> None:
    with closed_port() as port, running_fault_server() as other:
        transport = SmtpTransport(other.address(port=port), sender=SENDER, environ={})
        error = refused(transport)
    assert (error.code, error.facts["step"]) == ("smtp-unreachable", "connect")
    assert isinstance(error, MailServerError)


def test_a_host_that_does_not_exist(faulty: FaultServer) -> None:
    error = refused(SmtpTransport(faulty.address(host="mail.invalid"), sender=SENDER, environ={}))
    assert error.code == "smtp-unreachable"


def test_a_connection_cut_amid_a_long_mail_is_no_unknown(faulty: FaultServer) -> None:
    faulty.plan.append(Fault.CUT_IN_DATA)
    short = mail()
    long = replace(short, draft=replace(short.draft, body="長い本文\n" * 1_500_000))
    with pytest.raises(MailTransientError) as caught:
        SmtpTransport(faulty.address(), sender=SENDER, environ={}).deliver(long)
    assert caught.value.code == "smtp-cut"
    assert faulty.received == []


def test_a_recipient_who_may_be_taken_later_holds_the_mail_back_for_all(faulty: FaultServer) -> None:
    faulty.plan.append(Fault.SECOND_LATER)
    transport = SmtpTransport(faulty.address(), sender=SENDER, environ={})
    error = refused(transport, "a@example.co.jp", "b@example.co.jp")
    assert (type(error), error.code, error.facts["reply"]) == (MailTransientError, "smtp-some-later", 450)
    assert faulty.received == []
    transport.deliver(mail(to=("a@example.co.jp", "b@example.co.jp")))
    assert [one.recipients for one in faulty.received] == [("a@example.co.jp", "b@example.co.jp")]


def test_a_recipient_refused_for_good_keeps_it_from_no_other_and_is_told(faulty: FaultServer) -> None:
    faulty.plan.append(Fault.SECOND_NEVER)
    transport = SmtpTransport(faulty.address(), sender=SENDER, environ={})
    error = refused(transport, "a@example.co.jp", "b@example.co.jp")
    assert (type(error), error.code) == (MailPermanentError, "smtp-some-refused")
    assert (error.facts["reply"], error.facts["step"]) == (550, "recipient")
    transport.deliver(mail(to=("a@example.co.jp", "b@example.co.jp")))
    first, again = faulty.received
    assert (first.recipients, again.recipients) == (
        ("a@example.co.jp",),
        ("a@example.co.jp", "b@example.co.jp"),
    )
    assert first.content == again.content


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_a_login_travels_encrypted_only_and_is_accepted(tmp_path: Path, security: Security) -> None:
    with running_mail_server(tmp_path, security, login=(USER, PASSWORD)) as server:
        SmtpTransport(server.address(), sender=SENDER, environ=LOGIN).deliver(mail())
        assert list(SmtpTransport(server.address(), sender=SENDER, environ=LOGIN).examine()) == [
            *(Step.CONNECT, Step.GREET, Step.ENCRYPT, Step.LOG_IN),
        ]
    assert len(server.received) == 1
    assert len(server.logins) == 2


def test_a_wrong_password_is_no_fault_of_the_mail_and_told_without_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with running_mail_server(tmp_path, Security.STARTTLS, login=(USER, "another")) as server:
        error = refused(SmtpTransport(server.address(), sender=SENDER, environ=LOGIN))
    assert (error.code, error.facts["reply"], type(error)) == ("smtp-login-refused", 535, MailServerError)
    shown = "".join(traceback.format_exception_only(error)) + repr(error.__dict__) + caplog.text
    assert not found_in(shown.encode(), PASSWORD)
    assert not found_in(shown.encode(), USER)


def test_a_server_that_quotes_the_login_is_not_quoted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with running_fault_server(server_context(tmp_path)) as server:
        server.plan.append(Fault.LOGIN_QUOTED)
        address = server.address(host=NAME, security=Security.TLS, ca_file=write_authority(tmp_path))
        error = refused(SmtpTransport(address, sender=SENDER, environ=LOGIN))
    assert error.code == "smtp-login-refused"
    assert found_in(repr(server.commands).encode(), f"\0{USER}\0{PASSWORD}"), "it was told"
    assert (error.__cause__, error.__context__) == (None, None)
    shown = "".join(traceback.format_exception_only(error)) + repr(error.__dict__) + caplog.text
    for secret in (USER, PASSWORD, f"\0{USER}\0{PASSWORD}"):
        assert not found_in(shown.encode(), secret)


def test_a_server_that_knows_no_login_is_told(tmp_path: Path) -> None:
    with running_mail_server(tmp_path, Security.TLS) as server:
        error = refused(SmtpTransport(server.address(), sender=SENDER, environ=LOGIN))
    assert error.code == "smtp-login-unsupported"
    assert server.received == []


def test_a_login_without_encryption_is_refused_before_anything_is_sent(faulty: FaultServer) -> None:
    with pytest.raises(ConfigurationError) as caught:
        SmtpTransport(faulty.address(), sender=SENDER, environ=LOGIN)
    assert caught.value.code == "smtp-login-unencrypted"
    assert faulty.commands == []
    assert not found_in(repr(caught.value.__dict__).encode(), PASSWORD)


def test_a_server_without_starttls_gets_neither_mail_nor_login(faulty: FaultServer) -> None:
    error = refused(SmtpTransport(faulty.address(security=Security.STARTTLS), sender=SENDER, environ=LOGIN))
    assert error.code == "smtp-tls-missing"
    assert {line.split(" ")[0].lower() for line in faulty.commands} <= {"ehlo", "quit"}


def test_a_server_that_speaks_plain_text_gets_nothing_over_tls(faulty: FaultServer) -> None:
    error = refused(SmtpTransport(faulty.address(security=Security.TLS), sender=SENDER, environ=LOGIN))
    assert error.code == "smtp-tls-failed"
    assert faulty.received == []


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
@pytest.mark.parametrize("changes", [{"ca_file": None}, {"host": "127.0.0.1"}], ids=["authority", "name"])
def test_a_certificate_that_does_not_fit_ends_it(
    tmp_path: Path, security: Security, changes: dict[str, object]
) -> None:
    with running_mail_server(tmp_path, security, login=(USER, PASSWORD)) as server:
        error = refused(SmtpTransport(server.address(**changes), sender=SENDER, environ=LOGIN))
    assert (error.code, type(error)) == ("smtp-certificate-refused", MailServerError)
    assert (server.received, server.logins) == ([], [])


@pytest.mark.parametrize(
    ("environ", "code", "variable"),
    [
        ({USER_VARIABLE: USER}, "smtp-login-incomplete", PASSWORD_VARIABLE),
        ({PASSWORD_VARIABLE: PASSWORD}, "smtp-login-incomplete", USER_VARIABLE),
        ({**LOGIN, PASSWORD_VARIABLE: PASSWORD + "あ"}, "smtp-login-unusable", PASSWORD_VARIABLE),
        ({**LOGIN, PASSWORD_VARIABLE: PASSWORD + "\n"}, "smtp-login-unusable", PASSWORD_VARIABLE),
    ],
)
def test_half_a_login_is_refused_at_the_start(
    faulty: FaultServer, environ: dict[str, str], code: str, variable: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        SmtpTransport(faulty.address(security=Security.TLS), sender=SENDER, environ=environ)
    assert (caught.value.code, caught.value.facts) == (code, {"variable": variable})


def test_a_file_without_authorities_is_refused_at_the_start(tmp_path: Path, faulty: FaultServer) -> None:
    (tmp_path / "empty.pem").write_text("nothing")
    for file in (tmp_path / "empty.pem", tmp_path / "absent.pem"):
        with pytest.raises(ConfigurationError) as caught:
            SmtpTransport(faulty.address(security=Security.TLS, ca_file=file), sender=SENDER, environ={})
        assert caught.value.facts == {"setting": "mail.smtp.ca_file", "value": str(file)}


def test_looking_at_the_server_sends_no_mail(tmp_path: Path) -> None:
    with running_mail_server(tmp_path) as server:
        transport = SmtpTransport(server.address(), sender=SENDER, environ={})
        assert (list(transport.examine()), transport.logs_in) == ([Step.CONNECT, Step.GREET], False)
    assert server.received == []


def test_looking_at_the_server_ends_at_the_step_that_fails(tmp_path: Path) -> None:
    with running_mail_server(tmp_path, Security.STARTTLS, login=(USER, "another")) as server:
        steps = SmtpTransport(server.address(), sender=SENDER, environ=LOGIN).examine()
        assert [next(steps) for _ in range(3)] == [Step.CONNECT, Step.GREET, Step.ENCRYPT]
        with pytest.raises(MailServerError) as caught:
            next(steps)
    assert caught.value.facts == {
        "id": None,
        "server": f"{NAME}:{server.port}",
        "step": "log-in",
        "reply": 535,
    }


def test_a_login_is_never_shown() -> None:
    assert not found_in(repr(Login(USER, PASSWORD)).encode(), PASSWORD)
    assert not found_in(repr(Login(USER, PASSWORD)).encode(), USER)


@pytest.mark.parametrize("code", FAILURES)
def test_every_failure_has_its_words(code: str) -> None:
    assert code in ERRORS
    assert code in REASONS
