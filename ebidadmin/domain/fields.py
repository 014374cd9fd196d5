"""The field rules of the registration screens.

Half-width fields: full-width digits, letters and hyphens are folded to half-width, and what was folded is reported, so that it can be
shown before confirming. All fields: outer spaces are trimmed, nothing else is changed. Nothing is ever cut or padded. Lengths
count Unicode code points of that.

Problems are values, all of a form at once; ``where`` is the flat key of the field, e.g. ``main_contact.postcode``. Their facts never hold
what was entered into a password field.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Generic, TypeVar

from ebidadmin.domain.applications import IdForm
from ebidadmin.domain.contacts import Contact
from ebidadmin.domain.ids import SupplierNumber, UserId
from ebidadmin.domain.names import HYPHENS, SEARCH_LENGTH, SOUND_MARKS
from ebidadmin.errors import FactValue, Problem

SUPPLIER_NUMBER_LENGTH = 9
TRADE_NAME_LIMIT = SEARCH_LENGTH
CONTACT_NAME_LIMIT = 60
ADDRESS_LIMIT = 60
PERSON_LIMIT = 20
MAIL_LIMIT = 100
CREDENTIAL_LENGTHS = (6, 20)
PHONE_DIGITS = (9, 13)

T = TypeVar("T", covariant=True)

_OUTER_SPACES = "\u0020\u00a0\u3000"
_FULL_WIDTH = [*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B)]
_HALF_WIDTH = str.maketrans(
    {
        **{code: chr(code - 0xFEE0) for code in _FULL_WIDTH},
        **dict.fromkeys(map(ord, HYPHENS + SOUND_MARKS), "-"),
    }
)
_ALPHANUMERIC = re.compile("[0-9A-Za-z]+")
_POSTCODE = re.compile("[0-9]{3}-[0-9]{4}")
_PHONE = re.compile("[0-9]+(-[0-9]+){1,3}")
_VISIBLE_ASCII = re.compile("[!-~]+")
_IN_PLACE_OF = {"\u2014": "\u2015", "\u00a5": "\uffe5", "\u203e": "\uffe3"}
"""Characters that CP932 has only under another code point of the same look. (The wave dash and the minus sign it takes as they are.)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormRules:
    """What the rules depend on from outside: ``mail_ok`` tells a valid address, ``branch_limit`` is a setting."""

    mail_ok: Callable[[str], bool]
    branch_limit: int = 30


@dataclass(frozen=True, slots=True)
class SearchForm:
    """What the qualification search is asked for."""

    supplier_number: SupplierNumber
    trade_name: str


@dataclass(frozen=True, slots=True)
class Checked(Generic[T]):
    """A checked form: its ``value``, or ``None`` when there are ``problems``.

    ``folded`` maps the key of each half-width field that was folded to what was typed and what it became.
    """

    value: T | None
    problems: tuple[Problem, ...] = ()
    folded: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def check_search(raw: Mapping[str, object], *, rules: FormRules) -> Checked[SearchForm]:
    """Check the search form: ``supplier_number``, ``trade_name``; ``user_id`` and ``password`` must be empty, even of spaces."""
    form = _Form(raw, rules)
    supplier, name = form.supplier_number("supplier_number"), form.text("trade_name", TRADE_NAME_LIMIT)
    for key in ("user_id", "password"):
        if raw.get(key) not in (None, ""):
            form.add(key, "must-be-empty")
    return form.checked(lambda: SearchForm(SupplierNumber(supplier), name))


def check_contact(
    raw: Mapping[str, object], *, rules: FormRules, prefix: str = "", need_email_again: bool = True
) -> Checked[Contact]:
    """Check the seven contact fields under ``prefix`` (``main_contact`` reads ``main_contact.name`` …) and the repeated address."""
    form = _Form(raw, rules)
    contact = form.contact(prefix, need_email_again=need_email_again)
    return form.checked(lambda: contact)


