"""The case beside the queue: what it says, its buttons, and the confirmation that stands open."""

from __future__ import annotations

from collections.abc import Callable

from ipywidgets import VBox

from ebidadmin.presenters.case import CasePresenter
from ebidadmin.presenters.case_actions import Action, Pending, Stage
from ebidadmin.presenters.case_view import view_of
from ebidadmin.presenters.review_queue import ReviewQueue
from ebidadmin.screens import case_body, case_forms
from ebidadmin.screens.components.form import FieldForm, Submission
from ebidadmin.screens.components.look import EMPTY
from ebidadmin.screens.components.panel import Panel
from ebidadmin.screens.eligibility_part import SHOW_DAY
from ebidadmin.text import queue as words

TITLE = '[data-testid="case-title"]'


class CaseScreen:
    """Shows ``queue.case``; ``on_change`` is called after whatever may have changed the list, ``on_close`` with the number of a case
    that was put away: the keyboard goes back to its row."""

    def __init__(
        self, queue: ReviewQueue, *, on_change: Callable[[], None], on_close: Callable[[str | None], None]
    ) -> None:
        self._queue, self._on_change, self._on_close = queue, on_change, on_close
        self.head = Panel(on_action=self._act, testid="case-head")
        self.question = Panel(on_action=self._act, testid="case-question")
        self.body = Panel(on_action=self._act, testid="case-body")
        self.form: FieldForm | None = None
        self._form_of: Pending | None = None
        self.widget = VBox([self.head, self.body])
        self.show()

    @property
    def _case(self) -> CasePresenter:
        return self._queue.case

    def show(self, *, focus: bool = False) -> None:
        """Show the presenter's state; with ``focus`` the keyboard goes to the title of the case."""
        view = view_of(self._case)
        self.head.show(case_body.head(self._case, view))
        self._show_pending()
        self.body.show(EMPTY if view is None else case_body.body(view))
        if focus:
            self.head.focus(TITLE)

    # What stands before confirmation

    def _show_pending(self) -> None:
        pending = self._case.pending
        if pending is None:
            self._drop_form()
            self.question.show(EMPTY)
            self._arrange([self.head, self.body])
        elif pending.stage is Stage.FORM:
            self.question.show(case_forms.question(self._case, pending))
            form = self._form_for(pending)
            self._arrange([self.head, self.question, form, self.body])
            form.set_errors(pending.errors)
        else:
            self._drop_form()
            self.question.show(case_forms.preview(self._case, pending))
            self._arrange([self.head, self.question, self.body])
            self.question.focus('[data-testid="mail-body"]')

    def _form_for(self, pending: Pending) -> FieldForm:
        """The form of this action on this application: kept while it is corrected, new otherwise."""
        same = self._form_of is not None and (self._form_of.action, self._form_of.number) == (
            pending.action,
            pending.number,
        )
        if self.form is None or not same:
            self._drop_form()
            self.form = FieldForm(
                case_forms.rows(self._case, pending),
                case_forms.buttons(pending.action),
                self._submitted,
                values=pending.values,
                title=words.ACTIONS[pending.action.value],
                testid="case-form",
            )
            self.form.focus(case_forms.first_field(self._case, pending.action))
        self._form_of = pending
        return self.form

    def _drop_form(self) -> None:
        if self.form is not None:
            self.form.close()
        self.form, self._form_of = None, None

    def _arrange(self, children: list[object]) -> None:
        if list(self.widget.children) != children:
            self.widget.children = tuple(children)

    # What the person does

    def _submitted(self, submission: Submission) -> None:
        if submission.button == "cancel":
            self._case.cancel()
            self.show(focus=True)
            return
        finished = self._case.submit(submission.values)
        self.show(focus=finished is not None)
        if finished is not None:
            self._on_change()

    def _act(self, action: str, value: str) -> None:
        if action == "begin":
            self._case.begin(Action(value))
            self.show()
        elif action == "confirm-yes":
            decided = self._queue.decide(value)
            self.show(focus=True)
            if decided or self._case.pending is None:
                self._on_change()
        elif action == "return":
            self._queue.visit(value)
            self.show(focus=True)
            self._on_change()
        elif action == SHOW_DAY:
            self._case.show_day(value)
            self.show()
        else:
            self._move(action)

    def _move(self, action: str) -> None:
        moves = {
            "back": self._case.back,
            "cancel": self._case.cancel,
            "reload": self._case.reload,
            "take-over": self._case.take_over,
            "next": self._queue.go_on,
            "close": self._queue.close,
        }
        number = self._queue.selected
        moves[action]()
        self.show(focus=action != "close")
        if action not in ("back", "cancel"):
            self._on_change()
        if action == "close":
            self._on_close(number)
