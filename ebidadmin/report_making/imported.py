"""The parts of the report on an import, as its notebook adds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ebidadmin.clock import jst
from ebidadmin.persistence.report_imports import ImportReportReader
from ebidadmin.report_making.writing import ReportDesk, Shown, each, rows_of
from ebidadmin.text import report_tables as words
from ebidadmin.text import reports
from ebidadmin.text.import_lists import reason_label, touching
from ebidadmin.text.imports import SEVERITIES, field_label, shown

if TYPE_CHECKING:
    from ebidadmin.reporting.import_frames import ImportFrames


def frames(desk: ReportDesk) -> ImportFrames:
    """The import that the period names, else the last one. Raises ``NotFoundError``."""
    from ebidadmin.reporting.import_frames import import_frames

    number = int(desk.period) if desk.period.isdigit() else None
    facts = ImportReportReader(desk.engine).imported(number, as_of=desk.as_of)
    desk.fact(words.IMPORT, words.import_number(facts.number))
    desk.fact(words.APPLIED, reports.minute(jst(facts.applied_at)))
    desk.fact(words.BY, facts.by)
    if facts.undoes is not None:
        # It has the name of the file that was undone, and read none.
        desk.fact(words.UNDOING, words.UNDONE.format(undoes=facts.undoes))
    elif facts.corrects is not None:
        desk.fact(words.CORRECTION, facts.reason)
    else:
        desk.fact(words.FILE, facts.file_name)
        desk.fact(words.LAYOUT, facts.layout)
    return import_frames(facts)


def actions(desk: ReportDesk, frames: ImportFrames) -> Shown:
    """Whom somebody has to look at, and what was not taken."""
    facts = frames.facts
    desk.figures((words.counted(name), count) for name, count in facts.counts.items())
    desk.figures(((words.IMPORT_CONCERNED, len(frames.concerned)),))
    return desk.actions(
        words.import_actions(
            touched=len(frames.touched), refused=facts.counts["refused"], warned=len(facts.warnings)
        )
    )


def counts(desk: ReportDesk, frames: ImportFrames) -> tuple[Shown, Shown, Shown]:
    """What the rows did, what was wrong with them, and which fields changed."""
    rows = rows_of(frames.counts, measure=words.counted, count=int)
    fields = rows_of(frames.fields, field=field_label, count=int, concerned=int)
    return (
        desk.table(words.IMPORT_COUNTS, words.IMPORT_COUNT_COLUMNS, rows),
        _problems(desk, frames),
        desk.table(words.IMPORT_FIELDS, words.IMPORT_FIELD_COLUMNS, fields),
    )


def _problems(desk: ReportDesk, frames: ImportFrames) -> Shown:
    """What was wrong with the file; of an import that did not keep that, how many problems there were."""
    rows = rows_of(
        frames.problems,
        severity=lambda severity: SEVERITIES[severity],
        column=lambda column: column or words.NOTHING,
        code=reason_label,
        count=int,
        lines=words.lines,
    )
    untold = frames.facts.problems - int(frames.problems["count"].sum())
    note = words.more_problems(untold) if untold else ""
    return desk.table(words.IMPORT_PROBLEMS, words.PROBLEM_COLUMNS, rows, note=note)


def concerned(desk: ReportDesk, frames: ImportFrames) -> Shown:
    """Suppliers with a registration or an application."""
    found = frames.concerned.sort_values(
        ["touched", "supplier_number"], ascending=[False, True], ignore_index=True
    )
    rows = rows_of(
        found,
        supplier_number=str,
        trade_name=str,
        kind=words.change,
        fields=words.fields_said,
        cards=int,
        has_id=words.present,
        application=lambda number: number or words.NOTHING,
        reasons=lambda reasons: words.to_check(touching(reasons)) if reasons else "",
    )
    return desk.table(words.IMPORT_CONCERNED, words.CONCERNED_COLUMNS, rows)


def changes(desk: ReportDesk, frames: ImportFrames) -> Shown:
    """Everything that changed."""
    rows = tuple(
        (
            words.change(row.kind),
            row.supplier_number,
            row.trade_name,
            field_label(row.field) if row.field else words.NOTHING,
            shown(row.field, row.before) if row.field else "",
            shown(row.field, row.after) if row.field else "",
        )
        for row in each(frames.changes)
    )
    return desk.table(words.IMPORT_CHANGES, words.CHANGE_COLUMNS, rows)
