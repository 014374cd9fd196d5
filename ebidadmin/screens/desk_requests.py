"""Bulk approvals or cancellations that wait for a second person, as a part of the queue and of the registrations."""

from __future__ import annotations

from collections.abc import Callable

from ebidadmin.domain.desk_requests import CancelBinding
from ebidadmin.presenters.desk_requests import DeskRequestLine, DeskRequests
from ebidadmin.presenters.request_list import Step
from ebidadmin.screens.bulk_approval import mail_folded
from ebidadmin.screens.components import look
from ebidadmin.screens.components.look import EMPTY, Html
from ebidadmin.screens.notices import notice
from ebidadmin.screens.request_section import RequestSection, question_buttons, step_buttons
from ebidadmin.services.desk_requests import ShownCase, ShownRequest
from ebidadmin.text import bulk_approval as bulk_words
from ebidadmin.text import desk_request_screen as words
from ebidadmin.text import desk_requests as case_words
from ebidadmin.text import formats, messages
from ebidadmin.text import import_requests as request_words


class DeskRequestsSection(RequestSection[DeskRequestLine]):
    """The list for one kind of act."""

    def __init__(self, state: DeskRequests, *, on_change: Callable[[], None]) -> None:
        super().__init__(state, on_change=on_change, testid="desk-requests")
        self._requests = state

    def _content(self) -> Html:
        state = self._requests
        lines = state.lines()
        return look.section(
            words.SECTIONS[state.act],
            look.paragraph(words.LEADS[state.act]),
            notice(state.notice, "requests-notice"),
            look.data_table(words.HEADINGS, [_row(line) for line in lines])
            if lines
            else look.paragraph(words.EMPTY),
            self._question(),
            testid="requests",
            aimed=True,
        )

    def _question(self) -> Html:
        """What the deciding person looks at before it counts, and whoever carries it out."""
        chosen, shown, act = self._state.chosen, self._requests.shown, self._requests.act
        if chosen is None or shown is None:
            return EMPTY
        step, line = chosen
        details = _details(shown)
        if step is Step.DECLINE:
            return details
        carries = step is Step.CARRY_OUT
        said = (words.CARRYING_OUT if carries else words.QUESTIONS)[act].format(
            number=line.number, by=line.by, what=line.what
        )
        buttons = question_buttons(
            request_words.BUTTON_CARRY_OUT if carries else request_words.BUTTON_CONFIRM, self._state.asked
        )
        return look.confirm(said, details, buttons=buttons, tone="warning" if carries else "info")


def _row(line: DeskRequestLine) -> tuple[str, ...]:
    return (
        line.number,
        look.badge(line.state),
        look.join(line.what, *(look.paragraph(text) for text in (line.hint,) if text)),
        line.by,
        line.at,
        line.until,
        step_buttons(line),
    )


def _details(shown: ShownRequest) -> Html:
    registration, binding = shown.registration, shown.request.binding
    if registration is None or not isinstance(binding, CancelBinding):
        return look.data_table(words.CASE_HEADINGS, [_case(one) for one in shown.cases])
    return look.facts(
        (
            (words.FACT_COMPANY, shown.trade_name),
            (words.FACT_SUPPLIER, registration.supplier_number),
            (words.FACT_USER_ID, registration.user_id),
            (words.FACT_REASON, binding.wording),
            (words.FACT_MAIL, words.MAILED if shown.mailed else words.NOT_MAILED),
        )
    )


def _case(one: ShownCase) -> tuple[str, ...]:
    if one.state is None:
        change = case_words.ERASED
    elif one.approved:
        change = case_words.APPROVED
    else:
        change = words.AS_ASKED if one.as_asked else words.CHANGED
    return (
        one.number,
        "" if one.applied_at is None else formats.moment(one.applied_at),
        one.supplier_number,
        one.trade_name,
        bulk_words.notes(messages.finding_label(found.code) for found in one.notes),
        EMPTY if one.mail is None else mail_folded(one.mail, sent=one.mailed),
        change,
    )
