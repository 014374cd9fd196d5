"""Dates as Japanese files write them."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from ebidadmin.domain.layouts import DateWords, Era


def parse_date(text: str, words: DateWords) -> date:
    """The day of ``2026/4/1``, ``2026-04-01``, ``2026.4.1``, ``20260401``, an era date with marks or dots (``R8.4.1``).

    Raises ``ValueError`` for anything else, for a day that does not exist, and for a day outside its era.
    """
    folded = unicodedata.normalize("NFKC", text).strip()
    if re.fullmatch(r"[0-9]{8}", folded):
        return date(int(folded[:4]), int(folded[4:6]), int(folded[6:]))
    era, rest = _split_era(folded, words)
    year, month, day = _numbers(rest, words, era)
    if era is None:
        return date(year, month, day)
    found = date(era.first.year + year - 1, month, day)
    if year < 1 or found < era.first or _after(era, found, words):
        raise ValueError("the day is outside its era")
    return found


def _split_era(text: str, words: DateWords) -> tuple[Era | None, str]:
    for era in words.eras:
        for name in era.names:
            if text.casefold().startswith(name.casefold()):
                return era, text[len(name) :].strip()
    return None, text


def _numbers(text: str, words: DateWords, era: Era | None) -> tuple[int, int, int]:
    marks = words.marks or ("/", "/", "")
    first = "|".join(re.escape(word) for word in words.first_year) if era else ""
    year = rf"(?P<year>[0-9]{{1,2}}{'|' + first if first else ''})" if era else r"(?P<year>[0-9]{4})"
    for one, two, tail in ((r"(?P<sep>[/.\-])", r"(?P=sep)", ""), tuple(re.escape(mark) for mark in marks)):
        found = re.fullmatch(
            rf"{year}\s*{one}\s*(?P<month>[0-9]{{1,2}})\s*{two}\s*(?P<day>[0-9]{{1,2}})\s*{tail}", text
        )
        if found:
            written = found["year"]
            return (
                (1 if written in words.first_year else int(written)),
                int(found["month"]),
                int(found["day"]),
            )
    raise ValueError("not a date")


def _after(era: Era, day: date, words: DateWords) -> bool:
    """Whether a later era had begun on that day."""
    return any(era.first < other.first <= day for other in words.eras)
