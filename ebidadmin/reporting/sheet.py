"""What a report consists of, before it becomes a page, a workbook or a printed sheet: plain values, written down whole."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

Cell = str | int | float | None

FILE = "sheet.json"
FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part: a heading, a sentence, a table, a chart (SVG text), any of the last three empty. ``hidden`` counts rows that the table
    leaves out of pages; ``all_rows`` has them, for the workbook. ``urgent``: it asks for something to be done."""

    key: str
    title: str
    note: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    all_rows: tuple[tuple[Cell, ...], ...] = ()
    hidden: int = 0
    chart: str = ""
    chart_said: str = ""
    urgent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A report: ``facts`` are label and value of its head, ``foot`` what it saw (tree head, register version), ``actions`` the lines of
    what needs action (empty: nothing does, which ``all_well`` says)."""

    title: str
    subtitle: str
    facts: tuple[tuple[str, str], ...]
    actions: tuple[str, ...]
    actions_title: str
    all_well: str
    foot: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...] = ()
    figures: tuple[tuple[str, float], ...] = ()
    """The main numbers by what they are called, to be compared with those of another period."""
    more_rows: str = ""
    empty: str = ""
    format: int = field(default=FORMAT)

    def write(self, folder: Path) -> None:
        """Into the folder, for whoever makes the outputs."""
        text = json.dumps(asdict(self), ensure_ascii=False, allow_nan=False)
        folder.joinpath(FILE).write_text(text, encoding="utf-8")


def read_sheet(folder: Path) -> Sheet:
    """What was written there. Raises ``FileNotFoundError``, ``ValueError``."""
    plain = json.loads(folder.joinpath(FILE).read_text(encoding="utf-8"))
    if plain.pop("format", None) != FORMAT:
        raise ValueError("a sheet of another format")
    parts = tuple(_part(one) for one in plain.pop("parts"))
    return Sheet(**{name: _frozen(value) for name, value in plain.items()}, parts=parts)


def _part(plain: Mapping[str, Any]) -> Part:
    return Part(**{name: _frozen(value) for name, value in plain.items()})


def _frozen(value: Any) -> Any:
    return tuple(_frozen(one) for one in value) if isinstance(value, list) else value


def cut(rows: Iterable[Sequence[Cell]], most: int) -> tuple[tuple[tuple[Cell, ...], ...], int]:
    """At most ``most`` of the rows, and how many were left out."""
    listed = tuple(tuple(row) for row in rows)
    return listed[:most], max(0, len(listed) - most)


def breadth(text: str) -> int:
    """How broad a text is, in letters of half the width of a kanji."""
    return sum(2 if east_asian_width(letter) in "WFA" else 1 for letter in text)
