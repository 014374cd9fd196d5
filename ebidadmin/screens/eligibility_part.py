"""Whether the supplier on a screen may take part in quotations, with a way to ask for another day, as markup."""

from __future__ import annotations

from ebidadmin.presenters.eligibility_line import EligibilityLine
from ebidadmin.screens.components import look
from ebidadmin.screens.components.look import EMPTY, Html
from ebidadmin.screens.notices import notice
from ebidadmin.text import eligibility as words

SHOW_DAY = "eligibility-day"
"""The action of a panel that asks for the day in the value; an empty one is today."""


def line(view: EligibilityLine) -> Html:
    """The answer, for where no other day can be asked for."""
    basis = look.element("p", view.basis, class_="ebid-hint", data_testid="eligibility-basis")
    return look.join(notice(view.notice, "eligibility"), basis if view.basis else EMPTY)


def section(view: EligibilityLine) -> Html:
    """The answer and the choice of another day; the panel around it handles ``SHOW_DAY``."""
    back = EMPTY if view.today else look.button(SHOW_DAY, words.BUTTON_TODAY, testid="eligibility-today")
    asked = look.asked_day(SHOW_DAY, words.FIELD_DAY, view.day, words.BUTTON_DAY)
    return look.section(words.SECTION, line(view), look.actions(asked, back), testid="eligibility-section")
