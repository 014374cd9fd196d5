"""Workbooks for tests: written by openpyxl and xlwt, or put together from parts where a library would write no such file."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = "xl/worksheets/sheet1.xml"


def workbook(path: Path, rows: Sequence[Sequence[Any]], change: Callable[[Any], None] | None = None) -> Path:
    """One sheet of ``rows``, its cells then changed by ``change``."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    if change is not None:
        change(book.active)
    with path.open("wb") as stream:
        book.save(stream)
    return path


def old_workbook(path: Path, rows: Sequence[Sequence[Any]]) -> Path:
    """The same in the form of Excel 97."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import xlwt

        book = xlwt.Workbook()
        sheet = book.add_sheet("Sheet")
        for at, row in enumerate(rows):
            for place, value in enumerate(row):
                sheet.write(at, place, value)
        book.save(str(path))
    return path


def patched(path: Path, parts: Mapping[str, bytes], *, shared: bytes = b"") -> Path:
    """A workbook with parts replaced; ``shared`` are the items of the table of shared texts."""
    whole = io.BytesIO()
    openpyxl.Workbook().save(whole)
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = parts.get(name, source.read(name))
            if shared and name == "xl/_rels/workbook.xml.rels":
                kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
                link = (
                    b'<Relationship Type="%s" Target="sharedStrings.xml" Id="rIdS"/></Relationships>' % kind
                )
                data = data.replace(b"</Relationships>", link)
            if name != "xl/sharedStrings.xml":
                target.writestr(name, data)
        if shared:
            target.writestr("xl/sharedStrings.xml", f'<sst xmlns="{MAIN}">'.encode() + shared + b"</sst>")
    return path


def sheet(rows: bytes) -> bytes:
    return f'<worksheet xmlns="{MAIN}"><sheetData>'.encode() + rows + b"</sheetData></worksheet>"
