"""A table for people as a file that a spreadsheet opens without computing anything in it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from ebidadmin.domain.layouts import defuse
from ebidadmin.errors import InputError
from ebidadmin.intake.exports import WORKBOOK, check_form


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
    part = path.with_name(f".{path.name}.part")
    count = 0
    try:
        with part.open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\r\n")
            writer.writerow(heading)
            for cells in rows:
                writer.writerow([defuse(cell) for cell in cells])
                count += 1
        part.replace(path)
    except OSError as error:
        raise InputError("file-unwritable", file=path.name) from error
    finally:
        # Where the place is no folder there is nothing to clear away either.
        with suppress(OSError):
            part.unlink()
    return count
