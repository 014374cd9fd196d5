"""Hands a file to the browser without writing it anywhere: its bytes are the buffer of one message, never state, output or disk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from traitlets import Unicode

from ebidadmin.screens.components.base import MessageWidget, asset


class Download(MessageWidget):
    """Shows nothing until ``offer`` is called; then the browser saves the file and keeps a link to save it again.

    ``hint`` stands beside the link. The file is gone once the page is closed, ``withdraw`` is called or another is offered.
    """

    _esm = asset("download.js")
    hint = Unicode().tag(sync=True)
    testid = Unicode().tag(sync=True)

    def __init__(self, *, hint: str = "", testid: str = "download") -> None:
        super().__init__(hint=hint, testid=testid)

    def offer(self, content: bytes, *, name: str, mime: str) -> None:
        """Give the browser a file under that name."""
        self.send({"type": "file", "name": name, "mime": mime}, buffers=[content])

    def withdraw(self) -> None:
        """Take the link away."""
        self.send({"type": "clear"})

    def _handle(self, message: dict[str, Any], buffers: Sequence[bytearray]) -> None:
        """The browser has nothing to say here."""
