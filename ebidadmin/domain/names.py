"""The name match of the registration search, and the comparison of names, persons and addresses with the register.

Entered and registered texts are never changed for it: both are folded into twins that serve comparison only. Kanji variants and the
written forms of a legal form (the abbreviation in brackets, the one-character symbol, the words in full) are data, given as ``NameRules``.

A legal form is compared with its position: a company that bears it in front is another company than one that bears it behind, and
one with another legal form is another company again. Real registers hold hundreds of such pairs, so a legal form is never
stripped.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

SEARCH_LENGTH = 40
"""Characters that the search field and the source of the register can hold; a longer name is known by its beginning."""

HYPHENS = "\u002d\u00ad\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u207b\u208b\u2212\u2500\u2501\u2796\u30a0\ufe58\ufe63\uff0d"
"""Hyphens, dashes, the minus sign and the ruled lines that are typed in their place."""

WAVE_DASHES = "\u007e\u02dc\u2053\u223c\u223e\u301c\u3030\uff5e"
"""Tilde, wave dash and what character tables exchange them for."""

SOUND_MARKS = "\u30fc\uff70"
"""The mark of a long vowel. After a letter or digit of the Latin script it can only be a hyphen; after kana it is a letter."""

_FOLDED_SIGNS = {**dict.fromkeys(HYPHENS, "-"), **dict.fromkeys(WAVE_DASHES, "~")}
_APART = "\0"
"""A sign that folding leaves alone, that no file may hold, and with which nothing composes."""

_MARK_AS_HYPHEN = re.compile(f"(?<=[0-9a-z-])[{SOUND_MARKS}]")
_COMPATIBILITY_KANJI = "\uf900-\ufaff\U0002f800-\U0002fa1f"
_VARIATION_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")

Replace = Callable[[str], str]


def _replacing(table: Mapping[str, str]) -> Replace:
    """A function that exchanges single characters. It finds the few that a text has rather than look every character up."""
    others = {sign: other for sign, other in table.items() if sign != other}
    if not others:
        return lambda text: text
    found = re.compile(f"[{''.join(map(re.escape, others))}]")
    return lambda text: found.sub(lambda match: others[match[0]], text)


_fold_signs = _replacing(_FOLDED_SIGNS)


class MatchClass(StrEnum):
    """How two texts compare, from the same to another."""

    IDENTICAL = "identical"
    WIDTH = "width"
    LEGAL_FORM = "legal-form"
    VARIANT = "variant"
    PREFIX = "prefix"
    DIFFERENT = "different"


Difference = Literal["legal-form", "legal-form-position", "core"]


@dataclass(frozen=True, slots=True)
class NameMatch:
    """A match class and, for different names, which part differs. It never reveals the registered name."""

    cls: MatchClass
    differs: Difference | None = None

    @property
    def matches(self) -> bool:
        return self.cls is not MatchClass.DIFFERENT


@dataclass(frozen=True, slots=True)
class NameRules:
    """``variants`` maps a variant kanji to the one it is compared as; ``legal_forms`` maps each way of writing a legal form to its
    words in full. Both are data, with their source, under ``data/reference``."""

    variants: Mapping[str, str] = field(default_factory=dict)
    legal_forms: Mapping[str, str] = field(default_factory=dict)
    _kanji: Replace = field(init=False, repr=False, compare=False)
    _symbols: Replace = field(init=False, repr=False, compare=False)
    _written: tuple[tuple[str, str], ...] = field(init=False, repr=False, compare=False)
    _forms: tuple[str, ...] = field(init=False, repr=False, compare=False)
    _kept: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        symbols = {written: full for written, full in self.legal_forms.items() if len(written) == 1}
        longer = [
            (fold(written), fold(full)) for written, full in self.legal_forms.items() if len(written) > 1
        ]
        kept = _COMPATIBILITY_KANJI + "".join(re.escape(symbol) for symbol in symbols)
        derived = {
            "_kanji": _replacing(self.variants),
            # Symbols are replaced before folding: NFKC would turn a circled sign into the bare character, the brackets lost.
            "_symbols": _replacing(symbols),
            "_written": tuple(sorted(longer, key=lambda pair: (-len(pair[0]), pair[0]))),
            "_forms": tuple(
                sorted(
                    {fold(full) for full in self.legal_forms.values()}, key=lambda form: (-len(form), form)
                )
            ),
            "_kept": re.compile(f"([{kept}])"),
        }
        for name, value in derived.items():
            object.__setattr__(self, name, value)

    @property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of the rules: twins made under others may differ."""
        rules = [sorted(self.variants.items()), sorted(self.legal_forms.items())]
        return hashlib.sha256(json.dumps(rules).encode()).hexdigest()


