"""What undoing the latest batch would bring back, looked at before it is done.

A preview is bound to the batch that it would undo. Batches are only ever added, so that it holds exactly as long as that batch is the
latest: ``register_corrections.undo``, told its number, does what was shown or refuses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from ebidadmin.clock import jst
from ebidadmin.domain.ids import BatchId
from ebidadmin.domain.imports import FieldChange, ImportBatch, RecordChange, TouchedSupplier
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.errors import NotFoundError
from ebidadmin.services import import_requests
from ebidadmin.services.ports import Office
from ebidadmin.services.qualification_import import PAGE
from ebidadmin.services.register_admission import admit_importer
from ebidadmin.services.register_corrections import undoing_of
from ebidadmin.services.register_history import Difference, HistoryReader

_REVERSED = {"added": "vanished", "changed": "changed", "vanished": "added"}
"""Which kind of change of the undone batch becomes which kind of the undoing."""


class UndoingReader(Protocol):
    """Whom undoing a batch concerns, outside any unit of work."""

    def touched(self, target: BatchId, *, day: date, after: str, limit: int) -> tuple[TouchedSupplier, ...]:
        """By supplier number; ``lapsed`` is reckoned for ``day``."""
        ...

    def touched_count(self, target: BatchId, *, day: date) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoingPlan:
    """What undoing ``target`` would do: ``batch`` is the batch that it would be, with its counts.

    ``scale_warnings`` as of an ``ImportPlan``. ``touched`` counts the suppliers with a live registration or an open application whom it
    concerns; others may apply meanwhile.
    """

    target: ImportBatch
    batch: ImportBatch
    scale_warnings: tuple[tuple[str, str], ...]
    touched: int


def offered(staff: Staff, batches: Sequence[ImportBatch]) -> BatchId | None:
    """The one of ``batches`` (newest first, all) that this person can undo: the latest, unless it undid another itself."""
    if not batches or batches[0].undoes is not None or not staff.may(Permission.IMPORT_REGISTER):
        return None
    return batches[0].id


def preview(office: Office, *, staff: Staff, reader: UndoingReader, number: BatchId) -> UndoingPlan:
    """What undoing batch ``number`` would do now. The register is not touched.

    Raises ``NotPermittedError``, ``NotFoundError`` and ``StalePlanError`` (``nothing-to-undo``, ``undo-superseded``,
    ``undo-done-already``, ``undo-of-undo``).
    """
    admit_importer(office, staff, "undo-preview")
    with office.uow() as uow:
        batch = undoing_of(office, uow, staff=staff, number=number).after.batch
        target = uow.register.batch(number)
        warnings = import_requests.undoing_warnings(office, uow, batch=batch)
    if target is None:
        raise NotFoundError("not-found", kind="import", id=number)
    count = reader.touched_count(number, day=jst(office.clock.now()).date())
    return UndoingPlan(target=target, batch=batch, scale_warnings=warnings, touched=count)


def changes(
    office: Office,
    *,
    staff: Staff,
    reader: HistoryReader,
    plan: UndoingPlan,
    kind: str,
    after: str = "",
    limit: int = PAGE,
) -> tuple[RecordChange, ...]:
    """A page of what the undoing would do, of one ``kind`` (``added``: comes back; ``changed``, field by field from what the register has
    to what it had; ``vanished``), by supplier number."""
    admit_importer(office, staff, "undo-changes")
    target = plan.target.id
    done = Difference(
        BatchId(target - 1) if target > 1 else None,
        target,
        plan.target.added,
        plan.target.changed,
        plan.target.vanished,
    )
    found = reader.changes(done, kind=_REVERSED[kind], after=after, limit=limit)
    return tuple(_reversed(one) for one in found)


def touched(
    office: Office,
    *,
    staff: Staff,
    reader: UndoingReader,
    plan: UndoingPlan,
    after: str = "",
    limit: int = PAGE,
) -> tuple[TouchedSupplier, ...]:
    """A page of the suppliers whose registration or application the undoing concerns, by supplier number. Beside the reasons of an import
    there is ``returned``: the undone batch had let it vanish."""
    admit_importer(office, staff, "undo-touched")
    return reader.touched(plan.target.id, day=jst(office.clock.now()).date(), after=after, limit=limit)


def _reversed(done: RecordChange) -> RecordChange:
    fields = tuple(FieldChange(one.field, one.new, one.old) for one in done.fields)
    names = [one.new for one in fields if one.field == "trade_name"]
    name = names[0] if names else done.trade_name
    return replace(done, kind=_REVERSED[done.kind], trade_name=name, fields=fields)
