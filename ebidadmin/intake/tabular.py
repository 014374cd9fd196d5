"""Rows of cells to rows of a register: the heading row, the columns, and what each row says; for files of every form."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import dropwhile, islice
from pathlib import Path
from typing import ClassVar, NamedTuple

from ebidadmin.domain.imports import ProblemSeverity, RowProblem
from ebidadmin.domain.layouts import (
    HEADING_SEARCH,
    Binding,
    Layout,
    LineBlock,
    MappedRow,
    RowBlock,
    bind,
    fuse,
    heading_fit,
    heading_names,
)
from ebidadmin.domain.qualification_rows import suspects
from ebidadmin.errors import InputError
from ebidadmin.intake.decoding import file_hash
from ebidadmin.text.imports import RETURNED_PROBLEM, RETURNED_REASON

RETURNED: tuple[str, str] = (RETURNED_PROBLEM, RETURNED_REASON)
"""The headings of the two columns that a file has which went back to its sender; they are no part of what it says."""

MAX_COLUMNS = 1000
FIRST_ROWS = 10
BLOCK = 1000


class Numbered(NamedTuple):
    """The cells of one row that is not blank, the physical line where it begins, counted from 1, and signs of what a cell was before it
    became text, by its place."""

    line: int
    cells: Sequence[str]
    marks: Mapping[int, str] = {}


class Heading(NamedTuple):
    """The heading row. Where the layout names the columns itself the line is 0: no row of the file."""

    line: int
    cells: Sequence[str]
    fit: tuple[bool, int] = (False, 0)


class TabularSource(ABC):
    """``qualification_import.RowSource`` on a file of rows of cells. Building it reads nothing."""

    form: ClassVar[str]
    """How people call files of this form."""

    foreign_suffixes: ClassVar[frozenset[str]]
    """Ends of names that promise another form."""

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
    @abstractmethod
    def lines(self) -> int | None:
        """Physical lines, for progress."""

    @abstractmethod
    def _numbered(self) -> Iterator[Numbered]:
        """The rows that are not blank, from the first."""

    @cached_property
    def _head(self) -> Heading:
        found = find_heading(self._numbered(), self._layout)
        return self._checked_head(found)

    @property
    def path(self) -> Path:
        return self._path

    @property
    def heading_line(self) -> int:
        """The physical line of the heading row; 0 where the layout names the columns."""
        return self._head.line

    @property
    def was_returned(self) -> bool:
        """Whether the file went back to its sender before: its last two columns are those of ``RETURNED``."""
        return self._names[-2:] == RETURNED

    def headings(self) -> tuple[str, ...]:
        return self._names[:-2] if self.was_returned else self._names

    def numbered(self) -> Iterator[Numbered]:
        """The rows that are not blank, as they stand."""
        return self._numbered()

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return heading_names(self._head.cells, self._layout)

    def heading_problems(self) -> tuple[RowProblem, ...]:
        problems = self._bound[1]
        if self._path.suffix.lower() not in self.foreign_suffixes:
            return problems
        return (*problems, self._layout.problem(1, "", "name-not-content", self.file_name, form=self.form))

    def rows(self) -> Iterator[MappedRow]:
        """Raises ``InputError``: what reading the file raises, ``too-many-columns``, ``heading-row-missing``, ``heading-not-text``,
        ``file-has-no-rows``; facts ``file`` and ``line``."""
        for block in self.blocks(BLOCK):
            for at, line in enumerate(block.lines):
                yield self.mapped(line, block.rows[at], block.marks.get(at, {}))

    @property
    def reading(self) -> tuple[str, ...]:
        """What besides the layout decides how the bytes of a row become its cells."""
        return (self.form,)

    @property
    def binding(self) -> Binding | None:
        """Where each field stands; ``None`` when the headings do not fit."""
        return self._bound[0]

    def blocks(self, size: int) -> Iterator[RowBlock]:
        """The rows as they stand, ``size`` at a time; raises as ``rows``."""
        if self.binding is None:
            return
        empty = True
        for block in self._blocks(size):
            if block.lines:
                empty = False
                yield block
        if empty:
            raise InputError("file-has-no-rows", file=self.file_name)

    def line_blocks(self, size: int) -> Iterator[LineBlock] | None:
        """The lines after the heading, for a file in which every row may be taken for one line, as far as that can be seen from outside;
        else nothing. It is certain where ``parsed`` says so."""
        del size
        return None

    def parsed(self, block: LineBlock) -> RowBlock | None:
        """The rows of some lines; nothing when a row is not one line."""
        raise NotImplementedError(f"{self.form} has no lines")

    def mapped(self, line: int, cells: Sequence[str], marks: Mapping[int, str]) -> MappedRow:
        """What a row of a block says. Raises ``InputError`` ``heading-row-missing`` where nothing binds its cells to fields."""
        if self.binding is None:
            raise InputError("heading-row-missing", file=self.file_name, row=max(1, self._layout.heading_row))
        return self._mapped(Numbered(line, cells, marks), self.binding)

    def _blocks(self, size: int) -> Iterator[RowBlock]:
        rows = self._after_heading()
        while block := list(islice(rows, size)):
            marks = {at: row.marks for at, row in enumerate(block) if row.marks}
            yield RowBlock([row.line for row in block], [row.cells for row in block], marks)

    def first_rows(self, count: int = FIRST_ROWS) -> tuple[tuple[str, ...], ...]:
        """The decoded heading row and the first rows as they stand, to be looked at before anything happens."""
        rows = [tuple(self._head.cells)]
        for row in self._after_heading():
            if len(rows) > count:
                break
            rows.append(tuple(row.cells))
        return tuple(rows)

    @cached_property
    def _bound(self) -> tuple[Binding | None, tuple[RowProblem, ...]]:
        line, names = max(1, self._head.line), self._names
        layout = self._layout
        if self.was_returned:
            layout = replace(layout, ignore=layout.ignore | frozenset(RETURNED))
        odd = tuple(
            self._layout.problem(line, name, code, name, codepoint=sign)
            for name in names
            for code, sign in suspects(name, lines_allowed=False)
        )
        binding, problems = bind(names, layout, line=line)
        refused = any(problem.severity is ProblemSeverity.ERROR for problem in odd)
        return None if refused else binding, (*odd, *problems)

    def _checked_head(self, head: Heading | None) -> Heading:
        if head is None:
            raise InputError("heading-row-missing", file=self.file_name, row=max(1, self._layout.heading_row))
        if len(head.cells) > MAX_COLUMNS:
            raise InputError(
                "too-many-columns",
                file=self.file_name,
                line=head.line,
                columns=len(head.cells),
                limit=MAX_COLUMNS,
            )
        if any("\0" in cell for cell in head.cells):
            raise InputError("heading-not-text", file=self.file_name, line=head.line)
        return head

    def _after_heading(self) -> Iterator[Numbered]:
        after = self._head.line
        return dropwhile(lambda row: row.line <= after, self._numbered())

    def _mapped(self, row: Numbered, binding: Binding) -> MappedRow:
        cells = row.cells
        if len(cells) != binding.width:
            code = "too-many-cells" if len(cells) > binding.width else "too-few-cells"
            facts = {"cells": str(len(cells)), "columns": str(binding.width)}
            return MappedRow(row.line, problems=(self._layout.problem(row.line, "", code, **facts),))
        if self._layout.defused:
            cells = [fuse(cell) for cell in cells]
        notes = self._notes(row, binding)
        return binding.row(row.line, cells, self._layout, notes)

    def _notes(self, row: Numbered, binding: Binding) -> tuple[RowProblem, ...]:
        """What the form of the file says about the cells of a row beside their text; nothing for plain text."""
        del row, binding
        return ()


def find_heading(rows: Iterable[Numbered], layout: Layout) -> Heading | None:
    """The heading row where the layout says it is. Where it is to be found: the first row with all required headings; else the one that has
    most of the layout's headings, so that what is missing can be told; the first row when none has any."""
    if layout.columns:
        return Heading(0, layout.columns)
    best: Heading | None = None
    for number, (line, cells, _marks) in enumerate(rows, start=1):
        if layout.heading_row:
            if number == layout.heading_row:
                return Heading(line, cells, heading_fit(cells, layout))
            continue
        fit = heading_fit(cells, layout)
        if best is None or fit > best.fit:
            best = Heading(line, cells, fit)
        if fit[0] or number == HEADING_SEARCH:
            break
    return best
