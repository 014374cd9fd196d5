"""What a preview shows: the summary, the problems and the changes."""

from __future__ import annotations

from typing import TypeVar

from ebidadmin.domain.imports import ProblemSeverity, RecordChange
from ebidadmin.presenters.change_pages import TablePage
from ebidadmin.presenters.qualification_import import QualificationImport
from ebidadmin.screens.components import look
from ebidadmin.screens.components.look import EMPTY, Html, Tone
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
from ebidadmin.text import imports as words

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


def summary(state: QualificationImport) -> Html:
    """File, counts, the first rows, and what it amounts to."""
    plan = state.plan
    if plan is None:
        return EMPTY
    counts = (
        (words.COUNT_ADDED, plan.added),
        (words.COUNT_CHANGED, plan.changed),
        (words.COUNT_UNCHANGED, plan.unchanged),
        (words.COUNT_VANISHED, plan.vanished),
        (words.COUNT_REFUSED, plan.refused),
    )
    about = (
        (words.FACT_FILE, plan.file_name),
        (words.FACT_LAYOUT, plan.layout),
        (words.FACT_REGISTER, words.version(plan.register_version)),
        (words.FACT_HASH, plan.file_hash),
    )
    first = state.first_rows
    rows = look.data_table(first.headings, first.rows) if first is not None else EMPTY
    return look.join(
        notice(state.verdict, "verdict"),
        look.section(
            words.SECTION_SUMMARY,
            look.facts((label, look.badge(words.rows(count))) for label, count in counts),
            look.facts(((words.COUNT_TOUCHED, look.badge(words.suppliers(plan.touched))),)),
            look.facts(about),
            testid="import-counts",
        ),
        look.section(words.SECTION_FIRST_ROWS, rows, testid="first-rows"),
    )


def tables(state: QualificationImport) -> tuple[ServerTable, ...]:
    """The problems where there are any, and the changes."""
    plan = state.plan
    if plan is None:
        return ()
    made = [] if not plan.problems else [problems_table(state)]
    if not plan.changes_nothing:
        made.append(changes_table(state))
    return tuple(made)


def problems_table(state: QualificationImport) -> ServerTable:
    """All problems, to be filtered by severity."""

    def fetch(request: PageRequest) -> PageReply:
        severity = request.filters.get("severity", "")
        page = state.problems(severity, start=_start(request), size=SIZE)
        if request.direction == "last":
            page = state.problems(severity, start=page.last_start, size=SIZE)
        rows = [
            Row(
                f"{one.line}/{one.column}/{one.code}",
                {"line": f"{one.line:,}", "column": one.column, "value": one.value, "reason": sentence},
                {"severity": (_severity(one.severity),)},
            )
            for sentence, one in page.items
        ]
        return _reply(rows, page)

    options = tuple((severity.value, words.SEVERITIES[severity.value]) for severity in ProblemSeverity)
    return ServerTable(
        PROBLEM_COLUMNS,
        fetch,
        sort="line",
        size=SIZE,
        filters=[Filter("severity", words.PROBLEM_SEVERITY, options)],
        searchable=False,
        caption=words.PROBLEMS_CAPTION,
        testid="problems",
    )


def changes_table(state: QualificationImport) -> ServerTable:
    """Changes of one kind at a time, by supplier number."""
    plan = state.plan
    present = [
        kind
        for kind, count in (
            ("changed", plan.changed if plan else 0),
            ("vanished", plan.vanished if plan else 0),
            ("added", plan.added if plan else 0),
        )
        if count
    ]

    def fetch(request: PageRequest) -> PageReply:
        kind = request.filters.get("kind") or present[0]
        page = state.changes(kind, start=_start(request), size=SIZE)
        if request.direction == "last":
            page = state.changes(kind, start=page.last_start, size=SIZE)
        return _reply([_change(change) for change in page.items], page)

    return ServerTable(
        CHANGE_COLUMNS,
        fetch,
        sort="supplier",
        size=SIZE,
        filters=[Filter("kind", words.CHANGE_KIND, tuple((kind, words.KINDS[kind]) for kind in present))],
        initial_filters={"kind": present[0]},
        searchable=False,
        caption=words.CHANGES_CAPTION,
        testid="changes",
    )


def _change(change: RecordChange) -> Row:
    changed = (words.field_change(one.field, one.old, one.new) for one in change.fields)
    return Row(
        change.supplier_number,
        {
            "supplier": change.supplier_number,
            "name": change.trade_name,
            "kind": words.KINDS[change.kind],
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
