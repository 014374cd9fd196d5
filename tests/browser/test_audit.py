"""An auditor in a real browser: chooses, opens, follows a supplier, looks back in time, takes a file out, comes back after a reload."""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ebidadmin.bootstrap import open_desk
from ebidadmin.domain.events import EventTag
from ebidadmin.services.ports import AuditEntry
from ebidadmin.text.audit import FILE_HEADINGS
from tests.browser.conftest import Network, ServedDesk, wait_for_kernel, wait_for_screen

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def served(serve_desk: Callable[[Path], ServedDesk], demo_desk: Callable[[str], Path]) -> ServedDesk:
    """A demo desk: its trail has applications, decisions, permits and an import."""
    folder = demo_desk("audit")
    return serve_desk(folder)


def approved(served: ServedDesk) -> AuditEntry:
    """An approval of the demo office."""
    with closing(open_desk(served.folder)) as desk, desk.office.uow() as uow:
        return next(entry for entry in uow.audit.list() if entry.event.tag is EventTag.APPLICATION_APPROVED)


def begun(served: ServedDesk, page: Page) -> None:
    page.goto(served.notebook("60_audit.ipynb"))
    wait_for_screen(page, "audit")
    wait_for_kernel(page)


def chosen(page: Page, *, tag: str = "", supplier: str = "") -> None:
    """Choose nothing but that."""
    page.keyboard.press("Alt+s")
    form = page.get_by_test_id("audit-form")
    form.get_by_test_id("field-first").fill("")
    form.get_by_test_id("field-tag").select_option(tag)
    form.get_by_test_id("field-supplier").fill(supplier)
    form.get_by_test_id("submit-filter").click()
    expect(form).to_have_count(0)


def the_way_back(page: Page, one: AuditEntry) -> None:
    """From an event to the life behind it, and to the list."""
    title, table = page.get_by_test_id("audit-title"), page.get_by_test_id("audit")
    page.get_by_test_id(f"life-{one.seq}").click()
    expect(title).to_contain_text(f"連番 {one.seq}")
    page.keyboard.press("Alt+x")
    expect(title).to_contain_text(one.event.supplier_number or "")
    page.keyboard.press("Alt+x")
    expect(title).to_have_count(0)
    expect(table.locator("tbody tr").first).to_be_visible()


def test_what_is_looked_for_is_chosen(
    served: ServedDesk, page: Page, network: Network, shot: Callable[[Page, str], Path]
) -> None:
    begun(served, page)
    table, conditions = page.get_by_test_id("audit"), page.get_by_test_id("audit-conditions")
    expect(conditions).to_contain_text("すべての記録")
    shot(page, "audit_list")
    page.keyboard.press("Alt+s")
    form = page.get_by_test_id("audit-form")
    expect(form.get_by_test_id("field-first")).to_be_focused()
    form.get_by_test_id("field-first").fill("きのう")
    form.get_by_test_id("submit-filter").click()
    expect(form).to_contain_text("日付として読めません")
    shot(page, "audit_form")
    form.get_by_test_id("field-first").fill("令和8年1月1日")
    form.get_by_test_id("field-tag").select_option("application:approved")
    form.get_by_test_id("submit-filter").click()
    expect(conditions).to_contain_text("期間 2026/01/01")
    expect(conditions).to_contain_text("できごと 承認")
    expect(table.locator("tbody tr").first).to_be_focused()
    page.get_by_test_id("action-clear").click()
    expect(conditions).to_contain_text("すべての記録")
    assert network.foreign() == []


def test_from_an_event_to_a_moment_and_a_suppliers_life(
    served: ServedDesk, page: Page, network: Network, shot: Callable[[Page, str], Path]
) -> None:
    one = approved(served)
    begun(served, page)
    chosen(page, tag="application:approved")
    table = page.get_by_test_id("audit")
    table.locator(f'tbody tr[data-id="{one.seq}"]').click()
    title = page.get_by_test_id("audit-title")
    expect(title).to_be_focused()
    expect(title).to_contain_text(f"連番 {one.seq} 承認")
    values = page.get_by_test_id("audit-values")
    expect(values).to_contain_text("審査中")
    expect(values).to_contain_text("承認")
    expect(values).not_to_contain_text("商号又は名称")
    shot(page, "audit_event")
    values.get_by_test_id("action-rest").click()
    expect(values).to_contain_text("商号又は名称")
    page.get_by_test_id("action-state").click()
    moments = page.get_by_test_id("audit-moments")
    moments.get_by_test_id("field-first").fill("2020/1/1")
    moments.get_by_test_id("field-second").fill("2099/12/31 23:59")
    moments.get_by_test_id("submit-show").click()
    expect(page.get_by_test_id("audit-state")).to_contain_text("違うところ")
    shot(page, "audit_moments")
    page.keyboard.press("Alt+u")
    supplier = one.event.supplier_number or ""
    expect(title).to_contain_text(supplier)
    life = page.get_by_test_id("audit-body")
    expect(life).to_contain_text("ID登録申請の受付")
    expect(life).to_contain_text("ここまでで全部です")
    shot(page, "audit_life")
    the_way_back(page, one)
    assert network.foreign() == []


