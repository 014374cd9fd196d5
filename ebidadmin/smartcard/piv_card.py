"""A simulated PIV card for a virtual reader (vpcd of the virtual smart card project): put in and pulled by lines on standard input.

Runs as a process of its own, one per reader. The virtual reader speaks a length of two bytes, then either one byte of control or a command.
"""

from __future__ import annotations

import json
import os
import selectors
import socket
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from ebidadmin.errors import CardError
from ebidadmin.smartcard.made_up import CardBox
from ebidadmin.smartcard.piv_applet import ATR, PivApplet, parse

POWER_OFF, POWER_ON, RESET, GIVE_ATR = b"\x00", b"\x01", b"\x02", b"\x04"
FIRST_PORT = 35963
"""Where vpcd listens as Debian configures it; its second reader is the next port."""

CONNECT_SECONDS = 5.0
QUICK_ACK = getattr(socket, "TCP_QUICKACK", None)


class SimulatedPivCard:
    """One card in front of one virtual reader. ``tell`` takes a line of JSON after each thing that happened."""

    def __init__(self, box: CardBox, name: str, place: tuple[str, int], tell: Callable[[str], None]) -> None:
        self._box = box
        self._place = place
        self._tell = tell
        self._applet = PivApplet(box, name)
        self._socket: socket.socket | None = None
        self._pull_at: tuple[str, int, bool] | None = None
        self._selector = selectors.DefaultSelector()

    def run(self, lines: int) -> None:
        """Until the lines at that file descriptor end, or one says ``quit``."""
        self._selector.register(lines, selectors.EVENT_READ)
        rest = b""
        try:
            while True:
                for key, _ in self._selector.select():
                    if key.fileobj != lines:
                        self._serve()
                        continue
                    got = os.read(lines, 4096)
                    *whole, rest = (rest + got).split(b"\n")
                    if not got or not all(self._obey(line.decode("utf-8", "replace")) for line in whole):
                        return
        finally:
            self._pull()

    def _obey(self, line: str) -> bool:
        """Do what a line says: ``insert [NAME]``, ``pull``, ``pull-at COMMAND NUMBER before|after``, ``counts``; False to ``quit``."""
        match line.split():
            case ["quit"]:
                return False
            case ["insert"]:
                self._insert()
            case ["insert", name]:
                self._box.card(name)
                self._pull()
                self._applet = PivApplet(self._box, name)
                self._insert()
            case ["pull"]:
                self._pull()
            case ["pull-at", command, number, "before" | "after" as when]:
                self._pull_at = (command, self._applet.counts[command] + int(number), when == "before")
            case ["counts"]:
                pass
            case _:
                self._tell(json.dumps({"not_understood": line}))
                return True
        self._report()
        return True

    def _report(self) -> None:
        state = {
            "card": self._applet.name,
            "inserted": self._socket is not None,
            "counts": dict(self._applet.counts),
        }
        self._tell(json.dumps(state))

    def _insert(self) -> None:
        """Raises ``CardError`` (``simulation-no-reader``)."""
        if self._socket is not None:
            return
        host, port = self._place
        try:
            self._socket = socket.create_connection(self._place, timeout=CONNECT_SECONDS)
        except OSError as error:
            raise CardError("simulation-no-reader", step="find", host=host, port=port) from error
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._applet.reset()
        self._selector.register(self._socket, selectors.EVENT_READ)
        self._box.change(self._applet.name, lambda card: replace(card, inserted=True))

    def _pull(self) -> None:
        if self._socket is None:
            return
        self._selector.unregister(self._socket)
        self._socket.close()
        self._socket = None
        self._box.change(self._applet.name, lambda card: replace(card, inserted=False))

    def _serve(self) -> None:
        """One message of the reader."""
        message = self._receive()
        if message is None:
            # The reader is gone: as good as pulled.
            self._pull()
            self._report()
        elif message in {POWER_OFF, POWER_ON, RESET}:
            self._applet.reset()
        elif message == GIVE_ATR:
            self._send(ATR)
        else:
            self._command(message)

    def _command(self, message: bytes) -> None:
        due = self._is_due(message, before=True)
        answer = b"" if due else self._applet.answer(message)
        if due or self._is_due(message, before=False):
            self._pull_at = None
            self._pull()
            self._report()
        else:
            self._send(answer)

    def _is_due(self, message: bytes, *, before: bool) -> bool:
        """Whether this is the command at which the card is to be pulled: before it did it, or after, with the answer lost."""
        if self._pull_at is None or self._pull_at[2] != before:
            return False
        command = parse(message)
        name, number, _ = self._pull_at
        if command is None or command.more or command.name != name:
            return False
        return self._applet.counts[name] + (1 if before else 0) >= number

    def _receive(self) -> bytes | None:
        head = self._exactly(2)
        return None if head is None else self._exactly(int.from_bytes(head, "big"))

    def _exactly(self, length: int) -> bytes | None:
        got = b""
        while self._socket is not None and len(got) < length:
            if QUICK_ACK is not None:
                # Otherwise each command waits 40 ms for the acknowledgement of the one before; the setting does not last.
                self._socket.setsockopt(socket.IPPROTO_TCP, QUICK_ACK, 1)
            try:
                part = self._socket.recv(length - len(got))
            except OSError:
                return None
            if not part:
                return None
            got += part
        return got

    def _send(self, content: bytes) -> None:
        if self._socket is None:
            return
        try:
            self._socket.sendall(len(content).to_bytes(2, "big") + content)
        except OSError:
            self._pull()
            self._report()


def main(arguments: list[str]) -> None:
    """``python -m ebidadmin.smartcard.piv_card BOX NAME HOST PORT``."""
    path, name, host, port = arguments

    def tell(line: str) -> None:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    SimulatedPivCard(CardBox(Path(path)), name, (host, int(port)), tell).run(sys.stdin.fileno())


if __name__ == "__main__":
    main(sys.argv[1:])
