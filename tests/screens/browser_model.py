"""A made-up browser for screens without JupyterLab: what it shows and what is pressed in it arrives late, and there may be two of it.

It follows the files ``components/*.js``: a panel shows the newest content that has come and sends the action and the value of a button of
that content; a table has one query under way; a form is locked between a press and its answer.
"""

from __future__ import annotations

import html
import re
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from ipywidgets import Box, Widget
from ipywidgets.widgets.widget import _instances

from ebidadmin.screens.components.base import MessageWidget
from ebidadmin.screens.components.form import FieldForm
from ebidadmin.screens.components.panel import Panel
from ebidadmin.screens.components.table import ServerTable

_BUTTON = re.compile(
    r'<button type="button"[^>]* data-ebid-action="(?P<action>[^"]*)" data-ebid-value="(?P<value>[^"]*)"'
    r"(?P<rest>[^>]*)>(?P<label>.*?)</button>",
    re.DOTALL,
)
_TAG = re.compile(r"<[^>]*>")


def text_of(markup: str) -> str:
    """What a person reads of it."""
    return html.unescape(_TAG.sub("\n", markup))


@dataclass(frozen=True, slots=True)
class Button:
    """A button that can be seen and pressed."""

    panel: Panel
    action: str
    value: str
    label: str


@dataclass(slots=True)
class Sent:
    """A message on its way to Python; ``meant`` is what the person took it for."""

    widget: MessageWidget
    content: dict[str, Any]
    meant: Any = None


@dataclass(eq=False)
class BrowserModel:
    """One tab that shows a screen."""

    root: Widget
    inbox: deque[tuple[Widget, Any]] = field(default_factory=deque)
    uplink: deque[Sent] = field(default_factory=deque)
    html: dict[Widget, str] = field(default_factory=dict)
    children: dict[Widget, tuple[Widget, ...]] = field(default_factory=dict)
    page: dict[str, Any] = field(default_factory=dict)
    locked: set[Widget] = field(default_factory=set)
    under_way: bool = False
    waiting: dict[str, Any] | None = None
    seq: int = 0
    asleep: bool = False
    """Whether nothing arrives just now, while what is pressed still leaves."""

    # What can be seen

    def shown(self) -> list[Widget]:
        """Every widget that is in the page now."""
        found, ahead = [], [self.root]
        while ahead:
            widget = ahead.pop()
            found.append(widget)
            ahead.extend(reversed(self.children.get(widget, ())))
        return found

    def buttons(self) -> list[Button]:
        """Every button of a panel that is in the page and not greyed out."""
        return [
            Button(
                widget, found["action"], html.unescape(found["value"]), text_of(found["label"]).split("\n")[0]
            )
            for widget in self.shown()
            if isinstance(widget, Panel)
            for found in _BUTTON.finditer(self.html.get(widget, ""))
            if " disabled" not in found["rest"]
        ]

    @property
    def hears(self) -> bool:
        """Whether there is something that it will show."""
        return bool(self.inbox) and not self.asleep

    def form(self, testid: str) -> FieldForm | None:
        """The form with that test id, where it is in the page and can be pressed."""
        return next(
            (
                one
                for one in self.shown()
                if isinstance(one, FieldForm) and one.testid == testid and one not in self.locked
            ),
            None,
        )

    def text(self, testid: str) -> str:
        """What can be read of a panel that is in the page; empty where it is not."""
        return text_of(self.markup(testid))

    def markup(self, testid: str) -> str:
        """The same as markup."""
        panels = (one for one in self.shown() if isinstance(one, Panel) and one.testid == testid)
        return next((self.html.get(one, "") for one in panels), "")

    # What the person does

    def press(self, button: Button, meant: Any = None) -> None:
        """Press a button of a panel."""
        content = {"type": "action", "action": button.action, "value": button.value}
        self.uplink.append(Sent(button.panel, content, meant))

    def submit(self, form: FieldForm, button: str, values: dict[str, str], meant: Any = None) -> None:
        """Press a button of a form, which is locked until it is answered."""
        self.locked.add(form)
        content = {"type": "submit", "button": button, "values": values, "secrets": []}
        self.uplink.append(Sent(form, content, meant))

    def select(self, table: ServerTable, row: str) -> None:
        """Open a row of the page of the table that is shown."""
        self.uplink.append(Sent(table, {"type": "select", "id": row}))

    def ask(self, table: ServerTable, direction: str, **changes: Any) -> None:
        """Ask the table for another page; while one query is under way only the newest waits."""
        self.seq += 1
        view = {key: self.page[key] for key in ("sort", "descending", "search", "filters")} | changes
        self.waiting = {
            "type": "query", "client": str(id(self)), "seq": self.seq, "direction": direction, **view
        }  # fmt: skip
        self._send_query(table)

    def _send_query(self, table: ServerTable) -> None:
        if self.under_way or self.waiting is None:
            return
        self.under_way = True
        self.uplink.append(Sent(table, self.waiting))
        self.waiting = None

    # What arrives

    def receive(self) -> None:
        """Show the next message of Python."""
        widget, content = self.inbox.popleft()
        if isinstance(widget, Box):
            self.children[widget] = content
            return
        kind = content["type"]
        if kind == "content":
            self.html[widget] = content["html"]
        elif kind == "done":
            self.locked.discard(widget)
        elif isinstance(widget, ServerTable) and kind in ("page", "incident"):
            self._paged(widget, content)

    def _paged(self, table: ServerTable, content: dict[str, Any]) -> None:
        mine = content.get("client") == str(id(self))
        if mine or content["type"] == "incident":
            self.under_way = False
        stale = self.waiting or (mine and content.get("seq") != self.seq) or (not mine and self.under_way)
        if content["type"] == "page" and not stale:
            self.page = content
        self._send_query(table)


