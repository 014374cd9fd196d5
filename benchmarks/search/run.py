"""The search of the register by name among a million made-up suppliers: how long a page takes, by kind of search.

The names are made from a fixed seed with parts as common as those of real registers: half of them begin with the same legal form, a few
thousand kanji are used as unevenly as people use them. Each search opens the database anew, as a click does.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from random import Random
from statistics import median, quantiles

from sqlalchemy import Connection, Engine, insert

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from ebidadmin.bundled import bundled
from ebidadmin.domain.names import NameRules, fold_name
from ebidadmin.persistence.bulk_indexes import built_afterwards
from ebidadmin.persistence.bulk_sets import BATCH_TABLE, REGISTER_TABLE
from ebidadmin.persistence.engine import make_engine
from ebidadmin.persistence.loading import know_sizes, load_columns
from ebidadmin.persistence.migrate import upgrade
from ebidadmin.persistence.name_index import index_versions
from ebidadmin.persistence.register import SqlRegisterReader
from ebidadmin.reference.names import load_name_rules
from tests.postgres import running_server

SEED = 1
CHUNK = 20_000
PAGE = 50
TRADES = [
    "建設",
    "工業",
    "商会",
    "文具",
    "印刷",
    "事務機",
    "造園",
    "清掃",
    "電機",
    "食品",
    "運輸",
    "繊維",
    "薬品",
    "警備",
    "書房",
    "家具",
    "測量",
    "興業",
    "組",
    "工務店",
    "産業",
    "設備",
    "土木",
    "電気",
    "塗装",
    "開発",
    "サービス",
]
FRONT = {"株式会社": 60, "有限会社": 12, "合同会社": 3, "": 25}
BEHIND = {"株式会社": 80, "": 20}
KANA = [chr(code) for code in range(0x30A2, 0x30F0)]
KANJI = [chr(code) for code in range(0x4E00, 0x4E00 + 6000)]
"""Which ones they are does not matter, only how unevenly they are used."""


def names(count: int) -> Iterator[tuple[str, str]]:
    """Name and reading; four in five have a reading."""
    random = Random(SEED)
    kanji = random.sample(KANJI, len(KANJI))
    weights = [1 / (rank + 5) for rank in range(len(kanji))]
    for _ in range(count):
        if random.random() < 0.75:
            core = "".join(random.choices(kanji, weights, k=random.choice((2, 2, 2, 3))))
        else:
            core = "".join(random.choices(KANA, k=random.randint(3, 6)))
        front = random.choices([*FRONT], [*FRONT.values()])[0]
        behind = "" if front else random.choices([*BEHIND], [*BEHIND.values()])[0]
        reading = "".join(random.choices(KANA, k=random.randint(4, 9))) if random.random() < 0.8 else ""
        yield f"{front}{core}{random.choice(TRADES)}{behind}", reading


def fill(engine: Engine, rows: int, rules: NameRules) -> float:
    """One batch that opens all records; the seconds that indexing their names took."""
    with engine.begin() as connection:
        counted = dict.fromkeys(("changed", "unchanged", "vanished", "refused"), 0)
        said = dict.fromkeys(("file_name", "file_hash", "layout", "applied_by"), "benchmark")
        at = datetime(2026, 4, 1, tzinfo=UTC)
        connection.execute(
            insert(BATCH_TABLE).values(
                id=1, headings=[], added=rows, version=1, applied_at=at, **counted, **said
            )
        )
        with built_afterwards(connection):
            _records(connection, rows, rules)
        start = time.perf_counter()
        index_versions(connection, 1)
        spent = time.perf_counter() - start
    with engine.begin() as connection:
        for table in ("name_blocks", "name_pairs"):
            know_sizes(connection, REGISTER_TABLE.metadata.tables[table])
    return spent


def _records(connection: Connection, rows: int, rules: NameRules) -> None:
    made, first = names(rows), 1
    texts = [
        column.name for column in REGISTER_TABLE.c if column.name not in {"id", "from_batch", "to_batch"}
    ]
    texts = [name for name in texts if not name.startswith(("valid_", "suspended_"))]
    while chunk := list(islice(made, CHUNK)):
        numbers = range(first, first + len(chunk))
        columns: dict[str, Sequence[object]] = {name: [""] * len(chunk) for name in texts}
        columns |= {name: ["none"] * len(chunk) for name in texts if name.startswith("grade_")}
        columns |= {
            "supplier_number": [f"{number:09d}" for number in numbers],
            "corporate_number": [f"{9_000_000_000_000 - 7919 * number}" for number in numbers],
            "trade_name": [name for name, _ in chunk],
            "name_folded": [fold_name(name, rules) for name, _ in chunk],
            "kana": [kana for _, kana in chunk],
            "address": [f"下関市南部町{number % 3000}番{number % 40}号" for number in numbers],
            "extra": ["{}"] * len(chunk),
            "digest": [str(number) for number in numbers],
            "from_batch": [1] * len(chunk),
        }
        load_columns(connection, REGISTER_TABLE, columns)
        first += len(chunk)


def searches(rows: int, count: int) -> dict[str, list[str]]:
    """Searches by kind, drawn from the names themselves or made so that nothing has them."""
    random = Random(SEED + 1)
    held = random.sample([name for name, _ in names(min(rows, 100_000))], count)
    readings = [kana for _, kana in islice(names(rows), 4 * count) if kana][:count]
    cores = [name.replace("株式会社", "").replace("有限会社", "") for name in held]
    trades = [random.choice(TRADES) + random.choice(TRADES) for _ in range(count)]
    return {
        "two characters of a name": [_part(random, name, 2) for name in held],
        "two characters of what is not the legal form": [_part(random, core, 2) for core in cores],
        "two characters, rare or not there": ["".join(random.sample(KANJI, 2)) for _ in held],
        "very common pairs": [random.choice(("会社", "株式", "建設", "工業", "限会", "商会")) for _ in held],
        "three to five characters of a name": [_part(random, name, random.randint(3, 5)) for name in held],
        "whole name": held,
        "common pairs, no hit": [f"株式会社{trade}株式" for trade in trades],
        "two trades": trades,
        "reading": [_part(random, kana, random.randint(2, 4)) for kana in readings],
        "beginning of a number": [f"{random.randrange(rows):09d}"[: random.randint(2, 9)] for _ in held],
        "corporate number": [str(9_000_000_000_000 - 7919 * random.randrange(rows))[:10] for _ in held],
        "one character": [random.choice(name) for name in held],
    }


def _part(random: Random, text: str, length: int) -> str:
    start = random.randrange(max(1, len(text) - length + 1))
    return text[start : start + length]


def measure(
    engine: Engine, rules: NameRules, kinds: dict[str, list[str]], rows: int, *, everywhere: bool
) -> None:
    find = partial(timed, SqlRegisterReader(engine), rules, everywhere=everywhere)
    for text in next(iter(kinds.values()))[:3]:
        find(text, "")
    every: list[float] = []
    for kind, texts in kinds.items():
        # Every third search is for a page from the middle of the register on.
        asked = [(text, f"{rows // 2:09d}" if place % 3 == 2 else "") for place, text in enumerate(texts)]
        spent, hits = zip(*(find(text, after) for text, after in asked), strict=True)
        print(f"  {kind:46} {_told(spent)}   {sum(map(bool, hits))} of {len(texts)} found", flush=True)
        every += spent if kind != "one character" else ()
    if len(kinds) > 1:
        print(f"  {'all of two characters or more':46} {_told(every)}", flush=True)


def timed(
    reader: SqlRegisterReader, rules: NameRules, text: str, after: str, *, everywhere: bool
) -> tuple[float, int]:
    """Milliseconds, and the records of the page."""
    start = time.perf_counter()
    folded = fold_name(text, rules)
    page = reader.page(
        search_folded=folded, search=text, after=after, limit=PAGE, version=None, everywhere=everywhere
    )
    return 1000 * (time.perf_counter() - start), len(page)


def _told(spent: Sequence[float]) -> str:
    return f"p50 {median(spent):7.1f} ms  p95 {quantiles(spent, n=20, method='inclusive')[-1]:7.1f} ms  max {max(spent):7.1f} ms"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--searches", type=int, default=100, help="of each kind")
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), action="append")
    asked = parser.parse_args()
    rules = load_name_rules(bundled("data"))
    kinds = searches(asked.rows, asked.searches)
    for engine in asked.engine or ("sqlite", "postgresql"):
        with ExitStack() as stack:
            if engine == "sqlite":
                folder = stack.enter_context(tempfile.TemporaryDirectory())
                url = f"sqlite:///{folder}/register.db"
                upgrade(url)
            else:
                url = stack.enter_context(running_server()).create()
            database = make_engine(url)
            spent = fill(database, asked.rows, rules)
            print(f"{engine}, {asked.rows} names, indexed in {spent:.1f} s")
            measure(database, rules, kinds, asked.rows, everywhere=False)
            wide = {"everywhere, two characters of a name": kinds["two characters of a name"][:10]}
            measure(database, rules, wide, asked.rows, everywhere=True)
            database.dispose()


if __name__ == "__main__":
    main()
