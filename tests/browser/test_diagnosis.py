"""The help desk looks at a computer in a real browser: the desk at once, readers and cards by a button, and again with another card."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from ebidadmin.smartcard.made_up import CardBox
from ebidadmin.text.troubles import TROUBLES
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


def test_what_a_supplier_says_is_searched_as_one_types(
    served: ServedDesk, page: Page, network: Network, shot: Callable[[Page, str], Path]
) -> None:
    page.goto(served.notebook("90_diagnosis.ipynb"))
    wait_for_screen(page, "troubles-found")
    wait_for_kernel(page)
    cards, field = page.get_by_test_id("trouble-card"), page.get_by_label("症状・番号・エラーの文で探す")
    expect(cards).to_have_count(len(TROUBLES))
    field.focus()
    page.keyboard.type("０３００１")
    expect(cards).to_have_count(1)
    expect(cards).to_contain_text("カードリーダーを差し直し")
    expect(page.get_by_test_id("troubles-count")).to_have_text("1件")
    expect(field).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("ロック")
    expect(cards.first).to_contain_text("PIN番号を複数回間違う")
    field.evaluate("one => one.scrollIntoView()")
    shot(page, "troubles_found")
    page.keyboard.press("Tab")
    expect(cards.first.get_by_role("link", name="ICカードによる利用者登録の手順")).to_be_focused()
    field.fill("なすび")
    expect(page.get_by_test_id("troubles-found")).to_contain_text("あてはまるものはありません")
    field.fill("")
    expect(cards).to_have_count(len(TROUBLES))
    assert network.foreign() == []


def test_the_guide_opens_at_the_page_of_the_screen_without_a_network(
    served: ServedDesk, page: Page, network: Network, shot: Callable[[Page, str], Path]
) -> None:
    page.goto(served.notebook("90_diagnosis.ipynb"))
    wait_for_screen(page, "diagnosis")
    with page.context.expect_page() as opened:
        page.get_by_test_id("diagnosis").get_by_test_id("guide").press("Enter")
    guide = opened.value
    expect(guide.get_by_role("heading", name="利用手引き: 動作の点検")).to_be_in_viewport()
    assert guide.url.endswith("/ebidadmin/guide#diagnosis")
    guide.get_by_role("navigation").get_by_role("link", name="利用手引き: 表示される文と、すること").click()
    expect(guide.get_by_role("heading", name="利用手引き: 表示される文と、すること")).to_be_in_viewport()
    picture = guide.get_by_alt_text("番号や言葉で探すと、原因とすることが表示されます")
    picture.scroll_into_view_if_needed()
    guide.wait_for_function("one => one.complete && one.naturalWidth > 0", arg=picture.element_handle())
    shot(guide, "guide_opened")
    assert network.foreign() == []
