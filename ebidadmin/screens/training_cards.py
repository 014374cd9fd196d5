"""The made-up cards beside the walkthrough, as markup."""

from __future__ import annotations

from ebidadmin.presenters.training_cards import TrainingCards, TrainingLine
from ebidadmin.screens.components import look
from ebidadmin.screens.components.look import Html
from ebidadmin.screens.notices import notice
from ebidadmin.text import training_cards as words


def training_cards(state: TrainingCards) -> Html:
    """The cards with what a hand can do with each."""
    lines = state.lines()
    if lines:
        shown = look.data_table(words.HEADINGS, [_row(line) for line in lines])
    else:
        make = look.button("make", words.MAKE, tone="primary", testid="make-cards")
        shown = look.join(look.paragraph(words.NONE), look.actions(make))
    return look.section(
        words.SECTION,
        look.paragraph(words.LEAD.format(pin=state.pin)),
        notice(state.notice, "training-notice"),
        shown,
        testid="training",
    )


def _row(line: TrainingLine) -> tuple[str, ...]:
    lying = ("pull", words.PULL) if line.inserted else ("insert", words.INSERT)
    buttons = [look.button(*lying, value=line.name, testid=f"{lying[0]}-{line.name}")]
    if line.spoilt:
        buttons.append(look.button("unblock", words.UNBLOCK, value=line.name, testid=f"unblock-{line.name}"))
    place = look.badge(line.place, "info" if line.inserted else "neutral")
    return (line.label, line.reader, place, look.badge(line.standing, line.tone), look.actions(*buttons))
