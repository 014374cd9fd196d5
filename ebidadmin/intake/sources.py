"""Which reader a register file needs, by what is in it; its name may say anything."""

from __future__ import annotations

from pathlib import Path

from ebidadmin.domain.layouts import Layout
from ebidadmin.errors import InputError
from ebidadmin.intake.csv import CsvSource
from ebidadmin.intake.excel import ExcelSource
from ebidadmin.intake.tabular import TabularSource

_WORKBOOKS = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
"""How a zip archive (.xlsx) and an OLE compound file (.xls, or an encrypted .xlsx) begin."""


def open_source(path: Path, layout: Layout) -> TabularSource:
    """The source of a file. A file that cannot be opened is told when it is read.

    Raises ``InputError``: ``file-not-a-file`` for a folder, a pipe or a device, which may have no end and cannot be read twice.
    """
    if path.exists() and not path.is_file():
        raise InputError("file-not-a-file", file=path.name)
    try:
        with path.open("rb") as stream:
            start = stream.read(8)
    except OSError:
        start = b""
    return ExcelSource(path, layout) if start.startswith(_WORKBOOKS) else CsvSource(path, layout)
