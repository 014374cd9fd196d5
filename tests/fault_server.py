"""A mail server that fails in one chosen way at each connection; what it took is kept, whatever it then says."""

from __future__ import annotations

import smtplib
import socket
import socketserver
import ssl
import struct
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from enum import StrEnum
from typing import Any
from unittest import mock

from ebidadmin.mailing.smtp import Security, SmtpServer
from tests.mail_server import PATIENCE, Received


class Fault(StrEnum):
    """Named by step and by what happens there. A reply of 4xx means "later", one of 5xx "never"."""

    NONE = "none"
    SILENT = "silent"
    CUT_AT_GREETING = "cut at greeting"
    GARBAGE = "no SMTP at all"
    ENDLESS_LINE = "a reply without end"
    LATER_GREETING = "421 greeting"
    NEVER_GREETING = "554 greeting"
    NEVER_EHLO = "502 EHLO"
    LATER_MAIL = "451 MAIL"
    NEVER_MAIL = "550 MAIL"
    LOGIN_WANTED = "530 MAIL"
    LATER_RCPT = "450 RCPT"
    NEVER_RCPT = "550 RCPT"
    CLOSING_RCPT = "421 RCPT"
    SECOND_LATER = "450 for the second recipient"
    SECOND_NEVER = "550 for the second recipient"
    CUT_AT_RCPT = "cut at RCPT"
    LATER_DATA = "451 DATA"
    NEVER_DATA = "554 DATA"
    CUT_IN_DATA = "cut amid the content"
    LATER_CONTENT = "452 content"
    NEVER_CONTENT = "554 content"
    CUT_AFTER_DOT_LOST = "cut after the dot, not kept"
    CUT_AFTER_DOT_KEPT = "cut after the dot, kept"
    SILENT_AFTER_DOT_KEPT = "silent after the dot, kept"
    GARBAGE_AFTER_DOT_KEPT = "no reply after the dot, kept"
    LOGIN_QUOTED = "535 AUTH, quoting it"
    HELD_BEFORE_DATA = "held before the content"
    HELD_AFTER_DOT_KEPT = "held after the dot, kept"


SECRETIVE = "no such user victim@example.co.jp, you said {command}"
"""What a server says may quote anything that it was told."""

REPLIES: dict[tuple[Fault, str], int] = {
    (Fault.LATER_GREETING, "GREETING"): 421,
    (Fault.NEVER_GREETING, "GREETING"): 554,
    (Fault.NEVER_EHLO, "EHLO"): 502,
    (Fault.LATER_MAIL, "MAIL"): 451,
    (Fault.NEVER_MAIL, "MAIL"): 550,
    (Fault.LOGIN_WANTED, "MAIL"): 530,
    (Fault.LOGIN_QUOTED, "AUTH"): 535,
    (Fault.LATER_RCPT, "RCPT"): 450,
    (Fault.NEVER_RCPT, "RCPT"): 550,
    (Fault.CLOSING_RCPT, "RCPT"): 421,
    (Fault.LATER_DATA, "DATA"): 451,
    (Fault.NEVER_DATA, "DATA"): 554,
    (Fault.LATER_CONTENT, "CONTENT"): 452,
    (Fault.NEVER_CONTENT, "CONTENT"): 554,
    (Fault.SECOND_LATER, "RCPT2"): 450,
    (Fault.SECOND_NEVER, "RCPT2"): 550,
}
GOOD = {"GREETING": 220, "DATA": 354}
CUTS = {
    (Fault.CUT_AT_GREETING, "GREETING"),
    (Fault.CUT_AT_RCPT, "RCPT"),
    (Fault.CUT_AFTER_DOT_LOST, "CONTENT"),
}
KEPT = {
    Fault.CUT_AFTER_DOT_KEPT,
    Fault.SILENT_AFTER_DOT_KEPT,
    Fault.GARBAGE_AFTER_DOT_KEPT,
    Fault.HELD_AFTER_DOT_KEPT,
    Fault.SECOND_NEVER,
    Fault.NONE,
}
"""After these the server has the mail, whether the sender learns of it or not."""

