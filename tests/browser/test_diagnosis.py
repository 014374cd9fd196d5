"""The help desk looks at a computer in a real browser: the desk at once, readers and cards by a button, and again with another card."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from ebidadmin.smartcard.made_up import CardBox
from tests.browser.conftest import Network, ServedDesk, wait_for_kernel, wait_for_screen

pytestmark = pytest.mark.browser


def line(page: Page, item: str) -> Locator:
    return page.get_by_role("row").filter(has=page.get_by_role("cell", name=item, exact=True))


def test_a_help_desk_looks_finds_and_looks_again(
    served: ServedDesk, page: Page, network: Network, shot: Callable[[Page, str], Path]
) -> None:
    box = CardBox(served.folder / "simulated-cards.json")
    box.pull("good")
    page.goto(served.notebook("90_diagnosis.ipynb"))
    wait_for_screen(page, "diagnosis")
    wait_for_kernel(page)
    expect(line(page, "データベース")).to_contain_text("正常")
    page.get_by_role("button", name="カードリーダーとICカードを調べる").click()
    expect(line(page, "ICカード")).to_contain_text("ICカードがありません")
    expect(line(page, "証明書の検証")).to_contain_text("未点検")
    shot(page, "diagnosis_no_card")
    box.insert("locked")
    page.get_by_role("button", name="カードリーダーとICカードを調べる").click()
    locked = line(page, "ICカード Simulated reader A")
    expect(locked).to_contain_text("異常")
    expect(locked).to_contain_text("ICカードを発行した認証局")
    expect(page.get_by_test_id("diagnosis-notice")).to_contain_text("悪いところが1件")
    expect(page.get_by_test_id("copy")).to_contain_text("[異常] ICカード Simulated reader A")
    shot(page, "diagnosis_locked_card")
    box.pull("locked")
    box.insert("good")
    page.get_by_role("button", name="カードリーダーとICカードを調べる").click()
    expect(line(page, "証明書の検証 Simulated reader A")).to_contain_text("有効")
    assert network.foreign() == []
