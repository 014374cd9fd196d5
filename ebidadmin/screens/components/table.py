"""A table of any length: Python holds the rows and gives one page at a time, the browser shows it.

Synced state has only the structure. Rows, search words, filters and the selection travel as custom messages, so nothing
about a person can be saved with a notebook. Rows are known by their id, never by their position. The position in the list
is a key (cursor) that stays in Python; the browser only says first, next, previous or last.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, cast

from traitlets import Dict, Int, List, Unicode

from ebidadmin.screens.components.base import MessageWidget, asset
from ebidadmin.screens.components.binding import Incident, guard
from ebidadmin.screens.components.look import SIGNS, Tone
from ebidadmin.text import components as words

Direction = Literal["first", "next", "prev", "last"]
DIRECTIONS: tuple[Direction, ...] = ("first", "next", "prev", "last")
MAX_SEARCH = 200


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``width`` is a CSS length that a narrow screen does not go below; empty for automatic. A ``spare`` column is left
    out while the table is ``narrow``."""

    key: str
    label: str
    width: str = ""
    sortable: bool = False
    align: Literal["start", "end", "center"] = "start"
    spare: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """A drop-down above the table; ``options`` are (value, label). The empty value, "all", is added by itself."""

    key: str
    label: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Badge:
    """A short word in a box, inside a cell."""

    text: str
    tone: Tone = "neutral"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: texts by column key, badges by column key, and what makes it stand out (colour and word together)."""

    id: str
    cells: Mapping[str, str]
    badges: Mapping[str, tuple[Badge, ...]] = field(default_factory=dict)
    emphasis: Tone = "neutral"
    emphasis_word: str = ""


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page is wanted. ``cursor`` is the one that ``PageReply`` gave for ``direction``; None at the ends."""

    sort: str
    descending: bool
    cursor: str | None = None
    direction: Direction = "first"
    search: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    size: int = 50

    @property
    def backward(self) -> bool:
        """Whether the page ends at the cursor; without one it is the last."""
        return self.direction in ("prev", "last")


@dataclass(frozen=True, slots=True)
class PageReply:
    """One page. A cursor is None where there is no further page; ``total`` None when counting is too dear."""

    rows: Sequence[Row]
    next_cursor: str | None = None
    prev_cursor: str | None = None
    total: int | None = None


