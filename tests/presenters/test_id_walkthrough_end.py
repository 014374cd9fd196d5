"""Confirmation, registration, print and rehearsal; those who have applied already; nothing of the password stays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from ebidadmin.bootstrap import Desk
from ebidadmin.errors import DocumentError
from ebidadmin.presenters.id_walkthrough import IdWalkthrough, Mode, ScreenId
from ebidadmin.presenters.notices import Notice
from ebidadmin.services import application_intake, application_review
from ebidadmin.services.application_intake import Standing
from ebidadmin.text import walkthrough as words
from ebidadmin.text.pages import Page
from tests import builders
from tests.builders import HELPER, NOON, SUZUKI, TANAKA, raw_form, search_form
from tests.canary import holds
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


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return walkthrough_desk.lay_out(tmp_path_factory.mktemp("desk"))


@pytest.fixture
def desk(template: Path, tmp_path: Path) -> Iterator[Desk]:
    opened = walkthrough_desk.desk(template, tmp_path)
    yield opened
    opened.close()


# The confirmation


def test_the_confirmation_shows_everything_once_and_no_password(desk: Desk) -> None:
    walkthrough = to_confirm(walk(desk))
    shown = rows(walkthrough)
    assert shown["password"] == "*****"
    assert shown["user_id"] == "shoukai0092"
    entered = {
        key: value
        for key, value in builders.flat(builders.form()).items()
        if key not in ("supplier_number", "trade_name")
    }
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
    assert "代表FAX番号: 国内で使われていない番号のようです。打ち間違いがないか確かめてください。" in told
    assert "代表窓口連絡先情報 連絡先メールアドレス: 「gmial.com」" in told
    assert "ID登録依頼者連絡先情報 連絡先郵便番号" in told
    walkthrough.register()
    assert at(walkthrough) is ScreenId.DONE


def test_back_from_the_confirmation_keeps_everything_but_asks_for_the_password_again(desk: Desk) -> None:
    walkthrough = to_confirm(walk(desk))
    walkthrough.press("back")
    assert at(walkthrough) is ScreenId.FORM
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
    assert at(walkthrough) is ScreenId.SEARCH
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
    assert at(walkthrough) is ScreenId.DONE
    assert words.ALREADY_REGISTERED in said(walkthrough)


def test_a_press_while_the_first_is_at_work_registers_nothing_more(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    walkthrough = to_confirm(walk(desk))
    hasher = desk.office.hasher
    inside: list[str] = []
    acceptable = type(hasher).acceptable

    def press_again(self: object, stored_hash: str) -> bool:
        walkthrough.register()
        inside.append(said(walkthrough))
        return acceptable(hasher, stored_hash)

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
    assert at(second) is ScreenId.CONFIRM
    assert next(notice.tone for notice in second.view().notices) == "error"


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
    assert at(walkthrough) is ScreenId.PORTAL
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
    for expected in (
        words.WOULD_TITLE,
        words.WOULD_REGISTER,
        words.WOULD_RESERVE,
        "acceptor92@example.co.jp",
        words.NOTHING_DONE,
    ):
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
    number, version = application.number, application.version
    if verb == "inquire":
        text = "登記事項証明書の写しをお送りください。"
        application_review.inquire(desk.office, staff=TANAKA, number=number, version=version, text=text)
    if verb == "reject":
        reasons = (desk.office.reasons.codes()[0],)
        application_review.reject(
            desk.office,
            staff=TANAKA,
            number=number,
            version=version,
            reasons=reasons,
            note="様式が古いため。",
        )
    if verb == "withdraw":
        application_review.withdraw(desk.office, staff=TANAKA, number=number, version=version)


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
    assert at(walkthrough) is ScreenId.STATE
    shown = rows(walkthrough).values()
    assert [phrase for phrase in phrases if not any(phrase in value for value in shown)] == []
    assert any(button.key == "apply-again" for button in walkthrough.view().buttons) is again
    walkthrough.press("apply-again")
    assert (at(walkthrough) is ScreenId.FORM) is again
    walkthrough.press("back")
    assert at(walkthrough) is ScreenId.SEARCH


def test_the_reasons_of_a_rejection_are_in_words(desk: Desk) -> None:
    decided(desk, "reject")
    walkthrough = to_search(walk(desk))
    walkthrough.search(search_form())
    assert rows(walkthrough)["reason-1"] == desk.office.reasons.label(desk.office.reasons.codes()[0])


def test_a_reason_that_the_catalogue_has_lost_is_shown_by_its_code(desk: Desk) -> None:
    decided(desk, "reject")
    code = desk.office.reasons.codes()[0]
    walkthrough = to_search(
        IdWalkthrough(without_reasons(desk), TANAKA, Mode.REGISTER, printer=Printer(), readiness=tuple)
    )
    walkthrough.search(search_form())
    assert rows(walkthrough)["reason-1"] == code


def test_a_live_id_shows_as_approved_without_the_dates_of_another_application(desk: Desk) -> None:
    decided(desk, "reject")
    found = application_intake.search(desk.office, staff=TANAKA, raw=search_form(), rehearsal=False)
    walkthrough = to_search(walk(desk))
    walkthrough._walk.found = replace(found, standing=Standing.APPROVED, reasons=(), note="", prefill={})
    walkthrough._walk.screen = ScreenId.STATE
    assert rows(walkthrough) == {"supplier_number": "190000092", "state": "承認"}


def test_applying_again_begins_with_the_earlier_input_and_is_linked_to_it(desk: Desk) -> None:
    decided(desk, "reject")
    walkthrough = to_search(walk(desk))
    walkthrough.search(search_form())
    walkthrough.press("apply-again")
    values = {field.key: field.value for field in walkthrough.view().fields if field.kind != "password"}
    assert values == {key: value for key, value in raw_form().items() if key in values}
    assert words.EARLIER_SHOWN in said(walkthrough)
    assert [section.copy.key for section in walkthrough.view().sections if section.copy] == ["same-as-main"]
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
    assert not any(section.copy for section in walkthrough.view().sections)
    raw = {**values, "branch": "新支店"}
    walkthrough.enter(raw, bytearray(PASSWORD.encode()), bytearray(PASSWORD.encode()))
    assert at(walkthrough) is ScreenId.CONFIRM
    shown = rows(walkthrough)
    assert shown["branch"] == "新支店"
    assert shown["main_contact.email"] == shown["user_id"] == "*****"
    walkthrough.register()
    assert at(walkthrough) is ScreenId.DONE
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
    assert at(walkthrough) is ScreenId.DONE
    assert walkthrough._walk.password_hash is None


def test_the_canary_search_would_find_it() -> None:
    assert holds(Notice("info", f"x{PASSWORD}"), PASSWORD)
    assert holds({"a": [bytearray(PASSWORD.encode("utf-16-le"))]}, PASSWORD)
