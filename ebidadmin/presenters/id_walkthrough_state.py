"""Where a walk through the ID application is: its screens, the ways between them, and what was typed so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ebidadmin.domain.applications import IdApplication, IdForm
from ebidadmin.domain.findings import ReferenceFacts
from ebidadmin.presenters.notices import Notice
from ebidadmin.services.application_intake import SearchResult
from ebidadmin.text import screens
from ebidadmin.text.pages import Page


class Mode(StrEnum):
    """What a walk is for: the real thing, or showing it without registering anything."""

    REGISTER = "register"
    REHEARSAL = "rehearsal"


class ScreenId(StrEnum):
    """The screens, by the ids that the texts have; ``STATE`` stands in for the form of a supplier that has applied already."""

    PORTAL = "P-1"
    CATEGORY = "P-2"
    GOODS_MENU = "P-3a"
    SMALL_MENU = "P-3b"
    CLIENT = "ID-0"
    MENU = "ID-1"
    SEARCH = "ID-2"
    STATE = "ID-2-state"
    FORM = "ID-3"
    CONFIRM = "ID-4"
    DONE = "ID-5"


BEFORE: Mapping[ScreenId, ScreenId] = {
    ScreenId.CATEGORY: ScreenId.PORTAL,
    ScreenId.GOODS_MENU: ScreenId.CATEGORY,
    ScreenId.SMALL_MENU: ScreenId.CATEGORY,
    ScreenId.CLIENT: ScreenId.SMALL_MENU,
    ScreenId.MENU: ScreenId.CLIENT,
    ScreenId.SEARCH: ScreenId.MENU,
    ScreenId.STATE: ScreenId.SEARCH,
    ScreenId.FORM: ScreenId.SEARCH,
    ScreenId.CONFIRM: ScreenId.FORM,
}
"""Where the way back leads; nothing leads back from the end."""

STEP: Mapping[ScreenId, int] = {
    ScreenId.CLIENT: 1,
    ScreenId.MENU: 1,
    ScreenId.SEARCH: 2,
    ScreenId.STATE: 2,
    ScreenId.FORM: 3,
    ScreenId.CONFIRM: 4,
    ScreenId.DONE: 5,
}
"""The step of the procedure; the portal's screens are step 0."""


FORM_KEYS = tuple(
    one.key for section in screens.ID_FORM.sections for one in section.fields if one.kind != "password"
)
"""The plain fields of the form; nothing else that a browser sends is kept."""


def prefilled(values: Mapping[str, str]) -> dict[str, str]:
    """Earlier values by the keys of the form, the repeated addresses included."""
    filled = {key: values.get(key.removesuffix("_again"), "") for key in FORM_KEYS}
    return {key: value for key, value in filled.items() if value}


@dataclass
class Walk:
    """Where a walk is. ``typed`` holds the form as typed, never a password; ``password_hash`` lives from the confirmed form to the
    registration, ``done`` is the application as it was taken."""

    mode: Mode
    screen: ScreenId = ScreenId.PORTAL
    notices: list[Notice] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    searched: dict[str, str] = field(default_factory=dict)
    found: SearchResult | None = None
    typed: dict[str, str] = field(default_factory=dict)
    checked: IdForm | None = None
    folded: dict[str, tuple[str, str]] = field(default_factory=dict)
    remarks: ReferenceFacts = field(default_factory=ReferenceFacts)
    password_hash: str | None = field(default=None, repr=False)
    done: IdApplication | None = None
    recorded: Page | None = None
    """The page of the help desk's record, once it is written."""

    @property
    def rehearsal(self) -> bool:
        return self.mode is Mode.REHEARSAL
