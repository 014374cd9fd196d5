"""A clerk works through the follow-up list in a real browser: opens an item, reads the supplier's page, resolves it with a word."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ebidadmin.bootstrap import open_desk
from ebidadmin.clock import jst
from ebidadmin.domain.ids import SupplierNumber
from ebidadmin.domain.registrations import RegistrationState
from tests.browser.conftest import Network, ServedDesk, save_notebook, wait_for_kernel, wait_for_screen
from tests.browser.counter import SUPPLIER
from tests.cards.office import Bench, raw_card_form

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def served(serve_desk: Callable[[Path], ServedDesk], demo_desk: Callable[[str], Path]) -> ServedDesk:
    """A demo desk with a card of another company, registered through the walk."""
    folder = demo_desk("registrations")
    with closing(open_desk(folder)) as desk:
        bench = Bench(desk.office, staff=desk.staff)
        bench.insert(92, company_name="テスト用団体")
        session = bench.ready(bench.prove(bench.start()))
        with desk.office.uow() as uow:
            record = uow.register.current(SupplierNumber(SUPPLIER))
        assert record is not None
        bench.register(bench.enter(bench.search(session, trade_name=record.trade_name), raw_card_form()))
    return serve_desk(folder)


def open_supplier(page: Page, served: ServedDesk, number: str) -> None:
    """The page of a supplier, found by its number."""
    page.goto(served.notebook("50_registrations.ipynb"))
    wait_for_screen(page, "suppliers")
    wait_for_kernel(page)
    suppliers = page.get_by_test_id("suppliers")
    suppliers.get_by_role("searchbox").fill(number)
    expect(suppliers.locator("tbody tr")).to_have_count(1)
    suppliers.locator("tbody tr").dblclick()


def test_an_item_is_opened_read_and_resolved(
    served: ServedDesk, page: Page, network: Network, shot: Callable[[Page, str], Path]
) -> None:
    page.goto(served.notebook("50_registrations.ipynb"))
    wait_for_screen(page, "follow-ups")
    wait_for_kernel(page)
    table = page.get_by_test_id("follow-ups")
    row = table.locator("tbody tr", has_text="企業名称の相違")
    expect(row).to_contain_text(SUPPLIER)
    row.dblclick()
    title = page.get_by_test_id("supplier-title")
    expect(title).to_contain_text(SUPPLIER)
    expect(page.get_by_test_id("eligibility")).to_contain_text("見積参加")
    shot(page, "registrations_page")
    page.get_by_test_id("page-follow-ups").get_by_role("button", name="確認済みにする").first.click()
    form = page.get_by_test_id("resolve-form")
    expect(form).to_contain_text(SUPPLIER)
    expect(form.get_by_test_id("field-note")).to_be_focused()
    form.get_by_test_id("submit-resolve").click()
    expect(form).to_contain_text("確認した内容を入力してください。")
    form.get_by_test_id("field-note").fill("代表者に電話で確認した。")
    form.get_by_test_id("submit-resolve").click()
    expect(page.get_by_test_id("registrations-notice")).to_contain_text("確認済みにしました")
    expect(page.get_by_test_id("page-follow-ups")).to_contain_text("代表者に電話で確認した。")
    expect(table.locator("tbody tr", has_text="企業名称の相違")).to_have_count(0)
    shot(page, "registrations_resolved")
    suppliers = page.get_by_test_id("suppliers")
    suppliers.get_by_role("searchbox").fill("190000093")
    expect(suppliers.locator("tbody tr")).to_have_count(1)
    suppliers.locator("tbody tr").dblclick()
    expect(title).to_contain_text("190000093")
    assert network.foreign() == []


def test_any_day_is_chosen_and_what_is_missing_then_is_told(
    served: ServedDesk, page: Page, network: Network, shot: Callable[[Page, str], Path]
) -> None:
    with closing(open_desk(served.folder)) as desk, desk.office.uow() as uow:
        one = next(each for each in uow.registrations.all() if each.is_live)
        record = uow.register.current(one.supplier_number)
    assert record is not None
    assert record.valid_to is not None
    open_supplier(page, served, one.supplier_number)
    told, day = page.get_by_test_id("eligibility"), page.get_by_label("確認する日")
    expect(told).to_contain_text("見積参加可")
    expect(page.get_by_test_id("eligibility-basis")).to_have_count(0)
    day.fill((record.valid_to + timedelta(days=1)).isoformat())
    day.press("Enter")
    expect(told).to_contain_text("資格の有効期間が終わっています")
    expect(day).to_be_focused()
    expect(page.get_by_test_id("eligibility-basis")).to_contain_text("先の日は")
    shot(page, "eligibility_day")
    day.fill((jst(one.created_at).date() - timedelta(days=1)).isoformat())
    page.get_by_role("button", name="この日で確認").click()
    expect(told).to_contain_text("承認されたIDがありません")
    shot(page, "registrations_day_gone_by")
    page.get_by_role("button", name="今日に戻す").click()
    expect(told).to_contain_text("現在")
    expect(told).to_contain_text("見積参加可")
    assert network.foreign() == []


def test_the_desk_makes_a_letter_with_a_code_and_locks_nobody_out(
    served: ServedDesk, page: Page, network: Network, shot: Callable[[Page, str], Path]
) -> None:
    with closing(open_desk(served.folder)) as desk, desk.office.uow() as uow:
        one = next(each for each in uow.registrations.all() if each.is_live)
    open_supplier(page, served, one.supplier_number)
    page.get_by_test_id("desk-reset-code").click()
    form = page.get_by_test_id("desk-form")
    expect(form).to_contain_text(one.supplier_number)
    form.get_by_label("郵送の申出書").check()
    form.get_by_label("印鑑証明書").check()
    shot(page, "registrations_desk_form")
    with page.expect_download() as download:
        form.get_by_test_id("submit-do").click()
    letter = Path(download.value.path()).read_bytes()
    assert letter.startswith(b"%PDF")
    expect(page.get_by_test_id("registrations-notice")).to_contain_text("通知書を作りました")
    shot(page, "registrations_letter")
    assert network.foreign() == []


KEEP_STATE = """async (keep) => {
    const place = "@jupyter-widgets/jupyterlab-manager:plugin";
    await window.jupyterapp.serviceManager.settings.save(place, JSON.stringify({ saveState: keep }));
}"""


def test_a_notebook_whose_widget_state_somebody_keeps_names_no_supplier(
    served: ServedDesk, page: Page
) -> None:
    with closing(open_desk(served.folder)) as desk, desk.office.uow() as uow:
        one = next(each for each in uow.registrations.all() if each.is_live)
        record = uow.register.current(one.supplier_number)
    assert record is not None
    page.goto(served.notebook("50_registrations.ipynb"))
    wait_for_screen(page, "suppliers")
    page.evaluate(KEEP_STATE, True)
    open_supplier(page, served, one.supplier_number)
    page.get_by_test_id("desk-reset-code").click()
    expect(page.get_by_test_id("desk-form")).to_contain_text(record.trade_name)
    save_notebook(page)
    sent = page.evaluate("() => JSON.stringify(window.jupyterapp.shell.currentWidget.context.model.toJSON())")
    page.evaluate(KEEP_STATE, False)
    assert "desk-form" in sent, "the browser kept the state of the widgets"
    saved = (served.folder / "notebooks" / "50_registrations.ipynb").read_text(encoding="utf-8")
    assert "desk-form" not in saved
    for text in (sent, saved):
        assert not [told for told in (one.supplier_number, record.trade_name, one.user_id) if told in text]


def test_a_suspension_shows_its_mails_before_it_is_done(
    served: ServedDesk, page: Page, network: Network, shot: Callable[[Page, str], Path]
) -> None:
    with closing(open_desk(served.folder)) as desk, desk.office.uow() as uow:
        one = next(each for each in uow.registrations.all() if each.state is RegistrationState.ACTIVE)
    open_supplier(page, served, one.supplier_number)
    page.get_by_test_id("desk-suspend").click()
    form = page.get_by_test_id("desk-form")
    form.get_by_test_id("field-reason").fill(f"{one.main_contact.phone} がつながらないため")
    form.get_by_test_id("submit-do").click()
    expect(form).to_contain_text("電話番号")
    shot(page, "registrations_reason_quotes")
    form.get_by_test_id("field-reason").fill("指名停止のため")
    form.get_by_test_id("submit-do").click()
    question = page.get_by_test_id("desk-question")
    expect(question.get_by_test_id("mail-body").first).to_contain_text("停止の理由")
    expect(question).to_contain_text(one.applicant_contact.email)
    shot(page, "registrations_mails")
    page.keyboard.press("Alt+y")
    expect(page.get_by_test_id("registrations-notice")).to_contain_text("停止しました")
    expect(page.get_by_test_id("registrations-notice")).to_contain_text("送信済み")
    shot(page, "registrations_suspended")
    assert network.foreign() == []
