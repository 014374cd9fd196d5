"""An import of the qualification register against a bare floor: the csv module and one executemany into SQLite.

Each round runs the floor and every case of ours one after the other, so that a busy moment of the machine meets all of them; the
medians and their ratio to the floor are printed. The register is made up from a fixed seed: 25 columns, CP932.
"""

from __future__ import annotations

import argparse
import csv
import resource
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from statistics import median

from ebidadmin.bootstrap import Desk, open_desk
from ebidadmin.bundled import bundled
from ebidadmin.cli.foundation import create_desk
from ebidadmin.cli.importing import import_file, preview_file
from ebidadmin.demo.generator import suppliers
from ebidadmin.demo.words import load_words
from ebidadmin.domain.qualifications import Qualification

SEED = 1
PERIOD = (date(2025, 1, 1), date(2027, 12, 31))
HEADINGS = {
    "業者番号": "supplier_number", "商号又は名称": "trade_name", "フリガナ": "kana", "郵便番号": "postcode",
    "住所": "address", "代表者役職": "representative_title", "代表者氏名": "representative_name",
    "電話番号": "phone", "FAX番号": "fax", "メールアドレス": "email", "支店名等": "branch", "備考": "remarks",
}  # fmt: skip
FURTHER = 13


def records(rows: int) -> list[Qualification]:
    words = load_words(bundled("data") / "samples" / "words.toml")
    return suppliers(words, count=rows, seed=SEED, period=PERIOD)[len(words.samples) :]


def write(path: Path, made: Sequence[Qualification]) -> Path:
    random = Random(SEED)
    with path.open("w", encoding="cp932", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*HEADINGS, *(f"追加項目:評点{n}" for n in range(FURTHER))])
        for record in made:
            scores = [str(random.randint(0, 2000)) for _ in range(FURTHER)]
            writer.writerow([*(getattr(record, name) for name in HEADINGS.values()), *scores])
    return path


def one_percent(made: Sequence[Qualification]) -> list[Qualification]:
    return [
        replace(one, representative_title=one.representative_title + "代理") if n % 100 == 0 else one
        for n, one in enumerate(made)
    ]


def floor(path: Path, database: Path) -> None:
    """What no import can be faster than: decode, split, one insert of every row."""
    database.unlink(missing_ok=True)
    with path.open(encoding="cp932", newline="") as file, closing(sqlite3.connect(database)) as connection:
        reader = csv.reader(file)
        width = len(next(reader))
        connection.execute(f"CREATE TABLE register ({', '.join(f'c{n} TEXT' for n in range(width))})")
        connection.executemany(f"INSERT INTO register VALUES ({', '.join('?' * width)})", reader)
        connection.commit()


def timed(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def fresh(folder: Path, template: Path) -> Desk:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(template, folder)
    return open_desk(folder)


def one_round(folder: Path, template: Path, first: Path, second: Path) -> dict[str, float]:
    spent = {"floor": timed(lambda: floor(first, folder / "floor.sqlite"))}
    with closing(fresh(folder / "desk", template)) as desk:
        spent["first import"] = timed(lambda: import_file(desk, first, "ebidadmin", confirmed_scale=True))
        spent["same file again"] = timed(lambda: preview_file(desk, first, "ebidadmin"))
        spent["1 % changed"] = timed(lambda: import_file(desk, second, "ebidadmin", confirmed_scale=True))
    return spent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        create_desk(folder / "template", demo=False, progress=lambda step: None)
        made = records(asked.rows)
        first = write(folder / "first.csv", made)
        second = write(folder / "second.csv", one_percent(made))
        rounds = [one_round(folder, folder / "template", first, second) for _ in range(asked.rounds)]
    base = median(spent["floor"] for spent in rounds)
    print(f"{asked.rows} rows, medians of {asked.rounds} rounds, SQLite {sqlite3.sqlite_version}")
    for name in rounds[0]:
        middle = median(spent[name] for spent in rounds)
        print(f"{name:16} {middle:8.2f} s  {middle / base:6.1f} x floor")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    main()
