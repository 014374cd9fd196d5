"""The table's Python half: what it asks for, what it lets through, what it keeps out of saved state."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ebidadmin.screens.components.table import (
    Badge,
    Column,
    Filter,
    PageReply,
    PageRequest,
    Row,
    ServerTable,
)
from ebidadmin.text import components as words
from tests.screens.conftest import sent_by

NAMES = [f"(株)テスト商会{n:02d}" for n in range(1, 26)]
SIZE = 10


class Source:
    """Twenty-five rows behind key paging; remembers what was asked."""

    def __init__(self) -> None:
        self.asked: list[PageRequest] = []
        self.names = list(NAMES)

    def fetch(self, request: PageRequest) -> PageReply:
        self.asked.append(request)
        names = [name for name in self.names if request.search in name]
        start = int(request.cursor or 0) if request.direction != "last" else max(len(names) - SIZE, 0)
        rows = [Row(f"{NAMES.index(name):06d}", {"name": name}) for name in names[start : start + SIZE]]
        more = start + SIZE < len(names)
        return PageReply(
            rows,
            str(start + SIZE) if more else None,
            str(max(start - SIZE, 0)) if start else None,
            len(names),
        )


@pytest.fixture
def source() -> Source:
    return Source()


def table_of(source: Source, selected: list[str] | None = None) -> ServerTable:
    return ServerTable(
        [Column("number", "受付番号", sortable=True), Column("name", "商号又は名称")],
        source.fetch,
        None if selected is None else selected.append,
        sort="number", caption="申請の一覧", size=SIZE, filters=[Filter("state", "状態", (("pending", "審査中"),))],
    )  # fmt: skip


def query(direction: str, **changes: Any) -> dict[str, Any]:
    base = {"type": "query", "client": "c", "seq": 1, "direction": direction, "sort": "number"}
    return base | {"descending": False, "search": "", "filters": {}} | changes


def test_pages_follow_the_cursors_that_stay_in_python(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = table_of(source)
    sent = sent_by(table, monkeypatch)
    for direction in ("first", "next", "next", "prev", "last"):
        table.receive(query(direction))
    assert [(asked.direction, asked.cursor) for asked in source.asked] == [
        ("first", None), ("next", "10"), ("next", "20"), ("prev", "10"), ("last", None),
    ]  # fmt: skip
    assert [message["offset"] for message in sent] == [0, 10, 20, 10, 15]
    assert "cursor" not in json.dumps(sent)


def test_a_changed_query_begins_at_the_first_page(source: Source) -> None:
    table = table_of(source)
    table.receive(query("next"))
    table.receive(query("next", search="0"))
    assert (source.asked[-1].direction, source.asked[-1].cursor, source.asked[-1].search) == (
        "first",
        None,
        "0",
    )


def test_reply_carries_the_number_of_its_question(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    table = table_of(source)
    sent = sent_by(table, monkeypatch)
    table.receive(query("first", seq=7))
    table.refresh()
    assert [(message["client"], message["seq"]) for message in sent] == [("c", 7), (None, None)]


@pytest.mark.parametrize(
    "changes",
    [
        {"sort": "name"},
        {"sort": "password_hash"},
        {"direction": "2; drop"},
        {"filters": {"state": "x"}},
        {"filters": {"y": "x"}},
    ],
)
def test_what_is_not_in_the_structure_never_reaches_fetch(
    source: Source, changes: dict[str, Any], expected_failures: list[type[BaseException]]
) -> None:
    table = table_of(source)
    table.receive(query("first", **changes) if "direction" not in changes else query(changes["direction"]))
    assert source.asked == []
    expected_failures.append(ValueError)


def test_only_a_row_of_the_page_can_be_opened(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    selected: list[str] = []
    table = table_of(source, selected)
    table.receive({"type": "ready"})
    table.receive({"type": "select", "id": "000003"})
    sent = sent_by(table, monkeypatch)
    table.receive({"type": "select", "id": "000024"})
    assert selected == ["000003"]
    assert [message["type"] for message in sent] == ["page", "incident"]
    assert sent[-1]["text"] == words.ROW_GONE


def test_saved_state_holds_no_row_no_search_and_no_selection(source: Source) -> None:
    table = table_of(source, [])
    table.receive(query("first", search="商会1"))
    table.receive({"type": "select", "id": "000009"})
    state = json.dumps(table.get_state(), ensure_ascii=False, default=str)
    assert "受付番号" in state
    for personal in ("テスト商会", "商会1", "000009"):
        assert personal not in state


def test_refresh_falls_back_when_the_page_has_emptied(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = table_of(source)
    for direction in ("first", "next", "next"):
        table.receive(query(direction))
    source.names = NAMES[:5]
    sent = sent_by(table, monkeypatch)
    table.refresh()
    assert [row["cells"]["name"] for row in sent[-1]["rows"]] == NAMES[:5]
    assert sent[-1]["offset"] == 0


def test_a_failed_fetch_keeps_the_page_and_shows_an_incident(
    source: Source, monkeypatch: pytest.MonkeyPatch, expected_failures: list[type[BaseException]]
) -> None:
    table = table_of(source)
    before = table.page
    sent = sent_by(table, monkeypatch)
    monkeypatch.setattr(table, "_fetch", lambda request: 1 // 0)
    table.receive(query("next"))
    assert sent[0]["type"] == "incident"
    assert table.page is before
    expected_failures.append(ZeroDivisionError)


def test_badges_and_emphasis_travel_as_words(monkeypatch: pytest.MonkeyPatch) -> None:
    row = Row("1", {"name": "x"}, {"name": (Badge("期限", "error"),)}, "error", "期限超過")
    table = ServerTable([Column("name", "名")], lambda request: PageReply([row]), sort="name", caption="一覧")
    sent = sent_by(table, monkeypatch)
    table.receive({"type": "ready"})
    assert sent[0]["rows"][0]["badges"] == {"name": [{"text": "期限", "tone": "error"}]}
    assert sent[0]["rows"][0]["emphasis_word"] == "期限超過"