HELD = {
    (Fault.SILENT, "GREETING"),
    (Fault.SILENT_AFTER_DOT_KEPT, "CONTENT"),
    (Fault.HELD_BEFORE_DATA, "DATA"),
    (Fault.HELD_AFTER_DOT_KEPT, "CONTENT"),
}


SHORT = 0.2
"""Seconds; for servers that never answer: however slow the machine is, they do not answer within any time."""

CODES: Mapping[Fault, set[str]] = {
    Fault.SILENT: {"smtp-timeout"},
    Fault.CUT_AT_GREETING: {"smtp-unreachable"},
    Fault.GARBAGE: {"smtp-unreachable"},
    Fault.ENDLESS_LINE: {"smtp-service-refused"},
    Fault.LATER_GREETING: {"smtp-service-refused"},
    Fault.NEVER_GREETING: {"smtp-service-refused"},
    Fault.NEVER_EHLO: {"smtp-service-refused"},
    Fault.LATER_MAIL: {"smtp-busy"},
    Fault.NEVER_MAIL: {"smtp-sender-refused"},
    Fault.LOGIN_WANTED: {"smtp-login-refused"},
    Fault.LATER_RCPT: {"smtp-busy"},
    Fault.NEVER_RCPT: {"smtp-recipients-refused"},
    Fault.CLOSING_RCPT: {"smtp-service-refused"},
    Fault.CUT_AT_RCPT: {"smtp-cut"},
    Fault.LATER_DATA: {"smtp-busy"},
    Fault.NEVER_DATA: {"smtp-content-refused"},
    # A short mail is on its way as a whole before the sender learns that the line is cut.
    Fault.CUT_IN_DATA: {"smtp-cut", "smtp-unconfirmed"},
    Fault.LATER_CONTENT: {"smtp-busy"},
    Fault.NEVER_CONTENT: {"smtp-content-refused"},
    Fault.CUT_AFTER_DOT_LOST: {"smtp-unconfirmed"},
    Fault.CUT_AFTER_DOT_KEPT: {"smtp-unconfirmed"},
    Fault.SILENT_AFTER_DOT_KEPT: {"smtp-unconfirmed"},
    Fault.GARBAGE_AFTER_DOT_KEPT: {"smtp-unconfirmed"},
}
"""What a transport says of each; those for a second recipient, for a login, and those that hold a sender are not here."""

FOR_GOOD = {Fault.NEVER_MAIL, Fault.NEVER_RCPT, Fault.NEVER_DATA, Fault.NEVER_CONTENT}
"""After these another try would not help; after all others it may."""


@contextmanager
def time_limit(fault: Fault) -> Iterator[float]:
    """The time limit for a transport that is to meet that fault: short only where the server never answers, however slow a machine is.

    Before the end of a mail the server does answer, so that there the limit is short for the answer to the whole mail alone.
    """
    if fault is Fault.SILENT:
        yield SHORT
    elif fault is Fault.SILENT_AFTER_DOT_KEPT:
        with mock.patch.object(smtplib.SMTP, "send", _send_and_be_hasty):
            yield PATIENCE
    else:
        yield PATIENCE


_send = smtplib.SMTP.send


def _send_and_be_hasty(line: smtplib.SMTP, content: Any) -> None:
    _send(line, content)
    if (
        content.endswith(b"\r\n.\r\n" if isinstance(content, bytes) else "\r\n.\r\n")
        and line.sock is not None
    ):
        line.sock.settimeout(SHORT)


class _CutError(Exception):
    pass