@pytest.mark.sqlite_only("the file is changed by hand; tests/persistence does so on both")
def test_the_trail_is_verified_while_the_list_goes_on(
    served: ServedDesk, page: Page, network: Network, shot: Callable[[Page, str], Path]
) -> None:
    begun(served, page)
    page.keyboard.press("Alt+v")
    title, panel = page.get_by_test_id("verification-title"), page.get_by_test_id("audit-verification")
    expect(title).to_be_focused()
    shot(page, "audit_verification")
    page.keyboard.press("Tab")
    expect(page.get_by_test_id("action-verify-new")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    said = page.get_by_test_id("verification-said")
    expect(said).to_contain_text("監査記録に異常はありません")
    expect(panel).to_contain_text("最初の記録から")
    shot(page, "audit_verified")
    path = served.folder / "ebidadmin.sqlite"
    with closing(sqlite3.connect(path)) as raw:
        (guard,) = raw.execute(
            "SELECT sql FROM sqlite_master WHERE name = 'audit_events_no_update'"
        ).fetchone()
        raw.execute("DROP TRIGGER audit_events_no_update")
        (by,) = raw.execute("SELECT by FROM audit_events WHERE seq = 3").fetchone()
        raw.execute("UPDATE audit_events SET by = 'somebody' WHERE seq = 3")
        raw.commit()
    page.get_by_test_id("action-verify-all").click()
    expect(said).to_contain_text("監査記録に異常があります(2件)")
    expect(panel).to_contain_text("記録3番の内容が、封をしたときと違います。")
    shot(page, "audit_verified_bad")
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("UPDATE audit_events SET by = ? WHERE seq = 3", (by,))
        raw.execute(guard)
        raw.commit()
    page.get_by_test_id("action-close-verification").click()
    expect(title).to_have_count(0)
    expect(page.get_by_test_id("audit").locator("tbody tr").first).to_be_focused()
    assert network.foreign() == []


def test_the_place_is_kept_and_files_leave(
    served: ServedDesk, page: Page, network: Network, shot: Callable[[Page, str], Path]
) -> None:
    one = approved(served)
    begun(served, page)
    conditions = page.get_by_test_id("audit-conditions")
    chosen(page, supplier=one.event.supplier_number or "")
    expect(conditions).to_contain_text(f"業者番号 {one.event.supplier_number}")
    page.get_by_test_id("audit").locator(f'tbody tr[data-id="{one.seq}"]').click()
    expect(page.get_by_test_id("audit-title")).to_contain_text(f"連番 {one.seq}")
    with page.expect_download() as download:
        page.get_by_test_id("action-csv").click()
    content = Path(download.value.path()).read_bytes().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content, newline="")))
    assert tuple(rows[0]) == FILE_HEADINGS
    assert str(one.seq) in {row[0] for row in rows[1:]}
    expect(page.get_by_test_id("audit-notice")).to_contain_text("書き出しました")
    page.reload()
    begun(served, page)
    expect(conditions).to_contain_text(f"業者番号 {one.event.supplier_number}")
    expect(page.get_by_test_id("audit-title")).to_contain_text(f"連番 {one.seq}")
    page.set_viewport_size({"width": 720, "height": 950})
    shot(page, "audit_narrow")
    page.get_by_test_id("action-clear").click()
    page.get_by_label("移動する日").fill("1999-01-01")
    page.get_by_role("button", name="この日へ移動").click()
    expect(page.get_by_test_id("audit-notice")).to_contain_text("以前の記録はありません")
    shot(page, "audit_nothing")
    assert network.foreign() == []
