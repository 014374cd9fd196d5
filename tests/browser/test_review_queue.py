"""The main job in a real browser: from home to the queue by its tile, one rejection and one approval; database, audit and mails agree."""

from __future__ import annotations

import email
import re
from collections.abc import Callable, Iterator
from email.policy import default
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from ebidadmin.bootstrap import Desk
from ebidadmin.domain.applications import ApplicationState
from ebidadmin.domain.events import EventTag, Subject, SubjectKind
from ebidadmin.domain.ids import ApplicationNumber
from ebidadmin.domain.mails import MailKind, MailState, OutboxMail
from ebidadmin.text.notebooks import LAUNCHER_CATEGORY
from tests.browser.clone import made_from_clone
from tests.browser.conftest import Network, ServedDesk, wait_for_screen

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite_only("a clone lays out its desk in a process of its own, on SQLite"),
]

Shot = Callable[[Page, str], Path]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedDesk]:
    """What a newcomer gets: a clone, ``make lab``, and the address that it prints; with the demo office's imported register."""
    with made_from_clone(tmp_path_factory.mktemp("clone") / "office") as served:
        yield served


def part(page: Page, testid: str) -> Locator:
    return page.locator(f'[data-testid="{testid}"]').locator("visible=true")


def open_queue(page: Page, served: ServedDesk, shot: Shot) -> None:
    page.goto(served.address)
    wait_for_screen(page, "home")
    expect(page.get_by_role("heading", name="ホーム")).to_be_visible()
    expect(part(page, "doors")).to_contain_text("受付中")
    shot(page, "home")
    page.locator(".lm-TabBar-tab", has_text="ランチャー").click()
    page.locator(
        f'.jp-LauncherCard[data-category="{LAUNCHER_CATEGORY}"]', has_text="ID登録申請の審査"
    ).click()
    wait_for_screen(page, "queue")


def pick(page: Page, filters: dict[str, str]) -> str:
    """Open the oldest waiting case under these filters; its number."""
    for key, value in filters.items():
        part(page, f"filter-{key}").select_option(value)
        wait_for_screen(page, "queue")
    row = part(page, "queue").locator("tbody tr").first
    number = row.get_attribute("data-id") or ""
    row.click()
    expect(part(page, "case-title")).to_have_attribute("data-number", number)
    return number


def in_database(desk: Desk, number: str) -> tuple[ApplicationState, list[EventTag], list[OutboxMail]]:
    subject = Subject(SubjectKind.APPLICATION, number)
    with desk.office.uow() as uow:
        state = uow.applications.get(ApplicationNumber(number)).state
        tags = [entry.event.tag for entry in uow.audit.list(subject=subject)]
        return state, tags, list(uow.mails.list(about=subject))


def letter(desk: Desk, mail: OutboxMail) -> bytes:
    """The bytes of the body of the file that the mail became."""
    found = []
    for path in desk.config.mail_folder.rglob("*.eml"):
        message = email.message_from_bytes(path.read_bytes(), policy=default)
        if message["Message-ID"] == mail.message_id:
            found.append(message.get_payload(decode=True))
    (content,) = found
    assert isinstance(content, bytes)
    return content


def newest(mails: list[OutboxMail], kind: MailKind) -> OutboxMail:
    (mail,) = [mail for mail in mails if mail.draft.kind is kind]
    return mail


def reject_first(page: Page, shot: Shot) -> tuple[str, str]:
    """Reject the oldest case without a permit; its number and the mail shown before."""
    number = pick(page, {"state": "pending", "permit": "none"})
    expect(part(page, "findings").locator("tbody tr").first).to_be_visible()
    shot(page, "case")
    part(page, "begin-reject").click()
    expect(part(page, "case-question")).to_contain_text(number)
    part(page, "case-form").locator('input[type="checkbox"]').first.check()
    shot(page, "rejection_form")
    part(page, "submit-go").click()
    shown = part(page, "mail-body").text_content() or ""
    expect(part(page, "case-question")).to_contain_text(number)
    shot(page, "rejection_mail")
    part(page, "action-confirm-yes").click()
    expect(part(page, "case-notice")).to_contain_text(number)
    shot(page, "after_rejection")
    return number, shown


def approve_next(page: Page, shot: Shot) -> tuple[str, str]:
    """Approve a case that nothing blocks, by keyboard; its number and the mail shown before."""
    number = approvable(page)
    page.keyboard.press("Alt+KeyA")
    expect(part(page, "case-question")).to_contain_text(number)
    fields = part(page, "case-form").locator('input[type="text"]')
    if fields.count():
        for field in fields.all():
            field.fill("電話で確認済み")
        part(page, "submit-go").click()
    shown = part(page, "mail-body").text_content() or ""
    shot(page, "approval_mail")
    page.keyboard.press("Alt+KeyY")
    expect(part(page, "case-notice")).to_contain_text(number)
    return number, shown


def test_a_clerk_rejects_one_and_approves_one(
    page: Page, served: ServedDesk, desk: Desk, network: Network, shot: Shot
) -> None:
    open_queue(page, served, shot)
    shot(page, "review_queue")

    rejected, shown = reject_first(page, shot)
    state, tags, mails = in_database(desk, rejected)
    assert state is ApplicationState.REJECTED
    assert tags.count(EventTag.APPLICATION_REJECTED) == 1
    mail = newest(mails, MailKind.ID_REJECTED)
    assert mail.state is MailState.SENT
    assert shown == mail.draft.body
    assert letter(desk, mail) == shown.encode()

    approved, shown = approve_next(page, shot)
    state, tags, mails = in_database(desk, approved)
    assert state is ApplicationState.APPROVED
    assert tags.count(EventTag.APPLICATION_APPROVED) == 1
    assert shown is not None
    assert letter(desk, newest(mails, MailKind.ID_APPROVED)) == shown.encode()
    with desk.office.uow() as uow:
        application = uow.applications.get(ApplicationNumber(approved))
        registration = uow.registrations.live_of(application.supplier_number)
    assert registration is not None
    assert registration.application == approved
    assert network.foreign() == []


def test_on_a_small_screen_the_case_opens_in_view_beside_the_list(page: Page, served: ServedDesk) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(served.notebook("10_review_queue.ipynb"))
    wait_for_screen(page, "queue")
    part(page, "queue").locator("tbody tr").nth(2).click()
    title = part(page, "case-title")
    expect(title).to_be_in_viewport()
    expect(title).to_be_focused()
    grid = part(page, "queue").locator(".ebid-scroll")
    page.wait_for_function(
        """() => {
            const [list, title] = ["queue", "case-title"].map((name) =>
                [...document.querySelectorAll(`[data-testid="${name}"]`)].find((node) => node.offsetParent));
            return list.getBoundingClientRect().right <= title.getBoundingClientRect().left;
        }"""
    )
    assert grid.evaluate("node => node.scrollWidth <= node.clientWidth"), "no column is cut off"
    page.mouse.move(150, 500)
    page.mouse.wheel(0, 600)
    expect(title).to_be_in_viewport()


def approvable(page: Page) -> str:
    """Open the first case on the page that no finding blocks."""
    part(page, "filter-permit").select_option("in-force")
    wait_for_screen(page, "queue")
    rows = part(page, "queue").locator("tbody tr")
    for row in rows.all():
        number = row.get_attribute("data-id") or ""
        row.click()
        expect(part(page, "case-title")).to_have_attribute("data-number", re.compile(re.escape(number)))
        if part(page, "begin-approve").is_enabled():
            return number
    raise AssertionError("the demo office has no case that can be approved")
