"""The search and the form: what is wrong stands at its field, what was typed is kept, but never a password."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ebidadmin.bootstrap import Desk
from ebidadmin.domain.staff import Staff
from ebidadmin.presenters.id_walkthrough import Mode, ScreenId
from ebidadmin.text import walkthrough as words
from tests.builders import AUDITOR, HELPER, raw_form, search_form
from tests.canary import holds
from tests.presenters import walkthrough_desk
from tests.presenters.walking import (
    PASSWORD,
    at,
    enter,
    said,
    stored,
    to_confirm,
    to_done,
    to_form,
    to_search,
    walk,
)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return walkthrough_desk.lay_out(tmp_path_factory.mktemp("desk"))


@pytest.fixture
def desk(template: Path, tmp_path: Path) -> Iterator[Desk]:
    opened = walkthrough_desk.desk(template, tmp_path)
    yield opened
    opened.close()


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
def test_what_is_wrong_at_the_search_stands_at_its_field(
    desk: Desk, changes: dict[str, str], field: str
) -> None:
    walkthrough = to_search(walk(desk))
    walkthrough.search({**search_form(), **changes})
    assert at(walkthrough) is ScreenId.SEARCH
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


@pytest.mark.parametrize(
    ("mode", "staff"), [(Mode.REGISTER, HELPER), (Mode.REGISTER, AUDITOR), (Mode.REHEARSAL, AUDITOR)]
)
def test_whoever_may_not_is_told_before_filling_in_anything(desk: Desk, mode: Mode, staff: Staff) -> None:
    walkthrough = walk(desk, mode, staff=staff)
    for key in ("bidding", "small", "id-registration", "process", "apply"):
        walkthrough.press(key)
    assert at(walkthrough) is ScreenId.MENU
    assert any(notice.tone == "error" for notice in walkthrough.view().notices)


# The form


def test_what_stands_at_the_fields_is_not_said_above_as_well(desk: Desk) -> None:
    walkthrough = to_form(walk(desk))
    walkthrough.enter({**raw_form(), "branch": ""}, bytearray(), bytearray())
    assert set(walkthrough.view().errors) == {"branch", "password", "password_again"}
    assert words.CHECK_FIELDS not in said(walkthrough)
    assert words.PASSWORD_AGAIN not in said(walkthrough), "none was entered"


def test_a_folded_supplier_number_is_told_under_its_label(desk: Desk) -> None:
    walkthrough = to_search(walk(desk))
    walkthrough.search({**search_form(), "supplier_number": "１９００００092"})
    enter(walkthrough)
    told = [notice for notice in walkthrough.view().notices if notice.text == words.FOLDED_TITLE]
    assert [line.partition(":")[0] for notice in told for line in notice.items] == ["業者番号"]


FIELD_ERRORS = [
    *((key, "") for key in raw_form() if key not in ("supplier_number", "trade_name")),
    *(
        (f"{who}.{key}", value)
        for who in ("main_contact", "applicant_contact")
        for key, value in (
            ("name", "あ" * 61),
            ("postcode", "1234567"),
            ("address", "あ" * 61),
            ("person", "あ" * 21),
            ("phone", "0312345678"),
            ("fax", "1-2"),
        )
    ),
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
    assert at(walkthrough) is ScreenId.FORM
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
def test_what_is_wrong_with_the_password_stands_at_its_field(
    desk: Desk, password: str, again: str, fields: set[str]
) -> None:
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
    assert at(walkthrough) is ScreenId.CONFIRM
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
    assert at(walkthrough) is ScreenId.FORM
    assert set(walkthrough.view().errors) == {"user_id"}


def test_a_user_id_taken_meanwhile_leads_back_to_its_field(desk: Desk) -> None:
    walkthrough = to_confirm(walk(desk), 92, user_id="shared0001")
    to_confirm(walk(desk), 91, user_id="shared0001").register()
    walkthrough.register()
    assert at(walkthrough) is ScreenId.FORM
    assert set(walkthrough.view().errors) == {"user_id"}
    assert words.PASSWORD_AGAIN in said(walkthrough)
    assert stored(desk) == ()


def test_a_supplier_that_left_the_register_meanwhile_is_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ebidadmin.persistence.register import SqlRegister

    walkthrough = to_confirm(walk(desk))
    monkeypatch.setattr(SqlRegister, "current", lambda _self, _supplier: None)
    walkthrough.register()
    assert at(walkthrough) is ScreenId.FORM
    assert any(notice.tone == "error" for notice in walkthrough.view().notices)
