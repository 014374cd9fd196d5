"""Batches that no file brought: the undoing of an import, and the correction of one record by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ebidadmin.domain.events import Event, EventTag, JsonValue, Subject, SubjectKind
from ebidadmin.domain.ids import BatchId
from ebidadmin.domain.imports import FieldChange, ImportBatch, as_audit_map
from ebidadmin.domain.qualification_rows import field_texts
from ebidadmin.domain.qualifications import Qualification
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import StalePlanError

RECORD_KEYS = frozenset({"supplier_number", "source_key"})
"""Fields by which a record is found: correcting one would make it another supplier's."""


@dataclass(frozen=True, slots=True)
class Undoing:
    """A batch that leaves the register as it was before ``batch.undoes``."""

    batch: ImportBatch


@dataclass(frozen=True, slots=True)
class Correction:
    """A batch of one: from now on the register has ``record`` for its supplier, because of ``reason``."""

    batch: ImportBatch
    record: Qualification
    reason: str


def undo(
    target: ImportBatch,
    *,
    latest: ImportBatch,
    undone_by: BatchId | None,
    size: int,
    by: str,
    at: datetime,
) -> Transition[Undoing]:
    """Take back ``target`` (an import or a correction), which must be the ``latest`` batch. ``undone_by`` is the batch that undid it
    already, ``size`` counts the records there are now.

    Raises ``StalePlanError``: ``undo-done-already``, ``undo-of-undo``, ``undo-superseded``.
    """
    _check_undoable(target, latest, undone_by)
    batch = ImportBatch(
        id=BatchId(latest.id + 1),
        file_name=target.file_name,
        file_hash=target.file_hash,
        layout=target.layout,
        added=target.vanished,
        changed=target.changed,
        unchanged=size - target.changed - target.added,
        vanished=target.added,
        refused=0,
        by=by,
        applied_at=at,
        undoes=target.id,
        corrects=target.corrects,
    )
    event = Event(
        tag=EventTag.IMPORT_UNDONE,
        subject=Subject(SubjectKind.IMPORT, str(batch.id)),
        by=by,
        at=at,
        before={"register_version": latest.id},
        after=as_audit_map(batch),
        facts={"undoes": target.id, "applied_by": target.by},
        supplier_number=target.corrects,
    )
    return Transition(Undoing(batch), (event,))


def _check_undoable(target: ImportBatch, latest: ImportBatch, undone_by: BatchId | None) -> None:
    if undone_by is not None:
        raise StalePlanError("undo-done-already", batch=target.id, undone_by=undone_by)
    if target.undoes is not None:
        raise StalePlanError("undo-of-undo", batch=target.id, undoes=target.undoes)
    if target.id != latest.id:
        raise StalePlanError("undo-superseded", batch=target.id, latest=latest.id)


def correct(
    record: Qualification,
    *,
    changes: tuple[FieldChange, ...],
    reason: str,
    latest: BatchId,
    size: int,
    by: str,
    at: datetime,
) -> Transition[Correction]:
    """Let ``record`` take the place of its supplier's present one, from which it differs by ``changes``; they are what the trail keeps."""
    batch = ImportBatch(
        id=BatchId(latest + 1),
        file_name="",
        file_hash="",
        layout="",
        added=0,
        changed=1,
        unchanged=size - 1,
        vanished=0,
        refused=0,
        by=by,
        applied_at=at,
        corrects=record.supplier_number,
    )
    old: Mapping[str, JsonValue] = {change.field: change.old for change in changes}
    new: Mapping[str, JsonValue] = {change.field: change.new for change in changes}
    event = Event(
        tag=EventTag.IMPORT_CORRECTED,
        subject=Subject(SubjectKind.IMPORT, str(batch.id)),
        by=by,
        at=at,
        before={"register_version": latest, **old},
        after={"register_version": batch.id, **new},
        facts={"reason": reason},
        supplier_number=record.supplier_number,
    )
    return Transition(Correction(batch, record, reason), (event,))


def field_changes(old: Qualification, new: Qualification) -> tuple[FieldChange, ...]:
    """What two versions of a supplier's record say differently, field by field; the keys by which it is found are left out."""
    before, after = field_texts(old), field_texts(new)
    return tuple(
        FieldChange(name, before.get(name, ""), after.get(name, ""))
        for name in dict.fromkeys((*before, *after))
        if name not in RECORD_KEYS and before.get(name, "") != after.get(name, "")
    )
