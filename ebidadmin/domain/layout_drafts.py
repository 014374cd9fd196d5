"""A layout in the making: what each heading of an example file is to become, and what is still wrong with that."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from ebidadmin.domain.layouts import HEADING_SEARCH, NumberRule, RowPolicy, heading_name, told_apart

KEEP = "extra"
"""The column is kept and compared, but not interpreted."""

LEAVE = "ignore"
"""The column is neither stored nor compared."""

NAME = re.compile("[a-z0-9][a-z0-9-]{0,39}")
MOST_COLUMNS = 200
"""Columns that a person can be asked about one by one."""

EXAMPLE_ROWS = 1000
"""Rows of an example that are looked at."""


class ExampleRow(NamedTuple):
    """A row that is not blank, as it stands, with the physical line where it begins."""

    line: int
    cells: Sequence[str]


@dataclass(frozen=True, slots=True)
class Example:
    """The beginning of a file as decoded, at most ``EXAMPLE_ROWS`` rows. ``encoding`` is empty for a workbook."""

    file_name: str
    rows: tuple[ExampleRow, ...]
    encoding: str = ""


class DraftProblem(NamedTuple):
    """Why a draft is no layout yet; ``facts`` name headings and fields."""

    code: str
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutDraft:
    """``headings`` in the order of the file, each there once, columns without a heading left out; ``purposes`` says of each whether it is
    a field (by its name), ``KEEP`` or ``LEAVE``. Headings of one field are joined in their order. ``heading_row`` as in ``Layout``; with
    ``headless`` the headings are names given to the columns of a file without a heading row. ``unnamed``: there are columns without a
    heading, which are not read. ``numbered`` as in ``Layout``."""

    headings: tuple[str, ...]
    purposes: Mapping[str, str]
    name: str = ""
    title: str = ""
    full: bool = False
    rows: RowPolicy = RowPolicy.REFUSE_FILE
    supplier_number: NumberRule = NumberRule.GIVEN
    required: frozenset[str] = frozenset()
    joiners: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    heading_row: int = 0
    headless: bool = False
    unnamed: bool = False
    numbered: bool = False

    def fields(self) -> dict[str, tuple[str, ...]]:
        """The headings of each field that has one."""
        found: dict[str, tuple[str, ...]] = {}
        for heading in self.headings:
            purpose = self.purposes[heading]
            if purpose not in (KEEP, LEAVE):
                found[purpose] = (*found.get(purpose, ()), heading)
        return found

    def of(self, purpose: str) -> tuple[str, ...]:
        """The headings of one purpose."""
        return tuple(heading for heading in self.headings if self.purposes[heading] == purpose)

    def always_required(self) -> frozenset[str]:
        """Fields that no row may leave empty, whatever the person says: without them nobody knows whose row it is."""
        given = self.supplier_number is NumberRule.GIVEN
        return frozenset({"trade_name", "supplier_number"} if given else {"trade_name"})

    def is_required(self, name: str) -> bool:
        """Whether no row may leave the field empty."""
        if name == "supplier_number":
            return self.supplier_number is NumberRule.GIVEN
        return name in self.required or name in self.always_required()

    def problems(self) -> tuple[DraftProblem, ...]:
        """What keeps it from being a layout, all of it at once."""
        found: list[DraftProblem] = []
        mapped = self.fields()
        if "trade_name" not in mapped:
            found.append(DraftProblem("draft-trade-name", {}))
        if self.supplier_number is NumberRule.GIVEN and "supplier_number" not in mapped:
            found.append(DraftProblem("draft-supplier-number", {}))
        if self.supplier_number is NumberRule.ISSUE and "supplier_number" in mapped:
            found.append(DraftProblem("draft-number-unused", {}))
        if not self.title.strip():
            found.append(DraftProblem("draft-title", {}))
        if not NAME.fullmatch(self.name):
            found.append(DraftProblem("draft-name", {"name": self.name}))
        return tuple(found)

    def advice(self) -> tuple[DraftProblem, ...]:
        """What a person should have thought of."""
        mapped = self.fields()
        found = []
        if self.supplier_number is NumberRule.ISSUE and "corporate_number" not in mapped:
            missing = [name for name in ("representative_name", "address") if name not in mapped]
            if missing:
                found.append(DraftProblem("draft-key-weak", {"fields": ",".join(missing)}))
        if self.full:
            found.append(DraftProblem("draft-full", {}))
        return tuple(found)

    def with_purpose(self, heading: str, purpose: str) -> LayoutDraft:
        """The same with another purpose of one heading; what only a mapped or only an absent field can have goes with it."""
        changed = replace(self, purposes={**self.purposes, heading: purpose})
        mapped = changed.fields()
        return replace(
            changed,
            constants={name: text for name, text in self.constants.items() if name not in mapped},
            values={name: pairs for name, pairs in self.values.items() if name in mapped},
            required=frozenset(name for name in self.required if name in mapped),
            joiners={name: text for name, text in self.joiners.items() if len(mapped.get(name, ())) > 1},
        )

    def with_value(self, name: str, old: str, new: str | None) -> LayoutDraft:
        """The same with ``old`` in the field replaced by ``new``; ``None`` leaves it as it is."""
        pairs = {was: now for was, now in self.values.get(name, {}).items() if was != old}
        if new is not None:
            pairs[old] = new
        kept = {field_name: old_pairs for field_name, old_pairs in self.values.items() if field_name != name}
        return replace(self, values={**kept, name: pairs} if pairs else kept)


def likely_heading(rows: Sequence[ExampleRow], known: Iterable[str]) -> int:
    """Which of the first rows looks like the heading row, counted from 0: the one with most known headings; where none has two, the first
    that is filled about as widely as any, because titles above a table have few cells."""
    words = frozenset(known)
    first = rows[:HEADING_SEARCH]
    hits = [len({folded_heading(cell) for cell in row.cells} & words) for row in first]
    if hits and max(hits) > 1:
        return hits.index(max(hits))
    filled = [len({cell.strip() for cell in row.cells} - {""}) for row in first]
    most = Counter(filled).most_common(1)[0][0] if filled else 0
    wide = max(most, 2)
    return next((at for at, count in enumerate(filled) if count * 5 >= wide * 4), 0)


def headings_of(cells: Sequence[str]) -> tuple[tuple[str, ...], bool, bool]:
    """The headings of a row, each there once, without those of unnamed columns; whether there are such; whether some stood twice."""
    names = tuple(heading_name(cell) for cell in cells)
    apart = told_apart(names)
    return tuple(name for name in apart if name), "" in names, apart != names


def folded_heading(heading: str) -> str:
    """A heading as it is compared with those that are known: width, case, spaces and punctuation do not count."""
    folded = unicodedata.normalize("NFKC", heading).casefold()
    return "".join(sign for sign in folded if unicodedata.category(sign)[0] in "LN")
