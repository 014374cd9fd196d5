"""The lines of the tables of the layout screen, made from a draft and the rows of its example."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ebidadmin.domain.imports import ProblemSeverity, RowProblem
from ebidadmin.domain.layout_drafts import ExampleRow, LayoutDraft
from ebidadmin.domain.layouts import FIELDS, Layout, MappedRow
from ebidadmin.domain.qualifications import Grade
from ebidadmin.services.layout_making import LOOKED_AT, Looked
from ebidadmin.text import imports, messages
from ebidadmin.text import layouts as words

SAMPLES = 3
SAMPLE_LENGTH = 20
SAMPLED_ROWS = 50
PLACEHOLDER_LENGTH = 4
"""Characters: a value that fits no form and is as short as this stands for something, such as a dash for nothing."""

MOST_VALUES = 60
KEEP_VALUE, TO = "keep", "to:"
WITHOUT_COLUMN = frozenset({"supplier_number", "source_key", "corporate_number"})
"""Fields that tell suppliers apart: the same value in every row would make no sense."""


@dataclass(frozen=True, slots=True)
class ColumnLine:
    """A column: its letter, heading (empty: none), some values, and what it becomes."""

    place: int
    letter: str
    heading: str
    sample: str
    purpose: str


@dataclass(frozen=True, slots=True)
class FieldLine:
    """A field: its headings, and which of its rules can be changed."""

    name: str
    label: str
    headings: tuple[str, ...]
    joiner: str
    required: bool
    always_required: bool
    constant: str
    constant_possible: bool


@dataclass(frozen=True, slots=True)
class ValueLine:
    """A value of a field: how often the example has it, and what it becomes (see ``options``); ``added`` by hand."""

    field: str
    label: str
    old: str
    count: int
    choice: str
    options: tuple[tuple[str, str], ...]
    added: bool


@dataclass(frozen=True, slots=True)
class ProblemLine:
    """What an import would say of a column: the sentence, how often, and the first line."""

    severity: ProblemSeverity
    column: str
    sentence: str
    count: int
    line: int


def columns(draft: LayoutDraft, names: Sequence[str], rows: Sequence[ExampleRow]) -> tuple[ColumnLine, ...]:
    """Every column of the file in its order."""
    return tuple(
        ColumnLine(
            place, words.column_letter(place), name, _sample(rows, place), draft.purposes.get(name, "")
        )
        for place, name in enumerate(names)
    )


def _sample(rows: Sequence[ExampleRow], place: int) -> str:
    cells = (row.cells[place].strip() for row in rows[:SAMPLED_ROWS] if place < len(row.cells))
    distinct = list(dict.fromkeys(cell for cell in cells if cell))[:SAMPLES]
    return words.samples(
        cell if len(cell) <= SAMPLE_LENGTH else f"{cell[: SAMPLE_LENGTH - 1]}\u2026" for cell in distinct
    )


def fields(draft: LayoutDraft) -> tuple[FieldLine, ...]:
    """Mapped fields first, in the order of the register; then those that no column has."""
    mapped = draft.fields()
    order = sorted((name for name in FIELDS if name != "source_key"), key=lambda name: name not in mapped)
    return tuple(
        FieldLine(
            name,
            imports.FIELDS[name],
            mapped.get(name, ()),
            draft.joiners.get(name, ""),
            name in mapped and draft.is_required(name),
            name in (*draft.always_required(), "supplier_number"),
            imports.shown(name, draft.constants.get(name, "")),
            name not in mapped and name not in WITHOUT_COLUMN | {"trade_name"},
        )
        for name in order
    )


def values(
    draft: LayoutDraft,
    names: Sequence[str],
    rows: Sequence[ExampleRow],
    looked: Looked,
    *,
    given: Mapping[str, Mapping[str, str]],
) -> tuple[ValueLine, ...]:
    """Values that are replaced and occur in the example or were added by hand; values that cannot be taken as they are."""
    places = {name: place for place, name in enumerate(names)}
    odd = _odd(draft, looked)
    found: list[ValueLine] = []
    for name, headings in draft.fields().items():
        pairs = draft.values.get(name, {})
        counts: Counter[str] = Counter()
        for row in rows[:LOOKED_AT]:
            cells = [row.cells[places[one]] if places[one] < len(row.cells) else "" for one in headings]
            counts[draft.joiners.get(name, "").join(cell for cell in cells if cell).strip()] += 1
        known = given.get(name, {})
        listed = [old for old, new in pairs.items() if counts[old] or known.get(old) != new]
        listed += [old for old in odd.get(name, ()) if old not in pairs]
        found += [_value(name, old, counts[old], pairs.get(old)) for old in listed]
    return tuple(found[:MOST_VALUES])


def _odd(draft: LayoutDraft, looked: Looked) -> dict[str, list[str]]:
    """Values of the example that no import takes, and that somebody may want to have replaced."""
    columns = {"+".join(headings): name for name, headings in draft.fields().items()}
    odd: dict[str, list[str]] = {}
    for problem in looked.problems:
        name, value = columns.get(problem.column, ""), problem.value.strip()
        short = problem.code != "required" and len(value) <= PLACEHOLDER_LENGTH
        if not name or not value or not (short or problem.code == "grade-unknown"):
            continue
        if value not in odd.setdefault(name, []):
            odd[name].append(value)
    return odd


def _value(name: str, old: str, count: int, new: str | None) -> ValueLine:
    options = [(KEEP_VALUE, words.AS_IT_IS)]
    if name.startswith("grade_"):
        options += [(TO + grade.value, words.value_shown(name, grade.value)) for grade in Grade]
    else:
        options.append((TO, words.MAKE_EMPTY))
    choice = KEEP_VALUE if new is None else TO + new
    if choice not in dict(options):
        options.append((choice, words.value_shown(name, new or "")))
    return ValueLine(name, imports.FIELDS[name], old, count, choice, tuple(options), added=not count)


def stored(name: str, new: str) -> str:
    """A new value as a layout writes it: the grade's own word for "no grade"."""
    return Grade.NONE.value if name.startswith("grade_") and new == imports.NO_GRADE else new


def chosen(choice: str) -> str | None:
    """What a choice among the options of a value means; ``None`` leaves it as it is."""
    return None if choice == KEEP_VALUE else choice.removeprefix(TO)


def preview(
    layout: Layout | None, rows: Sequence[MappedRow]
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Headings and rows as the layout reads them, further columns behind the fields."""
    if layout is None or not rows:
        return (), ()
    names = [name for name in FIELDS if name in layout.fields or name in layout.constants]
    further = list(dict.fromkeys(heading for row in rows for heading in row.extra))
    shown = tuple(
        (
            imports.line(row.line),
            *(imports.shown(name, row.values.get(name, "")) for name in names),
            *(row.extra.get(heading, "") for heading in further),
        )
        for row in rows
    )
    return (imports.PROBLEM_LINE, *(imports.field_label(name) for name in names), *further), shown


def problems(found: Iterable[RowProblem]) -> tuple[ProblemLine, ...]:
    """Problems counted by column and code; errors first, then the most frequent."""
    groups: dict[tuple[str, str], list[RowProblem]] = {}
    for problem in found:
        groups.setdefault((problem.column, problem.code), []).append(problem)
    listed = [
        ProblemLine(same[0].severity, column, messages.row_problem_sentence(same[0]), len(same), same[0].line)
        for (column, _), same in groups.items()
    ]
    errors_first = sorted(listed, key=lambda one: (one.severity is not ProblemSeverity.ERROR, -one.count))
    return tuple(errors_first)
