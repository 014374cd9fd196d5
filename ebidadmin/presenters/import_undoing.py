"""State of the undoing of an import: look at what would come back, then undo exactly that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from ebidadmin.domain.ids import BatchId, SupplierNumber
from ebidadmin.domain.import_requests import ImportRequest
from ebidadmin.domain.imports import RecordChange, TouchedSupplier, rows_changed
from ebidadmin.domain.second_person import RequestState
from ebidadmin.domain.staff import Staff
from ebidadmin.errors import EbidError
from ebidadmin.presenters.change_pages import EMPTY_PAGE, ChangePages, TablePage
from ebidadmin.presenters.notices import Notice, done, refusal
from ebidadmin.presenters.request_list import last_day
from ebidadmin.presenters.scale_word import word_of_undoing
from ebidadmin.services import import_requests, register_corrections, screen_places, undoing_preview
from ebidadmin.services.import_touched import may_quote
from ebidadmin.services.ports import Office
from ebidadmin.services.register_history import HistoryReader
from ebidadmin.services.screen_places import PlaceStore
from ebidadmin.services.second_person import asks_another
from ebidadmin.services.undoing_preview import UndoingPlan, UndoingReader
from ebidadmin.text import formats, messages
from ebidadmin.text import import_requests as request_words
from ebidadmin.text import import_undoing as words
from ebidadmin.text import imports as import_words
from ebidadmin.text.eligibility import short

Tell = Callable[[Notice | None], None]
"""Shows what happened where the screen shows it, or takes it away."""


SCREEN = "qualification-import"
"""Under which the person's place is kept: the number of the batch whose undoing they look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoingPorts:
    """What the undoing reads, and where the person's place is kept."""

    history: HistoryReader
    reader: UndoingReader
    places: PlaceStore


