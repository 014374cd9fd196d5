"""The beginning of a file as its layout reads it, to be looked at before anything happens."""

from __future__ import annotations

from dataclasses import dataclass

from ebidadmin.domain.layouts import Layout
from ebidadmin.services.qualification_import import RowSource
from ebidadmin.text import imports as words

FIRST_ROWS = 5


@dataclass(frozen=True, slots=True)
class FirstRows:
    """Labels and rows."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def first_rows(source: RowSource, layout: Layout) -> FirstRows:
    """The first rows with the fields that one of them has. Raises ``InputError`` for a file that cannot be read."""
    block = next(source.blocks(FIRST_ROWS), None)
    found = (
        []
        if block is None
        else [
            source.mapped(line, block.rows[at], block.marks.get(at, {}))
            for at, line in enumerate(block.lines[:FIRST_ROWS])
        ]
    )
    names = [name for name in layout.fields if any(row.values.get(name) for row in found)]
    shown = tuple(
        (words.line(row.line), *(words.shown(name, row.values.get(name, "")) for name in names))
        for row in found
    )
    return FirstRows((words.PROBLEM_LINE, *(words.field_label(name) for name in names)), shown)
