"""Mails by SMTP (RFC 5321), through the standard library.

A connection carries one mail. The server's certificate is always verified; nothing is sent where the wished encryption cannot be had.
What a server answers may quote an address or what was sent to log in: beyond this module go a code of ours and the number of the reply,
no more.
"""

from __future__ import annotations

import logging
import os
import re
import smtplib
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from ebidadmin.domain.mails import OutboxMail
from ebidadmin.errors import (
    ConfigurationError,
    MailError,
    MailPermanentError,
    MailServerError,
    MailTransientError,
)
from ebidadmin.mailing.message import checked_sender, message_bytes

USER_VARIABLE = "EBIDADMIN_SMTP_USER"
PASSWORD_VARIABLE = "EBIDADMIN_SMTP_PASSWORD"  # noqa: S105 (the name of a variable, no password)

FAILURES: Mapping[str, type[MailError]] = {
    "smtp-unreachable": MailServerError,
    "smtp-timeout": MailServerError,
    "smtp-service-refused": MailServerError,
    "smtp-tls-missing": MailServerError,
    "smtp-tls-failed": MailServerError,
    "smtp-certificate-refused": MailServerError,
    "smtp-login-unencrypted": MailServerError,
    "smtp-login-unsupported": MailServerError,
    "smtp-login-refused": MailServerError,
    "smtp-unconfirmed": MailServerError,
    "smtp-cut": MailTransientError,
    "smtp-busy": MailTransientError,
    "smtp-some-later": MailTransientError,
    "smtp-sender-refused": MailPermanentError,
    "smtp-recipients-refused": MailPermanentError,
    "smtp-some-refused": MailPermanentError,
    "smtp-content-refused": MailPermanentError,
}
"""All that can become of a mail that was not accepted. What is wrong with server or settings is no fault of the mail and is tried again."""

CLOSING = 421
"""The server's word for "not now, for nobody", at any step."""

WANTS_LOGIN = frozenset({530, 534, 535, 538})
"""Replies (RFC 4954) that complain of the login, not of the mail, whatever they answer."""

log = logging.getLogger("ebidadmin.mailing.smtp")

_LINE_WITH_DOT = re.compile(rb"^\.", re.MULTILINE)


class Security(StrEnum):
    """How the connection is encrypted: from the first byte, after a word in plain text, or not at all."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


class Step(StrEnum):
    """How far a connection has come."""

    CONNECT = "connect"
    GREET = "greet"
    ENCRYPT = "encrypt"
    LOG_IN = "log-in"
    SENDER = "sender"
    RECIPIENT = "recipient"
    CONTENT = "content"
    ANSWER = "answer"


OPENING = (Step.CONNECT, Step.GREET, Step.ENCRYPT, Step.LOG_IN)
"""Steps before any mail is spoken of: what fails here would fail for every mail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpServer:
    """Where mails are handed over. ``timeout`` in seconds, for each single answer; ``ca_file`` replaces the system's authorities."""

    host: str
    port: int
    security: Security
    timeout: float
    ca_file: Path | None = None

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Login:
    """Never shown, not even by ``repr``."""

    user: str = field(repr=False)
    password: str = field(repr=False)


def environment_login(environ: Mapping[str, str]) -> Login | None:
    """The login that the environment gives, if any.

    Raises ``ConfigurationError``: ``smtp-login-incomplete`` where one of both is missing, ``smtp-login-unusable`` for signs that no login
    can carry. Both name the variable and not its value.
    """
    user, password = environ.get(USER_VARIABLE, ""), environ.get(PASSWORD_VARIABLE, "")
    if not user and not password:
        return None
    for name, value in ((USER_VARIABLE, user), (PASSWORD_VARIABLE, password)):
        if not value:
            raise ConfigurationError("smtp-login-incomplete", variable=name)
        if not (value.isascii() and value.isprintable()):
            # Found here, because the exception of a codec would carry the whole value along.
            raise ConfigurationError("smtp-login-unusable", variable=name)
    return Login(user, password)


