"""One row of a register file, read through its layout: a record, or everything that is wrong with it."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from ebidadmin.domain.ids import SupplierNumber
from ebidadmin.domain.imports import ProblemSeverity, RowProblem
from ebidadmin.domain.layouts import FIELDS, Layout, MappedRow, NumberRule
from ebidadmin.domain.qualifications import Grade, Qualification
from ebidadmin.domain.written_dates import parse_date

GRADES: tuple[str, ...] = tuple(name for name in FIELDS if name.startswith("grade_"))
DATES: tuple[str, ...] = ("valid_from", "valid_to", "suspended_from", "suspended_to")
FREE_TEXT: frozenset[str] = frozenset({"remarks"})
"""Fields whose text may run over several lines; so may further columns."""

LIMITS: Mapping[str, int] = {
    "trade_name": 128,  # the longest a commercial registration certificate holds
    "kana": 256,
    "address": 200,
    "delegate_address": 200,
    "representative_title": 60,
    "representative_name": 60,
    "delegate_title": 60,
    "delegate_name": 60,
    "branch": 60,
    "phone": 20,
    "fax": 20,
    "email": 254,  # RFC 5321, a path without its brackets
    "source_key": 80,
    "remarks": 2000,
}
"""The most characters of each text field: what a record can hold, not what a screen accepts."""

EXTRA_LIMIT = 2000

CHECKS_VERSION = 1
"""Counts up whenever a check of this module, or how a value is read, changes: rows that were found clean are then checked again."""

SAID: tuple[str, ...] = tuple(name for name in FIELDS if name not in {"supplier_number", "source_key"})
"""The fields that a record's digest stands for."""

SUPPLIER_NUMBER = re.compile(r"[0-9A-Za-z]{9}")
CORPORATE_NUMBER = re.compile(r"[0-9]{13}")
POSTCODE = re.compile(r"[0-9]{3}-?[0-9]{4}")
PHONE = re.compile(r"0[0-9]{1,4}-[0-9]{1,4}-[0-9]{3,4}|0[0-9]{9,10}")
SUSPECT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ue000-\uf8ff\ufffd\U000f0000-\U0010ffff]")
_CORPORATE_DIGITS = 13
_WEIGHED = {weight: bytes(max(sign - ord("0"), 0) * weight % 256 for sign in range(256)) for weight in (1, 2)}
_NINES = bytes(range(0, 256, 9))
KANA = re.compile("[\u30a0-\u30ff\u3000 0-9A-Za-z()&.,'\\-]*")
_LINE_SIGNS = frozenset("\t\n\r")


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """A row after all checks. ``record`` is absent when one of ``problems`` is an error; then ``supplier_number`` and ``source_key`` still
    say whose row it was, as far as that is known. With numbers issued here the record's own number is still empty."""

    line: int
    record: Qualification | None
    problems: tuple[RowProblem, ...]
    supplier_number: str = ""
    source_key: str = ""


def check_row(
    row: MappedRow,
    layout: Layout,
    *,
    mail_ok: Callable[[str], bool],
    postcode_ok: Callable[[str], bool] | None = None,
) -> CheckedRow:
    """Every check of one row; nothing stops at the first problem. ``postcode_ok`` says whether a postcode of the right form exists;
    without it that is not checked."""
    if row.problems:
        return CheckedRow(row.line, None, row.problems)
    return _Check(row, layout, mail_ok, postcode_ok).result()


def corporate_number_valid(number: str) -> bool:
    """Whether the first of 13 digits is the check digit of the other twelve.

    It is 9 minus the remainder by 9 of the sum of the digits, counted once and twice in turn from the right (the numbering rule of the
    National Tax Agency).
    """
    if not CORPORATE_NUMBER.fullmatch(number):
        return False
    sums = _weighed()
    weighed = sums[number[1:5]] + sums[number[5:9]] + sums[number[9:]]
    return int(number[0]) == 9 - weighed % 9


def corporate_numbers_valid(numbers: Sequence[str]) -> bool:
    """Whether ``corporate_number_valid`` is true of every one of them.

    A hundred thousand sums are formed as twelve: the digits of one place of all numbers are the bytes of one large number, and no sum of
    weighed digits (171 at most, the check digit included) carries over into the byte beside it.
    """
    text = "".join(numbers)
    if set(map(len, numbers)) - {_CORPORATE_DIGITS} or not f"0{text}".isdigit() or not text.isascii():
        return False
    digits = text.encode()
    checks, total = digits[::_CORPORATE_DIGITS], 0
    for place in range(_CORPORATE_DIGITS):
        weight = 1 + place % 2
        column = digits[place::_CORPORATE_DIGITS].translate(_WEIGHED[weight])
        total += int.from_bytes(column, "little")
    # The check digit, 1 to 9, and the sum make a multiple of nine.
    return b"0" not in checks and not total.to_bytes(len(checks), "little").translate(None, _NINES)


