"""What stands in place of a screen that cannot be shown."""

from __future__ import annotations

from collections.abc import Callable

from ipywidgets import VBox, Widget

from ebidadmin.errors import EbidError
from ebidadmin.presenters.notices import refusal
from ebidadmin.screens.components.binding import guard
from ebidadmin.screens.components.panel import Panel, incident_notice
from ebidadmin.screens.notices import notice


def refused(error: EbidError) -> VBox:
    """The refusal as one sentence with what to do."""
    return VBox([Panel(notice(refusal(error), "desk-refused"), testid="refused")])


def shown(make: Callable[[], Widget]) -> Widget:
    """What ``make`` makes: a screen, its refusal in one sentence, or the card of an unforeseen failure with its number."""
    made: list[Widget] = []

    def attempt() -> None:
        try:
            made.append(make())
        except EbidError as error:
            made.append(refused(error))

    guard(attempt, lambda incident: made.append(VBox([Panel(incident_notice(incident), testid="failed")])))()
    return made[0]
