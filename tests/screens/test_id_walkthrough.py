"""The walkthrough's widgets: clicks as the browser sends them, values as messages, and no password in anything that is kept."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from ipywidgets import Widget
from ipywidgets.widgets.widget import _instances
from pypdf import PdfReader

from ebidadmin.bootstrap import Desk
from ebidadmin.config import load_config
from ebidadmin.domain.staff import Role, Staff
from ebidadmin.presenters.id_walkthrough import Mode, ScreenId
from ebidadmin.screens.components.download import Download
from ebidadmin.screens.id_walkthrough import IdWalkthroughScreen, id_walkthrough_screen
from ebidadmin.screens.supplier_opening import NAME, NUMBER
from ebidadmin.services.supplier_opening import OPEN_FOR
from ebidadmin.text import walkthrough as words
from ebidadmin.text.card_walkthrough import RECORDED
from tests import builders
from tests.builders import HELPER, raw_form, search_form
from tests.canary import found_in, holds
from tests.presenters import walkthrough_desk

PASSWORD = "Canary7Secret42"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return walkthrough_desk.lay_out(tmp_path_factory.mktemp("desk"))


@pytest.fixture
def desk(template: Path, tmp_path: Path) -> Iterator[Desk]:
    opened = walkthrough_desk.desk(template, tmp_path)
    yield opened
    opened.close()


def start(desk: Desk, mode: Mode = Mode.REGISTER) -> IdWalkthroughScreen:
    screen = IdWalkthroughScreen(desk)
    screen.head.act("start", mode.value)
    return screen


def submit(screen: IdWalkthroughScreen, button: str, values: dict[str, str], **secrets: str) -> None:
    """What the browser sends when a button of the form is pressed."""
    assert screen.form is not None
    fields = {key: value for key, value in values.items() if key in _inputs(screen)}
    message = {"type": "submit", "button": button, "values": fields, "secrets": list(secrets)}
    screen.form.receive(message, [value.encode() for value in secrets.values()])


def _inputs(screen: IdWalkthroughScreen) -> set[str]:
    assert screen.form is not None
    return {row["key"] for row in screen.form.rows if row["kind"] == "text"}


def to_form(screen: IdWalkthroughScreen, n: int = 92) -> IdWalkthroughScreen:
    for action in ("bidding", "small", "id-registration", "process", "apply"):
        screen.above.act(action)
    submit(screen, "search", search_form(n), password="")
    assert screen.walkthrough.screen is ScreenId.FORM
    return screen


def to_confirm(screen: IdWalkthroughScreen) -> IdWalkthroughScreen:
    submit(to_form(screen), "confirm", raw_form(), password=PASSWORD, password_again=PASSWORD)
    assert screen.walkthrough.screen is ScreenId.CONFIRM
    return screen


def shown(screen: IdWalkthroughScreen) -> str:
    return screen.head.content + screen.above.content + screen.below.content


def stored(desk: Desk) -> int:
    with desk.office.uow() as uow:
        return len(uow.applications.of_supplier(builders.supplier_number()))


def test_it_begins_in_rehearsal_at_the_portal(desk: Desk) -> None:
    screen = IdWalkthroughScreen(desk)
    assert screen.walkthrough.mode is Mode.REHEARSAL
    assert words.MODE_BANNERS["rehearsal"] in screen.head.content
    assert 'data-screen="P-1"' in screen.above.content
    assert isinstance(id_walkthrough_screen(desk), Widget)


def test_the_whole_way_by_clicks(desk: Desk) -> None:
    screen = to_confirm(start(desk))
    assert "*****" in screen.above.content
    screen.below.act("register")
    assert 'data-screen="ID-5"' in screen.above.content
    assert "ID登録申請が完了いたしました。" in screen.above.content
    assert stored(desk) == 1
    screen.below.act("register")
    assert stored(desk) == 1
    screen.below.act("restart")
    assert 'data-screen="P-1"' in screen.above.content


def test_errors_stand_in_the_form_and_what_was_typed_stays(desk: Desk) -> None:
    screen = to_form(start(desk))
    before = screen.form
    submit(
        screen, "confirm", raw_form(branch="", company_phone="x"), password=PASSWORD, password_again=PASSWORD
    )
    assert screen.form is before
    assert screen.form is not None
    assert set(screen.form.errors) == {"branch", "company_phone"}
    assert screen.form.values["company_phone"] == "x"
    submit(screen, "confirm", raw_form(), password=PASSWORD, password_again=PASSWORD)
    assert screen.walkthrough.screen is ScreenId.CONFIRM


def test_the_way_back_keeps_the_input(desk: Desk) -> None:
    screen = to_confirm(start(desk))
    screen.below.act("back")
    assert screen.form is not None
    typed = {key: value for key, value in raw_form().items() if key in _inputs(screen)}
    assert {key: screen.form.values[key] for key in typed} == typed
    submit(screen, "back", {**typed, "branch": "途中"})
    assert screen.walkthrough.screen is ScreenId.SEARCH
    submit(screen, "search", search_form(), password="")
    assert screen.form.values["branch"] == "途中"


def test_the_register_is_shown_in_the_form_but_is_no_part_of_its_state(desk: Desk) -> None:
    screen = to_form(start(desk))
    assert screen.form is not None
    assert screen.form.values["trade_name"] == "(株)テスト商会92"
    assert "テスト商会" not in json.dumps(screen.form.get_state(), ensure_ascii=False, default=str)


def test_the_form_has_the_hints_marks_and_buttons_of_the_manual(desk: Desk) -> None:
    screen = to_form(start(desk))
    assert screen.form is not None
    rows = {row["key"]: row for row in screen.form.rows}
    assert rows["main_contact.postcode"]["hint"] == "(半角 例:123-4567)"
    assert rows["password"]["kind"] == rows["password_again"]["kind"] == "password"
    assert rows["same-as-main"]["label"] == "代表窓口と同じ"
    assert all(row["required"] for row in rows.values() if row["kind"] in ("text", "password"))
    assert [(one["key"], one["label"], one["sends_secrets"]) for one in screen.form.buttons] == [
        ("confirm", "入力内容確認", True),
        ("back", "戻る", False),
    ]


def test_a_password_at_the_search_is_an_error_at_its_field(desk: Desk) -> None:
    screen = start(desk)
    for action in ("bidding", "small", "id-registration", "process", "apply"):
        screen.above.act(action)
    submit(screen, "search", search_form(user_id="abc12345"), password=PASSWORD)
    assert screen.form is not None
    assert set(screen.form.errors) == {"user_id", "password"}
    assert screen.form.values["user_id"] == ""


def test_the_cautions_stand_between_the_fields_and_the_buttons_of_the_search(desk: Desk) -> None:
    screen = start(desk)
    for action in ("bidding", "small", "id-registration", "process", "apply"):
        screen.above.act(action)
    assert screen.form is not None
    labels = [row["label"] for row in screen.form.rows]
    assert labels.index("パスワード") < labels.index("【注意事項】")
    assert labels[-1] == "下関市 契約室 契約課 物品契約係 083-231-3178"


def test_the_mode_can_be_changed_and_begins_anew(desk: Desk) -> None:
    screen = to_confirm(start(desk))
    screen.head.act("start", "rehearsal")
    assert screen.walkthrough.screen is ScreenId.PORTAL
    assert screen.walkthrough.mode is Mode.REHEARSAL
    assert holds(screen.walkthrough._walk, "テスト商会") == []


def test_whoever_may_not_register_finds_the_switch_off(template: Path, tmp_path: Path) -> None:
    opened = walkthrough_desk.desk(template, tmp_path, staff=HELPER)
    head = IdWalkthroughScreen(opened).head.content
    switch = (
        head[: head.index('data-testid="start-register"')].rsplit("<button", 1)[-1]
        + head[head.index('data-testid="start-register"') :].split(">", 1)[0]
    )
    assert "disabled" in switch
    opened.close()


def test_whom_to_ask_comes_from_the_settings(desk: Desk) -> None:
    settings = desk.folder / "ebidadmin.toml"
    written = settings.read_text(encoding="utf-8").replace('construction = ""', 'construction = "技術管理課"')
    settings.write_text(written, encoding="utf-8")
    screen = IdWalkthroughScreen(replace(desk, config=load_config(desk.folder)))
    for action in ("bidding", "construction"):
        screen.above.act(action)
    assert "技術管理課にお問合せください" in screen.above.content


class Sent:
    """What a download sends to the browser."""

    def __init__(self, download: Download, monkeypatch: pytest.MonkeyPatch) -> None:
        self.messages: list[tuple[dict[str, Any], Sequence[bytes]]] = []
        monkeypatch.setattr(
            download, "send", lambda content, buffers=None: self.messages.append((content, buffers or ()))
        )

    @property
    def files(self) -> list[tuple[dict[str, Any], Sequence[bytes]]]:
        return [one for one in self.messages if one[0]["type"] == "file"]


def test_the_print_reaches_the_browser_as_a_buffer_and_nothing_else(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = to_confirm(start(desk))
    sent = Sent(screen.download, monkeypatch)
    screen.below.act("register")
    before = {path for path in desk.folder.rglob("*") if path.is_file()}
    screen.below.act("print")
    [(message, [content])] = sent.files
    assert message == {"type": "file", "name": "ID登録申請内容確認.pdf", "mime": "application/pdf"}
    assert content.startswith(b"%PDF")
    assert {path for path in desk.folder.rglob("*") if path.is_file()} == before
    assert words.PRINT_READY in screen.above.content
    screen.below.act("restart")
    assert sent.messages[-1][0] == {"type": "clear"}


def test_a_print_before_the_end_offers_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = to_confirm(start(desk))
    sent = Sent(screen.download, monkeypatch)
    screen.below.act("print")
    assert sent.files == []
    assert words.NOTHING_TO_PRINT in screen.above.content


def test_a_rehearsal_ends_with_a_record_that_is_printed_and_holds_no_secret(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = to_confirm(start(desk, Mode.REHEARSAL))
    sent = Sent(screen.download, monkeypatch)
    screen.below.act("register")
    assert screen.form is not None
    screen.form.receive(
        {"type": "submit", "button": "record", "values": {"advice": "電話番号を確かめる"}, "secrets": []}
    )
    assert RECORDED in screen.above.content
    with desk.office.uow() as uow:
        [record] = uow.id_cases.latest()
    assert (record.supplier_number, record.advice) == (builders.supplier_number(), "電話番号を確かめる")
    kept = cast("dict[str, str]", record.content["typed"])
    assert kept["branch"] == raw_form()["branch"]
    assert holds(record, PASSWORD) == []
    assert not [key for key in kept if "password" in key]
    screen.below.act("print-record")
    [(message, [content])] = sent.files
    assert message["name"] == "対応記録.pdf"
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    assert record.id in text
    assert "電話番号を確かめる" in text
    assert PASSWORD not in text
    screen.walkthrough.record_case("もう一度")
    with desk.office.uow() as uow:
        assert uow.id_cases.latest() == (record,)


def test_the_buttons_beside_the_advice_do_what_they_say(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = to_confirm(start(desk, Mode.REHEARSAL))
    sent = Sent(screen.download, monkeypatch)
    screen.below.act("register")
    submit(screen, "print", {"advice": ""})
    assert [message["name"] for message, _ in sent.files] == ["ID登録申請内容確認.pdf"]
    submit(screen, "restart", {"advice": ""})
    assert screen.walkthrough.screen is ScreenId.PORTAL


def test_an_application_that_was_taken_has_no_such_record(desk: Desk) -> None:
    screen = to_confirm(start(desk))
    screen.below.act("register")
    assert screen.form is None
    screen.walkthrough.record_case("案内")
    with desk.office.uow() as uow:
        assert uow.id_cases.latest() == ()


@pytest.mark.parametrize("mode", list(Mode))
def test_no_widget_keeps_anything_of_the_password(desk: Desk, mode: Mode) -> None:
    screen = start(desk, mode)
    for action in ("bidding", "small", "id-registration", "process", "apply"):
        screen.above.act(action)
    submit(screen, "search", search_form(), password=PASSWORD)
    submit(screen, "search", search_form(), password="")
    submit(screen, "confirm", raw_form(branch=""), password=PASSWORD, password_again=PASSWORD)
    submit(screen, "confirm", raw_form(), password=PASSWORD, password_again=PASSWORD)
    screen.below.act("back")
    submit(screen, "confirm", raw_form(), password=PASSWORD, password_again=PASSWORD)
    screen.below.act("register")
    screen.below.act("print")
    assert screen.walkthrough.screen is ScreenId.DONE
    for widget in _all_widgets():
        state = json.dumps(widget.get_state(), default=str, ensure_ascii=False).encode()
        assert not found_in(state, PASSWORD)
        assert holds(vars(widget).get("_trait_values", {}), PASSWORD) == []
    assert holds(screen, PASSWORD) == []
    assert not found_in(shown(screen).encode(), PASSWORD)
    for file in desk.folder.rglob("*"):
        assert not file.is_file() or not found_in(file.read_bytes(), PASSWORD)


def _all_widgets() -> list[Widget]:
    """Every live widget of this process."""
    return list(_instances.values())


def test_the_help_desk_opens_a_supplier_below_a_rehearsal(desk: Desk) -> None:
    helper = replace(desk, staff=Staff("madoguchi", frozenset({Role.HELP_DESK})))
    screen = IdWalkthroughScreen(helper)
    part = screen.opening
    assert part is not None
    assert part.widget in screen.widget.children
    entered = {NUMBER: builders.supplier_number(92), NAME: builders.trade_name(92)}
    part.form.receive({"type": "submit", "button": "open", "values": entered, "secrets": []}, [])
    closes = int((builders.NOON + OPEN_FOR).timestamp() * 1000)
    assert f'data-ebid-closes-at="{closes}"' in part.panel.content
    assert "opened-supplier" in part.panel.content
    assert part.form.values == {NUMBER: "", NAME: ""}
    # Nobody whose name was shown stands in what a notebook keeps.
    kept = json.dumps([part.form.get_state(), part.panel.get_state()], default=str, ensure_ascii=False)
    assert entered[NAME] not in kept
    part.panel.act("look-supplier")
    assert "opened-supplier" in part.panel.content
    part.panel.act("close-supplier")
    assert "opened-supplier" not in part.panel.content


def test_nobody_opens_a_supplier_where_things_are_registered(desk: Desk) -> None:
    screen = start(replace(desk, staff=builders.EVERYBODY))
    assert screen.opening is not None
    assert screen.opening.widget not in screen.widget.children
    reviewer = replace(desk, staff=Staff("sato", frozenset({Role.REVIEWER})))
    assert IdWalkthroughScreen(reviewer).opening is None
