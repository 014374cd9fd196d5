"""State of the import screen: choose a file, look at what it would do, apply exactly that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

from ebidadmin.domain.ids import BatchId, SupplierNumber
from ebidadmin.domain.imports import (
    ImportBatch,
    ImportPlan,
    ProblemSeverity,
    RecordChange,
    RowProblem,
    TouchedSupplier,
    rows_changed,
)
from ebidadmin.domain.layouts import Layout
from ebidadmin.domain.pace import seconds_left
from ebidadmin.domain.staff import Staff
from ebidadmin.errors import EbidError, StalePlanError
from ebidadmin.presenters.change_pages import EMPTY_PAGE, ChangePages, TablePage
from ebidadmin.presenters.file_choice import chosen_file, inbox_files
from ebidadmin.presenters.first_rows import FirstRows, first_rows
from ebidadmin.presenters.import_history import BatchLine, batch_lines
from ebidadmin.presenters.import_lists import ProblemList
from ebidadmin.presenters.import_requests import ImportRequests
from ebidadmin.presenters.import_undoing import ImportUndoing, UndoingPorts
from ebidadmin.presenters.notices import Notice, Undo, done, refusal
from ebidadmin.presenters.scale_word import word_of_import
from ebidadmin.services import qualification_import as importing
from ebidadmin.services.import_touched import may_quote, touched
from ebidadmin.services.ports import Office
from ebidadmin.services.qualification_import import ImportStore, Progress, RegisterReader, RowSource
from ebidadmin.text import imports as words
from ebidadmin.text import undo as undo_words
from ebidadmin.text.eligibility import short

SourceOpener = Callable[[Path, Layout], RowSource]
Returner = Callable[[Any, Sequence[RowProblem]], tuple[str, bytes]]
"""Makes the file with its problems, for its sender, from what a ``SourceOpener`` opened: the end of its name and its content."""


class Step(StrEnum):
    CHOOSE = "choose"
    LOOK = "look"
    DONE = "done"


class QualificationImport:
    """The screen's state. A file is chosen once; preview and apply work on that choice."""

    def __init__(
        self,
        office: Office,
        *,
        staff: Staff,
        store: ImportStore,
        reader: RegisterReader,
        undoing: UndoingPorts,
        layouts: Mapping[str, Layout],
        open_source: SourceOpener,
        inbox: Path,
        returned: Returner | None = None,
        reload_layouts: Callable[[], Mapping[str, Layout]] | None = None,
    ) -> None:
        self._office, self._staff = office, staff
        self._store, self._reader = store, reader
        self._layouts, self._open = layouts, open_source
        self._reload = reload_layouts
        self.inbox = inbox
        self._returned = returned
        self._source: RowSource | None = None
        self._layout: Layout | None = None
        self._changes: ChangePages[RecordChange] | None = None
        self._touched: ChangePages[TouchedSupplier] | None = None
        self._cancelled = False
        self.requests = ImportRequests(office, staff=staff)
        self.undoing = ImportUndoing(office, staff=staff, ports=undoing, tell=self._tell)
        self.word = word_of_import(office)
        self.step = Step.CHOOSE
        self.plan: ImportPlan | None = None
        self.first_rows: FirstRows | None = None
        self.batch: ImportBatch | None = None
        self.notice: Notice | None = None
        self.errors: Mapping[str, str] = {}
        self.encoding = ""
        """How the text of the file is encoded; empty for a workbook, which has no encoding."""
        self.unreadable = False
        """Whether the headings do not fit, so that no row was read."""
        self._began = office.clock.now()
        self.undoing.resume()

    # Choosing

    @property
    def layouts(self) -> tuple[tuple[str, str], ...]:
        """Layouts to choose from: name and title."""
        return tuple((name, layout.title) for name, layout in sorted(self._layouts.items()))

    def renew_layouts(self) -> None:
        """Read the layouts anew: one may have been made since; what cannot be read leaves a notice."""
        if self._reload is None:
            return
        try:
            self._layouts = self._reload()
        except EbidError as error:
            self.notice = refusal(error)

    def layout_title(self, name: str) -> str:
        """What a layout is called; its name where it is no longer there."""
        return self._layouts[name].title if name in self._layouts else name

    def files(self) -> tuple[tuple[str, str], ...]:
        """Files of the inbox folder: name and name with size, newest first."""
        return inbox_files(self.inbox)

    def choose(self, *, file: str, path: str, layout: str) -> bool:
        """Take a file of the inbox or a place, and a layout. Returns whether the choice is complete; else ``errors`` say why."""
        self.notice, self.errors = None, {}
        place, errors = chosen_file(self.inbox, file, path.strip())
        if layout not in self._layouts:
            errors["layout"] = words.LAYOUT_REQUIRED
        if errors or place is None:
            self.errors = errors
            return False
        self._layout = self._layouts[layout]
        try:
            self._source = self._open(place, self._layout)
        except EbidError as error:
            self._source, self.notice = None, refusal(error)
            return False
        return True

    # Looking

    def preview(self, progress: Progress = lambda rows, lines: None) -> None:
        """Read and check the whole file and compare it with the register."""
        if self._source is None or self._layout is None:
            return
        self._cancelled, self.notice = False, None
        source, layout = self._source, self._layout
        try:
            self.encoding = getattr(source, "encoding", "")
            self.unreadable = any(one.severity is ProblemSeverity.ERROR for one in source.heading_problems())
            self.first_rows = None if self.unreadable else first_rows(source, layout)
            self.plan = importing.preview(
                self._office,
                staff=self._staff,
                store=self._store,
                source=source,
                layout=layout,
                progress=progress,
                cancelled=lambda: self._cancelled,
            )
        except EbidError as error:
            self._refused(error)
            return
        self._changes = ChangePages(self._page_of_changes)
        self._touched = ChangePages(self._page_of_touched)
        self.step = Step.LOOK

    def cancel(self) -> None:
        """Ask a running preview to stop; nothing of it stays."""
        self._cancelled = True

    def discard(self) -> None:
        """Forget the preview and choose again."""
        if self.plan is not None:
            try:
                importing.discard(self._office, staff=self._staff, store=self._store, plan=self.plan)
            except EbidError as error:
                self.notice = refusal(error)
        self._forget()

    def start_again(self) -> None:
        """After an import: choose the next file."""
        self._forget()
        self.notice = None

    # Applying

    @property
    def needs_word(self) -> bool:
        """Whether the plan is so large that a typed word must confirm it."""
        return self.plan is not None and bool(self.plan.scale_warnings) and not self.requests.enabled

    @property
    def can_apply(self) -> bool:
        return self._applicable and not self._of_plan(self.requests.bars)

    @property
    def needs_request(self) -> bool:
        """Whether somebody should ask for a second person before this can be applied."""
        return self._applicable and self._of_plan(self.requests.wanting)

    def ask(self, note: str) -> None:
        """Ask for a second person, and choose again."""
        if self.plan is None or self._layout is None:
            return
        try:
            said = self.requests.ask(self.plan, self._layout, note)
        except EbidError as error:
            said = refusal(error)
        self.discard()
        self.notice = said

    def apply(self, word: str = "", progress: Progress = lambda rows, lines: None) -> None:
        """Do what the preview said, or nothing. ``word`` is what was typed where the plan needs it."""
        if self.plan is None or self._source is None or self._layout is None:
            return
        self.notice = None
        self.errors = self.word.errors(word, rows_changed(self.plan)) if self.needs_word else {}
        if self.errors:
            return
        try:
            self.batch = importing.apply(
                self._office,
                staff=self._staff,
                store=self._store,
                source=self._source,
                layout=self._layout,
                plan=self.plan,
                confirmed_scale=self.needs_word,
                typed=word,
                progress=progress,
            )
        except EbidError as error:
            self._refused(error)
            return
        batch = self.batch
        self._forget()
        self.batch, self.step = batch, Step.DONE
        undoable = any(line.undoable and line.number == batch.id for line in self.batches())
        undo = Undo("undo", str(batch.id), undo_words.IMPORT) if undoable else None
        self.notice = done(words.applied(batch.id, batch.added, batch.changed, batch.vanished), undo=undo)

    # How far long work is

    def began(self) -> None:
        """Long work begins: the time that is left is reckoned from here."""
        self._began = self._office.clock.now()

    def seconds_left(self, done: int, total: int | None) -> int | None:
        """What is left at the pace so far; ``None`` while there is too little to tell by."""
        passed = (self._office.clock.now() - self._began).total_seconds()
        return seconds_left(passed=passed, done=done, total=total)

    # What the tables show

    @property
    def verdict(self) -> Notice:
        """What the preview amounts to."""
        plan = self.plan
        if plan is None or not plan.applicable:
            return Notice("error", words.UNREADABLE if self.unreadable else words.NOT_APPLICABLE)
        if plan.changes_nothing:
            return Notice("info", words.CHANGES_NOTHING)
        if plan.scale_warnings and self.requests.enabled and self._layout is not None:
            return self.requests.verdict(plan, self._layout)
        if plan.scale_warnings:
            listed = tuple(words.scale_warning(code, share) for code, share in plan.scale_warnings)
            return Notice("warning", words.SCALE_TITLE, (*listed, *self.word.items(rows_changed(plan))))
        return Notice("info", words.READY)

    @property
    def problem_list(self) -> ProblemList:
        """The problems of the preview; of a file whose headings do not fit the columns are no choice."""
        return ProblemList(() if self.plan is None else self.plan.problems, by_column=not self.unreadable)

    def problems(self, severity: str, *, start: int, size: int) -> TablePage[tuple[str, RowProblem]]:
        """Problems of a severity (empty: all) from the ``start``-th on, each with its sentence."""
        return self.problem_list.page({"severity": severity}, start=start, size=size)

    def touched(self, *, start: int, size: int) -> TablePage[TouchedSupplier]:
        """Suppliers with a registration or an open application whom the import concerns; a preview that is gone leaves a notice."""
        if self.plan is None or self._touched is None:
            return EMPTY_PAGE
        try:
            return self._touched.page("", start=start, size=size, total=self.plan.touched)
        except EbidError as error:
            self.notice = refusal(error)
            return EMPTY_PAGE

    def eligibility(self, shown: Iterable[TouchedSupplier]) -> Mapping[SupplierNumber, str]:
        """Whether these suppliers may take part in quotations today, before the import, as cells of the list."""
        suppliers = [one.supplier_number for one in shown]
        found = may_quote(self._office, staff=self._staff, suppliers=suppliers)
        return {supplier: short(answer.missing) for supplier, answer in found.items()}

    @property
    def can_return(self) -> bool:
        """Whether there is a file to send back with its problems."""
        return self._returned is not None and self.plan is not None and bool(self.plan.problems)

    def returned(self) -> tuple[str, bytes] | None:
        """Name and content of the file with its problems beside each row; a file that changed meanwhile leaves a notice."""
        plan, source = self.plan, self._source
        if self._returned is None or plan is None or source is None:
            return None
        try:
            if source.file_hash != plan.file_hash:
                raise StalePlanError("file-changed", file=plan.file_name)
            suffix, content = self._returned(source, plan.problems)
            return words.returned_name(plan.file_name, suffix), content
        except EbidError as error:
            self.notice = refusal(error)
            return None

    def changes(self, kind: str, *, start: int, size: int) -> TablePage[RecordChange]:
        """Changes of a kind (empty: all, kind after kind) from the ``start``-th on, by supplier number.

        A preview that is gone leaves a notice.
        """
        if self.plan is None or self._changes is None:
            return EMPTY_PAGE
        try:
            if kind:
                return self._changes.page(kind, start=start, size=size, total=_total(self.plan, kind))
            return self._changes.page_of_all(_totals(self.plan), start=start, size=size)
        except EbidError as error:
            self.notice = refusal(error)
            return EMPTY_PAGE

    def batches(self) -> tuple[BatchLine, ...]:
        """The imports so far, newest first, as they are shown."""
        try:
            return batch_lines(
                self._office, staff=self._staff, reader=self._reader, title_of=self.layout_title
            )
        except EbidError as error:
            self.notice = refusal(error)
            return ()

    @property
    def offers_undoing(self) -> bool:
        """Whether a batch may be chosen to be undone now: not beside what is being looked at already."""
        return self.step is not Step.LOOK and self.undoing.plan is None

    def look_at_undoing(self, number: BatchId) -> None:
        """Look at what undoing that batch would do; a file that is being looked at is put away."""
        self.discard()
        self.undoing.look(number)

    # Inside

    @property
    def _applicable(self) -> bool:
        return self.plan is not None and self.plan.applicable and not self.plan.changes_nothing

    def _of_plan(self, asked: Callable[[ImportPlan, Layout], bool]) -> bool:
        return self.plan is not None and self._layout is not None and asked(self.plan, self._layout)

    def _page_of_changes(self, kind: str, after: str | None, limit: int) -> tuple[RecordChange, ...]:
        if self.plan is None:
            return ()
        return importing.changes(
            self._office,
            staff=self._staff,
            store=self._store,
            plan=self.plan,
            kind=kind,
            after=None if after is None else SupplierNumber(after),
            limit=limit,
        )

    def _page_of_touched(self, _kind: str, after: str | None, limit: int) -> tuple[TouchedSupplier, ...]:
        if self.plan is None:
            return ()
        return touched(
            self._office, staff=self._staff, store=self._store, plan=self.plan, after=after or "", limit=limit
        )

    def _tell(self, notice: Notice | None) -> None:
        self.notice = notice

    def _refused(self, error: EbidError) -> None:
        self._forget()
        self.notice = Notice("info", words.CANCELLED) if error.code == "import-cancelled" else refusal(error)

    def _forget(self) -> None:
        self._source, self._layout, self._changes, self._touched = None, None, None, None
        self.plan, self.first_rows, self.batch = None, None, None
        self.step, self.errors = Step.CHOOSE, {}


def _total(plan: ImportPlan, kind: str) -> int:
    return {"added": plan.added, "changed": plan.changed, "vanished": plan.vanished}[kind]


def _totals(plan: ImportPlan) -> Mapping[str, int]:
    return {kind: _total(plan, kind) for kind in ("changed", "vanished", "added")}