def check_id_form(
    raw: Mapping[str, object], *, rules: FormRules, need_email_again: bool = True
) -> Checked[IdForm]:
    """Check the ID application form, the password left out (``check_password``). Batches have no second entry of the address."""
    form = _Form(raw, rules)
    supplier, name = form.supplier_number("supplier_number"), form.text("trade_name", TRADE_NAME_LIMIT)
    phone, fax = form.phone("company_phone"), form.phone("company_fax")
    branch = form.text("branch", rules.branch_limit)
    main, applicant = (
        form.contact(prefix, need_email_again=need_email_again)
        for prefix in ("main_contact", "applicant_contact")
    )
    user_id = form.user_id("user_id")
    return form.checked(
        lambda: IdForm(
            supplier_number=SupplierNumber(supplier),
            trade_name=name,
            company_phone=phone,
            company_fax=fax,
            branch=branch,
            main_contact=main,
            applicant_contact=applicant,
            user_id=UserId(user_id),
        )
    )


def check_user_id(typed: str, *, rules: FormRules) -> Checked[UserId]:
    """Check a user id alone, by the rule of the ID application form."""
    form = _Form({"user_id": typed}, rules)
    user_id = form.user_id("user_id")
    return form.checked(lambda: UserId(user_id))


def check_password(
    password: bytes | bytearray, again: bytes | bytearray, user_id: str
) -> tuple[Problem, ...]:
    """Check the password and its repetition: 6 to 20 half-width letters and digits, at least one of each, both equal, not the user id.

    The user id is compared ignoring case, as user ids are unique ignoring case. Nothing is folded: a password is not shown, so
    nobody could confirm the folding. No text is made of the bytes, so that the caller can wipe them.
    """
    problems = [Problem("password", code, facts) for code, facts in _password_problems(password, user_id)]
    if not again:
        problems.append(Problem("password_again", "required"))
    elif password and password != again:
        problems.append(Problem("password_again", "not-equal"))
    return tuple(problems)


def fold_half_width(text: str) -> str:
    """Full-width digits, letters and every kind of hyphen as half-width ones; the same number of characters. Idempotent."""
    return text.translate(_HALF_WIDTH)


def trim(text: str) -> str:
    """Without outer spaces (half-width, full-width, no-break). Tabs and line ends are not spaces here but control characters."""
    return text.strip(_OUTER_SPACES)


def character_problems(where: str, text: str) -> tuple[Problem, ...]:
    """One problem for each different character that the receiving systems cannot hold: control characters, private use, U+FFFD, and
    whatever is outside CP932. Facts: ``codepoint``, ``character`` (empty where it cannot be shown), ``position`` from 1, ``instead``."""
    if text.isascii() and text.isprintable():
        # Most fields of a form are nothing else, and a batch has some hundred thousand of them.
        return ()
    found: dict[str, Problem] = {}
    for position, character in enumerate(text, start=1):
        code = None if character in found else _character_code(character)
        if code is not None:
            facts: dict[str, FactValue] = {
                "codepoint": f"U+{ord(character):04X}",
                "character": character if character.isprintable() else "",
                "position": position,
                "instead": _IN_PLACE_OF.get(character, ""),
            }
            found[character] = Problem(where, code, facts)
    return tuple(found.values())


@lru_cache(maxsize=8192)
def _character_code(character: str) -> str | None:
    category = unicodedata.category(character)
    if category == "Cc":
        return "control-character"
    if category == "Co":
        return "private-use-character"
    if character == "\ufffd":
        return "replacement-character"
    try:
        character.encode("cp932")
    except UnicodeEncodeError:
        return "unsupported-character"
    return None


def _credential_problems(
    length: int, letters: bool, digits: bool, others: bool
) -> Iterable[tuple[str, dict[str, FactValue]]]:
    least, most = CREDENTIAL_LENGTHS
    if others:
        yield "not-alphanumeric", {}
        return
    if not least <= length <= most:
        yield "length-out-of-range", {"least": least, "most": most}
    if not (letters and digits):
        yield "letter-and-digit-needed", {}


def _password_problems(
    password: bytes | bytearray, user_id: str
) -> Iterable[tuple[str, dict[str, FactValue]]]:
    if not password:
        yield "required", {}
        return
    digits = any(_is_digit(byte) for byte in password)
    letters = any(_is_letter(byte) for byte in password)
    others = any(not (_is_digit(byte) or _is_letter(byte)) for byte in password)
    yield from _credential_problems(len(password), letters, digits, others)
    known = fold_half_width(trim(user_id)).encode("utf-8", "replace").lower()
    if len(known) == len(password) and all(
        byte | 0x20 == other | 0x20 for byte, other in zip(password, known, strict=True)
    ):
        yield "same-as-user-id", {}


