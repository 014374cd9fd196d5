"""The check that a free text for a mail quotes nothing that the supplier entered, however it is written.

It is meant for a person who copies or retells an entry without thinking, not for one who hides it. What it sees through is listed with
examples in ``tests/quoting.py``; what may be said (dates, numbers of documents, the office's own words, a surname, a town) as well.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from ebidadmin.domain.applications import IdForm
from ebidadmin.domain.contacts import CONTACT_FIELDS
from ebidadmin.domain.fields import CREDENTIAL_LENGTHS
from ebidadmin.domain.names import NameRules
from ebidadmin.domain.quote_texts import (
    GAP,
    Folding,
    QuoteWords,
    Reading,
    Squeezed,
    bare,
    counts,
    squeezed,
    unfolded_readings,
)
from ebidadmin.domain.registrations import Registration

SHORTEST_QUOTE = 4
SHORTEST_PERSON = 2
"""Entered values with fewer letters and digits than this are not searched for: they would match by chance. Persons' names are short and
always searched for."""

LOCAL_NUMBER = 7
"""Digits of a telephone number without its area code that are searched for; fewer are met by chance."""

TELLING_LOCAL_PART = 6
"""Signs from which on what stands before the @ tells the address by itself, if letters and digits are mixed."""

LONGEST_ENDING = 3
"""Letters of the last parts of a domain that do not tell whose it is."""

MOST_WORDS_TRIED = 8
"""Words that could be the password; more are not tried, because each costs as much as a log-in."""

Search = Callable[[Reading], bool]

_LEAST, _MOST = CREDENTIAL_LENGTHS
_WORD = re.compile(f"(?<![0-9A-Za-z])[0-9A-Za-z]{{{_LEAST},{_MOST}}}(?![0-9A-Za-z])")


class QuoteCheck:
    """Finds what a supplier entered in free texts. ``own`` are the office's own words, which may always be said: its telephone number,
    also where a supplier entered it as theirs. Back-office specification, section 5."""

    def __init__(self, words: QuoteWords, *, names: NameRules, own: Iterable[str] = ()) -> None:
        self._words, self._folding = words, Folding(words, names)
        self._legal_forms = {bare(self._folding.fold(form)) for form in names.legal_forms.values()}
        self._roles, self._place_after = re.compile(words.roles), re.compile(words.place_after)
        self._own = [self._folding.prepared(one) for text in own for one in self._folding.readings(text)]

    def fields(self, text: str, form: IdForm) -> tuple[str, ...]:
        """Names of the form's fields whose entered value stands in ``text``. The trade name may be quoted, also where it holds another
        value; so may departments and posts that every company has, and what is too short to be more than chance."""
        folding = self._folding
        allowed = self._trade_names(form.trade_name)
        readings = folding.readings(text)
        whole = [folding.prepared(one) for one in readings]
        without = [folding.prepared(one) for one in dict.fromkeys(_without(one, allowed) for one in readings)]
        found: list[str] = []
        for name, value in _values(form):
            folded = folding.fold(value)
            if bare(folded) in allowed:
                continue
            search = self._search(name.rpartition(".")[2], folded)
            texts = whole if any(one in bare(folded) for one in allowed) else without
            if search is not None and any(map(search, texts)) and not any(map(search, self._own)):
                found.append(name)
        return tuple(found)

    def id_fields(self, text: str, registration: Registration, form: IdForm) -> tuple[str, ...]:
        """The same for a live ID: for what is registered now, for what it was applied for with, and for the enterprise id."""
        now = replace(
            form,
            user_id=registration.user_id,
            main_contact=registration.main_contact,
            applicant_contact=registration.applicant_contact,
        )
        found = [*self.fields(text, now), *self.fields(text, form)]
        search = _id_search(registration.enterprise_id)
        if any(search(self._folding.prepared(one)) for one in self._folding.readings(text)):
            found.append("enterprise_id")
        return tuple(dict.fromkeys(found))

    def _search(self, kind: str, folded: str) -> Search | None:
        """How a value of that kind is looked for; ``None`` where it tells nothing."""
        if kind in {"phone", "fax", "company_phone", "company_fax"}:
            return _phone_search(re.findall("[0-9]+", folded))
        if kind == "postcode":
            return _postcode_search(bare(folded))
        if kind in {"supplier_number", "user_id"}:
            return _id_search(bare(folded))
        if kind == "email":
            return self._email_search(folded)
        if kind == "address":
            return self._address_search(folded)
        return self._name_search(folded, person=kind == "person")

    def _address_search(self, folded: str) -> Search | None:
        addresses = self._folding.addresses
        written = addresses.parse(self._folding.in_digits(folded))
        if len(written.whole) < SHORTEST_QUOTE:
            return None
        return lambda text: addresses.stands_in(text.address, written)

    def _email_search(self, address: str) -> Search:
        local, _, domain = address.rpartition("@")
        before, behind = (re.findall("[a-z0-9]+", part) for part in (local, domain))
        alone = "".join(before)
        telling = len(alone) >= TELLING_LOCAL_PART and not alone.isalpha() and not alone.isdigit()

        def search(text: Reading) -> bool:
            if telling and any(_stands_free(text.digits, at) for at in text.digits.find(alone)):
                return True
            return self._spelt_out(text.digits, before, behind)

        return search

    def _spelt_out(self, text: Squeezed, local: Sequence[str], domain: Sequence[str]) -> bool:
        """Whether the parts of an address follow each other, with nothing or the name of a sign between them. What every domain
        ends with (co.jp, com) may be left out."""
        if not local or not domain:
            return False
        own = next(
            (at for at in range(len(domain), 0, -1) if len(domain[at - 1]) > LONGEST_ENDING), len(domain)
        )
        steps = [*((part, self._words.signs) for part in local[1:]), (domain[0], self._words.at)]
        steps += [(part, self._words.signs) for part in domain[1:]]
        shorter = steps[: len(local) - 1 + own]
        for first in re.finditer(re.escape(local[0]), text.bare):
            start = text.places[first.start()]
            if not _goes_on(text.text[max(start - 1, 0) : start + 1], _latin_or_digit):
                if _followed(text.bare, first.end(), steps) is not None:
                    return True
                end = _followed(text.bare, first.end(), shorter)
                if end is not None and _stands_free(text, (start, text.places[end - 1] + 1)):
                    return True
        return False

    def _name_search(self, folded: str, *, person: bool) -> Search | None:
        pieces = [piece for piece in map(bare, folded.split()) if piece]
        if self._roles.fullmatch("".join(pieces)):
            return None
        if person:
            # A title entered before or behind the name is not the name; and some say the given name first.
            pieces = [piece for piece in pieces if not self._roles.fullmatch(piece)] or pieces
        orders = (pieces, pieces[::-1]) if person else (pieces,)
        names = ["".join(order) for order in orders]
        if len(names[0]) < (SHORTEST_PERSON if person else SHORTEST_QUOTE):
            return None
        wanted = tuple(dict.fromkeys((*names, *map(self._folding.in_digits, names))))
        return lambda text: any(
            self._is_name(one, at, short=len(names[0]) < SHORTEST_QUOTE)
            for one in (text.plain, text.digits)
            for value in wanted
            for at in one.find(value)
        )

    def _is_name(self, text: Squeezed, at: tuple[int, int], *, short: bool) -> bool:
        before, behind = _edges(text.text, at)
        if _goes_on(before, str.isdigit) or _goes_on(behind, str.isdigit):
            return False
        if _goes_on(before, _latin) or _goes_on(behind, _latin):
            return False
        # Two signs on either side of a full stop are no name: for short names the signs between letters count.
        between = {sign for sign in text.text[at[0] : at[1]] if not counts(sign)}
        return not short or (
            between <= set(self._words.in_short_names) and not self._place_after.match(behind[1:])
        )

    def _trade_names(self, trade_name: str) -> tuple[str, ...]:
        """The trade name, and the same without its legal form where enough is left; letters and digits alone."""
        name = bare(self._folding.fold(trade_name))
        cores = {
            core for form in self._legal_forms for core in (name.removeprefix(form), name.removesuffix(form))
        }
        made = {name, *(core for core in cores if len(core) >= SHORTEST_QUOTE)}
        return tuple(sorted(made - {""}, key=lambda one: (-len(one), one)))


def password_like(text: str, *, known: Iterable[str] = ()) -> tuple[str, ...]:
    """The words of a text that could be the supplier's password by the rule for passwords, but for ``known`` ones (the user id, the
    number of the application), in order, at most ``MOST_WORDS_TRIED``. Only the stored hash can tell whether one of them is."""
    others = {word.casefold() for word in known}
    found: dict[str, None] = {}
    for reading in unfolded_readings(text):
        for word in _WORD.findall(unicodedata.normalize("NFKC", reading)):
            if not (word.isalpha() or word.isdigit() or word.casefold() in others):
                found[word] = None
    return tuple(found)[:MOST_WORDS_TRIED]


def _values(form: IdForm) -> Iterator[tuple[str, str]]:
    for name in ("supplier_number", "company_phone", "company_fax", "branch", "user_id"):
        yield name, getattr(form, name)
    for prefix in ("main_contact", "applicant_contact"):
        for name in CONTACT_FIELDS:
            yield f"{prefix}.{name}", getattr(getattr(form, prefix), name)


def _phone_search(groups: Sequence[str]) -> Search:
    # Without the zero whose place +81 takes.
    national, local = "".join(groups).removeprefix("0"), "".join(groups[1:])

    def search(text: Reading) -> bool:
        numbers = text.numbers
        for start, end in numbers.find(national):
            before = numbers.text[:start]
            led = not before[-1:].isdigit() or before.endswith(("0", "81"))
            if led and not numbers.text[end : end + 1].isdigit():
                return True
        return len(local) >= LOCAL_NUMBER and any(
            not re.search("[0-9]-?$", numbers.text[:start]) and not re.match("-?[0-9]", numbers.text[end:])
            for start, end in numbers.find(local)
        )

    return search


def _postcode_search(digits: str) -> Search:
    def search(text: Reading) -> bool:
        found = text.postcodes
        return any(
            not re.search("[0-9]-?$", found.text[:start])
            and not found.text[end : end + 1].isdigit()
            and re.fullmatch("[0-9-]+", found.text[start:end])
            for start, end in found.find(digits)
        )

    return search


def _id_search(wanted: str) -> Search:
    return lambda text: any(
        not any(_goes_on(edge, str.isdigit) for edge in _edges(one.text, at))
        for one in (text.plain, text.digits, text.numbers)
        for at in one.find(wanted)
    )


def _followed(text: str, here: int, steps: Sequence[tuple[str, Sequence[str]]]) -> int | None:
    """Where the parts end that follow each other from ``here`` on, each with or without one of its signs before it."""
    for part, signs in steps:
        length = next((len(sign + part) for sign in ("", *signs) if text.startswith(sign + part, here)), None)
        if length is None:
            return None
        here += length
    return here


def _without(folded: str, allowed: Sequence[str]) -> str:
    """The text with a gap for each trade name."""
    for name in allowed:
        for start, end in reversed(list(squeezed(folded).find(name))):
            folded = folded[:start] + GAP + folded[end:]
    return folded


def _edges(text: str, at: tuple[int, int]) -> tuple[str, str]:
    """The sign before the match with its first, and its last with the one behind."""
    start, end = at
    return text[max(start - 1, 0) : start + 1], text[end - 1 : end + 1]


def _goes_on(edge: str, same: Callable[[str], bool]) -> bool:
    """Whether what stands at that edge of a match (a number, a word) goes on outside it."""
    return len(edge) == 2 and all(map(same, edge))


def _latin(sign: str) -> bool:
    return sign.isascii() and sign.isalpha()


def _latin_or_digit(sign: str) -> bool:
    return sign.isascii() and sign.isalnum()


def _stands_free(text: Squeezed, at: tuple[int, int]) -> bool:
    return not any(_goes_on(edge, _latin_or_digit) for edge in _edges(text.text, at))
