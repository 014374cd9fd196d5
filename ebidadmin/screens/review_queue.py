"""The review queue: counts, the list, and the open case beside it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from ipywidgets import Layout, VBox

from ebidadmin.domain.applications import ApplicationState
from ebidadmin.presenters.queue_views import QueueViews
from ebidadmin.presenters.request_list import Step
from ebidadmin.presenters.review_queue import FILTERS, OPEN, OVERDUE, SORTS, Line, ListRequest, ReviewQueue
from ebidadmin.presenters.ways import Arrivals, Kind
from ebidadmin.screens import bulk_approval, case_keys
from ebidadmin.screens.case import CaseScreen
from ebidadmin.screens.components import look
from ebidadmin.screens.components.beside import Beside
from ebidadmin.screens.components.form import FieldForm, Submission
from ebidadmin.screens.components.panel import Panel
from ebidadmin.screens.components.table import (
    Badge,
    Column,
    Direction,
    Filter,
    PageReply,
    PageRequest,
    Row,
    ServerTable,
)
from ebidadmin.screens.desk_requests import DeskRequestsSection
from ebidadmin.screens.notices import notice
from ebidadmin.screens.queue_views import QueueViewsPart
from ebidadmin.services.bulk_approval import BulkList
from ebidadmin.text import notebooks
from ebidadmin.text import queue as words

SPARE = frozenset({"applied", "supplier", "kind", "permit", "elapsed"})
"""Columns that the open case shows itself; without them the list fits beside it."""

COLUMNS = tuple(
    Column(
        key, label, sortable=key in SORTS, align="end" if key == "elapsed" else "start", spare=key in SPARE
    )
    for key, label in (
        ("number", words.COLUMN_NUMBER),
        ("applied", words.COLUMN_APPLIED),
        ("supplier", words.COLUMN_SUPPLIER),
        ("name", words.COLUMN_NAME),
        ("kind", words.COLUMN_KIND),
        ("permit", words.COLUMN_PERMIT),
        ("findings", words.COLUMN_FINDINGS),
        ("elapsed", words.COLUMN_ELAPSED),
        ("due", words.COLUMN_DUE),
        ("holder", words.COLUMN_HOLDER),
        ("state", words.COLUMN_STATE),
    )
)
PAGE_SIZE = 20


class ReviewQueueScreen:
    """The widgets; ``widget`` is what a notebook shows."""

    def __init__(self, queue: ReviewQueue, views: QueueViews) -> None:
        self._queue, self._views = queue, views
        self._asked = ListRequest()
        self.counts = Panel(on_action=self._counted, testid="queue-counts")
        self.said = Panel(testid="queue-notice")
        self.bulk = Panel(on_action=self._bulk, testid="queue-bulk")
        self.typed: FieldForm | None = None
        self._asked_about: BulkList | None = None
        self.requests = DeskRequestsSection(queue.requests, on_change=self._changed)
        self._second = VBox(layout=Layout(width="100%"))
        self.table = ServerTable(
            COLUMNS,
            self._fetch,
            self._opened,
            sort="applied",
            size=PAGE_SIZE,
            filters=[Filter(key, label, options) for key, label, options in FILTERS],
            initial_filters={"state": OPEN},
            caption=words.TABLE_CAPTION,
            testid="queue",
        )
        self.table.key, self.table.search_key = case_keys.LIST.upper(), case_keys.SEARCH.upper()
        self.views = QueueViewsPart(views, asked=lambda: self._asked, on_use=self._begin_at)
        self.case = CaseScreen(queue, on_change=self._changed, on_close=self.table.focus)
        header = Panel(
            look.join(
                look.page_header(words.TITLE, words.LEAD, guide=notebooks.REVIEW_QUEUE.guide),
                case_keys.help_line(),
            ),
            testid="queue-header",
        )
        above = (self.counts, self.bulk, self._second, self.views.widget, self.said)
        self._beside = Beside(self.table, above, (self.case.widget,))
        self.widget = VBox([header, self._beside.widget], layout=Layout(width="100%", overflow="visible"))
        self.arrivals = self._entrances()
        self._count()
        self._begin()

    # Where a link leads

    def _entrances(self) -> Arrivals:
        """What links can ask this screen to open."""
        states = {state.value: partial(self._list_of, {"state": state.value}) for state in ApplicationState}
        return Arrivals(
            {Kind.APPLICATION: self._visited},
            {
                **states,
                "open": partial(self._list_of, {"state": OPEN}),
                "overdue": partial(self._list_of, {"state": OPEN, "age": OVERDUE}),
                "requests": self._to_requests,
            },
            busy=lambda: self._queue.busy or self._views.naming,
        )

    def _visited(self, number: str) -> None:
        self._queue.visit(number)
        self._opened_now()

    def _list_of(self, filters: Mapping[str, str]) -> None:
        self._begin_at(ListRequest(filters=filters))
        self.table.focus()

    def _to_requests(self) -> None:
        self._share()
        self.requests.focus()

    # Where the person stood

    def _begin(self) -> None:
        """Where the person stood when they last looked; the keyboard stays where it is."""
        request, number = self._views.start()
        self._begin_at(request)
        if number:
            self._queue.open(number)
            self.case.show()
        self.views.show()
        self._mark()

    def _begin_at(self, request: ListRequest) -> None:
        direction: Direction = "last" if request.backward else "first"
        if request.cursor is not None:
            direction = "prev" if request.backward else "next"
        self.table.start(
            PageRequest(
                request.sort,
                request.descending,
                cursor=request.cursor,
                direction=direction,
                search=request.search,
                filters=request.filters,
            )
        )

    def _fetch(self, request: PageRequest) -> PageReply:
        self._asked = ListRequest(
            sort=request.sort,
            descending=request.descending,
            cursor=request.cursor,
            backward=request.backward,
            search=request.search,
            filters=request.filters,
            size=request.size,
        )
        view = self._queue.fetch(self._asked)
        self.said.show(notice(self._queue.notice, "queue-said"))
        return PageReply(
            [_row(line) for line in view.lines], view.next_cursor, view.previous_cursor, view.total
        )

    def _opened(self, number: str) -> None:
        self._queue.open(number)
        self._opened_now()

    def _opened_now(self) -> None:
        self._share()
        self.case.show(focus=True)
        # The row says now who works on it.
        self.table.refresh()
        self._mark()

    def _bulk(self, action: str, value: str) -> None:
        if action == "bulk-begin":
            self._queue.begin_bulk()
            self.case.show()
        elif action == Step.WITHDRAW:
            self._queue.bulk.cancel()
            self.requests.withdraw(value)
            return
        elif action == "bulk-drop":
            self._queue.bulk.drop(value)
        elif action == "bulk-cancel":
            self._queue.bulk.cancel()
        elif self._queue.bulk.answers(value):
            self._queue.bulk.confirm()
        self._bulk_done(action)

    def _typed(self, given: Submission) -> None:
        """The number of cases was typed in place of pressing the button."""
        if given.button == "cancel":
            self._queue.bulk.cancel()
        else:
            self._queue.bulk.confirm(given.values["typed"])
        self._bulk_done("bulk-typed")

    def _bulk_done(self, action: str) -> None:
        self._changed()
        if self._queue.bulk.listed is None:
            self.table.focus()
        elif action == "bulk-begin":
            self.bulk.focus(bulk_approval.LEAD)

    def _changed(self) -> None:
        self._count()
        self.table.refresh()
        self._mark()

    def _mark(self) -> None:
        self.table.select(self._queue.selected)
        self._share()

    def _follow(self) -> None:
        """Remember where the person stands."""
        before = self._views.notice
        self._views.follow(self._asked, self._queue.selected or "")
        if self._views.notice is not before:
            self.views.show()

    def _share(self) -> None:
        """Without a case the list has the whole width, below what there is to say."""
        self.bulk.show(bulk_approval.markup(self._queue.bulk))
        self._show_second()
        self._follow()
        self._beside.share(opened=self._queue.selected is not None)

    def _show_second(self) -> None:
        """The field for the typed confirmation, and what waits for a second person; neither where the office wants none."""
        bulk = self._queue.bulk
        if bulk.listed is None or not bulk.types:
            self._drop_typed()
        elif self._asked_about != bulk.listed:
            self._drop_typed()
            self._asked_about, self.typed = bulk.listed, bulk_approval.typed_form(bulk, self._typed)
        if self.typed is not None:
            self.typed.set_errors(bulk.errors)
        self._second.children = (*([] if self.typed is None else [self.typed]), *self.requests.widgets())

    def _drop_typed(self) -> None:
        """Closed, the field of an earlier list hears nothing any more: what is still typed there counts for no other list."""
        if self.typed is not None:
            self.typed.close()
        self._asked_about, self.typed = None, None

    def _count(self) -> None:
        buttons = [
            look.button(
                "state",
                words.state_count(one.label, one.count, one.automatic),
                value=one.key,
                testid=f"count-{one.key}",
            )
            for one in self._queue.counts()
        ]
        self.counts.show(look.actions(*buttons))

    def _counted(self, _action: str, value: str) -> None:
        self.table.set_filters({"state": value})


def _row(line: Line) -> Row:
    return Row(
        line.number,
        line.cells,
        {key: tuple(Badge(text, tone) for text, tone in badges) for key, badges in line.badges.items()},
        "error" if line.standing_out else "neutral",
        line.standing_out,
    )
