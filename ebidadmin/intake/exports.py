"""The register as a file for people: text or a workbook, both read again without a change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from ebidadmin.domain.layouts import Layout, defuse
from ebidadmin.domain.qualifications import Qualification
from ebidadmin.errors import InputError
from ebidadmin.intake.csv import register_rows, write_register
from ebidadmin.intake.text_workbook import write_text_workbook
from ebidadmin.intake.whole_files import whole_file
from ebidadmin.text.imports import EXPORT_SHEET

WORKBOOK = ".xlsx"
FOREIGN = frozenset({".xls", ".xlsm", ".xlsb", ".ods"})
"""Ends of names that promise what is not written here."""


def check_form(path: Path) -> None:
    """Raises ``InputError`` ``export-form`` for a name that promises what is not written here."""
    if path.suffix.lower() in FOREIGN:
        raise InputError("export-form", file=path.name)


def export_register(
    path: Path, records: Iterable[Qualification], layout: Layout, further: Sequence[str]
) -> int:
    """Write records as ``write_register`` does, or as a workbook where the name says so; the number of records.

    Raises ``InputError``: ``export-form``, ``file-unwritable``, ``excel-too-many-rows``.
    """
    check_form(path)
    if path.suffix.lower() != WORKBOOK:
        return write_register(path, records, layout, further)
    # A cell of text is never computed and needs no quote in front; but a quote of its own would be taken for one when it is read.
    rows = (
        [defuse(cell) if layout.defused and cell.startswith("'") else cell for cell in cells]
        for cells in register_rows(records, layout, further)
    )
    with whole_file(path) as stream:
        count = write_text_workbook(stream, enumerate(rows, start=1), sheet=EXPORT_SHEET, file=path.name)
    return count - 1
