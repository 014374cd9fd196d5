"""Clicks at a screen in a real browser, timed to the frame that shows what came of them."""

from __future__ import annotations

from random import Random
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect

from tests.browser.conftest import ServedDesk, wait_for_kernel

SEED = 20261201
PATIENCE_MS = 120_000

SCREENS = {
    "00_home": "home",
    "10_review_queue": "queue",
    "20_permits": "permits",
    "30_qualification_import": "import-choice",
    "31_layout_maker": "layout-choice",
    "40_card_walkthrough": "walkthrough-screen",
    "41_id_walkthrough": "walkthrough-screen",
    "50_registrations": "suppliers",
    "60_audit": "audit",
    "70_reports": "reports",
    "90_diagnosis": "diagnosis",
}
"""By notebook the part whose content is waited for."""

MEASURE = """async ([selector, how, marker]) => {
    const all = (testid) => [...document.querySelectorAll(`[data-testid="${testid}"]`)];
    const seen = (testid) => all(testid).find((node) => node.offsetParent);
    const shown = () => eval(marker), frame = () => new Promise(requestAnimationFrame);
    const before = shown(), start = performance.now();
    const target = [...document.querySelectorAll(selector)].find((node) => node.offsetParent);
    if (!target) throw new Error(`there is no ${selector}`);
    if (how === "enter") {
        target.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
    } else if (how === "change") target.dispatchEvent(new Event("change", { bubbles: true }));
    else target.click();
    while (shown() === before) {
        if (performance.now() - start > 60000) throw new Error(`nothing came of ${selector}`);
        await frame();
    }
    await frame();
    return performance.now() - start;
}"""


def version(testid: str) -> str:
    """A table's count of the pages that it has shown."""
    return f'seen("{testid}").dataset.version'


def content(testid: str) -> str:
    """What a part of a screen consists of; it is made anew whenever the part is shown anew."""
    return f'seen("{testid}")?.firstElementChild'


class Clicks:
    """Clicks at a screen, timed."""

    def __init__(self, page: Page, desk: ServedDesk, applications: int) -> None:
        self._page, self._desk, self._suppliers = page, desk, applications // 2
        self._random = Random(SEED)

    def asked(self, notebook: str) -> None:
        """Ask for that notebook and wait for its content."""
        # What was open before is not opened again beside it.
        self._page.goto(f"{self._desk.notebook(f'{notebook}.ipynb')}&reset", timeout=PATIENCE_MS)
        part = SCREENS.get(notebook, notebook)
        self._page.wait_for_selector(f'[data-testid="{part}"][data-ready="true"]', timeout=PATIENCE_MS)

    def settled(self) -> None:
        """Until the kernel answers to what else is asked."""
        wait_for_kernel(self._page)

    def opened(self, notebook: str) -> None:
        """That screen, in front and alone."""
        self._page.goto("about:blank")
        self.asked(notebook)
        self.settled()

    def end_kernels(self) -> None:
        """Every kernel of the desk is ended."""
        self._page.goto("about:blank")
        parts = urlsplit(self._desk.address)
        (token,) = parse_qs(parts.query)["token"]
        address, headers = f"{parts.scheme}://{parts.netloc}/api/kernels", {"Authorization": f"token {token}"}
        request = self._page.request
        for kernel in request.get(address, headers=headers).json():
            request.delete(f"{address}/{kernel['id']}", headers=headers)

    def timed(self, selector: str, marker: str, how: str = "click") -> float:
        return float(self._page.evaluate(MEASURE, [selector, how, marker]))

    def press(self, testid: str, marker: str) -> float:
        return self.timed(f'[data-testid="{testid}"]', marker)

    def supplier(self) -> int:
        return self._random.randrange(1, self._suppliers)

    def page_of(self, table: str, turn: str) -> float:
        """A turn of the pages; where the list stands there already, after another one."""
        inside = self._page.get_by_test_id(table)
        button = inside.get_by_test_id(f"page-{turn}")
        if not button.is_enabled():
            other = {"first": "last", "prev": "last", "next": "first", "last": "first"}[turn]
            inside.get_by_test_id(f"page-{other}").click()
            expect(button).to_be_enabled(timeout=PATIENCE_MS)
        return self.timed(f'[data-testid="{table}"] [data-testid="page-{turn}"]', version(table))

    def sorted_by(self, table: str, column: str) -> float:
        return self.timed(f'[data-testid="{table}"] [data-testid="sort-{column}"]', version(table))

    def filtered(self, table: str, key: str, value: str) -> float:
        """That filter, from all of that kind."""
        selector = f'[data-testid="{table}"] [data-testid="filter-{key}"]'
        script = "([selector, value]) => { document.querySelector(selector).value = value; }"
        if self._page.locator(selector).input_value() == value:
            self._page.evaluate(script, [selector, ""])
            self.timed(selector, version(table), "change")
        self._page.evaluate(script, [selector, value])
        return self.timed(selector, version(table), "change")

    def searched(self, table: str, text: str) -> float:
        """As by the Enter key; afterwards the search is taken back, which is not in the time."""
        selector = f'[data-testid="{table}"] [data-testid="search"]'
        script = "([selector, text]) => { document.querySelector(selector).value = text; }"
        self._page.evaluate(script, [selector, text])
        spent = self.timed(selector, version(table), "enter")
        self._page.evaluate(script, [selector, ""])
        self.timed(selector, version(table), "enter")
        return spent

    def row(self, table: str, marker: str) -> float:
        """Another row of the page is opened."""
        rows = f'[data-testid="{table}"] tbody tr'
        here = self._page.locator(f'{rows}[aria-selected="true"]').count()
        place = self._random.randrange(2, 19)
        chosen = f'{rows}:nth-child({place}):not([aria-selected="true"])'
        if here and not self._page.locator(chosen).count():
            chosen = f"{rows}:nth-child({place + 1})"
        return self.timed(f"{chosen} td", marker)

    def cell(self, table: str, column: str) -> str:
        """What a row of the page has in that column."""
        cells = self._page.locator(f'[data-testid="{table}"] tbody td[data-key="{column}"]')
        return cells.nth(self._random.randrange(cells.count())).inner_text()

    def fill(self, testid: str, text: str) -> None:
        self._page.get_by_test_id(testid).fill(text)

    def wait(self, testid: str) -> None:
        self._page.get_by_test_id(testid).first.wait_for(timeout=PATIENCE_MS)

    def tick(self, part: str) -> None:
        """The first box to tick in that part."""
        self._page.get_by_test_id(part).locator('input[type="checkbox"]').first.check()
