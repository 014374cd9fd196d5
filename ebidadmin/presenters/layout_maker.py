"""State of the screen that makes a layout: an example, what each heading becomes, what that makes of the first rows, and saving it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from pathlib import Path

from ebidadmin.domain.layout_drafts import (
    MOST_COLUMNS,
    Example,
    ExampleRow,
    LayoutDraft,
    headings_of,
)
from ebidadmin.domain.layouts import HEADING_SEARCH, Layout, NumberRule, RowPolicy, heading_name, told_apart
from ebidadmin.domain.staff import Staff
from ebidadmin.errors import EbidError
from ebidadmin.presenters import layout_lines as lines
from ebidadmin.presenters.file_choice import chosen_file, inbox_files
from ebidadmin.presenters.layout_lines import ColumnLine, FieldLine, ProblemLine, ValueLine
from ebidadmin.presenters.notices import Notice, done, refusal
from ebidadmin.services import layout_making
from ebidadmin.services.layout_making import Looked, Shelf
from ebidadmin.services.ports import Office
from ebidadmin.text import layouts as words

SHOWN_ROWS = 8
PREVIEW_ROWS = 10

UNNAMED_PLACEHOLDER = "unnamed"
"""What a draft is called while nobody has named it, so that it can be looked at."""


class Step(StrEnum):
    CHOOSE = "choose"
    MAP = "map"
    SAVED = "saved"


class LayoutMaker:
    """The screen's state. Whatever is changed is looked at again at once, on the first rows of the example."""

    def __init__(self, office: Office, *, staff: Staff, shelf: Shelf, inbox: Path) -> None:
        self._office, self._staff, self._shelf = office, staff, shelf
        self.inbox = inbox
        self._path: Path | None = None
        self._at: int | None = None
        self._given: Mapping[str, Mapping[str, str]] = {}
        self._layout: Layout | None = None
        self.step = Step.CHOOSE
        self.example: Example | None = None
        self.draft: LayoutDraft | None = None
        self.looked = Looked()
        self.notice: Notice | None = None
        self.errors: Mapping[str, str] = {}

    # Choosing the example

    def files(self) -> tuple[tuple[str, str], ...]:
        """Files of the inbox folder: name and name with size, newest first."""
        return inbox_files(self.inbox)

    def choose(self, *, file: str, path: str) -> bool:
        """Read the beginning of a file and propose what its headings are. Returns whether it could be read."""
        self.notice, self.errors = None, {}
        place, self.errors = chosen_file(self.inbox, file, path.strip())
        if place is None:
            return False
        try:
            example = layout_making.read(self._office, staff=self._staff, shelf=self._shelf, path=place)
            at = self._shelf.likely_heading(example)
        except EbidError as error:
            self.notice = refusal(error)
            return False
        columns = max(len(row.cells) for row in example.rows)
        if columns > MOST_COLUMNS:
            self.notice = Notice("error", words.TOO_WIDE.format(columns=columns, limit=MOST_COLUMNS))
            return False
        self._path, self.example, self.draft = place, example, None
        self.step = Step.MAP
        self.set_heading(str(at))
        return True

    def back(self) -> None:
        """Forget the draft and choose another example."""
        self._path, self.example, self.draft, self._layout = None, None, None, None
        self.step, self.notice, self.errors = Step.CHOOSE, None, {}

    # What the draft says

    @property
    def heading_choices(self) -> tuple[tuple[str, str], ...]:
        """The rows that may hold the headings, and that none does."""
        rows = () if self.example is None else self.example.rows[:HEADING_SEARCH]
        listed = tuple((str(at), words.line_choice(row.line)) for at, row in enumerate(rows))
        return (*listed, (words.HEADLESS, words.NO_HEADING))

    @property
    def heading(self) -> str:
        """The choice among them."""
        return words.HEADLESS if self._at is None else str(self._at)

    def set_heading(self, choice: str) -> None:
        """Take the headings of another row; what they are is proposed anew."""
        if self.example is None:
            return
        self._at = None if choice == words.HEADLESS else int(choice)
        if self._at is None:
            width = max(len(row.cells) for row in self.example.rows)
            headings = tuple(words.column_name(place) for place in range(width))
            unnamed = numbered = False
        else:
            headings, unnamed, numbered = headings_of(self.example.rows[self._at].cells)
        try:
            proposed = self._shelf.suggest(headings)
        except EbidError as error:
            self.notice = refusal(error)
            return
        self._given = proposed.values
        made = replace(proposed, unnamed=unnamed, numbered=numbered, headless=self._at is None)
        if (old := self.draft) is not None:
            made = replace(made, name=old.name, title=old.title, full=old.full, rows=old.rows)
        self._changed(made)

    def set_purpose(self, place: int, purpose: str) -> None:
        """What the column at that place becomes: a field, kept, or left."""
        heading = self._names()[place]
        if self.draft is not None and heading:
            self._changed(self.draft.with_purpose(heading, purpose))

    def set_field(self, name: str, key: str, value: str) -> None:
        """A rule of one field: ``joiner``, ``required`` or ``constant``."""
        draft = self.draft
        if draft is None:
            return
        if key == "joiner":
            self._changed(replace(draft, joiners={**draft.joiners, name: value}))
        elif key == "required":
            others = draft.required - {name}
            self._changed(replace(draft, required=others | {name} if value else others))
        else:
            constants = {known: text for known, text in draft.constants.items() if known != name}
            if value.strip():
                constants[name] = lines.stored(name, value.strip())
            self._changed(replace(draft, constants=constants))

    def set_value(self, name: str, old: str, new: str | None) -> None:
        """Replace a value of a field; ``None`` leaves it as it is."""
        if self.draft is not None:
            self._changed(self.draft.with_value(name, old, new))

    def add_value(self, name: str, old: str, new: str) -> bool:
        """Replace a value that the example does not have. Returns whether it could be added; else ``errors`` say why."""
        self.errors = {}
        if self.draft is None or name not in self.draft.fields():
            self.errors = {"field": words.VALUE_FIELD_REQUIRED}
        elif not old.strip():
            self.errors = {"old": words.VALUE_OLD_REQUIRED}
        if self.errors:
            return False
        self.set_value(name, old.strip(), lines.stored(name, new.strip()))
        return True

    def set_rules(self, values: Mapping[str, str]) -> None:
        """Name, title, and the rules of the whole layout, as the form has them."""
        if self.draft is None:
            return
        self._changed(
            replace(
                self.draft,
                name=values["name"].strip(),
                title=values["title"].strip(),
                full=values["list"] == "full",
                rows=RowPolicy(values["rows"]),
                supplier_number=NumberRule(values["number"]),
            )
        )

    def rules(self) -> dict[str, str]:
        """The same as the form shows it."""
        draft = self.draft
        if draft is None:
            return {}
        return {
            "name": draft.name,
            "title": draft.title,
            "list": "full" if draft.full else "partial",
            "rows": draft.rows.value,
            "number": draft.supplier_number.value,
        }

    # What is shown

    def first_rows(self) -> tuple[ExampleRow, ...]:
        """The first rows of the file as they stand."""
        return () if self.example is None else self.example.rows[: max(SHOWN_ROWS, (self._at or 0) + 4)]

    def columns(self) -> tuple[ColumnLine, ...]:
        """Every column of the example with what it becomes."""
        return () if self.draft is None else lines.columns(self.draft, self._names(), self._rows())

    def fields(self) -> tuple[FieldLine, ...]:
        """Every field with its rules."""
        return () if self.draft is None else lines.fields(self.draft)

    def values(self) -> tuple[ValueLine, ...]:
        """Values that are replaced, and those that nobody can take as they are."""
        if self.draft is None:
            return ()
        return lines.values(self.draft, self._names(), self._rows(), self.looked, given=self._given)

    def preview(self) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
        """Headings and the first rows as the layout reads them."""
        return lines.preview(self._layout, self.looked.rows[:PREVIEW_ROWS])

    def problems(self) -> tuple[ProblemLine, ...]:
        """What an import would say of the first rows, counted by column and reason; most frequent first."""
        return lines.problems((*self.looked.heading_problems, *self.looked.problems))

    def verdict(self) -> tuple[Notice, ...]:
        """Whether it can be saved, what is missing, and what should have been thought of."""
        draft = self.draft
        if draft is None:
            return ()
        missing = tuple(words.draft_sentence(one) for one in draft.problems())
        said = [Notice("warning", words.UNFINISHED, missing) if missing else Notice("info", words.READY)]
        advice = tuple(words.draft_sentence(one) for one in draft.advice())
        if advice:
            said.append(Notice("info", words.ADVICE, advice))
        if not self._rows():
            said.append(Notice("warning", words.NO_ROWS))
        return tuple(said)

    # Saving

    def save(self, *, replacing: bool) -> bool:
        """Put the layout beside the others. Returns whether it is there; else ``notice`` says why not."""
        if self.draft is None or self.example is None or self._path is None:
            return False
        self.notice = None
        try:
            layout = layout_making.save(
                self._office,
                staff=self._staff,
                shelf=self._shelf,
                draft=self.draft,
                example=self._path,
                at=None if self._at is None else self.example.rows[self._at],
                row_number=(self._at or 0) + 1,
                replacing=replacing,
            )
        except EbidError as error:
            self.notice = refusal(error)
            return False
        self.step = Step.SAVED
        self.notice = done(words.saved(layout.title, layout.name), words.already_open())
        return True

    # Inside

    def _names(self) -> tuple[str, ...]:
        """The heading of every column, empty where it has none."""
        if self.example is None or self.draft is None:
            return ()
        if self._at is None:
            return self.draft.headings
        return told_apart(heading_name(cell) for cell in self.example.rows[self._at].cells)

    def _rows(self) -> tuple[ExampleRow, ...]:
        if self.example is None:
            return ()
        return self.example.rows if self._at is None else self.example.rows[self._at + 1 :]

    def _changed(self, draft: LayoutDraft) -> None:
        self.draft, self.notice, self.errors = draft, None, {}
        self._layout, self.looked = None, Looked()
        if any(one.code not in ("draft-name", "draft-title") for one in draft.problems()):
            return
        try:
            composed = self._shelf.compose(
                replace(draft, name=UNNAMED_PLACEHOLDER, title=UNNAMED_PLACEHOLDER)
            )
            self.looked = layout_making.look(
                self._office, staff=self._staff, layout=composed, headings=self._names(), rows=self._rows()
            )
        except EbidError as error:
            self.notice = refusal(error)
            return
        self._layout = composed
