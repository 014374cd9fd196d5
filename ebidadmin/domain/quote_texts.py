"""Free texts made ready for the search for quoted entries: all ways of writing a thing become one, and places in the text stay known."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ebidadmin.domain.names import SOUND_MARKS, NameRules, fold_name
from ebidadmin.domain.written_addresses import Addresses, AddressWords
from ebidadmin.domain.written_numbers import Numerals

GAP = "\ue000"
"""Stands where the trade name stood: nothing is read across it."""

_INVISIBLE = frozenset("\u115f\u1160\u3164\uffa0\u2800")
"""Letters and signs without any look, besides those that Unicode calls format characters."""

_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}
_SPACED = re.compile(r"\S(?:\s+\S(?=\s|$)){2,}(?:\s+\S)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteWords:
    """The Japanese words that the check knows, folded as it folds texts. ``between_digits``: signs and words between the groups of a
    telephone number; ``between_postcode``: single signs; ``at`` and ``signs``: names of the signs of a mail address; ``roles``: what every
    company calls its departments and posts (regular expression); ``in_short_names``: signs that may stand within a name of two or three
    letters; ``place_after``: what follows a name that is a place (regular expression); ``alike``: kanji that are written for each
    other."""

    numerals: Numerals
    addresses: AddressWords
    between_digits: Sequence[str]
    between_postcode: str
    at: Sequence[str]
    signs: Sequence[str]
    roles: str
    in_short_names: str
    place_after: str
    alike: dict[int, str] = field(hash=False)


@dataclass(frozen=True, slots=True)
class Squeezed:
    """A text and its letters and digits alone, each with its place in the text."""

    text: str
    bare: str
    places: tuple[int, ...]

    def find(self, value: str) -> Iterator[tuple[int, int]]:
        """Where the letters and digits of ``value`` stand one after another: first place and the one behind, in the text."""
        at = self.bare.find(value) if value else -1
        while at >= 0:
            yield self.places[at], self.places[at + len(value) - 1] + 1
            at = self.bare.find(value, at + 1)


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a text: as folded, with its numbers in digits, and with the groups of numbers and addresses joined."""

    plain: Squeezed
    digits: Squeezed
    numbers: Squeezed
    postcodes: Squeezed
    address: str


class Folding:
    """How texts and values are folded, with given words and rules of names."""

    def __init__(self, words: QuoteWords, names: NameRules) -> None:
        self._numerals, self._names = words.numerals, names
        self._letters: dict[int, int | str] = {**_KATAKANA, **words.alike, ord("_"): "-"}
        self._numbers = re.compile(
            f"(?<=[0-9])(?:[^\\w{GAP}]|{'|'.join(map(re.escape, words.between_digits))})+(?=[0-9])"
        )
        self._postcodes = re.compile(f"(?<=[0-9])[{re.escape(words.between_postcode)}]+(?=[0-9])")
        self.addresses = Addresses(words.addresses, gap=GAP)

    def fold(self, text: str) -> str:
        """Width, case, variants of kanji, legal forms and the two kana made one; one space for any white space, hyphens for underscores."""
        folded = " ".join(fold_name(piece, self._names) for piece in text.split()).translate(self._letters)
        return "".join(sign for sign in folded if unicodedata.category(sign) not in {"Mn", "Me", "Cf"})

    def in_digits(self, folded: str) -> str:
        """A folded text with its numbers in ASCII digits."""
        return self._numerals.in_digits(folded)

    def readings(self, text: str) -> tuple[str, ...]:
        """The text folded, in each of ``unfolded_readings``."""
        return tuple(dict.fromkeys(map(self.fold, unfolded_readings(text))))

    def prepared(self, folded: str) -> Reading:
        """A folded text ready to be searched."""
        digits = self.in_digits(folded)
        return Reading(
            plain=squeezed(folded),
            digits=squeezed(digits),
            numbers=squeezed(self._numbers.sub("-", digits)),
            postcodes=squeezed(self._postcodes.sub("-", digits)),
            address=self.addresses.joined(digits),
        )


def unfolded_readings(text: str) -> tuple[str, ...]:
    """The text without invisible signs: as it is, with its line breaks taken for nothing, and with s p a c e d words closed, once across
    wider gaps and once up to them."""
    visible = "".join(sign for sign in text if sign in "\n\r\t" or not _invisible(sign))
    closed = re.sub("[\r\n]+", "", visible)
    across = _SPACED.sub(lambda run: re.sub(r"\s+", "", run[0]), closed)
    words = _SPACED.sub(lambda run: re.sub(r"(?<!\s)\s(?!\s)", "", run[0]), closed)
    return tuple(dict.fromkeys((visible, closed, across, words)))


def squeezed(text: str) -> Squeezed:
    """A text with its letters and digits."""
    places = tuple(place for place, sign in enumerate(text) if counts(sign))
    return Squeezed(text, "".join(text[place] for place in places), places)


def bare(text: str) -> str:
    """The letters and digits of a text."""
    return "".join(filter(counts, text))


def counts(sign: str) -> bool:
    """Whether it is a letter or digit. The mark of a long vowel is not: a hyphen is typed for it, and it for a hyphen."""
    return (sign.isalnum() and sign not in SOUND_MARKS) or sign == GAP


def _invisible(sign: str) -> bool:
    return sign in _INVISIBLE or unicodedata.category(sign) in {"Cf", "Cc"}
