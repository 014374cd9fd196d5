"""State of the help desk's look at a computer: what was found so far, and what it amounts to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ebidadmin.domain.diagnosis import Found, Helper, Verdict
from ebidadmin.presenters.notices import Notice, Tone
from ebidadmin.text import diagnosis as words

Look = Callable[[], Iterator[Found]]

TONES: dict[Verdict, Tone] = {
    Verdict.GOOD: "success",
    Verdict.ATTENTION: "warning",
    Verdict.FAULT: "error",
    Verdict.UNSEEN: "neutral",
}


@dataclass(frozen=True, slots=True)
class DiagnosisLine:
    """One thing looked at, in words."""

    item: str
    verdict: str
    tone: Tone
    sentence: str
    helper: str

    @property
    def copied(self) -> str:
        """As it is told to whoever is asked."""
        return f"[{self.verdict}] {self.item}: {self.sentence}"


class Diagnosis:
    """``office`` and ``cards`` are the lines so far. ``contacts`` says whom the office's settings name for a helper; who is not named
    there is called by what they are."""

    def __init__(
        self, *, look_at_office: Look, look_at_cards: Look, contacts: dict[Helper, str] | None = None
    ) -> None:
        self._look_at_office, self._look_at_cards = look_at_office, look_at_cards
        self._contacts = contacts or {}
        self.office: tuple[DiagnosisLine, ...] = ()
        self.cards: tuple[DiagnosisLine, ...] = ()
        self._found: dict[str, tuple[Found, ...]] = {"office": (), "cards": ()}
        self.looking = ""

    def run_office(self, told: Callable[[], None]) -> None:
        """Look at the installation and the desk; ``told`` is called after each line."""
        self._run("office", self._look_at_office, told)

    def run_cards(self, told: Callable[[], None]) -> None:
        """Look at readers and cards; ``told`` is called after each line."""
        self._run("cards", self._look_at_cards, told)

    @property
    def notice(self) -> Notice:
        """What all of it amounts to."""
        found = [one.verdict for part in self._found.values() for one in part]
        faults, attentions = found.count(Verdict.FAULT), found.count(Verdict.ATTENTION)
        tone: Tone = "error" if faults else "warning" if attentions else "success"
        return Notice(tone, words.summary(faults, attentions))

    @property
    def copied(self) -> str:
        """Everything found, as text to be passed on."""
        return "\n".join(line.copied for line in (*self.office, *self.cards))

    def _run(self, part: str, look: Look, told: Callable[[], None]) -> None:
        self.looking = part
        found: list[Found] = []
        try:
            for one in look():
                found.append(one)
                self._set(part, found)
                told()
        finally:
            self.looking = ""
        told()

    def _set(self, part: str, found: Iterable[Found]) -> None:
        self._found[part] = tuple(found)
        lines = tuple(self._line(one) for one in self._found[part])
        if part == "office":
            self.office = lines
        else:
            self.cards = lines

    def _line(self, found: Found) -> DiagnosisLine:
        return DiagnosisLine(
            words.item(found),
            words.VERDICTS[found.verdict],
            TONES[found.verdict],
            words.sentence(found),
            self._helper(found),
        )

    def _helper(self, found: Found) -> str:
        if found.verdict in (Verdict.GOOD, Verdict.UNSEEN):
            return ""
        called, named = words.HELPERS[found.helper], self._contacts.get(found.helper, "")
        return f"{called} ({named})" if named and named != called else called