class ImportUndoing:
    """``plan`` is what is being looked at, ``None`` when nothing is."""

    def __init__(self, office: Office, *, staff: Staff, ports: UndoingPorts, tell: Tell) -> None:
        self._office, self._staff, self._ports, self._tell = office, staff, ports, tell
        self._changes = ChangePages(self._page_of_changes)
        self._touched = ChangePages(self._page_of_touched)
        self.word = word_of_undoing(office)
        self.plan: UndoingPlan | None = None
        self.errors: Mapping[str, str] = {}

    # Looking

    def look(self, number: BatchId) -> None:
        """Find out what undoing that batch would do; one that cannot be undone leaves the reason."""
        self._take()
        try:
            self.plan = undoing_preview.preview(
                self._office, staff=self._staff, reader=self._ports.reader, number=number
            )
        except EbidError as error:
            self._stand("")
            self._tell(refusal(error))
            return
        unkept = self._stand(str(number))
        self._tell(Notice("warning", words.NOT_KEPT, unkept) if unkept else None)

    def leave(self) -> None:
        """Look no longer; nothing was done."""
        self._take()
        unkept = self._stand("")
        self._tell(Notice("warning", words.NOT_KEPT, unkept) if unkept else None)

    def resume(self) -> None:
        """After a reload: look again where the person stood; what cannot be undone any more leaves the reason."""
        try:
            stood = screen_places.place(
                self._office, staff=self._staff, store=self._ports.places, screen=SCREEN
            )
        except EbidError as error:
            self._tell(refusal(error))
            return
        if stood.isdecimal():
            self.look(BatchId(int(stood)))

    # Doing

    @property
    def needs_word(self) -> bool:
        """Whether the undoing is so large that a typed word must confirm it."""
        return self._large and not self._two

    @property
    def needs_request(self) -> bool:
        """Whether somebody should ask for a second person first."""
        return self._large and self._two and self._standing() is None

    @property
    def can_undo(self) -> bool:
        if self.plan is None or not (self._large and self._two):
            return self.plan is not None
        found = self._standing()
        return found is not None and found.state is RequestState.CONFIRMED

    def undo(self, word: str = "") -> None:
        """Do what was shown, or nothing. ``word`` is what was typed where the undoing needs it."""
        if self.plan is None:
            return
        self.errors = self.word.errors(word, rows_changed(self.plan.batch)) if self.needs_word else {}
        if self.errors:
            return
        plan = self._take()
        if plan is None:
            return
        try:
            batch = register_corrections.undo(
                self._office, staff=self._staff, number=plan.target.id, typed=word
            )
        except EbidError as error:
            self._stand("")
            self._tell(refusal(error))
            return
        unkept = self._stand("")
        counts = {"added": batch.added, "changed": batch.changed, "vanished": batch.vanished}
        self._tell(done(words.undone(batch.id, plan.target.id, **counts), *unkept))

    def ask(self, note: str) -> None:
        """Ask for a second person, and look no longer."""
        plan = self._take()
        if plan is None:
            return
        try:
            made = register_corrections.request_undo(
                self._office, staff=self._staff, number=plan.target.id, note=note
            )
        except EbidError as error:
            self._stand("")
            self._tell(refusal(error))
            return
        said = request_words.requested(made.id, last_day(made), made.binding.undertaking)
        self._tell(done(said, *self._stand("")))

    # What is shown

    @property
    def verdict(self) -> Notice:
        """What the undoing amounts to."""
        plan = self.plan
        if plan is None or not plan.scale_warnings:
            return Notice("info", words.READY)
        listed = tuple(import_words.scale_warning(code, share) for code, share in plan.scale_warnings)
        if not self._two:
            items = self.word.items(rows_changed(plan.batch))
            return Notice("warning", import_words.SCALE_TITLE, (*listed, *items))
        found = self._standing()
        if found is None:
            return Notice("warning", request_words.NEEDED, (*listed, words.NEEDED_ITEM))
        if found.confirmed_by is not None:
            return Notice("success", words.CONFIRMED.format(id=found.id, by=found.confirmed_by), listed)
        at = formats.moment(found.requested_at)
        return Notice(
            "warning", request_words.WAITING.format(id=found.id, by=found.requested_by, at=at), listed
        )

    @property
    def counts(self) -> Mapping[str, int]:
        """How many suppliers there are of each kind of change, in the order in which they are listed."""
        if self.plan is None:
            return {}
        batch = self.plan.batch
        return {"changed": batch.changed, "added": batch.added, "vanished": batch.vanished}

    def changes(self, kind: str, *, start: int, size: int) -> TablePage[RecordChange]:
        """Changes of a kind (empty: all, kind after kind) from the ``start``-th on, by supplier number."""
        if self.plan is None:
            return EMPTY_PAGE
        if kind:
            return self._changes.page(kind, start=start, size=size, total=self.counts[kind])
        return self._changes.page_of_all(self.counts, start=start, size=size)

    def touched(self, *, start: int, size: int) -> TablePage[TouchedSupplier]:
        """Suppliers with a registration or an open application whom the undoing concerns."""
        if self.plan is None:
            return EMPTY_PAGE
        return self._touched.page("", start=start, size=size, total=self.plan.touched)

    def eligibility(self, shown: Iterable[TouchedSupplier]) -> Mapping[SupplierNumber, str]:
        """Whether these suppliers may take part in quotations today, before the undoing, as cells of the list."""
        suppliers = [one.supplier_number for one in shown]
        found = may_quote(self._office, staff=self._staff, suppliers=suppliers)
        return {supplier: short(answer.missing) for supplier, answer in found.items()}

    # Inside

    @property
    def _large(self) -> bool:
        return self.plan is not None and bool(self.plan.scale_warnings)

    @property
    def _two(self) -> bool:
        return asks_another(self._office, self._office.settings.second_person)

    def _standing(self) -> ImportRequest | None:
        return (
            None
            if self.plan is None
            else import_requests.standing_undoing(self._office, batch=self.plan.batch)
        )

    def _take(self) -> UndoingPlan | None:
        """The plan, which is gone from then on: what is done with it is done once, however often a button was pressed."""
        plan, self.plan = self.plan, None
        self.errors = {}
        self._changes = ChangePages(self._page_of_changes)
        self._touched = ChangePages(self._page_of_touched)
        return plan

    def _stand(self, place: str) -> tuple[str, ...]:
        """Keep where the person stands; why it could not be kept, if it could not: the work goes on."""
        try:
            screen_places.stand(
                self._office, staff=self._staff, store=self._ports.places, screen=SCREEN, place=place
            )
        except EbidError as error:
            return (messages.sentence(error),)
        return ()

    def _page_of_changes(self, kind: str, after: str | None, limit: int) -> tuple[RecordChange, ...]:
        if self.plan is None:
            return ()
        return undoing_preview.changes(
            self._office,
            staff=self._staff,
            reader=self._ports.history,
            plan=self.plan,
            kind=kind,
            after=after or "",
            limit=limit,
        )

    def _page_of_touched(self, _kind: str, after: str | None, limit: int) -> tuple[TouchedSupplier, ...]:
        if self.plan is None:
            return ()
        return undoing_preview.touched(
            self._office,
            staff=self._staff,
            reader=self._ports.reader,
            plan=self.plan,
            after=after or "",
            limit=limit,
        )
