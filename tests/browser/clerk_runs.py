"""Random runs at the review queue by real clicks and keys; what is decided is held against what stood on the page when yes was pressed."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import text

from ebidadmin.bootstrap import Desk
from ebidadmin.domain import applications
from ebidadmin.domain.applications import OPEN_STATES, Channel, IdApplication
from ebidadmin.domain.ids import ApplicationNumber, UserId
from ebidadmin.errors import EbidError
from ebidadmin.persistence.engine import reading
from ebidadmin.services import application_review
from tests.browser.conftest import wait_for_screen
from tests.builders import SAMPLE_HASH, SUZUKI

ENOUGH = 12
"""So many cases wait at least when a run begins."""

DECIDING = {
    "application:approved": "を承認します",
    "application:rejected": "を却下します",
    "application:inquired": "について照会します",
    "application:answered": "の照会への回答を記録します",
    "application:withdrawn": "の取下げを記録します",
}
_CASE = re.compile(r"(?P<name>\S+?)[((]受付番号 (?P<number>[A-Z]\d+)[))](?P<what>\S*)")
_ADDRESS = re.compile(r'"email": ?"([^"]+)"')
TOLD = '[data-testid="case-notice"], [data-testid="preview-notice"], [data-testid="question-notice"]'

WATCH_ROWS = """() => {
    delete document.ebidPressed;
    const note = (event) => {
        const row = event.target.closest?.('[data-testid="queue"] tbody tr');
        if (row && (event.type === "click" || event.key === "Enter")) document.ebidPressed = row.dataset.id;
    };
    for (const kind of ["click", "keydown"]) document.addEventListener(kind, note, { capture: true, once: true });
}"""
OPENED_OR_GONE = """() => {
    const seen = (selector) => [...document.querySelectorAll(selector)].find((one) => one.offsetParent);
    if (seen('[data-testid="queue"] [role="alert"]')) return "gone";
    const title = seen('[data-testid="case-title"]');
    return document.ebidPressed && title?.dataset.number === document.ebidPressed ? "opened" : false;
}"""

Row = tuple[str, int, str, str]


class Clerk:
    """A person at the screen. ``counts`` tells what the runs did."""

    def __init__(self, page: Page, desk: Desk, seed: int) -> None:
        self.page, self.desk, self.pick = page, desk, random.Random(seed)
        self.counts: Counter[str] = Counter()
        self._next = 500_000 + 1_000 * seed

    def told(self, runs: int) -> str:
        c = self.counts
        return (
            f"{runs} runs in a browser, {c['steps']:,} clicks and keys beside the decisions, {c['yes']:,} yeses, "
            f"{c['decisions']:,} decisions, {c['without']:,} yeses without one; "
            "0 decisions on another application than the one named"
        )

    def run(self) -> None:
        """Look around, open a case, and go towards a decision, with whatever comes between."""
        self._refill()
        for _ in range(self.pick.randint(1, 4)):
            self._look()
        if not self._open():
            self._filter("open")
            self._open()
        if self.pick.random() < 0.3:
            self._look()
        if self._begin():
            self._on_to_yes()

    # Around the list

    def _part(self, testid: str) -> Locator:
        return self.page.locator(f'[data-testid="{testid}"]').locator("visible=true")

    def _settled(self) -> None:
        wait_for_screen(self.page, "queue")

    def _filter(self, value: str) -> None:
        self._part("filter-state").select_option(value)
        self._settled()

    def _look(self) -> None:
        """Sort, filter, search or turn the page."""
        pick, part = self.pick, self._part
        self.counts["steps"] += 1
        what = pick.randrange(4)
        if what == 0:
            # Beside an open case the other columns are left out.
            part(f"sort-{pick.choice(('number', 'name', 'state'))}").click()
        elif what == 1:
            part("filter-state").select_option(pick.choice(("open", "open", "pending", "inquired", "")))
        elif what == 2:
            self._search(pick.choice(("", "", "1", "商会")))
        else:
            button = part(f"page-{pick.choice(('next', 'prev', 'last', 'first'))}")
            if button.is_enabled():
                button.click()
        self._settled()

    def _search(self, word: str) -> None:
        """The table asks a moment after the key, so that it does not say at once that it waits."""
        box, table = self._part("search"), self._part("queue")
        if box.input_value() == word:
            return
        shown = table.get_attribute("data-version") or ""
        box.fill(word)
        box.press("Enter")
        expect(table).not_to_have_attribute("data-version", shown)

    def _open(self) -> bool:
        """Open a row by mouse or keyboard: what opens is the row that was under the press, or it is told that the list has turned."""
        rows = self._part("queue").locator("tbody tr")
        count = rows.count()
        if not count:
            return False
        row = rows.nth(self.pick.randrange(count))
        self.counts["steps"] += 1
        self.page.evaluate(WATCH_ROWS)
        if self.pick.random() < 0.5:
            row.click()
        else:
            row.focus()
            self.page.keyboard.press("Enter")
        gone = self.page.wait_for_function(OPENED_OR_GONE).json_value() == "gone"
        self.counts["gone"] += gone
        return not gone

    # Towards the decision

    def _begin(self) -> bool:
        take_over = self._part("action-take-over")
        if take_over.count():
            take_over.click()
            expect(take_over).to_have_count(0)
        offered = self.page.locator('[data-ebid-action="begin"]:not([disabled])').locator("visible=true")
        values = [one.get_attribute("data-ebid-value") for one in offered.all()]
        wanted = [one for one in values if one != "note"]
        if not wanted:
            return False
        value = "approve" if "approve" in wanted and self.pick.random() < 0.6 else self.pick.choice(wanted)
        self._part(f"begin-{value}").click()
        expect(self._part("case-question")).to_contain_text("受付番号")
        return True

    def _on_to_yes(self) -> None:
        form = self._part("case-form")
        yes = self._part("action-confirm-yes")
        expect(form.or_(yes).first).to_be_visible()
        if form.count():
            for field in form.locator("textarea, input[type=text]").all():
                field.fill("電話で確かめました。")
            for box in form.locator("input[type=checkbox]").all()[:1]:
                box.check()
            go = form.get_by_test_id("submit-go")
            if self._part("case-question").inner_text().find("取下げ") >= 0 or "回答" in go.inner_text():
                self._press_yes(go.click)
                return
            go.click()
        expect(yes).to_be_visible()
        chance = self.pick.random()
        if chance < 0.15:
            self._others()
        if chance > 0.9:
            self._part("action-cancel").click()
            expect(yes).to_have_count(0)
            return
        if self.pick.random() < 0.5:
            self._press_yes(lambda: self.page.keyboard.press("Alt+KeyY"))
        elif self.pick.random() < 0.3:
            self._press_yes(yes.dblclick)
        else:
            self._press_yes(yes.click)

    def _press_yes(self, press: Callable[[], None]) -> None:
        found = _CASE.search(self._part("case-question").locator("h2").first.inner_text())
        assert found is not None
        mail = self._part("mail-body")
        body = mail.text_content() if mail.count() else None
        before, last = self._stands()
        self.counts["yes"] += 1
        press()
        expect(self.page.locator(TOLD).locator("visible=true").first).to_be_visible()
        self._judge(found["number"], found["name"], found["what"], body, before, last)

    def _judge(
        self, number: str, name: str, what: str, body: str | None, before: dict[str, Row], last: int
    ) -> None:
        after, _ = self._stands()
        with reading(self.desk.engine).connect() as connection:
            rows = connection.execute(
                text("SELECT tag, subject_id FROM audit_events WHERE seq > :last"), {"last": last}
            ).all()
            decided = {row.subject_id: row.tag for row in rows if row.tag in DECIDING}
            mails = connection.execute(
                text(
                    "SELECT about_id, body, \"to\" FROM mail_outbox WHERE kind != 'id-submitted' ORDER BY id DESC"
                )
            ).all()[: len(decided)]
        assert {one for one in after if after[one] != before[one]} == set(decided)
        self.counts["decisions"] += len(decided)
        self.counts["without"] += not decided
        assert set(decided) <= {number}, f"named {number}, decided {decided}"
        for one, tag in decided.items():
            assert (after[one][2], what.startswith(DECIDING[tag])) == (name, True)
        for about, written, to in mails if body is not None else ():
            address = _ADDRESS.search(after[number][3])
            assert address is not None
            assert (about, written) == (number, body)
            assert address[1] in str(to)

    # Behind the screen

    def _stands(self) -> tuple[dict[str, Row], int]:
        columns = "number, state, version, trade_name, applicant_contact"
        with reading(self.desk.engine).connect() as connection:
            rows = connection.execute(text(f"SELECT {columns} FROM id_applications")).all()
            last = connection.execute(text("SELECT coalesce(max(seq), 0) FROM audit_events")).scalar_one()
        return {
            number: (state, version, name, str(contact)) for number, state, version, name, contact in rows
        }, last

    def _all(self) -> list[IdApplication]:
        with self.desk.office.uow() as uow:
            return [uow.applications.get(ApplicationNumber(number)) for number in self._stands()[0]]

    def _others(self) -> None:
        """Another person decides the case whose mail is being read."""
        found = _CASE.search(self._part("case-question").locator("h2").first.inner_text())
        assert found is not None
        number = ApplicationNumber(found["number"])
        with self.desk.office.uow() as uow:
            version = uow.applications.get(number).version
        application_review.withdraw(
            self.desk.office, staff=SUZUKI, number=number, version=version, take_over=True
        )

    def _refill(self) -> None:
        """Whoever was rejected or took it back applies again, until enough wait."""
        every = self._all()
        lacking = ENOUGH - sum(one.is_open for one in every)
        for old in every:
            if lacking <= 0:
                return
            if old.state in OPEN_STATES or old.state == "approved":
                continue
            self._next += 1
            lacking -= self._apply(old)

    def _apply(self, old: IdApplication) -> bool:
        office = self.desk.office
        try:
            with office.uow() as uow:
                new = applications.submit(
                    number=ApplicationNumber(f"A{self._next:06d}"),
                    form=replace(old.form, user_id=UserId(f"again{self._next}")),
                    password_hash=SAMPLE_HASH,
                    at=office.clock.now(),
                    by="suppliers",
                    channel=Channel.BATCH,
                    register_seen=uow.register.version(),
                )
                uow.record(new)
                uow.commit()
        except EbidError:
            return False
        return True
