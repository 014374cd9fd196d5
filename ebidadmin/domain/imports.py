"""An import batch: what a file would do to the register, and the record that it did."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from ebidadmin.domain.events import Event, EventTag, JsonMap, Subject, SubjectKind
from ebidadmin.domain.ids import ApplicationNumber, BatchId, EnterpriseId, SupplierNumber
from ebidadmin.domain.transition import Transition


class ProblemSeverity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One thing wrong with one cell of the file. ``line`` is the physical line where the row begins, counted from 1 (heading
    included); ``column`` is the file's own heading."""

    line: int
    column: str
    code: str
    severity: ProblemSeverity
    value: str
    facts: Mapping[str, str] = field(default_factory=dict)


MOST_KINDS, FIRST_LINES = 100, 5
_TOLD = re.compile(r"(error|warning):([a-z0-9-]+):([0-9]{1,9}):([0-9 ]*):(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """Problems of a file that are alike: how many, and the first ``FIRST_LINES`` lines of them. It holds no value of the file."""

    severity: ProblemSeverity
    code: str
    column: str
    count: int
    lines: tuple[int, ...]

    def told(self) -> str:
        """As an event holds it."""
        return (
            f"{self.severity.value}:{self.code}:{self.count}:{' '.join(map(str, self.lines))}:{self.column}"
        )

    @classmethod
    def read(cls, told: str) -> ProblemKind | None:
        """What ``told`` made; ``None`` for anything else (hidden from the reader, or changed past the program)."""
        found = _TOLD.fullmatch(told)
        if found is None:
            return None
        severity, code, count, lines, column = found.groups()
        return cls(ProblemSeverity(severity), code, column, int(count), tuple(map(int, lines.split())))


def problem_kinds(problems: Iterable[RowProblem]) -> tuple[ProblemKind, ...]:
    """The ``MOST_KINDS`` kinds of which there are most, errors first."""
    lines: dict[tuple[ProblemSeverity, str, str], list[int]] = {}
    for one in problems:
        lines.setdefault((one.severity, one.code, one.column), []).append(one.line)
    found = (ProblemKind(*kind, len(at), tuple(sorted(at)[:FIRST_LINES])) for kind, at in lines.items())
    order = sorted(
        found, key=lambda one: (one.severity is not ProblemSeverity.ERROR, -one.count, one.code, one.column)
    )
    return tuple(order[:MOST_KINDS])


@dataclass(frozen=True, slots=True)
class FieldChange:
    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class RecordChange:
    """One supplier whose record an import adds, changes or lets vanish. ``kind``: ``added``, ``changed`` or ``vanished``."""

    kind: str
    supplier_number: SupplierNumber
    trade_name: str
    fields: tuple[FieldChange, ...] = ()


TOUCHING_FIELDS: tuple[str, ...] = ("trade_name", "representative_name", "address")
"""What a registration rests on: when one of these changes somebody has to look at it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchedSupplier:
    """One supplier with a live registration or an open application whom an import concerns.

    ``reasons``: those of ``TOUCHING_FIELDS`` that change, ``lapsed`` (the period is over as the file has it), ``vanished``;
    of an undoing also ``returned`` (the undone batch had let it vanish).
    ``enterprise_id``: that of its registration; ``None`` without a live one.
    """

    supplier_number: SupplierNumber
    trade_name: str
    reasons: tuple[str, ...]
    enterprise_id: EnterpriseId | None
    application: ApplicationNumber | None

    @property
    def registered(self) -> bool:
        """Whether it has a live registration, by ID or by card."""
        return self.enterprise_id is not None


def touching_reasons(change: RecordChange, *, day: date, undoing: bool) -> tuple[str, ...]:
    """Why such a change on that day concerns who is registered or applies, as ``TouchedSupplier.reasons``; none where it does not."""
    if change.kind == "vanished":
        return ("vanished",)
    if change.kind == "added":
        return ("returned",) if undoing else ()
    changed = {one.field: one for one in change.fields}
    reasons = tuple(name for name in TOUCHING_FIELDS if name in changed)
    end = changed.get("valid_to")
    # Days as text come in the order of days; one without an end is empty.
    over = end is not None and end.new != "" and end.new < day.isoformat()
    lapses = over and end is not None and (end.old == "" or end.old >= day.isoformat())
    return (*reasons, "lapsed") if lapses else reasons


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPlan:
    """What applying a file would do, bound to the file (SHA-256, hex) and the register version it was compared with.

    ``register_version`` is the latest applied batch, ``None`` before the first. ``refused`` counts rows with an error.
    ``scale_warnings`` are codes with the share, e.g. ``("many-vanish", "0.31")``.
    """

    file_name: str
    file_hash: str
    layout: str
    register_version: BatchId | None
    added: int
    changed: int
    unchanged: int
    vanished: int
    refused: int
    problems: tuple[RowProblem, ...]
    scale_warnings: tuple[tuple[str, str], ...] = ()
    applicable: bool = True
    touched: int = field(default=0, compare=False)
    """Suppliers with a live registration or an open application whom it concerns; others may apply meanwhile, so it is not compared."""

    @property
    def changes_nothing(self) -> bool:
        return self.added == self.changed == self.vanished == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportBatch:
    """An applied import. Its number is the register's version from then on.

    Two kinds of batch come from no file: one that ``undoes`` another (file and layout are those of the undone), and one that ``corrects``
    a single supplier's record by hand (without file and layout).
    """

    id: BatchId
    file_name: str
    file_hash: str
    layout: str
    added: int
    changed: int
    unchanged: int
    vanished: int
    refused: int
    by: str
    applied_at: datetime
    version: int = 1
    undoes: BatchId | None = None
    corrects: SupplierNumber | None = None


def rows_changed(one: ImportPlan | ImportBatch) -> int:
    """How many records of the register it adds, changes and lets vanish."""
    return one.added + one.changed + one.vanished


def scale_warnings(*, current: int, changed: int, vanished: int, share: float) -> tuple[tuple[str, str], ...]:
    """Codes of what is larger than usual, with the share of the ``current`` records it concerns; none for an empty register."""
    if not current:
        return ()
    found = (("many-vanish", vanished / current), ("many-change", changed / current))
    return tuple((code, f"{part:.4f}") for code, part in found if part > share)


def apply(plan: ImportPlan, *, batch_id: BatchId, by: str, at: datetime) -> Transition[ImportBatch]:
    """The batch that applying ``plan`` makes; its event holds the counts and the file's hash."""
    batch = ImportBatch(
        id=batch_id,
        file_name=plan.file_name,
        file_hash=plan.file_hash,
        layout=plan.layout,
        added=plan.added,
        changed=plan.changed,
        unchanged=plan.unchanged,
        vanished=plan.vanished,
        refused=plan.refused,
        by=by,
        applied_at=at,
    )
    event = Event(
        tag=EventTag.IMPORT_APPLIED,
        subject=Subject(SubjectKind.IMPORT, str(batch_id)),
        by=by,
        at=at,
        before={"register_version": plan.register_version},
        after=as_audit_map(batch),
        facts={
            "scale_warnings": [f"{code}:{part}" for code, part in plan.scale_warnings],
            "problems": len(plan.problems),
            "problem_kinds": [one.told() for one in problem_kinds(plan.problems)],
        },
    )
    return Transition(batch, (event,))


def as_audit_map(batch: ImportBatch) -> JsonMap:
    return {
        "register_version": batch.id,
        "file_name": batch.file_name,
        "file_hash": batch.file_hash,
        "layout": batch.layout,
        "added": batch.added,
        "changed": batch.changed,
        "unchanged": batch.unchanged,
        "vanished": batch.vanished,
        "refused": batch.refused,
    }