@cache
def _weighed() -> Mapping[str, int]:
    """The weighed sum of every four digits: twelve are three times four, with the same weights."""
    return {
        f"{four:04}": sum(int(d) * w for d, w in zip(f"{four:04}", (2, 1, 2, 1), strict=True))
        for four in range(10_000)
    }


def source_key(*, corporate_number: str, trade_name: str, representative_name: str, address: str) -> str:
    """The key of a supplier in a register without supplier numbers: its corporate number, else a digest of name, representative and
    address.

    The digest's normalisation is fixed for good and shared with nothing: whoever changes it renumbers every such supplier.
    """
    if corporate_number:
        return corporate_number
    parts = (_key_text(part) for part in (trade_name, representative_name, address))
    return "text1:" + hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def _key_text(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(folded.split())


def record_digest(record: Qualification) -> str:
    """SHA-256 (hex) of everything a record says, so that two versions are compared by one value. Its supplier number, by which they are
    found, and its source key, which the number follows from, are left out."""
    # Not as_map, which copies every value in depth: this is done for each row of every file.
    said = {name: _as_text(getattr(record, name)) for name in SAID}
    return hashlib.sha256(
        json.dumps([said, dict(record.extra)], sort_keys=True, ensure_ascii=False).encode()
    ).hexdigest()


def field_texts(record: Qualification) -> dict[str, str]:
    """A record's fields as text, further columns by their heading after a dot (``extra.heading``): what changes are listed in."""
    texts = {name: _as_text(getattr(record, name)) for name in FIELDS}
    return texts | {f"extra.{heading}": value for heading, value in record.extra.items()}


def _as_text(value: object) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)


class _Check:
    def __init__(
        self,
        row: MappedRow,
        layout: Layout,
        mail_ok: Callable[[str], bool],
        postcode_ok: Callable[[str], bool] | None,
    ) -> None:
        self.row = row
        self.layout = layout
        self.mail_ok = mail_ok
        self.postcode_ok = postcode_ok
        self.problems: list[RowProblem] = list(row.notes)
        self.texts = {name: row.values.get(name, "") for name in FIELDS}

    def result(self) -> CheckedRow:
        self._characters()
        self._lengths()
        self._required()
        numbers = self._numbers()
        self._forms()
        grades = {name: self._grade(name) for name in GRADES}
        days = {name: self._day(name) for name in DATES}
        self._order(days, "valid_from", "valid_to")
        self._order(days, "suspended_from", "suspended_to")
        record = None
        if not any(problem.severity is ProblemSeverity.ERROR for problem in self.problems):
            plain = {
                name: text for name, text in self.texts.items() if name not in {*grades, *days, *numbers}
            }
            record = _build(plain, numbers, grades, days, self.row.extra)
        return CheckedRow(
            self.row.line, record, tuple(self.problems), numbers["supplier_number"], numbers["source_key"]
        )

    def _say(self, name: str, code: str, **facts: str) -> None:
        column = self.layout.column_of(name)
        self.problems.append(self.layout.problem(self.row.line, column, code, self.texts[name], **facts))

    def _say_further(self, name: str, code: str, text: str, **facts: str) -> None:
        column = self.row.heading_of(name)
        self.problems.append(self.layout.problem(self.row.line, column, code, text, **facts))

    def _characters(self) -> None:
        # Nearly every row is clean, and a row has a hundred cells: look at all of them in one go first.
        if not SUSPECT.search("".join(self.texts.values()) + "".join(self.row.extra.values())):
            return
        for name, text in self.texts.items():
            for code, sign in suspects(text, lines_allowed=name in FREE_TEXT):
                self._say(name, code, codepoint=sign)
        for heading, text in self.row.extra.items():
            for code, sign in suspects(text, lines_allowed=True):
                self._say_further(heading, code, text, codepoint=sign)

    def _lengths(self) -> None:
        for name, limit in LIMITS.items():
            if len(self.texts[name]) > limit:
                self._say(name, "too-long", limit=str(limit), length=str(len(self.texts[name])))
        for heading, text in self.row.extra.items():
            if len(text) > EXTRA_LIMIT:
                self._say_further(heading, "too-long", text, limit=str(EXTRA_LIMIT), length=str(len(text)))
        for name, rule in self.layout.fields.items():
            if rule.cut is not None and len(self.texts[name]) == rule.cut:
                self._say(name, "maybe-cut", length=str(rule.cut))

    def _required(self) -> None:
        for name, rule in self.layout.fields.items():
            if rule.required and not self.texts[name].strip():
                self._say(name, "required")

    def _numbers(self) -> dict[str, str]:
        """The identifiers, each empty where it is absent or unusable."""
        given = {
            name: self.texts[name].strip() for name in ("supplier_number", "corporate_number", "source_key")
        }
        if given["supplier_number"] and not SUPPLIER_NUMBER.fullmatch(given["supplier_number"]):
            self._say("supplier_number", "supplier-number-form")
            given["supplier_number"] = ""
        usable = True
        if given["corporate_number"]:
            usable = self._corporate_number(given["corporate_number"])
        if self.layout.supplier_number is NumberRule.ISSUE:
            given["supplier_number"] = ""
            given["source_key"] = self._issued_key(given["corporate_number"]) if usable else ""
        return given

    def _corporate_number(self, number: str) -> bool:
        if not CORPORATE_NUMBER.fullmatch(number):
            self._say("corporate_number", "corporate-number-form")
            return False
        if not corporate_number_valid(number):
            self._say("corporate_number", "corporate-number-check-digit")
            return self.layout.severities["corporate-number-check-digit"] is not ProblemSeverity.ERROR
        return True

    def _issued_key(self, number: str) -> str:
        if not number and not self.texts["trade_name"].strip():
            return ""
        return source_key(
            corporate_number=number,
            trade_name=self.texts["trade_name"],
            representative_name=self.texts["representative_name"],
            address=self.texts["address"],
        )

    def _forms(self) -> None:
        forms: tuple[tuple[str, str, Callable[[str], object]], ...] = (
            ("postcode", "postcode-form", POSTCODE.fullmatch),
            ("phone", "phone-form", PHONE.fullmatch),
            ("fax", "phone-form", PHONE.fullmatch),
            ("email", "email-form", self.mail_ok),
        )
        for name, code, fits in forms:
            text = self.texts[name].strip()
            if text and not fits(text):
                self._say(name, code)
            elif text and name == "postcode" and self.postcode_ok is not None and not self.postcode_ok(text):
                self._say(name, "postcode-unknown")
        if not KANA.fullmatch(unicodedata.normalize("NFKC", self.texts["kana"])):
            self._say("kana", "kana-characters")

    def _grade(self, name: str) -> Grade:
        text = unicodedata.normalize("NFKC", self.texts[name]).strip()
        if not text:
            return Grade.NONE
        if text not in {grade.value for grade in Grade}:
            self._say(name, "grade-unknown")
            return Grade.NONE
        return Grade(text)

    def _day(self, name: str) -> date | None:
        if not self.texts[name].strip():
            return None
        try:
            return parse_date(self.texts[name], self.layout.dates)
        except ValueError:
            self._say(name, "date-form")
            return None

    def _order(self, days: Mapping[str, date | None], first: str, last: str) -> None:
        start, end = days[first], days[last]
        if start is not None and end is not None and end < start:
            self._say(last, "dates-out-of-order", first=start.isoformat(), last=end.isoformat())


