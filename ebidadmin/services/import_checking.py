"""Checking the rows of a register file: those that are known already at a glance, the others by columns, the doubtful ones singly."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from operator import itemgetter

from ebidadmin.domain.imports import RowProblem
from ebidadmin.domain.layouts import Binding, Layout, LineBlock, RowBlock
from ebidadmin.domain.qualification_blocks import RECORD, ColumnCheck, RecordColumns, RowFacts, columns_of
from ebidadmin.domain.qualification_rows import CHECKS_VERSION, CheckedRow, check_row
from ebidadmin.services.import_ports import ImportStore, RowSource, StagedBlock
from ebidadmin.services.ports import Office
from ebidadmin.services.postcode_checks import postcode_check

BLOCK = 10_000
"""Rows that are checked and staged at a time; what an import holds in memory besides its problems."""

_APART = "\x1f"
_DIGEST_CHARACTERS = 32
"""128 bits: nobody finds two rows of one digest."""


@dataclass(frozen=True, slots=True)
class Step:
    """How far the file has been checked, and what was found since the last step. ``staged`` is what has to be staged. With ``anew`` the
    check begins again: what was found before does not count."""

    line: int
    staged: StagedBlock | None = None
    problems: tuple[RowProblem, ...] = ()
    anew: bool = False


class FileCheck:
    """The check of one file."""

    def __init__(self, office: Office, source: RowSource, layout: Layout) -> None:
        self._source = source
        self._layout = layout
        self._facts = RowFacts(office.forms.mail_ok, postcode_check(office), office.names)
        self._version = rules_version(office, layout, source)

    def steps(self, store: ImportStore, run: str) -> Iterator[Step]:
        """The file, block by block. Raises what reading it and recognising its rows raises.

        Where rows are lines, those that are known from the last file are recognised before anything is made of them.
        """
        binding = self._source.binding
        if binding is None:
            return
        columns = ColumnCheck(binding, self._layout, self._facts)
        blocks = self._source.line_blocks(BLOCK)
        if blocks is not None:
            for block in blocks:
                step = self._lines(block, store, run, columns)
                if step is None:
                    store.restart(run)
                    yield Step(0, anew=True)
                    break
                yield step
            else:
                return
        yield from self._rows(store, run, columns)

    def _lines(self, block: LineBlock, store: ImportStore, run: str, columns: ColumnCheck) -> Step | None:
        """Nothing when a row takes more than one line."""
        before = f"{self._version}lines".encode()
        digests = [sha256(before + line).hexdigest()[:_DIGEST_CHARACTERS] for line in block.lines]
        known = store.recognise(run, block.numbers, digests)
        unknown = block
        if known:
            fresh = [at for at, number in enumerate(block.numbers) if number not in known]
            if not fresh:
                return Step(block.numbers[-1])
            unknown = LineBlock([block.numbers[at] for at in fresh], [block.lines[at] for at in fresh])
            digests = [digests[at] for at in fresh]
        rows = self._source.parsed(unknown)
        if rows is None:
            return None
        staged, problems = self._checked(rows, digests, columns)
        return Step(block.numbers[-1], staged, problems)

    def _rows(self, store: ImportStore, run: str, columns: ColumnCheck) -> Iterator[Step]:
        digests = SourceDigests(self._version, columns.binding, self._layout)
        for block in self._source.blocks(BLOCK):
            given = digests.of(block)
            known = store.recognise(run, block.lines, given)
            fresh = [at for at, line in enumerate(block.lines) if line not in known]
            if not fresh:
                yield Step(block.lines[-1])
                continue
            unknown = RowBlock(
                [block.lines[at] for at in fresh],
                [block.rows[at] for at in fresh],
                {new: block.marks[at] for new, at in enumerate(fresh) if at in block.marks},
            )
            staged, problems = self._checked(unknown, [given[at] for at in fresh], columns)
            yield Step(block.lines[-1], staged, problems)

    def _checked(
        self, block: RowBlock, digests: Sequence[str | None], columns: ColumnCheck
    ) -> tuple[StagedBlock, tuple[RowProblem, ...]]:
        even = [
            at for at, cells in enumerate(block.rows) if len(cells) == columns.width and at not in block.marks
        ]
        odd = sorted(set(range(len(block.rows))) - set(even))
        places: list[int] = []
        record: RecordColumns = {name: [] for name in RECORD}
        if even:
            record, doubtful = columns.records([block.rows[at] for at in even])
            places = [at for place, at in enumerate(even) if place not in doubtful]
            odd = sorted({*odd, *(even[place] for place in doubtful)})
        singly = [self._row(block, at) for at in odd]
        for name, values in columns_of(singly, self._facts.names).items():
            record[name] += values
        places += odd
        found = {at: row.problems for at, row in zip(odd, singly, strict=True)}
        staged = StagedBlock(
            lines=[block.lines[at] for at in places],
            columns=record,
            refused=[False] * (len(places) - len(odd)) + [row.record is None for row in singly],
            source_digests=[None if found.get(at) else digests[at] for at in places],
        )
        return staged, tuple(problem for problems in found.values() for problem in problems)

    def _row(self, block: RowBlock, at: int) -> CheckedRow:
        row = self._source.mapped(block.lines[at], block.rows[at], block.marks.get(at, {}))
        facts = self._facts
        return check_row(row, self._layout, mail_ok=facts.mail_ok, postcode_ok=facts.postcode_ok)


class SourceDigests:
    """What rows are recognised by: their cells as they stand, under the rules by which they were checked."""

    def __init__(self, version: str, binding: Binding, layout: Layout) -> None:
        self._before = version + _APART
        self._width = binding.width
        kept = [place for place, heading in enumerate(binding.headings) if heading not in layout.ignore]
        self._pick = itemgetter(*kept) if 1 < len(kept) < binding.width else None
        self._signs = (len(kept) if self._pick else binding.width) - 1

    def of(self, block: RowBlock) -> list[str | None]:
        """A digest (128 bits, hex) for each row; none for one of another width, or whose cells were no plain text."""
        even = [len(cells) == self._width for cells in block.rows]
        texts = (
            [_APART.join(self._pick(cells) if self._pick else cells) for cells in block.rows]
            if all(even)
            else None
        )
        if texts is not None and not block.marks and "".join(texts).count(_APART) == len(texts) * self._signs:
            return [self._digest(text) for text in texts]
        return [
            self._single(cells) if fits and at not in block.marks else None
            for at, (cells, fits) in enumerate(zip(block.rows, even, strict=True))
        ]

    def _single(self, cells: Sequence[str]) -> str | None:
        text = _APART.join(self._pick(cells) if self._pick else cells)
        # A cell with the sign that keeps cells apart could pass for two.
        return self._digest(text) if text.count(_APART) == self._signs else None

    def _digest(self, text: str) -> str:
        return sha256((self._before + text).encode()).hexdigest()[:_DIGEST_CHARACTERS]


def rules_version(office: Office, layout: Layout, source: RowSource) -> str:
    """A digest of everything that the outcome of a row's check depends on beside what stands in the row."""
    rules = (CHECKS_VERSION, office.facts_version, asdict(layout), source.headings(), source.reading)
    return sha256(json.dumps(rules, sort_keys=True, default=_plain).encode()).hexdigest()


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else str(value)
