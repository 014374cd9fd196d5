"""A table of controls: only what is offered can be changed, and rows travel as messages."""

from __future__ import annotations

import pytest

from ebidadmin.screens.components.edit_table import EditColumn, EditRow, EditTable
from tests.screens.conftest import sent_by

COLUMNS = (EditColumn("name", "名"), EditColumn("use", "用途", options=(("a", "甲"), ("b", "乙"))))
ROW = EditRow("1", {"name": "秘密", "use": "a"}, {"use": "select"})


def made(told: list[tuple[str, str, str]]) -> EditTable:
    table = EditTable(COLUMNS, lambda *change: told.append(change), caption="表")
    table.show([ROW, EditRow("2", {"name": "x", "use": "b"}, {"use": "select"}, disabled=("use",))])
    return table


def test_a_change_is_told_once() -> None:
    told: list[tuple[str, str, str]] = []
    made(told).change("1", "use", "b")
    assert told == [("1", "use", "b")]


@pytest.mark.parametrize(
    "change", [("1", "use", "c"), ("1", "name", "x"), ("2", "use", "a"), ("3", "use", "a")]
)
def test_what_is_not_offered_is_an_incident(
    change: tuple[str, str, str],
    expected_failures: list[type[BaseException]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[tuple[str, str, str]] = []
    table = made(told)
    messages = sent_by(table, monkeypatch)
    table.change(*change)
    assert told == []
    assert [message["type"] for message in messages] == ["incident"]
    expected_failures.append(ValueError)


def test_a_row_may_offer_choices_of_its_own() -> None:
    told: list[tuple[str, str, str]] = []
    table = EditTable(COLUMNS, lambda *change: told.append(change), caption="表")
    table.show([EditRow("1", {"use": "z"}, {"use": "select"}, {"use": (("z", "丙"),)})])
    table.change("1", "use", "z")
    assert told == [("1", "use", "z")]


def test_cells_are_messages_and_never_state(monkeypatch: pytest.MonkeyPatch) -> None:
    table = made([])
    assert "秘密" not in repr(table.get_state())
    messages = sent_by(table, monkeypatch)
    table.receive({"type": "ready"})
    assert messages[0]["rows"][0]["cells"]["name"] == "秘密"
