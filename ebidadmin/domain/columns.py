"""Looking at a whole column of cells at once, to find the few that deserve a second look.

A column is joined into one text, a line to a cell, and asked as such: the interpreter then works once a column instead of once a cell.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from datetime import date

from ebidadmin.domain.qualification_rows import SUSPECT

_WIDE_SPACE = "\u3000"
_REPLACEMENT = "\ufffd"
_FEW = 4
"""A column repeats itself where it has that many times as many cells as different ones."""

_BEGINNING = 256
"""So many cells tell of most columns that they do not repeat themselves; counting all of them as different ones takes long."""


class Form:
    """A form that every cell of a column has that is not empty."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self._fits = pattern.fullmatch
        self._unfit_line = re.compile(f"^(?!(?:{pattern.pattern})?$)", re.MULTILINE)

    def every_line(self, text: str) -> bool:
        """Whether each line of ``text`` is empty or fits."""
        return self._unfit_line.search(text) is None

    def cell(self, value: str) -> bool:
        """Whether the cell is empty or fits."""
        return not value or self._fits(value) is not None


class Cells:
    """A column and what has to be asked of it: each different cell once, where they are few."""

    def __init__(self, column: Sequence[str]) -> None:
        self.column = column
        self.asked: Sequence[str] = column
        self.few = _repeats(column[:_BEGINNING])
        if self.few:
            different = set(column)
            self.few = len(different) * _FEW < len(column)
            if self.few:
                self.asked = list(different)

    def where(self, doubtful: Callable[[str], bool]) -> Iterator[int]:
        """The places of the cells of which that is true."""
        if self.few:
            found = {cell for cell in self.asked if doubtful(cell)}
            return (at for at, cell in enumerate(self.column) if cell in found)
        return (at for at, cell in enumerate(self.column) if doubtful(cell))


def _repeats(column: Sequence[str]) -> bool:
    return len(set(column)) * _FEW < len(column)


class Doubts:
    """Which rows of a block somebody has to look at one by one (their places), column by column."""

    def __init__(self) -> None:
        self.rows: set[int] = set()

    def text(self, cells: Cells) -> str:
        """What is asked of a column, as lines. Rows are in doubt whose cell runs over several lines, which stands as an empty one here, or
        holds a character that no record may have."""
        text = "\n".join(cells.asked)
        if text.count("\n") >= max(1, len(cells.asked)):
            self.rows.update(cells.where(lambda cell: "\n" in cell))
            text = "\n".join("" if "\n" in cell else cell for cell in cells.asked)
        # Far quicker than the pattern, and stricter; only the wide space is no printable sign and common.
        if not text.replace("\n", "").replace(_WIDE_SPACE, "").isprintable() or _REPLACEMENT in text:
            self.rows.update(cells.where(lambda cell: SUSPECT.search(cell) is not None))
        return text

    def longer(self, cells: Cells, limit: int) -> None:
        """Cells of more characters than that are in doubt."""
        if max(map(len, cells.asked)) > limit:
            self.rows.update(cells.where(lambda cell: len(cell) > limit))

    def of_length(self, cells: Cells, length: int) -> None:
        """Cells of exactly so many characters are in doubt."""
        if length in map(len, cells.asked):
            self.rows.update(cells.where(lambda cell: len(cell) == length))

    def blank(self, cells: Cells) -> None:
        """Cells without anything but spaces are in doubt."""
        if not all(map(str.strip, cells.asked)):
            self.rows.update(cells.where(lambda cell: not cell.strip()))

    def unfit(self, cells: Cells, text: str, form: Form) -> None:
        """Cells that have another form are in doubt; ``text`` is what ``text()`` made of the column."""
        if not form.every_line(text):
            self.rows.update(cells.where(lambda cell: not form.cell(cell)))

    def unfit_folded(self, cells: Cells, text: str, form: Form) -> None:
        """As ``unfit``, after compatibility normalisation. (No character composes with a line end.)"""
        if not form.every_line(unicodedata.normalize("NFKC", text)):
            self.rows.update(cells.where(lambda cell: not form.cell(unicodedata.normalize("NFKC", cell))))

    def refused(self, column: Sequence[str], accepted: Callable[[str], bool]) -> None:
        """Cells that are not empty and that ``accepted`` does not take are in doubt; each different one is asked once."""
        bad = {cell for cell in set(column) if cell and not accepted(cell)}
        if bad:
            self.rows.update(at for at, cell in enumerate(column) if cell in bad)

    def out_of_order(self, first: Sequence[date | None], last: Sequence[date | None]) -> None:
        """Rows whose last day is before their first are in doubt."""
        pairs = enumerate(zip(first, last, strict=True))
        wrong = {
            (start, end) for start, end in set(zip(first, last, strict=True)) if start and end and end < start
        }
        if wrong:
            self.rows.update(at for at, pair in pairs if pair in wrong)
