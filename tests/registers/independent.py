"""What one register file does to another, computed with nothing but csv and dicts: no code of the program is used.

As a script: ``python tests/registers/independent.py OLD NEW``.
"""

from __future__ import annotations

import csv
import json
import sys
import unicodedata
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

IGNORED = {"", "date"}
NO_NUMBER = {"", "0", "JV"}
REQUIRED = ("firm_name", "ceo_name", "firm_address")
"""Of those columns that a register has: those for consultants have neither representatives nor addresses."""

Key = str | tuple[str, ...]
Records = Mapping[Key, Mapping[str, str]]


class Register(NamedTuple):
    """``unusable`` are the keys of rows that are refused: nobody can say what becomes of those suppliers, so they stay as they are."""

    rows: int
    records: Records
    unusable: frozenset[Key]
    refused: int


class Counts(NamedTuple):
    rows: int
    added: int
    changed: int
    unchanged: int
    vanished: int
    refused: int


def squeezed(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def key_of(row: Mapping[str, str]) -> Key:
    number = row["firm_id"].strip()
    if number not in NO_NUMBER:
        return number
    return tuple(squeezed(row.get(name, "")) for name in REQUIRED)


def number_right(number: str) -> bool:
    """The first of 13 digits is 9 less the remainder by 9 of the others, those on even places from the right taken twice."""
    if number in NO_NUMBER:
        return True
    if len(number) != 13 or not (number.isascii() and number.isdigit()):
        return False
    total = sum(int(digit) for digit in number[-1:0:-2]) + 2 * sum(int(digit) for digit in number[-2:0:-2])
    return int(number[0]) == 9 - total % 9


def complete(row: Mapping[str, str]) -> bool:
    return all(row[name].strip() for name in REQUIRED if name in row)


def said(row: Mapping[str, str]) -> dict[str, str]:
    """What counts: every cell that says something, in columns that do not differ by themselves. ``0`` and ``JV`` are no numbers."""
    cells = {name: cell for name, cell in row.items() if name not in IGNORED and cell != ""}
    if cells.get("firm_id", "").strip() in NO_NUMBER:
        cells.pop("firm_id", None)
    return cells


def read(path: Path) -> Register:
    """A key that stands twice is of no use, whichever row is meant; a wrong number is no key at all."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    numbered = [row for row in rows if number_right(row["firm_id"].strip())]
    keys = Counter(key_of(row) for row in numbered)
    good = [row for row in numbered if keys[key_of(row)] == 1 and complete(row)]
    records = {key_of(row): said(row) for row in good}
    return Register(len(rows), records, frozenset(keys.keys() - records.keys()), len(rows) - len(good))


def follow(held: Records, new: Register) -> tuple[Counts, Records]:
    """What a file does to a register that holds these records, and what it holds then."""
    added = sum(key not in held for key in new.records)
    changed = sum(key in held and held[key] != record for key, record in new.records.items())
    stay = {key: record for key, record in held.items() if key in new.unusable}
    vanished = len(held.keys() - new.records.keys() - stay.keys())
    unchanged = len(new.records) - added - changed
    return Counts(new.rows, added, changed, unchanged, vanished, new.refused), {**stay, **new.records}


def compare(old: Register | None, new: Register) -> Counts:
    return follow(old.records if old else {}, new)[0]


if __name__ == "__main__":
    first, second = (read(Path(name)) for name in sys.argv[1:3])
    sys.stdout.write(json.dumps([compare(None, first)._asdict(), compare(first, second)._asdict()]) + "\n")
