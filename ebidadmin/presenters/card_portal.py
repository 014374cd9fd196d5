"""The portal before the card screens: what its buttons do. Nothing of it is kept; a walk begins at the menu behind it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from ebidadmin.presenters.notices import Notice
from ebidadmin.text import screens
from ebidadmin.text import walkthrough as words
from ebidadmin.text.walkthrough import ContactWords


class PortalStep(StrEnum):
    """The portal's screens, by their ids."""

    PORTAL = "P-1"
    CATEGORY = "P-2"
    GOODS = "P-3a"


FORWARD: Mapping[tuple[PortalStep, str], PortalStep | None] = {
    (PortalStep.PORTAL, "bidding"): PortalStep.CATEGORY,
    (PortalStep.CATEGORY, "goods"): PortalStep.GOODS,
    (PortalStep.GOODS, "card-registration"): None,
}
"""Buttons that lead on; ``None`` is the menu of the card screens."""

BEFORE: Mapping[PortalStep | None, PortalStep] = {
    None: PortalStep.GOODS,
    PortalStep.GOODS: PortalStep.CATEGORY,
    PortalStep.CATEGORY: PortalStep.PORTAL,
}


class CardPortal:
    """Where a supplier stands before the menu; ``step`` is ``None`` once the menu is reached."""

    def __init__(self, contacts: ContactWords) -> None:
        self._contacts = contacts
        self.step: PortalStep | None = PortalStep.PORTAL

    def press(self, key: str) -> Notice | None:
        """Press a button of the present screen; answers what there is to say. Raises ``KeyError`` for one that it does not have."""
        step = self.step
        if key == "back" and step in BEFORE:
            self.step = BEFORE[step]
            return None
        if step is None:
            raise KeyError(key)
        if (step, key) in FORWARD:
            self.step = FORWARD[step, key]
            return None
        return Notice("info", self._outside()[step, key])

    def skip(self) -> None:
        """Go to the menu at once, as somebody does who goes on with a walk."""
        self.step = None

    def _outside(self) -> Mapping[tuple[PortalStep, str], str]:
        """Buttons that lead out of what is walked through here."""
        ways = {(PortalStep.PORTAL, door.button.key): door.button.label for door in screens.DOORS[1:]}
        ways[PortalStep.GOODS, "bid"] = next(
            one.label for one in screens.GOODS_MENU.buttons if one.key == "bid"
        )
        return {
            **{place: words.outside(label) for place, label in ways.items()},
            (PortalStep.CATEGORY, "construction"): words.construction(self._contacts),
            (PortalStep.CATEGORY, "small"): words.ID_ELSEWHERE,
        }
