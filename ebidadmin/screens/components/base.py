"""What the own widgets share: messages instead of state, and their files.

Only structure is synced state. Everything about a person travels as a custom message, and whatever arrives as a buffer is
copied into a bytearray that is wiped when the handler returns.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources
from typing import Any, ClassVar, Protocol

from anywidget import AnyWidget

_PACKAGE = "ebidadmin.screens.components"


def asset(name: str) -> str:
    """The text of a file of this package."""
    return resources.files(_PACKAGE).joinpath(name).read_text(encoding="utf-8")


class Admission(Protocol):
    """Says whether messages are handled; ``MessageWidget.refuse`` is its business where they are not."""

    def admits(self, widget: MessageWidget, message: dict[str, Any]) -> bool: ...


_admission: list[Admission] = []


def admit_by(admission: Admission | None) -> None:
    """From now on every message of this process passes it; ``None``: all are handled."""
    _admission[:] = [] if admission is None else [admission]


class MessageWidget(AnyWidget):
    """A widget that talks in custom messages."""

    _esm: ClassVar[str]
    _css: ClassVar[str] = asset("style.css")

    def __init__(self, **state: object) -> None:
        super().__init__(**state)
        self.on_msg(self._on_custom)

    def receive(
        self, message: dict[str, Any], buffers: Sequence[bytes | bytearray | memoryview] = ()
    ) -> None:
        """Handle a message as it comes from the browser; also the door of the tests."""
        copies = [bytearray(buffer) for buffer in buffers]
        try:
            if all(one.admits(self, message) for one in _admission):
                self._handle(message, copies)
        finally:
            for copy in copies:
                copy[:] = bytes(len(copy))

    def refuse(self, message: dict[str, Any], sentence: str) -> None:
        """A message was not handled; what waits for its answer in the browser is set free."""

    def _on_custom(self, _widget: object, message: dict[str, Any], buffers: list[memoryview] | None) -> None:
        self.receive(message, buffers or ())

    def _handle(self, message: dict[str, Any], buffers: list[bytearray]) -> None:
        raise NotImplementedError
