"""What the import of a register takes from outside: the file as rows, the staging of its rows, lists of the register."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from ebidadmin.domain.ids import BatchId, SupplierNumber
from ebidadmin.domain.imports import ImportBatch, RecordChange, RowProblem, TouchedSupplier
from ebidadmin.domain.layouts import Binding, Layout, LineBlock, MappedRow, RowBlock
from ebidadmin.domain.qualification_blocks import RecordColumns
from ebidadmin.domain.qualifications import Qualification

Progress = Callable[[int, int | None], None]
"""Told after every block: rows done, and the file's physical lines (``None`` when unknown)."""


class RowSource(Protocol):
    """A file, decoded strictly and mapped by its layout. Reading it again gives the same rows as long as the file is the same."""

    @property
    def file_name(self) -> str: ...

    @property
    def file_hash(self) -> str:
        """SHA-256 (hex) of the file's bytes as they are now."""
        ...

    @property
    def lines(self) -> int | None:
        """Physical lines, for progress."""
        ...

    @property
    def binding(self) -> Binding | None:
        """Where each field stands; ``None`` when the headings do not fit."""
        ...

    @property
    def reading(self) -> tuple[str, ...]:
        """What besides the layout decides how the bytes of a row become its cells."""
        ...

    def headings(self) -> tuple[str, ...]: ...

    def heading_problems(self) -> tuple[RowProblem, ...]:
        """What is wrong with the heading row."""
        ...

    def blocks(self, size: int) -> Iterator[RowBlock]:
        """The rows as they stand, ``size`` at a time. Nothing when the headings do not fit. Raises ``InputError`` for what is no file of
        rows."""
        ...

    def line_blocks(self, size: int) -> Iterator[LineBlock] | None:
        """The lines after the headings, where every row may be taken for one line; else nothing. ``parsed`` makes certain."""
        ...

    def parsed(self, block: LineBlock) -> RowBlock | None:
        """The rows of some lines; nothing when a row is not one line after all."""
        ...

    def mapped(self, line: int, cells: Sequence[str], marks: Mapping[int, str]) -> MappedRow:
        """What a row of a block says."""
        ...


@dataclass(frozen=True, slots=True)
class StagedBlock:
    """Checked rows as they are staged, side by side. A refused one is there for its keys only. ``source_digests`` is given for the rows
    without any problem: by it the same row is recognised in the next file."""

    lines: Sequence[int]
    columns: RecordColumns
    refused: Sequence[bool]
    source_digests: Sequence[str | None]


@dataclass(frozen=True, slots=True)
class Diff:
    """What the staged rows would do to the register at ``version``. ``current`` counts the records it holds now;
    ``gone`` are headings that the latest batch of the same layout had."""

    version: BatchId | None
    current: int
    added: int
    changed: int
    unchanged: int
    vanished: int
    refused: int
    gone: tuple[str, ...] = ()


class ImportStore(Protocol):
    """Staging of one file, outside the register. Starting removes what earlier runs left behind."""

    def start(self, *, source: RowSource, layout: Layout, at: datetime) -> str:
        """A new run."""
        ...

    def restart(self, run: str) -> None:
        """Forget what was staged and recognised so far. Raises as ``recognise``."""
        ...

    def recognise(
        self, run: str, lines: Sequence[int], source_digests: Sequence[str | None]
    ) -> frozenset[int]:
        """Note the rows that the register has from a file that had the very same row without a problem; the lines of these. Of rows that
        are the same only the first is recognised. Raises ``StalePlanError`` (``stage-missing``) when another import removed the run."""
        ...

    def stage(self, run: str, block: StagedBlock) -> None:
        """Raises as ``recognise``."""
        ...

    def finish(self, run: str, layout: Layout) -> tuple[RowProblem, ...]:
        """All rows are staged: refuse doubled keys, issue numbers, and return the problems between rows."""
        ...

    def diff(self, run: str) -> Diff:
        """Raises as ``recognise``."""
        ...

    def ready(self, *, file_hash: str, layout: str, version: BatchId | None) -> str | None:
        """The finished run of that file against that register version."""
        ...

    def changes(
        self, run: str, *, kind: str, after: SupplierNumber | None, limit: int
    ) -> tuple[RecordChange, ...]: ...

    def touched(self, run: str, *, day: date, after: str, limit: int) -> tuple[TouchedSupplier, ...]:
        """By supplier number."""
        ...

    def touched_count(self, run: str, *, day: date) -> int: ...

    def discard(self, run: str) -> None: ...


class RegisterReader(Protocol):
    """Lists of the register, outside any unit of work."""

    def batches(self) -> tuple[ImportBatch, ...]:
        """Newest first."""
        ...

    def page(
        self,
        *,
        search_folded: str,
        search: str,
        after: str,
        limit: int,
        version: BatchId | None,
        everywhere: bool = False,
    ) -> tuple[Qualification, ...]:
        """By supplier number; ``version`` as ``None`` is the present. Searched are names, their readings and numbers; ``everywhere`` also
        looks through addresses, representatives and further columns, record by record."""
        ...

    def total(self) -> int:
        """Records of the present register."""
        ...

    def extra_headings(self) -> tuple[str, ...]:
        """The names of the further columns that records of the present register have, sorted."""
        ...

    def every(self) -> Iterator[Qualification]:
        """The present register by supplier number, streamed."""
        ...
