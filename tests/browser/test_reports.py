"""Reports in a real browser: one is made twice by hand, its file is opened without a network, and what changed is beside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ebidadmin.bootstrap import Desk
from ebidadmin.clock import jst_date
from tests.browser.conftest import Network, ServedDesk, wait_for_kernel, wait_for_screen

pytestmark = pytest.mark.browser


def make(page: Page, day: str) -> None:
    form = page.get_by_test_id("report-form")
    form.get_by_role("combobox").select_option("daily_review")
    form.get_by_label("対象の日").fill(day)
    form.get_by_role("button", name="この帳票の指定へ進む").click()
    form.get_by_label("表に載せる行数").fill("5")
    form.get_by_role("button", name="作成").click()
    expect(page.get_by_test_id("reports-notice")).to_contain_text("作成しました")


def make_again(page: Page) -> None:
    """What is open is made anew while the list shows another report alone: it can be read all the same."""
    runs = page.get_by_test_id("reports-runs-list")
    runs.get_by_role("button", name="監査記録の日報").click()
    expect(runs).to_contain_text("作成の記録はありません")
    page.get_by_test_id("report-opened").get_by_role("button", name="同じ対象と指定でもう一度作成").click()
    expect(page.get_by_test_id("reports-notice")).to_contain_text("作成しました")


def test_a_report_is_made_opened_and_compared(
    served: ServedDesk,
    desk: Desk,
    page: Page,
    network: Network,
    shot: Callable[[Page, str], Path],
    tmp_path: Path,
) -> None:
    page.goto(served.notebook("70_reports.ipynb"))
    wait_for_screen(page, "reports")
    wait_for_kernel(page)
    expect(page.get_by_test_id("reports-plan")).to_contain_text("毎開庁日")
    today = jst_date(desk.office.clock.now())
    make(page, (today - timedelta(days=1)).isoformat())
    expect(page.get_by_test_id("report-opened")).to_contain_text("比べられる前回がありません")
    make(page, today.isoformat())
    opened = page.get_by_test_id("report-opened")
    expect(opened.get_by_role("row").filter(has_text="審査を待つ申請")).to_be_visible()
    expect(page.get_by_test_id("report-form").get_by_text("帳票を作る")).to_be_visible()
    page.get_by_test_id("report-open").evaluate("heading => heading.scrollIntoView()")
    shot(page, "reports_opened")
    make_again(page)
    opened.get_by_role("button", name="画面で見る(HTML)").click()
    link = page.get_by_test_id("report-file").get_by_role("link")
    expect(link).to_be_visible()
    with page.expect_download() as coming:
        link.click()
    file = tmp_path / "report.html"
    coming.value.save_as(file)
    assert network.foreign() == []
    page.context.set_offline(True)
    try:
        page.goto(file.as_uri())
        expect(page.get_by_role("heading", name="対応が必要なもの")).to_be_visible()
        assert page.evaluate("document.body.scrollWidth <= document.documentElement.clientWidth")
        shot(page, "reports_page")
    finally:
        page.context.set_offline(False)
