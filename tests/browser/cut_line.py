"""A line between a browser and the server that can be cut: a forwarder of TCP connections on a port of its own."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Line:
    """``port`` is where the browser connects to."""

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._open: list[socket.socket] = []
        self._whole = True
        self.deaf = False
        """Whether what the server says is lost on the way, while what it is told arrives."""
        self._lock = threading.Lock()
        threading.Thread(target=self._serve, daemon=True).start()

    def cut(self) -> None:
        """Nothing comes through any more; who connects is sent away."""
        with self._lock:
            self._whole = False
            ends, self._open = self._open, []
        self.deaf = False
        for end in ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def mend(self) -> None:
        """Whoever connects from now on gets through."""
        with self._lock:
            self._whole = True
        self.deaf = False
        """Whether what the server says is lost on the way, while what it is told arrives."""

    def close(self) -> None:
        self._listening.close()
        self.cut()

    def _serve(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self._server_port))
            except OSError:
                near.close()
                continue
            with self._lock:
                whole = self._whole
                if whole:
                    self._open += [near, far]
            if not whole:
                near.close()
                far.close()
                continue
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._forward, args=(one, other, one is far), daemon=True).start()

    def _forward(self, one: socket.socket, other: socket.socket, from_server: bool) -> None:
        with suppress(OSError):
            while got := one.recv(65_536):
                if not (from_server and self.deaf):
                    other.sendall(got)
        with suppress(OSError):
            other.shutdown(socket.SHUT_WR)


@contextmanager
def line_to(server_port: int) -> Iterator[Line]:
    """A line that is whole."""
    line = Line(server_port)
    try:
        yield line
    finally:
        line.close()
