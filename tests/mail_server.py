"""A mail server inside the tests (aiosmtpd): plain or encrypted, with or without a login, and a made-up authority for its certificate."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from ebidadmin.mailing.smtp import Security, SmtpServer

FROM, TO = datetime(2020, 1, 1, tzinfo=UTC), datetime(2090, 1, 1, tzinfo=UTC)
NAME = "localhost"
PATIENCE = 30.0
"""Seconds that nobody needs: a server that answers at all answers at once."""


@dataclass(frozen=True)
class Received:
    """One mail as it came over the line."""

    recipients: tuple[str, ...]
    content: bytes


@dataclass
class MailServer:
    """A running server. ``received`` grows with each accepted mail; ``logins`` with each attempt to log in."""

    port: int
    security: Security
    ca_file: Path | None
    received: list[Received] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)

    def address(self, **changes: Any) -> SmtpServer:
        """How a transport finds it."""
        known: dict[str, Any] = {
            "host": NAME,
            "port": self.port,
            "security": self.security,
            "timeout": PATIENCE,
            "ca_file": self.ca_file,
        }
        return SmtpServer(**{**known, **changes})


class _Handler:
    def __init__(self, received: list[Received]) -> None:
        self._received = received

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 (the library's name)
        content = envelope.original_content
        assert content is not None
        self._received.append(Received(tuple(envelope.rcpt_tos), content))
        return "250 Taken"


@contextmanager
def running_mail_server(
    folder: Path, security: Security = Security.NONE, *, login: tuple[str, str] | None = None
) -> Iterator[MailServer]:
    """A server on a free port of this computer; ``login``: user name and password that it wants before it takes a mail."""
    ca_file = None if security is Security.NONE else write_authority(folder)
    context = None if ca_file is None else server_context(folder)
    found = MailServer(0, security, ca_file)

    def known(
        _server: SMTP, _session: Session, _envelope: Envelope, mechanism: str, given: Any
    ) -> AuthResult:
        found.logins.append(mechanism)
        assert isinstance(given, LoginPassword)
        return AuthResult(success=(given.login.decode(), given.password.decode()) == login, handled=False)

    def protocol() -> SMTP:
        return SMTP(
            _Handler(found.received),
            hostname=NAME,
            tls_context=context if security is Security.STARTTLS else None,
            require_starttls=security is Security.STARTTLS,
            authenticator=known if login else None,
            # The library sees encryption only where it began it itself.
            auth_required=login is not None and security is Security.STARTTLS,
            auth_require_tls=login is None or security is Security.STARTTLS,
            loop=loop,
        )

    with _running_loop() as loop:
        implicit = context if security is Security.TLS else None
        opening = loop.create_server(protocol, "127.0.0.1", 0, ssl=implicit)
        server = asyncio.run_coroutine_threadsafe(opening, loop).result(PATIENCE)
        found.port = server.sockets[0].getsockname()[1]
        try:
            yield found
        finally:
            asyncio.run_coroutine_threadsafe(_end(server), loop).result(PATIENCE)


@contextmanager
def _running_loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end(server: asyncio.Server) -> None:
    server.close()
    here = asyncio.current_task()
    others = [task for task in asyncio.all_tasks() if task is not here]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


@cache
def _authority() -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Made-up authority of the tests")])
    return _certificate(name, name, key, key, x509.BasicConstraints(ca=True, path_length=0)), key


@cache
def _server() -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    issuer, issuer_key = _authority()
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    names = x509.SubjectAlternativeName([x509.DNSName(NAME)])
    return _certificate(name, issuer.subject, key, issuer_key, names), key


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer_key: ec.EllipticCurvePrivateKey,
    extension: x509.ExtensionType,
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(FROM)
        .not_valid_after(TO)
        .add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
    )
    return builder.sign(issuer_key, hashes.SHA256())


def write_authority(folder: Path) -> Path:
    """The authority's certificate as a file."""
    file = folder / "mail-authority.pem"
    file.write_bytes(_authority()[0].public_bytes(serialization.Encoding.PEM))
    return file


def server_context(folder: Path) -> ssl.SSLContext:
    """What a server needs to be the one that the certificate names."""
    certificate, key = _server()
    file = folder / "mail-server.pem"
    plain = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(plain + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
