"""Where the extension hands a screen what a link asks it to open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ebidadmin.screens.components.base import MessageWidget, asset
from ebidadmin.screens.components.binding import Incident, guard

LONGEST = 100
"""Characters of a target that are looked at; longer ones are no target."""


class Doorway(MessageWidget):
    """Shows nothing. ``on_target`` gets the text that a link or an address carried, unchecked."""

    _esm = asset("doorway.js")

    def __init__(self, on_target: Callable[[str], None], *, show: Callable[[Incident], None]) -> None:
        self._on_target, self._incident = on_target, show
        super().__init__()

    def _handle(self, message: dict[str, Any], buffers: list[bytearray]) -> None:
        if message.get("type") == "target":
            guard(self._on_target, self._incident)(str(message.get("target", ""))[: LONGEST + 1])
