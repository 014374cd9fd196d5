"""The widgets of the screen of registrations."""

from __future__ import annotations

from ebidadmin.screens.components.form import FieldForm
from ebidadmin.screens.components.table import PageRequest
from ebidadmin.screens.registrations import RegistrationsScreen
from tests.presenters.office import Place
from tests.presenters.test_registrations import register_card
from tests.presenters.test_registrations import screen as state_of


def screen(place: Place) -> RegistrationsScreen:
    return RegistrationsScreen(state_of(place))


def open_form(shown: RegistrationsScreen) -> FieldForm:
    assert shown.form is not None
    return shown.form


def test_an_item_is_opened_and_resolved_by_its_form(place: Place) -> None:
    place.register(92)
    register_card(place, 92)
    shown = screen(place)
    number = shown.follow_ups.page.rows[0].id
    shown.follow_ups.receive({"type": "select", "id": number})
    assert "確認事項" in shown.page.content
    shown.page.act("resolve", number)
    message = {"type": "submit", "button": "resolve", "values": {"note": "電話で確認"}, "secrets": []}
    open_form(shown).receive(message)
    assert shown.form is None
    assert "確認済みにしました" in shown.page.content
    assert number not in {row.id for row in shown.follow_ups.page.rows}


def test_leaving_the_form_resolves_nothing(place: Place) -> None:
    place.register(92)
    register_card(place, 92)
    shown = screen(place)
    number = shown.follow_ups.page.rows[0].id
    shown.follow_ups.receive({"type": "select", "id": number})
    shown.page.act("resolve", number)
    open_form(shown).receive({"type": "submit", "button": "leave", "values": {"note": "x"}, "secrets": []})
    assert shown.form is None
    assert number in {row.id for row in shown.follow_ups.page.rows}
    shown.page.act("close")
    assert "supplier-title" not in shown.page.content


def test_the_way_back_through_the_register_is_the_way_that_was_come(place: Place) -> None:
    place.register(*range(91, 99))
    shown = screen(place)
    fetch = shown.suppliers._fetch
    first = fetch(PageRequest("supplier", False, size=3))
    assert first.prev_cursor is None
    second = fetch(PageRequest("supplier", False, first.next_cursor, "next", size=3))
    third = fetch(PageRequest("supplier", False, second.next_cursor, "next", size=3))
    assert third.next_cursor is None
    back = fetch(PageRequest("supplier", False, third.prev_cursor, "prev", size=3))
    assert [row.id for row in back.rows] == [row.id for row in second.rows]
    start = fetch(PageRequest("supplier", False, back.prev_cursor, "prev", size=3))
    assert [row.id for row in start.rows] == [row.id for row in first.rows]
    assert start.prev_cursor is None


def test_another_day_is_asked_for_on_the_page(place: Place) -> None:
    place.register(92)
    shown = screen(place)
    shown.suppliers.receive({"type": "select", "id": "190000092"})
    assert "eligibility-today" not in shown.page.content
    shown.page.act("eligibility-day", "2028-04-01")
    assert 'value="2028-04-01"' in shown.page.content
    assert "2028/04/01 の判定" in shown.page.content
    assert "eligibility-today" in shown.page.content
    shown.page.act("eligibility-day")
    assert "2026/10/07 現在" in shown.page.content