class FaultServer(socketserver.ThreadingTCPServer):
    """``plan`` holds the faults of the next connections; without one all goes well. ``held`` is set when a sender is kept waiting."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self._context = context
        self.plan: deque[Fault] = deque()
        self.received: list[Received] = []
        self.commands: list[str] = []
        self.held = threading.Event()
        self._open = 0
        self._changed = threading.Condition()

    def address(self, **changes: Any) -> SmtpServer:
        """How a transport finds it."""
        known: dict[str, Any] = {
            "host": "127.0.0.1",
            "port": self.server_address[1],
            "security": Security.NONE,
            "timeout": PATIENCE,
        }
        return SmtpServer(**{**known, **changes})

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        if self._context is None:
            return connection, address
        return self._context.wrap_socket(connection, server_side=True), address

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._changed:
            self._open += 1
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._changed:
                self._open -= 1
                self._changed.notify_all()

    def let_the_last_one_end(self) -> None:
        """Return when all connections so far are over and what came over them is in ``received``."""
        with (
            socket.create_connection(("127.0.0.1", self.server_address[1]), PATIENCE) as last,
            last.makefile("rb") as answer,
        ):
            # Whoever connected before this one was let in before it.
            answer.readline()
        with self._changed:
            assert self._changed.wait_for(lambda: self._open == 0, PATIENCE)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Senders are cut and killed here; what that does to a connection is no fault of the server."""


class _Talk(socketserver.StreamRequestHandler):
    server: FaultServer

    def handle(self) -> None:
        self.fault = self.server.plan.popleft() if self.server.plan else Fault.NONE
        self.recipients: list[str] = []
        with suppress(_CutError, OSError):
            self._greet()
            while line := self.rfile.readline():
                self._command(line.decode("ascii").strip())

    def _greet(self) -> None:
        if self.fault is Fault.GARBAGE:
            self.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n")
        elif self.fault is Fault.ENDLESS_LINE:
            self.wfile.write(b"220-" + b"x" * 20_000 + b"\r\n")
        else:
            self._say("GREETING")

    def _command(self, line: str) -> None:
        self.server.commands.append(line)
        verb = line.split(" ", maxsplit=1)[0].upper()
        if verb == "RCPT":
            self.recipients.append(line.partition("<")[2].partition(">")[0])
            self._say("RCPT", "RCPT2" if len(self.recipients) == 2 else "RCPT", said=line)
        elif verb == "DATA":
            if self._say("DATA") == 354:
                self._content()
        elif verb == "EHLO" and self.fault is Fault.LOGIN_QUOTED:
            self.wfile.write(b"250-at your service\r\n250 AUTH LOGIN PLAIN\r\n")
        else:
            self._say(verb.upper(), said=line)

    def _content(self) -> None:
        lines: list[bytes] = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line or self.fault is Fault.CUT_IN_DATA:
                self._cut()
            lines.append(line[1:] if line.startswith(b".") else line)
        if self.fault in KEPT:
            accepted = self.recipients[:1] if self.fault is Fault.SECOND_NEVER else self.recipients
            self.server.received.append(Received(tuple(accepted), b"".join(lines)))
        if self.fault is Fault.CUT_AFTER_DOT_KEPT:
            self._cut()
        if self.fault is Fault.GARBAGE_AFTER_DOT_KEPT:
            self.wfile.write(b"what was that\r\n")
            return
        self._say("CONTENT")

    def _say(self, *steps: str, said: str = "") -> int:
        if any((self.fault, step) in CUTS for step in steps):
            self._cut()
        if any((self.fault, step) in HELD for step in steps):
            self.server.held.set()
            # Nothing comes any more: this ends when the sender leaves or dies.
            self.rfile.read()
            raise _CutError
        reply = next(
            (REPLIES[self.fault, step] for step in steps if (self.fault, step) in REPLIES),
            GOOD.get(steps[0], 250),
        )
        self.wfile.write(f"{reply} {SECRETIVE.format(command=said)}\r\n".encode())
        return reply

    def _cut(self) -> None:
        """Hang up at once, without the usual farewell."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        raise _CutError


@contextmanager
def running_fault_server(context: ssl.SSLContext | None = None) -> Iterator[FaultServer]:
    """It runs until the block ends; with ``context`` it is encrypted from the first byte."""
    with FaultServer(context) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def closed_port() -> Iterator[int]:
    """A port of this computer where nobody listens, and nobody else can."""
    with socket.socket() as kept:
        kept.bind(("127.0.0.1", 0))
        yield int(kept.getsockname()[1])
