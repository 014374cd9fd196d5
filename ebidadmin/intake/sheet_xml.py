"""What the fast reader of Excel files does not tell: formulas, error values and number formats, from the XML of one sheet."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from xml.parsers import expat

from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils.cell import coordinate_to_tuple

CHUNK = 1 << 20
_SEAM = 64
_TELLING = re.compile(rb"<(?:\w+:)?f[\s/>]|\st\s*=\s*[\"']e[\"']")

Place = tuple[int, int]
"""Row counted from 1, column counted from 0."""


@dataclass(slots=True)
class Details:
    """``formats`` holds the number formats of the cells in the columns asked for that are not general; ``errors`` the words; ``part`` is
    where the sheet lies in the file, empty for a file of another form."""

    part: str = ""
    formulas: set[Place] = field(default_factory=set)
    errors: dict[Place, str] = field(default_factory=dict)
    formats: dict[Place, str] = field(default_factory=dict)


def details(path: str, sheet: str, columns: set[int]) -> Details:
    """The details of one sheet. Nothing for a file of another form (.xls), whose formats nobody here can see. A sheet that has neither
    formulas nor errors is not parsed when no ``columns`` are asked for."""
    found = Details()
    if not zipfile.is_zipfile(path):
        return found
    with zipfile.ZipFile(path) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            return found
        part, formats = _part_and_formats(path, sheet)
        found.part = part
        with archive.open(part) as stream:
            telling = any(_TELLING.search(chunk) for chunk in _overlapping(stream))
        if telling or columns:
            with archive.open(part) as stream:
                _Parser(found, formats, columns).parse(stream)
    return found


def _part_and_formats(path: str, sheet: str) -> tuple[str, list[str]]:
    """Where a sheet lies in the file, and the number format of each cell style."""
    # Of a path the library would look at the name.
    with Path(path).open("rb") as stream:
        reader = ExcelReader(stream, read_only=True, keep_links=False)
        reader.read_manifest()
        reader.read_workbook()
        apply_stylesheet(reader.archive, reader.wb)
        part = next(rel.target for item, rel in reader.parser.find_sheets() if item.name == sheet)
        own = dict(enumerate(reader.wb._number_formats, start=164))
        return part, [own.get(style.numFmtId, "") for style in reader.wb._cell_styles]


def _overlapping(stream: IO[bytes]) -> Iterator[bytes]:
    before = b""
    while chunk := stream.read(CHUNK):
        yield before + chunk
        before = chunk[-_SEAM:]


class _Parser:
    def __init__(self, found: Details, formats: list[str], columns: set[int]) -> None:
        self.found = found
        self.formats = formats
        self.columns = columns
        self.row, self.column = 0, -1
        self.text: list[str] | None = None

    def parse(self, stream: IO[bytes]) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        try:
            while chunk := stream.read(CHUNK):
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise ValueError("the sheet is no XML") from error

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        match name.rpartition(":")[2]:
            case "row":
                self.row, self.column = int(attributes.get("r", self.row + 1)), -1
            case "c":
                self._cell(attributes)
            case "f":
                self.found.formulas.add((self.row, self.column))

    def _cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        if reference is None:
            self.column += 1
        else:
            row, column = coordinate_to_tuple(reference)
            self.row, self.column = row, column - 1
        if attributes.get("t") == "e":
            self.text = []
        if self.column in self.columns:
            style = int(attributes.get("s", 0))
            form = self.formats[style] if style < len(self.formats) else ""
            if form:
                self.found.formats[self.row, self.column] = form

    def _characters(self, text: str) -> None:
        if self.text is not None:
            self.text.append(text)

    def _end(self, name: str) -> None:
        if name.rpartition(":")[2] == "c" and self.text is not None:
            # The text of a formula comes before its error value.
            self.found.errors[self.row, self.column] = "#" + "".join(self.text).rpartition("#")[2].strip()
            self.text = None
