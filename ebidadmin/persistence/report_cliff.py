"""Facts of the report on the ends of qualifications, as of a moment, on SQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, Engine, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from ebidadmin.persistence.among import among
from ebidadmin.persistence.engine import reading
from ebidadmin.persistence.report_shared import live_cards, live_ids, records_as_of, version_as_of
from ebidadmin.persistence.schema_register import CorrectionRow, QualificationRow, UndoingRow
from ebidadmin.services.report_register_facts import CliffFacts, Held


class CliffReportReader:
    """What the register is about to lose, and whom it has lost while they are registered."""

    def __init__(self, engine: Engine) -> None:
        self._engine = reading(engine)

    def cliff(self, *, as_of: datetime) -> CliffFacts:
        """Every supplier of the register as of the moment, and who is registered without being in it."""
        row = QualificationRow
        with self._engine.connect() as connection:
            version = version_as_of(connection, as_of)
            held = records_as_of(connection, version, row.supplier_number, row.trade_name, row.valid_to)
            before = _earlier_ends(connection, version)
            cards, ids = live_cards(connection, as_of), live_ids(connection, as_of)
            # As it registered, where the register never had it.
            names = {
                **{one.supplier_number: one.company_name for one in cards},
                **{one.supplier_number: one.trade_name for one in ids},
            }
            missing = names.keys() - {one.supplier_number for one in held}
            last = _last_records(connection, version, missing)
        of_card, of_id = Counter(one.supplier_number for one in cards), {one.supplier_number for one in ids}

        def one_of(supplier: str, name: str, valid_to: date | None) -> Held:
            return Held(
                supplier_number=supplier,
                trade_name=name,
                valid_to=valid_to,
                before=before.get(supplier),
                cards=of_card[supplier],
                has_id=supplier in of_id,
            )

        return CliffFacts(
            held=tuple(one_of(one.supplier_number, one.trade_name, one.valid_to) for one in held),
            missing=tuple(
                one_of(supplier, *last.get(supplier, (names[supplier], None))) for supplier in sorted(missing)
            ),
        )


def _earlier_ends(connection: Connection, version: int | None) -> dict[str, date]:
    """By supplier of the register's version the latest end before that of its record which an earlier record had; of a record without an
    end any is before. Records of an import that was undone by then count for nothing, nor does one that was corrected by hand: its end was
    wrong. But a correction that lets the qualification begin later as well enters a renewal."""
    if version is None:
        return {}
    old, new = QualificationRow, aliased(QualificationRow)
    there = and_(new.from_batch <= version, or_(new.to_batch.is_(None), new.to_batch > version))
    undone = select(UndoingRow.undoes).where(UndoingRow.batch <= version)
    ends = (
        select(old.supplier_number, func.max(old.valid_to))
        .join(new, (new.supplier_number == old.supplier_number) & there)
        .where(
            old.to_batch <= version,
            old.from_batch.not_in(undone),
            or_(old.to_batch.not_in(select(CorrectionRow.batch)), _renewed_by_hand(old)),
            old.valid_to.is_not(None),
            or_(new.valid_to.is_(None), old.valid_to < new.valid_to),
        )
        .group_by(old.supplier_number)
    )
    return {supplier: end for supplier, end in connection.execute(ends) if end is not None}


def _renewed_by_hand(old: type[QualificationRow]) -> ColumnElement[bool]:
    """Whether the record that took the place of this one begins later."""
    new = aliased(QualificationRow)
    return exists().where(
        new.supplier_number == old.supplier_number,
        new.from_batch == old.to_batch,
        new.valid_from > old.valid_from,
    )


def _last_records(
    connection: Connection, version: int | None, suppliers: Collection[str]
) -> dict[str, tuple[str, date | None]]:
    """Name and end as the register had them last, of those whom the version does not have."""
    if version is None or not suppliers:
        return {}
    row = QualificationRow
    columns = (row.supplier_number, row.trade_name, row.valid_to)
    ended = select(*columns).where(among(row.supplier_number, suppliers), row.to_batch <= version)
    return {supplier: (name, end) for supplier, name, end in connection.execute(ended.order_by(row.to_batch))}
