"""The imports so far, as the import screen lists them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ebidadmin.domain.ids import BatchId
from ebidadmin.domain.imports import ImportBatch
from ebidadmin.domain.staff import Staff
from ebidadmin.services import qualification_import as importing
from ebidadmin.services import undoing_preview
from ebidadmin.services.ports import Office
from ebidadmin.services.qualification_import import RegisterReader
from ebidadmin.text import formats
from ebidadmin.text import imports as words


@dataclass(frozen=True, slots=True)
class BatchLine:
    """A batch with its cells; ``undoable`` for the one that this person can undo."""

    number: BatchId
    cells: tuple[str, ...]
    undoable: bool


def batch_lines(
    office: Office, *, staff: Staff, reader: RegisterReader, title_of: Callable[[str], str]
) -> tuple[BatchLine, ...]:
    """All of them, newest first. ``title_of`` names a layout. Raises ``NotPermittedError``."""
    found = importing.batches(office, staff=staff, reader=reader)
    undoable = undoing_preview.offered(staff, found)
    return tuple(BatchLine(one.id, _cells(one, title_of(one.layout)), one.id == undoable) for one in found)


def _cells(batch: ImportBatch, layout: str) -> tuple[str, ...]:
    counts = (batch.added, batch.changed, batch.vanished, batch.refused)
    return (
        words.version(batch.id),
        formats.moment(batch.applied_at),
        words.batch_origin(batch.file_name, undoes=batch.undoes, corrects=batch.corrects),
        layout,
        *(f"{count:,}" for count in counts),
        batch.by,
    )
