"""The import screen: choose, look, apply. Long work runs beside the kernel's main thread, so that its cancel button works."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath
from threading import Thread

from ipywidgets import Layout, VBox

from ebidadmin.domain.ids import BatchId
from ebidadmin.presenters.file_choice import SUFFIXES
from ebidadmin.presenters.import_history import BatchLine
from ebidadmin.presenters.qualification_import import QualificationImport, Step
from ebidadmin.presenters.request_list import Step as RequestStep
from ebidadmin.presenters.upload_inbox import UploadInbox
from ebidadmin.presenters.ways import Arrivals
from ebidadmin.screens import import_tables
from ebidadmin.screens.components import look
from ebidadmin.screens.components.binding import guard
from ebidadmin.screens.components.download import Download
from ebidadmin.screens.components.form import FieldForm, FormButton, FormRow, Submission
from ebidadmin.screens.components.look import EMPTY, Html
from ebidadmin.screens.components.panel import Panel
from ebidadmin.screens.components.upload import Upload
from ebidadmin.screens.import_requests import RequestsSection, request_row
from ebidadmin.screens.import_undoing import UndoingSection
from ebidadmin.screens.notices import notice
from ebidadmin.text import import_undoing as undoing_words
from ebidadmin.text import imports as words
from ebidadmin.text import layouts as layout_words
from ebidadmin.text import notebooks
from ebidadmin.text.guide import UNDOING_PAGE

MIMES = {".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
TEXT = "text/csv"
UNCOUNTED = frozenset({undoing_words.WORKING_LOOK, undoing_words.WORKING_UNDO})
"""Work of the database alone, which tells no rows while it goes on."""

Runner = Callable[[Callable[[], None]], None]


def in_thread(work: Callable[[], None]) -> None:
    """Run ``work`` beside the main thread."""
    Thread(target=work, name="ebidadmin-import", daemon=True).start()


class QualificationImportScreen:
    """The widgets; ``widget`` is what a notebook shows. ``run`` starts long work (tests run it at once)."""

    def __init__(self, state: QualificationImport, *, run: Runner = in_thread) -> None:
        self._state, self._run = state, run
        self._working = False
        self.top = Panel(on_action=self._act, testid="import-top")
        self.progress = Panel(on_action=self._act, testid="import-progress")
        self.form = self._choice()
        self.upload = Upload(
            UploadInbox(state.inbox, suffixes=SUFFIXES, on_stored=self._arrived),
            labels=words.UPLOAD,
            accept=",".join(sorted(SUFFIXES)),
        )
        self.summary = Panel(on_action=self._act, testid="import-summary")
        self.below = Panel(on_action=self._act, testid="import-batches")
        self.maker = Panel(_way_to_maker(), testid="import-maker")
        self.download = Download(hint=words.RETURN_HINT, testid="import-returned")
        self.confirm: FieldForm | None = None
        self.requests = RequestsSection(state.requests, on_change=self._show)
        self.undoing = UndoingSection(
            state.undoing,
            start=lambda label, work: self._start(label, lambda _told: work()),
            on_change=self._show_again,
        )
        self.arrivals = Arrivals({}, {"requests": self._to_requests}, busy=lambda: self._working)
        self.widget = VBox([], layout=Layout(width="100%"))
        self._show()

    # Showing

    def _show(self) -> None:
        self.below.show(_batches(self._state))
        below = (*self.requests.widgets(), self.below)
        undoing = self.undoing.widgets()
        self._show_top(undoing=bool(undoing))
        if undoing:
            self._arrange(self.top, *undoing, *below)
        elif self._state.step is Step.CHOOSE:
            self.form.set_errors(self._state.errors)
            self._arrange(self.top, self.form, self.upload, self.maker, *below)
        elif self._state.step is Step.LOOK:
            self._show_plan(*below)
        else:
            self.summary.show(look.actions(look.button("again", words.BUTTON_AGAIN, tone="primary")))
            self._arrange(self.top, self.summary, *below)

    def _show_top(self, *, undoing: bool) -> None:
        told = (undoing_words.TITLE, undoing_words.LEAD) if undoing else (words.TITLE, words.LEAD)
        guide = UNDOING_PAGE if undoing else notebooks.QUALIFICATION_IMPORT.guide
        title = look.element(
            "div", look.page_header(*told, guide=guide), tabindex="-1", data_testid="import-title"
        )
        step = list(Step).index(self._state.step)
        steps = EMPTY if undoing else look.stepper(words.STEPS, step)
        self.top.show(look.join(title, steps, notice(self._state.notice)))

    def _show_again(self) -> None:
        """The screen has become another one: the keyboard, and with it the view, goes to its beginning."""
        self._show()
        self.top.focus('[data-testid="import-title"]')

    def _to_requests(self) -> None:
        """Where a link to what waits leads; what is being looked at stays."""
        self.requests.widgets()
        self.requests.focus()

    def _show_plan(self, *below: object) -> None:
        self.summary.show(import_tables.summary(self._state))
        self.confirm = self._confirmation()
        tables = import_tables.tables(self._state)
        self._arrange(self.top, self.summary, self.confirm, self.download, *tables, *below)

    def _arrange(self, *children: object) -> None:
        self.widget.children = children

    def _choice(self) -> FieldForm:
        files = (("", words.CHOOSE), *self._state.files())
        return FieldForm(
            (
                FormRow("file", words.FIELD_FILE, "select", options=files),
                FormRow("path", words.FIELD_PATH, hint=words.FIELD_PATH_HINT),
                FormRow(
                    "layout",
                    words.FIELD_LAYOUT,
                    "select",
                    required=True,
                    options=(("", words.CHOOSE), *self._state.layouts),
                ),
            ),
            (
                FormButton("preview", words.BUTTON_PREVIEW, primary=True),
                FormButton("files", words.BUTTON_REFRESH),
            ),
            self._chosen,
            title=words.SECTION_FILE,
            testid="import-choice",
        )

    def _confirmation(self) -> FieldForm:
        word = FormRow("word", self._state.word.label, required=True, hint=self._state.word.hint)
        apply = FormButton("apply", words.BUTTON_APPLY, primary=True)
        leave = FormButton("discard", words.BUTTON_DISCARD)
        back = (FormButton("return", words.BUTTON_RETURN),) if self._state.can_return else ()
        if self._state.needs_request:
            row, ask = request_row()
            return FieldForm(
                (row,),
                (ask, leave, *back),
                self._confirmed,
                title=words.SECTION_SUMMARY,
                testid="import-confirm",
            )
        return FieldForm(
            (word,) if self._state.needs_word and self._state.can_apply else (),
            (apply, leave, *back) if self._state.can_apply else (leave, *back),
            self._confirmed,
            title=words.SECTION_SUMMARY,
            testid="import-confirm",
        )

    # What the person does

    def _arrived(self, name: str) -> None:
        """A file came from the browser: the list has it, and it is chosen."""
        self._renew_choice({"file": name, "path": ""})

    def _renew_choice(self, values: dict[str, str]) -> None:
        kept = {**self.form.values, **values}
        old, self.form = self.form, self._choice()
        self.form.set_values(kept)
        self._show()
        old.close()

    def _chosen(self, submission: Submission) -> None:
        values = submission.values
        if submission.button == "files":
            self._state.renew_layouts()
            self._renew_choice(values)
            return
        if self._state.choose(file=values["file"], path=values["path"], layout=values["layout"]):
            self._start(words.WORKING_PREVIEW, self._state.preview)
        else:
            self._show()

    def _confirmed(self, submission: Submission) -> None:
        if submission.button == "discard":
            self.download.withdraw()
            self._state.discard()
            self._show()
            return
        if submission.button == "request":
            self._state.ask(submission.values["note"])
            self._show()
            return
        if submission.button == "return":
            self._give_back()
            return
        word = submission.values.get("word", "")
        self._start(words.WORKING_APPLY, lambda told: self._state.apply(word, told))

    def _give_back(self) -> None:
        """Hand the file with its problems to the browser."""
        made = self._state.returned()
        if made is None:
            self._show()
            return
        name, content = made
        self.download.offer(content, name=name, mime=MIMES.get(PurePath(name).suffix, TEXT))

    def _act(self, action: str, value: str) -> None:
        if action == "cancel":
            self._state.cancel()
        elif action == RequestStep.WITHDRAW:
            self._state.notice = None
            self.requests.withdraw(value)
        elif action == "undo":
            self._look_at_undoing(BatchId(int(value)))
        elif action == "again":
            self._state.start_again()
            self._renew_choice({"file": "", "path": ""})

    def _look_at_undoing(self, number: BatchId) -> None:
        if self._state.step is Step.DONE and not self._working:
            self._state.start_again()
            self._renew_choice({"file": "", "path": ""})
        self._start(undoing_words.WORKING_LOOK, lambda _told: self._state.look_at_undoing(number))

    # Long work

    def _start(self, label: str, work: Callable[[Callable[[int, int | None], None]], None]) -> None:
        if self._working:
            return
        self._working = True
        self._state.began()
        self._tell(label, 0, None)
        self._arrange(self.top, self.progress)
        job = guard(lambda: self._job(label, work), self.progress.show_incident)
        self._run(job)

    def _job(self, label: str, work: Callable[[Callable[[int, int | None], None]], None]) -> None:
        try:
            work(lambda done, total: self._tell(label, done, total))
        finally:
            self._working = False
        errors = self._state.errors
        # What was long becomes short.
        self._show_again()
        if errors and self.confirm is not None:
            self.confirm.set_errors(errors)

    def _tell(self, label: str, done: int, total: int | None) -> None:
        stop = (
            look.actions(look.button("cancel", words.BUTTON_CANCEL))
            if label == words.WORKING_PREVIEW
            else EMPTY
        )
        counted = words.working(label, done, self._state.seconds_left(done, total))
        said = label if label in UNCOUNTED else counted
        self.progress.show(look.join(look.progress(said, done, total), stop))


def _way_to_maker() -> Html:
    link = look.open_link(notebooks.LAYOUT_MAKER.name, layout_words.LINK_MAKER)
    return look.paragraph(layout_words.MISSING_LAYOUT, Html(" "), link)


def _batches(state: QualificationImport) -> Html:
    lines = state.batches()
    offered = state.offers_undoing and any(line.undoable for line in lines)
    headings = (*words.BATCH_HEADINGS, words.BATCH_ACTIONS) if offered else words.BATCH_HEADINGS
    rows = [(*line.cells, _undo_button(line)) if offered else line.cells for line in lines]
    table = look.data_table(headings, rows) if rows else look.paragraph(words.EMPTY_BATCHES)
    return look.section(words.SECTION_BATCHES, table, testid="batches")


def _undo_button(line: BatchLine) -> Html:
    if not line.undoable:
        return EMPTY
    return look.button("undo", undoing_words.button_name(line.number), value=str(line.number))
