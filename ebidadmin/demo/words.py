"""The words that made-up data is put together from, read from ``data/samples/words.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any


@dataclass(frozen=True, slots=True)
class Town:
    postcode: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """See the data file for the meaning of each."""

    markers: tuple[str, ...]
    trades: tuple[str, ...]
    titles: tuple[str, ...]
    surnames: tuple[str, ...]
    given_names: tuple[str, ...]
    branches: tuple[str, ...]
    departments: tuple[str, ...]
    person_separator: str
    forms: tuple[tuple[str, int], ...]
    towns: tuple[Town, ...]
    samples: tuple[Mapping[str, str], ...]
    legal_form_swaps: tuple[tuple[str, str], ...]
    variant_swaps: tuple[tuple[str, str], ...]
    other_core: str
    other_person: str
    other_address: str
    mistyped_domain: str

    def person(self, random: Random) -> str:
        return self.person_separator.join((random.choice(self.surnames), random.choice(self.given_names)))

    def company(self, random: Random, number: int) -> str:
        """A name that is recognisably made up and unique by its number."""
        core = f"{random.choice(self.markers)}{random.choice(self.surnames)}{random.choice(self.trades)}{number:04d}"
        patterns, weights = zip(*self.forms, strict=True)
        pattern: str = random.choices(patterns, weights)[0]
        return pattern.format(core=core)


def load_words(path: Path) -> Words:
    """Read the words; a missing key is a ``KeyError`` because the file travels with the program."""
    raw: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    replace = raw["replace"]
    lists = ("markers", "trades", "titles", "surnames", "given_names", "branches", "departments")
    return Words(
        **{name: tuple(raw[name]) for name in lists},
        person_separator=raw["person_separator"],
        forms=tuple((form["pattern"], form["weight"]) for form in raw["forms"]),
        towns=tuple(Town(town["postcode"], town["address"]) for town in raw["towns"]),
        samples=tuple(raw["samples"]),
        legal_form_swaps=tuple((one, other) for one, other in replace["legal_form"]),
        variant_swaps=tuple((one, other) for one, other in replace["variant"]),
        other_core=replace["other_core"],
        other_person=replace["other_person"],
        other_address=replace["other_address"],
        mistyped_domain=replace["mistyped_domain"],
    )
