"""Layouts: how the columns of a file become the fields of a register record, as frozen values read from data files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from enum import StrEnum
from fnmatch import fnmatchcase

from ebidadmin.domain.imports import ProblemSeverity, RowProblem
from ebidadmin.domain.qualifications import Qualification

HEADING_SEARCH = 20
"""The first rows of a file in which a heading row is looked for when the layout does not say where it is."""

FIELDS: tuple[str, ...] = tuple(item.name for item in fields(Qualification) if item.name != "extra")
"""The fields of a record that a heading may be mapped to."""


class RowPolicy(StrEnum):
    """What becomes of a file when one of its rows has an error."""

    REFUSE_FILE = "refuse-file"
    TAKE_GOOD = "take-good"


class NumberRule(StrEnum):
    """Whether the file brings supplier numbers or they are issued here, one for each source key."""

    GIVEN = "given"
    ISSUE = "issue"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRule:
    """One field: the headings it is joined from, what its values are replaced by, and where its source cuts it (characters).

    ``heading_required``: the file is not of this layout without the columns; ``required``: no row may leave them empty.
    """

    headings: tuple[str, ...]
    joiner: str = ""
    required: bool = False
    heading_required: bool = False
    values: Mapping[str, str] = field(default_factory=dict)
    cut: int | None = None

    @property
    def column(self) -> str:
        """How a problem names the field's columns."""
        return "+".join(self.headings)


@dataclass(frozen=True, slots=True)
class Era:
    """A Japanese era: its names as written before the year (long and short), and its first day."""

    names: tuple[str, ...]
    first: date


@dataclass(frozen=True, slots=True)
class DateWords:
    """The words of written dates: eras, how an era's first year is written, and the marks after year, month and day."""

    eras: tuple[Era, ...] = ()
    first_year: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One kind of file.

    ``heading_row`` counts the rows that are not blank, from 1; 0 means that it is found among the first rows by its headings. ``columns``
    are the names of the columns of files that have no heading row. ``full``: a supplier that the file does not name vanishes. ``ignore``:
    headings neither stored nor compared. ``extra``: patterns of further headings that are expected; headings outside them are kept as well
    but listed. ``extra_prefix`` marks further columns in the file and is not part of their name. ``defused``: a quote before a formula sign
    was put there for spreadsheets and is taken off (see ``defuse``). ``constants`` are fields with one value for all rows.
    ``numbered``: headings that stand twice are told apart by their number (see ``told_apart``) instead of refused.
    """

    name: str
    title: str
    fields: Mapping[str, FieldRule]
    severities: Mapping[str, ProblemSeverity]
    encodings: tuple[str, ...] = ("utf-8", "cp932", "utf-16")
    delimiter: str | None = None
    heading_row: int = 1
    columns: tuple[str, ...] = ()
    full: bool = True
    rows: RowPolicy = RowPolicy.REFUSE_FILE
    supplier_number: NumberRule = NumberRule.GIVEN
    ignore: frozenset[str] = frozenset()
    extra: tuple[str, ...] = ()
    extra_prefix: str = ""
    defused: bool = False
    constants: Mapping[str, str] = field(default_factory=dict)
    numbered: bool = False
    dates: DateWords = field(default_factory=DateWords)

    def problem(self, line: int, column: str, code: str, value: str = "", **facts: str) -> RowProblem:
        """A problem with the severity that the data file gives its code."""
        return RowProblem(line, column, code, self.severities[code], shortened(value), facts)

    def column_of(self, name: str) -> str:
        """The file's own heading for a field; the field's name where it comes from no column."""
        rule = self.fields.get(name)
        return rule.column if rule else name


def heading_name(cell: str) -> str:
    """A heading as layouts know it: a cell that is broken into lines for want of width is still one word."""
    return cell.replace("\r", "").replace("\n", "").strip()


def told_apart(names: Iterable[str]) -> tuple[str, ...]:
    """Headings of which each is there once: the second of a name gets ``(2)``, the third ``(3)``. Columns without a heading stay so."""
    given = tuple(names)
    taken = frozenset(given)
    made: set[str] = set()
    apart: list[str] = []
    for name in given:
        own, number = name, 1
        while name and (own in made or (number > 1 and own in taken)):
            number += 1
            own = f"{name}({number})"
        made.add(own)
        apart.append(own)
    return tuple(apart)


def heading_names(cells: Iterable[str], layout: Layout) -> tuple[str, ...]:
    """The headings of a row as the layout knows them."""
    names = tuple(heading_name(cell) for cell in cells)
    return told_apart(names) if layout.numbered else names


def heading_fit(cells: Sequence[str], layout: Layout) -> tuple[bool, int]:
    """How well a row fits as the heading row: whether it has every required heading, and how many of the layout's headings it has."""
    names = set(heading_names(cells, layout))
    known = {heading for rule in layout.fields.values() for heading in rule.headings}
    required = {name for rule in layout.fields.values() if rule.heading_required for name in rule.headings}
    return required <= names, len(names & known)


