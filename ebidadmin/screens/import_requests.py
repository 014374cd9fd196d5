"""What waits for a second person, below the import screen: the list, the question, and the form for declining."""

from __future__ import annotations

from collections.abc import Callable

from ebidadmin.presenters.import_requests import ImportRequests, RequestLine
from ebidadmin.presenters.request_list import Step
from ebidadmin.screens.components import look
from ebidadmin.screens.components.form import FormButton, FormRow
from ebidadmin.screens.components.look import EMPTY, Html
from ebidadmin.screens.notices import notice
from ebidadmin.screens.request_section import RequestSection, question_buttons, step_buttons
from ebidadmin.text import import_requests as words


class RequestsSection(RequestSection[RequestLine]):
    """The part of the import screen."""

    def __init__(self, state: ImportRequests, *, on_change: Callable[[], None]) -> None:
        super().__init__(state, on_change=on_change, testid="import-requests")

    def _content(self) -> Html:
        lines = self._state.lines()
        chosen = self._state.chosen
        return look.section(
            words.SECTION,
            look.paragraph(words.LEAD),
            notice(self._state.notice, "requests-notice"),
            _table(lines) if lines else look.paragraph(words.EMPTY),
            EMPTY if chosen is None else _question(*chosen, self._state.asked),
            testid="requests",
            aimed=True,
        )


def request_row(hint: str = words.FIELD_NOTE_HINT) -> tuple[FormRow, FormButton]:
    """What stands in the place of the typed word where a second person is wanted; ``hint`` says what to write."""
    note = FormRow("note", words.FIELD_NOTE, "textarea", hint=hint, rows=2)
    return note, FormButton("request", words.BUTTON_REQUEST, primary=True)


def _table(lines: tuple[RequestLine, ...]) -> Html:
    return look.data_table(words.HEADINGS, [_row(line) for line in lines])


def _row(line: RequestLine) -> tuple[str, ...]:
    return (
        line.number,
        look.badge(line.state),
        look.join(line.what, *(look.paragraph(text) for text in (line.note, line.hint) if text)),
        *(count for _, count in line.counts[:3]),
        line.by,
        line.at,
        line.until,
        step_buttons(line),
    )


def _question(step: Step, line: RequestLine, asked: str) -> Html:
    """What the confirming or declining person looks at before it counts."""
    facts = look.facts(
        (
            *((label, look.badge(count)) for label, count in line.counts),
            *((words.NOTE, text) for text in (line.note,) if text),
            *((words.HASH, text) for text in (line.file_hash,) if text),
        )
    )
    scale = look.bullets(line.scale)
    if step is Step.DECLINE:
        return look.join(facts, scale)
    buttons = question_buttons(words.BUTTON_CONFIRM, asked)
    return look.confirm(words.question(line.number, line.what, line.by), scale, facts, buttons=buttons)
