"""Numbers as Japanese texts write them: digit by digit in kanji, in kanji with tens and hundreds, or mixed with ASCII digits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Numerals:
    """``digits`` maps each sign for a digit to its ASCII digit, ``places`` the signs for ten, hundred and thousand to their values;
    ``ten_thousand`` is the sign above them."""

    digits: Mapping[str, str]
    places: Mapping[str, int]
    ten_thousand: str
    _all: Mapping[str, str] = field(init=False, repr=False, compare=False)
    _run: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        every = {**self.digits, **{str(value): str(value) for value in range(10)}}
        signs = "".join((*every, *self.places, self.ten_thousand))
        object.__setattr__(self, "_all", every)
        object.__setattr__(self, "_run", re.compile(f"[{signs}]+"))

    def in_digits(self, text: str) -> str:
        """The text with every number in ASCII digits, so that all ways of writing one become the same.

        The text is taken as folded by ``names.fold_name`` (old numerals made one, full width gone). Numerals within names are changed
        as well: two texts can be compared only when both were changed. A run that is no number stays as it is. Idempotent.
        """
        return self._run.sub(lambda run: self._number(run[0]), text)

    def _number(self, run: str) -> str:
        if all(sign in self._all for sign in run):
            return "".join(self._all[sign] for sign in run)
        whole, below, last, digits = 0, 0, 10_000, ""
        for sign in run:
            if sign in self._all:
                digits += self._all[sign]
            elif sign == self.ten_thousand:
                if whole:
                    return run
                whole, below, last, digits = (below + int(digits or "0")) * 10_000, 0, 10_000, ""
            else:
                place = self.places[sign]
                if place >= last:
                    return run
                below, last, digits = below + int(digits or "1") * place, place, ""
        return str(whole + below + int(digits or "0"))
