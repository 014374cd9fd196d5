"""The walkthrough of the card screens as widgets. What is typed as a PIN is handed on as bytes and wiped; no widget ever holds it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from ipywidgets import Layout, VBox

from ebidadmin.documents.pages import card_registration_page, case_record_page
from ebidadmin.domain.card_sessions import CardMode, CardStep
from ebidadmin.domain.staff import Permission
from ebidadmin.presenters import card_walkthrough_screens as views
from ebidadmin.presenters.card_portal import CardPortal
from ebidadmin.presenters.card_walkthrough import CardWalkthrough
from ebidadmin.presenters.training_cards import TrainingCards
from ebidadmin.presenters.walkthrough_view import ScreenView
from ebidadmin.screens import walkthrough_parts as parts
from ebidadmin.screens.components import look
from ebidadmin.screens.components.download import Download
from ebidadmin.screens.components.form import FieldForm, FormRow, Submission
from ebidadmin.screens.components.look import Html
from ebidadmin.screens.components.panel import Panel
from ebidadmin.screens.id_walkthrough import PDF, SWITCH, TITLE, DeskLike, contact_words
from ebidadmin.screens.training_cards import training_cards
from ebidadmin.services.card_checks import CardDesk
from ebidadmin.text import card_walkthrough as words
from ebidadmin.text import notebooks
from ebidadmin.text.pages import Page


class CardWalkthroughScreen:
    """The widgets; ``widget`` is what a notebook shows. ``desks`` gives the readers for a mode, ``training`` the made-up cards."""

    def __init__(
        self,
        desk: DeskLike,
        desks: Callable[[CardMode], CardDesk],
        training: TrainingCards | None = None,
    ) -> None:
        self._desk, self._contacts = desk, contact_words(desk.config)
        self._training = training
        self.walkthrough = self._made(desks)
        self.head = Panel(on_action=self._mode_pressed, testid="walkthrough-mode")
        self.cards = Panel(on_action=self._card_handled, testid="training-cards")
        self.above = Panel(on_action=self._pressed, testid="walkthrough-screen")
        self.below = Panel(on_action=self._pressed, testid="walkthrough-buttons")
        self.download = Download(testid="walkthrough-print")
        self.form: FieldForm | None = None
        self._form_rows: list[FormRow] = []
        self._shown: tuple[str, ...] = ()
        self.widget = VBox(layout=Layout(width="100%", max_width="1000px"))
        self._show()

    # What the person does

    def _mode_pressed(self, action: str, value: str) -> None:
        if action == SWITCH:
            self.walkthrough.start_in(CardMode(value))
            self._show()

    def _card_handled(self, action: str, value: str) -> None:
        if self._training is not None and self._training.act(action, value):
            if self.walkthrough.step in {CardStep.PIN, CardStep.NEW_PIN}:
                self.walkthrough.press("look")
            self._show()

    def _pressed(self, action: str, _value: str) -> None:
        if action == "print":
            self._offer(self.walkthrough.print_page(), words.PRINT_FILE)
        elif action == "print-record":
            self._offer(self.walkthrough.print_record(), words.RECORD_FILE)
        elif action == "ok":
            self.walkthrough.give_pin(None)
        else:
            self.walkthrough.press(action)
        self._show()

    def _submitted(self, given: Submission) -> None:
        match given.button:
            case "ok":
                self.walkthrough.give_pin(given.secrets.get(views.PIN_KEY, bytearray()))
            case "search":
                self.walkthrough.search(given.values, given.secrets.get("password", bytearray()))
            case "confirm":
                self.walkthrough.enter(given.values)
            case "back":
                self.walkthrough.back(given.values)
            case "record":
                self.walkthrough.record_case(given.values.get(views.ADVICE_KEY, ""))
            case other:
                self._pressed(other, "")
                return
        self._show()

    def _offer(self, made: bytes | None, name: str) -> None:
        if made is not None:
            self.download.offer(made, name=name, mime=PDF)

    # What is shown

    def _made(self, desks: Callable[[CardMode], CardDesk]) -> CardWalkthrough:
        folder = self._desk.folder

        def printer(page: Page, moment: datetime) -> bytes:
            return card_registration_page(page, printed_at=moment, folder=folder)

        def record_printer(page: Page, moment: datetime) -> bytes:
            return case_record_page(page, printed_at=moment, folder=folder)

        return CardWalkthrough(
            self._desk.office,
            self._desk.staff,
            desks=desks,
            printer=printer,
            record_printer=record_printer,
            portal=CardPortal(self._contacts),
        )

    def _show(self) -> None:
        view = views.build(self.walkthrough, self._contacts)
        if self.walkthrough.step is not CardStep.DONE:
            self.download.withdraw()
        self.head.show(self._head(view))
        handled = self._cards()
        if view.fields:
            self._show_form(view, handled)
        else:
            self._show_plain(view, handled)
        shown = (view.id, "" if self.walkthrough.session is None else self.walkthrough.session.id)
        if self._shown not in ((), shown):
            # A new screen begins at its top, for eyes and screen readers alike.
            self.above.focus(TITLE)
        self._shown = shown

    def _cards(self) -> tuple[Panel, ...]:
        """The made-up cards, in training alone."""
        if self._training is None or self.walkthrough.mode is not CardMode.TRAINING:
            return ()
        self.cards.show(training_cards(self._training))
        return (self.cards,)

    def _show_plain(self, view: ScreenView, handled: tuple[Panel, ...]) -> None:
        self._drop_form()
        sections = (parts.section(part) for part in view.sections)
        self.above.show(look.join(parts.top(view), *(parts.door(door) for door in view.doors), *sections))
        self.below.show(look.join(parts.notes(view), parts.buttons(view.buttons)))
        self.widget.children = (self.head, *handled, self.above, self.below, self.download)

    def _show_form(self, view: ScreenView, handled: tuple[Panel, ...]) -> None:
        self.above.show(parts.top(view))
        self.below.show(parts.notes(view))
        rows = parts.form_rows(view)
        if self.form is None or rows != self._form_rows:
            self._drop_form()
            self.form = FieldForm(rows, parts.form_buttons(view), self._submitted, testid="walkthrough-form")
            self._form_rows = rows
        self.form.set_values(parts.form_values(view))
        self.form.set_errors(view.errors)
        self.widget.children = (self.head, *handled, self.above, self.form, self.below, self.download)

    def _drop_form(self) -> None:
        """A form that is no longer shown keeps nothing of what was typed."""
        if self.form is not None:
            self.form.close()
        self.form, self._form_rows = None, []

    def _head(self, view: ScreenView) -> Html:
        mode = self.walkthrough.mode
        tone: look.Tone = "warning" if mode is CardMode.REGISTER else "info"
        needed = {CardMode.REGISTER: Permission.REGISTER}
        switches = [
            look.button(
                SWITCH,
                words.START_IN[one],
                value=one.value,
                disabled=not self._desk.staff.may(needed.get(one, Permission.REHEARSE)),
                testid=f"start-{one.value}",
            )
            for one in CardMode
        ]
        return look.join(
            look.page_header(
                words.SCREEN_TITLE,
                words.SCREEN_LEAD,
                guide=notebooks.CARD_WALKTHROUGH.guide,
                aside=look.badge(words.MODE_LABELS[mode], tone),
            ),
            look.notice(view.banner, tone=tone, testid="mode-banner"),
            look.actions(*switches, look.element("small", words.MODE_HELP)),
            look.stepper(words.STEPS, view.step),
        )