@dataclass(frozen=True, slots=True)
class Binding:
    """A heading row seen through a layout: the positions of each field's cells, and of the further columns by name."""

    width: int
    headings: tuple[str, ...]
    fields: Mapping[str, tuple[int, ...]]
    extra: Mapping[str, int]

    def values(self, cells: Sequence[str], layout: Layout) -> dict[str, str]:
        """The fields of one row, joined and replaced as the layout says; a row of the right width is assumed."""
        found = dict(layout.constants)
        for name, places in self.fields.items():
            rule = layout.fields[name]
            raw = rule.joiner.join(part for part in (cells[place] for place in places) if part)
            found[name] = rule.values.get(raw.strip(), raw)
        return found

    def further(self, cells: Sequence[str]) -> dict[str, str]:
        """The further columns of one row; an empty cell says nothing and is as good as an absent column."""
        return {heading: cells[place] for heading, place in self.extra.items() if cells[place]}

    def row(
        self, line: int, cells: Sequence[str], layout: Layout, notes: tuple[RowProblem, ...] = ()
    ) -> MappedRow:
        """What one row of the right width says."""
        marked = {
            name: self.headings[place] for name, place in self.extra.items() if self.headings[place] != name
        }
        return MappedRow(line, self.values(cells, layout), self.further(cells), notes=notes, marked=marked)


@dataclass(frozen=True, slots=True)
class MappedRow:
    """One row of a file as its layout reads it: ``line`` is the physical line where it begins, counted from 1. A row with
    ``problems`` could not be mapped and has no values; ``notes`` are what reading the cells of a mapped row brought up. ``marked``: how the
    heading of a further column stands in the file, where that is not its name."""

    line: int
    values: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[RowProblem, ...] = ()
    notes: tuple[RowProblem, ...] = ()
    marked: Mapping[str, str] = field(default_factory=dict)

    def heading_of(self, further: str) -> str:
        """Where in the file to look for a further column."""
        return self.marked.get(further, further)


@dataclass(frozen=True, slots=True)
class RowBlock:
    """A run of rows of a file before its layout has read them: the line where each begins, its cells, and signs of what a cell was
    before it became text (by the row's place in the block and the cell's place)."""

    lines: Sequence[int]
    rows: Sequence[Sequence[str]]
    marks: Mapping[int, Mapping[int, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LineBlock:
    """A run of physical lines of a file as they stand there, without their ends: ``numbers[i]`` is the line of ``lines[i]``, counted
    from 1. Blank ones are left out."""

    numbers: Sequence[int]
    lines: Sequence[bytes]


SHOWN_CHARACTERS = 200


def shortened(value: str) -> str:
    """A value as a list of problems shows it: not longer than 200 characters."""
    return value if len(value) <= SHOWN_CHARACTERS else value[: SHOWN_CHARACTERS - 1] + "\u2026"


def bind(
    headings: Sequence[str], layout: Layout, *, line: int
) -> tuple[Binding | None, tuple[RowProblem, ...]]:
    """Find the layout's columns among ``headings``, in whatever order.

    Without a binding the file cannot be read: a required heading is missing (``heading-missing``) or a heading stands twice
    (``heading-doubled``). Headings that the layout does not know are listed (``heading-unknown``).
    """
    names = heading_names(headings, layout)
    problems = _doubled(names, layout, line)
    places = {name: place for place, name in enumerate(names)}
    mapped: dict[str, tuple[int, ...]] = {}
    for name, rule in layout.fields.items():
        missing = [heading for heading in rule.headings if heading not in places]
        if not missing:
            mapped[name] = tuple(places[heading] for heading in rule.headings)
        elif rule.heading_required or len(missing) < len(rule.headings):
            facts = {"field": name, "layout": layout.title}
            problems += [layout.problem(line, heading, "heading-missing", **facts) for heading in missing]
    if any(problem.severity is ProblemSeverity.ERROR for problem in problems):
        return None, tuple(problems)
    taken = {heading for rule in layout.fields.values() for heading in rule.headings}
    extra: dict[str, int] = {}
    for name, place in places.items():
        if name in taken or name in layout.ignore:
            continue
        extra[_further_name(name, layout)] = place
        if not any(fnmatchcase(name, pattern) for pattern in layout.extra):
            problems.append(layout.problem(line, name, "heading-unknown", name))
    return Binding(len(names), names, mapped, extra), tuple(problems)


def _further_name(heading: str, layout: Layout) -> str:
    return heading.removeprefix(layout.extra_prefix) or heading


def _doubled(names: Sequence[str], layout: Layout, line: int) -> list[RowProblem]:
    """Headings that stand twice, also where only the mark of further columns tells two apart: one would hide the other."""
    mapped = {heading for rule in layout.fields.values() for heading in rule.headings}
    seen: set[str] = set()
    problems = []
    for name in names:
        if name in layout.ignore:
            continue
        kept_as = name if name in mapped else f"extra.{_further_name(name, layout)}"
        if kept_as in seen:
            problems.append(layout.problem(line, name, "heading-doubled", name))
        seen.add(kept_as)
    return problems


FORMULA_SIGNS = frozenset("=+-@\t\r'")


def defuse(cell: str) -> str:
    """The cell as a spreadsheet cannot take for a formula: one that begins with a formula sign (or a quote, so that the way
    back is unambiguous) gets a quote in front."""
    return f"'{cell}" if cell[:1] in FORMULA_SIGNS and cell else cell


def fuse(cell: str) -> str:
    """The way back of ``defuse``: a quote that stands before a formula sign or another quote is taken off."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in FORMULA_SIGNS and len(cell) > 1 else cell