class SmtpTransport:
    """Implements ``mail_ports.MailTransport``.

    A mail whose recipients are accepted only in part is treated so that nobody misses it unnoticed and nobody gets it twice without need.
    Where a recipient may be accepted later, the mail goes to none of them now and to all of them later. Where a recipient is refused for
    good, the others must not wait for ever: they get it, and the mail counts as given up (``smtp-some-refused``), so that a person tells
    the one who did not. If that person has it tried again, those who have it already get it again under the same Message-ID.
    """

    def __init__(self, server: SmtpServer, *, sender: str, environ: Mapping[str, str] | None = None) -> None:
        """The login is read from ``environ`` (``None``: the process's own), once.

        Raises ``ConfigurationError``: ``setting-invalid`` for a sender that no message can have or a file without authorities,
        ``smtp-login-unencrypted`` for a login that would travel in plain text, and those of ``environment_login``.
        """
        self.server = server
        self._sender = checked_sender(sender)
        self._login = environment_login(os.environ if environ is None else environ)
        if self._login is not None and server.security is Security.NONE:
            raise ConfigurationError("smtp-login-unencrypted", server=str(server))
        self._authorities = None if server.ca_file is None else _authorities(server.ca_file)

    @property
    def logs_in(self) -> bool:
        """Whether the environment gives a login."""
        return self._login is not None

    @property
    def encrypts(self) -> bool:
        """Whether the settings want the connection encrypted."""
        return self.server.security is not Security.NONE

    def deliver(self, mail: OutboxMail) -> None:
        """Hand the mail over; it is accepted by the server when this returns.

        Raises ``MailPermanentError``, ``MailTransientError`` or ``MailServerError`` with a code of ``FAILURES``, or ``mail-not-writable``.
        ``smtp-unconfirmed``: all of it was sent but the answer did not come, so that the server may have accepted it.
        """
        content = message_bytes(mail, sender=self._sender)
        with closing(self._conversation()) as talk:
            failure = talk.outcome(talk.hand_over, self._sender, mail.draft.to, content)
        self._tell(talk, failure, mail.id)

    def examine(self) -> Iterator[Step]:
        """Connect, greet, encrypt and log in as for a mail, telling each step that was taken; no mail is sent.

        Raises ``MailServerError`` at the step that fails. Steps that the settings leave out are not told.
        """
        with closing(self._conversation()) as talk:
            for step in OPENING:
                failure = talk.outcome(talk.take, step)
                self._tell(talk, failure, None)
                if talk.step is step:
                    yield step

    def _conversation(self) -> _Conversation:
        return _Conversation(self.server, self._sender.rpartition("@")[2], self._login, self._authorities)

    def _tell(self, talk: _Conversation, failure: _Failure | None, mail_id: int | None) -> None:
        if failure is None:
            return
        log.info("mail %s at %s: %s, reply %s", mail_id, self.server, failure.code, failure.reply or "none")
        # Raised here, where no foreign exception is being handled: it would travel along with what the server said.
        raise FAILURES[failure.code](
            failure.code, id=mail_id, server=str(self.server), step=talk.step.value, reply=failure.reply
        )


@dataclass(frozen=True, slots=True)
class _Failure:
    code: str
    reply: int | None = None


class _StoppedError(Exception):
    """Ends a conversation; never leaves this module."""

    def __init__(self, code: str, reply: int | None = None) -> None:
        super().__init__(code)
        self.failure = _Failure(code, reply)


