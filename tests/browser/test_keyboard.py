"""The review without a mouse: claim, read, reject with a reason, next, approve, by key events alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from ebidadmin.bootstrap import Desk
from ebidadmin.domain.applications import ApplicationState
from ebidadmin.domain.findings import Severity
from ebidadmin.domain.ids import ApplicationNumber
from ebidadmin.services import queue
from ebidadmin.services.queue import QueueQuery, QueueRow
from tests.browser.clerk_runs import Clerk
from tests.browser.conftest import Network, ServedDesk, wait_for_kernel, wait_for_screen
from tests.figures import Figure

pytestmark = pytest.mark.browser

Shot = Callable[[Page, str], Path]

ANY_NUMBER = re.compile(r".")


@pytest.fixture
def screen(served: ServedDesk, page: Page) -> Page:
    """The queue, as it stands when it was just opened: the keyboard is wherever JupyterLab leaves it."""
    page.goto(served.notebook("10_review_queue.ipynb"))
    wait_for_screen(page, "queue")
    wait_for_kernel(page)
    return page


def waiting(desk: Desk) -> list[QueueRow]:
    """What waits for a decision, in the order of the screen."""
    query = QueueQuery(states=frozenset({ApplicationState.PENDING}), size=500)
    return list(queue.page(desk.office, staff=desk.staff, query=query, reader=desk.queue_reader).rows)


def state_of(desk: Desk, number: str) -> ApplicationState:
    with desk.office.uow() as uow:
        return uow.applications.get(ApplicationNumber(number)).state


def holder_of(desk: Desk, number: str) -> str | None:
    with desk.office.uow() as uow:
        claim = uow.applications.claim(ApplicationNumber(number))
    return None if claim is None else claim.holder


def focused(page: Page) -> Locator:
    return page.locator(":focus")


def expect_seen_focus(page: Page) -> None:
    """Whoever looks sees where the keyboard is."""
    outline = page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle")
    assert outline not in ("none", ""), page.evaluate("() => document.activeElement.outerHTML.slice(0, 200)")


def go_to_row(page: Page, number: str) -> None:
    """By Alt+T into the list, then from its top down until the row has the keyboard."""
    page.keyboard.press("Alt+KeyT")
    expect(focused(page)).to_have_attribute("data-id", ANY_NUMBER)
    page.keyboard.press("Home")
    for _ in range(100):
        row = focused(page)
        expect(row).to_have_attribute("data-id", ANY_NUMBER)
        expect_seen_focus(page)
        if row.get_attribute("data-id") == number:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"no row {number} was reached")


def case_of(page: Page, number: str) -> None:
    """The case of that application is open, and the keyboard is on its title."""
    title = page.get_by_test_id("case-title")
    expect(title).to_have_attribute("data-number", number)
    expect(title).to_be_focused()
    expect_seen_focus(page)


def reject(page: Page, desk: Desk, number: str, shot: Shot) -> None:
    """The open case, with the first reason; before the mail was seen nothing is decided."""
    page.keyboard.press("Alt+KeyR")
    reasons = page.get_by_test_id("case-form").locator('input[type="checkbox"]')
    expect(reasons.first).to_be_focused()
    expect_seen_focus(page)
    # A shortcut asks; without a reason nothing goes on.
    page.keyboard.press("Alt+KeyG")
    expect(page.get_by_test_id("case-form")).to_contain_text("選ばれていません")
    expect(reasons.first).to_be_focused()
    page.keyboard.press("Space")
    expect(reasons.first).to_be_checked()
    shot(page, "keyboard_reasons")
    page.keyboard.press("Alt+KeyG")
    expect(page.get_by_test_id("mail-body")).to_be_focused()
    expect_seen_focus(page)
    shot(page, "keyboard_mail")
    assert state_of(desk, number) is ApplicationState.PENDING
    page.keyboard.press("Alt+KeyY")


def approve(page: Page, desk: Desk, number: str) -> None:
    """The open case, which has nothing to accept."""
    page.keyboard.press("Alt+KeyA")
    expect(page.get_by_test_id("mail-body")).to_be_focused()
    expect(page.get_by_test_id("case-question")).to_contain_text(number)
    assert state_of(desk, number) is ApplicationState.PENDING
    page.keyboard.press("Alt+KeyY")
    expect(page.get_by_test_id("case-notice")).to_contain_text(number)
    expect(page.get_by_test_id("case-title")).to_be_focused()


def test_a_day_without_a_mouse(screen: Page, desk: Desk, network: Network, shot: Shot) -> None:
    first, following = waiting(desk)[:2]
    go_to_row(screen, first.number)
    shot(screen, "keyboard_list")
    screen.keyboard.press("Enter")
    case_of(screen, first.number)
    expect(screen.get_by_test_id("queue").locator(f'tr[data-id="{first.number}"]')).to_contain_text("自分")
    assert holder_of(desk, first.number) == desk.staff.login
    shot(screen, "keyboard_case")
    reject(screen, desk, first.number, shot)
    case_of(screen, following.number)
    expect(screen.get_by_test_id("case-notice")).to_contain_text(first.number)
    assert state_of(desk, first.number) is ApplicationState.REJECTED

    plain = without_question(desk)
    go_on_to(screen, desk, following.number, plain)
    approve(screen, desk, plain)
    assert state_of(desk, plain) is ApplicationState.APPROVED
    shot(screen, "keyboard_after")
    assert network.foreign() == []


def without_question(desk: Desk) -> str:
    """The first waiting case with neither a block nor a warning."""
    asked = (Severity.BLOCK, Severity.WARNING)
    return next(row.number for row in waiting(desk) if not any(row.count(one) for one in asked))


def go_on_to(page: Page, desk: Desk, number: str, wanted: str) -> None:
    """By Alt+J from case to case."""
    for row in waiting(desk):
        if number == wanted:
            return
        assert row.number
        page.keyboard.press("Alt+KeyJ")
        title = page.get_by_test_id("case-title")
        expect(title).not_to_have_attribute("data-number", number)
        number = title.get_attribute("data-number") or ""
        case_of(page, number)
    assert number == wanted


def test_a_key_held_down_answers_no_question(screen: Page, desk: Desk) -> None:
    wanted = without_question(desk)
    go_to_row(screen, wanted)
    screen.keyboard.press("Enter")
    case_of(screen, wanted)
    screen.keyboard.down("Alt")
    screen.keyboard.down("KeyY")
    screen.keyboard.press("KeyA")
    expect(screen.get_by_test_id("mail-body")).to_be_focused()
    # The browser repeats a key that stays down; so does this.
    screen.keyboard.down("KeyY")
    screen.keyboard.down("KeyY")
    screen.keyboard.up("KeyY")
    screen.keyboard.press("KeyC")
    screen.keyboard.up("Alt")
    case_of(screen, wanted)
    expect(screen.get_by_test_id("case-question")).to_have_count(0)
    assert state_of(desk, wanted) is ApplicationState.PENDING
    screen.keyboard.press("Alt+KeyX")
    expect(focused(screen)).to_have_attribute("data-id", wanted)
    assert holder_of(desk, wanted) is None


def test_tab_reaches_search_filters_sorting_rows_and_pages_in_order(screen: Page) -> None:
    screen.keyboard.press("Alt+KeyS")
    expect(screen.get_by_test_id("search")).to_be_focused()
    order: list[str] = []
    while "page-last" not in order and len(order) < 30:
        expect_seen_focus(screen)
        order.append(
            focused(screen).get_attribute("data-testid") or focused(screen).get_attribute("data-id") or ""
        )
        screen.keyboard.press("Tab")
    named = [name for name in order if not name[-1:].isdigit()]
    assert named[:7] == [
        "search", "filter-state", "filter-finding", "filter-permit", "filter-age", "filter-mine", "reload",
    ]  # fmt: skip
    assert named.index("reload") < named.index("sort-number") < named.index("page-next")
    rows = [name for name in order if name[-1:].isdigit()]
    assert len(rows) == 1, "one row is reached by Tab, the others by the arrows"


def test_a_list_is_approved_at_one_word_by_key(screen: Page, desk: Desk, shot: Shot) -> None:
    first = without_question(desk)
    screen.keyboard.press("Alt+KeyM")
    lead = screen.get_by_test_id("bulk-lead")
    expect(lead).to_be_focused()
    expect_seen_focus(screen)
    expect(screen.get_by_test_id(f"bulk-drop-{first}")).to_be_visible()
    shot(screen, "bulk_list")
    while focused(screen).get_attribute("data-testid") != f"bulk-drop-{first}":
        screen.keyboard.press("Tab")
        expect_seen_focus(screen)
    screen.keyboard.press("Enter")
    expect(screen.get_by_test_id(f"bulk-drop-{first}")).to_have_count(0)
    listed = [
        (button.get_attribute("data-ebid-value") or "")
        for button in screen.locator('[data-ebid-action="bulk-drop"]').all()
    ]
    assert {state_of(desk, number) for number in listed} == {ApplicationState.PENDING}
    screen.keyboard.press("Alt+KeyY")
    expect(screen.get_by_test_id("bulk-notice")).to_contain_text(f"{len(listed)}件を承認しました")
    shot(screen, "bulk_done")
    assert {state_of(desk, number) for number in listed} == {ApplicationState.APPROVED}
    assert state_of(desk, first) is ApplicationState.PENDING


def test_a_reload_comes_back_to_the_same_place(
    screen: Page, served: ServedDesk, desk: Desk, shot: Shot
) -> None:
    table = screen.get_by_test_id("queue")
    screen.get_by_test_id("filter-state").select_option("pending")
    expect(table.locator("tbody tr").first).to_have_attribute("data-id", ANY_NUMBER)
    table.get_by_test_id("sort-number").click()
    expect(table.locator('th[aria-sort="ascending"]')).to_contain_text("受付番号")
    wait_for_screen(screen, "queue")
    row = table.locator("tbody tr").nth(1)
    number = row.get_attribute("data-id") or ""
    row.click()
    expect(screen.get_by_test_id("case-title")).to_have_attribute("data-number", number)
    shown = [one.get_attribute("data-id") for one in table.locator("tbody tr").all()]
    screen.get_by_test_id("action-view-save").click()
    screen.get_by_test_id("field-view_name").fill("番号の順")
    screen.keyboard.press("Enter")
    expect(screen.get_by_test_id("views-notice")).to_contain_text("番号の順")
    shot(screen, "views")
    screen.goto("about:blank")
    screen.goto(served.notebook("10_review_queue.ipynb"))
    wait_for_screen(screen, "queue")
    expect(screen.get_by_test_id("case-title")).to_have_attribute("data-number", number)
    expect(screen.get_by_test_id("filter-state")).to_have_value("pending")
    assert [one.get_attribute("data-id") for one in table.locator("tbody tr").all()] == shown
    expect(screen.get_by_test_id("queue-views")).to_contain_text("番号の順")
    assert holder_of(desk, number) == desk.staff.login
    shot(screen, "views_after_reload")


# Whatever is pressed in whatever order


def test_some_random_runs(screen: Page, desk: Desk) -> None:
    clerk = Clerk(screen, desk, seed=1)
    for _ in range(5):
        clerk.run()
    assert clerk.counts["decisions"]


@pytest.mark.slow
def test_two_hundred_random_runs(screen: Page, desk: Desk, figure: Figure) -> None:
    clerk = Clerk(screen, desk, seed=2)
    for _ in range(200):
        clerk.run()
    assert clerk.counts["decisions"] > 100
    figure(clerk.told(200))
