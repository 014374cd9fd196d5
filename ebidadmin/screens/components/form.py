"""A form whose values never become widget state, with password rows whose content is only ever a buffer.

What is typed lives in the browser's own inputs and reaches Python once, when a button is pressed: plain values in a custom
message, passwords as its binary buffers. The browser wipes its password inputs at every submit; Python wipes the copies
when the handler returns. So nothing is left for a saved notebook, a log or a widget's state to keep.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from traitlets import Dict, List, Unicode

from ebidadmin.screens.components.base import MessageWidget, asset
from ebidadmin.screens.components.binding import Incident, guard
from ebidadmin.text import components as words

RowKind = Literal[
    "text",
    "password",
    "textarea",
    "select",
    "radio",
    "checkbox",
    "checks",
    "readonly",
    "heading",
    "note",
    "copy",
]
_INPUTS = frozenset({"text", "textarea", "select", "radio", "checkbox", "checks"})
_SHOWN = _INPUTS | {"readonly"}


@dataclass(frozen=True, slots=True)
class FormRow:
    """One line of a form.

    ``readonly`` shows a value; ``heading`` begins a section (``hint`` is its lead); ``note`` is a paragraph; ``copy`` is a
    button that copies, in the browser, from the first to the second key of each pair in ``copies``. ``checks`` are several
    check boxes whose value is the chosen options joined by commas; ``checkbox`` is "1" or "". ``live`` rows report changes.
    There is no maximum length on purpose: a browser that enforces one cuts pasted text silently.
    """

    key: str
    label: str
    kind: RowKind = "text"
    required: bool = False
    hint: str = ""
    options: tuple[tuple[str, str], ...] = ()
    inputmode: str = ""
    rows: int = 4
    live: bool = False
    placeholder: str = ""
    copies: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class FormButton:
    """A button below a form. Without ``sends_secrets`` typed passwords are wiped unsent (a button such as "back").

    ``shortcut`` (one letter) adds Alt+letter.
    """

    key: str
    label: str
    primary: bool = False
    sends_secrets: bool = True
    shortcut: str = ""


@dataclass(frozen=True, slots=True)
class Submission:
    """What a pressed button brought. ``secrets`` are wiped when the handler returns: hash them there, never keep them."""

    button: str
    values: dict[str, str]
    secrets: dict[str, bytearray] = field(default_factory=dict, repr=False)


def chosen(value: str) -> tuple[str, ...]:
    """The options in the value of a ``checks`` row."""
    return tuple(part for part in value.split(",") if part)


class FieldForm(MessageWidget):
    """A form of rows and buttons; ``on_submit`` gets what was entered, ``on_change`` the changes of live rows.

    ``title`` and what rows and buttons say are widget state: words of the program, never a supplier's name. Whom a form is about is said by
    ``about``, which stands above the rows and is a message as the values are.
    """

    _esm = asset("form.js")
    rows = List(Dict()).tag(sync=True)
    buttons = List(Dict()).tag(sync=True)
    labels = Dict().tag(sync=True)
    title = Unicode().tag(sync=True)
    testid = Unicode().tag(sync=True)

    def __init__(
        self,
        rows: Sequence[FormRow],
        buttons: Sequence[FormButton],
        on_submit: Callable[[Submission], None],
        *,
        on_change: Callable[[str, dict[str, str]], None] | None = None,
        values: Mapping[str, str] | None = None,
        labels: words.FormLabels = words.FORM,
        title: str = "",
        about: str = "",
        testid: str = "form",
    ) -> None:
        self._kinds: dict[str, RowKind] = {row.key: row.kind for row in rows}
        if len(self._kinds) != len(rows):
            raise ValueError("two rows of a form have the same key")
        self._buttons = {button.key: button for button in buttons}
        self._on_submit, self._on_change = on_submit, on_change
        self._values = {key: "" for key, kind in self._kinds.items() if kind in _SHOWN}
        self._values.update(self._plain(values or {}))
        self._marks: dict[str, Any] = {"errors": {}, "warnings": {}, "summary": ""}
        self._enabled = True
        self._about = about
        self._shown, self._focus_first = False, ""
        super().__init__(
            rows=[asdict(row) for row in rows],
            buttons=[asdict(button) for button in buttons],
            labels=asdict(labels),
            title=title,
            testid=testid,
        )

    @property
    def values(self) -> dict[str, str]:
        """The plain values as last known here: set by Python, or sent by a button or a live row."""
        return dict(self._values)

    @property
    def about(self) -> str:
        """Whom the form is about."""
        return self._about

    @property
    def errors(self) -> dict[str, str]:
        """The sentences shown at fields."""
        return dict(self._marks["errors"])

    def set_values(self, values: Mapping[str, str]) -> None:
        """Fill fields and read-only rows; rows not named keep what they show."""
        plain = self._plain(values)
        self._values.update(plain)
        self.send({"type": "values", "values": plain})

    def set_errors(self, errors: Mapping[str, str], summary: str = "") -> None:
        """Show a sentence at each field named (none: all errors go away) and take the keyboard to the first."""
        self._marks.update(errors=dict(errors), summary=summary)
        self.send({"type": "marks", **self._marks, "focus": True})

    def set_warnings(self, warnings: Mapping[str, str]) -> None:
        """Show a remark at each field named; it does not keep anybody from going on."""
        self._marks.update(warnings=dict(warnings))
        self.send({"type": "marks", **self._marks, "focus": False})

    def clear(self) -> None:
        """Empty every input and take all marks away; read-only rows stay."""
        self.set_values({key: "" for key, kind in self._kinds.items() if kind in _INPUTS})
        self.set_errors({})
        self.set_warnings({})
        self.send({"type": "wipe"})

    def focus(self, key: str) -> None:
        """Move the keyboard to a field: at once, or when the form comes to be shown."""
        if not self._shown:
            self._focus_first = key
        self.send({"type": "focus", "key": key})

    def set_enabled(self, enabled: bool) -> None:
        """Let or stop the person press buttons."""
        self._enabled = enabled
        self.send({"type": "enabled", "enabled": enabled})

    def refuse(self, message: dict[str, Any], sentence: str) -> None:
        """What was entered stays in the form, its buttons can be pressed again."""
        if message.get("type") == "submit":
            self.send({"type": "done"})

    # What the browser says

    def _handle(self, message: dict[str, Any], buffers: list[bytearray]) -> None:
        kind = message.get("type")
        if kind == "ready":
            self._show()
        elif kind == "change":
            guard(self._changed, self._incident)(message)
        elif kind == "submit":
            guard(self._submitted, self._incident)(message, buffers)
            self.send({"type": "done"})

    def _changed(self, message: dict[str, Any]) -> None:
        self._values.update(self._plain(message["values"]))
        if self._on_change is not None:
            self._on_change(str(message["key"]), self.values)

    def _submitted(self, message: dict[str, Any], buffers: list[bytearray]) -> None:
        button = self._buttons[message["button"]]
        keys = [str(key) for key in message.get("secrets", ())]
        if len(keys) != len(buffers) or any(self._kinds.get(key) != "password" for key in keys):
            raise ValueError("the buffers do not fit the password rows")
        self._values.update(self._plain(message["values"]))
        inputs = {key: self._values[key] for key, kind in self._kinds.items() if kind in _INPUTS}
        secrets = dict(zip(keys, buffers, strict=True)) if button.sends_secrets else {}
        self._on_submit(Submission(button.key, inputs, secrets))

    def _show(self) -> None:
        self.send({"type": "values", "values": self._values})
        self.send({"type": "marks", **self._marks, "focus": False})
        if self._about:
            self.send({"type": "about", "text": self._about})
        self.send({"type": "enabled", "enabled": self._enabled})
        if self._focus_first:
            self.send({"type": "focus", "key": self._focus_first})
        self._shown, self._focus_first = True, ""

    def _plain(self, values: Mapping[str, Any]) -> dict[str, str]:
        """The values of rows that may hold one; anything else (a password above all) is a mistake of the caller."""
        for key in values:
            if self._kinds.get(key) not in _SHOWN:
                raise ValueError(f"the row {key!r} holds no plain value")
        return {key: str(value) for key, value in values.items()}

    def _incident(self, incident: Incident) -> None:
        self.send({"type": "incident", "text": words.incident_sentence(incident.number)})