def suspects(text: str, *, lines_allowed: bool) -> list[tuple[str, str]]:
    """The code of each kind of unusable character in a text, with the first one's code point."""
    found: dict[str, str] = {}
    for sign in SUSPECT.findall(text):
        if lines_allowed and sign in _LINE_SIGNS:
            continue
        found.setdefault(_kind(sign), f"U+{ord(sign):04X}")
    return list(found.items())


def _kind(sign: str) -> str:
    if sign == "\ufffd":
        return "replacement-character"
    return "private-use-character" if unicodedata.category(sign) == "Co" else "control-character"


def _build(
    texts: Mapping[str, str],
    numbers: Mapping[str, str],
    grades: Mapping[str, Grade],
    days: Mapping[str, date | None],
    extra: Mapping[str, str],
) -> Qualification:
    return Qualification(
        supplier_number=SupplierNumber(numbers["supplier_number"]),
        trade_name=texts["trade_name"],
        source_key=numbers["source_key"],
        corporate_number=numbers["corporate_number"],
        kana=texts["kana"],
        postcode=texts["postcode"],
        address=texts["address"],
        representative_title=texts["representative_title"],
        representative_name=texts["representative_name"],
        phone=texts["phone"],
        fax=texts["fax"],
        email=texts["email"],
        branch=texts["branch"],
        delegate_title=texts["delegate_title"],
        delegate_name=texts["delegate_name"],
        delegate_address=texts["delegate_address"],
        grade_manufacture=grades["grade_manufacture"],
        grade_sale=grades["grade_sale"],
        grade_service=grades["grade_service"],
        grade_purchase=grades["grade_purchase"],
        valid_from=days["valid_from"],
        valid_to=days["valid_to"],
        suspended_from=days["suspended_from"],
        suspended_to=days["suspended_to"],
        remarks=texts["remarks"],
        extra=dict(extra),
    )
