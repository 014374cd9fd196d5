"""Register files as comma or tab separated text, streamed row by row.

Quoting is strict: what the format does not allow is refused with its line, because a reader that guesses shifts cells silently. Line
ends may be CR, LF or CRLF, and quoted cells may hold them; lines are counted as a text editor counts them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TextIO

from ebidadmin.domain.imports import RowProblem
from ebidadmin.domain.layouts import Binding, Layout, MappedRow, bind, defuse, fuse
from ebidadmin.domain.qualifications import Qualification
from ebidadmin.errors import InputError
from ebidadmin.intake.decoding import Scan, file_hash, scan

MAX_COLUMNS = 1000
MAX_LINE = 1_000_000
"""Characters of one physical line; the longest of a hundred full columns has some ten thousand."""

FIRST_ROWS = 10

_Numbered = tuple[int, list[str]]


class CsvSource:
    """``qualification_import.RowSource`` on a file. Building it reads nothing; the first look at it reads all of it once, to know the
    encoding for certain."""

    def __init__(self, path: Path, layout: Layout) -> None:
        self._path = path
        self._layout = layout

    @property
    def file_name(self) -> str:
        return self._path.name

    @property
    def file_hash(self) -> str:
        return file_hash(self._path)

    @property
    def lines(self) -> int | None:
        return self._scan.lines

    @property
    def encoding(self) -> str:
        """``utf-8`` or ``cp932``, as found."""
        return self._scan.encoding.removesuffix("-sig")

    def headings(self) -> tuple[str, ...]:
        return tuple(heading.strip() for heading in self._head[1])

    def heading_problems(self) -> tuple[RowProblem, ...]:
        return self._bound[1]

    def rows(self) -> Iterator[MappedRow]:
        """Raises ``InputError``: what ``scan`` raises, ``quoting-broken``, ``cell-too-long``, ``line-too-long``, ``too-many-columns``,
        ``heading-row-missing``, ``file-has-no-rows``; facts ``file`` and ``line``."""
        binding = self._bound[0]
        if binding is None:
            return
        count = 0
        with self._open() as stream:
            for line, cells in self._after_heading(stream):
                count += 1
                yield self._mapped(line, cells, binding)
        if not count:
            raise InputError("file-has-no-rows", file=self.file_name)

    def first_rows(self, count: int = FIRST_ROWS) -> tuple[tuple[str, ...], ...]:
        """The decoded heading row and the first rows as they stand, to be looked at before anything happens."""
        with self._open() as stream:
            rows = [tuple(self._head[1])]
            for _line, cells in self._after_heading(stream):
                if len(rows) > count:
                    break
                rows.append(tuple(cells))
        return tuple(rows)

    @cached_property
    def _scan(self) -> Scan:
        return scan(self._path, self._layout.encodings)

    @cached_property
    def _delimiter(self) -> str:
        if self._layout.delimiter is not None:
            return self._layout.delimiter
        known = {heading for rule in self._layout.fields.values() for heading in rule.headings}
        heads = {sign: self._heading_row(sign)[1] for sign in (",", "\t")}
        return max(
            heads, key=lambda sign: (len(known.intersection(map(str.strip, heads[sign]))), len(heads[sign]))
        )

    @cached_property
    def _head(self) -> _Numbered:
        line, cells = self._heading_row(self._delimiter)
        if len(cells) > MAX_COLUMNS:
            raise InputError(
                "too-many-columns", file=self.file_name, line=line, columns=len(cells), limit=MAX_COLUMNS
            )
        return line, cells

    @cached_property
    def _bound(self) -> tuple[Binding | None, tuple[RowProblem, ...]]:
        line, cells = self._head
        return bind(cells, self._layout, line=line)

    def _heading_row(self, delimiter: str) -> _Numbered:
        with self._open() as stream:
            for number, row in enumerate(self._numbered(stream, delimiter), start=1):
                if number == self._layout.heading_row:
                    return row
        raise InputError("heading-row-missing", file=self.file_name, row=self._layout.heading_row)

    def _after_heading(self, stream: TextIO) -> Iterator[_Numbered]:
        for number, row in enumerate(self._numbered(stream, self._delimiter), start=1):
            if number > self._layout.heading_row:
                yield row

    def _open(self) -> TextIO:
        # Opening with newline="" leaves line ends inside quoted cells as they are; the encoding is known to fit.
        return self._path.open(encoding=self._scan.encoding, errors="strict", newline="")

    def _numbered(self, stream: TextIO, delimiter: str) -> Iterator[_Numbered]:
        reader = csv.reader(self._lines(stream), delimiter=delimiter, strict=True)
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                too_long = "field larger" in str(error)
                code = "cell-too-long" if too_long else "quoting-broken"
                limit = csv.field_size_limit() if too_long else None
                raise InputError(code, file=self.file_name, line=line, limit=limit) from error
            if cells:
                yield line, cells

    def _lines(self, stream: TextIO) -> Iterator[str]:
        number = 0
        while line := stream.readline(MAX_LINE + 1):
            number += 1
            if len(line) > MAX_LINE:
                raise InputError("line-too-long", file=self.file_name, line=number, limit=MAX_LINE)
            yield line

    def _mapped(self, line: int, cells: Sequence[str], binding: Binding) -> MappedRow:
        if len(cells) != binding.width:
            code = "too-many-cells" if len(cells) > binding.width else "too-few-cells"
            facts = {"cells": str(len(cells)), "columns": str(binding.width)}
            return MappedRow(line, problems=(self._layout.problem(line, "", code, **facts),))
        if self._layout.defused:
            cells = [fuse(cell) for cell in cells]
        return MappedRow(line, binding.values(cells, self._layout), binding.further(cells))


def write_register(
    path: Path, records: Iterable[Qualification], layout: Layout, further: Sequence[str]
) -> int:
    """Write records as a file of ``layout`` (UTF-8 with BOM, CRLF, spreadsheet-safe when the layout is ``defused``); the number of records.

    ``further`` are the names of further columns, in order. The file is made beside ``path`` and put in its place when it is whole. Raises
    ``InputError`` ``file-unwritable``.
    """
    part = path.with_name(f".{path.name}.part")
    count = 0
    try:
        with part.open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\r\n")
            names = [name for name in layout.fields if len(layout.fields[name].headings) == 1]
            headings = [layout.fields[name].headings[0] for name in names]
            writer.writerow([*headings, *(layout.extra_prefix + name for name in further)])
            for record in records:
                texts = [_written(record, name, layout) for name in names]
                cells = [*texts, *(record.extra.get(name, "") for name in further)]
                writer.writerow([defuse(cell) for cell in cells] if layout.defused else cells)
                count += 1
        part.replace(path)
    except OSError as error:
        raise InputError("file-unwritable", file=path.name) from error
    finally:
        part.unlink(missing_ok=True)
    return count


def _written(record: Qualification, name: str, layout: Layout) -> str:
    value = getattr(record, name)
    text = "" if value is None else str(value)
    back = {written: word for word, written in reversed(list(layout.fields[name].values.items()))}
    return back.get(text, text)
