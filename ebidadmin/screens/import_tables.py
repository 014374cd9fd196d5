"""What a preview shows: the summary, the problems and the changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol, TypeVar

from ebidadmin.domain.ids import SupplierNumber
from ebidadmin.domain.imports import ProblemSeverity, RecordChange, TouchedSupplier
from ebidadmin.presenters.change_pages import TablePage
from ebidadmin.presenters.qualification_import import QualificationImport
from ebidadmin.screens.components import look
from ebidadmin.screens.components.look import EMPTY, Html, Tone
from ebidadmin.screens.components.panel import Panel
from ebidadmin.screens.components.table import (
    Badge,
    Column,
    Filter,
    PageReply,
    PageRequest,
    Row,
    ServerTable,
)
from ebidadmin.screens.notices import notice
from ebidadmin.text import import_lists as lists
from ebidadmin.text import imports as words
from ebidadmin.text.components import TableLabels
from ebidadmin.text.labels import encoding_label

SIZE = 50

PROBLEM_COLUMNS = (
    Column("line", words.PROBLEM_LINE, align="end"),
    Column("severity", words.PROBLEM_SEVERITY),
    Column("column", words.PROBLEM_COLUMN),
    Column("value", words.PROBLEM_VALUE),
    Column("reason", words.PROBLEM_REASON),
)
CHANGE_COLUMNS = (
    Column("supplier", words.CHANGE_SUPPLIER),
    Column("name", words.CHANGE_NAME),
    Column("kind", words.CHANGE_KIND),
    Column("fields", words.CHANGE_FIELDS),
)
TABLE = TableLabels(empty=words.TABLE_EMPTY)


class Foreseen(Protocol):
    """What an import or an undoing would do, page by page."""

    def changes(self, kind: str, *, start: int, size: int) -> TablePage[RecordChange]: ...

    def touched(self, *, start: int, size: int) -> TablePage[TouchedSupplier]: ...

    def eligibility(self, shown: Iterable[TouchedSupplier]) -> Mapping[SupplierNumber, str]: ...


def summary(state: QualificationImport) -> Html:
    """File, counts, the first rows, and what it amounts to."""
    plan = state.plan
    if plan is None:
        return EMPTY
    counts = (
        (words.COUNT_ADDED, words.rows(plan.added)),
        (words.COUNT_CHANGED, words.rows(plan.changed)),
        (words.COUNT_UNCHANGED, words.rows(plan.unchanged)),
        (words.COUNT_VANISHED, words.suppliers(plan.vanished)),
        (words.COUNT_REFUSED, words.rows(plan.refused)),
        (words.COUNT_TOUCHED, words.suppliers(plan.touched)),
    )
    about = (
        (words.FACT_FILE, plan.file_name),
        (words.FACT_LAYOUT, state.layout_title(plan.layout)),
        *(((words.FACT_ENCODING, encoding_label(state.encoding)),) if state.encoding else ()),
        (words.FACT_REGISTER, words.version(plan.register_version)),
        (words.FACT_HASH, plan.file_hash),
    )
    first = state.first_rows
    shown = look.data_table(first.headings, first.rows) if first is not None and first.rows else EMPTY
    return look.join(
        notice(state.verdict, "verdict"),
        look.section(
            words.SECTION_SUMMARY,
            # Of a file whose headings do not fit no row was read: zeros would tell something that nobody knows.
            EMPTY if state.unreadable else look.facts((label, look.badge(text)) for label, text in counts),
            look.facts(about),
            testid="import-counts",
        ),
        look.section(words.SECTION_FIRST_ROWS, shown, testid="first-rows") if shown else EMPTY,
    )


def tables(state: QualificationImport) -> tuple[Panel | ServerTable, ...]:
    """The problems where there are any, and the changes; each below its title."""
    plan = state.plan
    if plan is None:
        return ()
    made: list[Panel | ServerTable] = []
    if plan.problems:
        made += [titled(words.SECTION_PROBLEMS), problems_table(state)]
    if plan.touched and plan.applicable:
        made += [titled(lists.TOUCHED_TITLE, lists.TOUCHED_LEAD), touched_table(state)]
    if not plan.changes_nothing and not state.unreadable:
        counts = {"changed": plan.changed, "vanished": plan.vanished, "added": plan.added}
        made += [titled(words.SECTION_CHANGES), changes_table(state, counts)]
    return tuple(made)


def titled(text: str, lead: str = "") -> Panel:
    """What stands above a table."""
    return Panel(look.join(look.element("h2", text), look.paragraph(lead) if lead else EMPTY))


def problems_table(state: QualificationImport) -> ServerTable:
    """All problems, to be narrowed by severity, reason and column."""

    listed = state.problem_list

    def fetch(request: PageRequest) -> PageReply:
        page = listed.page(request.filters, start=_start(request), size=SIZE)
        if request.direction == "last":
            page = listed.page(request.filters, start=page.last_start, size=SIZE)
        rows = [
            Row(
                f"{one.line}/{one.column}/{one.code}",
                {"line": f"{one.line:,}", "column": one.column, "value": one.value, "reason": sentence},
                {"severity": (_severity(one.severity),)},
            )
            for sentence, one in page.items
        ]
        return _reply(rows, page)

    return ServerTable(
        PROBLEM_COLUMNS,
        fetch,
        sort="line",
        size=SIZE,
        filters=[Filter(key, label, options) for key, label, options in listed.filters()],
        searchable=False,
        caption=words.PROBLEMS_CAPTION,
        labels=TABLE,
        testid="problems",
    )


def touched_table(state: Foreseen, *, eligibility: str = lists.TOUCHED_ELIGIBILITY) -> ServerTable:
    """Suppliers with a registration or an open application whom it concerns, by supplier number. ``eligibility`` is the heading of what
    they may today."""
    columns = (
        Column("supplier", lists.TOUCHED_SUPPLIER),
        Column("name", lists.TOUCHED_NAME),
        Column("reasons", lists.TOUCHED_REASONS),
        Column("eligibility", eligibility),
        Column("enterprise_id", lists.TOUCHED_ENTERPRISE),
        Column("application", lists.TOUCHED_APPLICATION),
    )

    def fetch(request: PageRequest) -> PageReply:
        page = state.touched(start=_start(request), size=SIZE)
        if request.direction == "last":
            page = state.touched(start=page.last_start, size=SIZE)
        may = state.eligibility(page.items)
        return _reply([_touched(one, may[one.supplier_number]) for one in page.items], page)

    return ServerTable(
        columns,
        fetch,
        sort="supplier",
        size=SIZE,
        searchable=False,
        caption=lists.TOUCHED_CAPTION,
        labels=TABLE,
        testid="touched",
    )


def _touched(one: TouchedSupplier, eligibility: str) -> Row:
    return Row(
        one.supplier_number,
        {
            "supplier": one.supplier_number,
            "name": one.trade_name,
            "reasons": lists.touching(one.reasons),
            "eligibility": eligibility,
            "enterprise_id": one.enterprise_id or lists.NOTHING,
            "application": one.application or lists.NOTHING,
        },
    )


def changes_table(
    state: Foreseen,
    counts: Mapping[str, int],
    *,
    kinds: Mapping[str, str] = words.KINDS,
    caption: str = words.CHANGES_CAPTION,
) -> ServerTable:
    """Changes of one kind or of all, kind after kind, by supplier number. ``kinds`` are the words for the kinds."""
    present = tuple((kind, kinds[kind]) for kind, count in counts.items() if count)

    def fetch(request: PageRequest) -> PageReply:
        kind = request.filters.get("kind", "")
        page = state.changes(kind, start=_start(request), size=SIZE)
        if request.direction == "last":
            page = state.changes(kind, start=page.last_start, size=SIZE)
        return _reply([_change(change, kinds) for change in page.items], page)

    return ServerTable(
        CHANGE_COLUMNS,
        fetch,
        sort="supplier",
        size=SIZE,
        filters=[Filter("kind", words.CHANGE_KIND, present)],
        searchable=False,
        caption=caption,
        labels=TABLE,
        testid="changes",
    )


def _change(change: RecordChange, kinds: Mapping[str, str]) -> Row:
    changed = (words.field_change(one.field, one.old, one.new) for one in change.fields)
    return Row(
        change.supplier_number,
        {
            "supplier": change.supplier_number,
            "name": change.trade_name,
            "kind": kinds[change.kind],
            "fields": words.listed(changed),
        },
    )


T = TypeVar("T")


def _severity(severity: ProblemSeverity) -> Badge:
    tone: Tone = "error" if severity is ProblemSeverity.ERROR else "warning"
    return Badge(words.SEVERITIES[severity.value], tone)


def _start(request: PageRequest) -> int:
    return int(request.cursor) if request.cursor is not None else 0


def _reply(rows: list[Row], page: TablePage[T]) -> PageReply:
    return PageReply(
        rows,
        None if page.next_start is None else str(page.next_start),
        None if page.previous_start is None else str(page.previous_start),
        page.total,
    )
