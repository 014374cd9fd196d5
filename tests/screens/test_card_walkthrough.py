"""The card walkthrough's widgets: the PIN comes as a buffer, is wiped, and is in no widget, no file and no audit row afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from ipywidgets.widgets.widget import _instances

from ebidadmin.bootstrap import Desk
from ebidadmin.domain.card_sessions import CardMode, CardStep
from ebidadmin.screens.card_walkthrough import CardWalkthroughScreen
from ebidadmin.text import card_screens
from ebidadmin.text import card_walkthrough as words
from tests.builders import search_form
from tests.canary import found_in, holds
from tests.cards.office import Bench, raw_card_form
from tests.presenters import walkthrough_desk

PIN = "48291537"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return walkthrough_desk.lay_out(tmp_path_factory.mktemp("desk"))


@pytest.fixture
def desk(template: Path, tmp_path: Path) -> Iterator[Desk]:
    opened = walkthrough_desk.desk(template, tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def bench(desk: Desk) -> Bench:
    made = Bench(desk.office)
    made.reader.pin = PIN.encode()
    made.insert()
    return made


def start(desk: Desk, bench: Bench, mode: CardMode = CardMode.REGISTER) -> CardWalkthroughScreen:
    screen = CardWalkthroughScreen(desk, lambda _mode: bench.desk)
    screen.head.act("start", mode.value)
    return screen


def submit(screen: CardWalkthroughScreen, button: str, values: dict[str, str], **secrets: str) -> bytearray:
    """What the browser sends when a button of the form is pressed; the last buffer, as Python had it."""
    assert screen.form is not None
    inputs = {row["key"] for row in screen.form.rows if row["kind"] == "text"}
    fields = {key: value for key, value in values.items() if key in inputs}
    message = {"type": "submit", "button": button, "values": fields, "secrets": list(secrets)}
    buffers = [bytearray(value.encode()) for value in secrets.values()]
    screen.form.receive(message, buffers)
    return buffers[-1] if buffers else bytearray()


def to_menu(screen: CardWalkthroughScreen) -> CardWalkthroughScreen:
    """From the portal to the card screens' menu, as a supplier goes."""
    for key in ("bidding", "goods", "card-registration"):
        screen.below.act(key)
    assert 'data-screen="IC-1"' in screen.above.content
    return screen


def to_confirmation(screen: CardWalkthroughScreen) -> CardWalkthroughScreen:
    to_menu(screen).below.act("registration")
    submit(screen, "ok", {}, pin=PIN)
    screen.below.act("process")
    submit(screen, "search", search_form(92), password="")
    submit(screen, "confirm", raw_card_form())
    assert screen.walkthrough.step is CardStep.CONFIRM, screen.above.content
    return screen


def test_it_begins_in_rehearsal_at_the_portal(desk: Desk, bench: Bench) -> None:
    screen = CardWalkthroughScreen(desk, lambda _mode: bench.desk)
    assert words.MODE_BANNERS["rehearsal"] in screen.head.content
    assert 'data-screen="P-1"' in screen.above.content
    to_menu(screen)


def test_the_whole_way_by_clicks_leaves_no_pin_anywhere(desk: Desk, bench: Bench, tmp_path: Path) -> None:
    screen = to_confirmation(start(desk, bench))
    assert "(株)テスト商会92" in screen.above.content
    screen.below.act("register")
    assert 'data-screen="IC-7"' in screen.above.content
    assert card_screens.issued("1352100000000001") in screen.above.content
    screen.below.act("print")
    assert bench.reader.log_ins == 1
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path for path in files if found_in(path.read_bytes(), PIN)] == []
    states = [json.dumps(widget.get_state(), default=repr) for widget in list(_instances.values())]
    assert not any(found_in(state.encode(), PIN) for state in states)
    assert holds(screen, PIN) == []


def test_the_form_of_the_pin_is_gone_with_its_screen(desk: Desk, bench: Bench) -> None:
    screen = to_menu(start(desk, bench))
    screen.below.act("registration")
    before = screen.form
    submit(screen, "ok", {}, pin=PIN)
    assert screen.form is None
    assert before is not None
    assert before.comm is None


def test_a_case_record_is_made_at_the_end_of_a_rehearsal(desk: Desk, bench: Bench) -> None:
    screen = to_confirmation(start(desk, bench, CardMode.REHEARSAL))
    screen.below.act("register")
    submit(screen, "record", {"advice": "登録できることを案内"})
    assert words.RECORDED in screen.above.content
    screen.below.act("print-record")
    with desk.office.uow() as uow:
        assert [one.advice for one in uow.card_sessions.case_records()] == ["登録できることを案内"]
        assert uow.cards.all() == ()


def test_a_reload_goes_on_where_it_was(desk: Desk, bench: Bench) -> None:
    to_confirmation(start(desk, bench))
    again = CardWalkthroughScreen(desk, lambda _mode: bench.desk)
    assert 'data-screen="IC-6"' in again.above.content
    again.below.act("register")
    assert 'data-screen="IC-2"' in again.above.content
    submit(again, "ok", {}, pin=PIN)
    again.below.act("register")
    assert 'data-screen="IC-7"' in again.above.content