class ServerTable(MessageWidget):
    """The table. ``fetch`` gives a page, ``on_select`` is told the id of the row that was opened. Nobody can jump to the
    last page of a list that is known from its beginning only (``to_end`` 0). ``key`` and ``search_key`` (a capital letter each, empty
    for none) bring the keyboard to the rows and to the search box with Alt, from anywhere in the screen."""

    _esm = asset("table.js")
    columns = List(Dict()).tag(sync=True)
    filters = List(Dict()).tag(sync=True)
    labels = Dict().tag(sync=True)
    signs = Dict().tag(sync=True)
    size = Int(50).tag(sync=True)
    caption = Unicode().tag(sync=True)
    testid = Unicode().tag(sync=True)
    searchable = Int(1).tag(sync=True)
    narrow = Int(0).tag(sync=True)
    to_end = Int(1).tag(sync=True)
    key = Unicode().tag(sync=True)
    search_key = Unicode().tag(sync=True)

    def __init__(
        self,
        columns: Sequence[Column],
        fetch: Callable[[PageRequest], PageReply],
        on_select: Callable[[str], None] | None = None,
        *,
        sort: str,
        caption: str,
        descending: bool = False,
        size: int = 50,
        filters: Sequence[Filter] = (),
        initial_filters: Mapping[str, str] | None = None,
        searchable: bool = True,
        labels: words.TableLabels = words.TABLE,
        testid: str = "table",
    ) -> None:
        self._sortable = {column.key for column in columns if column.sortable}
        self._allowed = {item.key: {value for value, _ in item.options} for item in filters}
        self._fetch, self._on_select = fetch, on_select
        start = {key: value for key, value in (initial_filters or {}).items() if value}
        self._request = PageRequest(sort, descending, filters=self._checked_filters(start), size=size)
        self._page: PageReply | None = None
        self._offset: int | None = 0
        self._selected: str | None = None
        super().__init__(
            columns=[asdict(column) for column in columns],
            filters=[asdict(item) for item in filters],
            labels=asdict(labels),
            signs=dict(SIGNS),
            size=size,
            caption=caption,
            testid=testid,
            searchable=int(searchable),
        )

    @property
    def page(self) -> PageReply:
        """The page shown now; fetched first if there is none yet."""
        return self._page or self._load(self._request)

    @property
    def request(self) -> PageRequest:
        """The request that the page shown now answers."""
        return self._request

    def refresh(self) -> None:
        """Fetch the same page again and show it."""
        guard(self._reload, self._incident)()

    def select(self, row_id: str | None) -> None:
        """Mark a row (None: no row). ``on_select`` is not called."""
        self._selected = row_id
        self.send({"type": "selected", "id": row_id})

    def focus(self, row_id: str | None = None) -> None:
        """Move the keyboard to that row; to the marked or first one where it is not on the page."""
        self.send({"type": "focus", "id": row_id})

    def start(self, request: PageRequest) -> None:
        """Show that page instead of the first one: where somebody stood before. Its cursor is one that a reply gave, in whatever session;
        where nothing follows it any more, the list begins at its first page."""
        self._request = replace(
            request, filters=self._checked_filters(request.filters), size=self._request.size
        )
        self._offset = None if request.direction != "first" else 0
        self._load(self._request)
        if not self.page.rows and request.direction != "first":
            self._offset = 0
            self._load(self._first())
        self._push()

    def set_filters(self, filters: Mapping[str, str]) -> None:
        """Show the first page with exactly these filters."""
        self._request = self._first(filters=self._checked_filters(filters))
        self.refresh()

    def refuse(self, message: dict[str, Any], sentence: str) -> None:
        """The sentence in place of the page that was asked for."""
        if message.get("type") == "query":
            self.send({"type": "incident", "text": sentence})

    # What the browser says

    def _handle(self, message: dict[str, Any], buffers: list[bytearray]) -> None:
        kind = message.get("type")
        if kind == "ready":
            guard(self._show, self._incident)()
        elif kind == "reload":
            self.refresh()
        elif kind == "query":
            guard(self._query, self._incident)(message)
        elif kind == "select":
            guard(self._choose, self._incident)(str(message["id"]))

    def _query(self, message: dict[str, Any]) -> None:
        request, offset = self._asked(message)
        self._load(request)
        self._offset = self._offset_after(request, offset)
        self._push(message)

    def _asked(self, message: dict[str, Any]) -> tuple[PageRequest, int | None]:
        """The request behind a message; whatever is not in the structure is refused."""
        sort, direction = str(message["sort"]), message["direction"]
        if sort not in self._sortable and sort != self._request.sort:
            raise ValueError("the table is not sortable by that column")
        if direction not in DIRECTIONS:
            raise ValueError("unknown direction")
        wanted = PageRequest(
            sort,
            bool(message["descending"]),
            search=str(message["search"])[:MAX_SEARCH],
            filters=self._checked_filters(cast("Mapping[str, str]", message["filters"])),
            size=self._request.size,
        )
        same_query = wanted == self._first()
        if direction == "last":
            return replace(wanted, direction="last"), None
        if not same_query or direction == "first":
            return wanted, 0
        cursor = self.page.next_cursor if direction == "next" else self.page.prev_cursor
        if cursor is None:
            return (self._request, self._offset) if direction == "next" else (wanted, 0)
        return replace(wanted, direction=direction, cursor=cursor), self._offset

    def _offset_after(self, request: PageRequest, before: int | None) -> int | None:
        """How many rows stand before the page, where that is known: the place in words, not the way to get there."""
        page = self.page
        if request.direction == "first" or page.prev_cursor is None:
            return 0
        if request.direction == "last" or (page.next_cursor is None and page.total is not None):
            return None if page.total is None else max(page.total - len(page.rows), 0)
        if before is None:
            return None
        return before + request.size if request.direction == "next" else max(before - len(page.rows), 0)

    def _choose(self, row_id: str) -> None:
        if row_id not in {row.id for row in self.page.rows}:
            # Pressed on a page that Python has already turned: what was meant is shown no more, so nothing is opened.
            self._push()
            self._alert(words.ROW_GONE)
            return
        self.select(row_id)
        if self._on_select is not None:
            self._on_select(row_id)

    # What the browser is told

    def _first(self, **changes: Any) -> PageRequest:
        return replace(self._request, cursor=None, direction="first", **changes)

    def _checked_filters(self, filters: Mapping[str, str]) -> dict[str, str]:
        for key, value in filters.items():
            if value and value not in self._allowed.get(key, ()):
                raise ValueError("that filter is not offered")
        return {key: value for key, value in filters.items() if value}

    def _load(self, request: PageRequest) -> PageReply:
        page = self._fetch(request)
        self._page, self._request = page, request
        return page

    def _reload(self) -> None:
        self._load(self._request)
        if not self.page.rows and self._request.direction != "first":
            self._load(self._first())
        if self._request.direction == "first":
            self._offset = 0
        self._push()

    def _show(self) -> None:
        self._push()

    def _push(self, message: Mapping[str, Any] | None = None) -> None:
        page, request = self.page, self._request
        asked = message or {}
        self.send(
            {
                "type": "page",
                "client": asked.get("client"),
                "seq": asked.get("seq"),
                "rows": [_row_message(row) for row in page.rows],
                "total": page.total,
                "offset": self._offset,
                "has_next": page.next_cursor is not None,
                "has_prev": page.prev_cursor is not None,
                "sort": request.sort,
                "descending": request.descending,
                "search": request.search,
                "filters": dict(request.filters),
                "selected": self._selected,
            }
        )

    def _incident(self, incident: Incident) -> None:
        self._alert(words.incident_sentence(incident.number))

    def _alert(self, sentence: str) -> None:
        self.send({"type": "incident", "text": sentence})


def _row_message(row: Row) -> dict[str, Any]:
    return {
        "id": row.id,
        "cells": dict(row.cells),
        "badges": {key: [asdict(badge) for badge in badges] for key, badges in row.badges.items()},
        "emphasis": row.emphasis,
        "emphasis_word": row.emphasis_word,
    }
