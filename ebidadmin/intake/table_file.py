"""A table for people as a file that a spreadsheet opens without computing anything in it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from ebidadmin.domain.layouts import defuse
from ebidadmin.errors import InputError
from ebidadmin.intake.exports import WORKBOOK, check_form
from ebidadmin.intake.whole_files import whole_text


def check_table_name(path: Path) -> None:
    """Raises ``InputError`` ``export-form`` for a name that promises a workbook."""
    check_form(path)
    if path.suffix.lower() == WORKBOOK:
        raise InputError("export-form", file=path.name)


def write_table(path: Path, heading: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """Write rows as CSV (UTF-8 with BOM, CRLF), cells that could be taken for formulas with a quote in front; the number of rows.

    The file is made beside ``path`` and put in its place when it is whole. Raises ``InputError``: ``export-form``, ``file-unwritable``.
    """
    check_table_name(path)
    count = 0
    with whole_text(path, encoding="utf-8-sig") as stream:
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow(heading)
        for cells in rows:
            writer.writerow([defuse(cell) for cell in cells])
            count += 1
    return count
