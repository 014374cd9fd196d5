"""What the own widgets share: messages instead of state, and their files.

Only structure is synced state. Everything about a person travels as a custom message, and whatever arrives as a buffer is
copied into a bytearray that is wiped when the handler returns.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources
from typing import Any, ClassVar

from anywidget import AnyWidget

_PACKAGE = "ebidadmin.screens.components"


def asset(name: str) -> str:
    """The text of a file of this package."""
    return resources.files(_PACKAGE).joinpath(name).read_text(encoding="utf-8")


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
            self._handle(message, copies)
        finally:
            for copy in copies:
                copy[:] = bytes(len(copy))

    def _on_custom(self, _widget: object, message: dict[str, Any], buffers: list[memoryview] | None) -> None:
        self.receive(message, buffers or ())

    def _handle(self, message: dict[str, Any], buffers: list[bytearray]) -> None:
        raise NotImplementedError
