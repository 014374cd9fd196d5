"""A workbook as it goes back to its sender: two cells more in the rows of the sheet that was read, everything else byte for byte.

A library that reads a workbook and writes it again loses what it does not know (drawings, validations, the look), and holds it all in
memory. Here the rows of one part are passed through, and the other parts are copied.
"""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

from openpyxl.utils.cell import column_index_from_string, get_column_letter

from ebidadmin.intake.text_workbook import text_cell

CHUNK = 1 << 20
HEAD_LIMIT = 1 << 22
"""Bytes before the first row; more than that is no sheet that a person made."""

OTHER_PARTS = 300 << 20
"""Bytes, unpacked, of all other parts; a workbook of more is written anew rather than copied."""

WIDTHS = (24, 80)
"""Of the two columns, in characters."""


class UnfitSheetError(Exception):
    """The sheet is written in a way that cannot be passed through."""


def write_with_cells(
    stream: IO[bytes],
    path: Path,
    *,
    part: str,
    columns: tuple[int, int],
    cells: Mapping[int, tuple[str, str]],
    clear: bool,
) -> None:
    """Write the workbook at ``path`` with ``cells`` (by row) in two columns of the sheet in ``part``. ``clear``:
    whatever rows have in these columns is taken out. Raises ``UnfitSheetError`` after having written part of it."""
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        names = [item.filename for item in source.infolist()]
        others = sum(item.file_size for item in source.infolist() if item.filename != part)
        if part not in names or len(names) != len(set(names)) or others > OTHER_PARTS:
            raise UnfitSheetError
        for item in source.infolist():
            with source.open(item) as old, target.open(item.filename, "w", force_zip64=True) as new:
                if item.filename != part:
                    shutil.copyfileobj(old, new, CHUNK)
                    continue
                for piece in _passed(old, columns, cells, clear):
                    new.write(piece)


def _passed(
    stream: IO[bytes], columns: tuple[int, int], cells: Mapping[int, tuple[str, str]], clear: bool
) -> Iterator[bytes]:
    head, buffer, prefix = _head(stream)
    yield _with_widths(head, prefix, columns)
    sheet = _Rows(prefix, columns, cells, clear)
    opening = re.compile(rb"<%srow(?=[\s/>])[^>]*>" % prefix)
    closing = b"</%srow>" % prefix
    while True:
        chunk = stream.read(CHUNK)
        buffer += chunk
        if b"<!" in buffer:
            # A comment or unparsed text could hold anything that looks like a row.
            raise UnfitSheetError
        place = 0
        while found := opening.search(buffer, place):
            end = (
                found.end() if found[0].endswith(b"/>") else buffer.find(closing, found.end()) + len(closing)
            )
            if end < found.end():
                break
            yield buffer[place : found.start()]
            yield sheet.row(found[0], buffer[found.end() : end - len(closing)], buffer[found.start() : end])
            place = end
        # The beginning of the next row may have come without its end.
        rest = found.start() if found else buffer.rfind(b"<", place)
        rest = len(buffer) if rest < 0 else rest
        if not chunk:
            if found:
                raise UnfitSheetError
            yield buffer[place:]
            return
        yield buffer[place:rest]
        buffer = buffer[rest:]


def _head(stream: IO[bytes]) -> tuple[bytes, bytes, bytes]:
    """What stands before the rows, the rest of what was read, and the prefix of the elements."""
    buffer = b""
    while chunk := stream.read(CHUNK):
        buffer += chunk
        found = re.search(rb"<((?:\w+:)?)sheetData(?=[\s>])[^>]*>", buffer)
        if found and not found[0].endswith(b"/>"):
            if b"<!" in buffer[: found.end()]:
                break
            return buffer[: found.end()], buffer[found.end() :], found[1]
        if len(buffer) > HEAD_LIMIT:
            break
    raise UnfitSheetError


def _with_widths(head: bytes, prefix: bytes, columns: tuple[int, int]) -> bytes:
    """The head without the range of the cells, which grows, and with widths for the two columns where nothing is said of them."""
    head = re.sub(rb"<%sdimension\b[^>]*/>" % prefix, b"", head)
    told = b"".join(
        b'<%scol min="%d" max="%d" width="%d" customWidth="1"/>' % (prefix, column + 1, column + 1, width)
        for column, width in zip(columns, WIDTHS, strict=True)
    )
    end = b"</%scols>" % prefix
    if end not in head:
        before, sign, after = head.rpartition(b"<%ssheetData" % prefix)
        return before + b"<%scols>" % prefix + told + end + sign + after
    said = head[: head.index(end)]
    if any(int(last) > columns[0] for last in re.findall(rb'\bmax="(\d+)"', said)):
        return head
    return head.replace(end, told + end, 1)


class _Rows:
    """Rows one after the other: each gets its two cells in their places."""

    def __init__(
        self, prefix: bytes, columns: tuple[int, int], cells: Mapping[int, tuple[str, str]], clear: bool
    ) -> None:
        self._prefix, self._columns, self._cells, self._clear = prefix, columns, cells, clear
        self._cell = re.compile(rb"<%sc(?=[\s/>])([^>]*?)(?:/>|>.*?</%sc>)" % (prefix, prefix), re.DOTALL)
        self._number = 0

    def row(self, opening: bytes, inside: bytes, whole: bytes) -> bytes:
        said = re.search(rb'\sr="(\d+)"', opening)
        self._number = int(said[1]) if said else self._number + 1
        added = self._cells.get(self._number, ("", ""))
        if opening.endswith(b"/>") or (not any(added) and not self._clear):
            return whole
        letters = [get_column_letter(column + 1) for column in self._columns]
        new = {
            column: text_cell(f"{letter}{self._number}", text, prefix=self._prefix.decode()).encode()
            for column, letter, text in zip(self._columns, letters, added, strict=True)
            if text
        }
        opening = re.sub(rb'\sspans="[^"]*"', b"", opening)
        return opening + self._merged(inside, new) + b"</%srow>" % self._prefix

    def _merged(self, inside: bytes, new: dict[int, bytes]) -> bytes:
        """The cells of a row with the new ones where they belong; what stood there goes."""
        pieces: list[bytes] = []
        column, place = -1, 0
        waiting = sorted(new)
        for found in self._cell.finditer(inside):
            reference = re.search(rb'\sr="([A-Z]+)\d+"', found[1])
            column = column_index_from_string(reference[1].decode()) - 1 if reference else column + 1
            while waiting and waiting[0] <= column:
                pieces += (inside[place : found.start()], new[waiting.pop(0)])
                place = found.start()
            if column in self._columns:
                pieces.append(inside[place : found.start()])
                place = found.end()
        # Behind the last cell may stand what belongs to the row itself.
        end = max((found.end() for found in self._cell.finditer(inside)), default=0)
        pieces.append(inside[place : max(place, end)])
        pieces += (new[left] for left in waiting)
        pieces.append(inside[max(place, end) :])
        return b"".join(pieces)
