"""A report as an Excel workbook: one sheet for what needs action, one for each table, with all rows.

It is also printed: each sheet as broad as one page of A4, its headings on every page, what is too long for its column on further lines.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

from ebidadmin.reporting.sheet import Cell, Part, Sheet, breadth

if TYPE_CHECKING:
    from openpyxl.styles import Font
    from openpyxl.worksheet.worksheet import Worksheet

WIDEST = 48
"""The broadest column, in letters of half the width of a kanji, as all widths here."""
LABELS, VALUES = 24, 72
"""Columns of the first sheet."""
UPRIGHT = 100
"""What is broader is printed on a page that lies."""
TAKEN = 0.85
"""How much of a column's width a text certainly has: a kanji is somewhat broader than the two digits in which columns are measured."""
UPRIGHT = 100
"""What is broader is printed on a page that lies."""
TAKEN = 0.85
"""How much of a column's width a text certainly has: a kanji is somewhat broader than the two digits in which columns are measured."""
ABSENT = "-"
"""What stands where there is no number."""
LINE = 18.0
HIGHEST = 400.0
"""The height of one line, and the highest that a row can be, in points."""
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
    heading = len(lines) + 1
    lines += [(sheet.actions_title,)]
    lines += [(line,) for line in sheet.actions or (sheet.all_well,)]
    lines += [(), *sheet.foot]
    _widths(page, [LABELS, VALUES])
    for place, line in enumerate(lines, start=1):
        if len(line) == 1:
            page.merge_cells(start_row=place, start_column=1, end_row=place, end_column=2)
            _row(page, place, line, [LABELS + VALUES])
        else:
            _row(page, place, line, [LABELS, VALUES][: len(line)])
    for place, size in ((1, 16), (heading, 12)):
        page.cell(row=place, column=1).font = _bold(size)
    page.row_dimensions[1].height = 1.5 * LINE
    _printed(page, LABELS + VALUES)


def _table(page: Worksheet, part: Part) -> None:
    rows = part.all_rows or part.rows
    broadest = [
        max(breadth(name), *(breadth(str(row[column])) for row in rows[:200]), 0)
        for column, name in enumerate(part.columns)
    ]
    widths = [min(WIDEST, int(one / TAKEN) + 3) for one in broadest]
    _widths(page, widths)
    numbers = {
        column
        for column in range(len(widths))
        if any(isinstance(row[column], int | float) for row in rows[:200])
    }
    for place, row in enumerate((part.columns, *rows), start=1):
        _row(page, place, row, widths, numbers)
    for cell in page[1]:
        cell.font = _bold(11)
    page.freeze_panes = "A2"
    page.print_title_rows = "1:1"
    _printed(page, sum(widths))


def _widths(page: Worksheet, widths: Sequence[int]) -> None:
    from openpyxl.utils import get_column_letter

    for column, width in enumerate(widths, start=1):
        page.column_dimensions[get_column_letter(column)].width = width


def _bold(size: int) -> Font:
    from openpyxl.styles import Font

    return Font(name="Calibri", bold=True, size=size)


def _printed(page: Worksheet, width: int) -> None:
    """As broad as one page, whatever its length; below it its name and the number of the page."""
    from openpyxl.worksheet.properties import PageSetupProperties

    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.page_setup.orientation = (
        page.ORIENTATION_PORTRAIT if width <= UPRIGHT else page.ORIENTATION_LANDSCAPE
    )
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.oddFooter.left.text = "&A"
    page.oddFooter.right.text = "&P / &N"


def _row(
    page: Worksheet,
    place: int,
    values: tuple[Cell, ...],
    widths: Sequence[int],
    numbers: Collection[int] = (),
) -> None:
    """A row as high as its longest cell needs: not every program that opens it reckons that. ``numbers`` are columns of numbers, in which
    also the word for none stands to the right."""
    from openpyxl.styles import Alignment

    number = Alignment(vertical="top", horizontal="right")
    # Away from the number before it.
    text = Alignment(vertical="top", horizontal="left", wrap_text=True, indent=1)
    highest = 1
    for column, (value, width) in enumerate(zip(values, widths, strict=True), start=1):
        cell = page.cell(row=place, column=column, value=_writable(value))
        if isinstance(value, str):
            # What begins with an equals sign would be taken for a formula.
            cell.data_type = "s"
            lines = sum(-(-max(1, breadth(line)) // int(TAKEN * width)) for line in value.split("\n"))
            highest = max(highest, lines)
        cell.alignment = number if column - 1 in numbers or not isinstance(value, str) else text
    if highest > 1:
        page.row_dimensions[place].height = min(HIGHEST, LINE * highest)


def _writable(value: Cell) -> Cell:
    """Control characters, which no workbook can hold, spelled out."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if not isinstance(value, str):
        return value
    spelled: str = ILLEGAL_CHARACTERS_RE.sub(lambda found: ascii(found[0])[1:-1], value)
    return spelled
