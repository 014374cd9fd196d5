"""The help desk's look at a computer: what was found, line by line, and a copy for whoever is asked."""

from __future__ import annotations

from collections.abc import Sequence

from ipywidgets import Layout, VBox

from ebidadmin.presenters.diagnosis import Diagnosis, DiagnosisLine
from ebidadmin.presenters.troubles import TroubleSearch
from ebidadmin.screens.components import look
from ebidadmin.screens.components.look import EMPTY, Html
from ebidadmin.screens.components.panel import Panel
from ebidadmin.screens.notices import notice
from ebidadmin.text import diagnosis as words
from ebidadmin.text import notebooks
from ebidadmin.text.troubles import Trouble


class DiagnosisScreen:
    """The installation is looked at when the screen opens; readers and cards by a button, because card software that is at work for
    somebody else should not be disturbed."""

    def __init__(self, state: Diagnosis, troubles: TroubleSearch) -> None:
        self._state, self._troubles = state, troubles
        self.panel = Panel(on_action=self._act, testid="diagnosis")
        self.asked = Panel(_asking(), on_action=self._search, testid="troubles")
        self.answers = Panel(_answers(troubles), testid="troubles-found")
        self.widget = VBox([self.panel, self.asked, self.answers], layout=Layout(width="100%"))
        state.run_office(self._show)

    def _search(self, _action: str, typed: str) -> None:
        self._troubles.search(typed)
        self.answers.show(_answers(self._troubles))

    def _act(self, action: str, _value: str) -> None:
        if action == "look-office":
            self._state.run_office(self._show)
        elif action == "look-cards":
            self._state.run_cards(self._show)

    def _show(self) -> None:
        self.panel.show(_content(self._state))


def _content(state: Diagnosis) -> Html:
    return look.join(
        look.page_header(words.TITLE, words.LEAD, guide=notebooks.DIAGNOSIS.guide),
        look.notice(words.LOOKING, testid="looking")
        if state.looking
        else notice(state.notice, "diagnosis-notice"),
        look.section(
            words.SECTION_OFFICE,
            _table(state.office),
            look.actions(look.button("look-office", words.BUTTON_OFFICE)),
            testid="diagnosis-office",
        ),
        look.section(
            words.SECTION_CARDS,
            look.paragraph(words.CARDS_LEAD),
            _table(state.cards) if state.cards else EMPTY,
            look.actions(look.button("look-cards", words.BUTTON_CARDS, tone="primary")),
            testid="diagnosis-cards",
        ),
        look.section(
            words.SECTION_COPY, look.paragraph(words.COPY_LEAD), look.preformatted(state.copied, "copy")
        ),
    )


def _asking() -> Html:
    return look.section(
        words.SECTION_TROUBLES,
        look.paragraph(words.TROUBLES_LEAD),
        look.searched("trouble", words.FIELD_SEARCH, words.SEARCH_HINT),
    )


def _answers(state: TroubleSearch) -> Html:
    found = state.found
    count = look.element("p", words.troubles_found(len(found)), role="status", data_testid="troubles-count")
    return look.join(count, *(map(_card, found)) if found else (look.empty_state(words.NO_TROUBLES),))


def _card(one: Trouble) -> Html:
    screens = look.join(*(look.open_link(each.name, each.title) for each in one.screens), sep=" ")
    pairs = ((words.CAUSE, one.cause), (words.REMEDY, look.bullets(one.remedy)), (words.SCREENS, screens))
    return look.element(
        "section",
        look.element("h3", one.symptom),
        look.facts(pairs),
        class_="ebid-card",
        data_testid="trouble-card",
    )


def _table(lines: Sequence[DiagnosisLine]) -> Html:
    return look.data_table(
        words.HEADINGS,
        [(line.item, look.badge(line.verdict, line.tone), line.sentence, line.helper) for line in lines],
    )
