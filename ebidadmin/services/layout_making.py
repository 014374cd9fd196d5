"""Making a layout from an example file: what a draft makes of the first rows, and putting it beside the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from ebidadmin.domain.events import Event, EventTag, Subject, SubjectKind
from ebidadmin.domain.imports import RowProblem
from ebidadmin.domain.layout_drafts import Example, ExampleRow, LayoutDraft
from ebidadmin.domain.layouts import Binding, Layout, MappedRow, bind
from ebidadmin.domain.qualification_rows import check_row
from ebidadmin.domain.staff import Staff
from ebidadmin.errors import InputError
from ebidadmin.services.ports import Office
from ebidadmin.services.postcode_checks import postcode_check
from ebidadmin.services.register_admission import admit_importer

LOOKED_AT = 200
"""Rows of the example that are checked while somebody points at headings."""


class Shelf(Protocol):
    """The layouts of the desk, and what is needed to make one."""

    def layouts(self) -> Mapping[str, Layout]:
        """By name, as they are now."""
        ...

    def shipped(self) -> frozenset[str]:
        """The names of those that came with the program; they are never overwritten."""
        ...

    def example(self, path: Path) -> Example:
        """The first rows of a file, decoded. Raises ``InputError``."""
        ...

    def likely_heading(self, example: Example) -> int:
        """Which row looks like the heading row, counted from 0."""
        ...

    def suggest(self, headings: Sequence[str]) -> LayoutDraft:
        """A proposal to be looked over."""
        ...

    def compose(self, draft: LayoutDraft) -> Layout:
        """The draft as a layout. Raises ``ConfigurationError`` ``layout-invalid``."""
        ...

    def headings_under(self, path: Path, draft: LayoutDraft) -> int:
        """The line of the heading row that the composed layout finds in a file; 0 in one without. Raises ``InputError``."""
        ...

    def save(self, draft: LayoutDraft, *, replacing: bool = False) -> Layout:
        """Whole or not at all. Raises ``InputError`` for a name that cannot be taken."""
        ...


@dataclass(frozen=True, slots=True)
class Looked:
    """The first rows as a layout reads them, with what is wrong with them; ``heading_problems`` say what is wrong with the headings."""

    rows: tuple[MappedRow, ...] = ()
    problems: tuple[RowProblem, ...] = ()
    heading_problems: tuple[RowProblem, ...] = ()


def read(office: Office, *, staff: Staff, shelf: Shelf, path: Path) -> Example:
    """The beginning of an example file. Raises ``InputError``."""
    admit_importer(office, staff, "layout-example")
    return shelf.example(path)


def look(
    office: Office, *, staff: Staff, layout: Layout, headings: Sequence[str], rows: Sequence[ExampleRow]
) -> Looked:
    """What ``layout`` makes of ``rows``, which stand below the ``headings`` of all columns. Rows are filled up or cut to the width of the
    headings: whether they fit is for the import to say."""
    admit_importer(office, staff, "layout-look")
    binding, heading_problems = bind(headings, layout, line=rows[0].line if rows else 1)
    if binding is None:
        return Looked(heading_problems=heading_problems)
    exists = postcode_check(office)
    mapped = tuple(_mapped(row, binding, layout) for row in rows[:LOOKED_AT])
    checked = (check_row(row, layout, mail_ok=office.forms.mail_ok, postcode_ok=exists) for row in mapped)
    return Looked(mapped, tuple(problem for row in checked for problem in row.problems), heading_problems)


def save(
    office: Office,
    *,
    staff: Staff,
    shelf: Shelf,
    draft: LayoutDraft,
    example: Path,
    at: ExampleRow | None,
    row_number: int,
    replacing: bool = False,
) -> Layout:
    """Put the draft on the shelf; the trail says so. ``at`` is the heading row of the example, its ``row_number``-th row that is not blank.

    The layout finds its heading row by itself, so that a further line of title does no harm; where that would find another row in the
    example, the number of the row is written down. Raises ``InputError``: what ``Shelf.save`` raises, ``layout-unfinished`` while the draft
    has problems.
    """
    admit_importer(office, staff, "layout-save")
    if draft.problems():
        raise InputError("layout-unfinished", codes=tuple(one.code for one in draft.problems()))
    if at is not None and shelf.headings_under(example, draft) != at.line:
        draft = replace(draft, heading_row=row_number)
    before = shelf.layouts().get(draft.name)
    with office.uow() as uow:
        layout = shelf.save(draft, replacing=replacing)
        event = Event(
            tag=EventTag.LAYOUT_SAVED,
            subject=Subject(SubjectKind.DESK, "layouts"),
            by=staff.login,
            at=office.clock.now(),
            before=None if before is None else _facts(before),
            after=_facts(layout),
            facts={"name": draft.name, "example": example.name},
        )
        uow.log(event)
        uow.commit()
    return layout


def _mapped(row: ExampleRow, binding: Binding, layout: Layout) -> MappedRow:
    filled = [*row.cells, *[""] * (binding.width - len(row.cells))]
    return binding.row(row.line, filled, layout)


def _facts(layout: Layout) -> dict[str, str]:
    """What the trail keeps of a layout: which heading is which field, and the rules."""
    columns = {f"field {name}": rule.column for name, rule in layout.fields.items()}
    rules = {
        "list": "full" if layout.full else "partial",
        "rows": layout.rows.value,
        "supplier_number": layout.supplier_number.value,
    }
    return {"title": layout.title, **rules, **columns}
