"""A large change of the register waits for a second person: who asked for exactly what, who confirmed it, and what became of it.

A request is bound to what was previewed: file, layout, register version and counts. Whoever asked never confirms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, datetime
from enum import Enum, StrEnum
from typing import Any, ClassVar

from ebidadmin.domain import second_person
from ebidadmin.domain.events import Event, EventTag, JsonMap, Subject, SubjectKind
from ebidadmin.domain.ids import BatchId, RequestId
from ebidadmin.domain.imports import ImportBatch, ImportPlan
from ebidadmin.domain.layouts import Layout
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import RuleError, StalePlanError

RequestState = second_person.RequestState

OPEN_REQUESTS = frozenset({RequestState.REQUESTED, RequestState.CONFIRMED})
"""States in which something can still come of a request."""


class Undertaking(StrEnum):
    """What is to be done: take a file in, or undo the latest batch."""

    IMPORT = "import"
    UNDO = "undo"


class Over(StrEnum):
    """Why nothing can come of an open request any more."""

    LIFETIME = "lifetime"
    REGISTER_MOVED_ON = "register-moved-on"


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """What exactly is to be done to the register. Two that are equal do the same.

    ``register_version`` is the latest batch; of an undoing it is the batch to be undone, and file and layout are those of that batch.
    ``layout_digest`` stands for everything the layout says (empty for an undoing): one of the same name may read a file otherwise.
    """

    undertaking: Undertaking
    file_name: str
    file_hash: str
    layout: str
    layout_digest: str
    register_version: BatchId
    added: int
    changed: int
    unchanged: int
    vanished: int
    refused: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRequest(second_person.Request):
    """One request and what became of it.

    ``scale_warnings`` are codes with the share, as an ``ImportPlan`` has them. ``batch`` is what it was applied as.
    """

    open_states: ClassVar[frozenset[RequestState]] = OPEN_REQUESTS

    id: RequestId
    binding: Binding
    scale_warnings: tuple[tuple[str, str], ...]
    note: str = ""
    batch: BatchId | None = None

    def over(self, *, at: datetime, register_version: BatchId | None) -> Over | None:
        """Why nothing can come of it any more at that moment, with the register at that version; ``None`` while something can, and once
        it has ended."""
        if not self.is_open:
            return None
        if register_version != self.binding.register_version:
            return Over.REGISTER_MOVED_ON
        return Over.LIFETIME if at >= self.expires_at else None


def binding_of_plan(plan: ImportPlan, layout: Layout) -> Binding | None:
    """What applying ``plan`` would do; ``None`` before the first import, when there is nothing to lose."""
    if plan.register_version is None:
        return None
    return Binding(
        undertaking=Undertaking.IMPORT,
        file_name=plan.file_name,
        file_hash=plan.file_hash,
        layout=plan.layout,
        layout_digest=layout_digest(layout),
        register_version=plan.register_version,
        added=plan.added,
        changed=plan.changed,
        unchanged=plan.unchanged,
        vanished=plan.vanished,
        refused=plan.refused,
    )


def binding_of_undoing(batch: ImportBatch) -> Binding | None:
    """What ``batch`` would do, which undoes another; ``None`` for one supplier's correction, which is never large."""
    if batch.undoes is None or batch.corrects is not None:
        return None
    return Binding(
        undertaking=Undertaking.UNDO,
        file_name=batch.file_name,
        file_hash=batch.file_hash,
        layout=batch.layout,
        layout_digest="",
        register_version=batch.undoes,
        added=batch.added,
        changed=batch.changed,
        unchanged=batch.unchanged,
        vanished=batch.vanished,
        refused=batch.refused,
    )


def same_doing(one: Binding, other: Binding) -> bool:
    """Whether both do the same; how the file is called does not matter."""
    return replace(one, file_name="") == replace(other, file_name="")


def layout_digest(layout: Layout) -> str:
    """SHA-256 (hex) of everything a layout says, whatever the order in which it says it."""
    return second_person.digest(_plain(layout))


def request(
    *,
    number: RequestId,
    binding: Binding,
    scale_warnings: tuple[tuple[str, str], ...],
    note: str,
    expires_at: datetime,
    by: str,
    at: datetime,
) -> Transition[ImportRequest]:
    """Ask for a second person. Raises ``RuleError`` ``request-not-needed`` when nothing about it is large."""
    if not scale_warnings:
        raise RuleError("request-not-needed", file=binding.file_name)
    made = ImportRequest(
        id=number,
        binding=binding,
        scale_warnings=scale_warnings,
        requested_by=by,
        requested_at=at,
        expires_at=expires_at,
        note=note.strip(),
    )
    return Transition(made, (_event(EventTag.IMPORT_REQUEST_MADE, None, made, by, at),))


