"""What waits for a second person, as a part of a screen: the list, the question, and the form for declining."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Generic, TypeVar

from ebidadmin.presenters.request_list import Line, RequestList, Step
from ebidadmin.screens.components import look
from ebidadmin.screens.components.form import FieldForm, FormButton, FormRow, Submission
from ebidadmin.screens.components.look import Html
from ebidadmin.screens.components.panel import Panel
from ebidadmin.text import import_requests as words

BUTTONS = {
    Step.CONFIRM: words.BUTTON_CONFIRM,
    Step.DECLINE: words.BUTTON_DECLINE,
    Step.WITHDRAW: words.BUTTON_WITHDRAW,
    Step.CARRY_OUT: words.BUTTON_CARRY_OUT,
}

HEADING = '[data-testid="requests"]'

L = TypeVar("L", bound=Line)


class RequestSection(ABC, Generic[L]):
    """``widgets`` are what a screen shows of it: nothing where no second person is wanted. ``on_change`` is called when they have
    changed."""

    def __init__(self, state: RequestList[L], *, on_change: Callable[[], None], testid: str) -> None:
        self._state, self._on_change = state, on_change
        self.panel = Panel(on_action=self._act, testid=testid)
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

    def withdraw(self, number: str) -> None:
        """Take one's own request back, from the notice that told of it."""
        self._act(Step.WITHDRAW, number)
        self.focus()

    def focus(self) -> None:
        """Take the keyboard to the list, and with it the view."""
        if self._state.enabled:
            self.panel.focus(HEADING)

    @abstractmethod
    def _content(self) -> Html:
        """The list and the question."""

    def _declining(self, line: L) -> FieldForm:
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
            if self._state.answers(value):
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


def step_buttons(line: Line) -> Html:
    """What the person at the keyboard can do about a request."""
    return look.actions(*(look.button(step.value, BUTTONS[step], value=line.number) for step in line.steps))


def question_buttons(label: str, asked: str) -> list[Html]:
    """Under a question: yes by its ``label``, which names the question ``asked``, or not."""
    return [
        look.button("confirm-yes", label, value=asked, tone="primary"),
        look.button("leave", words.BUTTON_LEAVE),
    ]
