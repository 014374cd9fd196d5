"""What stands around the screens, in a real browser: links that carry what they are about, in the page and in a tab of their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from ebidadmin.bootstrap import Desk
from ebidadmin.services import queue
from ebidadmin.services.queue import QueueQuery, QueueRow
from ebidadmin.text import ways as words
from tests.browser.conftest import Network, ServedDesk, wait_for_front, wait_for_kernel, wait_for_screen

pytestmark = pytest.mark.browser

Shot = Callable[[Page, str], Path]
HOME, QUEUE, REGISTRATIONS = "00_home.ipynb", "10_review_queue.ipynb", "50_registrations.ipynb"
OPEN = "async (args) => { await window.jupyterapp.commands.execute('ebidadmin:open', args); }"


def part(page: Page, testid: str) -> Locator:
    return page.locator(f'[data-testid="{testid}"]').locator("visible=true")


def waiting(desk: Desk) -> list[QueueRow]:
    found = queue.page(desk.office, staff=desk.staff, query=QueueQuery(), reader=desk.queue_reader)
    return list(found.rows)


def what_was_begun_stays(page: Page, other: QueueRow, shot: Shot) -> None:
    """And the newest link waits for it."""
    page.evaluate(OPEN, {"path": QUEUE})
    part(page, "begin-reject").click()
    part(page, "field-note").fill("書きかけ")
    page.evaluate(OPEN, {"path": QUEUE, "target": f"application:{other.number}"})
    expect(part(page, "link-said")).to_be_focused()
    expect(part(page, "link-said")).to_contain_text(other.number)
    expect(part(page, "field-note")).to_have_value("書きかけ")
    shot(page, "links_waits")
    part(page, "submit-cancel").click()
    part(page, "action-follow-link").click()
    expect(part(page, "case-title")).to_have_attribute("data-number", other.number)


def search_from_anywhere(page: Page, one: QueueRow, shot: Shot) -> None:
    """One key away; its results are links too, and what was opened last stands below."""
    page.keyboard.press("Alt+KeyK")
    wait_for_front(page, HOME)
    expect(part(page, "find-field")).to_be_focused()
    page.keyboard.type(one.trade_name)
    page.keyboard.press("Enter")
    found = part(page, "found").get_by_role("link", name=one.number)
    expect(found).to_be_visible()
    shot(page, "links_found")
    found.click()
    expect(part(page, "case-title")).to_have_attribute("data-number", one.number)
    page.evaluate(OPEN, {"path": HOME})
    page.keyboard.press("Alt+KeyL")
    expect(part(page, "recent").get_by_role("link").first).to_have_text(one.number)


def test_links_lead_from_home_to_a_case_to_its_supplier_and_back(
    served: ServedDesk, desk: Desk, page: Page, network: Network, shot: Shot
) -> None:
    page.goto(served.notebook(HOME))
    wait_for_screen(page, "home")
    wait_for_kernel(page)
    shot(page, "links_home")
    part(page, "counts").get_by_role("link", name="照会中").click()
    wait_for_front(page, QUEUE)
    expect(part(page, "filter-state")).to_have_value("inquired")
    first, other = waiting(desk)[:2]
    part(page, "count-" + first.state.value).click()
    part(page, "queue").locator(f'tr[data-id="{first.number}"]').click()
    expect(part(page, "case-title")).to_have_attribute("data-number", first.number)
    shot(page, "links_case")
    part(page, "case-head").get_by_role("link", name=words.TO_SUPPLIER).click()
    wait_for_front(page, REGISTRATIONS)
    expect(part(page, "supplier-title")).to_contain_text(first.supplier_number)
    expect(part(page, "supplier-title")).to_be_focused()
    shot(page, "links_supplier")
    part(page, "supplier-page").get_by_role("link", name=words.TO_LIFE).click()
    expect(part(page, "audit-title")).to_contain_text(first.supplier_number)
    what_was_begun_stays(page, other, shot)
    search_from_anywhere(page, first, shot)
    assert network.foreign() == []


def test_an_address_of_an_own_tab_opens_what_it_names_once(
    served: ServedDesk, desk: Desk, page: Page, network: Network
) -> None:
    one = waiting(desk)[0]
    page.goto(f"{served.notebook(REGISTRATIONS)}#ebid=supplier:{one.supplier_number}")
    expect(part(page, "supplier-title")).to_contain_text(one.supplier_number)
    assert page.evaluate("() => location.hash") == ""
    link = part(page, "supplier-page").get_by_role("link", name=one.number).first
    link.hover()
    address = link.get_attribute("href") or ""
    assert address.endswith(f"/lab/tree/{QUEUE}#ebid=application:{one.number}")
    with page.context.expect_page() as opened:
        link.click(modifiers=["Control"])
    tab = opened.value
    expect(part(tab, "case-title")).to_have_attribute("data-number", one.number)
    tab.close()
    page.evaluate(OPEN, {"path": REGISTRATIONS, "target": "approve:everything"})
    expect(part(page, "link-said")).to_contain_text(words.UNKNOWN)
    sent = [address for address in network.addresses if one.supplier_number in address]
    assert [address for address in sent if "#" not in address] == [], "no server was told the number"
