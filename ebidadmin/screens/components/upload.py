"""A file from the browser, in pieces that are asked for one after the other.

A widget that keeps a file in its state would leave the register in a saved notebook, and one message larger than the server
takes vanishes without a word. Here the size is judged before the first byte travels, and nothing is ever synced state.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Protocol

from traitlets import Dict, Unicode

from ebidadmin.screens.components.base import MessageWidget, asset
from ebidadmin.screens.components.binding import Incident, guard
from ebidadmin.text import components as words
from ebidadmin.text.imports import UploadLabels


class Receiver(Protocol):
    """Who takes the pieces. Every method answers with a sentence when it refuses, else with the empty text."""

    def start(self, name: str, size: int) -> str:
        """A file of that many bytes is offered."""
        ...

    def take(self, offset: int, piece: bytes) -> str:
        """The bytes from ``offset`` on."""
        ...

    @property
    def missing_from(self) -> int | None:
        """Where the next piece begins; ``None`` when the file is whole and stored."""
        ...

    def abandon(self) -> str:
        """The file will not come; returns what to tell."""
        ...

    @property
    def finished(self) -> str:
        """What to tell when the file is whole."""
        ...


class Upload(MessageWidget):
    """The file input; ``receiver`` stores what comes."""

    _esm = asset("upload.js")
    labels = Dict().tag(sync=True)
    accept = Unicode().tag(sync=True)
    testid = Unicode().tag(sync=True)

    def __init__(
        self, receiver: Receiver, *, labels: UploadLabels, accept: str = "", testid: str = "upload"
    ) -> None:
        self._receiver = receiver
        super().__init__(labels=asdict(labels), accept=accept, testid=testid)

    def _handle(self, message: dict[str, Any], buffers: list[bytearray]) -> None:
        kind = message.get("type")
        if kind == "ready":
            self.send({"type": "ready"})
        elif kind == "start":
            guard(self._start, self._incident)(str(message["name"]), int(message["size"]))
        elif kind == "piece" and buffers:
            guard(self._take, self._incident)(int(message["offset"]), bytes(buffers[0]))
        elif kind == "lost":
            self._refuse(self._receiver.abandon())

    def _start(self, name: str, size: int) -> None:
        self._go_on(self._receiver.start(name, size))

    def _take(self, offset: int, piece: bytes) -> None:
        self._go_on(self._receiver.take(offset, piece))

    def _go_on(self, refusal: str) -> None:
        if refusal:
            self._refuse(refusal)
            return
        missing = self._receiver.missing_from
        if missing is None:
            self.send({"type": "done", "text": self._receiver.finished})
        else:
            self.send({"type": "next", "offset": missing})

    def _refuse(self, sentence: str) -> None:
        self.send({"type": "refused", "text": sentence})

    def _incident(self, incident: Incident) -> None:
        self._refuse(words.incident_sentence(incident.number))
