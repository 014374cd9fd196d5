"""A connection that is lost at work: it is told, nothing pressed meanwhile is done later, and what was typed is still there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from ebidadmin.bootstrap import Desk
from ebidadmin.domain.applications import ApplicationState
from ebidadmin.domain.events import EventTag, Subject, SubjectKind
from ebidadmin.domain.ids import ApplicationNumber
from ebidadmin.text.notebooks import SCREEN_LOST, SCREEN_RESTARTED
from tests.browser.conftest import ServedDesk, wait_for_front, wait_for_kernel, wait_for_screen
from tests.browser.cut_line import Line, line_to
from tests.waiting import wait_until

pytestmark = pytest.mark.browser

Shot = Callable[[Page, str], Path]
QUEUE = "10_review_queue.ipynb"
WORDS = "書類の写しを添えて、もう一度申請してください。"


@pytest.fixture
def line(served: ServedDesk) -> Iterator[Line]:
    port = urlsplit(served.address).port
    assert port is not None
    with line_to(port) as line:
        yield line


@pytest.fixture
def screen(served: ServedDesk, line: Line, page: Page) -> Page:
    """The queue at the end of a line that can be cut."""
    port = urlsplit(served.address).port
    page.goto(served.notebook(QUEUE).replace(f":{port}/", f":{line.port}/"))
    wait_for_screen(page, "queue")
    wait_for_kernel(page)
    return page


def open_first(screen: Page) -> str:
    """Open the first case that waits; its number."""
    screen.get_by_test_id("filter-state").select_option("pending")
    wait_for_screen(screen, "queue")
    row = screen.get_by_test_id("queue").locator("tbody tr").first
    number = row.get_attribute("data-id") or ""
    row.click()
    expect(screen.get_by_test_id("case-title")).to_have_attribute("data-number", number)
    return number


def begin_rejecting(screen: Page) -> None:
    screen.get_by_test_id("begin-reject").click()
    form = screen.get_by_test_id("case-form")
    form.locator("input[type=checkbox]").first.check()
    form.get_by_test_id("field-note").fill(WORDS)


def rejections(desk: Desk, number: str) -> int:
    with desk.office.uow() as uow:
        entries = uow.audit.list(subject=Subject(SubjectKind.APPLICATION, number))
        rejected = uow.applications.get(ApplicationNumber(number)).state is ApplicationState.REJECTED
    times = [entry.event.tag for entry in entries].count(EventTag.APPLICATION_REJECTED)
    assert rejected is bool(times)
    return times


def mended(screen: Page, line: Line) -> None:
    """The line is whole again, and the screen has noticed."""
    line.mend()
    expect(screen.locator(".ebidadmin-lost")).to_have_count(0)
    wait_for_kernel(screen)


def test_what_is_pressed_without_a_connection_is_not_done_later(
    screen: Page, desk: Desk, line: Line, shot: Shot
) -> None:
    number = open_first(screen)
    begin_rejecting(screen)
    line.cut()
    expect(screen.locator(".ebidadmin-lost")).to_have_text(SCREEN_LOST)
    shot(screen, "lost_connection")
    go = screen.get_by_test_id("submit-go")
    go.dispatch_event("focus")
    screen.keyboard.press("Alt+KeyG")
    box = go.bounding_box()
    assert box is not None
    screen.mouse.click(box["x"] + 5, box["y"] + 5)
    expect(screen.get_by_test_id("field-note")).to_have_value(WORDS)
    mended(screen, line)
    expect(screen.get_by_test_id("field-note")).to_have_value(WORDS)
    expect(screen.get_by_test_id("mail-body")).to_have_count(0)
    go.click()
    expect(screen.get_by_test_id("mail-body")).to_contain_text(WORDS)
    assert rejections(desk, number) == 0
    screen.get_by_test_id("action-confirm-yes").click()
    expect(screen.get_by_test_id("case-notice")).to_contain_text(number)
    assert rejections(desk, number) == 1


def test_an_answer_that_was_lost_is_asked_for_again_and_nothing_is_done_twice(
    screen: Page, desk: Desk, line: Line
) -> None:
    number = open_first(screen)
    begin_rejecting(screen)
    screen.get_by_test_id("submit-go").click()
    expect(screen.get_by_test_id("mail-body")).to_contain_text(WORDS)
    line.deaf = True
    screen.get_by_test_id("action-confirm-yes").click()
    screen.get_by_test_id("action-confirm-yes").click()
    wait_until(lambda: rejections(desk, number) == 1, what="the decision")
    line.cut()
    expect(screen.locator(".ebidadmin-lost")).to_be_visible()
    mended(screen, line)
    expect(screen.get_by_test_id("case-notice")).to_contain_text(number)
    expect(screen.get_by_test_id("action-confirm-yes")).to_have_count(0)
    assert rejections(desk, number) == 1
    assert open_first(screen) != number


def test_a_program_that_was_restarted_says_so_and_has_decided_nothing(screen: Page, desk: Desk) -> None:
    number = open_first(screen)
    begin_rejecting(screen)
    screen.evaluate(
        "async () => { await window.jupyterapp.shell.currentWidget.sessionContext.restartKernel(); }"
    )
    wait_for_front(screen, QUEUE)
    wait_for_screen(screen, "queue")
    expect(screen.locator(".ebidadmin-note")).to_have_text(SCREEN_RESTARTED)
    expect(screen.get_by_test_id("case-title")).to_have_attribute("data-number", number)
    expect(screen.get_by_test_id("case-form")).to_have_count(0)
    assert rejections(desk, number) == 0
    begin_rejecting(screen)
    expect(screen.locator(".ebidadmin-note")).to_have_count(0)
