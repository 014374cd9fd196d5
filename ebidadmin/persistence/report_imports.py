"""Facts of the report on an import, on SQL."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, select

from ebidadmin.clock import jst_date
from ebidadmin.domain.events import SubjectKind
from ebidadmin.domain.ids import BatchId
from ebidadmin.domain.imports import ProblemKind, RecordChange, touching_reasons
from ebidadmin.errors import NotFoundError
from ebidadmin.persistence.engine import reading
from ebidadmin.persistence.register_history import SqlHistoryReader
from ebidadmin.persistence.report_shared import (
    live_cards,
    live_ids,
    open_applications,
    version_as_of,
)
from ebidadmin.persistence.schema import AuditRow
from ebidadmin.persistence.schema_register import BatchRow, CorrectionRow, UndoingRow
from ebidadmin.services.register_history import KINDS, STREAMED
from ebidadmin.services.report_register_facts import Concerned, ImportedFacts

_COUNTS = ("added", "changed", "unchanged", "vanished", "refused")


class ImportReportReader:
    """What an import did."""

    def __init__(self, engine: Engine) -> None:
        self._engine = reading(engine)
        self._history = SqlHistoryReader(engine)

    def imported(self, number: int | None, *, as_of: datetime) -> ImportedFacts:
        """The import of that number, else the last one before the moment. An applied import never changes, so it need not be read at one
        moment. Raises ``NotFoundError`` where there is none."""
        with self._engine.connect() as connection:
            number = version_as_of(connection, as_of) if number is None else number
            batch = connection.execute(
                select(*BatchRow.__table__.c).where(BatchRow.id == number)
            ).one_or_none()
            if batch is None:
                raise NotFoundError("not-found", kind="import", id=str(number or ""))
            facts = _event_facts(connection, batch.id)
            undoes = connection.scalar(select(UndoingRow.undoes).where(UndoingRow.batch == batch.id))
            correction = connection.execute(
                select(CorrectionRow.supplier_number, CorrectionRow.reason).where(
                    CorrectionRow.batch == batch.id
                )
            ).one_or_none()
        changes = self._changes(batch.id)
        with self._engine.connect() as connection:
            concerned = _concerned(connection, changes, batch.applied_at, undoing=undoes is not None)
        return ImportedFacts(
            number=BatchId(batch.id),
            file_name=batch.file_name,
            layout=batch.layout,
            by=batch.applied_by,
            applied_at=batch.applied_at,
            counts={name: getattr(batch, name) for name in _COUNTS},
            problems=int(facts.get("problems", 0)),
            problem_kinds=tuple(
                kind for told in facts.get("problem_kinds", ()) if (kind := ProblemKind.read(str(told)))
            ),
            warnings=tuple(facts.get("scale_warnings", ())),
            undoes=None if undoes is None else BatchId(undoes),
            corrects=None if correction is None else correction.supplier_number,
            reason="" if correction is None else correction.reason,
            changes=changes,
            concerned=concerned,
        )

    def _changes(self, number: int) -> tuple[RecordChange, ...]:
        difference = self._history.difference(BatchId(number - 1) if number > 1 else None, BatchId(number))
        found: list[RecordChange] = []
        for kind in KINDS:
            after = ""
            while page := self._history.changes(difference, kind=kind, after=after, limit=STREAMED):
                found += page
                after = page[-1].supplier_number
        return tuple(found)


def _event_facts(connection: Connection, number: int) -> dict[str, Any]:
    """What the import said of itself; nothing where that was erased."""
    told = select(AuditRow.facts).where(
        AuditRow.subject_kind == SubjectKind.IMPORT.value, AuditRow.subject_id == str(number)
    )
    found = connection.scalar(told.order_by(AuditRow.seq).limit(1))
    return found if isinstance(found, dict) else {}


def _concerned(
    connection: Connection, changes: tuple[RecordChange, ...], at: datetime, *, undoing: bool
) -> tuple[Concerned, ...]:
    day = jst_date(at)
    cards = Counter(one.supplier_number for one in live_cards(connection, at))
    ids = {one.supplier_number for one in live_ids(connection, at)}
    waiting = open_applications(connection, at)
    return tuple(
        Concerned(
            supplier_number=one.supplier_number,
            trade_name=one.trade_name,
            kind=one.kind,
            fields=tuple(change.field for change in one.fields),
            reasons=touching_reasons(one, day=day, undoing=undoing),
            cards=cards[one.supplier_number],
            has_id=one.supplier_number in ids,
            application=waiting.get(one.supplier_number),
        )
        for one in changes
        if one.supplier_number in cards or one.supplier_number in ids or one.supplier_number in waiting
    )
