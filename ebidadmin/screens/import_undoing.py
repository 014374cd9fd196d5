"""The undoing of an import on the import screen: what would come back, who is concerned, and the form that does it."""

from __future__ import annotations

from collections.abc import Callable

from ebidadmin.presenters.import_undoing import ImportUndoing
from ebidadmin.screens import import_tables
from ebidadmin.screens.components import look
from ebidadmin.screens.components.form import FieldForm, FormButton, FormRow, Submission
from ebidadmin.screens.components.look import Html
from ebidadmin.screens.components.panel import Panel
from ebidadmin.screens.components.table import ServerTable
from ebidadmin.screens.import_requests import request_row
from ebidadmin.screens.notices import notice
from ebidadmin.services.undoing_preview import UndoingPlan
from ebidadmin.text import formats
from ebidadmin.text import import_lists as lists
from ebidadmin.text import import_undoing as words
from ebidadmin.text import imports as import_words

Start = Callable[[str, Callable[[], None]], None]
"""Runs long work under a label and shows the screen anew when it has ended."""


class UndoingSection:
    """``widgets`` are what the import screen shows of it: nothing while no undoing is looked at."""

    def __init__(self, state: ImportUndoing, *, start: Start, on_change: Callable[[], None]) -> None:
        self._state, self._start, self._on_change = state, start, on_change
        self.summary = Panel(testid="undoing")
        self.form: FieldForm | None = None
        self.tables: tuple[Panel | ServerTable, ...] = ()
        self._shown: tuple[object, ...] = ()

    def widgets(self) -> tuple[object, ...]:
        """Made anew when another undoing is looked at or another button stands to choose."""
        state, plan = self._state, self._state.plan
        if plan is None:
            self.form, self.tables, self._shown = None, (), ()
            return ()
        shown = (plan, state.needs_word, state.needs_request, state.can_undo)
        if self.form is None or shown != self._shown:
            self.form, self.tables, self._shown = self._confirmation(), _tables(state, plan), shown
        self.form.set_errors(state.errors)
        self.summary.show(_summary(state, plan))
        return (self.summary, self.form, *self.tables)

    def _confirmation(self) -> FieldForm:
        leave = FormButton("leave", words.BUTTON_LEAVE)
        rows: tuple[FormRow, ...] = ()
        buttons: tuple[FormButton, ...] = (leave,)
        if self._state.needs_request:
            row, ask = request_row(words.NOTE_HINT)
            rows, buttons = (row,), (ask, leave)
        elif self._state.can_undo:
            word = FormRow("word", self._state.word.label, required=True, hint=self._state.word.hint)
            rows = (word,) if self._state.needs_word else ()
            buttons = (FormButton("undo", words.BUTTON, primary=True), leave)
        return FieldForm(rows, buttons, self._pressed, title=words.TITLE, testid="undoing-confirm")

    def _pressed(self, submission: Submission) -> None:
        if submission.button == "undo":
            word = submission.values.get("word", "")
            self._start(words.WORKING_UNDO, lambda: self._state.undo(word))
            return
        if submission.button == "request":
            self._state.ask(submission.values["note"])
        else:
            self._state.leave()
        self._on_change()


def _summary(state: ImportUndoing, plan: UndoingPlan) -> Html:
    target, batch = plan.target, plan.batch
    origin = import_words.batch_origin(target.file_name, undoes=target.undoes, corrects=target.corrects)
    counts = (
        *((words.COUNTS[kind], import_words.suppliers(count)) for kind, count in state.counts.items()),
        (import_words.COUNT_UNCHANGED, import_words.suppliers(batch.unchanged)),
        (import_words.COUNT_TOUCHED, import_words.suppliers(plan.touched)),
    )
    about = (
        (words.FACT_BATCH, import_words.version(target.id)),
        (words.FACT_ORIGIN, origin),
        (words.FACT_APPLIED, formats.moment(target.applied_at)),
        (words.FACT_BY, target.by),
        (words.FACT_AFTER, words.after(batch.id, target.id - 1)),
    )
    return look.join(
        notice(state.verdict, "undoing-verdict"),
        look.section(
            words.SECTION,
            look.facts((label, look.badge(text)) for label, text in counts),
            look.facts(about),
            testid="undoing-counts",
        ),
    )


def _tables(state: ImportUndoing, plan: UndoingPlan) -> tuple[Panel | ServerTable, ...]:
    made: list[Panel | ServerTable] = []
    if plan.touched:
        made += [
            import_tables.titled(lists.TOUCHED_TITLE, words.TOUCHED_LEAD),
            import_tables.touched_table(state, eligibility=words.TOUCHED_ELIGIBILITY),
        ]
    if any(state.counts.values()):
        made += [
            import_tables.titled(words.SECTION_CHANGES),
            import_tables.changes_table(
                state, state.counts, kinds=words.COUNTS, caption=words.CHANGES_CAPTION
            ),
        ]
    return tuple(made)
