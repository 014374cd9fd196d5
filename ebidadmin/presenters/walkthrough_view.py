"""What one screen of a walkthrough shows, as plain values; it never holds a password."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ebidadmin.presenters.notices import Notice


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A label with a value that cannot be changed here."""

    key: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field to fill in. The ``value`` of a password field is always empty."""

    key: str
    label: str
    hint: str
    required: bool
    kind: Literal["text", "password"]
    value: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class CopyView:
    """A button that copies one group of fields to another; ``pairs`` are (from, to)."""

    key: str
    label: str
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SectionView:
    """A titled part of a screen: rows and fields in their order."""

    key: str
    title: str
    lead: tuple[str, ...] = ()
    items: tuple[ShownRow | FieldView, ...] = ()
    copy: CopyView | None = None

    @property
    def rows(self) -> tuple[ShownRow, ...]:
        """What is only shown."""
        return tuple(item for item in self.items if isinstance(item, ShownRow))

    @property
    def fields(self) -> tuple[FieldView, ...]:
        """What is to be filled in."""
        return tuple(item for item in self.items if isinstance(item, FieldView))


@dataclass(frozen=True, slots=True)
class ButtonView:
    """A button. ``own`` ones are the product's, not the manual's."""

    key: str
    label: str
    enabled: bool = True
    primary: bool = False
    own: bool = False


@dataclass(frozen=True, slots=True)
class DoorView:
    """A door of the portal with its hours and whether it is open."""

    key: str
    name: str
    hours: str
    state: str
    is_open: bool
    lead: str
    notes: tuple[str, ...]
    button: ButtonView


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenView:
    """One screen. ``step`` counts from 0 along the steps of the procedure; ``steps`` names them where they are not the usual ones."""

    id: str
    mode: str
    title: str
    banner: str
    step: int
    steps: tuple[str, ...] = ()
    lead: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()
    doors: tuple[DoorView, ...] = ()
    sections: tuple[SectionView, ...] = ()
    notes: tuple[str, ...] = ()
    buttons: tuple[ButtonView, ...] = ()

    @property
    def fields(self) -> tuple[FieldView, ...]:
        """All fields of the screen in their order."""
        return tuple(field for section in self.sections for field in section.fields)

    @property
    def errors(self) -> dict[str, str]:
        """The sentences at fields, by key."""
        return {field.key: field.error for field in self.fields if field.error}
