"""Where a walk through the change of an ID is, and what was typed so far; never a password or a code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ebidadmin.presenters.id_walkthrough_state import Mode
from ebidadmin.presenters.notices import Notice
from ebidadmin.services.id_changes import ChangeCheck
from ebidadmin.services.id_credentials import ProvenId


class ChangeScreen(StrEnum):
    """The screens, by the ids that the texts have."""

    SIGN_IN = "ID-C1"
    FORM = "ID-C2"
    CONFIRM = "ID-C3"
    DONE = "ID-C4"
    RESET = "ID-R1"
    RESET_DONE = "ID-R2"


STEP: Mapping[ChangeScreen, int] = {
    ChangeScreen.SIGN_IN: 2,
    ChangeScreen.FORM: 3,
    ChangeScreen.CONFIRM: 4,
    ChangeScreen.DONE: 5,
    ChangeScreen.RESET: 2,
    ChangeScreen.RESET_DONE: 3,
}
"""The step of the procedure."""


@dataclass
class ChangeWalk:
    """``typed`` is what stands in the present form, never a password or a code. ``checked`` holds the hash of a new password from the
    confirmed form to the change."""

    mode: Mode
    screen: ChangeScreen = ChangeScreen.SIGN_IN
    notices: list[Notice] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)
    proven: ProvenId | None = None
    trade_name: str = ""
    checked: ChangeCheck | None = None
    new_user_id: str = ""

    @property
    def rehearsal(self) -> bool:
        return self.mode is Mode.REHEARSAL
