"""An entered address found again in a text that writes it in another way.

Texts are taken as ``quotes`` folds them, with their numbers in ASCII digits. The words are given, because they are Japanese.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

MOST_NUMBERS = 3
"""Of district, block and house: a fourth number is a flat or a floor, which may be left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressWords:
    """The words of addresses. ``between`` stand between the numbers of one address; ``no`` is the particle that does so too and also
    stands within names; ``house`` ends the number of a house; ``leading`` stand between town and number; ``town`` may end a town's
    name. ``prefecture``, ``municipality``, ``section`` and ``numbered`` (what follows a house number that stands alone) are regular
    expressions. ``other_town``: signs that before a town's name make it another town's. ``same`` maps signs of names to those that
    they are exchanged with."""

    between: Sequence[str]
    no: str
    house: str
    leading: Sequence[str]
    town: str
    prefecture: str
    municipality: str
    section: str
    numbered: str
    other_town: str
    same: dict[int, str] = field(hash=False)


@dataclass(frozen=True, slots=True)
class WrittenAddress:
    """Where (any of the names suffices) and which house numbers; ``whole`` is the entire address, for one without numbers."""

    towns: tuple[str, ...]
    numbers: tuple[str, ...]
    whole: str


class Addresses:
    """Takes addresses apart and finds them, with given words. ``gap`` is a sign over which nothing is read."""

    def __init__(self, words: AddressWords, *, gap: str) -> None:
        self._words = words
        between = f"(?:[^\\w{gap}]|{'|'.join(map(re.escape, (*words.between, words.no)))})"
        self._joint = re.compile(f"(?<=[0-9]){between}+(?=[0-9])")
        self._ending = re.compile(f"(?<=[0-9])[^\\w{gap}]+(?=[^0-9])")
        self._loose = re.compile(f"[^\\w{gap}-]|(?<![0-9])-|(?<![0-9]){words.no}")
        self._zeros = re.compile("(?<![0-9])0+(?=[0-9])")
        self._chain = re.compile(f"[0-9]+(?:{between}+[0-9]+)*")
        self._numbered = re.compile(f"([0-9]+)({between}*)")
        self._after_number = re.compile(words.numbered)
        self._prefecture, self._municipality = re.compile(words.prefecture), re.compile(words.municipality)
        self._section = re.compile(words.section)
        self._leading = re.compile(f"(?:{'|'.join(map(re.escape, words.leading))})*")
        self._other = re.compile(f"[{words.other_town}]$|(?<![0-9-])[0-9]{{1,2}}{words.no}?$")

    def joined(self, text: str) -> str:
        """The text with one hyphen between the numbers of an address and no other signs, in which ``stands_in`` looks."""
        # A number before other words (of a list, a postcode) stays apart from them by a hyphen, too.
        apart = self._ending.sub("-", self._joint.sub("-", text))
        return self._zeros.sub("", self._loose.sub("", apart)).translate(self._words.same)

    def parse(self, address: str) -> WrittenAddress:
        """What has to be found of an entered address: building, larger places and words such as "section" may be left out, the house
        number not."""
        whole = self.joined(address)
        for chain in self._chain.finditer(address):
            if not chain[0].isdigit() or self._after_number.match(address[chain.end() :]):
                towns = tuple(dict.fromkeys(self._towns(self.joined(address[: chain.start()]))))
                return WrittenAddress(towns, tuple(self._house_numbers(chain[0])), whole)
        return WrittenAddress((), (), whole)

    def stands_in(self, text: str, address: WrittenAddress) -> bool:
        """Whether the address stands in a text that went through ``joined``."""
        whole = address.whole
        if any(not _goes_on(text[at + len(whole) :], address.numbers) for at in _places(whole, text)):
            return True
        return any(self._behind(town, address.numbers, text) for town in address.towns)

    def _behind(self, town: str, numbers: tuple[str, ...], text: str) -> bool:
        bare = town.removesuffix(self._words.town) if len(town) > 2 else town
        wanted = "-".join(numbers)
        for at in _places(bare, text):
            if self._other.search(text[:at]):
                continue
            rest = text[at + len(bare) :].removeprefix(self._words.town)
            rest = rest[self._matched(rest) :]
            if rest.startswith(wanted) and not _goes_on(rest[len(wanted) :], numbers):
                return True
        return False

    def _matched(self, rest: str) -> int:
        leading = self._leading.match(rest)
        return leading.end() if leading else 0

    def _towns(self, head: str) -> Iterator[str]:
        """The names before the numbers, each of which tells where: town and its sections."""
        place = self._prefecture.sub("", head)
        local = self._section.split(self._municipality.sub("", place))
        sections = [section for section in local if len(section) > 1]
        if sections:
            yield "".join(local)
            yield from sections
        elif len(place) > 1:
            yield place

    def _house_numbers(self, chain: str) -> Iterator[str]:
        for position, (number, after) in enumerate(self._numbered.findall(chain)[:MOST_NUMBERS]):
            yield str(int(number))
            # Behind the word for a house or, after a full house number, behind a space the building begins.
            if self._words.house in after or (position and after.isspace()):
                return


def _places(part: str, text: str) -> Iterator[int]:
    at = text.find(part) if part else -1
    while at >= 0:
        yield at
        at = text.find(part, at + 1)


def _goes_on(rest: str, numbers: tuple[str, ...]) -> bool:
    """Whether the number goes on: 1 is not 11; and a lone number followed by another one is another place."""
    return bool(re.match("-?[0-9]" if len(numbers) == 1 else "[0-9]", rest))
