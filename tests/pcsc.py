"""A reader path without hardware: a PC/SC daemon of the tests' own with two virtual readers, and simulated PIV cards put into them.

Needs no systemd and disturbs no daemon that runs already: it lives in a mount namespace of its own, where the folder of its socket is
another one.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ebidadmin.smartcard.made_up import CardBox
from tests.waiting import wait_until
from tools.components import OPENSC_LIBRARIES, VIRTUAL_READER

READER = """
FRIENDLYNAME "{name}"
DEVICENAME   /dev/null:0x{port:X}
LIBPATH      {library}
CHANNELID    0x{port:X}
"""
STARTER = 'mkdir -p /run/pcscd && mount --bind "$1/socket" /run/pcscd && exec pcscd --foreground --config "$1/readers.conf"'


@dataclass(frozen=True)
class VirtualReaders:
    """A running daemon. ``ports`` are those of its two readers, in the order of their names."""

    socket: Path
    ports: tuple[int, int]

    @property
    def environment(self) -> dict[str, str]:
        """What a program needs to find this daemon and no other."""
        return {"PCSCLITE_CSOCK_NAME": str(self.socket)}


class PivCardProcess:
    """A simulated card in a process of its own, told what to do line by line."""

    def __init__(self, box: CardBox, name: str, port: int) -> None:
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "ebidadmin.smartcard.piv_card",
                str(box.path),
                name,
                "127.0.0.1",
                str(port),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def do(self, line: str) -> dict[str, Any]:
        """What the card says once it has done it. Reports of things that happened by themselves before are passed over."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        told: dict[str, Any] = json.loads(self._process.stdout.readline())
        return told

    def heard(self) -> dict[str, Any]:
        """The next report that comes by itself."""
        assert self._process.stdout is not None
        told: dict[str, Any] = json.loads(self._process.stdout.readline())
        return told

    def count(self, command: str) -> int:
        """How often the card was asked that since it is this card."""
        return int(self.do("counts")["counts"].get(command, 0))

    def close(self) -> None:
        self._process.terminate()
        self._process.communicate()


@contextmanager
def running_virtual_readers() -> Iterator[VirtualReaders]:
    """Start the daemon, and end it with everything it made."""
    # The path of a socket must be short.
    folder = Path(tempfile.mkdtemp(prefix="ebid-pc-"))
    (folder / "socket").mkdir()
    port = _two_free_ports()
    (folder / "readers.conf").write_text(
        READER.format(name="Virtual reader", port=port, library=VIRTUAL_READER)
    )
    namespace = (
        ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
    )
    with (folder / "log").open("wb") as log:
        daemon = subprocess.Popen(
            [*namespace, "sh", "-c", STARTER, "sh", str(folder)], stdout=log, stderr=log
        )
    readers = VirtualReaders(folder / "socket" / "pcscd.comm", (port, port + 1))
    try:
        wait_until(
            lambda: readers.socket.exists() or daemon.poll() is not None, what=f"pcscd ({folder / 'log'})"
        )
        assert daemon.poll() is None, (folder / "log").read_text()
        yield readers
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.wait()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def cards_in(readers: VirtualReaders, box: CardBox, *names: str) -> Iterator[list[PivCardProcess]]:
    """A card process before each reader in turn, none of the cards put in yet."""
    with ExitStack() as stack:
        made = []
        for name, port in zip(names, readers.ports, strict=False):
            made.append(PivCardProcess(box, name, port))
            stack.callback(made[-1].close)
        yield made


def opensc_module() -> Path:
    """OpenSC's PKCS#11 module where the system keeps it."""
    return next(path for path in OPENSC_LIBRARIES if path.exists())


def _two_free_ports() -> int:
    """A port that is free, as is the next: the daemon gives its second reader that one."""
    for port in range(42000 + os.getpid() % 5000, 60000, 2):
        with ExitStack() as stack:
            try:
                for one in (port, port + 1):
                    held = stack.enter_context(socket.socket())
                    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    held.bind(("127.0.0.1", one))
            except OSError:
                continue
            return port
    raise AssertionError("no two free ports side by side")
