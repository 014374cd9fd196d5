"""Random runs at the review queue, and a judge that knows nothing of the program's own idea of what is confirmed.

A run is a made-up clerk who sorts, filters, pages, selects and decides in one or two tabs whose messages come late, doubled and out of
order, while others decide, claim, import and time passes. The judge reads what stood on the page when the button was pressed, and what the
database says afterwards.
"""

from __future__ import annotations

import random
import re
from collections import Counter, deque
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, text

from ebidadmin.errors import EbidError
from ebidadmin.persistence.engine import reading
from ebidadmin.presenters.queue_views import QueueViews
from ebidadmin.presenters.review_queue import ReviewQueue
from ebidadmin.screens.review_queue import ReviewQueueScreen
from ebidadmin.services import application_review
from tests import builders
from tests.builders import SUZUKI
from tests.presenters.office import Place
from tests.screens.browser_model import BrowserModel, Button, Sent, Tabs, text_of

APPLICATIONS = 10
WITHOUT_PERMIT, ALIKE, INQUIRED = 8, (9, 10), 7
STEPS = 15

DECIDING = {
    "application:approved": "を承認します",
    "application:rejected": "を却下します",
    "application:inquired": "について照会します",
    "application:answered": "の照会への回答を記録します",
    "application:withdrawn": "の取下げを記録します",
}
"""What the trail calls a decision, and how the question reads."""
APPROVED = "application:approved"
YES = {"confirm-yes", "bulk-yes"}

