"""Register files as comma or tab separated text, streamed row by row.

Quoting is strict: what the format does not allow is refused with its line, because a reader that guesses shifts cells silently. Line
ends may be CR, LF or CRLF, and quoted cells may hold them; lines are counted as a text editor counts them.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TextIO

from ebidadmin.domain.layouts import Layout, LineBlock, RowBlock, defuse
from ebidadmin.domain.qualifications import Qualification
from ebidadmin.errors import InputError
from ebidadmin.intake.decoding import Scan, scan
from ebidadmin.intake.tabular import Heading, Numbered, TabularSource, find_heading
from ebidadmin.intake.whole_files import whole_text

MAX_LINE = 1_000_000
"""Characters of one physical line; the longest of a hundred full columns has some ten thousand."""


_LINE_END = re.compile("\r\n|\r|\n")


class CsvSource(TabularSource):
    """A text file of cells. The first look at it reads all of it once, to know the encoding for certain. Besides what every source raises:
    what ``scan`` raises, ``quoting-broken``, ``cell-too-long``, ``line-too-long``."""

    form = "CSV"
    foreign_suffixes = frozenset({".xlsx", ".xlsm", ".xls"})

    @property
    def lines(self) -> int | None:
        return self._scan.lines

    @property
    def encoding(self) -> str:
        """``utf-8``, ``cp932`` or ``utf-16``, as found."""
        return self._scan.encoding.removesuffix("-sig")

    @property
    def codec(self) -> str:
        """The encoding as Python names it, a mark at the beginning of the file included."""
        return self._scan.encoding

    @property
    def delimiter(self) -> str:
        return self._delimiter

    def raw_rows(self) -> Iterator[tuple[Numbered, str]]:
        """Every row, blank ones too (no cells), with its text as it stands in the file, line end included."""
        kept: list[str] = []

        def lines(stream: TextIO) -> Iterator[str]:
            for line in self._lines_of(stream):
                kept.append(line)
                yield line

        with self._path.open(encoding=self._scan.encoding, errors="strict", newline="") as stream:
            reader = csv.reader(lines(stream), delimiter=self._delimiter, strict=True)
            before = 0
            try:
                for cells in reader:
                    yield Numbered(before + 1, cells), "".join(kept)
                    before = reader.line_num
                    kept.clear()
            except csv.Error as error:
                raise InputError("quoting-broken", file=self.file_name, line=before + 1) from error

    @cached_property
    def _scan(self) -> Scan:
        return scan(self._path, self._layout.encodings)

    @cached_property
    def _delimiter(self) -> str:
        if self._layout.delimiter is not None:
            return self._layout.delimiter
        heads = {sign: self._head_under(sign) for sign in (",", "\t")}
        return max(heads, key=lambda sign: (heads[sign].fit, len(heads[sign].cells)))

    def _head_under(self, delimiter: str) -> Heading:
        """What a separator makes of the heading row; what breaks under the wrong one must not refuse the file."""
        columns = self._layout.columns
        try:
            if columns:
                first = next(self._rows_under(delimiter), Numbered(0, ()))
                return Heading(0, first.cells, (len(first.cells) == len(columns), 0))
            found = find_heading(self._rows_under(delimiter), self._layout)
        except InputError:
            found = None
        return found or Heading(0, ())

    def _numbered(self) -> Iterator[Numbered]:
        return self._rows_under(self._delimiter)

    def _blocks(self, size: int) -> Iterator[RowBlock]:
        after = self._head.line
        with self._path.open(encoding=self._scan.encoding, errors="strict", newline="") as stream:
            reader = csv.reader(self._lines_of(stream), delimiter=self._delimiter, strict=True)
            while True:
                first = reader.line_num + 1
                rows: list[list[str]] = []
                try:
                    rows.extend(islice(reader, size))
                except csv.Error as error:
                    # The rows before the broken one are there.
                    raise self._broken(_starts(first, rows)[-1], error) from error
                if not rows:
                    return
                one_line_each = reader.line_num + 1 - first == len(rows)
                starts = range(first, first + len(rows)) if one_line_each else _starts(first, rows)[:-1]
                kept = [at for at, cells in enumerate(rows) if cells and starts[at] > after]
                if len(kept) < len(rows):
                    yield RowBlock([starts[at] for at in kept], [rows[at] for at in kept])
                else:
                    yield RowBlock(starts, rows)

    def _rows_under(self, delimiter: str) -> Iterator[Numbered]:
        # Opening with newline="" leaves line ends inside quoted cells as they are; the encoding is known to fit.
        with self._path.open(encoding=self._scan.encoding, errors="strict", newline="") as stream:
            reader = csv.reader(self._lines_of(stream), delimiter=delimiter, strict=True)
            while True:
                line = reader.line_num + 1
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    raise self._broken(line, error) from error
                if cells:
                    yield Numbered(line, cells)

    def _broken(self, line: int, error: csv.Error) -> InputError:
        if "field larger" in str(error):
            return InputError("cell-too-long", file=self.file_name, line=line, limit=csv.field_size_limit())
        return InputError("quoting-broken", file=self.file_name, line=line, limit=None)

    @property
    def reading(self) -> tuple[str, ...]:
        return (self._scan.encoding, self._delimiter)

    def line_blocks(self, size: int) -> Iterator[LineBlock] | None:
        found, layout = self._scan, self._layout
        long_lines = found.longest is None or found.longest > MAX_LINE
        partly_ignored = bool(self.binding and layout.ignore.intersection(self.binding.headings))
        if self.binding is None or long_lines or found.bare_returns or partly_ignored:
            return None
        return None if self._quoted_over_lines() else self._line_blocks(size)

    def parsed(self, block: LineBlock) -> RowBlock | None:
        encoding = self._scan.encoding.removesuffix("-sig")
        # The lines are without their ends, and in these encodings no other character has a line feed among its bytes.
        texts = b"\n".join(block.lines).decode(encoding).split("\n")
        try:
            rows = list(csv.reader(texts, delimiter=self._delimiter, strict=True))
        except csv.Error:
            return None
        # A row that takes two lines leaves one too few.
        return RowBlock(block.numbers, rows) if len(rows) == len(texts) else None

    def _quoted_over_lines(self) -> bool:
        """Whether a line has a quote too many, as one has that begins or ends a cell over several lines."""
        if not self._scan.quotes:
            return False
        with self._path.open("rb") as stream:
            return any(line.count(b'"') % 2 for line in stream)

    def _line_blocks(self, size: int) -> Iterator[LineBlock]:
        with self._path.open("rb") as stream:
            if self._scan.encoding == "utf-8-sig":
                stream.read(len(codecs.BOM_UTF8))
            first, after = 1, self.heading_line
            while block := [line.rstrip(b"\r\n") for line in islice(stream, size)]:
                numbers: Sequence[int] = range(first, first + len(block))
                first += len(block)
                if numbers[0] <= after or not all(block):
                    kept = [at for at, line in enumerate(block) if line and numbers[at] > after]
                    numbers, block = [numbers[at] for at in kept], [block[at] for at in kept]
                if block:
                    yield LineBlock(numbers, block)

    def _lines_of(self, stream: TextIO) -> Iterable[str]:
        longest = self._scan.longest
        if longest is not None and longest <= MAX_LINE:
            # Of so few bytes no line has too many characters: the stream may read them as it likes.
            return stream
        return self._short_lines_of(stream)

    def _short_lines_of(self, stream: TextIO) -> Iterator[str]:
        number = 0
        while line := stream.readline(MAX_LINE + 1):
            number += 1
            if len(line) > MAX_LINE:
                raise InputError("line-too-long", file=self.file_name, line=number, limit=MAX_LINE)
            yield line


def _starts(first: int, rows: Sequence[Sequence[str]]) -> list[int]:
    """The line where each row begins, and the one after the last: quoted cells may hold line ends."""
    starts = [first]
    for cells in rows:
        starts.append(starts[-1] + 1 + sum(len(_LINE_END.findall(cell)) for cell in cells))
    return starts


def write_register(
    path: Path, records: Iterable[Qualification], layout: Layout, further: Sequence[str]
) -> int:
    """Write records as a file of ``layout`` (UTF-8 with BOM, CRLF, spreadsheet-safe when the layout is ``defused``); the number of records.

    ``further`` are the names of further columns, in order. The file is made beside ``path`` and put in its place when it is whole. Raises
    ``InputError`` ``file-unwritable``.
    """
    count = 0
    with whole_text(path, encoding="utf-8-sig") as stream:
        writer = csv.writer(stream, lineterminator="\r\n")
        for cells in register_rows(records, layout, further):
            writer.writerow([defuse(cell) for cell in cells] if layout.defused and count else cells)
            count += 1
    return count - 1


def register_rows(
    records: Iterable[Qualification], layout: Layout, further: Sequence[str]
) -> Iterator[list[str]]:
    """The headings, then each record, as a file of ``layout`` has them."""
    names = [name for name in layout.fields if len(layout.fields[name].headings) == 1]
    headings = [layout.fields[name].headings[0] for name in names]
    yield [*headings, *(layout.extra_prefix + name for name in further)]
    for record in records:
        texts = [_written(record, name, layout) for name in names]
        yield [*texts, *(record.extra.get(name, "") for name in further)]


def _written(record: Qualification, name: str, layout: Layout) -> str:
    value = getattr(record, name)
    text = "" if value is None else str(value)
    back = {written: word for word, written in reversed(list(layout.fields[name].values.items()))}
    return back.get(text, text)
