"""One Excel workbook as lines of JSON, in a process of its own: ``python -m ebidadmin.intake.unpack FILE HEADINGS``.

A small workbook may unpack into anything: a sheet of 17 thousand million cells, a text of 32 kB repeated for every row. The libraries that
read it hold a sheet in memory and end the process when there is none left, so they work under limits where nobody else is.

A line is ``[row, texts, marks]``: the row as Excel counts it, the text of each cell from the first used column, and the signs of ``MARKS``
by column. Rows without text are left out. What there is to say about the sheet goes to the error stream as one JSON object.
"""

from __future__ import annotations

import json
import resource
import sys
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from ebidadmin.intake.sheet_xml import Details, details

NUMBER, FORMULA, ERROR, IMPRECISE = "nfep"
"""Marks: a number in a column of interest whose format does not show its digits; a formula's value; an Excel error; a number of which Excel
has lost the last digits."""

MEMORY = 420 << 20
"""Bytes of address space; some 100 MB of it are the interpreter and its libraries."""

SECONDS = 120
EXACT = 10**15
"""Excel keeps 15 digits of a number."""

HEADING_ROWS = 40
UNREADABLE, TOO_LARGE = 2, 3

_DAY = time()


def main(arguments: Sequence[str]) -> int:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    path, headings = arguments[0], frozenset(json.loads(arguments[1]))
    try:
        # By the stream, not by the name: what counts is the content.
        with Path(path).open("rb") as stream:
            facts = unpack(path, CalamineWorkbook.from_filelike(stream), headings)
    except MemoryError:
        return TOO_LARGE
    except (CalamineError, OSError, zipfile.BadZipFile, KeyError, ValueError):
        return UNREADABLE
    sys.stderr.write(json.dumps(facts))
    return 0


def unpack(path: str, workbook: CalamineWorkbook, headings: frozenset[str]) -> dict[str, Any]:
    """Write the first visible sheet that has something. The facts: its name, part of the file, first column and last
    row, merged ranges, other such sheets."""
    names = [
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.typ is SheetTypeEnum.WorkSheet and sheet.visible is SheetVisibleEnum.Visible
    ]
    facts: dict[str, Any] = {"sheet": None, "part": "", "first": 0, "rows": 0, "others": [], "merged": []}
    for name in names:
        sheet = workbook.get_sheet_by_name(name)
        if sheet.end is None:
            continue
        if facts["sheet"] is not None:
            facts["others"].append(name)
            continue
        facts |= {"sheet": name, "rows": sheet.end[0] + 1, "merged": sheet.merged_cell_ranges or []}
        facts["first"] = sheet.start[1] if sheet.start else 0
        facts["part"] = _write(path, sheet, headings)
    return facts


def _write(path: str, sheet: CalamineSheet, headings: frozenset[str]) -> str:
    """Write the rows; where the sheet lies in the file."""
    first = sheet.start[1] if sheet.start else 0
    asked = _columns(sheet, headings)
    numbers = any(type(row[place]) in (int, float) for row in sheet.iter_rows() for place in asked)
    found = details(path, sheet.name, {first + place for place in asked} if numbers else set())
    for number, row in enumerate(sheet.iter_rows(), start=1):
        texts, marks = [], {}
        for place, value in enumerate(row):
            text, mark = _cell(value, place in asked, found, (number, first + place))
            texts.append(text)
            if mark:
                marks[place] = mark
        if any(texts):
            sys.stdout.write(json.dumps([number, texts, marks], ensure_ascii=False) + "\n")
    return found.part


def _columns(sheet: CalamineSheet, headings: frozenset[str]) -> frozenset[int]:
    """The columns under one of the headings; every column when none is named."""
    if not headings:
        return frozenset(range(sheet.width))
    found: set[int] = set()
    for number, row in enumerate(sheet.iter_rows()):
        if number >= HEADING_ROWS + (sheet.start[0] if sheet.start else 0):
            break
        for place, value in enumerate(row):
            if isinstance(value, str) and value.replace("\r", "").replace("\n", "").strip() in headings:
                found.add(place)
    return frozenset(found)


def _cell(value: object, asked: bool, found: Details, place: tuple[int, int]) -> tuple[str, str]:
    mark = FORMULA if place in found.formulas else ""
    if place in found.errors:
        return found.errors[place], mark + ERROR
    if isinstance(value, bool):
        return str(value).upper(), mark
    if isinstance(value, int | float):
        return _number(value, asked, found.formats.get(place, ""), mark)
    if isinstance(value, datetime):
        return (value.date() if value.time() == _DAY else value).isoformat(), mark
    if isinstance(value, date | time):
        return value.isoformat(), mark
    return str(value), mark


def _number(value: float, asked: bool, form: str, mark: str) -> tuple[str, str]:
    if value != int(value):
        return repr(value), mark
    text = str(int(value))
    if abs(value) >= EXACT:
        return text, mark + IMPRECISE
    if not asked:
        return text, mark
    shown = with_digits(text, form)
    return (text, mark + NUMBER) if shown is None else (shown, mark)


def with_digits(digits: str, form: str) -> str | None:
    """A whole number as its format shows it (``000000000``, ``000-0000``); ``None`` when the format does not show that many digits."""
    pattern = form.partition(";")[0].replace("\\", "").replace('"', "")
    if not digits.isdecimal() or set(pattern) - {"0", "-"} or pattern.count("0") < max(2, len(digits)):
        return None
    left = iter(digits.zfill(pattern.count("0")))
    return "".join(next(left) if sign == "0" else sign for sign in pattern)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
