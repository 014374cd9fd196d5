"""What covers an idle screen, and keeps whatever is pressed on it from being done until the person goes on."""

from __future__ import annotations

from typing import Any

from ebidadmin.presenters.idle_lock import IdleLock
from ebidadmin.screens.components import base
from ebidadmin.screens.components.base import MessageWidget, asset
from ebidadmin.text import idle_lock as words

BY_ITSELF = frozenset({"ready", "focused", "reload"})
"""Messages that a browser sends without anybody there."""


class Cover(MessageWidget):
    """Stands before the rest of a screen. The lock holds here, in the kernel: while it is closed no message of another widget is handled;
    what a reloaded page asks to be shown is shown when the person goes on. The browser hides what it has been given before."""

    _esm = asset("cover.js")

    def __init__(self, lock: IdleLock) -> None:
        self._lock = lock
        self._waiting: list[tuple[MessageWidget, dict[str, Any]]] = []
        self._refused_one = False
        super().__init__()
        base.admit_by(self)

    def admits(self, widget: MessageWidget, message: dict[str, Any]) -> bool:
        """Whether that message may be handled now."""
        if widget is self:
            return True
        by_itself = message.get("type") in BY_ITSELF
        if not self._lock.locked:
            if not by_itself:
                self._lock.touch()
            return True
        if by_itself:
            self._waiting.append((widget, message))
        else:
            self._refused_one = True
            widget.refuse(message, words.REFUSED)
        self.show()
        return False

    def show(self) -> None:
        """Tell the browser how it stands."""
        locked = self._lock.locked
        self.send(
            {
                "type": "state",
                "locked": locked,
                "left": 0 if locked else int(self._lock.left.total_seconds() * 1000),
                "title": words.TITLE,
                "text": words.TEXT,
                "refused": words.REFUSED if self._refused_one else "",
                "button": words.GO_ON,
                "lock": words.LOCK,
            }
        )

    def _handle(self, message: dict[str, Any], buffers: list[bytearray]) -> None:
        kind = message.get("type")
        if kind == "alive":
            self._lock.touch()
        elif kind == "lock":
            self._lock.lock()
        elif kind == "unlock":
            self._go_on()
        self.show()

    def _go_on(self) -> None:
        self._lock.unlock()
        self._refused_one = False
        waiting, self._waiting = self._waiting, []
        for widget, message in waiting:
            widget.receive(message)
