"""Notices of the end of a card's certificate: once for a card and a notice period, whatever runs how often."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ebidadmin.domain.cards import CardRegistration
from ebidadmin.domain.events import Event, EventTag, Subject, SubjectKind
from ebidadmin.domain.ids import CardId, SupplierNumber
from ebidadmin.domain.transition import Transition


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiryNotice:
    """That a card's contact was told of its end, ``not_after``; ``days`` is the notice period at that time. It never changes."""

    card: CardId
    supplier_number: SupplierNumber
    days: int
    not_after: datetime
    written_at: datetime
    written_by: str
    version: int = 1


def tell(
    card: CardRegistration, told: Iterable[ExpiryNotice], *, notice: timedelta, by: str, at: datetime
) -> Transition[ExpiryNotice] | None:
    """The notice that a card is owed at that moment; ``None`` where it is owed none.

    A live card is owed one while its certificate ends within the period and has not ended yet, unless it was told within this period or a
    shorter one: a shorter period is a further reminder, a longer one comes too late to be news.
    """
    end = card.certificate.not_after
    ends_soon = not card.certificate.expired(at) and end - at <= notice
    if not card.is_live or not ends_soon or any(one.days <= notice.days for one in told):
        return None
    made = ExpiryNotice(
        card=card.id,
        supplier_number=card.supplier_number,
        days=notice.days,
        not_after=end,
        written_at=at,
        written_by=by,
    )
    event = Event(
        tag=EventTag.CARD_EXPIRY_TOLD,
        subject=Subject(SubjectKind.CARD, card.id),
        by=by,
        at=at,
        after={"notice_days": notice.days, "not_after": end.isoformat()},
        supplier_number=card.supplier_number,
    )
    return Transition(made, (event,))
