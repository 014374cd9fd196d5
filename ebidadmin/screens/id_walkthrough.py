"""The walkthrough of the ID application as widgets: a panel around the present screen, a form where there is something to fill in."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Protocol

from ipywidgets import Layout, VBox, Widget

from ebidadmin.config import Config
from ebidadmin.documents.pages import case_record_page, id_application_page
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.presenters.id_walkthrough import IdWalkthrough, Mode, ScreenId
from ebidadmin.presenters.id_walkthrough_screens import ADVICE_KEY
from ebidadmin.presenters.supplier_opening import SupplierOpening
from ebidadmin.presenters.walkthrough_view import ScreenView
from ebidadmin.screens import walkthrough_parts as parts
from ebidadmin.screens.components import look
from ebidadmin.screens.components.download import Download
from ebidadmin.screens.components.form import FieldForm, Submission
from ebidadmin.screens.components.look import Html
from ebidadmin.screens.components.panel import Panel
from ebidadmin.screens.supplier_opening import SupplierOpeningPart
from ebidadmin.services.ports import Office
from ebidadmin.text import card_walkthrough as record
from ebidadmin.text import notebooks
from ebidadmin.text import walkthrough as words
from ebidadmin.text.pages import Page
from ebidadmin.text.walkthrough import ContactWords

PDF = "application/pdf"
SWITCH = "start"
TITLE = '[data-testid="screen-title"]'


class DeskLike(Protocol):
    """What the screen needs of a desk."""

    @property
    def office(self) -> Office: ...
    @property
    def staff(self) -> Staff: ...
    @property
    def folder(self) -> Path: ...
    @property
    def config(self) -> Config: ...


def id_walkthrough_screen(desk: DeskLike) -> Widget:
    """The screen as a notebook shows it; begins in rehearsal, so that nobody registers by accident."""
    return IdWalkthroughScreen(desk).widget


def contact_words(config: Config) -> ContactWords:
    """Whom this office tells a supplier to ask."""
    asked = config.contacts
    return ContactWords(
        agency=config.office.name,
        helpdesk=asked.helpdesk,
        ca=asked.ca,
        simple_auth=asked.simple_auth,
        search_screen=asked.search_screen,
        construction=asked.construction,
        form_location=asked.form_location,
    )


class IdWalkthroughScreen:
    """The widgets; ``widget`` is what a notebook shows."""

    def __init__(self, desk: DeskLike) -> None:
        self._desk, self._contacts = desk, contact_words(desk.config)
        self.walkthrough = self._started(Mode.REHEARSAL)
        self.head = Panel(on_action=self._mode_pressed, testid="walkthrough-mode")
        self.above = Panel(on_action=self._pressed, testid="walkthrough-screen")
        self.below = Panel(on_action=self._pressed, testid="walkthrough-buttons")
        self.download = Download(testid="walkthrough-print")
        self.form: FieldForm | None = None
        self._form_of = ""
        opening = SupplierOpening(desk.office, staff=desk.staff)
        self.opening = SupplierOpeningPart(opening) if opening.offered else None
        self.widget = VBox(layout=Layout(width="100%", max_width="1000px"))
        self._shown = ""
        self._show()

    # What the person does

    def _mode_pressed(self, action: str, value: str) -> None:
        if action == SWITCH:
            self.walkthrough = self._started(Mode(value))
            self._show()

    def _pressed(self, action: str, _value: str) -> None:
        if action == "print":
            self._offer(self.walkthrough.print_page(), words.PRINT_FILE)
        elif action == "print-record":
            self._offer(self.walkthrough.print_record(self._record_page), record.RECORD_FILE)
        else:
            self.walkthrough.press(action)
        self._show()

    def _submitted(self, given: Submission) -> None:
        if self.walkthrough.screen is ScreenId.DONE and given.button != "record":
            self._pressed(given.button, "")
            return
        if given.button == "record":
            self.walkthrough.record_case(given.values.get(ADVICE_KEY, ""))
        elif given.button == "back":
            self.walkthrough.back(given.values)
        elif self.walkthrough.change is not None:
            self.walkthrough.change.submit(given.button, given.values, given.secrets)
        elif given.button == "search":
            self.walkthrough.search(given.values, given.secrets.get("password", bytearray()))
        else:
            password, again = (given.secrets.get(key, bytearray()) for key in ("password", "password_again"))
            self.walkthrough.enter(given.values, password, again)
        self._show()

    def _offer(self, made: bytes | None, name: str) -> None:
        if made is not None:
            self.download.offer(made, name=name, mime=PDF)

    def _record_page(self, page: Page, moment: datetime) -> bytes:
        return case_record_page(page, printed_at=moment, folder=self._desk.folder)

    # What is shown

    def _started(self, mode: Mode) -> IdWalkthrough:
        folder = self._desk.folder

        def printer(page: Page, moment: datetime) -> bytes:
            return id_application_page(page, printed_at=moment, folder=folder)

        return IdWalkthrough(
            self._desk.office, self._desk.staff, mode, printer=printer, contacts=self._contacts
        )

    def _show(self) -> None:
        view = self.walkthrough.view()
        if view.id != ScreenId.DONE:
            self.download.withdraw()
        self.head.show(self._head(view))
        if view.fields:
            self._show_form(view)
        else:
            self._show_plain(view)
        if self._shown not in ("", view.id):
            # A new screen begins at its top, for eyes and screen readers alike.
            self.above.focus(TITLE)
        self._shown = view.id

    def _show_plain(self, view: ScreenView) -> None:
        self._drop_form()
        sections = [parts.section(section) for section in view.sections]
        self.above.show(look.join(parts.top(view), *(parts.door(door) for door in view.doors), *sections))
        self.below.show(look.join(parts.notes(view), parts.buttons(view.buttons)))
        self._put(self.head, self.above, self.below, self.download)

    def _show_form(self, view: ScreenView) -> None:
        self.above.show(parts.top(view))
        self.below.show(parts.notes(view))
        if self.form is None or self._form_of != view.id:
            self._drop_form()
            self.form = FieldForm(
                parts.form_rows(view), parts.form_buttons(view), self._submitted, testid="walkthrough-form"
            )
            self._form_of = view.id
        self.form.set_values(parts.form_values(view))
        self.form.set_errors(view.errors)
        self._put(self.head, self.above, self.form, self.below, self.download)

    def _put(self, *widgets: Widget) -> None:
        """In a rehearsal the help desk opens a supplier below them."""
        if self.opening is None or self.walkthrough.mode is not Mode.REHEARSAL:
            self.widget.children = widgets
            return
        self.opening.show()
        self.widget.children = (*widgets, self.opening.widget)

    def _drop_form(self) -> None:
        """A form that is no longer shown keeps nothing of what was typed."""
        if self.form is not None:
            self.form.close()
        self.form, self._form_of = None, ""

    def _head(self, view: ScreenView) -> Html:
        tone: look.Tone = "info" if self.walkthrough.mode is Mode.REHEARSAL else "warning"
        allowed = {
            Mode.REGISTER: self._desk.staff.may(Permission.REGISTER),
            Mode.REHEARSAL: self._desk.staff.may(Permission.REHEARSE),
        }
        switches = [
            look.button(
                SWITCH, words.START_IN[mode], value=mode.value, disabled=not may, testid=f"start-{mode.value}"
            )
            for mode, may in allowed.items()
        ]
        return look.join(
            look.page_header(
                words.SCREEN_TITLE,
                words.SCREEN_LEAD,
                guide=notebooks.ID_WALKTHROUGH.guide,
                aside=look.badge(words.MODE_LABELS[view.mode], tone),
            ),
            look.notice(view.banner, tone=tone, title=words.MODE_TITLE, testid="mode-banner"),
            look.actions(*switches, look.element("small", words.MODE_HELP)),
            look.stepper(view.steps or words.STEPS, view.step),
        )
