"""Layouts and what belongs to them, read from the data files; a mistake in one names file and key."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Literal

from ebidadmin.domain.imports import ProblemSeverity
from ebidadmin.domain.layouts import FIELDS, DateWords, Era, FieldRule, Layout, NumberRule, RowPolicy
from ebidadmin.domain.problem_codes import ALWAYS_ERRORS, PROBLEM_CODES
from ebidadmin.errors import ConfigurationError

_KEYS = {
    "name", "title", "encodings", "delimiter", "heading_row", "columns", "list", "rows", "supplier_number", "ignore", "extra",
    "extra_prefix", "defused", "constants", "doubled", "fields",
}  # fmt: skip
_FIELD_KEYS = {"headings", "join", "required", "values", "cut"}
_ENCODINGS = ("utf-8", "cp932", "utf-16")
_DELIMITERS: Mapping[str, str | None] = {"auto": None, "comma": ",", "tab": "\t"}
_DOUBLED = {"refuse": False, "number": True}
_LISTS = {"full": True, "partial": False}


def load_layouts(folder: Path) -> Mapping[str, Layout]:
    """The layouts of ``folder`` by name; severities and date words lie beside it. Raises ``ConfigurationError`` (``layout-invalid`` and
    others, with ``file`` and ``key``)."""
    severities = load_severities(folder.parent / "problem_severity.toml")
    dates = load_date_words(folder.parent / "eras.toml")
    layouts: dict[str, Layout] = {}
    for path in sorted(folder.glob("*.toml")):
        layout = _layout(_Reader(path), severities, dates)
        if layout.name in layouts:
            raise ConfigurationError("layout-doubled", file=path.name, name=layout.name)
        layouts[layout.name] = layout
    if not layouts:
        raise ConfigurationError("layouts-missing", folder=str(folder))
    return layouts


def load_layout(path: Path, reference: Path) -> Layout:
    """One layout file, read with the severities and date words of ``reference``. Raises ``ConfigurationError`` like ``load_layouts``."""
    severities = load_severities(reference / "problem_severity.toml")
    return _layout(_Reader(path), severities, load_date_words(reference / "eras.toml"))


def parse_layout(text: str, file: str, reference: Path) -> Layout:
    """A layout that is not a file yet; ``file`` is what it would be called. Raises ``ConfigurationError`` like ``load_layouts``."""
    severities = load_severities(reference / "problem_severity.toml")
    reader = _Reader(Path(file), text)
    return _layout(reader, severities, load_date_words(reference / "eras.toml"))


def load_severities(path: Path) -> Mapping[str, ProblemSeverity]:
    """The severity of every code. Raises ``ConfigurationError`` when a code is missing, unknown or has another severity."""
    reader = _Reader(path)
    found: dict[str, ProblemSeverity] = {}
    for group, codes in reader.data.items():
        if not isinstance(codes, dict):
            raise reader.wrong(group)
        for code, word in codes.items():
            if code not in PROBLEM_CODES or code in found:
                raise reader.wrong(f"{group}.{code}")
            found[code] = reader.member(ProblemSeverity, f"{group}.{code}", word)
            if code in ALWAYS_ERRORS and found[code] is not ProblemSeverity.ERROR:
                raise reader.wrong(f"{group}.{code}")
    missing = tuple(sorted(PROBLEM_CODES - found.keys()))
    if missing:
        raise ConfigurationError("severity-missing", file=path.name, codes=missing)
    return found


def load_date_words(path: Path) -> DateWords:
    """The words of written dates. Raises ``ConfigurationError``."""
    reader = _Reader(path)
    reader.only({"first_year", "marks", "era"})
    marks = reader.texts("marks")
    if len(marks) != 3:
        raise reader.wrong("marks")
    eras = []
    for number, era in enumerate(reader.data.get("era", ())):
        names, first = era.get("names"), era.get("first")
        if not names or type(first) is not date:
            raise reader.wrong(f"era.{number}")
        eras.append(Era(tuple(names), first))
    return DateWords(tuple(eras), reader.texts("first_year"), marks)


class _Reader:
    def __init__(self, path: Path, text: str | None = None) -> None:
        self.file = path.name
        try:
            read = path.read_text(encoding="utf-8") if text is None else text
            self.data: dict[str, Any] = tomllib.loads(read)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigurationError("toml-invalid", file=path.name, detail=str(error)) from error
        except OSError as error:
            raise ConfigurationError("data-file-missing", file=path.name) from error

    def wrong(self, key: str) -> ConfigurationError:
        return ConfigurationError("layout-invalid", file=self.file, key=key)

    def only(self, known: set[str]) -> None:
        for key in self.data:
            if key not in known:
                raise self.wrong(key)

    def text(self, key: str, default: str | None = None) -> str:
        value = self.data.get(key, default)
        if not isinstance(value, str):
            raise self.wrong(key)
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        return self.list_of_texts(key, self.data.get(key, []))

    def list_of_texts(self, key: str, value: object) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.wrong(key)
        return tuple(value)

    def map_of_texts(self, key: str, value: object) -> Mapping[str, str]:
        if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
            raise self.wrong(key)
        return dict(value)

    def choice(self, key: str, options: Mapping[str, Any], default: str) -> Any:
        word = self.text(key, default)
        if word not in options:
            raise self.wrong(key)
        return options[word]

    def member(self, members: type[ProblemSeverity], key: str, word: object) -> ProblemSeverity:
        try:
            return members(str(word))
        except ValueError as error:
            raise self.wrong(key) from error


def _layout(reader: _Reader, severities: Mapping[str, ProblemSeverity], dates: DateWords) -> Layout:
    reader.only(_KEYS)
    fields = _fields(reader)
    encodings = reader.texts("encodings") or _ENCODINGS
    if not set(encodings) <= set(_ENCODINGS):
        raise reader.wrong("encodings")
    row, columns = _heading_row(reader)
    defused = reader.data.get("defused", False)
    if type(defused) is not bool:
        raise reader.wrong("defused")
    constants = reader.map_of_texts("constants", reader.data.get("constants", {}))
    if not constants.keys() <= set(FIELDS) - fields.keys():
        raise reader.wrong("constants")
    rule: NumberRule = reader.choice("supplier_number", {item.value: item for item in NumberRule}, "given")
    number = fields.get("supplier_number")
    if (number is not None and number.required) is not (rule is NumberRule.GIVEN):
        raise reader.wrong("supplier_number")
    return Layout(
        name=reader.text("name"),
        title=reader.text("title"),
        fields=fields,
        severities=severities,
        encodings=encodings,
        delimiter=reader.choice("delimiter", _DELIMITERS, "auto"),
        heading_row=row,
        columns=columns,
        full=reader.choice("list", _LISTS, "full"),
        rows=reader.choice("rows", {item.value: item for item in RowPolicy}, "refuse-file"),
        supplier_number=rule,
        ignore=frozenset(reader.texts("ignore")),
        extra=reader.texts("extra"),
        extra_prefix=reader.text("extra_prefix", ""),
        defused=defused,
        constants=constants,
        numbered=reader.choice("doubled", _DOUBLED, "refuse"),
        dates=dates,
    )


def _heading_row(reader: _Reader) -> tuple[int, tuple[str, ...]]:
    """The heading row (0: to be found) and the columns of a file that has none."""
    row, columns = reader.data.get("heading_row", 1), reader.texts("columns")
    if (row == "none") is not bool(columns) or len(set(columns)) != len(columns):
        raise reader.wrong("columns")
    if row in ("find", "none"):
        return 0, columns
    if type(row) is not int or row < 1:
        raise reader.wrong("heading_row")
    return row, ()


def _fields(reader: _Reader) -> dict[str, FieldRule]:
    tables = reader.data.get("fields")
    if not isinstance(tables, dict):
        raise reader.wrong("fields")
    fields: dict[str, FieldRule] = {}
    for name, table in tables.items():
        key = f"fields.{name}"
        if name not in FIELDS or not isinstance(table, dict) or not table.keys() <= _FIELD_KEYS:
            raise reader.wrong(key)
        fields[name] = _field(reader, key, table)
    if "trade_name" not in fields or not fields["trade_name"].required:
        raise reader.wrong("fields.trade_name")
    used = [heading for rule in fields.values() for heading in rule.headings]
    if len(used) != len(set(used)):
        raise reader.wrong("fields")
    return fields


def _field(reader: _Reader, key: str, table: dict[str, Any]) -> FieldRule:
    required: bool | Literal["heading"] = table.get("required", False)
    cut = table.get("cut")
    joiner = table.get("join", "")
    headings = reader.list_of_texts(f"{key}.headings", table.get("headings"))
    if not headings or required not in (True, False, "heading") or not isinstance(joiner, str):
        raise reader.wrong(key)
    if cut is not None and (type(cut) is not int or cut < 1):
        raise reader.wrong(f"{key}.cut")
    return FieldRule(
        headings=headings,
        joiner=joiner,
        required=required is True,
        heading_required=bool(required),
        values=reader.map_of_texts(f"{key}.values", table.get("values", {})),
        cut=cut,
    )
