"""The auditor's screen in a real browser at a million events: milliseconds from a click to the frame that shows what came of it.

A desk on SQLite with the trail of ``slices.py``, the real server, a headless Chromium. Goal: 300 ms for each.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from playwright.sync_api import Page, expect, sync_playwright
from slices import FIRST, PEOPLE, SEED, fill

from ebidadmin.bootstrap import open_desk
from ebidadmin.cli.foundation import create_desk
from ebidadmin.persistence.audit_tree import seal_tail
from tests.browser.conftest import CHROMIUM_FLAGS, SERVE, ServedDesk, wait_for_kernel, wait_for_screen
from tests.sql_store import SqlStore

TABLE = """document.querySelector('[data-testid="audit"]').dataset.version"""
HEAD = """document.querySelector('[data-testid="audit-title"]')?.textContent"""
MEASURE = """async ([selector, marker]) => {
    const shown = () => eval(marker), frame = () => new Promise(requestAnimationFrame);
    const before = shown(), start = performance.now();
    document.querySelector(selector).click();
    while (shown() === before) {
        if (performance.now() - start > 20000) throw new Error(`nothing came of ${selector}`);
        await frame();
    }
    await frame();
    return performance.now() - start;
}"""


@contextmanager
def served(folder: Path) -> Iterator[ServedDesk]:
    """The server of a desk."""
    command = [sys.executable, "-c", SERVE, str(folder), "8899"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        yield ServedDesk(folder, process.stdout.readline().removeprefix("ebidadmin: ").strip(), process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


class Clicks:
    """Clicks at the screen, timed."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._random = Random(SEED)

    def click(self, testid: str, marker: str) -> float:
        spent: Any = self._page.evaluate(MEASURE, [f'[data-testid="{testid}"]', marker])
        return float(spent)

    def then(self, before: str, testid: str) -> float:
        """A click after another one, so that it is not one on where the list stands already."""
        if self._page.get_by_test_id(before).is_enabled():
            self.click(before, TABLE)
        return self.click(testid, TABLE)

    def jump(self) -> float:
        year = FIRST.year + self._random.randrange(10)
        self._page.get_by_test_id("jump-field").fill(f"{year}-{self._random.randrange(1, 13):02d}-15")
        return self.click("jump-button", TABLE)

    def filtered(self, **values: str) -> float:
        page = self._page
        page.get_by_test_id("action-ask").click()
        form = page.get_by_test_id("audit-form")
        for key in ("first", "last", "by", "supplier"):
            form.get_by_test_id(f"field-{key}").fill(values.get(key, ""))
        form.get_by_test_id("field-tag").select_option(values.get("tag", ""))
        spent = self.click("submit-filter", TABLE)
        expect(form).to_have_count(0)
        return spent

    def life(self) -> float:
        self.filtered(tag="permit:granted")
        row = self._random.randrange(1, 20)
        self._page.locator(f'[data-testid="audit"] tbody tr:nth-child({row})').click()
        self._page.get_by_test_id("action-life").wait_for()
        spent = self.click("action-life", HEAD)
        self.click("action-close", HEAD)
        return spent

    def beside(self) -> float:
        """The next page while the whole trail is read again beside it; the first time begins that."""
        page = self._page
        if not page.get_by_test_id("action-stop").is_visible():
            self.filtered()
            page.get_by_test_id("action-verify").click()
            page.get_by_test_id("action-verify-all").click()
            page.get_by_test_id("action-stop").wait_for()
        spent = self.click("page-next", TABLE)
        # It must still have gone on when the page came.
        assert page.get_by_test_id("action-stop").is_visible()
        return spent

    def cases(self) -> dict[str, Any]:
        return {
            "next page": lambda: self.click("page-next", TABLE),
            "first page": lambda: self.then("page-next", "page-first"),
            "last page": lambda: self.then("page-first", "page-last"),
            "jump to a day": self.jump,
            "days": lambda: self.filtered(first="2020/4/1", last="2020/4/30"),
            "person": lambda: self.filtered(by=self._random.choice(PEOPLE)),
            "group of tags": lambda: self.filtered(tag="application"),
            "person and tag": lambda: self.filtered(by=self._random.choice(PEOPLE), tag="permit:granted"),
            "supplier": lambda: self.filtered(supplier=f"{self._random.randrange(9_999):09d}"),
            "one supplier's life": self.life,
            "while verified": self.beside,
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=10, help="of each case")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "desk"
        create_desk(folder, demo=False, progress=lambda step: None)
        with closing(open_desk(folder)) as desk:
            url = desk.config.database_url
        store = SqlStore(url)
        fill(store, asked.events)
        with store.engine.begin() as connection:
            seal_tail(connection)
        store.engine.dispose()
        path = shutil.which("chromium") or shutil.which("chromium-browser")
        with served(folder) as desk_served, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_FLAGS))
            page = browser.new_page(locale="ja-JP", viewport={"width": 1400, "height": 950})
            page.goto(desk_served.notebook("60_audit.ipynb"))
            wait_for_screen(page, "audit")
            wait_for_kernel(page)
            print(f"{asked.events} events, milliseconds from click to paint: p50 | max", flush=True)
            for name, case in Clicks(page).cases().items():
                spent = [case() for _ in range(asked.times)]
                print(f"| {name:20} | {median(spent):6.0f} | {max(spent):6.0f} |", flush=True)
            browser.close()


if __name__ == "__main__":
    main()
