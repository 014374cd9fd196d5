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

Key = str | tuple[str, ...]
Records = Mapping[Key, Mapping[str, str]]


class Register(NamedTuple):
    rows: int
    records: Records
    doubled: frozenset[Key]
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
    return tuple(squeezed(row[name]) for name in ("firm_name", "ceo_name", "firm_address"))


def said(row: Mapping[str, str]) -> dict[str, str]:
    """What counts: every cell that says something, in columns that do not differ by themselves. ``0`` and ``JV`` are no numbers."""
    cells = {name: cell for name, cell in row.items() if name not in IGNORED and cell != ""}
    if cells.get("firm_id", "").strip() in NO_NUMBER:
        cells.pop("firm_id", None)
    return cells


def read(path: Path) -> Register:
    """A key that stands twice is of no use, whichever row is meant."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    keys = Counter(key_of(row) for row in rows)
    records = {key_of(row): said(row) for row in rows if keys[key_of(row)] == 1}
    doubled = frozenset(key for key, count in keys.items() if count > 1)
    return Register(len(rows), records, doubled, sum(keys[key] for key in doubled))


def compare(old: Register | None, new: Register) -> Counts:
    """Suppliers that the new file has twice stay as they are."""
    before = old.records if old else {}
    added = sum(key not in before for key in new.records)
    changed = sum(key in before and before[key] != record for key, record in new.records.items())
    vanished = sum(key not in new.records and key not in new.doubled for key in before)
    unchanged = len(new.records) - added - changed
    return Counts(new.rows, added, changed, unchanged, vanished, new.refused)


if __name__ == "__main__":
    first, second = (read(Path(name)) for name in sys.argv[1:3])
    sys.stdout.write(json.dumps([compare(None, first)._asdict(), compare(first, second)._asdict()]) + "\n")
