"""Notices of cards' ends on SQL: rows come in and are read, nothing else."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from ebidadmin.domain.cards import LIVE_CARD_STATES
from ebidadmin.domain.expiry_notices import ExpiryNotice
from ebidadmin.domain.ids import CardId, SupplierNumber
from ebidadmin.persistence.repositories import fetch
from ebidadmin.persistence.rows import begin_writing
from ebidadmin.persistence.schema_cards import CardRow, ExpiryNoticeRow


class SqlExpiryNotices:
    """``card_records.ExpiryNotices``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def owed(self, *, at: datetime, until: datetime, days: int) -> tuple[CardId, ...]:
        told = select(ExpiryNoticeRow.card).where(
            ExpiryNoticeRow.card == CardRow.id, ExpiryNoticeRow.days <= days
        )
        wanted = select(CardRow.id).where(
            CardRow.state.in_(sorted(LIVE_CARD_STATES)), CardRow.not_after.between(at, until), ~told.exists()
        )
        return tuple(CardId(card) for card in self._session.execute(wanted.order_by(CardRow.id)).scalars())

    def of_card(self, card: CardId) -> tuple[ExpiryNotice, ...]:
        begin_writing(self._session)
        told = select(ExpiryNoticeRow).where(ExpiryNoticeRow.card == card)
        rows = fetch(self._session, told.order_by(ExpiryNoticeRow.days.desc()))
        return tuple(
            ExpiryNotice(
                card=CardId(row.card),
                supplier_number=SupplierNumber(row.supplier_number),
                days=row.days,
                not_after=row.not_after,
                written_at=row.written_at,
                written_by=row.written_by,
            )
            for row in rows
        )


def save_expiry_notice(session: Session, after: ExpiryNotice) -> bool:
    """A row comes in; there is no other change."""
    values = {
        "card": after.card,
        "days": after.days,
        "supplier_number": after.supplier_number,
        "not_after": after.not_after,
        "written_at": after.written_at,
        "written_by": after.written_by,
    }
    session.execute(insert(ExpiryNoticeRow).values(values))
    return True
