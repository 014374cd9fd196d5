"""The screens of the portal that both walkthroughs begin with, filled in."""

from __future__ import annotations

from dataclasses import replace

from ebidadmin.domain.doors import DoorState
from ebidadmin.presenters.walkthrough_view import ButtonView, DoorView, ScreenView, SectionView, ShownRow
from ebidadmin.services import doors
from ebidadmin.services.ports import Office
from ebidadmin.text import screens
from ebidadmin.text import walkthrough as words
from ebidadmin.text.walkthrough import ContactWords


def portal(base: ScreenView, office: Office, contacts: ContactWords) -> ScreenView:
    """P-1: the three doors as they stand now."""
    states = {state.door.value: state for state in doors.states(office)}
    shown = tuple(_door(text, states[text.key]) for text in screens.DOORS)
    asked = (words.ask_helpdesk(contacts), words.ask_ca(contacts), words.ask_state(contacts))
    return replace(base, doors=shown, notes=(*base.notes, *asked), buttons=())


def category(base: ScreenView, contacts: ContactWords) -> ScreenView:
    """P-2: whose procurement it is."""
    agency = SectionView("agency", "", items=(ShownRow("agency", screens.AGENCY_LABEL, contacts.agency),))
    return replace(base, sections=(agency,))


def _door(text: screens.DoorText, state: DoorState) -> DoorView:
    hours = (
        words.ALWAYS_OPEN if state.hours.always else words.hours_words(state.hours.opens, state.hours.closes)
    )
    button = ButtonView(text.button.key, text.button.label, primary=text is screens.DOORS[0])
    return DoorView(
        text.key, text.name, hours, words.door_words(state), state.is_open, text.lead, text.notes, button
    )
