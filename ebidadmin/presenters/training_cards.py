"""State of the made-up cards beside the walkthrough in training: which there are, where they lie, and what a hand does with them."""

from __future__ import annotations

from dataclasses import dataclass

from ebidadmin.errors import EbidError
from ebidadmin.presenters.notices import Notice, Tone, done, refusal
from ebidadmin.services.card_ports import PinStanding, TrainingBox, TrainingCard
from ebidadmin.text import training_cards as words

TONES: dict[PinStanding, Tone] = {
    PinStanding.UNKNOWN: "neutral",
    PinStanding.LOW: "warning",
    PinStanding.LAST_TRY: "warning",
    PinStanding.LOCKED: "error",
}


@dataclass(frozen=True, slots=True)
class TrainingLine:
    """A card as shown."""

    name: str
    label: str
    reader: str
    place: str
    standing: str
    tone: Tone
    inserted: bool
    spoilt: bool
    """Whether wrong PINs were entered, so that it can be put right."""


class TrainingCards:
    """``notice`` is what there is to say after an action."""

    def __init__(self, box: TrainingBox) -> None:
        self._box = box
        self.notice: Notice | None = None

    @property
    def pin(self) -> str:
        """The PIN of all of them."""
        return self._box.pin

    def lines(self) -> tuple[TrainingLine, ...]:
        """The cards as they lie now; a refusal leaves none and a notice."""
        try:
            return tuple(_line(one) for one in self._box.cards())
        except EbidError as error:
            self.notice = refusal(error)
            return ()

    def act(self, action: str, name: str) -> bool:
        """``make``, ``insert``, ``pull`` or ``unblock``; answers whether it was one of them."""
        label = words.card_label(name)
        match action:
            case "make":
                said, work = words.MADE, self._box.make
            case "insert":
                said, work = words.INSERTED.format(card=label), lambda: self._box.insert(name)
            case "pull":
                said, work = words.PULLED.format(card=label), lambda: self._box.pull(name)
            case "unblock":
                said, work = words.UNBLOCKED.format(card=label), lambda: self._box.unblock(name)
            case _:
                return False
        try:
            work()
            self.notice = done(said)
        except EbidError as error:
            self.notice = refusal(error)
        return True


def _line(card: TrainingCard) -> TrainingLine:
    return TrainingLine(
        card.name,
        words.card_label(card.name),
        card.reader,
        words.IN if card.inserted else words.OUT,
        words.STANDINGS[card.standing],
        TONES[card.standing],
        card.inserted,
        card.standing is not PinStanding.UNKNOWN,
    )
