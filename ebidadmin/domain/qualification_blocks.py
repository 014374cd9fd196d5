"""Rows of a register file checked by columns: a hundred thousand rows have far fewer reasons to be looked at one by one.

What ``check_row`` asks of a cell is asked here of a column. A row about which any answer leaves a doubt goes through ``check_row``, which
alone finds problems; of all others the columns say what ``check_row`` would say.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import compress
from typing import Any

from ebidadmin.domain.columns import Cells, Doubts, Form
from ebidadmin.domain.ids import SupplierNumber
from ebidadmin.domain.layouts import FIELDS, Binding, Layout, NumberRule, fuse
from ebidadmin.domain.names import NameRules, fold_name, fold_names
from ebidadmin.domain.qualification_rows import (
    DATES,
    EXTRA_LIMIT,
    GRADES,
    KANA,
    LIMITS,
    PHONE,
    POSTCODE,
    SAID,
    SUPPLIER_NUMBER,
    CheckedRow,
    corporate_number_valid,
    corporate_numbers_valid,
    record_digest,
    source_key,
)
from ebidadmin.domain.qualifications import Grade, Qualification
from ebidadmin.domain.written_dates import parse_date

Column = Sequence[str]

RECORD: tuple[str, ...] = (*FIELDS, "extra", "digest", "name_folded")
"""What is known of a row that was checked: the fields, and what is made of them. Grades are their values; ``extra`` is canonical JSON
(sorted keys, no spaces); ``digest`` is ``record_digest``, ``name_folded`` the twin of the name."""

RecordColumns = dict[str, list[Any]]
"""Records side by side: a list for each of ``RECORD``, in the order of the rows."""

_NUMBERS = ("supplier_number", "corporate_number", "source_key")
_TEXTS = tuple(name for name in FIELDS if name not in {*GRADES, *DATES, *_NUMBERS})
_FORMS = {"postcode": Form(POSTCODE), "phone": Form(PHONE), "fax": Form(PHONE)}
_NUMBER_FORM = Form(SUPPLIER_NUMBER)
_KANA_FORM = Form(KANA)
_GRADE_VALUES = frozenset(grade.value for grade in Grade)
_NOTHING = Qualification(supplier_number=SupplierNumber(""), trade_name="")


@dataclass(frozen=True, slots=True)
class RowFacts:
    """What the checks ask from outside. ``postcode_ok`` as ``None``: whether a postcode exists is not checked."""

    mail_ok: Callable[[str], bool]
    postcode_ok: Callable[[str], bool] | None
    names: NameRules


def columns_of(rows: Iterable[CheckedRow], names: NameRules) -> RecordColumns:
    """Rows that were checked one by one. Of a refused one only the keys stay."""
    columns: RecordColumns = {name: [] for name in RECORD}
    for row in rows:
        record = row.record or _NOTHING
        for name in FIELDS:
            value = getattr(record, name)
            columns[name].append(value.value if isinstance(value, Grade) else value)
        columns["supplier_number"][-1], columns["source_key"][-1] = row.supplier_number, row.source_key
        columns["extra"].append(_canonical(record.extra))
        columns["digest"].append(record_digest(record) if row.record else "")
        columns["name_folded"].append(fold_name(record.trade_name, names) if row.record else "")
    return columns


class ColumnCheck:
    """The checks of one file, made once for all its blocks."""

    def __init__(self, binding: Binding, layout: Layout, facts: RowFacts) -> None:
        self.binding = binding
        self._layout = layout
        self._facts = facts
        self._days: dict[str, date] = {}
        self._digested = _Digested([heading for heading, _place in self._further])

    @property
    def width(self) -> int:
        """Cells of a row."""
        return self.binding.width

    @property
    def _further(self) -> list[tuple[str, int]]:
        return sorted(self.binding.extra.items())

    def records(self, rows: Sequence[Sequence[str]]) -> tuple[RecordColumns, frozenset[int]]:
        """The records of ``rows`` (at least one, all of the binding's width) but those in doubt, and the places of these."""
        doubts = Doubts()
        cells: list[Column] = list(zip(*rows, strict=True))
        if self._layout.defused:
            cells = [list(map(fuse, column)) if "'" in "".join(column) else column for column in cells]
        texts = self._texts(cells, len(rows))
        further = [cells[place] for _heading, place in self._further]
        for column in map(Cells, further):
            doubts.text(column)
            doubts.longer(column, EXTRA_LIMIT)
        self._forms({name: Cells(column) for name, column in texts.items()}, doubts)
        columns: RecordColumns = {name: list(texts[name]) for name in _TEXTS}
        columns |= self._numbers(texts, doubts)
        columns |= {name: _grades(texts[name], doubts) for name in GRADES}
        columns |= {name: self._dates(texts[name], doubts) for name in DATES}
        doubts.out_of_order(columns["valid_from"], columns["valid_to"])
        doubts.out_of_order(columns["suspended_from"], columns["suspended_to"])
        if doubts.rows:
            sure = [place not in doubts.rows for place in range(len(rows))]
            columns = {name: list(compress(column, sure)) for name, column in columns.items()}
            further = [list(compress(column, sure)) for column in further]
        columns["extra"], columns["digest"] = self._digested.columns(columns, further)
        columns["name_folded"] = fold_names(columns["trade_name"], self._facts.names)
        return columns, frozenset(doubts.rows)

    def _texts(self, cells: Sequence[Column], count: int) -> dict[str, Column]:
        """Every field as the layout reads it, like ``Binding.values``."""
        texts: dict[str, Column] = {}
        for name in FIELDS:
            places = self.binding.fields.get(name)
            if places is None:
                texts[name] = [self._layout.constants.get(name, "")] * count
                continue
            rule = self._layout.fields[name]
            raw = cells[places[0]]
            if len(places) > 1:
                parts = zip(*(cells[place] for place in places), strict=True)
                raw = [rule.joiner.join(filter(None, row)) for row in parts]
            texts[name] = _exchanged(raw, rule.values)
        return texts

    def _forms(self, texts: Mapping[str, Cells], doubts: Doubts) -> None:
        lines = {name: doubts.text(cells) for name, cells in texts.items()}
        for name, limit in LIMITS.items():
            doubts.longer(texts[name], limit)
        for name, rule in self._layout.fields.items():
            if rule.cut is not None:
                doubts.of_length(texts[name], rule.cut)
            if rule.required:
                doubts.blank(texts[name])
        for name, form in _FORMS.items():
            doubts.unfit(texts[name], lines[name], form)
        doubts.unfit_folded(texts["kana"], lines["kana"], _KANA_FORM)
        doubts.refused(texts["email"].column, self._facts.mail_ok)
        exists = self._facts.postcode_ok
        if exists is not None:
            doubts.refused(
                texts["postcode"].column, lambda cell: _FORMS["postcode"].cell(cell) and exists(cell)
            )

    def _numbers(self, texts: Mapping[str, Column], doubts: Doubts) -> RecordColumns:
        given: RecordColumns = {name: list(map(str.strip, texts[name])) for name in _NUMBERS}
        doubts.unfit(Cells(given["supplier_number"]), "\n".join(given["supplier_number"]), _NUMBER_FORM)
        if not corporate_numbers_valid(list(filter(None, given["corporate_number"]))):
            doubts.refused(given["corporate_number"], corporate_number_valid)
        if self._layout.supplier_number is NumberRule.ISSUE:
            parts = ("corporate_number", "trade_name", "representative_name", "address")
            columns = (given[parts[0]], *(texts[name] for name in parts[1:]))
            given["supplier_number"] = [""] * len(columns[0])
            given["source_key"] = [
                source_key(**dict(zip(parts, row, strict=True))) if row[0] or row[1].strip() else ""
                for row in zip(*columns, strict=True)
            ]
        return given

    def _dates(self, column: Column, doubts: Doubts) -> list[date | None]:
        written = {cell for cell in set(column) if cell.strip()}
        if not written:
            return [None] * len(column)
        doubts.refused(column, lambda cell: not cell.strip() or self._is_day(cell))
        return [self._days.get(cell) for cell in column]

    def _is_day(self, written: str) -> bool:
        if written not in self._days:
            try:
                self._days[written] = parse_date(written, self._layout.dates)
            except ValueError:
                return False
        return True


class _Digested:
    """The further columns as JSON and the digests of records, from texts put side by side instead of objects."""

    def __init__(self, headings: Sequence[str]) -> None:
        self._keys = [json.dumps(heading, ensure_ascii=False) for heading in headings]

    def columns(self, columns: RecordColumns, further: Sequence[Column]) -> tuple[list[str], list[str]]:
        """``extra`` and ``digest`` of each record."""
        count = len(columns["trade_name"])
        said = {name: _iso(columns[name]) if name in DATES else columns[name] for name in sorted(SAID)}
        keys = [f'"{name}"' for name in said]
        fields = [_json_texts(column) for column in said.values()]
        escaped = [_json_texts(column) for column in further]
        if all("" not in column for column in escaped):
            # A cell of every heading in every row, as in most files: one pattern for all rows.
            extra, values = _object(self._keys, escaped, ":", ",")
            first, more = _object(keys, fields, ": ", ", ")
            second, _values = _object(self._keys, escaped, ": ", ", ")
            extras = _filled(extra, values, count)
            texts = _filled(f"[{first}, {second}]", [*more, *values], count)
        else:
            extras = self._some(escaped, ":", ",")
            objects = _filled(*_object(keys, fields, ": ", ", "), count)
            texts = [
                f"[{one}, {other}]"
                for one, other in zip(objects, self._some(escaped, ": ", ", "), strict=True)
            ]
        return extras, [hashlib.sha256(text.encode()).hexdigest() for text in texts]

    def _some(self, escaped: Sequence[Column], colon: str, comma: str) -> list[str]:
        """Objects of the cells that are not empty, by sorted heading."""
        pairs = [
            [f'{key}{colon}"{cell}"' if cell else "" for cell in column]
            for key, column in zip(self._keys, escaped, strict=True)
        ]
        return [f"{{{comma.join(filter(None, row))}}}" for row in zip(*pairs, strict=True)]


def _object(
    keys: Sequence[str], columns: Sequence[Column], colon: str, comma: str
) -> tuple[str, list[Column]]:
    """The pattern of JSON objects with a cell of each column, and the columns that vary: the others stand in the pattern."""
    pieces, varying = [], []
    for key, column in zip(keys, columns, strict=True):
        # Counting compares every cell: of most columns the last one tells already.
        same = bool(column) and column[0] == column[-1] and column.count(column[0]) == len(column)
        literal = f'{key}{colon}"{column[0] if same else ""}'.replace("%", "%%")
        pieces.append(f'{literal}"' if same else f'{literal}%s"')
        if not same:
            varying.append(column)
    return f"{{{comma.join(pieces)}}}", varying


def _filled(pattern: str, columns: Sequence[Column], count: int) -> list[str]:
    if not columns:
        return [pattern % ()] * count
    return [pattern % row for row in zip(*columns, strict=True)]


def _grades(column: Column, doubts: Doubts) -> list[str]:
    known = {cell: unicodedata.normalize("NFKC", cell).strip() or Grade.NONE.value for cell in set(column)}
    doubts.refused(column, lambda cell: known[cell] in _GRADE_VALUES)
    return [known[cell] for cell in column]


def _exchanged(column: Column, values: Mapping[str, str]) -> Column:
    """The column with the values that a layout exchanges."""
    if not values:
        return column
    table = {cell: values.get(cell.strip(), cell) for cell in set(column)}
    return [table[cell] for cell in column]


def _iso(column: Sequence[date | None]) -> Column:
    """Days in ISO form, none as nothing."""
    written = {day: day.isoformat() if day else "" for day in set(column)}
    return [written[day] for day in column]


def _json_texts(column: Column) -> Column:
    """The cells as they stand between quotes in JSON. There are no control characters in them."""
    joined = "".join(column)
    if '"' in joined or "\\" in joined:
        return [json.dumps(cell, ensure_ascii=False)[1:-1] for cell in column]
    return column


def _canonical(extra: Mapping[str, str]) -> str:
    return json.dumps(dict(extra), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
