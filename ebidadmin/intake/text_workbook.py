"""A workbook whose cells are all text, written as it is read: what a spreadsheet opens as it stands, and nothing in it is ever computed.

Written by hand because the well-known libraries hold or build an object for each cell: for 100,000 records of 25 columns they take minutes
where this takes seconds. The tests read it back with two of them.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from functools import cache
from typing import IO
from xml.sax.saxutils import escape

from openpyxl.utils.cell import get_column_letter

from ebidadmin.errors import InputError

MAX_ROWS = 1_048_576
"""Rows of a sheet (Excel's specification)."""

MAX_CELL = 32_767
"""Characters of a cell (Excel's specification)."""

PLAIN, HEADING = 1, 2
"""Styles: text, and text in bold. Style 0 would be general, under which a spreadsheet takes the zeros away when somebody edits a number."""

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

# Excel's own way to write a character that XML has no place for; a text that looks like that is escaped itself.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_SPECIAL = re.compile("[\x00-\x08\x0b-\x1f<>&_\ufffe\uffff]")
_LOOKALIKE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")

_TYPES = f"""{_HEAD}<Types xmlns="{_PACKAGE}/content-types">\
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>\
<Default Extension="xml" ContentType="application/xml"/>\
<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>\
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>\
<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>"""
_STYLES = f"""{_HEAD}<styleSheet xmlns="{_MAIN}">\
<fonts count="2"><font><sz val="11"/></font><font><b/><sz val="11"/></font></fonts>\
<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>\
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>\
<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>\
<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>\
<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/></cellXfs>\
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"""


def write_text_workbook(
    stream: IO[bytes],
    rows: Iterable[tuple[int, Sequence[str]]],
    *,
    sheet: str,
    headings: int = 1,
    file: str = "",
) -> int:
    """Write one sheet of text cells and answer how many rows it has. ``rows`` come with their number in the sheet, ascending; those up to
    ``headings`` are bold and stay in view. Raises ``InputError`` ``excel-too-many-rows``."""
    count = 0
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=5) as archive:
        for name, content in _parts(sheet):
            archive.writestr(name, content)
        # The size is not known beforehand and may need the larger fields of the format.
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            out = io.TextIOWrapper(part, encoding="utf-8", newline="")
            out.write(f'{_HEAD}<worksheet xmlns="{_MAIN}">{_view(headings)}<sheetData>')
            for number, cells in rows:
                if number > MAX_ROWS:
                    raise InputError("excel-too-many-rows", file=file, limit=MAX_ROWS)
                out.write(_row(number, cells, HEADING if number <= headings else PLAIN))
                count += 1
            out.write("</sheetData></worksheet>")
            out.flush()
            out.detach()
    return count


def text_cell(place: str, text: str, style: int | None = None, prefix: str = "") -> str:
    """One cell that holds exactly this text, whatever it looks like; ``prefix`` is that of the sheet's elements."""
    styled = "" if style is None else f' s="{style}"'
    if prefix:
        inner = f'<{prefix}is><{prefix}t xml:space="preserve">{cell_text(text)}</{prefix}t></{prefix}is>'
        return f'<{prefix}c r="{place}"{styled} t="inlineStr">{inner}</{prefix}c>'
    return f'<c r="{place}"{styled} t="inlineStr"><is><t xml:space="preserve">{cell_text(text)}</t></is></c>'


def cell_text(text: str) -> str:
    """A text as the inside of an element."""
    cut = text if len(text) <= MAX_CELL else text[: MAX_CELL - 1] + "\u2026"
    if not _SPECIAL.search(cut):
        return cut
    apart = _LOOKALIKE.sub("_x005F_", cut)
    return _UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", escape(apart)).replace("\r", "&#13;")


def _row(number: int, cells: Sequence[str], style: int) -> str:
    made = "".join(
        text_cell(f"{_letter(place)}{number}", text, style)
        for place, text in enumerate(cells, start=1)
        if text
    )
    return f'<row r="{number}">{made}</row>'


_letter = cache(get_column_letter)


def _view(headings: int) -> str:
    if not headings:
        return ""
    pane = f'<pane ySplit="{headings}" topLeftCell="A{headings + 1}" activePane="bottomLeft" state="frozen"/>'
    return f'<sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews>'


def _parts(sheet: str) -> tuple[tuple[str, str], ...]:
    relation = f'<Relationships xmlns="{_PACKAGE}/relationships">'
    root = f'{_HEAD}{relation}<Relationship Id="rId1" Type="{_DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    inner = (
        f'{_HEAD}{relation}<Relationship Id="rId1" Type="{_DOCUMENT}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_DOCUMENT}/styles" Target="styles.xml"/></Relationships>'
    )
    book = (
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_DOCUMENT}">'
        f'<sheets><sheet name="{escape(sheet)}" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    return (
        ("[Content_Types].xml", _TYPES),
        ("_rels/.rels", root),
        ("xl/workbook.xml", book),
        ("xl/_rels/workbook.xml.rels", inner),
        ("xl/styles.xml", _STYLES),
    )
