"""The walk through the ID application: every screen, every button, every way back, and no password left behind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ebidadmin.bootstrap import Desk
from ebidadmin.clock import SettableClock
from ebidadmin.domain.applications import ApplicationState, IdApplication
from ebidadmin.domain.staff import Staff
from ebidadmin.errors import DocumentError
from ebidadmin.presenters.id_walkthrough import IdWalkthrough, Mode, ScreenId, office_readiness
from ebidadmin.presenters.notices import Notice
from ebidadmin.services import application_review
from ebidadmin.text import screens
from ebidadmin.text import walkthrough as words
from ebidadmin.text.pages import Page
from tests import builders
from tests.builders import AUDITOR, HELPER, NOON, SUZUKI, TANAKA, raw_form, search_form
from tests.canary import holds
from tests.presenters import walkthrough_desk

PASSWORD = "Canary7Secret42"
SUNDAY = datetime(2026, 10, 11, 3, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return walkthrough_desk.lay_out(tmp_path_factory.mktemp("desk"))


@pytest.fixture
def desk(template: Path, tmp_path: Path) -> Iterator[Desk]:
    opened = walkthrough_desk.desk(template, tmp_path)
    yield opened
    opened.close()


class Printer:
    """Remembers what it was asked to print."""

    def __init__(self) -> None:
        self.pages: list[tuple[Page, datetime]] = []

    def __call__(self, page: Page, moment: datetime) -> bytes:
        self.pages.append((page, moment))
        return b"%PDF made"


def walk(desk: Desk, mode: Mode = Mode.REGISTER, *, staff: Staff | None = None, printer: Printer | None = None) -> IdWalkthrough:
    return IdWalkthrough(desk.office, staff or desk.staff, mode, printer=printer or Printer())


def to_search(walkthrough: IdWalkthrough) -> IdWalkthrough:
    for key in ("bidding", "small", "id-registration", "process", "apply"):
        walkthrough.press(key)
    assert walkthrough.screen is ScreenId.SEARCH
    return walkthrough


def to_form(walkthrough: IdWalkthrough, n: int = 92) -> IdWalkthrough:
    to_search(walkthrough).search(search_form(n))
    assert walkthrough.screen is ScreenId.FORM
    return walkthrough


def enter(walkthrough: IdWalkthrough, n: int = 92, *, password: str = PASSWORD, again: str | None = None, **changes: str) -> None:
    walkthrough.enter(raw_form(n, **changes), bytearray(password.encode()), bytearray((password if again is None else again).encode()))


def to_confirm(walkthrough: IdWalkthrough, n: int = 92, **changes: str) -> IdWalkthrough:
    enter(to_form(walkthrough, n), n, **changes)
    assert walkthrough.screen is ScreenId.CONFIRM, walkthrough.view()
    return walkthrough


def to_done(walkthrough: IdWalkthrough, n: int = 92) -> IdWalkthrough:
    to_confirm(walkthrough, n).register()
    assert walkthrough.screen is ScreenId.DONE, walkthrough.view().notices
    return walkthrough


def said(walkthrough: IdWalkthrough) -> str:
    return "\n".join(line for notice in walkthrough.view().notices for line in (notice.text, *notice.items))


def stored(desk: Desk, n: int = 92) -> tuple[IdApplication, ...]:
    with desk.office.uow() as uow:
        return uow.applications.of_supplier(builders.supplier_number(n))


def rows(walkthrough: IdWalkthrough) -> dict[str, str]:
    return {row.key: row.value for section in walkthrough.view().sections for row in section.rows}


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
    shown = [*view.notes, *(note for door in view.doors for note in door.notes)]
    assert view.title == text.title
    assert view.lead == text.lead
    assert [note for note in text.notes if note not in shown] == []
    buttons = [door.button for door in view.doors] or [button for button in view.buttons if not button.own]
    assert [button.label for button in buttons] == [button.label for button in text.buttons]
    assert view.banner == words.MODE_BANNERS[view.mode]
    for section in text.sections:
        [part] = [one for one in view.sections if one.key == section.key]
        labels = [item.label.removeprefix("資格の種類 ") for item in part.items]
        assert [label for _, label in section.shown if label not in labels] == []
        wanted = [one.label for one in section.fields if screen is not ScreenId.CONFIRM or not one.key.endswith("_again")]
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
    assert rows(walkthrough)["grade_sale"] == "無し"
    assert rows(walkthrough)["trade_name"] == "(株)テスト商会92"
    enter(walkthrough)
    assert [item.label for item in walkthrough.view().sections[0].items] == wanted


@pytest.mark.parametrize(
    ("way", "key", "phrase"),
    [
        ((), "publication", "入札情報公開システム入口"),
        ((), "qualification", "入札参加資格申請受付システム入口"),
        (("bidding",), "construction", "担当課にお問合せください"),
        (("bidding", "goods"), "card-registration", "この版ではまだ使えません"),
        (("bidding", "goods"), "bid", "この製品では扱いません"),
        (("bidding", "small"), "bid-card", "この製品では扱いません"),
        (("bidding", "small"), "bid-id", "この製品では扱いません"),
        (("bidding", "small", "id-registration", "process"), "change", "下関市 物品役務契約係"),
    ],
)
def test_a_button_that_leads_out_says_so_and_stays(desk: Desk, way: tuple[str, ...], key: str, phrase: str) -> None:
    walkthrough = walk(desk)
    for step in way:
        walkthrough.press(step)
    before = walkthrough.screen
    walkthrough.press(key)
    assert walkthrough.screen is before
    assert phrase in said(walkthrough)


def test_every_button_that_a_screen_shows_does_something(desk: Desk) -> None:
    """A press answers with another screen or with words; none falls through to the refusal of strangers."""
    for way in ((), ("bidding",), ("bidding", "goods"), ("bidding", "small"), ("bidding", "small", "id-registration", "process")):
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
            assert walkthrough.screen is not probe.screen or walkthrough.view().notices


def test_a_city_may_name_whom_to_ask_about_works(desk: Desk) -> None:
    contacts = words.ContactWords(construction="建設部 技術管理課")
    walkthrough = IdWalkthrough(desk.office, TANAKA, Mode.REHEARSAL, printer=Printer(), contacts=contacts)
    walkthrough.press("bidding")
    walkthrough.press("construction")
    assert "建設部 技術管理課にお問合せください" in said(walkthrough)


def test_the_way_back_leads_through_every_screen_to_the_portal(desk: Desk) -> None:
    walkthrough = to_confirm(walk(desk))
    seen = []
    while walkthrough.screen is not ScreenId.PORTAL:
        walkthrough.back()
        seen.append(walkthrough.screen.value)
    assert seen == ["ID-3", "ID-2", "ID-1", "ID-0", "P-3b", "P-2", "P-1"]
    walkthrough.back()
    assert walkthrough.screen is ScreenId.PORTAL
    assert words.NOT_HERE in said(walkthrough)


def test_a_press_that_the_screen_does_not_have_changes_nothing(desk: Desk) -> None:
    walkthrough = walk(desk)
    walkthrough.press("register")
    assert walkthrough.screen is ScreenId.PORTAL
    walkthrough.search(search_form())
    enter(walkthrough)
    assert walkthrough.screen is ScreenId.PORTAL
    assert words.NOT_HERE in said(walkthrough)


# Doors and readiness


def test_the_portal_tells_hours_and_state_of_the_three_doors(desk: Desk) -> None:
    doors = walk(desk).view().doors
    assert [(door.name, door.hours, door.state) for door in doors] == [
        ("電子入札システム", "利用時間：平日午前8時30分～午後8時", "受付中"),
        ("入札情報公開システム", "利用時間：平日午前6時～午後11時", "受付中"),
        ("入札参加資格申請受付システム", "利用時間：平日午前8時30分～午後8時", "受付中"),
    ]


def test_outside_the_hours_the_portal_names_the_next_opening_and_registering_is_refused(template: Path, tmp_path: Path) -> None:
    desk = walkthrough_desk.desk(template, tmp_path, moment=SUNDAY)
    walkthrough = walk(desk)
    # Monday 2026-10-12 is a holiday.
    assert walkthrough.view().doors[0].state == "時間外（次の受付開始: 2026/10/13(火) 08:30）"
    for key in ("bidding", "small", "id-registration", "process", "apply"):
        walkthrough.press(key)
    assert walkthrough.screen is ScreenId.MENU
    assert "10/13" in said(walkthrough) or "10月13日" in said(walkthrough)
    to_done(walk(desk, Mode.REHEARSAL))
    assert stored(desk) == ()
    desk.close()


def test_the_door_may_close_on_the_way(desk: Desk) -> None:
    walkthrough = to_confirm(walk(desk))
    assert isinstance(desk.office.clock, SettableClock)
    desk.office.clock.set(datetime(2026, 10, 7, 11, 0, tzinfo=UTC))
    walkthrough.register()
    assert walkthrough.screen is ScreenId.CONFIRM
    assert stored(desk) == ()
    desk.office.clock.set(datetime(2026, 10, 8, 1, 0, tzinfo=UTC))
    walkthrough.register()
    assert walkthrough.screen is ScreenId.DONE


def test_the_clock_appears_when_everything_can_be_read(desk: Desk) -> None:
    walkthrough = walk(desk)
    for key in ("bidding", "small", "id-registration"):
        walkthrough.press(key)
    assert rows(walkthrough)["clock"] == "2026/10/07(水) 12:00"
    assert all(button.enabled for button in walkthrough.view().buttons)


def test_without_a_register_there_is_no_clock_and_no_way_on(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
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
    assert walkthrough.screen is ScreenId.CLIENT
    desk.close()


def test_readiness_is_asked_again_at_each_press() -> None:
    answers = iter([("データベース",), (), ("遅れた故障",)])
    walkthrough = IdWalkthrough(None, TANAKA, Mode.REHEARSAL, printer=Printer(), readiness=lambda: next(answers))  # type: ignore[arg-type]  # the office is not asked on these screens
    for key in ("bidding", "small", "id-registration"):
        walkthrough.press(key)
    assert walkthrough._walk.missing == ("データベース",)
    walkthrough.press("recheck")
    assert walkthrough._walk.missing == ()
    walkthrough.press("process")
    assert walkthrough.screen is ScreenId.CLIENT


def test_a_database_that_does_not_answer_is_named(desk: Desk, tmp_path: Path) -> None:
    assert office_readiness(desk.office) == ()
    desk.close()
    (tmp_path / "ebidadmin.sqlite").write_bytes(b"not a database, but long enough to be looked at by the library" * 20)
    [told] = office_readiness(desk.office)
    assert told


# The search


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"supplier_number": ""}, "supplier_number"),
        ({"supplier_number": "12345678"}, "supplier_number"),
        ({"supplier_number": "199999999"}, "supplier_number"),
        ({"trade_name": ""}, "trade_name"),
        ({"trade_name": "あ" * 41}, "trade_name"),
        ({"trade_name": "別の商店"}, "trade_name"),
        ({"user_id": "abc12345"}, "user_id"),
    ],
)
def test_what_is_wrong_at_the_search_stands_at_its_field(desk: Desk, changes: dict[str, str], field: str) -> None:
    walkthrough = to_search(walk(desk))
    walkthrough.search(search_form(**changes))
    assert walkthrough.screen is ScreenId.SEARCH
    assert set(walkthrough.view().errors) == {field}


def test_a_password_at_the_search_is_an_error_and_not_kept(desk: Desk) -> None:
    walkthrough = to_search(walk(desk))
    walkthrough.search(search_form(user_id=PASSWORD), bytearray(PASSWORD.encode()))
    assert set(walkthrough.view().errors) == {"user_id", "password"}
    kept = {field.key: field.value for field in walkthrough.view().fields}
    assert kept["supplier_number"] == "190000092"
    assert kept["user_id"] == kept["password"] == ""
    assert holds(walkthrough, PASSWORD) == []


def test_the_help_explains_why_both_stay_empty(desk: Desk) -> None:
    assert words.LEAVE_EMPTY in said(to_search(walk(desk)))


def test_what_was_typed_at_the_search_is_there_on_the_way_back(desk: Desk) -> None:
    walkthrough = to_search(walk(desk))
    walkthrough.back({"supplier_number": "190000092", "trade_name": "途中", "user_id": ""})
    walkthrough.press("apply")
    assert [field.value for field in walkthrough.view().fields] == ["190000092", "途中", "", ""]


@pytest.mark.parametrize(("mode", "staff"), [(Mode.REGISTER, HELPER), (Mode.REGISTER, AUDITOR), (Mode.REHEARSAL, AUDITOR)])
def test_whoever_may_not_is_told_before_filling_in_anything(desk: Desk, mode: Mode, staff: Staff) -> None:
    walkthrough = walk(desk, mode, staff=staff)
    for key in ("bidding", "small", "id-registration", "process", "apply"):
        walkthrough.press(key)
    assert walkthrough.screen is ScreenId.MENU
    assert any(notice.tone == "error" for notice in walkthrough.view().notices)


# The form

FIELD_ERRORS = [
    *((key, "") for key in raw_form() if key not in ("supplier_number", "trade_name")),
    *((f"{who}.{key}", value) for who in ("main_contact", "applicant_contact") for key, value in (
        ("name", "あ" * 61),
        ("postcode", "1234567"),
        ("address", "あ" * 61),
        ("person", "あ" * 21),
        ("phone", "0312345678"),
        ("fax", "1-2"),
    )),
    ("company_phone", "いろは"),
    ("company_fax", "03"),
    ("branch", "あ" * 31),
    ("user_id", "short"),
    ("user_id", "onlyletters"),
    ("branch", "\ue000支店"),
]


@pytest.mark.parametrize(("key", "value"), FIELD_ERRORS)
def test_what_is_wrong_stands_at_its_field_and_the_rest_is_kept(desk: Desk, key: str, value: str) -> None:
    walkthrough = to_form(walk(desk))
    raw = {**raw_form(), key: value}
    walkthrough.enter(raw, bytearray(PASSWORD.encode()), bytearray(PASSWORD.encode()))
    assert walkthrough.screen is ScreenId.FORM
    assert set(walkthrough.view().errors) == {key}
    values = {field.key: field.value for field in walkthrough.view().fields if field.kind != "password"}
    assert values == {name: typed for name, typed in raw.items() if name in values}
    assert words.PASSWORD_AGAIN in said(walkthrough)
    assert stored(desk) == ()


@pytest.mark.parametrize(
    ("password", "again", "fields"),
    [
        ("", "", {"password", "password_again"}),
        ("short", "short", {"password"}),
        ("onlyletters", "onlyletters", {"password"}),
        (PASSWORD, PASSWORD + "x", {"password_again"}),
        (PASSWORD, "", {"password_again"}),
        ("shoukai0092", "shoukai0092", {"password"}),
    ],
)
def test_what_is_wrong_with_the_password_stands_at_its_field(desk: Desk, password: str, again: str, fields: set[str]) -> None:
    walkthrough = to_form(walk(desk))
    enter(walkthrough, password=password, again=again)
    assert set(walkthrough.view().errors) == fields
    assert all(password not in error for error in walkthrough.view().errors.values()) or not password


def test_different_addresses_are_an_error_at_the_repeated_one(desk: Desk) -> None:
    walkthrough = to_form(walk(desk))
    enter(walkthrough, main_contact__email_again="other@example.co.jp")
    assert set(walkthrough.view().errors) == {"main_contact.email_again"}


def test_errors_go_away_once_they_are_mended(desk: Desk) -> None:
    walkthrough = to_form(walk(desk))
    enter(walkthrough, branch="")
    enter(walkthrough)
    assert walkthrough.screen is ScreenId.CONFIRM
    assert walkthrough.view().errors == {}


def test_the_contact_of_the_applicant_can_be_copied_whole(desk: Desk) -> None:
    [copy] = [section.copy for section in to_form(walk(desk)).view().sections if section.copy is not None]
    fields = {field.key for field in to_form(walk(desk)).view().fields}
    assert copy.label == "代表窓口と同じ"
    assert len(copy.pairs) == 8
    assert {key for pair in copy.pairs for key in pair} == {key for key in fields if "contact." in key}
    assert all(source.split(".")[1] == target.split(".")[1] for source, target in copy.pairs)


def test_both_passwords_are_wiped_whatever_happens(desk: Desk) -> None:
    for walkthrough in (walk(desk), to_form(walk(desk))):
        for raw in (raw_form(), raw_form(branch="")):
            password, again = bytearray(PASSWORD.encode()), bytearray(PASSWORD.encode())
            walkthrough.enter(raw, password, again)
            assert not any(password)
            assert not any(again)


def test_the_limit_of_the_branch_is_the_offices_setting(desk: Desk) -> None:
    hints = {field.key: field.hint for field in to_form(walk(desk)).view().fields}
    assert "30文字以内" in hints["branch"]


def test_a_user_id_of_another_supplier_is_told_at_its_field(desk: Desk) -> None:
    to_done(walk(desk), 91)
    walkthrough = to_form(walk(desk), 92)
    enter(walkthrough, 92, user_id="SHOUKAI0091")
    assert walkthrough.screen is ScreenId.FORM
    assert set(walkthrough.view().errors) == {"user_id"}


def test_a_user_id_taken_meanwhile_leads_back_to_its_field(desk: Desk) -> None:
    walkthrough = to_confirm(walk(desk), 92, user_id="shared0001")
    to_confirm(walk(desk), 91, user_id="shared0001").register()
    walkthrough.register()
    assert walkthrough.screen is ScreenId.FORM
    assert set(walkthrough.view().errors) == {"user_id"}
    assert words.PASSWORD_AGAIN in said(walkthrough)
    assert stored(desk) == ()


def test_a_supplier_that_left_the_register_meanwhile_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from ebidadmin.persistence.register import SqlRegister

    walkthrough = to_confirm(walk(desk))
    monkeypatch.setattr(SqlRegister, "current", lambda _self, _supplier: None)
    walkthrough.register()
    assert walkthrough.screen is ScreenId.FORM
    assert any(notice.tone == "error" for notice in walkthrough.view().notices)


# The confirmation


def test_the_confirmation_shows_everything_once_and_no_password(desk: Desk) -> None:
    walkthrough = to_confirm(walk(desk))
    shown = rows(walkthrough)
    assert shown["password"] == "*****"
    assert shown["user_id"] == "shoukai0092"
    entered = {key: value for key, value in builders.flat(builders.form()).items() if key not in ("supplier_number", "trade_name")}
    assert {key: shown[key] for key in entered} == entered
    assert not any(key.endswith("_again") for key in shown)
    assert walkthrough.view().fields == ()


def test_what_was_folded_is_shown_before_confirming(desk: Desk) -> None:
    walkthrough = to_confirm(walk(desk), company_phone="０８３－２３１－００９２")
    assert "代表電話番号: 「０８３－２３１－００９２」 → 「083-231-0092」" in said(walkthrough)
    assert rows(walkthrough)["company_phone"] == "083-231-0092"


def test_remarks_do_not_keep_anybody_from_registering(desk: Desk) -> None:
    walkthrough = to_confirm(
        walk(desk), company_fax="123-4567-7890", main_contact__email="a@gmial.com", main_contact__email_again="a@gmial.com",
        applicant_contact__postcode="000-0000",
    )  # fmt: skip
    told = said(walkthrough)
    assert "代表FAX番号: 日本の番号計画にない番号です。" in told
    assert "代表窓口連絡先情報 連絡先メールアドレス: 「gmial.com」" in told
    assert "ID登録依頼者連絡先情報 連絡先郵便番号" in told
    walkthrough.register()
    assert walkthrough.screen is ScreenId.DONE


def test_back_from_the_confirmation_keeps_everything_but_asks_for_the_password_again(desk: Desk) -> None:
    walkthrough = to_confirm(walk(desk))
    walkthrough.press("back")
    assert walkthrough.screen is ScreenId.FORM
    values = {field.key: field.value for field in walkthrough.view().fields}
    assert {key: value for key, value in raw_form().items() if key in values} == {
        key: value for key, value in values.items() if not key.startswith("password")
    }
    assert (values["password"], values["password_again"]) == ("", "")
    assert words.PASSWORD_AGAIN in said(walkthrough)
    walkthrough.register()
    assert stored(desk) == ()


def test_back_from_the_form_keeps_what_was_typed_for_the_same_supplier_only(desk: Desk) -> None:
    walkthrough = to_form(walk(desk))
    walkthrough.back({**raw_form(), "branch": "途中", "unknown": "x", "password": PASSWORD})
    assert walkthrough.screen is ScreenId.SEARCH
    assert [field.value for field in walkthrough.view().fields][:2] == ["190000092", "(株)テスト商会92"]
    walkthrough.search(search_form())
    assert {field.key: field.value for field in walkthrough.view().fields}["branch"] == "途中"
    assert holds(walkthrough, PASSWORD) == []
    walkthrough.back(raw_form())
    walkthrough.search(search_form(93))
    assert {field.value for field in walkthrough.view().fields} == {""}


def test_a_second_press_registers_nothing_more(desk: Desk) -> None:
    walkthrough = to_done(walk(desk))
    walkthrough.register()
    walkthrough.press("register")
    assert len(stored(desk)) == 1
    assert walkthrough.screen is ScreenId.DONE
    assert words.ALREADY_REGISTERED in said(walkthrough)


def test_a_press_while_the_first_is_at_work_registers_nothing_more(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    walkthrough = to_confirm(walk(desk))
    hasher = desk.office.hasher
    inside: list[str] = []
    acceptable = type(hasher).acceptable

    def press_again(self: object, stored_hash: str) -> bool:
        walkthrough.register()
        inside.append(said(walkthrough))
        return acceptable(hasher, stored_hash)  # type: ignore[arg-type]  # the protocol does not tell the class

    monkeypatch.setattr(type(hasher), "acceptable", press_again)
    walkthrough.register()
    assert len(inside) == 1
    assert words.BUSY in inside[0]
    assert len(stored(desk)) == 1


def test_two_tabs_take_one_application_and_the_second_is_told(desk: Desk) -> None:
    first, second = to_confirm(walk(desk)), to_confirm(walk(desk, staff=SUZUKI), user_id="another1234")
    first.register()
    second.register()
    assert len(stored(desk)) == 1
    assert second.screen is ScreenId.CONFIRM
    assert [notice.tone for notice in second.view().notices][0] == "error"


# The end


def test_the_print_is_the_confirmation_with_number_and_day(desk: Desk) -> None:
    printer = Printer()
    walkthrough = to_confirm(walk(desk, printer=printer))
    assert walkthrough.print_page() is None
    assert words.NOTHING_TO_PRINT in said(walkthrough)
    confirmed = [(s.title, [(row.label, row.value) for row in s.rows]) for s in walkthrough.view().sections]
    walkthrough.register()
    assert walkthrough.print_page() == b"%PDF made"
    [(page, moment)] = printer.pages
    assert moment == NOON
    assert [(s.title, [(row.label, row.value) for row in s.rows]) for s in page.sections] == confirmed
    assert {fact.label: fact.value for fact in page.facts}["申請日時"] == "令和8年10月7日 12:00"
    assert page.facts[0].value in said(walkthrough) or walkthrough.page() is not None
    assert page.remark == ""


def test_a_page_that_cannot_be_made_is_explained(desk: Desk) -> None:
    def broken(_page: Page, _moment: datetime) -> bytes:
        raise DocumentError("glyph-missing", character="𠮷", codepoint="U+20BB7", field="branch")

    walkthrough = IdWalkthrough(desk.office, TANAKA, Mode.REGISTER, printer=broken)
    to_done(walkthrough)
    assert walkthrough.print_page() is None
    assert "U+20BB7" in said(walkthrough)


def test_starting_again_forgets_the_last_supplier(desk: Desk) -> None:
    walkthrough = to_done(walk(desk))
    walkthrough.press("restart")
    assert walkthrough.screen is ScreenId.PORTAL
    assert holds(walkthrough._walk, "テスト商会") == []
    to_form(walkthrough, 93)
    assert {field.value for field in walkthrough.view().fields} == {""}


# The rehearsal


def test_a_rehearsal_checks_everything_and_keeps_nothing(desk: Desk) -> None:
    printer = Printer()
    walkthrough = to_done(walk(desk, Mode.REHEARSAL, staff=HELPER, printer=printer))
    assert stored(desk) == ()
    with desk.office.uow() as uow:
        assert uow.mails.list() == ()
    told = said(walkthrough)
    for expected in (words.WOULD_TITLE, words.WOULD_REGISTER, words.WOULD_RESERVE, "acceptor92@example.co.jp", words.NOTHING_DONE):
        assert expected in told
    walkthrough.print_page()
    [(page, _)] = printer.pages
    assert page.remark
    assert page.facts[0].value == words.NO_RECEIPT
    to_done(walk(desk), 92)


def test_a_rehearsal_refuses_what_the_real_thing_would_refuse(desk: Desk) -> None:
    to_done(walk(desk), 91)
    walkthrough = to_form(walk(desk, Mode.REHEARSAL))
    enter(walkthrough, user_id="shoukai0091")
    assert set(walkthrough.view().errors) == {"user_id"}
    enter(walkthrough, branch="")
    assert set(walkthrough.view().errors) == {"branch"}


# Those who have applied already


def decided(desk: Desk, verb: str, n: int = 92) -> None:
    """An application of the n-th supplier in the state that ``verb`` leads to."""
    to_done(walk(desk), n)
    [application] = stored(desk, n)
    given = {"staff": TANAKA, "number": application.number, "version": application.version}
    if verb == "inquire":
        application_review.inquire(desk.office, **given, text="登記事項証明書の写しをお送りください。")
    if verb == "reject":
        code = desk.office.reasons.codes()[0]
        application_review.reject(desk.office, **given, reasons=(code,), note="様式が古いため。")
    if verb == "withdraw":
        application_review.withdraw(desk.office, **given)


@pytest.mark.parametrize(
    ("verb", "phrases", "again"),
    [
        ("", ("審査中",), False),
        ("inquire", ("照会中", "登記事項証明書の写しをお送りください。"), False),
        ("reject", ("却下", "様式が古いため。"), True),
        ("withdraw", ("取下げ",), True),
    ],
)
@pytest.mark.parametrize("mode", list(Mode))
def test_whoever_has_applied_sees_the_state_instead_of_the_form(
    desk: Desk, mode: Mode, verb: str, phrases: tuple[str, ...], again: bool
) -> None:
    decided(desk, verb)
    walkthrough = to_search(walk(desk, mode))
    walkthrough.search(search_form())
    assert walkthrough.screen is ScreenId.STATE
    shown = rows(walkthrough).values()
    assert [phrase for phrase in phrases if not any(phrase in value for value in shown)] == []
    assert any(button.key == "apply-again" for button in walkthrough.view().buttons) is again
    walkthrough.press("apply-again")
    assert (walkthrough.screen is ScreenId.FORM) is again
    walkthrough.press("back")
    assert walkthrough.screen is ScreenId.SEARCH


def test_the_reasons_of_a_rejection_are_in_words(desk: Desk) -> None:
    decided(desk, "reject")
    walkthrough = to_search(walk(desk))
    walkthrough.search(search_form())
    assert rows(walkthrough)["reason-1"] == desk.office.reasons.label(desk.office.reasons.codes()[0])


def test_applying_again_begins_with_the_earlier_input_and_is_linked_to_it(desk: Desk) -> None:
    decided(desk, "reject")
    walkthrough = to_search(walk(desk))
    walkthrough.search(search_form())
    walkthrough.press("apply-again")
    values = {field.key: field.value for field in walkthrough.view().fields if field.kind != "password"}
    assert values == {key: value for key, value in raw_form().items() if key in values}
    assert words.EARLIER_SHOWN in said(walkthrough)
    enter(walkthrough, branch="新支店")
    walkthrough.register()
    newest, first = stored(desk)
    assert newest.previous == first.number
    assert newest.form.branch == "新支店"


def test_a_rehearsal_masks_the_earlier_input_and_checks_it_all_the_same(desk: Desk) -> None:
    decided(desk, "withdraw")
    walkthrough = to_search(walk(desk, Mode.REHEARSAL, staff=HELPER))
    walkthrough.search(search_form())
    walkthrough.press("apply-again")
    values = {field.key: field.value for field in walkthrough.view().fields if field.kind != "password"}
    assert set(values.values()) == {"*****"}
    assert words.EARLIER_MASKED in said(walkthrough)
    raw = {**values, "branch": "新支店"}
    walkthrough.enter(raw, bytearray(PASSWORD.encode()), bytearray(PASSWORD.encode()))
    assert walkthrough.screen is ScreenId.CONFIRM
    shown = rows(walkthrough)
    assert shown["branch"] == "新支店"
    assert shown["main_contact.email"] == shown["user_id"] == "*****"
    walkthrough.register()
    assert walkthrough.screen is ScreenId.DONE
    assert "acceptor92@" not in said(walkthrough)
    walkthrough.press("back")
    assert len(stored(desk)) == 1


def test_typed_input_outlives_a_look_at_the_state(desk: Desk) -> None:
    decided(desk, "withdraw")
    walkthrough = to_search(walk(desk))
    walkthrough.search(search_form())
    walkthrough.press("apply-again")
    walkthrough.back(raw_form(branch="途中"))
    walkthrough.search(search_form())
    walkthrough.press("apply-again")
    assert {field.key: field.value for field in walkthrough.view().fields}["branch"] == "途中"


# The password


@pytest.mark.parametrize("mode", list(Mode))
def test_nothing_of_the_password_stays_anywhere(desk: Desk, mode: Mode) -> None:
    walkthrough = to_search(walk(desk, mode))
    walkthrough.search(search_form(), bytearray(PASSWORD.encode()))
    walkthrough.search(search_form())
    checked: list[object] = []
    for step in (
        lambda: enter(walkthrough, branch=""),
        lambda: enter(walkthrough, again=PASSWORD + "x"),
        lambda: enter(walkthrough),
        lambda: walkthrough.press("back"),
        lambda: enter(walkthrough),
        walkthrough.register,
        walkthrough.print_page,
    ):
        step()
        checked += [walkthrough.view(), repr(walkthrough.view())]
        assert holds([walkthrough, *checked], PASSWORD) == []
    assert walkthrough.screen is ScreenId.DONE
    assert walkthrough._walk.password_hash is None


def test_the_canary_search_would_find_it() -> None:
    assert holds(Notice("info", f"x{PASSWORD}"), PASSWORD)
    assert holds({"a": [bytearray(PASSWORD.encode("utf-16-le"))]}, PASSWORD)