_CASE = re.compile(r"(?P<name>[^\n]+?)[((]受付番号 (?P<number>A\d{6})[))](?P<what>[^\n]*)")
_ROW = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)
_CELL = re.compile(r"<td>(.*?)</td>", re.DOTALL)
_ADDRESS = re.compile(r'"email": ?"([^"]+)"')
_PLAIN_BODY = re.compile(r'data-testid="mail-body"[^>]*>(.*?)</pre>', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Named:
    """What a person read before pressing yes: companies by application number, what is to happen, and the mail with its addressee."""

    companies: Mapping[str, str]
    what: str
    suppliers: Mapping[str, str] = field(default_factory=dict)
    to: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What the database says."""

    applications: Mapping[str, tuple[Any, ...]]
    registrations: frozenset[str]
    events: int
    mails: int


@dataclass(slots=True)
class Tally:
    """What the runs did."""

    counts: Counter[str] = field(default_factory=Counter)

    def told(self, runs: int) -> str:
        c = self.counts
        return (
            f"{runs:,} runs, {c['messages']:,} messages, {c['yes']:,} yeses, {c['decisions']:,} decisions, "
            f"{c['without']:,} yeses without one, {c['others']:,} changes by others; 0 decisions on another application than the one named"
        )


def fill(place: Place) -> None:
    """Ten applications: plain ones, one that nothing may approve, two that share an address, one that was asked about."""
    numbers = range(1, APPLICATIONS + 1)
    place.register(*numbers)
    place.permit(*(n for n in numbers if n != WITHOUT_PERMIT))
    for n in numbers:
        entered = builders.form(n)
        if n in ALIKE:
            mail = builders.contact(ALIKE[0]).email
            entered = replace(entered, main_contact=replace(entered.main_contact, email=mail))
        place.submit(n, at=builders.NOON - timedelta(hours=100 - 7 * (n % 4) - n), entered=entered)
    number = builders.application_number(INQUIRED)
    application_review.inquire(place.office, staff=SUZUKI, number=number, version=1, text="お尋ねします。")


def read_case(browser: BrowserModel) -> Named:
    """What the question about one case says to whoever looks at that tab."""
    found = list(_CASE.finditer(browser.text("case-question")))
    assert len({one["number"] for one in found}) == 1, "a question names one application"
    shown = browser.markup("case-question")
    body = _PLAIN_BODY.search(shown)
    to = re.search(r"宛先\n+([^\n]+)", text_of(shown))
    one = found[0]
    return Named(
        {one["number"]: one["name"].strip()},
        one["what"],
        to={one["number"]: to[1].strip()} if to else {},
        body=None if body is None else text_of(body[1]),
    )


def read_bulk(browser: BrowserModel) -> Named:
    """What the list of a bulk approval says."""
    rows = [_CELL.findall(row) for row in _ROW.findall(browser.markup("queue-bulk"))]
    cells = [[text_of(cell) for cell in row] for row in rows if row]
    return Named(
        {row[0]: row[3] for row in cells},
        "を承認します",
        suppliers={row[0]: row[2] for row in cells},
        to={row[0]: found[1] for row in cells if (found := re.search(r"宛先 (\S+) ・", row[5]))},
    )


class Judge:
    """Reads past the program what stands in the database, with one connection that holds nothing between two looks."""

    def __init__(self, engine: Engine, tally: Tally) -> None:
        self._connection, self._tally = reading(engine).connect(), tally
        self.stands = self.look()

    def close(self) -> None:
        self._connection.close()

    def look(self) -> Standing:
        """What stands there now; the next judgement is about what comes after this."""
        columns = "number, state, version, supplier_number, trade_name, applicant_contact"
        self.stands = Standing(
            {number: tuple(rest) for number, *rest in self._rows(f"SELECT {columns} FROM id_applications")},
            frozenset(number for (number,) in self._rows("SELECT application FROM registrations")),
            self._rows("SELECT coalesce(max(seq), 0) FROM audit_events")[0][0],
            self._rows("SELECT coalesce(max(id), 0) FROM mail_outbox")[0][0],
        )
        self._connection.rollback()
        return self.stands

    def judge(self, meant: Named | None) -> None:
        """Nothing but what the page named may have been decided; and that as it was named, with the mail that was shown."""
        before, after, tally = self.stands, self.look(), self._tally
        events = self._rows("SELECT tag, subject_id FROM audit_events WHERE seq > :last", before.events)
        mails = self._rows('SELECT about_id, "to", body FROM mail_outbox WHERE id > :last', before.mails)
        self._connection.rollback()
        decided = {number: tag for tag, number in events if tag in DECIDING}
        changed = {number for number, row in after.applications.items() if before.applications[number] != row}
        assert changed == set(decided), (
            "the trail tells of each change; whatever was not decided is as it was"
        )
        approved = {number for number, tag in decided.items() if tag == APPROVED}
        assert after.registrations - before.registrations == approved
        if meant is None:
            assert (decided, mails) == ({}, []), "decided without a yes"
            return
        tally.counts["decisions"] += len(decided)
        tally.counts["without"] += not decided
        assert set(decided) <= set(meant.companies), f"named {meant.companies}, decided {decided}"
        for number, tag in decided.items():
            _state, _version, supplier, name, _contact = after.applications[number]
            assert (name, meant.what.startswith(DECIDING[tag])) == (meant.companies[number], True)
            assert meant.suppliers.get(number, supplier) == supplier
        for about, to, body in mails:
            address = _ADDRESS.search(str(after.applications[about][4]))
            assert address is not None
            assert about in decided
            assert address[1] in str(to)
            assert meant.to[about] == address[1]
            assert meant.body in (None, body), "the mail is the one that was read"

    def _rows(self, statement: str, last: int = 0) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self._connection.execute(text(statement), {"last": last})]


class Clerk:
    """One screen of a person, in one or two tabs, driven by chance."""

    def __init__(
        self, place: Place, pick: random.Random, every: list[Tabs], judge: Judge, tally: Tally
    ) -> None:
        self.place, self.pick, self.judge, self.tally = place, pick, judge, tally
        self.screen = ReviewQueueScreen(
            ReviewQueue(place.office, staff=place.staff, reader=place.queue_reader),
            QueueViews(place.office, staff=place.staff, store=place.queue_views),
        )
        self.tabs = Tabs(self.screen.widget, pick.choice((1, 2)))
        every.append(self.tabs)
        self.tabs.begin()
        self.kernel: deque[Sent] = deque()
        self.drain()

    # Messages

    def drain(self) -> None:
        """Until everything has arrived everywhere."""
        while any(one.hears or one.uplink for one in self.tabs.browsers) or self.kernel:
            self.move(self.pick.choice(self.tabs.browsers))
            self.handle()

    def move(self, browser: BrowserModel) -> None:
        """Some of what is under way to and from a tab arrives."""
        for _ in range(self.pick.randint(0, 3)):
            if browser.uplink:
                sent = browser.uplink.popleft()
                self.kernel.append(sent)
                if self.pick.random() < 0.1:
                    self.kernel.append(sent)  # a second press, or a message that is sent again
        if len(self.kernel) > 1 and self.pick.random() < 0.1:
            self.kernel.rotate(1)
        for _ in range(self.pick.randint(0, 12)):
            if browser.hears:
                browser.receive()

    def handle(self) -> None:
        """Python takes the next message; what it decides is held against what was read when it was sent."""
        if not self.kernel:
            return
        sent = self.kernel.popleft()
        if sent.widget.comm is None:
            return  # a form that was put away hears nothing any more
        self.tally.counts["messages"] += 1
        sent.widget.receive(sent.content)
        self.judge.judge(sent.meant)

    # What the person does

    def act(self) -> None:
        """Something that this tab offers: mostly the next step towards a decision, now and then anything else."""
        browser = self._tab()
        actions = {one.action for one in browser.buttons()}
        if browser.asleep:
            self._answer(browser)
            return
        if actions & YES:
            towards = self._answer
        elif browser.form("case-form") is not None:
            towards = self._fill
        else:
            towards = self._begin if "begin" in actions else self._select
        beside = self.pick.choice((self._select, self._look, self._look, self._begin, self._any))
        (towards if self.pick.random() < 0.65 else beside)(browser)

    def _tab(self) -> BrowserModel:
        """Where the person is just now; the other tab may be out of touch with a question on it, and is come back to."""
        tabs = self.tabs.browsers
        late = next((one for one in tabs if one.asleep), None)
        if late is None:
            for one in tabs[1:]:
                one.asleep = (
                    bool({button.action for button in one.buttons()} & YES) and self.pick.random() < 0.7
                )
            return self.pick.choice(tabs)
        if self.pick.random() < 0.1:
            late.asleep = False
        return late if self.pick.random() < 0.15 else tabs[0]

    def _buttons(self, browser: BrowserModel, *actions: str) -> list[Button]:
        return [one for one in browser.buttons() if not actions or one.action in actions]

    def _press(self, browser: BrowserModel, button: Button) -> None:
        meant = None
        if button.action == "confirm-yes":
            meant = read_case(browser)
        elif button.action == "bulk-yes":
            meant = read_bulk(browser)
        browser.press(button, meant)
        self.tally.counts["yes"] += meant is not None

    def _answer(self, browser: BrowserModel) -> None:
        offered = self._buttons(browser, "confirm-yes", "bulk-yes")
        if not offered or self.pick.random() < 0.15:
            offered = self._buttons(browser, "back", "cancel", "bulk-cancel", "bulk-drop")
        if offered:
            self._press(browser, self.pick.choice(offered))

    def _fill(self, browser: BrowserModel) -> None:
        form = browser.form("case-form")
        if form is None:
            return
        values = {row["key"]: "電話で確かめました。" for row in form.rows}
        codes = self.place.office.reasons.codes()
        values |= {"reasons": self.pick.choice(codes)} if "reasons" in values else {}
        button = "go" if self.pick.random() < 0.9 else "cancel"
        named = read_case(browser) if button == "go" and browser.text("case-question") else None
        at_once = named is not None and not any(named.what.startswith(one) for one in MAILED)
        self.tally.counts["yes"] += at_once
        browser.submit(form, button, values, named if at_once else None)

    def _begin(self, browser: BrowserModel) -> None:
        wanted = ("bulk-begin",) if self.pick.random() < 0.15 else ("begin", "take-over")
        offered = self._buttons(browser, *wanted)
        if offered:
            self._press(browser, self.pick.choice(offered))

    def _select(self, browser: BrowserModel) -> None:
        rows = browser.page["rows"]
        if rows:
            browser.select(self.screen.table, self.pick.choice(rows)["id"])

    def _look(self, browser: BrowserModel) -> None:
        pick, table = self.pick, self.screen.table
        what = pick.randrange(4)
        if what == 0:
            sort = pick.choice(("number", "applied", "supplier", "name", "state"))
            browser.ask(table, "first", sort=sort, descending=pick.random() < 0.5)
        elif what == 1:
            filters = {"state": pick.choice(("open", "pending", "approved", ""))}
            browser.ask(table, "first", filters=filters)
        elif what == 2:
            browser.ask(table, "first", search=pick.choice(("", "", "商会0", "A00000", "10")))
        else:
            browser.ask(table, pick.choice(("next", "prev", "last", "first")))

    def _any(self, browser: BrowserModel) -> None:
        offered = self._buttons(browser)
        if offered:
            self._press(browser, self.pick.choice(offered))


MAILED = ("を承認します", "を却下します", "について照会します")


def others(place: Place, pick: random.Random, judge: Judge, tally: Tally) -> None:
    """Another person decides or claims, the register is swapped, time passes."""
    number = builders.application_number(pick.randint(1, APPLICATIONS))
    what = pick.choice(("approve", "reject", "inquire", "withdraw", "claim", "import", "clock", "clock"))
    tally.counts["others"] += 1
    if what == "clock":
        place.clock.advance(pick.choice((timedelta(minutes=1), timedelta(minutes=16), timedelta(days=1))))
        return
    if what == "import":
        gone = pick.randint(0, APPLICATIONS * 2)
        try:
            place.register(*(n for n in range(1, APPLICATIONS + 1) if n != gone))
        except EbidError:
            tally.counts["others"] -= 1  # the same register again
        return
    version = judge.stands.applications[number][1]
    case: dict[str, Any] = {"staff": SUZUKI, "number": number, "take_over": True}
    more: dict[str, dict[str, Any]] = {
        "claim": {},
        "reject": {"version": version, "reasons": place.office.reasons.codes()[:1]},
        "inquire": {"version": version, "text": "お尋ねします。"},
    }
    try:
        getattr(application_review, what)(place.office, **case, **more.get(what, {"version": version}))
    except EbidError:
        tally.counts["others"] -= 1


def one_run(place: Place, seed: int, every: list[Tabs], tally: Tally) -> None:
    """A run of that number; the same number is the same run."""
    pick = random.Random(seed)
    every.clear()
    with closing(Judge(place.engine, tally)) as judge:
        clerks = [Clerk(place, pick, every, judge, tally) for _ in range(pick.choice((1, 1, 2)))]
        hasty = pick.random()
        for _ in range(STEPS):
            clerk = pick.choice(clerks)
            if pick.random() < 0.12:
                others(place, pick, judge, tally)
                judge.look()
            clerk.act()
            if pick.random() < hasty:
                clerk.move(pick.choice(clerk.tabs.browsers))
                clerk.handle()
            else:
                clerk.drain()
        for clerk in clerks:
            for browser in clerk.tabs.browsers:
                browser.asleep = False
            clerk.drain()
