"""A piece of a screen made of HTML, whose content never becomes widget state.

``ipywidgets.HTML`` keeps its text in synced state, which a saved notebook may keep too. A panel sends its content as a
custom message and gives it again to every view that appears later (a reload, a second tab).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from traitlets import Unicode

from ebidadmin.screens.components import look
from ebidadmin.screens.components.base import MessageWidget, asset
from ebidadmin.screens.components.binding import Incident, guard
from ebidadmin.screens.components.look import EMPTY, Html
from ebidadmin.text import components as words

ActionHandler = Callable[[str, str], None]


def incident_notice(incident: Incident) -> Html:
    """What a person sees of an unforeseen failure."""
    return look.notice(
        words.INCIDENT_TEXT,
        tone="error",
        title=f"{words.INCIDENT_TITLE} — {words.INCIDENT_NUMBER} {incident.number}",
        testid="incident",
    )


class Panel(MessageWidget):
    """Shows escaped HTML; clicks on ``look.button`` call ``on_action(action, value)``."""

    _esm = asset("panel.js")
    testid = Unicode().tag(sync=True)

    def __init__(
        self, content: Html = EMPTY, *, on_action: ActionHandler | None = None, testid: str = ""
    ) -> None:
        self._content = content
        self._incident = EMPTY
        self._focus = ""
        self._on_action = on_action
        super().__init__(testid=testid)

    @property
    def content(self) -> Html:
        """What is shown, without an incident notice."""
        return self._content

    def show(self, content: Html) -> None:
        """Replace the content; an incident shown before goes away."""
        if not isinstance(content, Html):
            raise TypeError("a panel shows Html made by look, not plain text")
        self._content, self._incident, self._focus = content, EMPTY, ""
        self._push()

    def show_incident(self, incident: Incident) -> None:
        """Put an incident above the content."""
        self._incident = incident_notice(incident)
        self._push()

    def focus(self, selector: str) -> None:
        """Move the keyboard to the first element of the present content that matches a CSS selector; of a panel that is not shown yet,
        once it is."""
        self._focus = selector
        self.send({"type": "focus", "selector": selector})

    def act(self, action: str, value: str = "") -> None:
        """What a click on the button of that action does."""
        self.receive({"type": "action", "action": action, "value": value})

    def _handle(self, message: dict[str, Any], buffers: list[bytearray]) -> None:
        if message.get("type") == "ready":
            self._push()
            if self._focus:
                self.focus(self._focus)
        elif message.get("type") == "focused":
            self._focus = ""
        elif message.get("type") == "action" and self._on_action is not None:
            guard(self._on_action, self.show_incident)(str(message["action"]), str(message["value"]))

    def _push(self) -> None:
        self.send({"type": "content", "html": look.join(self._incident, self._content)})


class ErrorCard(Panel):
    """An empty panel in which incidents appear."""

    def __init__(self) -> None:
        super().__init__(testid="error-card")

    def clear(self) -> None:
        """Take the incident away."""
        self.show(EMPTY)
