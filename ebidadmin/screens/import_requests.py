"""What waits for a second person, below the import screen: the list, the question, and the form for declining."""

from __future__ import annotations

from collections.abc import Callable

from ebidadmin.presenters.import_requests import ImportRequests, RequestLine, Step
from ebidadmin.screens.components import look
from ebidadmin.screens.components.form import FieldForm, FormButton, FormRow, Submission
from ebidadmin.screens.components.look import EMPTY, Html
from ebidadmin.screens.components.panel import Panel
from ebidadmin.screens.notices import notice
from ebidadmin.text import import_requests as words

BUTTONS = {
    Step.CONFIRM: words.BUTTON_CONFIRM,
    Step.DECLINE: words.BUTTON_DECLINE,
    Step.WITHDRAW: words.BUTTON_WITHDRAW,
}


class RequestsSection:
    """``widgets`` are what the import screen shows of it: nothing where no second person is wanted. ``on_change`` is called when they
    have changed."""

    def __init__(self, state: ImportRequests, *, on_change: Callable[[], None]) -> None:
        self._state, self._on_change = state, on_change
        self.panel = Panel(on_action=self._act, testid="import-requests")
        self.form: FieldForm | None = None

    def widgets(self) -> tuple[object, ...]:
        """Read anew and shown."""
        if not self._state.enabled:
            return ()
        self.panel.show(self._content())
        chosen = self._state.chosen
        if chosen is None or chosen[0] is not Step.DECLINE:
            self.form = None
            return (self.panel,)
        if self.form is None:
            self.form = self._declining(chosen[1])
        self.form.set_errors(self._state.errors)
        return (self.panel, self.form)

    def _content(self) -> Html:
        lines = self._state.lines()
        chosen = self._state.chosen
        return look.section(
            words.SECTION,
            look.paragraph(words.LEAD),
            notice(self._state.notice, "requests-notice"),
            _table(lines) if lines else look.paragraph(words.EMPTY),
            EMPTY if chosen is None else _question(*chosen),
            testid="requests",
        )

    def _declining(self, line: RequestLine) -> FieldForm:
        return FieldForm(
            (FormRow("why", words.FIELD_WHY, "textarea", required=True, rows=2),),
            (
                FormButton("decline", words.BUTTON_DECLINE, primary=True),
                FormButton("leave", words.BUTTON_LEAVE),
            ),
            self._declined,
            title=words.declining(line.number),
            testid="requests-decline",
        )

    def _act(self, action: str, value: str) -> None:
        if action == "confirm-yes":
            self._state.confirm()
        elif action == "leave":
            self._state.leave()
        else:
            self._state.choose(action, value)
        self._on_change()

    def _declined(self, submission: Submission) -> None:
        if submission.button == "leave":
            self._state.leave()
        else:
            self._state.decline(submission.values["why"])
        self._on_change()


def request_row(hint: str = words.FIELD_NOTE_HINT) -> tuple[FormRow, FormButton]:
    """What stands in the place of the typed word where a second person is wanted; ``hint`` says what to write."""
    note = FormRow("note", words.FIELD_NOTE, "textarea", hint=hint, rows=2)
    return note, FormButton("request", words.BUTTON_REQUEST, primary=True)


def _table(lines: tuple[RequestLine, ...]) -> Html:
    return look.data_table(words.HEADINGS, [_row(line) for line in lines])


def _row(line: RequestLine) -> tuple[str, ...]:
    buttons = (look.button(step.value, BUTTONS[step], value=line.number) for step in line.steps)
    return (
        line.number,
        look.badge(line.state),
        look.join(line.what, *(look.paragraph(text) for text in (line.note, line.hint) if text)),
        *(count for _, count in line.counts[:3]),
        line.by,
        line.at,
        line.until,
        look.actions(*buttons),
    )


def _question(step: Step, line: RequestLine) -> Html:
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
    buttons = [
        look.button("confirm-yes", words.BUTTON_CONFIRM, tone="primary"),
        look.button("leave", words.BUTTON_LEAVE),
    ]
    return look.confirm(words.question(line.number, line.what, line.by), scale, facts, buttons=buttons)
