"""A supplier changes its ID, password and contacts in a real browser; afterwards no password and no code is in any file of the desk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from ebidadmin.bootstrap import Desk
from ebidadmin.clock import SystemClock, jst
from ebidadmin.domain.id_desk_work import IdentityCheck, IdentityDocument, IdentityMeans
from ebidadmin.domain.ids import ApplicationNumber
from ebidadmin.domain.registrations import Registration, RegistrationState
from ebidadmin.services import id_changes, id_credentials, id_desk
from ebidadmin.services.id_credentials import NewPassword
from tests.browser.conftest import Network, ServedDesk, save_notebook, wait_for_kernel, wait_for_screen
from tests.browser.counter import field, files_with, on_screen, press, to_menu
from tests.desks import KIND
from tests.waiting import wait_until

pytestmark = pytest.mark.browser

Shot = Callable[[Page, str], Path]

FIRST, SECOND, WRONG = "Kanarya3Hajime1", "Kanarya5Tsugi22", "Machigai77x"
SEEN = IdentityCheck(IdentityMeans.COUNTER, IdentityDocument.STAFF_CARD)
FORGOTTEN = "ID・パスワードを忘れたとき(通知書の番号で再設定)"


def ids(desk: Desk) -> list[Registration]:
    with desk.office.uow() as uow:
        return [one for one in uow.registrations.all() if one.is_live]


def counted(desk: Desk, number: ApplicationNumber, tries: int) -> bool:
    return again(desk, number).failures == tries


def again(desk: Desk, number: ApplicationNumber) -> Registration:
    with desk.office.uow() as uow:
        return uow.registrations.get(number)


def code_for(desk: Desk, one: Registration) -> str:
    _, code = id_desk.issue_code(
        desk.office, staff=desk.staff, application=one.application, version=one.version, identity=SEEN
    )
    return code.decode()


def known(desk: Desk, one: Registration, user_id: str, password: str) -> Registration:
    """An ID whose password is known to the test, by a code as the desk gives it out."""
    id_credentials.reset(
        desk.office,
        staff=desk.staff,
        supplier_number=one.supplier_number,
        code=bytearray(code_for(desk, one).encode()),
        user_id=user_id,
        new=NewPassword(bytearray(password.encode()), bytearray(password.encode())),
    )
    return again(desk, one.application)


def to_change(page: Page, served: ServedDesk, *, mode: str = "register") -> None:
    page.goto(served.notebook("41_id_walkthrough.ipynb"))
    wait_for_screen(page, "walkthrough-screen")
    wait_for_kernel(page)
    press_to_change(page, mode=mode)


def press_to_change(page: Page, *, mode: str = "register") -> None:
    """From wherever the walk stands to its change."""
    page.get_by_test_id(f"start-{mode}").click()
    to_menu(page)
    press(page, "変更")


def sign_in(page: Page, user_id: str, password: str) -> None:
    field(page, "user_id").fill(user_id)
    field(page, "password").fill(password)
    press(page, "次へ")


def said(page: Page, text: str) -> None:
    expect(page.get_by_test_id("walkthrough-screen")).to_contain_text(text)


def set_new(page: Page, code: str) -> None:
    fill(page, code=code, password=FIRST, password_again=FIRST)
    press(page, "登録")


def fill(page: Page, **typed: str) -> None:
    for key, value in typed.items():
        field(page, key.replace("__", ".")).fill(value)


def confirm(page: Page, password: str, again: str) -> None:
    fill(page, password=password, password_again=again)
    press(page, "入力内容確認")


def change_all(page: Page, shot: Shot) -> None:
    """ID, password and one contact, with a mistake on the way."""
    fill(page, main_contact__person="下関　次郎", user_id="tsugi2026")
    confirm(page, SECOND, SECOND + "x")
    expect(page.get_by_test_id("walkthrough-form")).to_contain_text("一致しません")
    expect(field(page, "main_contact.person")).to_have_value("下関　次郎")
    expect(field(page, "password")).to_have_value("")
    shot(page, "change_form_error")
    save_notebook(page)
    confirm(page, SECOND, SECOND)
    on_screen(page, "ID-C3")
    said(page, "*****")
    shot(page, "change_confirm")
    press(page, "登録")
    on_screen(page, "ID-C4")
    shot(page, "change_done")
    save_notebook(page)


def expect_nowhere(served: ServedDesk, network: Network, *secrets: str) -> None:
    for secret in secrets:
        assert files_with(served.folder, secret) == []
        assert [address for address in network.addresses if secret in address] == []
    # The search finds what is there; on a server the database is none of the folder's files.
    assert KIND != "sqlite" or files_with(served.folder, "tsugi2026") != []
    assert network.foreign() == []


def test_a_code_sets_a_new_id_and_password_which_are_then_changed(
    page: Page, served: ServedDesk, desk: Desk, network: Network, shot: Shot
) -> None:
    one = ids(desk)[0]
    code = code_for(desk, one)
    to_change(page, served)
    on_screen(page, "ID-C1")
    shot(page, "change_sign_in")
    press(page, FORGOTTEN)
    on_screen(page, "ID-R1")
    fill(page, supplier_number=one.supplier_number, user_id="hajime2026")
    set_new(page, "ABCD-EFGH-JKLM-NPQR")
    said(page, "通知書を確かめてください")
    shot(page, "change_wrong_code")
    set_new(page, code.lower())
    on_screen(page, "ID-R2")
    shot(page, "change_reset_done")
    save_notebook(page)
    to_change(page, served)
    sign_in(page, "hajime2026", WRONG)
    said(page, "正しくありません")
    shot(page, "change_wrong_password")
    sign_in(page, "hajime2026", FIRST)
    on_screen(page, "ID-C2")
    shot(page, "change_form")
    change_all(page, shot)
    after = again(desk, one.application)
    assert (after.user_id, after.main_contact.person) == ("tsugi2026", "下関　次郎")
    assert desk.office.hasher.verify(after.password_hash, SECOND.encode())
    expect_nowhere(served, network, FIRST, SECOND, WRONG, code)


def test_a_second_tab_that_was_slower_is_told_and_three_wrong_passwords_lock(
    page: Page, context: BrowserContext, served: ServedDesk, desk: Desk, shot: Shot
) -> None:
    one = known(desk, ids(desk)[1], "futatsu2026", FIRST)
    to_change(page, served)
    sign_in(page, "futatsu2026", FIRST)
    on_screen(page, "ID-C2")
    field(page, "main_contact.person").fill("後　次郎")
    press(page, "入力内容確認")
    on_screen(page, "ID-C3")
    proven = id_credentials.sign_in(
        desk.office, staff=desk.staff, user_id="futatsu2026", password=bytearray(FIRST.encode())
    )
    other = replace(again(desk, one.application).main_contact, person="先　太郎")
    change_elsewhere(desk, proven, other.as_map())
    press(page, "登録")
    on_screen(page, "ID-C1")
    said(page, "先に変更しました")
    shot(page, "change_overtaken")
    assert again(desk, one.application).main_contact.person == "先　太郎"
    for tries in range(1, 4):
        sign_in(page, "futatsu2026", WRONG)
        # The sentence is there from the first time on; that it was said once more is seen behind the screen.
        wait_until(partial(counted, desk, one.application, tries), what="a counted try")
    expect(field(page, "password")).to_have_value("")
    sign_in(page, "futatsu2026", FIRST)
    expect(page.get_by_text("送信しています")).to_have_count(0)
    said(page, "ロック中や停止中のIDでは、正しく入力しても同じ表示です")
    shot(page, "change_locked")
    assert again(desk, one.application).state is RegistrationState.LOCKED


def change_elsewhere(desk: Desk, proven: id_credentials.ProvenId, contact: dict[str, str]) -> None:
    raw = {f"main_contact.{name}": value for name, value in contact.items()}
    raw |= {key: value for key, value in proven.contacts.items() if key.startswith("applicant_contact.")}
    raw |= {f"{one}.email_again": raw[f"{one}.email"] for one in id_credentials.CONTACTS}
    id_changes.change(desk.office, staff=desk.staff, proven=proven, user_id="", password_hash=None, raw=raw)


def test_a_rehearsal_shows_masks_and_changes_nothing(
    page: Page, served: ServedDesk, desk: Desk, shot: Shot
) -> None:
    one = ids(desk)[0]
    to_change(page, served, mode="rehearsal")
    on_screen(page, "ID-C1")
    said(page, "空欄のまま進めます")
    sign_in(page, one.user_id, "")
    on_screen(page, "ID-C2")
    expect(field(page, "main_contact.person")).to_have_value("*****")
    field(page, "user_id").fill("mihon2026")
    shot(page, "change_rehearsal")
    press(page, "入力内容確認")
    on_screen(page, "ID-C3")
    press(page, "登録")
    on_screen(page, "ID-C4")
    said(page, "何も変更していません")
    shot(page, "change_rehearsed")
    assert again(desk, one.application) == one


@pytest.fixture
def shut(served: ServedDesk) -> Iterator[None]:
    """The door is open for one minute of the day, hours away from now."""
    settings = served.folder / "ebidadmin.toml"
    written = settings.read_text(encoding="utf-8")
    opens, closes = ("00:00", "00:01") if jst(SystemClock().now()).hour >= 12 else ("23:58", "23:59")
    head, part = written.split("[hours.bidding]")
    lines = part.splitlines()
    changed = {"opens": f'opens = "{opens}"', "closes": f'closes = "{closes}"', "always": "always = false"}
    for number, line in enumerate(lines[: lines.index("[hours.publication]")]):
        lines[number] = changed.get(line.partition(" ")[0], line)
    settings.write_text(f"{head}[hours.bidding]" + "\n".join(lines) + "\n", encoding="utf-8")
    yield
    settings.write_text(written, encoding="utf-8")


@pytest.mark.usefixtures("shut")
def test_while_the_door_is_shut_nobody_gets_to_the_sign_in(
    page: Page, served: ServedDesk, shot: Shot
) -> None:
    to_change(page, served)
    said(page, "利用時間外です")
    on_screen(page, "ID-1")
    shot(page, "change_shut")
    to_change(page, served, mode="rehearsal")
    on_screen(page, "ID-C1")
