"""A table whose cells may be drop-downs, check boxes, texts or buttons; what they hold travels as messages, never as state."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from traitlets import Dict, List, Unicode

from ebidadmin.screens.components.base import MessageWidget, asset
from ebidadmin.screens.components.binding import Incident, guard
from ebidadmin.screens.components.look import Tone
from ebidadmin.text import components as words

ControlKind = Literal["select", "checkbox", "text", "button"]


@dataclass(frozen=True, slots=True)
class EditColumn:
    """One column. ``options`` (value, label) are those of its drop-downs where a row has none of its own."""

    key: str
    label: str
    width: str = ""
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class EditRow:
    """One row: what each cell says or holds; a cell that is named in ``controls`` can be changed unless it is ``disabled``."""

    id: str
    cells: Mapping[str, str]
    controls: Mapping[str, ControlKind] = field(default_factory=dict)
    options: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    disabled: tuple[str, ...] = ()
    tone: Tone = "neutral"


class EditTable(MessageWidget):
    """The table. ``on_change`` is told row, column and the new value (``1`` or empty of a check box, empty of a button)."""

    _esm = asset("edit_table.js")
    columns = List(Dict()).tag(sync=True)
    caption = Unicode().tag(sync=True)
    testid = Unicode().tag(sync=True)

    def __init__(
        self,
        columns: Sequence[EditColumn],
        on_change: Callable[[str, str, str], None],
        *,
        caption: str,
        testid: str = "edit",
    ) -> None:
        self._columns = {column.key: column for column in columns}
        self._on_change = on_change
        self._rows: tuple[EditRow, ...] = ()
        super().__init__(columns=[asdict(column) for column in columns], caption=caption, testid=testid)

    @property
    def rows(self) -> tuple[EditRow, ...]:
        """What is shown now."""
        return self._rows

    def show(self, rows: Sequence[EditRow]) -> None:
        """Show these rows; controls that stay keep the keyboard."""
        self._rows = tuple(rows)
        self._push()

    def change(self, row: str, key: str, value: str = "") -> None:
        """What a change in the browser does."""
        self.receive({"type": "change", "id": row, "key": key, "value": value})

    def _handle(self, message: dict[str, Any], buffers: list[bytearray]) -> None:
        if message.get("type") == "ready":
            self._push()
        elif message.get("type") == "change":
            guard(self._changed, self._incident)(message)

    def _changed(self, message: Mapping[str, Any]) -> None:
        row_id, key, value = (str(message[name]) for name in ("id", "key", "value"))
        row = next((row for row in self._rows if row.id == row_id), None)
        if row is None or key not in row.controls or key in row.disabled:
            raise ValueError("nothing can be changed there")
        offered = {option for option, _ in row.options.get(key, self._columns[key].options)}
        if row.controls[key] == "select" and value not in offered:
            raise ValueError("that choice is not offered")
        self._on_change(row_id, key, value)

    def _push(self) -> None:
        self.send({"type": "rows", "rows": [asdict(row) for row in self._rows]})

    def _incident(self, incident: Incident) -> None:
        self.send({"type": "incident", "text": words.incident_sentence(incident.number)})
