"""The layouts of a desk as a shelf: what is there, a proposal for an example file, and a new one put beside the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from statistics import median

from ebidadmin.bundled import bundled
from ebidadmin.domain.layout_drafts import (
    EXAMPLE_ROWS,
    NAME,
    Example,
    ExampleRow,
    LayoutDraft,
    likely_heading,
)
from ebidadmin.domain.layouts import HEADING_SEARCH, Layout
from ebidadmin.errors import InputError
from ebidadmin.intake.csv import CsvSource
from ebidadmin.intake.layout_drafts import (
    SUFFIX,
    HeadingWords,
    known_headings,
    load_heading_words,
    suggest,
    text_of,
    write_whole,
)
from ebidadmin.intake.layouts import load_layouts, parse_layout
from ebidadmin.intake.sources import open_source
from ebidadmin.intake.tabular import TabularSource

_DELIMITERS = (",", "\t")


class LayoutShelf:
    """``services.layout_making.Shelf`` on the folder ``layouts`` of the reference data of a desk."""

    def __init__(self, reference: Path) -> None:
        self._reference = reference
        self._folder = reference / "layouts"

    def layouts(self) -> Mapping[str, Layout]:
        """As they are now. Raises ``ConfigurationError``."""
        return load_layouts(self._folder)

    def shipped(self) -> frozenset[str]:
        """The names of those that came with the program."""
        return frozenset(path.stem for path in (bundled("data") / "reference" / "layouts").glob("*.toml"))

    def example(self, path: Path) -> Example:
        """The first rows of a file, decoded. Raises ``InputError`` for what cannot be read."""
        source = self._opened(path)
        rows = tuple(
            ExampleRow(row.line, tuple(row.cells)) for row in islice(source.numbered(), EXAMPLE_ROWS)
        )
        if not rows:
            raise InputError("file-empty", file=path.name)
        return Example(path.name, rows, getattr(source, "encoding", ""))

    def likely_heading(self, example: Example) -> int:
        """Which row of the example looks like its heading row, counted from 0."""
        return likely_heading(example.rows, known_headings(self.layouts().values(), self._words()))

    def suggest(self, headings: Sequence[str]) -> LayoutDraft:
        """A proposal to be looked over."""
        return suggest(headings, layouts=self.layouts().values(), words=self._words())

    def compose(self, draft: LayoutDraft) -> Layout:
        """The draft as the layout that its file would be. Raises ``ConfigurationError`` ``layout-invalid``."""
        return parse_layout(text_of(draft), draft.name + SUFFIX, self._reference)

    def headings_under(self, path: Path, draft: LayoutDraft) -> int:
        """The line of the heading row that the composed layout finds in a file; 0 in one without. Raises ``InputError``."""
        return open_source(path, self.compose(draft)).heading_line

    def save(self, draft: LayoutDraft, *, replacing: bool = False) -> Layout:
        """Put it on the shelf, whole or not at all.

        Raises ``InputError``: ``layout-name-form``; ``layout-name-shipped`` for a name of the program's own; ``layout-name-taken`` for
        one that is there already, unless ``replacing``; ``file-unwritable``. ``ConfigurationError`` for what is no layout yet.
        """
        if not NAME.fullmatch(draft.name):
            raise InputError("layout-name-form", name=draft.name)
        if draft.name in self.shipped():
            raise InputError("layout-name-shipped", name=draft.name)
        place = self._folder / (draft.name + SUFFIX)
        # A file may be called otherwise than the layout in it; two of one name would stop the next start.
        elsewhere = draft.name in self.layouts() and not place.exists()
        if elsewhere or (place.exists() and not replacing):
            raise InputError("layout-name-taken", name=draft.name)
        layout = self.compose(draft)
        write_whole(place, text_of(draft))
        return layout

    def _words(self) -> HeadingWords:
        return load_heading_words(self._reference / "heading_words.toml")

    def _opened(self, path: Path) -> TabularSource:
        """The file under a layout that knows no heading; of the separators the one that makes wider rows."""
        blank = replace(
            next(iter(self.layouts().values())),
            fields={},
            columns=(),
            heading_row=0,
            defused=False,
            encodings=("utf-8", "cp932", "utf-16"),
        )
        source = open_source(path, blank)
        if not isinstance(source, CsvSource):
            return source
        readings = [open_source(path, replace(blank, delimiter=sign)) for sign in _DELIMITERS]
        return max(readings, key=_width)


def _width(source: TabularSource) -> float:
    """How many cells a row has; 0 where the separator does not fit the quoting."""
    try:
        widths = [len(row.cells) for row in islice(source.numbered(), HEADING_SEARCH)]
    except InputError as error:
        if error.code not in ("quoting-broken", "cell-too-long"):
            raise
        return 0
    return median(widths) if widths else 0
