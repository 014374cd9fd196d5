"""Register files as Excel workbooks (.xlsx, .xls): the first visible sheet that has something, unpacked once under limits."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from ebidadmin.domain.imports import RowProblem
from ebidadmin.domain.layouts import Binding, heading_name
from ebidadmin.errors import InputError
from ebidadmin.intake.decoding import file_hash
from ebidadmin.intake.tabular import Heading, Numbered, TabularSource, find_heading

IDENTIFIERS = ("supplier_number", "corporate_number", "source_key")
WITH_ZEROS = (*IDENTIFIERS, "postcode", "phone", "fax")
"""Fields whose numbers may begin with zeros."""

NOTES: Mapping[str, str] = {
    "f": "formula-cell",
    "e": "error-cell",
    "p": "number-imprecise",
    "n": "number-digits-unknown",
}
CHUNK = 1 << 20
_NUMBER = re.compile(r"\([0-9]+\)\Z")
UNREADABLE = frozenset({1, 2})
"""How the unpacking process ends when the file is no workbook; however else it ends it has met a limit."""


class _Unpacked(NamedTuple):
    rows: int
    """The file of the rows, as the system knows it."""

    lines: int
    others: tuple[str, ...]
    merged: tuple[tuple[int, int], ...]
    """First and last row of each merged range, counted from 1."""

    part: str
    """Where the sheet lies in the file; empty where nobody here can write such a file."""

    first: int
    """The first column of the sheet that has something, counted from 0."""


class ExcelSource(TabularSource):
    """A workbook. The first look at it unpacks it into an unnamed temporary file, which is gone with the source. Besides what every source
    raises: ``file-missing``, ``file-unreadable``, ``excel-unreadable``, ``excel-too-large``."""

    form = "Excel"
    foreign_suffixes = frozenset({".csv", ".tsv", ".txt"})

    @property
    def lines(self) -> int | None:
        return self._unpacked.lines

    def heading_problems(self) -> tuple[RowProblem, ...]:
        line = max(1, self._head.line)
        others = [self._layout.problem(line, name, "sheet-unread", name) for name in self._unpacked.others]
        merged = [
            self._layout.problem(first, "", "merged-cells", first=str(first), last=str(last))
            for first, last in self._unpacked.merged
            if last > self._head.line
        ]
        return (*super().heading_problems(), *others, *merged)

    @cached_property
    def _unpacked(self) -> _Unpacked:
        # The other process could not say that the file is missing rather than broken.
        file_hash(self._path)
        spool = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the source goes
        weakref.finalize(self, spool.close)
        done = subprocess.run(
            [sys.executable, "-m", "ebidadmin.intake.unpack", str(self._path), json.dumps(self._asked)],
            stdin=subprocess.DEVNULL,
            stdout=spool,
            stderr=subprocess.PIPE,
            # A linear algebra library that comes along would set memory aside for every core.
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONIOENCODING": "utf-8"},
            check=False,
        )
        if done.returncode in UNREADABLE:
            raise InputError("excel-unreadable", file=self.file_name)
        if done.returncode:
            raise InputError("excel-too-large", file=self.file_name)
        facts = json.loads(done.stderr)
        merged = tuple((first[0] + 1, last[0] + 1) for first, last in facts["merged"])
        return _Unpacked(
            spool.fileno(), facts["rows"], tuple(facts["others"]), merged, facts["part"], facts["first"]
        )

    @property
    def part(self) -> str:
        """The part of the file that holds the sheet; empty for another form than .xlsx."""
        return self._unpacked.part

    @property
    def first_column(self) -> int:
        """Where the cells of its rows begin in the sheet, counted from 0."""
        return self._unpacked.first

    @property
    def returned_columns(self) -> tuple[int, int]:
        """Where in the sheet the two columns of ``RETURNED`` are, or have room: behind everything else."""
        kept = self._found[1]
        if self.was_returned:
            return self.first_column + kept[-2], self.first_column + kept[-1]
        width = len(next(self._numbered()).cells)
        return self.first_column + width, self.first_column + width + 1

    @property
    def _asked(self) -> list[str]:
        """The headings under which a number is not to be taken at its value."""
        rules = self._layout.fields
        headings = {name for field in WITH_ZEROS if field in rules for name in rules[field].headings}
        if self._layout.numbered:
            # In the sheet a heading that is there twice has no number.
            headings |= {_NUMBER.sub("", name) for name in headings}
        return [] if self._layout.columns else sorted(headings)

    def _numbered(self) -> Iterator[Numbered]:
        for packed in _lines(self._unpacked.rows):
            line, cells, marks = json.loads(packed)
            yield Numbered(line, cells, {int(place): mark for place, mark in marks.items()})

    @cached_property
    def _found(self) -> tuple[Heading | None, tuple[int, ...]]:
        """The heading row, and the columns that have a heading: beside its table a sheet has any number of empty ones."""
        found = find_heading(self._numbered(), self._layout)
        if found is None or self._layout.columns:
            return found, tuple(range(len(self._layout.columns)))
        kept = tuple(place for place, cell in enumerate(found.cells) if heading_name(cell))
        return found._replace(cells=[found.cells[place] for place in kept]), kept

    @cached_property
    def _head(self) -> Heading:
        return self._checked_head(self._found[0])

    def _after_heading(self) -> Iterator[Numbered]:
        kept = {place: at for at, place in enumerate(self._found[1])}
        for line, cells, marks in super()._after_heading():
            inside = ["" for _ in kept]
            beside = []
            for place, cell in enumerate(cells):
                if place in kept:
                    inside[kept[place]] = cell
                elif cell.strip() and "" not in self._layout.ignore:
                    beside.append(cell)
            told = {kept[place]: mark for place, mark in marks.items() if place in kept}
            yield Numbered(line, [*inside, *beside], told)

    def _notes(self, row: Numbered, binding: Binding) -> tuple[RowProblem, ...]:
        if not row.marks:
            return ()
        identifying = {place for name in IDENTIFIERS for place in binding.fields.get(name, ())}
        return tuple(
            self._layout.problem(row.line, binding.headings[place], NOTES[sign], row.cells[place])
            for place, marks in row.marks.items()
            for sign in marks
            if binding.headings[place] not in self._layout.ignore and (sign != "n" or place in identifying)
        )


def _lines(file: int) -> Iterator[bytes]:
    """The lines of a file from its beginning. Two readings may take turns: none moves the file's own place."""
    place, rest = 0, b""
    while chunk := os.pread(file, CHUNK, place):
        place += len(chunk)
        *lines, rest = (rest + chunk).split(b"\n")
        yield from lines
