"""What stands around the screens, in a real browser: links that carry what they are about, in the page and in a tab of their own."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from ebidadmin.bootstrap import Desk, open_desk
from ebidadmin.config import CONFIG_NAME
from ebidadmin.domain.events import EventTag, Subject, SubjectKind
from ebidadmin.intake.csv import write_register
from ebidadmin.services import queue
from ebidadmin.services.queue import QueueQuery, QueueRow
from ebidadmin.text import idle_lock as lock_words
from ebidadmin.text import ways as words
from tests import builders
from tests.browser.conftest import Network, ServedDesk, wait_for_front, wait_for_kernel, wait_for_screen

pytestmark = pytest.mark.browser

Shot = Callable[[Page, str], Path]
HOME, QUEUE, REGISTRATIONS = "00_home.ipynb", "10_review_queue.ipynb", "50_registrations.ipynb"
OPEN = "async (args) => { await window.jupyterapp.commands.execute('ebidadmin:open', args); }"
IMPORT, FILE = "30_qualification_import.ipynb", "春の名簿.csv"


@pytest.fixture(scope="module")
def served(serve_desk: Callable[[Path], ServedDesk], demo_desk: Callable[[str], Path]) -> ServedDesk:
    """A demo desk whose idle screens are locked, with a register file that waits."""
    folder = demo_desk("between")
    settings = folder / CONFIG_NAME
    off, on = "idle_lock_minutes = 0", "idle_lock_minutes = 600"
    text = settings.read_text(encoding="utf-8")
    assert off in text
    settings.write_text(text.replace(off, on), encoding="utf-8")
    with closing(open_desk(folder)) as desk:
        records = [builders.qualification(n, corporate_number="") for n in range(1, 4)]
        write_register(desk.config.inbox / FILE, records, desk.layouts["ebidadmin"], ())
    return serve_desk(folder)


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


# On paper, in the dark, and while nobody is there


def open_case(page: Page, served: ServedDesk, number: str) -> None:
    page.goto(f"{served.notebook(QUEUE)}#ebid=application:{number}")
    expect(part(page, "case-title")).to_have_attribute("data-number", number)


def test_a_screen_prints_as_paper_alone(served: ServedDesk, desk: Desk, page: Page, shot: Shot) -> None:
    one = waiting(desk)[0]
    open_case(page, served, one.number)
    page.emulate_media(media="print")
    for hidden in ("#jp-top-panel", ".lm-TabBar-tab", ".jp-SideBar"):
        expect(page.locator(hidden).locator("visible=true")).to_have_count(0)
    expect(page.locator(".ebid-button").locator("visible=true")).to_have_count(0)
    expect(page.get_by_test_id("queue").locator("visible=true")).to_have_count(0)
    expect(part(page, "case-title")).to_be_visible()
    read = PdfReader(io.BytesIO(page.pdf(format="A4", print_background=True)))
    # A font's own forms of some signs come out of the file in place of the usual ones.
    told = unicodedata.normalize("NFKC", "".join(sheet.extract_text() for sheet in read.pages))
    assert len(read.pages) > 1, "what does not fit into the window goes on"
    assert one.number in read.pages[0].extract_text(), "from the first sheet on"
    assert "取込日時" in told, "down to the last part"


def test_the_dark_of_the_computer_is_followed_without_a_barrier(
    served: ServedDesk, desk: Desk, page: Page, shot: Shot
) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(served.notebook(HOME))
    wait_for_screen(page, "home")
    expect(page.locator("body")).to_have_attribute("data-jp-theme-light", "false")
    shot(page, "dark_home")
    page.evaluate(OPEN, {"path": QUEUE, "target": f"application:{waiting(desk)[0].number}"})
    expect(part(page, "case-title")).to_be_focused()
    shot(page, "dark_case")
    part(page, "begin-reject").click()
    expect(part(page, "case-form")).to_be_visible()
    shot(page, "dark_form")
    page.evaluate(OPEN, {"path": IMPORT})
    wait_for_screen(page, "import-choice")
    part(page, "field-file").select_option(FILE)
    part(page, "field-layout").select_option("ebidadmin")
    part(page, "submit-preview").click()
    expect(part(page, "import-counts")).to_be_visible()
    wait_for_screen(page, "changes")
    shot(page, "dark_import")


def test_a_locked_screen_hides_everything_does_nothing_and_loses_nothing(
    served: ServedDesk, desk: Desk, page: Page, shot: Shot
) -> None:
    one = waiting(desk)[-1]
    open_case(page, served, one.number)
    part(page, "begin-note").click()
    part(page, "field-text").fill("書きかけ")
    part(page, "lock-now").click()
    go_on = part(page, "go-on")
    expect(go_on).to_be_focused()
    expect(part(page, "case-title")).to_have_count(0)
    expect(part(page, "field-text")).to_have_count(0)
    shot(page, "locked")
    # Not by style alone: what gets past the cover is refused by the kernel.
    page.evaluate("() => document.querySelector('[data-testid=\"submit-go\"]').click()")
    expect(part(page, "cover")).to_contain_text(lock_words.REFUSED)
    with desk.office.uow() as uow:
        subject = Subject(SubjectKind.APPLICATION, one.number)
        assert EventTag.APPLICATION_NOTED not in {
            entry.event.tag for entry in uow.audit.list(subject=subject)
        }
    go_on.click()
    expect(part(page, "field-text")).to_have_value("書きかけ")
    # A page that is loaded anew stays covered and is given nothing to show.
    part(page, "lock-now").click()
    expect(go_on).to_be_focused()
    page.reload()
    expect(go_on).to_be_visible()
    assert one.trade_name not in page.content()
    go_on.click()
    expect(part(page, "queue")).to_contain_text(one.number[:1])
