"""A supplier at the counter applies for an ID in a real browser; afterwards the password is in no file of the desk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from ebidadmin.bootstrap import Desk
from ebidadmin.domain.applications import ApplicationState, IdApplication
from ebidadmin.domain.events import EventTag
from ebidadmin.domain.ids import SupplierNumber
from ebidadmin.domain.mails import MailKind, MailState
from tests.browser.conftest import Network, ServedDesk, save_notebook, wait_for_kernel, wait_for_screen
from tests.browser.counter import (
    NAME,
    PASSWORD,
    SUPPLIER,
    field,
    files_with,
    fill_form,
    give_password,
    on_screen,
    press,
    search,
    to_form,
    to_search,
)

pytestmark = pytest.mark.browser

Shot = Callable[[Page, str], Path]


def applications_of(desk: Desk) -> tuple[IdApplication, ...]:
    with desk.office.uow() as uow:
        return uow.applications.of_supplier(SupplierNumber(SUPPLIER))


def open_walkthrough(page: Page, served: ServedDesk) -> None:
    page.goto(served.notebook("41_id_walkthrough.ipynb"))
    wait_for_screen(page, "walkthrough-screen")
    wait_for_kernel(page)


def test_the_help_desk_opens_a_supplier_by_number_and_name(
    page: Page, served: ServedDesk, desk: Desk, shot: Shot
) -> None:
    open_walkthrough(page, served)
    form, opened = page.get_by_test_id("open-supplier-form"), page.get_by_test_id("supplier-opening")
    field(page, "opened_number").fill(SUPPLIER)
    field(page, "opened_name").fill("(株)別の商会")
    form.get_by_role("button", name="開く").click()
    expect(opened).to_contain_text("一致しません")
    field(page, "opened_name").fill(NAME)
    form.get_by_role("button", name="開く").click()
    expect(page.get_by_test_id("opened-supplier")).to_be_visible()
    expect(page.get_by_test_id("open-until")).to_contain_text("あと15分")
    page.get_by_test_id("opened-supplier").evaluate("title => title.scrollIntoView()")
    shot(page, "walkthrough_opened")
    opened.get_by_role("button", name="閉じる").click()
    expect(page.get_by_test_id("opened-supplier")).to_have_count(0)
    with desk.office.uow() as uow:
        told = [entry.event.tag for entry in uow.audit.list(supplier=SupplierNumber(SUPPLIER))]
    assert told[-2:] == [EventTag.REFUSED_BY_RULE, EventTag.SUPPLIER_OPENED]


def test_a_rehearsal_registers_nothing(page: Page, served: ServedDesk, desk: Desk, shot: Shot) -> None:
    open_walkthrough(page, served)
    shot(page, "walkthrough_portal")
    to_search(page)
    field(page, "supplier_number").fill("19000009")
    press(page, "検索")
    expect(page.get_by_test_id("walkthrough-form")).to_contain_text("エラー")
    shot(page, "walkthrough_search_error")
    search(page)
    on_screen(page, "ID-3")
    fill_form(page)
    give_password(page, PASSWORD, PASSWORD)
    on_screen(page, "ID-4")
    press(page, "登録")
    on_screen(page, "ID-5")
    assert applications_of(desk) == ()
    field(page, "advice").fill("連絡先の電話番号を確かめる")
    shot(page, "walkthrough_rehearsed")
    press(page, "対応記録を作る")
    with page.expect_download() as download:
        press(page, "対応記録を印刷")
    printed = PdfReader(download.value.path()).pages
    assert "連絡先の電話番号を確かめる" in "".join(one.extract_text() for one in printed)
    with desk.office.uow() as uow:
        [record] = uow.id_cases.latest()
    assert (record.supplier_number, record.advice) == (SUPPLIER, "連絡先の電話番号を確かめる")
    save_notebook(page)
    assert files_with(served.folder, PASSWORD) == []


def expect_application(desk: Desk) -> None:
    """One application with the password's hash, and its mail handed over."""
    (application,) = applications_of(desk)
    assert application.state is ApplicationState.PENDING
    assert application.password_hash is not None
    assert desk.office.hasher.verify(application.password_hash, PASSWORD.encode())
    with desk.office.uow() as uow:
        (mail,) = [mail for mail in uow.mails.list() if mail.draft.kind is MailKind.ID_SUBMITTED]
    assert mail.draft.to == ("acceptor1@example.jp",)
    assert mail.state is MailState.SENT


def test_an_application_comes_in_and_the_password_is_nowhere(
    page: Page, served: ServedDesk, desk: Desk, network: Network, shot: Shot
) -> None:
    open_walkthrough(page, served)
    page.get_by_test_id("start-register").click()
    expect(page.get_by_test_id("mode-banner")).to_contain_text("登録")
    to_form(page)
    fill_form(page)
    give_password(page, PASSWORD, PASSWORD + "x")
    expect(page.get_by_test_id("walkthrough-form")).to_contain_text("エラー")
    expect(field(page, "password")).to_have_value("")
    expect(field(page, "branch")).to_have_value("本店")
    shot(page, "walkthrough_form")
    field(page, "password").fill(PASSWORD)
    save_notebook(page)
    give_password(page, PASSWORD, PASSWORD)
    on_screen(page, "ID-4")
    expect(page.get_by_test_id("walkthrough-screen")).to_contain_text("*****")
    expect(page.get_by_test_id("walkthrough-screen")).to_contain_text("083-231-3178")
    shot(page, "walkthrough_confirm")
    press(page, "戻る")
    on_screen(page, "ID-3")
    expect(field(page, "branch")).to_have_value("本店")
    give_password(page, PASSWORD, PASSWORD)
    on_screen(page, "ID-4")
    press(page, "登録")
    on_screen(page, "ID-5")
    shot(page, "walkthrough_done")
    with page.expect_download() as download:
        press(page, "印刷")
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")
    save_notebook(page)
    expect_application(desk)
    assert files_with(served.folder, PASSWORD) == []
    assert files_with(served.folder, NAME) != []
    assert network.foreign() == []
    assert [address for address in network.addresses if PASSWORD in address] == []


def test_a_second_application_is_shown_its_state_instead_of_the_form(
    page: Page, served: ServedDesk, shot: Shot
) -> None:
    open_walkthrough(page, served)
    to_search(page)
    search(page)
    expect(page.get_by_test_id("walkthrough-screen")).to_contain_text("審査中")
    shot(page, "walkthrough_state")
