"""Searches of names in a large register, as the register screen does them: the first page of what a text finds.

The texts are taken from the names themselves with a fixed seed: the commonest of their length, those of names picked at random, those
that stand in hardly any name, and some that stand in none.
"""

from __future__ import annotations

import csv
import time
from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from corpus import HEADINGS, NAME, SEED, Files
from work import Facts, Place, Work, expect

from ebidadmin.bootstrap import Desk, open_desk
from ebidadmin.services.qualification_import import list_page

LENGTHS = (2, 3, 4, 6)
SAMPLE = 20_000
COMMON, TYPICAL, RARE, ABSENT = 10, 25, 25, 5


class Query(NamedTuple):
    kind: str
    text: str


class Timed(NamedTuple):
    kind: str
    length: int
    seconds: float
    found: int


def queries(names: list[str]) -> list[Query]:
    """The texts to search, in an order that mixes them."""
    random = Random(SEED)
    made: list[Query] = []
    for length in LENGTHS:
        grams = Counter(gram for name in names for gram in _grams(name, length))
        once = sorted(gram for gram, times in grams.items() if times == 1)
        picked = [
            random.choice(found) for name in _picked(random, names) if (found := [*_grams(name, length)])
        ]
        made += [Query("common", gram) for gram, _ in sorted(grams.items(), key=_often)[:COMMON]]
        made += [Query("typical", gram) for gram in picked]
        made += [Query("rare", gram) for gram in random.sample(once, min(RARE, len(once)))]
        made += [Query("absent", gram) for gram in _absent(random, names, grams, length)]
    random.shuffle(made)
    return made


def search(place: Place, files: Files) -> Work:
    desk = open_desk(place.desk)
    names = _names(files)
    asked = queries(names)
    _hits(desk, names[0])  # the first statement of a connection is no search of a working day
    filled = desk.register_reader.total() > 0

    def check(timed: list[Timed]) -> Facts:
        if filled:
            missed = [
                query
                for query, done in zip(asked, timed, strict=True)
                if query.kind != "absent" and not done.found
            ]
            expect("texts of names that were not found", missed, [])
        return {"rows": desk.register_reader.total(), "searches": [done._asdict() for done in timed]}

    return Work(lambda: [_timed(desk, query) for query in asked], check)


def _timed(desk: Desk, query: Query) -> Timed:
    start = time.perf_counter()
    found = _hits(desk, query.text)
    return Timed(query.kind, len(query.text), time.perf_counter() - start, found)


def _hits(desk: Desk, text: str) -> int:
    return len(list_page(desk.office, staff=desk.staff, reader=desk.register_reader, search=text))


def _names(files: Files) -> list[str]:
    """A sample of the register's names, evenly from all of it."""
    place, each = HEADINGS.index(NAME), max(1, files.rows // SAMPLE)
    with files.first.open(encoding="cp932", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        return [row[place] for number, row in enumerate(rows) if number % each == 0]


def _grams(name: str, length: int) -> Iterator[str]:
    """What somebody types of a name: not its brackets."""
    for start in range(len(name) - length + 1):
        gram = name[start : start + length]
        if gram.isalnum():
            yield gram


def _picked(random: Random, names: list[str]) -> list[str]:
    return random.sample(names, min(TYPICAL, len(names)))


def _often(counted: tuple[str, int]) -> tuple[int, str]:
    return -counted[1], counted[0]


def _absent(random: Random, names: list[str], grams: Counter[str], length: int) -> Iterator[str]:
    signs = sorted({sign for name in names for sign in name if sign.isalnum()})
    for _ in range(ABSENT):
        while (gram := "".join(random.choices(signs, k=length))) in grams:
            pass
        yield gram
