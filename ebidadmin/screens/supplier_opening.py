"""The part of a screen where the help desk opens one supplier."""

from __future__ import annotations

from ipywidgets import Layout, VBox

from ebidadmin.presenters.supplier_opening import SupplierOpening
from ebidadmin.screens import eligibility_part
from ebidadmin.screens.components import look
from ebidadmin.screens.components.form import FieldForm, FormButton, FormRow, Submission
from ebidadmin.screens.components.look import EMPTY, Html
from ebidadmin.screens.components.panel import Panel
from ebidadmin.screens.notices import notice
from ebidadmin.text import supplier_opening as words
from ebidadmin.text.labels import FIELD_LABELS

NUMBER, NAME = "opened_number", "opened_name"
"""Not as the search of the walk, which may stand above it, calls them."""


class SupplierOpeningPart:
    """``widget`` is what a screen puts below its own."""

    def __init__(self, state: SupplierOpening) -> None:
        self._state = state
        self.form = FieldForm(
            (
                FormRow(NUMBER, FIELD_LABELS["supplier_number"], required=True, inputmode="numeric"),
                FormRow(NAME, FIELD_LABELS["trade_name"], required=True),
            ),
            (FormButton("open", words.BUTTON_OPEN, primary=True),),
            self._submitted,
            title=words.FORM_TITLE,
            testid="open-supplier-form",
        )
        self.panel = Panel(on_action=self._pressed, testid="supplier-opening")
        head = Panel(look.section(words.SECTION, look.paragraph(state.lead)), testid="supplier-opening-lead")
        self.widget = VBox([head, self.form, self.panel], layout=Layout(width="100%"))
        self.show()

    def _submitted(self, given: Submission) -> None:
        self._state.open({"supplier_number": given.values[NUMBER], "trade_name": given.values[NAME]})
        self.show()
        if self._state.view() is not None:
            # The next one begins with nothing in its fields.
            self.form.set_values({NUMBER: "", NAME: ""})

    def _pressed(self, action: str, _value: str) -> None:
        if action == "look-supplier":
            self._state.look()
        elif action == "close-supplier":
            self._state.close()
        self.show()

    def show(self) -> None:
        """What there is to say, and what is open at this moment."""
        self.panel.show(look.join(notice(self._state.notice, "opening-notice"), self._opened()))

    def _opened(self) -> Html:
        view = self._state.view()
        if view is None:
            return EMPTY
        return look.passing(
            view.closes,
            look.element("h2", view.title, tabindex="-1", data_testid="opened-supplier"),
            look.notice(view.until, tone="warning", testid="open-until"),
            look.actions(
                look.button("look-supplier", words.BUTTON_LOOK),
                look.button("close-supplier", words.BUTTON_CLOSE),
            ),
            eligibility_part.line(view.eligibility),
            *(look.section(title, look.facts(pairs)) for title, pairs in view.sections),
        )
