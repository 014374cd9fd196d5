"""What a screen tells the person after something happened or was refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ebidadmin.errors import EbidError, InputError
from ebidadmin.text import messages

Tone = Literal["info", "success", "warning", "error", "neutral"]


@dataclass(frozen=True, slots=True)
class Undo:
    """The step of the same screen that takes back what a notice tells: the button's action with its value, and its words."""

    action: str
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A message with its kind; ``items`` list further sentences below it, ``undo`` is the way back where there is one."""

    tone: Tone
    text: str
    items: tuple[str, ...] = ()
    undo: Undo | None = None


def refusal(error: EbidError) -> Notice:
    """A refusal as one sentence; what is wrong in the single fields is listed below it."""
    problems = error.problems if isinstance(error, InputError) else ()
    return Notice(
        "error", messages.sentence(error), tuple(messages.problem_sentence(problem) for problem in problems)
    )


def done(text: str, *items: str, undo: Undo | None = None) -> Notice:
    """Something was done."""
    return Notice("success", text, items, undo)
