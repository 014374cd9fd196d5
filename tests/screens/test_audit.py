"""The auditor's screen, driven by the messages that the browser sends."""

from __future__ import annotations

from typing import Any

import pytest

from ebidadmin.screens.audit import AuditScreen
from ebidadmin.screens.components.form import FieldForm
from ebidadmin.text import audit as words
from tests.builders import application_number, supplier_number
from tests.presenters.office import Place
from tests.presenters.test_audit import office, screen
from tests.presenters.test_audit_verification import verification
from tests.screens.conftest import sent_by

__all__ = ["office"]


@pytest.fixture
def shown(office: Place) -> AuditScreen:
    return AuditScreen(screen(office), verification(office))


def rows(shown: AuditScreen) -> list[str]:
    return [row.id for row in shown.table.page.rows]


def asked(form: FieldForm | None) -> FieldForm:
    assert form is not None
    return form


def press(form: FieldForm | None, button: str, **values: str) -> None:
    one = asked(form)
    one.receive({"type": "submit", "button": button, "values": {**one.values, **values}, "secrets": []}, [])


def turn(shown: AuditScreen, direction: str, *, descending: bool = True) -> None:
    message: dict[str, Any] = {"type": "query", "client": "a", "seq": 1, "direction": direction, "sort": "at"}
    shown.table.receive({**message, "descending": descending, "search": "", "filters": {}}, [])


def test_the_list_is_turned_and_its_order_with_it(shown: AuditScreen) -> None:
    assert rows(shown) == ["5", "4", "3", "2", "1"]
    turn(shown, "first", descending=False)
    assert rows(shown) == ["1", "2", "3", "4", "5"]
    turn(shown, "last")
    assert rows(shown) == ["5", "4", "3", "2", "1"]


def test_what_is_looked_for_is_chosen_and_left(shown: AuditScreen) -> None:
    shown.chosen.act("ask")
    press(shown.form, "filter", first="x")
    assert asked(shown.form).errors == {"first": words.ERROR_DAY}
    press(shown.form, "filter", first="", tag="application:rejected")
    assert shown.form is None
    assert rows(shown) == ["5"]
    assert "できごと 却下" in shown.chosen.content
    shown.chosen.act("ask")
    assert asked(shown.form).values["tag"] == "application:rejected"
    press(shown.form, "leave")
    assert rows(shown) == ["5"]
    shown.chosen.act("clear")
    assert len(rows(shown)) == 5
    assert "clear" not in shown.chosen.content


def test_a_day_is_jumped_to_or_told_to_have_nothing(shown: AuditScreen) -> None:
    shown.chosen.act("jump", "2026-10-07")
    assert rows(shown) == ["4", "3", "2", "1"]
    shown.chosen.act("jump", "1999-01-01")
    assert rows(shown) == ["4", "3", "2", "1"]
    assert words.NOTHING_UNTIL.format(day="1999/01/01") in shown.said.content
    shown.chosen.act("jump", "")
    assert words.ERROR_DAY in shown.said.content


def test_an_event_its_rest_its_subject_and_its_suppliers_life(shown: AuditScreen) -> None:
    shown.table.receive({"type": "select", "id": "5"}, [])
    assert "連番 5 却下" in shown.head.content
    assert "商号又は名称" not in shown.body.content
    shown.head.act("rest")
    assert "商号又は名称" in shown.body.content
    shown.head.act("life", supplier_number(92))
    assert "life-2" in shown.body.content
    shown.body.act("open", "2")
    assert "連番 2" in shown.head.content
    shown.head.act("rest-of")
    assert rows(shown) == ["5", "2"]
    assert application_number(92) in shown.chosen.content
    shown.head.act("close")
    assert supplier_number(92) in shown.head.content
    shown.head.act("close")
    assert shown.head.content == ""


def test_a_moment_is_asked_for(shown: AuditScreen) -> None:
    shown.table.receive({"type": "select", "id": "5"}, [])
    shown.head.act("state")
    press(shown.moments, "show", first="x")
    assert asked(shown.moments).errors == {"first": words.ERROR_MOMENT}
    press(shown.moments, "show", first="2026/10/7", second="2026/10/8")
    assert "審査中" in shown.found.content
    assert "2026/10/08 23:59:59" in shown.found.content
    press(shown.moments, "leave")
    assert shown.moments is None


def test_a_file_is_offered_to_the_browser(shown: AuditScreen, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[dict[str, Any], list[bytes]]] = []
    monkeypatch.setattr(shown.download, "send", lambda content, buffers=None: sent.append((content, buffers)))
    shown.chosen.act("csv")
    (((message, (content,))),) = sent
    assert message["name"].endswith(".csv")
    assert content.startswith(b"\xef\xbb\xbf")


def test_nothing_about_a_person_is_synced_state(shown: AuditScreen) -> None:
    shown.table.receive({"type": "select", "id": "5"}, [])
    shown.chosen.act("ask")
    for widget in (shown.table, shown.head, shown.body, shown.chosen, asked(shown.form)):
        state = str(widget.get_state())
        assert supplier_number(92) not in state
        assert "tanaka" not in state


def test_after_a_reload_it_stands_where_it_stood(
    office: Place, shown: AuditScreen, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown.chosen.act("ask")
    press(shown.form, "filter", tag="application")
    shown.table.receive({"type": "select", "id": "2"}, [])
    again = AuditScreen(screen(office), verification(office))
    assert "連番 2" in again.head.content
    assert "できごと ID登録申請" in again.chosen.content
    messages = sent_by(again.table, monkeypatch)
    again.table.receive({"type": "ready"}, [])
    assert messages[-1]["selected"] == "2"
