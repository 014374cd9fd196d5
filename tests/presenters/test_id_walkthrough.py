"""The walk through the ID application: every screen and every button, every way back, doors and readiness."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ebidadmin.bootstrap import Desk
from ebidadmin.clock import SettableClock
from ebidadmin.domain.applications import ApplicationState
from ebidadmin.domain.doors import DEFAULT_HOURS
from ebidadmin.presenters.id_walkthrough import IdWalkthrough, Mode, ScreenId, office_readiness
from ebidadmin.text import screens
from ebidadmin.text import walkthrough as words
from tests import builders
from tests.builders import TANAKA, search_form
from tests.presenters import walkthrough_desk
from tests.presenters.walking import (
    PASSWORD,
    Printer,
    at,
    enter,
    rows,
    said,
    stored,
    to_confirm,
    to_done,
    to_form,
    to_search,
    walk,
    without_reasons,
)

SUNDAY = datetime(2026, 10, 11, 3, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return walkthrough_desk.lay_out(tmp_path_factory.mktemp("desk"))


@pytest.fixture
def desk(template: Path, tmp_path: Path) -> Iterator[Desk]:
    opened = walkthrough_desk.desk(template, tmp_path)
    yield opened
    opened.close()


# The way through


def test_the_whole_way_for_real_takes_one_application(desk: Desk) -> None:
    walkthrough = walk(desk)
    seen = [walkthrough.view().id]
    for key in ("bidding", "small", "id-registration", "process", "apply"):
        walkthrough.press(key)
        seen.append(walkthrough.view().id)
    walkthrough.search(search_form())
    seen.append(walkthrough.view().id)
    enter(walkthrough)
    seen.append(walkthrough.view().id)
    walkthrough.register()
    seen.append(walkthrough.view().id)
    assert seen == ["P-1", "P-2", "P-3b", "ID-0", "ID-1", "ID-2", "ID-3", "ID-4", "ID-5"]
    [application] = stored(desk)
    assert application.state is ApplicationState.PENDING
    assert application.form == builders.form()
    assert application.password_hash is not None
    assert desk.office.hasher.verify(application.password_hash, PASSWORD.encode())
    assert application.number in said(walkthrough)
    with desk.office.uow() as uow:
        [mail] = uow.mails.list()
    assert mail.draft.to == ("acceptor92@example.co.jp",)


@pytest.mark.parametrize("screen", [s for s in ScreenId if s is not ScreenId.STATE])
def test_every_screen_shows_title_lead_notes_and_buttons_of_the_manual(desk: Desk, screen: ScreenId) -> None:
    walkthrough = to_done(walk(desk))
    views = {walkthrough.view().id: walkthrough.view()}
    walkthrough = walk(desk, Mode.REHEARSAL)
    views[walkthrough.view().id] = walkthrough.view()
    for key in ("bidding", "goods", "back", "small", "id-registration", "process", "apply"):
        walkthrough.press(key)
        views[walkthrough.view().id] = walkthrough.view()
    walkthrough.search(search_form(93))
    views[walkthrough.view().id] = walkthrough.view()
    enter(walkthrough, 93)
    views[walkthrough.view().id] = walkthrough.view()
    text, view = screens.SCREENS[screen.value], views[screen.value]
    shown = [
        *view.notes,
        *(note for door in view.doors for note in door.notes),
        *(line for part in view.sections for line in part.lead),
    ]
    assert view.title == text.title
    assert view.lead == text.lead
    assert [note for note in text.notes if note not in shown] == []
    buttons = [door.button for door in view.doors] or [button for button in view.buttons if not button.own]
    assert [button.label for button in buttons] == [button.label for button in text.buttons]
    assert view.banner == words.MODE_BANNERS[view.mode]
    for section in text.sections:
        [part] = [one for one in view.sections if one.key == section.key]
        labels = [item.label.removeprefix("資格の種類 ") for item in part.items]
        assert screen is ScreenId.CONFIRM or [line for line in section.lead if line not in part.lead] == []
        assert [label for _, label in section.shown if label not in labels] == []
        wanted = [
            one.label
            for one in section.fields
            if screen is not ScreenId.CONFIRM or not one.key.endswith("_again")
        ]
        assert [label for label in wanted if label not in labels] == []


def test_the_company_stands_in_the_order_of_the_manual(desk: Desk) -> None:
    wanted = [
        "業者番号",
        "企業名称",
        "企業郵便番号",
        "企業住所",
        "代表者氏名",
        "代表者役職",
        "代表電話番号",
        "代表FAX番号",
        "資格の種類 物品の製造",
        "資格の種類 物品の販売",
        "資格の種類 役務等の提供",
        "資格の種類 物品の購入",
        "支店名等",
    ]
    walkthrough = to_form(walk(desk))
    assert [item.label for item in walkthrough.view().sections[0].items] == wanted
    assert rows(walkthrough)["grade_sale"] == "□A  □B  □C  □D  ■無し"
    assert rows(walkthrough)["trade_name"] == "(株)テスト商会92"
    enter(walkthrough)
    assert [item.label for item in walkthrough.view().sections[0].items] == wanted


@pytest.mark.parametrize(
    ("way", "key", "phrase"),
    [
        ((), "publication", "入札情報公開システム入口"),
        ((), "qualification", "入札参加資格申請受付システム入口"),
        (("bidding",), "construction", "担当課にお問合せください"),
        (("bidding", "goods"), "card-registration", "40_card_walkthrough"),
        (("bidding", "goods"), "bid", "この製品では扱いません"),
        (("bidding", "small"), "bid-card", "この製品では扱いません"),
        (("bidding", "small"), "bid-id", "この製品では扱いません"),
    ],
)
def test_a_button_that_leads_out_says_so_and_stays(
    desk: Desk, way: tuple[str, ...], key: str, phrase: str
) -> None:
    walkthrough = walk(desk)
    for step in way:
        walkthrough.press(step)
    before = at(walkthrough)
    walkthrough.press(key)
    assert at(walkthrough) is before
    assert phrase in said(walkthrough)


def test_every_button_that_a_screen_shows_does_something(desk: Desk) -> None:
    """A press answers with another screen or with words; none falls through to the refusal of strangers."""
    for way in (
        (),
        ("bidding",),
        ("bidding", "goods"),
        ("bidding", "small"),
        ("bidding", "small", "id-registration", "process"),
    ):
        probe = walk(desk)
        for step in way:
            probe.press(step)
        view = probe.view()
        for button in (*view.buttons, *(door.button for door in view.doors)):
            walkthrough = walk(desk)
            for step in way:
                walkthrough.press(step)
            walkthrough.press(button.key)
            assert words.NOT_HERE not in said(walkthrough)
            assert walkthrough.view().id != view.id or walkthrough.view().notices


def test_a_city_may_name_whom_to_ask_about_works(desk: Desk) -> None:
    contacts = words.ContactWords(construction="建設部 技術管理課")
    walkthrough = IdWalkthrough(desk.office, TANAKA, Mode.REHEARSAL, printer=Printer(), contacts=contacts)
    walkthrough.press("bidding")
    walkthrough.press("construction")
    assert "建設部 技術管理課にお問合せください" in said(walkthrough)


def test_the_way_back_leads_through_every_screen_to_the_portal(desk: Desk) -> None:
    walkthrough = to_confirm(walk(desk))
    seen = []
    while at(walkthrough) is not ScreenId.PORTAL:
        walkthrough.back()
        seen.append(at(walkthrough).value)
    assert seen == ["ID-3", "ID-2", "ID-1", "ID-0", "P-3b", "P-2", "P-1"]
    walkthrough.back()
    assert at(walkthrough) is ScreenId.PORTAL
    assert words.NOT_HERE in said(walkthrough)


def test_a_press_that_the_screen_does_not_have_changes_nothing(desk: Desk) -> None:
    walkthrough = walk(desk)
    walkthrough.press("register")
    assert at(walkthrough) is ScreenId.PORTAL
    walkthrough.search(search_form())
    enter(walkthrough)
    assert at(walkthrough) is ScreenId.PORTAL
    assert words.NOT_HERE in said(walkthrough)


# Doors and readiness


def test_the_portal_tells_hours_and_state_of_the_three_doors(desk: Desk) -> None:
    doors = walk(desk).view().doors
    assert [(door.name, door.hours, door.state) for door in doors] == [
        ("電子入札システム", "利用時間：平日午前8時30分～午後8時", "受付中"),
        ("入札情報公開システム", "利用時間：平日午前6時～午後11時", "受付中"),
        ("入札参加資格申請受付システム", "利用時間：平日午前8時30分～午後8時", "受付中"),
    ]


def test_outside_the_hours_the_portal_names_the_next_opening_and_registering_is_refused(
    template: Path, tmp_path: Path
) -> None:
    desk = walkthrough_desk.desk(template, tmp_path, moment=SUNDAY)
    walkthrough = walk(desk)
    # Monday 2026-10-12 is a holiday.
    assert walkthrough.view().doors[0].state == "時間外（次の受付開始: 2026/10/13(火) 8:30）"
    for key in ("bidding", "small", "id-registration", "process", "apply"):
        walkthrough.press(key)
    assert at(walkthrough) is ScreenId.MENU
    assert "10/13" in said(walkthrough) or "10月13日" in said(walkthrough)
    to_done(walk(desk, Mode.REHEARSAL))
    assert stored(desk) == ()
    desk.close()


def test_the_door_may_close_on_the_way(desk: Desk) -> None:
    """Begun at 19:59; at 20:00 sharp the door is shut. One sentence tells it, what was typed stays, and the morning goes on with it."""
    assert isinstance(desk.office.clock, SettableClock)
    desk.office.clock.set(datetime(2026, 10, 7, 10, 59, tzinfo=UTC))
    walkthrough = to_confirm(walk(desk))
    shown = walkthrough.view().sections
    desk.office.clock.set(datetime(2026, 10, 7, 11, 0, tzinfo=UTC))
    walkthrough.register()
    assert at(walkthrough) is ScreenId.CONFIRM
    [notice] = [one for one in walkthrough.view().notices if one.tone == "error"]
    assert notice.text.startswith(
        "いまは「電子入札システム」の利用時間外です。次の受付は2026/10/08(木) 8:30からです。"
    )
    assert walkthrough.view().sections == shown
    assert stored(desk) == ()
    desk.office.clock.set(datetime(2026, 10, 7, 23, 30, tzinfo=UTC))
    walkthrough.register()
    assert at(walkthrough) is ScreenId.DONE
    assert len(stored(desk)) == 1


def test_the_clock_appears_when_everything_can_be_read(desk: Desk) -> None:
    walkthrough = walk(desk)
    for key in ("bidding", "small", "id-registration"):
        walkthrough.press(key)
    assert rows(walkthrough)["clock"] == "2026/10/07(水) 12:00"
    assert all(button.enabled for button in walkthrough.view().buttons)


def test_without_a_register_there_is_no_clock_and_no_way_on(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    bare = walkthrough_desk.lay_out(tmp_path_factory.mktemp("bare"), register=False)
    desk = walkthrough_desk.desk(bare, tmp_path)
    walkthrough = walk(desk)
    for key in ("bidding", "small", "id-registration"):
        walkthrough.press(key)
    view = walkthrough.view()
    assert view.sections == ()
    assert "資格審査情報がまだ取り込まれていません" in said(walkthrough)
    assert "もう一度マニュアル等を見て設定を確認してください" in said(walkthrough)
    assert "ヘルプデスク" in said(walkthrough)
    assert [button.enabled for button in view.buttons if button.key == "process"] == [False]
    walkthrough.press("process")
    assert at(walkthrough) is ScreenId.CLIENT
    desk.close()


def test_readiness_is_asked_again_at_each_press(desk: Desk) -> None:
    answers = iter([("データベース",), (), ("遅れた故障",)])
    walkthrough = IdWalkthrough(
        desk.office, TANAKA, Mode.REHEARSAL, printer=Printer(), readiness=lambda: next(answers)
    )
    for key in ("bidding", "small", "id-registration"):
        walkthrough.press(key)
    assert "データベース" in said(walkthrough)
    walkthrough.press("recheck")
    assert said(walkthrough) == ""
    walkthrough.press("process")
    assert at(walkthrough) is ScreenId.CLIENT
    assert "遅れた故障" in said(walkthrough)


@pytest.mark.sqlite_only("a file is missing or damaged")
def test_a_database_that_does_not_answer_is_named(desk: Desk, tmp_path: Path) -> None:
    assert office_readiness(desk.office) == ()
    desk.close()
    (tmp_path / "ebidadmin.sqlite").write_bytes(
        b"not a database, but long enough to be looked at by the library" * 20
    )
    [told] = office_readiness(desk.office)
    assert told


def test_an_empty_catalogue_of_reasons_is_named(desk: Desk) -> None:
    assert office_readiness(without_reasons(desk)) == (words.REASONS_EMPTY,)


def test_doors_that_never_close_say_so(desk: Desk) -> None:
    always = {door: replace(hours, always=True) for door, hours in DEFAULT_HOURS.items()}
    office = replace(desk.office, settings=replace(desk.office.settings, hours=always))
    assert isinstance(desk.office.clock, SettableClock)
    desk.office.clock.set(SUNDAY)
    walkthrough = IdWalkthrough(office, TANAKA, Mode.REGISTER, printer=Printer())
    assert {(door.hours, door.state) for door in walkthrough.view().doors} == {(words.ALWAYS_OPEN, "受付中")}
    to_done(walkthrough)


# Whether the supplier may take part in quotations


def test_staff_who_rehearse_are_told_who_may_take_part_a_supplier_at_its_screen_is_not(desk: Desk) -> None:
    rehearsed, real = walk(desk, Mode.REHEARSAL), walk(desk)
    for walkthrough in (rehearsed, real):
        assert not told_to_staff(to_search(walkthrough))
        walkthrough.search(search_form())
    assert told_to_staff(rehearsed) == [
        "職員用: 少額物品・少額役務の見積参加は、見積参加不可 (2026/10/07 現在)"
    ]
    enter(rehearsed)
    assert at(rehearsed) is ScreenId.CONFIRM
    assert len(told_to_staff(rehearsed)) == 1
    assert told_to_staff(real) == []


def told_to_staff(walkthrough: IdWalkthrough) -> list[str]:
    return [notice.text for notice in walkthrough.view().notices if "職員用" in notice.text]