class _Conversation:
    """One connection, step by step."""

    def __init__(
        self, server: SmtpServer, name: str, login: Login | None, authorities: ssl.SSLContext | None
    ) -> None:
        self._server = server
        self._name = name
        self._login = login
        self._authorities = authorities
        self._smtp: smtplib.SMTP | None = None
        self.step = Step.CONNECT

    @property
    def _line(self) -> smtplib.SMTP:
        if self._smtp is None:
            raise smtplib.SMTPServerDisconnected("not connected")
        return self._smtp

    def close(self) -> None:
        """Leave. What became of the mail is known by now: nobody waits for the answer to the farewell."""
        if self._smtp is not None:
            with suppress(OSError):
                self._smtp.putcmd("quit")
            self._smtp.close()

    def outcome(self, act: Callable[..., None], *arguments: object) -> _Failure | None:
        """Do it and tell how it failed, if it did."""
        try:
            act(*arguments)
        except _StoppedError as error:
            return error.failure
        except (OSError, ValueError) as error:
            # The library's own exceptions are among them.
            return self._meaning(error)
        return None

    def hand_over(self, sender: str, recipients: Sequence[str], content: bytes) -> None:
        """All of it."""
        for step in OPENING:
            self.take(step)
        self._send(sender, recipients, content)

    def take(self, step: Step) -> None:
        """One of the steps before a mail, where the settings want it."""
        if step is Step.CONNECT:
            self._connect()
        elif step is Step.GREET:
            self.step = step
            self._wanted(*self._line.ehlo(), otherwise="smtp-service-refused")
        elif step is Step.ENCRYPT and self._server.security is Security.STARTTLS:
            self.step = step
            self._line.starttls(context=self._context())
            # What was offered in plain text counts no more (RFC 3207).
            self._wanted(*self._line.ehlo(), otherwise="smtp-service-refused")
        elif step is Step.ENCRYPT and self._server.security is Security.TLS:
            self.step = step
        elif step is Step.LOG_IN and self._login is not None:
            self.step = step
            if not isinstance(self._line.sock, ssl.SSLSocket):
                raise _StoppedError("smtp-login-unencrypted")
            self._line.login(self._login.user, self._login.password)

    def _connect(self) -> None:
        server, name = self._server, self._name
        # A name of our own: finding this computer's can take as long as a name server is silent.
        if server.security is Security.TLS:
            self._smtp = smtplib.SMTP_SSL(
                server.host, server.port, name, timeout=server.timeout, context=self._context()
            )
        else:
            self._smtp = smtplib.SMTP(server.host, server.port, name, timeout=server.timeout)

    def _context(self) -> ssl.SSLContext:
        return self._authorities or ssl.create_default_context()

    def _send(self, sender: str, recipients: Sequence[str], content: bytes) -> None:
        line = self._line
        self.step = Step.SENDER
        size = [f"size={len(content)}"] if line.has_extn("size") else []
        self._wanted(*line.mail(sender, size), otherwise="smtp-sender-refused")
        self.step = Step.RECIPIENT
        refused = self._refused(recipients)
        self.step = Step.CONTENT
        self._wanted(*line.docmd("data"), otherwise="smtp-content-refused", good=3)
        line.send(_LINE_WITH_DOT.sub(b"..", content) + b".\r\n")
        # From here on the server may have all of it.
        self.step = Step.ANSWER
        reply, text = line.getreply()
        if reply // 100 not in (2, 4, 5):
            raise _StoppedError("smtp-unconfirmed")
        self._wanted(reply, text, otherwise="smtp-content-refused")
        if refused is not None:
            self.step = Step.RECIPIENT
            raise _StoppedError("smtp-some-refused", refused)

    def _refused(self, recipients: Sequence[str]) -> int | None:
        """Name the recipients; the reply about one who is refused for good while others are accepted."""
        replies = [self._line.rcpt(recipient)[0] for recipient in recipients]
        bad = [reply for reply in replies if reply // 100 != 2]
        later = [reply for reply in bad if reply // 100 != 5]
        for reply in later:
            self._not_closing(reply)
            raise _StoppedError("smtp-busy" if len(bad) == len(replies) else "smtp-some-later", reply)
        if bad and len(bad) == len(replies):
            raise _StoppedError("smtp-recipients-refused", bad[0])
        return bad[0] if bad else None

    def _wanted(self, reply: int, _text: bytes, *, otherwise: str, good: int = 2) -> None:
        """Go on with the wished kind of reply only; ``otherwise`` is the code of a refusal for good."""
        if reply // 100 == good:
            return
        self._not_closing(reply)
        if self.step in OPENING:
            raise _StoppedError("smtp-service-refused", reply)
        if reply in WANTS_LOGIN:
            raise _StoppedError("smtp-login-refused", reply)
        raise _StoppedError(otherwise if reply // 100 == 5 else "smtp-busy", reply)

    def _not_closing(self, reply: int) -> None:
        if reply == CLOSING:
            raise _StoppedError("smtp-service-refused", reply)
        if reply < 0:
            # No reply at all: whoever is at the other end does not speak SMTP.
            raise _StoppedError(self._broken())

    def _broken(self) -> str:
        if self.step is Step.ANSWER:
            return "smtp-unconfirmed"
        return "smtp-unreachable" if self.step in OPENING else "smtp-cut"

    def _meaning(self, error: OSError | ValueError) -> _Failure:
        """What a foreign exception means for the mail, by how far the connection had come."""
        if isinstance(error, smtplib.SMTPResponseException):
            return self._meaning_of_reply(error)
        if isinstance(error, ssl.SSLError) and self.step in OPENING:
            unverified = isinstance(error, ssl.SSLCertVerificationError)
            return _Failure("smtp-certificate-refused" if unverified else "smtp-tls-failed")
        if self.step is Step.ENCRYPT and isinstance(error, smtplib.SMTPNotSupportedError):
            return _Failure("smtp-tls-missing")
        if self.step is not Step.ANSWER and _timed_out(error):
            return _Failure("smtp-timeout")
        if self.step is Step.LOG_IN and not _disconnected(error):
            return _Failure("smtp-login-unsupported")
        return _Failure(self._broken())

    def _meaning_of_reply(self, error: smtplib.SMTPResponseException) -> _Failure:
        """Where the library itself looks at replies, or finds one endless."""
        reply = error.smtp_code
        if isinstance(error, smtplib.SMTPAuthenticationError) and reply // 100 == 5:
            return _Failure("smtp-login-refused", reply)
        if reply < 0 or self.step not in OPENING:
            return _Failure(self._broken())
        if self.step is Step.ENCRYPT and reply // 100 == 5:
            return _Failure("smtp-tls-missing", reply)
        return _Failure("smtp-service-refused", reply)


def _disconnected(error: Exception) -> bool:
    plain = isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException)
    return plain or isinstance(error, smtplib.SMTPServerDisconnected)


def _timed_out(error: BaseException) -> bool:
    """Whether the time limit is behind it: the library says of every broken connection that it was closed."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, TimeoutError):
        cause = cause.__context__
    return cause is not None


def _authorities(file: Path) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=file)
    except OSError as error:
        raise ConfigurationError("setting-invalid", setting="mail.smtp.ca_file", value=str(file)) from error
