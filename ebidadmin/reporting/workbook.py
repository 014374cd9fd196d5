"""A report as an Excel workbook: one sheet for what needs action, one for each table, with all rows."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from ebidadmin.reporting.sheet import Cell, Part, Sheet

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

WIDEST = 48
LONGEST_NAME = 31
"""What Excel takes as the name of a sheet."""

_FORBIDDEN = dict.fromkeys(map(ord, "[]:*?/\\"), "-")


def workbook(sheet: Sheet) -> bytes:
    """The file. Text is text: nothing in it is computed, leading zeros and long numbers stay."""
    from openpyxl import Workbook

    book = Workbook()
    front: Any = book.active
    _front(front, sheet)
    for part in sheet.parts:
        if part.columns:
            made = book.create_sheet(part.title.translate(_FORBIDDEN)[:LONGEST_NAME])
            _table(made, part)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _front(page: Worksheet, sheet: Sheet) -> None:
    page.title = sheet.actions_title.translate(_FORBIDDEN)[:LONGEST_NAME]
    lines: list[tuple[Cell, ...]] = [(sheet.title,), (sheet.subtitle,), (), *sheet.facts, ()]
    lines += [(line,) for line in sheet.actions or (sheet.all_well,)]
    lines += [(), *sheet.foot]
    for place, line in enumerate(lines, start=1):
        _row(page, place, line)
    page.column_dimensions["A"].width = WIDEST
    page.column_dimensions["B"].width = WIDEST


def _table(page: Worksheet, part: Part) -> None:
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    _row(page, 1, part.columns)
    for cell in page[1]:
        cell.font = Font(bold=True)
    rows = part.all_rows or part.rows
    for place, row in enumerate(rows, start=2):
        _row(page, place, row)
    page.freeze_panes = "A2"
    for column, name in enumerate(part.columns, start=1):
        longest = max((len(str(row[column - 1])) for row in rows[:200]), default=0)
        page.column_dimensions[get_column_letter(column)].width = min(WIDEST, 2 * max(len(name), longest) + 2)


def _row(page: Worksheet, place: int, values: tuple[Cell, ...]) -> None:
    for column, value in enumerate(values, start=1):
        cell = page.cell(row=place, column=column, value=_writable(value))
        if isinstance(value, str):
            # What begins with an equals sign would be taken for a formula.
            cell.data_type = "s"


def _writable(value: Cell) -> Cell:
    """Control characters, which no workbook can hold, spelled out."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if not isinstance(value, str):
        return value
    spelled: str = ILLEGAL_CHARACTERS_RE.sub(lambda found: ascii(found[0])[1:-1], value)
    return spelled
