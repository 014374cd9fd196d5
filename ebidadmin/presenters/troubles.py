"""State of the search in what suppliers ask: what was typed, and the questions that fit."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from ebidadmin.text.error_sentences import ERRORS
from ebidadmin.text.problem_sentences import PROBLEMS
from ebidadmin.text.troubles import TROUBLES, Trouble

MAX_SEARCH = 200


class TroubleSearch:
    """Every word that was typed has to be in a question: in its symptom, cause and remedy, in the further words that it is looked up by, or
    in a sentence by which the program refuses for that cause. Nothing typed finds all."""

    def __init__(self, troubles: Sequence[Trouble] = TROUBLES) -> None:
        self._all = tuple((one, _told(one)) for one in troubles)
        self.typed = ""

    def search(self, typed: str) -> None:
        """What somebody typed, as far as they got."""
        self.typed = typed[:MAX_SEARCH]

    @property
    def found(self) -> tuple[Trouble, ...]:
        """Those that fit, in the order in which they are kept."""
        wanted = _plain(self.typed).split()
        return tuple(one for one, told in self._all if all(word in told for word in wanted))


def _told(one: Trouble) -> str:
    sentences = (table.get(code, "") for code in one.codes for table in (ERRORS, PROBLEMS))
    return _joined((one.symptom, one.cause, *one.remedy, *one.also, *one.codes, *sentences))


def _joined(parts: Iterable[str]) -> str:
    return "\n".join(_plain(part) for part in parts)


def _plain(text: str) -> str:
    """Without differences of width and case."""
    return unicodedata.normalize("NFKC", text).casefold()
