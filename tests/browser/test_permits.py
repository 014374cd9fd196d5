"""A paper comes in by FAX: recorded, granted beside the register's record, its letter looked at, dispatched, and in the end withdrawn."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from ebidadmin.bootstrap import open_desk
from ebidadmin.domain.ids import PermitId, SupplierNumber
from ebidadmin.domain.permits import PermitState
from ebidadmin.text import permit_screen as words
from tests.browser.conftest import Network, ServedDesk, wait_for_kernel, wait_for_screen
from tests.browser.counter import SUPPLIER

pytestmark = pytest.mark.browser


def registered_name(served: ServedDesk) -> str:
    with closing(open_desk(served.folder)) as desk, desk.office.uow() as uow:
        record = uow.register.current(SupplierNumber(SUPPLIER))
    assert record is not None
    return record.trade_name


Shot = Callable[[Page, str], Path]


def test_a_paper_by_fax_is_granted_printed_dispatched_and_withdrawn(
    served: ServedDesk, page: Page, network: Network, shot: Shot
) -> None:
    name = registered_name(served)
    page.goto(served.notebook("20_permits.ipynb"))
    wait_for_screen(page, "permits")
    wait_for_kernel(page)
    shot(page, "permits_list")
    number = record(page, name, shot)
    grant(page, f"{name}(業者番号 {SUPPLIER}、{number})に利用を許可します", shot)
    expect(page.get_by_test_id("permits").locator("tbody tr", has_text=number)).to_contain_text("未発送")
    look_at_letter(page, shot)
    page.get_by_test_id("verb-dispatch").click()
    expect(page.get_by_test_id("permit-form").get_by_label("郵送")).to_be_checked()
    page.get_by_test_id("submit-do").click()
    expect(page.get_by_test_id("permit-notice")).to_contain_text("発送を記録しました")
    expect(page.get_by_test_id("dispatches")).to_contain_text("郵送")
    withdraw(page, shot)
    with closing(open_desk(served.folder)) as desk, desk.office.uow() as uow:
        assert uow.permits.get(PermitId(number)).state is PermitState.WITHDRAWN
    assert network.foreign() == []


def record(page: Page, name: str, shot: Shot) -> str:
    """Record a paper of the supplier; its number."""
    form, title = page.get_by_test_id("permit-form"), page.get_by_test_id("permit-title")
    page.get_by_test_id("action-record").click()
    expect(form.get_by_test_id("field-supplier_number")).to_be_focused()
    form.get_by_test_id("field-supplier_number").fill(SUPPLIER)
    expect(page.get_by_test_id("step-register")).to_contain_text(name)
    form.get_by_test_id("field-applicant").fill(name)
    form.get_by_test_id("field-channel-fax").check()
    form.get_by_test_id("field-reply_channel").select_option("post")
    shot(page, "permits_record")
    form.get_by_test_id("submit-do").click()
    expect(page.get_by_test_id("permit-notice")).to_contain_text("記録しました")
    expect(title).to_contain_text(SUPPLIER)
    number = title.get_attribute("data-number")
    assert number is not None
    return number


def grant(page: Page, question: str, shot: Shot) -> None:
    page.get_by_test_id("verb-grant").click()
    expect(page.get_by_test_id("permit-question")).to_contain_text(question)
    expect(page.get_by_test_id("step-register")).to_contain_text(SUPPLIER)
    shot(page, "permits_grant")
    page.get_by_test_id("submit-do").click()
    expect(page.get_by_test_id("permit-notice")).to_contain_text("許可しました")


def look_at_letter(page: Page, shot: Shot) -> None:
    """Its picture on the screen, and the file, which says the same."""
    page.get_by_test_id("verb-letter").click()
    picture = page.get_by_test_id("letter").locator("img")
    expect(picture).to_be_visible()
    assert picture.evaluate("(image) => image.complete && image.naturalWidth > 500")
    shot(page, "permits_letter")
    with page.expect_download() as download:
        page.get_by_test_id("letter").get_by_test_id("action-save").click()
    letter = PdfReader(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert SUPPLIER in "".join(one.extract_text() for one in letter.pages)


def withdraw(page: Page, shot: Shot) -> None:
    """Not without a reason."""
    form = page.get_by_test_id("permit-form")
    page.get_by_test_id("verb-withdraw").click()
    form.get_by_test_id("submit-do").click()
    expect(form.locator('[data-key="reason"]')).to_have_attribute("data-state", "error")
    form.get_by_test_id("field-reason").fill("届出により取り消す。")
    form.get_by_test_id("submit-do").click()
    expect(page.get_by_test_id("permit-notice")).to_contain_text("許可を取り消しました")
    expect(page.get_by_test_id("eligibility")).to_contain_text("届出により取り消す。")
    shot(page, "permits_withdrawn")


def test_letters_that_wait_are_printed_and_sent_together(
    served: ServedDesk, page: Page, network: Network, shot: Shot
) -> None:
    page.goto(served.notebook("20_permits.ipynb"))
    wait_for_screen(page, "permits")
    wait_for_kernel(page)
    page.get_by_test_id("action-tray").click()
    tray = page.get_by_test_id("tray")
    rows = tray.locator("tbody tr")
    expect(rows.first).to_be_visible()
    waiting = rows.count()
    rows.first.get_by_role("button").click()
    expect(rows).to_have_count(waiting - 1)
    tray.get_by_test_id("action-print").click()
    expect(page.get_by_test_id("permit-notice")).to_contain_text(f"通知書{waiting - 1}通")
    shot(page, "permits_tray")
    with page.expect_download() as download:
        tray.get_by_test_id("action-save").click()
    assert download.value.suggested_filename == words.TRAY_FILE
    assert len(PdfReader(io.BytesIO(Path(download.value.path()).read_bytes())).pages) == waiting - 1
    tray.get_by_test_id("action-send").click()
    form = page.get_by_test_id("permit-form")
    expect(form.get_by_test_id("field-channel")).to_be_focused()
    form.get_by_test_id("field-channel").select_option("post")
    shot(page, "permits_send")
    form.get_by_test_id("submit-do").click()
    expect(page.get_by_test_id("permit-notice")).to_contain_text(f"{waiting - 1}通の発送を")
    expect(rows).to_have_count(1)
    assert network.foreign() == []