class Tabs:
    """Tabs that show the same screen, each as late as it likes."""

    def __init__(self, root: Widget, count: int) -> None:
        self.browsers = [BrowserModel(root) for _ in range(count)]
        self._watched: set[Widget] = set()
        self._known: set[Widget] = set()
        self._box(root)

    def begin(self) -> None:
        """Every view asks for its content."""
        for widget in self.browsers[0].shown():
            self._first(widget)
        for browser in self.browsers:
            while browser.inbox:
                browser.receive()

    def sent(self, widget: Widget, content: dict[str, Any]) -> None:
        """Python said that to every view of the widget."""
        for browser in self.browsers if widget in self._known else ():
            browser.inbox.append((widget, content))

    def _first(self, widget: Widget) -> None:
        if isinstance(widget, MessageWidget):
            self._known.add(widget)
            widget.receive({"type": "ready"})

    def _box(self, widget: Widget) -> None:
        """Know what is in a box, now and whenever it changes."""
        if not isinstance(widget, Box) or widget in self._watched:
            return
        self._watched.add(widget)
        for browser in self.browsers:
            browser.children[widget] = tuple(widget.children)
        widget.observe(self._changed, "children")
        for child in widget.children:
            self._box(cast("Widget", child))

    def _changed(self, change: Any) -> None:
        for browser in self.browsers:
            browser.inbox.append((change["owner"], tuple(change["new"])))
        for child in change["new"]:
            self._box(child)
            if child not in change["old"]:
                self._first(child)


@contextmanager
def nothing_kept() -> Iterator[None]:
    """Widgets that are made within it are closed afterwards: the library would keep each of them for ever."""
    before = set(_instances)
    yield
    for name in set(_instances) - before:
        _instances[name].close()


@contextmanager
def listening(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Tabs]]:
    """While it lasts, whatever widgets send goes to the tabs in the list."""
    every: list[Tabs] = []

    def send(widget: MessageWidget, content: dict[str, Any], buffers: object = None) -> None:
        for tabs in every:
            tabs.sent(widget, content)

    with monkeypatch.context() as patched:
        patched.setattr(MessageWidget, "send", send)
        yield every