def _is_digit(byte: int) -> bool:
    return 0x30 <= byte <= 0x39


def _is_letter(byte: int) -> bool:
    return 0x61 <= byte | 0x20 <= 0x7A


class _Form:
    """Reads one raw form field by field and collects what is wrong."""

    def __init__(self, raw: Mapping[str, object], rules: FormRules) -> None:
        self._raw = raw
        self._rules = rules
        self._problems: list[Problem] = []
        self._folded: dict[str, tuple[str, str]] = {}

    def add(self, where: str, code: str, **facts: FactValue) -> None:
        self._problems.append(Problem(where, code, facts))

    def checked(self, build: Callable[[], T]) -> Checked[T]:
        return Checked(None if self._problems else build(), tuple(self._problems), dict(self._folded))

    def text(self, key: str, limit: int) -> str:
        """A required text of at most ``limit`` characters."""
        value = self._present(key)
        if value:
            self._problems.extend(character_problems(key, value))
            self._limit(key, value, limit)
        return value

    def supplier_number(self, key: str) -> str:
        value = self._half_width(key)
        if value and not _ALPHANUMERIC.fullmatch(value):
            self.add(key, "not-alphanumeric")
        elif value and len(value) != SUPPLIER_NUMBER_LENGTH:
            self.add(key, "wrong-length", expected=SUPPLIER_NUMBER_LENGTH, length=len(value))
        return value

    def user_id(self, key: str) -> str:
        value = self._half_width(key)
        if value:
            letters, digits = bool(re.search("[A-Za-z]", value)), bool(re.search("[0-9]", value))
            others = not _ALPHANUMERIC.fullmatch(value)
            for code, facts in _credential_problems(len(value), letters, digits, others):
                self.add(key, code, **facts)
        return value

    def phone(self, key: str) -> str:
        value = self._half_width(key)
        least, most = PHONE_DIGITS
        if value and not (_PHONE.fullmatch(value) and least <= len(value.replace("-", "")) <= most):
            self.add(key, "phone-form", least=least, most=most)
        return value

    def postcode(self, key: str) -> str:
        value = self._half_width(key)
        if value and not _POSTCODE.fullmatch(value):
            self.add(key, "postcode-form")
        return value

    def contact(self, prefix: str, *, need_email_again: bool) -> Contact:
        lead = f"{prefix}." if prefix else ""
        contact = Contact(
            name=self.text(f"{lead}name", CONTACT_NAME_LIMIT),
            postcode=self.postcode(f"{lead}postcode"),
            address=self.text(f"{lead}address", ADDRESS_LIMIT),
            person=self.text(f"{lead}person", PERSON_LIMIT),
            phone=self.phone(f"{lead}phone"),
            fax=self.phone(f"{lead}fax"),
            email=self._email(f"{lead}email"),
        )
        if need_email_again:
            again = self._half_width(f"{lead}email_again", check=False)
            if again and contact.email and again != contact.email:
                self.add(f"{lead}email_again", "not-equal")
        return contact

    def _email(self, key: str) -> str:
        value = self._half_width(key)
        if value and not _VISIBLE_ASCII.fullmatch(value):
            self.add(key, "not-half-width")
        elif value:
            within = self._limit(key, value, MAIL_LIMIT)
            if within and not self._rules.mail_ok(value):
                self.add(key, "mail-form")
        return value

    def _limit(self, key: str, value: str, limit: int) -> bool:
        if len(value) > limit:
            self.add(key, "too-long", limit=limit, length=len(value))
            return False
        return True

    def _present(self, key: str) -> str:
        value = self._raw.get(key)
        if value is not None and not isinstance(value, str):
            self.add(key, "not-text")
            return ""
        trimmed = trim(value or "")
        if not trimmed:
            self.add(key, "required")
        return trimmed

    def _half_width(self, key: str, *, check: bool = True) -> str:
        value = self._present(key)
        half = fold_half_width(value)
        if half != value:
            self._folded[key] = (value, half)
        bad = character_problems(key, half) if check else ()
        self._problems.extend(bad)
        # One sentence about the character says more than a second one about the form.
        return "" if bad else half
