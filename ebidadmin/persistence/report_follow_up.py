"""Facts of the weekly report on the follow-up list, as of a moment, on SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, func, or_, select
from sqlalchemy.orm import aliased

from ebidadmin.domain.followups import About, FollowUpCode
from ebidadmin.persistence.engine import reading
from ebidadmin.persistence.follow_ups import facts_of
from ebidadmin.persistence.report_shared import (
    live_cards,
    live_ids,
    names_as_of,
    some_as_of,
    version_as_of,
)
from ebidadmin.persistence.schema_cards import CardRow, ExpiryNoticeRow, FollowUpRow
from ebidadmin.persistence.schema_register import BatchRow, QualificationRow
from ebidadmin.services.report_register_facts import (
    FollowUpFacts,
    ReportedCard,
    ReportedHolder,
    ReportedItem,
)

PERSONS = ("representative_name", "delegate_name")
"""Fields of the register that name who acts for a supplier."""

_KNOWN = frozenset(FollowUpCode)


class FollowUpReportReader:
    """Each call sees one state of the database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = reading(engine)

    def follow_up(self, *, as_of: datetime, since: datetime) -> FollowUpFacts:
        """Open items and live cards as of the moment; who took whose place after ``since`` up to and including it."""
        with self._engine.connect() as connection:
            items = _open_items(connection, as_of)
            cards, ids = live_cards(connection, as_of), live_ids(connection, as_of)
            live = {one.supplier_number for one in (*cards, *ids)}
            names = names_as_of(connection, as_of, {*live, *(one.supplier_number for one in items)})
            return FollowUpFacts(
                items=tuple(_item(row, names) for row in items if row.code in _KNOWN),
                cards=_cards(connection, cards, names, as_of),
                holders=(
                    *_holders(connection, names, since, as_of),
                    *_persons(connection, live, names, since, as_of),
                ),
            )


def _open_items(connection: Connection, as_of: datetime) -> Sequence[Any]:
    row = FollowUpRow
    columns = (row.id, row.code, row.about_kind, row.about_key, row.supplier_number, row.opened_at, row.facts)
    open_then = (row.opened_at <= as_of, or_(row.closed_at.is_(None), row.closed_at > as_of))
    return connection.execute(select(*columns).where(*open_then).order_by(row.opened_at, row.id)).all()


def _item(row: Any, names: Mapping[str, str]) -> ReportedItem:
    return ReportedItem(
        id=row.id,
        code=FollowUpCode(row.code),
        about=About(row.about_kind, row.about_key),
        supplier_number=row.supplier_number,
        trade_name=names.get(row.supplier_number, ""),
        opened_at=row.opened_at,
        facts=facts_of(row.facts),
    )


def _cards(
    connection: Connection, cards: Sequence[Any], names: Mapping[str, str], as_of: datetime
) -> tuple[ReportedCard, ...]:
    notice, held = ExpiryNoticeRow, QualificationRow
    told = select(notice.card, func.max(notice.written_at).label("told_at")).where(notice.written_at <= as_of)
    told_at = {one.card: one.told_at for one in connection.execute(told.group_by(notice.card))}
    suppliers = {one.supplier_number for one in cards}
    version = version_as_of(connection, as_of)
    ends = {
        one.supplier_number: one.valid_to
        for one in some_as_of(connection, version, suppliers, held.supplier_number, held.valid_to)
    }
    return tuple(
        ReportedCard(
            id=one.id,
            supplier_number=one.supplier_number,
            trade_name=names.get(one.supplier_number, one.company_name),
            holder_name=one.holder_name,
            not_after=one.not_after,
            told_at=told_at.get(one.id),
            in_register=one.supplier_number in ends,
            valid_to=ends.get(one.supplier_number),
        )
        for one in cards
    )


def _holders(
    connection: Connection, names: Mapping[str, str], since: datetime, as_of: datetime
) -> tuple[ReportedHolder, ...]:
    """Cards that took the place of one with another holder."""
    new, old = CardRow, aliased(CardRow)
    changed = (
        select(
            new.id,
            new.supplier_number,
            new.registered_at,
            new.holder_name,
            old.holder_name.label("before"),
            new.company_name,
        )
        .join(old, old.id == new.replaces)
        .where(new.registered_at > since, new.registered_at <= as_of, new.holder_name != old.holder_name)
        .order_by(new.registered_at, new.id)
    )
    return tuple(
        ReportedHolder(
            supplier_number=one.supplier_number,
            trade_name=names.get(one.supplier_number, one.company_name),
            what="holder",
            before=one.before,
            after=one.holder_name,
            at=one.registered_at,
            source=one.id,
        )
        for one in connection.execute(changed)
    )


def _persons(
    connection: Connection, live: set[str], names: Mapping[str, str], since: datetime, as_of: datetime
) -> tuple[ReportedHolder, ...]:
    """Who acts for a registered supplier, where an import since then says that it is somebody else."""
    new, old = QualificationRow, aliased(QualificationRow)
    columns = [getattr(one, name) for name in PERSONS for one in (old, new)]
    changed = (
        select(new.supplier_number, BatchRow.id, BatchRow.applied_at, *columns)
        .join(BatchRow, BatchRow.id == new.from_batch)
        .join(old, (old.supplier_number == new.supplier_number) & (old.to_batch == new.from_batch))
        .where(
            BatchRow.applied_at > since,
            BatchRow.applied_at <= as_of,
            or_(*(getattr(old, name) != getattr(new, name) for name in PERSONS)),
        )
        .order_by(BatchRow.id, new.supplier_number)
    )
    found = []
    for row in connection.execute(changed):
        supplier, batch, at, *values = row
        if supplier not in live:
            continue
        for place, name in enumerate(PERSONS):
            before, after = values[2 * place : 2 * place + 2]
            if before != after:
                found.append(
                    ReportedHolder(
                        supplier_number=supplier,
                        trade_name=names.get(supplier, ""),
                        what=name,
                        before=before,
                        after=after,
                        at=at,
                        source=str(batch),
                    )
                )
    return tuple(found)