def fold(text: str) -> str:
    """The comparison twin of a text: NFKC, without spaces, hyphens and wave dashes made one, ignoring case. Idempotent.

    Kanji variants and legal forms stay as they are (``fold_name`` folds these too).
    """
    # Removing a space can bring a letter and a combining mark together, and folding case can undo composition: go on until stable.
    while (folded := _fold_once(text)) != text:
        text = folded
    return text


def fold_name(text: str, rules: NameRules) -> str:
    """The twin of a name under the rules: ``fold``, kanji variants made one, legal forms written in full. Idempotent."""
    return _in_full(rules._kanji(_VARIATION_SELECTORS.sub("", _with_symbols(text, rules))), rules)


def fold_names(texts: Sequence[str], rules: NameRules) -> list[str]:
    """``fold_name`` of each, in one go: a register has a hundred thousand names."""
    folded = fold_name(_APART.join(texts), rules).split(_APART)
    if len(folded) == len(texts):
        return folded
    # One of them holds the sign that keeps them apart.
    return [fold_name(text, rules) for text in texts]


def compare(entered: str, registered: str, rules: NameRules) -> NameMatch:
    """How two names compare, legal form and its position included. Symmetric; a name matches itself."""
    if entered == registered:
        return NameMatch(MatchClass.IDENTICAL)
    if _in_full(_with_symbols(entered, rules), rules) == _in_full(_with_symbols(registered, rules), rules):
        return NameMatch(_class_of_equals(entered, registered, rules))
    ours, theirs = fold_name(entered, rules), fold_name(registered, rules)
    if ours == theirs:
        return NameMatch(MatchClass.VARIANT)
    return NameMatch(MatchClass.DIFFERENT, _difference(_split(ours, rules), _split(theirs, rules)))


def matches_search(entered: str, registered: str, rules: NameRules) -> NameMatch:
    """The rule of the registration search: as ``compare``, but a registered name longer than 40 characters also matches on its first
    40, as the class ``PREFIX``."""
    match = compare(entered, registered, rules)
    if match.matches or len(registered) <= SEARCH_LENGTH:
        return match
    if compare(entered, registered[:SEARCH_LENGTH], rules).matches:
        return NameMatch(MatchClass.PREFIX)
    return match


def compare_text(entered: str, registered: str, rules: NameRules) -> MatchClass:
    """How two persons' names or addresses compare; legal forms play no part.

    A registered text of exactly 40 characters may have been cut by the system it comes from: one that goes on is ``PREFIX``.
    """
    if entered == registered:
        return MatchClass.IDENTICAL
    if _shape(entered, rules) == _shape(registered, rules):
        return MatchClass.WIDTH
    ours, theirs = (_fold_variants(text, rules) for text in (entered, registered))
    if ours == theirs:
        return MatchClass.VARIANT
    if len(registered) == SEARCH_LENGTH and ours.startswith(theirs):
        return MatchClass.PREFIX
    return MatchClass.DIFFERENT


def _fold_once(text: str) -> str:
    squeezed = "".join(unicodedata.normalize("NFKC", _fold_signs(text)).split())
    plain = _fold_signs(squeezed).casefold()
    return unicodedata.normalize("NFKC", _MARK_AS_HYPHEN.sub("-", plain))


def _with_symbols(text: str, rules: NameRules) -> str:
    return fold(rules._symbols(text))


def _in_full(folded: str, rules: NameRules) -> str:
    for written, full in rules._written:
        folded = folded.replace(written, full)
    return folded


def _fold_variants(text: str, rules: NameRules) -> str:
    return rules._kanji(_VARIATION_SELECTORS.sub("", fold(text)))


def _shape(text: str, rules: NameRules) -> str:
    """As ``fold``, but the symbols of legal forms and the compatibility kanji, which NFKC would silently exchange, stay visible."""
    return "".join(piece if index % 2 else fold(piece) for index, piece in enumerate(rules._kept.split(text)))


def _class_of_equals(entered: str, registered: str, rules: NameRules) -> MatchClass:
    """The class of two names that are equal once folded and with their legal forms in full."""
    if _shape(entered, rules) == _shape(registered, rules):
        return MatchClass.WIDTH
    ours, theirs = (_in_full(_shape(rules._symbols(text), rules), rules) for text in (entered, registered))
    return MatchClass.LEGAL_FORM if ours == theirs else MatchClass.VARIANT


@dataclass(frozen=True, slots=True)
class _Parts:
    form: str
    position: Literal["front", "back", ""]
    core: str


def _split(folded_name: str, rules: NameRules) -> _Parts:
    for form in rules._forms:
        if folded_name.startswith(form):
            return _Parts(form, "front", folded_name.removeprefix(form))
    for form in rules._forms:
        if folded_name.endswith(form):
            return _Parts(form, "back", folded_name.removesuffix(form))
    return _Parts("", "", folded_name)


def _difference(ours: _Parts, theirs: _Parts) -> Difference:
    if ours.core != theirs.core:
        return "core"
    return "legal-form" if ours.form != theirs.form else "legal-form-position"
