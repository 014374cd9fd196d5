"""The walk through a change: signing in, form, confirmation, code, for real and as a rehearsal; and what is refused on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ebidadmin.bootstrap import Desk
from ebidadmin.domain.registrations import RegistrationState
from ebidadmin.presenters.id_walkthrough import IdWalkthrough, Mode
from ebidadmin.services.rehearsal_masks import MASK
from ebidadmin.text import id_change as words
from ebidadmin.text import walkthrough as walk_words
from tests.builders import HELPER, contact
from tests.canary import holds
from tests.presenters import changing
from tests.presenters.changing import (
    NEW,
    OLD,
    advance_to,
    change_of,
    form_of,
    issue,
    kept,
    submit,
    to_change,
    to_confirm,
    to_form,
    trail,
)
from tests.presenters.walking import rows, said

SUNDAY = datetime(2026, 10, 11, 3, 0, tzinfo=UTC)
EVENING = datetime(2026, 10, 7, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return changing.lay_out(tmp_path_factory.mktemp("desk"))


@pytest.fixture
def desk(template: Path, tmp_path: Path) -> Iterator[Desk]:
    opened = changing.open_desk_of(template, tmp_path)
    yield opened
    opened.close()


def at(walkthrough: IdWalkthrough) -> str:
    return walkthrough.view().id


# For real


def test_contacts_id_and_password_are_changed_after_a_confirmation(desk: Desk) -> None:
    walkthrough = to_form(desk)
    assert form_of(walkthrough)["main_contact.email_again"] == "acceptor92@example.co.jp"
    assert rows(walkthrough)["trade_name"] == "(株)テスト商会92"
    assert "見積参加" not in said(walkthrough)
    to_confirm(walkthrough, password=NEW, user_id="ｋａｉｓｈｉ2026", main_contact__person="下関 花子")
    assert kept(desk).version == 1
    view = walkthrough.view()
    assert rows(walkthrough)["password"] == "*****"
    assert rows(walkthrough)["user_id"] == "kaishi2026"
    [listed] = [one.items for one in view.notices if one.text == words.WILL_CHANGE]
    assert listed == (
        "代表窓口連絡先情報 連絡先氏名",
        "少額物品用ユーザーID",
        "少額物品用パスワード",
    )
    assert words.WRITE_DOWN in said(walkthrough)
    assert "「ｋａｉｓｈｉ2026」 → 「kaishi2026」" in said(walkthrough)
    walkthrough.press("register")
    assert at(walkthrough) == "ID-C4"
    assert words.NEXT_TIME in walkthrough.view().lead
    after = kept(desk)
    assert (after.user_id, after.main_contact.person) == ("kaishi2026", "下関 花子")
    assert after.applicant_contact == contact(92)
    assert desk.office.hasher.verify(after.password_hash, NEW.encode())
    walkthrough.press("register")
    assert (kept(desk).version, words.ALREADY_DONE in said(walkthrough)) == (after.version, True)
    walkthrough.press("restart")
    assert at(walkthrough) == "P-1"


def test_what_is_left_empty_stays(desk: Desk) -> None:
    before = kept(desk)
    walkthrough = to_confirm(to_form(desk), applicant_contact__fax="083-232-9999")
    assert rows(walkthrough)["password"] == words.STAYS
    assert rows(walkthrough)["user_id"] == before.user_id
    assert words.WRITE_DOWN not in said(walkthrough)
    walkthrough.press("register")
    assert words.NEXT_TIME not in walkthrough.view().lead
    after = kept(desk)
    assert (after.user_id, after.password_hash) == (before.user_id, before.password_hash)
    assert after.applicant_contact == replace(before.applicant_contact, fax="083-232-9999")


def test_every_screen_names_its_steps_and_mode(desk: Desk) -> None:
    walkthrough = to_change(desk)
    views = [walkthrough.view(), to_form(desk).view(), to_confirm(to_form(desk), user_id="kaishi2026").view()]
    assert [view.steps[view.step] for view in views] == ["本人の確認", "登録内容の変更", "内容確認"]
    assert {view.banner for view in views} == {words.BANNERS["register"]}
    assert {view.mode for view in views} == {"register"}


# What is refused


def test_a_wrong_password_is_told_and_the_third_locks(desk: Desk) -> None:
    walkthrough = to_change(desk)
    for password in (NEW, NEW, NEW, OLD):
        # The right one, after the lock, as the wrong ones: whoever guesses on learns nothing.
        submit(walkthrough, "sign-in", {"user_id": "shoukai0092"}, password=password)
        assert at(walkthrough) == "ID-C1"
        assert "正しくありません" in said(walkthrough)
        assert "ロック中や停止中のIDでは、正しく入力しても同じ表示です" in said(walkthrough)
        assert [one.value for one in walkthrough.view().fields] == ["shoukai0092", ""]
    assert kept(desk).state is RegistrationState.LOCKED


def test_nothing_entered_stands_at_the_fields(desk: Desk) -> None:
    walkthrough = to_change(desk)
    submit(walkthrough, "sign-in", {"user_id": ""}, password="")
    assert set(walkthrough.view().errors) == {"user_id", "password"}
    assert kept(desk).failures == 0
    walkthrough.press("forgotten")
    assert walk_words.NOT_HERE in said(walkthrough), "it is a button of the form"


def test_what_is_wrong_in_the_form_stands_at_its_field(desk: Desk) -> None:
    walkthrough = to_form(desk)
    raw = form_of(
        walkthrough, main_contact__phone="1", user_id="SHOUKAI0092x!", main_contact__email_again="x@y.jp"
    )
    submit(walkthrough, "confirm", raw, password="kurz", password_again=NEW)
    assert at(walkthrough) == "ID-C2"
    wrong = {"main_contact.phone", "main_contact.email_again", "user_id", "password", "password_again"}
    assert set(walkthrough.view().errors) == wrong
    assert form_of(walkthrough)["main_contact.phone"] == "1"
    assert walk_words.PASSWORD_AGAIN in said(walkthrough)
    submit(walkthrough, "confirm", form_of(to_form(desk)), password="", password_again="")
    assert "変わったところがありません" in said(walkthrough)


@pytest.mark.parametrize("when", ["before the form was sent", "before the confirmation"])
def test_a_taken_id_is_told_at_its_field(desk: Desk, when: str) -> None:
    walkthrough, raw = to_form(desk), {"user_id": "kaishi2026"}
    if when == "before the confirmation":
        to_confirm(walkthrough, password=NEW, **raw)
    to_confirm(to_form(desk, n=93), **raw).press("register")
    if when == "before the confirmation":
        walkthrough.press("register")
        assert walk_words.PASSWORD_AGAIN in said(walkthrough)
    else:
        submit(walkthrough, "confirm", form_of(walkthrough, **raw))
    assert at(walkthrough) == "ID-C2"
    assert set(walkthrough.view().errors) == {"user_id"}
    assert kept(desk).user_id == "shoukai0092"


def test_whoever_was_overtaken_by_another_tab_is_told_by_whom_and_signs_in_again(desk: Desk) -> None:
    first, second = (to_confirm(to_form(desk), user_id=f"kaishi202{n}") for n in (6, 7))
    first.press("register")
    second.press("register")
    assert at(second) == "ID-C1"
    assert "tanakaさんが2026/10/07" in said(second)
    assert words.AGAIN in said(second)
    assert holds(second.change, "南部町") == []
    assert kept(desk).user_id == "kaishi2026"


def test_whoever_was_locked_meanwhile_is_told(desk: Desk) -> None:
    walkthrough = to_confirm(to_form(desk), user_id="kaishi2026")
    other = to_change(desk)
    for _ in range(3):
        submit(other, "sign-in", {"user_id": "shoukai0092"}, password=NEW)
    walkthrough.press("register")
    assert (at(walkthrough), kept(desk).user_id) == ("ID-C1", "shoukai0092")
    assert "ロックされています" in said(walkthrough)


def test_a_shut_door_is_told_before_anything_is_filled_in(template: Path, tmp_path: Path) -> None:
    desk = changing.open_desk_of(template, tmp_path, moment=SUNDAY)
    walkthrough = to_change(desk)
    assert (at(walkthrough), walkthrough.change) == ("ID-1", None)
    assert "2026/10/13" in said(walkthrough)
    to_form(desk, Mode.REHEARSAL)
    desk.close()


def test_the_door_may_shut_on_the_way(desk: Desk) -> None:
    signing, confirmed = to_change(desk), to_confirm(to_form(desk), user_id="kaishi2026")
    advance_to(desk, EVENING)
    submit(signing, "sign-in", {"user_id": "shoukai0092"}, password=NEW)
    confirmed.press("register")
    for walkthrough, screen in ((signing, "ID-C1"), (confirmed, "ID-C3")):
        assert (at(walkthrough), "次の受付は" in said(walkthrough)) == (screen, True)
    assert (kept(desk).failures, kept(desk).user_id) == (0, "shoukai0092")
    advance_to(desk, datetime(2026, 10, 8, 1, 0, tzinfo=UTC))
    confirmed.press("register")
    assert kept(desk).user_id == "kaishi2026"


def test_the_help_desk_changes_nothing(desk: Desk) -> None:
    walkthrough = to_change(desk, staff=HELPER)
    assert (at(walkthrough), walkthrough.change) == ("ID-1", None)
    assert any(one.tone == "error" for one in walkthrough.view().notices)


# The ways


def test_the_way_back_leads_to_the_menu_and_signs_out(desk: Desk) -> None:
    walkthrough = to_confirm(to_form(desk), password=NEW, main_contact__person="下関 花子")
    walkthrough.press("back")
    assert at(walkthrough) == "ID-C2"
    assert form_of(walkthrough)["main_contact.person"] == "下関 花子"
    assert walk_words.PASSWORD_AGAIN in said(walkthrough)
    walkthrough.press("register")
    assert walk_words.NOT_HERE in said(walkthrough)
    walkthrough.back(form_of(walkthrough))
    assert at(walkthrough) == "ID-C1"
    assert holds(walkthrough.change, "南部町") == []
    walkthrough.press("back")
    assert (at(walkthrough), walkthrough.change) == ("ID-1", None)
    assert kept(desk).version == 1


def test_a_press_that_a_screen_does_not_have_changes_nothing(desk: Desk) -> None:
    walkthrough = to_change(desk)
    for key in ("register", "restart", "confirm", "apply"):
        walkthrough.press(key)
        assert (at(walkthrough), walk_words.NOT_HERE in said(walkthrough)) == ("ID-C1", True)
    submit(walkthrough, "confirm", {"user_id": "x"}, password=NEW)
    assert walk_words.NOT_HERE in said(walkthrough)
    done = to_confirm(to_form(desk), user_id="kaishi2026")
    done.press("register")
    done.back()
    assert (at(done), walk_words.NOT_HERE in said(done)) == ("ID-C4", True)


@pytest.mark.parametrize("mode", list(Mode))
def test_no_password_and_no_code_is_kept(desk: Desk, mode: Mode) -> None:
    code = issue(desk)
    walkthrough = to_change(desk, mode)
    submit(walkthrough, "sign-in", {"user_id": OLD}, password="")
    submit(walkthrough, "sign-in", {"user_id": "shoukai0092"}, password=OLD)
    assert holds(walkthrough, OLD) == []
    to_confirm(walkthrough, password=NEW)
    walkthrough.press("register")
    assert at(walkthrough) == "ID-C4"
    assert holds(walkthrough, NEW) == []
    assert holds(walkthrough, "argon2id") == []
    assert holds(change_of(walkthrough), code) == []


# The one-time code


def to_reset(desk: Desk, mode: Mode = Mode.REGISTER) -> IdWalkthrough:
    walkthrough = to_change(desk, mode)
    submit(walkthrough, "forgotten", {"user_id": "shoukai0092"})
    assert at(walkthrough) == "ID-R1"
    return walkthrough


def reset(
    walkthrough: IdWalkthrough, code: str, *, user_id: str = "ｓｈｉｎｋｉ0001", again: str = NEW
) -> None:
    raw = {"supplier_number": "190000092", "user_id": user_id}
    submit(walkthrough, "set-new", raw, code=code, password=NEW, password_again=again)


def test_a_code_sets_a_new_id_and_password(desk: Desk) -> None:
    walkthrough, code = to_reset(desk), issue(desk)
    reset(walkthrough, code, again="x")
    assert set(walkthrough.view().errors) == {"password_again"}
    reset(walkthrough, code, user_id="shoukai0093")
    assert set(walkthrough.view().errors) == {"user_id"}
    reset(walkthrough, f"{code[:8].lower()}-{code[8:]}")
    assert at(walkthrough) == "ID-R2"
    assert rows(walkthrough) == {
        "supplier_number": "190000092",
        "user_id": "shinki0001",
        "password": "*****",
    }
    assert desk.office.hasher.verify(kept(desk).password_hash, NEW.encode())
    assert (holds(walkthrough, code), holds(walkthrough, NEW)) == ([], [])
    walkthrough.press("restart")
    assert at(walkthrough) == "P-1"


def test_a_wrong_code_is_told_and_counts(desk: Desk) -> None:
    walkthrough, code = to_reset(desk), issue(desk)
    for _ in range(5):
        reset(walkthrough, "ABCDEFGHJKLMNPQR")
        assert "通知書を確かめてください" in said(walkthrough)
    reset(walkthrough, code)
    assert (at(walkthrough), kept(desk).user_id) == ("ID-R1", "shoukai0092")
    walkthrough.press("back")
    assert at(walkthrough) == "ID-C1"


def test_a_missing_number_stands_at_its_field(desk: Desk) -> None:
    walkthrough = to_reset(desk)
    submit(walkthrough, "set-new", {"supplier_number": "", "user_id": ""}, code="")
    wrong = {"supplier_number", "code", "user_id", "password", "password_again"}
    assert set(walkthrough.view().errors) == wrong
    assert "「一度だけの番号」" in walkthrough.view().errors["code"]


# A rehearsal


def test_a_rehearsal_shows_masks_checks_what_is_behind_them_and_changes_nothing(desk: Desk) -> None:
    before, entries = kept(desk), trail(desk)
    walkthrough = to_form(desk, Mode.REHEARSAL, staff=HELPER)
    assert "見積参加" in said(walkthrough), "for the staff who rehearse"
    contacts = {value for key, value in form_of(walkthrough).items() if "contact." in key}
    assert contacts == {MASK}
    assert [one.copy for one in walkthrough.view().sections if one.copy] == []
    to_confirm(walkthrough, password=NEW, user_id="kaishi2026", main_contact__person="下関 花子")
    assert rows(walkthrough)["main_contact.email"] == MASK
    walkthrough.press("register")
    assert at(walkthrough) == "ID-C4"
    assert words.NOTHING_DONE in said(walkthrough)
    assert words.WOULD_CHANGE in said(walkthrough)
    assert (kept(desk), trail(desk)) == (before, entries)
    for secret in ("南部町", "acceptor92", NEW):
        assert holds(walkthrough.change, secret) == []


def test_a_rehearsal_needs_no_password_and_counts_none(desk: Desk) -> None:
    walkthrough = to_change(desk, Mode.REHEARSAL, staff=HELPER)
    assert words.SIGN_IN_REHEARSED in said(walkthrough)
    assert {one.key: one.required for one in walkthrough.view().fields} == {
        "user_id": True,
        "password": False,
    }
    for _ in range(4):
        submit(walkthrough, "sign-in", {"user_id": "daremo0000"}, password=NEW)
        assert "正しくありません" in said(walkthrough)
    submit(walkthrough, "sign-in", {"user_id": "shoukai0092"}, password=NEW)
    assert (at(walkthrough), kept(desk).failures) == ("ID-C2", 0)


def test_a_rehearsal_of_the_code_says_whether_one_is_out(desk: Desk) -> None:
    walkthrough = to_reset(desk, Mode.REHEARSAL)
    reset(walkthrough, "")
    assert "使える一度だけの番号がありません" in said(walkthrough)
    issue(desk)
    before = kept(desk)
    reset(walkthrough, "")
    assert (at(walkthrough), words.RESET_WOULD in said(walkthrough)) == ("ID-R2", True)
    assert kept(desk) == before
