"""Whether a mail holds what a supplier entered: a plain search over letters and digits, made apart from the check in the program."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tests.needs import ROOT

SHORTEST = {
    "supplier_number": 9,
    "phone": 9,
    "fax": 9,
    "postcode": 7,
    "user_id": 6,
    "email": 6,
    "address": 6,
    "person": 4,
}
"""Of which fields, and from how many letters and digits on: shorter values are met by chance. The department is no secret; the trade
name may be said."""

_CONTACTS = tomllib.loads((ROOT / "data" / "desk" / "ebidadmin.toml").read_text(encoding="utf-8"))["contacts"]
OFFICE = tuple(one for one in _CONTACTS.values() if any(map(str.isdigit, one)))
"""How the office names its own telephone in a mail, which a supplier of a test may have entered as theirs."""

_LARGER_PLACES = (re.compile("^.{2,3}?[都道府県]"), re.compile("^(?:.{2,3}?[都道府県])?.{1,6}?[市郡]"))


@dataclass(frozen=True)
class Said:
    """A mail's words: where it was found, whom it was about, the trade names that it may say."""

    where: str
    about: str
    subject: str
    body: str
    trade_names: tuple[str, ...] = ()


def squashed(text: str) -> str:
    """Letters and digits alone, of one width and case."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).casefold() if sign.isalnum())


def stands_in(value: str, text: str) -> bool:
    """Whether the letters and digits of ``value`` stand in the text with any signs between, not as a part of a longer number or of
    another town's name."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    edge = (
        "(?<![0-9])" if value[0].isdigit() else "(?<![東西南北上下新])",
        "(?![0-9])" if value[-1].isdigit() else "",
    )
    return bool(re.search(edge[0] + r"[\W_]*".join(map(re.escape, value)) + edge[1], folded))


def searched(entered: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Each entry that is searched for, by flat key, squashed."""
    for key, value in entered.items():
        least = SHORTEST.get(key.rpartition(".")[2].removeprefix("company_"))
        written = squashed(value)
        shorter = [place.sub("", written) for place in _LARGER_PLACES] if key.endswith("address") else []
        for one in (written, *shorter):
            if least is not None and len(one) >= least:
                yield key, one


def leaks(said: Iterable[Said], entries: Iterable[Mapping[str, str]]) -> list[str]:
    """Where which field of any of the entries stands in a mail; never the value."""
    texts: dict[str, str] = {}
    for mail in said:
        lines = [line for line in mail.body.splitlines() if not line.endswith(" 御中")]
        text = "\n".join((mail.subject, *lines)).replace(mail.about or "\0", " ")
        for name in (*OFFICE, *mail.trade_names):
            text = text.replace(name, " ")
        texts.setdefault(text, mail.where)
    ready = [(where, squashed(text), text) for text, where in texts.items()]
    wanted = {pair for entered in entries for pair in searched(entered)}
    return sorted(
        {
            f"{where}: {key}"
            for key, value in wanted
            for where, bare, text in ready
            if value in bare and stands_in(value, text)
        }
    )