def confirm(
    one: ImportRequest, *, register_version: BatchId | None, by: str, at: datetime
) -> Transition[ImportRequest]:
    """Confirm it, as another person. Raises ``RuleError`` ``own-request``, ``IllegalTransitionError``, ``StalePlanError``
    ``request-stale``."""
    _not_over(one, "confirm", at, register_version)
    after = second_person.confirmed(one, by=by, at=at)
    return Transition(after, (_event(EventTag.IMPORT_REQUEST_CONFIRMED, one, after, by, at),))


def decline(one: ImportRequest, *, reason: str, by: str, at: datetime) -> Transition[ImportRequest]:
    """Decline it for a reason, as another person, also what somebody confirmed before. Raises ``RuleError`` ``own-request``,
    ``IllegalTransitionError`` and ``InputError`` ``reason-missing``."""
    after = second_person.declined(one, reason=reason, by=by, at=at)
    return Transition(after, (_event(EventTag.IMPORT_REQUEST_DECLINED, one, after, by, at),))


def withdraw(one: ImportRequest, *, by: str, at: datetime) -> Transition[ImportRequest]:
    """Take one's own request back. Raises ``RuleError`` ``request-of-other`` and ``IllegalTransitionError``."""
    after = second_person.withdrawn(one, by=by, at=at)
    return Transition(after, (_event(EventTag.IMPORT_REQUEST_WITHDRAWN, one, after, by, at),))


def expire(
    one: ImportRequest, *, register_version: BatchId | None, by: str, at: datetime
) -> Transition[ImportRequest]:
    """Record that nothing can come of it any more; ``by`` is who came upon it. Raises ``IllegalTransitionError`` where that is not so."""
    why = one.over(at=at, register_version=register_version)
    after = second_person.expired(one, why, by=by, at=at)
    return Transition(after, (_event(EventTag.IMPORT_REQUEST_EXPIRED, one, after, by, at),))


def apply(
    one: ImportRequest, *, binding: Binding, batch: BatchId, by: str, at: datetime
) -> Transition[ImportRequest]:
    """Let ``batch`` be what it asked for. ``binding`` is what is about to be done: exactly what was confirmed, or ``StalePlanError``
    ``request-stale``. Raises ``IllegalTransitionError``."""
    _not_over(one, "apply", at, binding.register_version)
    second_person.expect(one, "apply", RequestState.CONFIRMED)
    if not same_doing(one.binding, binding):
        raise StalePlanError("request-stale", id=one.id)
    after = replace(second_person.ended(one, RequestState.APPLIED, by=by, at=at), batch=batch)
    return Transition(after, (_event(EventTag.IMPORT_REQUEST_APPLIED, one, after, by, at),))


def as_audit_map(one: ImportRequest) -> JsonMap:
    binding = one.binding
    return {
        **second_person.life_map(one),
        "undertaking": binding.undertaking.value,
        "file_name": binding.file_name,
        "file_hash": binding.file_hash,
        "layout": binding.layout,
        "layout_digest": binding.layout_digest,
        "register_version": binding.register_version,
        "added": binding.added,
        "changed": binding.changed,
        "unchanged": binding.unchanged,
        "vanished": binding.vanished,
        "refused": binding.refused,
        "scale_warnings": [f"{code}:{share}" for code, share in one.scale_warnings],
        "note": one.note,
        "batch": one.batch,
    }


def told(one: ImportRequest) -> JsonMap:
    """What the event of the batch says about the two persons."""
    return {"request": one.id, "requested_by": one.requested_by, "confirmed_by": one.confirmed_by}


def _not_over(one: ImportRequest, verb: str, at: datetime, register_version: BatchId | None) -> None:
    why = one.over(at=at, register_version=register_version)
    if why is Over.REGISTER_MOVED_ON:
        raise StalePlanError("request-stale", id=one.id)
    if why is Over.LIFETIME:
        raise second_person.illegal(one, verb, RequestState.EXPIRED)


def _event(tag: EventTag, before: ImportRequest | None, after: ImportRequest, by: str, at: datetime) -> Event:
    return Event(
        tag=tag,
        subject=Subject(SubjectKind.IMPORT_REQUEST, after.id),
        by=by,
        at=at,
        before=None if before is None else as_audit_map(before),
        after=as_audit_map(after),
    )


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {item.name: _plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, frozenset):
        return sorted(str(item) for item in value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value
