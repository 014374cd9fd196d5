"""The widgets of a change: clicks as the browser sends them, and no password or code in anything that is kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from ipywidgets.widgets.widget import _instances

from ebidadmin.bootstrap import Desk
from ebidadmin.presenters.id_walkthrough import Mode
from ebidadmin.screens.components.form import FieldForm
from ebidadmin.screens.id_walkthrough import IdWalkthroughScreen
from ebidadmin.text import id_change as words
from tests.canary import found_in, holds
from tests.presenters import changing
from tests.presenters.changing import NEW, OLD, WAY, issue, kept


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return changing.lay_out(tmp_path_factory.mktemp("desk"))


@pytest.fixture
def desk(template: Path, tmp_path: Path) -> Iterator[Desk]:
    opened = changing.open_desk_of(template, tmp_path)
    yield opened
    opened.close()


def to_change(desk: Desk, mode: Mode = Mode.REGISTER) -> IdWalkthroughScreen:
    screen = IdWalkthroughScreen(desk)
    screen.head.act("start", mode.value)
    for action in WAY:
        screen.above.act(action)
    return screen


def form_of(screen: IdWalkthroughScreen) -> FieldForm:
    assert screen.form is not None
    return screen.form


def submit(
    screen: IdWalkthroughScreen, button: str, values: dict[str, str] | None = None, **secrets: str
) -> None:
    """What the browser sends: the inputs as they stand, with changes."""
    form = form_of(screen)
    inputs = {row["key"]: form.values[row["key"]] for row in form.rows if row["kind"] == "text"}
    message = {
        "type": "submit",
        "button": button,
        "values": {**inputs, **(values or {})},
        "secrets": list(secrets),
    }
    form.receive(message, [value.encode() for value in secrets.values()])


def sign_in(screen: IdWalkthroughScreen, password: str = OLD) -> None:
    submit(screen, "sign-in", {"user_id": "shoukai0092"}, password=password)


def test_the_whole_way_by_clicks(desk: Desk) -> None:
    screen = to_change(desk)
    assert 'data-screen="ID-C1"' in screen.above.content
    assert words.BANNERS["register"] in screen.head.content
    assert "登録内容の変更" in screen.head.content, "the steps are those of a change"
    signing = screen.form
    sign_in(screen, NEW)
    assert screen.form is signing
    assert form_of(screen).values["user_id"] == "shoukai0092"
    assert "正しくありません" in screen.above.content
    sign_in(screen)
    assert 'data-screen="ID-C2"' in screen.above.content
    assert form_of(screen).values["main_contact.email_again"] == "acceptor92@example.co.jp"
    submit(screen, "confirm", {"main_contact.phone": "x"}, password=NEW, password_again=NEW)
    assert set(form_of(screen).errors) == {"main_contact.phone"}
    submit(screen, "confirm", {"main_contact.phone": "083-231-9999"}, password=NEW, password_again=NEW)
    assert 'data-screen="ID-C3"' in screen.above.content
    assert screen.form is None
    screen.below.act("register")
    assert 'data-screen="ID-C4"' in screen.above.content
    assert kept(desk).main_contact.phone == "083-231-9999"
    assert desk.office.hasher.verify(kept(desk).password_hash, NEW.encode())
    screen.below.act("restart")
    assert 'data-screen="P-1"' in screen.above.content


def test_the_way_back_leads_through_the_forms(desk: Desk) -> None:
    screen = to_change(desk)
    sign_in(screen)
    submit(screen, "back")
    assert 'data-screen="ID-C1"' in screen.above.content
    submit(screen, "forgotten")
    assert 'data-screen="ID-R1"' in screen.above.content
    submit(screen, "back")
    submit(screen, "back")
    assert 'data-screen="ID-1"' in screen.above.content


def test_only_the_buttons_that_need_them_send_passwords(desk: Desk) -> None:
    screen = to_change(desk)
    sends = {one["key"]: one["sends_secrets"] for one in form_of(screen).buttons}
    assert sends == {"sign-in": True, "back": False, "forgotten": False}
    submit(screen, "forgotten")
    sends = {one["key"]: one["sends_secrets"] for one in form_of(screen).buttons}
    assert sends == {"set-new": True, "back": False}
    assert {row["key"] for row in form_of(screen).rows if row["kind"] == "password"} == {
        "code",
        "password",
        "password_again",
    }


@pytest.mark.parametrize("mode", list(Mode))
def test_no_widget_and_no_file_keeps_a_password_or_a_code(desk: Desk, mode: Mode) -> None:
    code = issue(desk)
    screen = to_change(desk, mode)
    submit(screen, "forgotten")
    new = {"supplier_number": "190000092", "user_id": "shinki0001"}
    submit(screen, "set-new", new, code=code, password=NEW, password_again="")
    submit(screen, "set-new", new, code=code, password=OLD, password_again=OLD)
    assert 'data-screen="ID-R2"' in screen.above.content
    screen.below.act("restart")
    for action in WAY:
        screen.above.act(action)
    user_id = "shinki0001" if mode is Mode.REGISTER else "shoukai0092"
    submit(screen, "sign-in", {"user_id": user_id}, password=NEW)
    if mode is Mode.REGISTER:
        submit(screen, "sign-in", {"user_id": user_id}, password=OLD)
    submit(screen, "confirm", {"main_contact.phone": "x"}, password=NEW, password_again=NEW)
    submit(screen, "confirm", {"main_contact.phone": "083-231-9999"}, password=NEW, password_again=NEW)
    screen.below.act("register")
    assert 'data-screen="ID-C4"' in screen.above.content
    for secret in (OLD, NEW, code):
        for widget in list(_instances.values()):
            state = json.dumps(widget.get_state(), default=str, ensure_ascii=False).encode()
            assert not found_in(state, secret)
        assert holds(screen, secret) == []
        for file in desk.folder.rglob("*"):
            assert not file.is_file() or not found_in(file.read_bytes(), secret), file
