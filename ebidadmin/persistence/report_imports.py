"""Facts of the reports on an import and on the ends of qualifications, on SQL."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, func, select

from ebidadmin.domain.events import SubjectKind
from ebidadmin.domain.ids import BatchId
from ebidadmin.domain.imports import RecordChange
from ebidadmin.errors import NotFoundError
from ebidadmin.persistence.engine import reading
from ebidadmin.persistence.register_history import SqlHistoryReader
from ebidadmin.persistence.report_shared import (
    live_cards,
    live_ids,
    open_applications,
    records_as_of,
    version_as_of,
)
from ebidadmin.persistence.schema import AuditRow
from ebidadmin.persistence.schema_register import BatchRow, CorrectionRow, QualificationRow, UndoingRow
from ebidadmin.services.register_history import KINDS, STREAMED
from ebidadmin.services.report_register_facts import CliffFacts, Concerned, Held, ImportedFacts

_COUNTS = ("added", "changed", "unchanged", "vanished", "refused")


class ImportReportReader:
    """What an import did, and what the register is about to lose."""

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
            concerned = _concerned(connection, changes, batch.applied_at)
        return ImportedFacts(
            number=BatchId(batch.id),
            file_name=batch.file_name,
            layout=batch.layout,
            by=batch.applied_by,
            applied_at=batch.applied_at,
            counts={name: getattr(batch, name) for name in _COUNTS},
            problems=int(facts.get("problems", 0)),
            warnings=tuple(facts.get("scale_warnings", ())),
            undoes=None if undoes is None else BatchId(undoes),
            corrects=None if correction is None else correction.supplier_number,
            reason="" if correction is None else correction.reason,
            changes=changes,
            concerned=concerned,
        )

    def cliff(self, *, as_of: datetime) -> CliffFacts:
        """Every supplier of the register as of the moment."""
        with self._engine.connect() as connection:
            row = QualificationRow
            version = version_as_of(connection, as_of)
            columns = (row.supplier_number, row.trade_name, row.valid_to)
            held = records_as_of(connection, version, *columns)
            before = _earlier_ends(connection, version)
            cards = Counter(one.supplier_number for one in live_cards(connection, as_of))
            ids = {one.supplier_number for one in live_ids(connection, as_of)}
        return CliffFacts(
            held=tuple(
                Held(
                    supplier_number=one.supplier_number,
                    trade_name=one.trade_name,
                    valid_to=one.valid_to,
                    before=_renewed(before.get(one.supplier_number), one.valid_to),
                    cards=cards[one.supplier_number],
                    has_id=one.supplier_number in ids,
                )
                for one in held
            )
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
    connection: Connection, changes: tuple[RecordChange, ...], at: datetime
) -> tuple[Concerned, ...]:
    cards = Counter(one.supplier_number for one in live_cards(connection, at))
    ids = {one.supplier_number for one in live_ids(connection, at)}
    waiting = open_applications(connection, at)
    return tuple(
        Concerned(
            supplier_number=one.supplier_number,
            trade_name=one.trade_name,
            kind=one.kind,
            fields=tuple(change.field for change in one.fields),
            cards=cards[one.supplier_number],
            has_id=one.supplier_number in ids,
            application=waiting.get(one.supplier_number),
        )
        for one in changes
        if one.supplier_number in cards or one.supplier_number in ids or one.supplier_number in waiting
    )


def _earlier_ends(connection: Connection, version: int | None) -> dict[str, Any]:
    """The latest end that records had which the register's version has no more."""
    if version is None:
        return {}
    row = QualificationRow
    ends = select(row.supplier_number, func.max(row.valid_to)).where(row.to_batch <= version)
    return {number: end for number, end in connection.execute(ends.group_by(row.supplier_number)) if end}


def _renewed(before: Any, present: Any) -> Any:
    """The earlier end, where the present one is later (or there is none any more)."""
    return before if before is not None and (present is None or present > before) else None
