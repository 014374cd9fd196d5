"""The views that a person keeps of the queue: their buttons, and the form that asks for a name."""

from __future__ import annotations

from collections.abc import Callable

from ipywidgets import VBox

from ebidadmin.presenters.queue_views import QueueViews
from ebidadmin.presenters.review_queue import ListRequest
from ebidadmin.screens.components import look
from ebidadmin.screens.components.form import FieldForm, FormButton, FormRow, Submission
from ebidadmin.screens.components.look import Html
from ebidadmin.screens.components.panel import Panel
from ebidadmin.screens.notices import notice
from ebidadmin.text import queue_views as words


class QueueViewsPart:
    """Shows ``views``; ``asked`` tells how the list looks now, ``on_use`` shows it as a view was kept."""

    def __init__(
        self, views: QueueViews, *, asked: Callable[[], ListRequest], on_use: Callable[[ListRequest], None]
    ) -> None:
        self._views, self._asked, self._on_use = views, asked, on_use
        self.panel = Panel(on_action=self._act, testid="queue-views")
        self.form: FieldForm | None = None
        self.widget = VBox([self.panel])
        self.show()

    def show(self) -> None:
        """Show the presenter's state."""
        self.panel.show(self._markup())
        if self._views.naming and self.form is None:
            self.form = FieldForm(
                (FormRow("view_name", words.NAME, required=True, hint=words.NAME_HINT),),
                (FormButton("go", words.SAVE_YES, primary=True), FormButton("cancel", words.CANCEL)),
                self._submitted,
                title=words.SAVE,
                testid="view-form",
            )
            self.form.focus("view_name")
            self.widget.children = (self.panel, self.form)
        elif not self._views.naming and self.form is not None:
            self.widget.children = (self.panel,)
            self.form.close()
            self.form = None
        if self.form is not None:
            self.form.set_errors(self._views.errors)

    def _markup(self) -> Html:
        kept = [
            look.join(
                look.button("view-use", name, value=name),
                look.button("view-drop", look.join(words.DROP, _unseen(name)), value=name),
                sep=" ",
            )
            for name in self._views.names
        ]
        save = look.button("view-save", words.SAVE)
        title = look.element("strong", words.TITLE)
        shown = kept or [look.element("span", words.NONE)]
        return look.join(notice(self._views.notice, "views-notice"), look.actions(title, *shown, save))

    def _act(self, action: str, value: str) -> None:
        if action == "view-save":
            self._views.begin()
        elif action == "view-drop":
            self._views.drop(value)
        else:
            request = self._views.use(value)
            if request is not None:
                self._on_use(request)
        self.show()

    def _submitted(self, submission: Submission) -> None:
        if submission.button == "cancel":
            self._views.cancel()
        else:
            self._views.save(submission.values["view_name"], self._asked())
        self.show()
        if self.form is None:
            self.panel.focus('[data-testid="action-view-save"]')


def _unseen(name: str) -> Html:
    return look.element("span", name, class_="ebid-unseen")
