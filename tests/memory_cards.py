"""The reading ports of the card side in memory."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ebidadmin.domain.card_sessions import CardSession, SessionState
from ebidadmin.domain.cards import CardRegistration, KeptCertificate, MainContact
from ebidadmin.domain.case_records import CaseRecord
from ebidadmin.domain.expiry_notices import ExpiryNotice
from ebidadmin.domain.followups import About, FollowUp, FollowUpState
from ebidadmin.domain.id_case_records import IdCaseRecord
from ebidadmin.domain.ids import BatchId, CardId, CardSessionId, FollowUpId, IdCaseId, SupplierNumber
from ebidadmin.domain.registrations import LIVE_STATES
from ebidadmin.errors import NotFoundError, RuleError
from tests.memory_parts import Part, Tables

CARD_TABLES: dict[type, tuple[str, str]] = {
    CardRegistration: ("cards", "id"),
    MainContact: ("main_contacts", "supplier_number"),
    CardSession: ("card_sessions", "id"),
    CaseRecord: ("case_records", "session"),
    FollowUp: ("follow_ups", "id"),
    IdCaseRecord: ("id_cases", "id"),
}
"""Where each aggregate is kept, and the field that is its key."""


def same_certificate(one: KeptCertificate, other: KeptCertificate) -> bool:
    return one.fingerprint == other.fingerprint or (one.issuer, one.serial) == (other.issuer, other.serial)


def one_live_card(tables: Tables, after: CardRegistration) -> None:
    """The unique rules of the database."""
    live = [
        card
        for card in tables.cards.values()
        if card.is_live and same_certificate(card.certificate, after.certificate)
    ]
    if len(live) > 1:
        raise RuleError("certificate-registered", id=after.id)


class MemoryCards(Part):
    def get(self, card_id: CardId) -> CardRegistration:
        found = self.tables.cards.get(card_id)
        if found is None:
            raise NotFoundError("not-found", kind="card", id=card_id)
        return found

    def of_supplier(self, supplier: SupplierNumber) -> tuple[CardRegistration, ...]:
        return self._newest(card for card in self.tables.cards.values() if card.supplier_number == supplier)

    def of_certificate(self, certificate: KeptCertificate) -> tuple[CardRegistration, ...]:
        return self._newest(
            card for card in self.tables.cards.values() if same_certificate(card.certificate, certificate)
        )

    def live_of(self, suppliers: Iterable[SupplierNumber]) -> tuple[CardRegistration, ...]:
        wanted = set(suppliers)
        return tuple(card for card in self.all() if card.is_live and card.supplier_number in wanted)

    def all(self) -> tuple[CardRegistration, ...]:
        return tuple(sorted(self.tables.cards.values(), key=lambda card: (card.supplier_number, card.id)))

    def main_contact(self, supplier: SupplierNumber) -> MainContact | None:
        return self.tables.main_contacts.get(supplier)

    @staticmethod
    def _newest(cards: Iterable[CardRegistration]) -> tuple[CardRegistration, ...]:
        return tuple(sorted(cards, key=lambda card: (card.registered_at, card.id), reverse=True))


class MemoryCardSessions(Part):
    def get(self, session_id: CardSessionId) -> CardSession:
        found = self.tables.card_sessions.get(session_id)
        if found is None:
            raise NotFoundError("not-found", kind="card-session", id=session_id)
        return found

    def open_of(self, person: str) -> tuple[CardSession, ...]:
        mine = [
            one
            for one in self.tables.card_sessions.values()
            if one.person == person and one.state is SessionState.OPEN
        ]
        return tuple(sorted(mine, key=lambda one: (one.started_at, one.id), reverse=True))

    def case_record(self, session_id: CardSessionId) -> CaseRecord | None:
        return self.tables.case_records.get(session_id)

    def case_records(self, *, limit: int = 100) -> tuple[CaseRecord, ...]:
        records = self.tables.case_records.values()
        return tuple(sorted(records, key=lambda one: (one.written_at, one.session), reverse=True)[:limit])


class MemoryFollowUps(Part):
    def get(self, follow_up: FollowUpId) -> FollowUp:
        found = self.tables.follow_ups.get(follow_up)
        if found is None:
            raise NotFoundError("not-found", kind="follow-up", id=follow_up)
        return found

    def about(self, about: Iterable[About]) -> tuple[FollowUp, ...]:
        wanted = set(about)
        return tuple(item for item in self._all() if item.about in wanted)

    def list(
        self,
        *,
        state: FollowUpState | None = None,
        supplier: str = "",
        after: str = "",
        before: str = "",
        limit: int = 200,
    ) -> tuple[FollowUp, ...]:
        found = tuple(
            item
            for item in self._all()
            if item.id > after and state in (None, item.state) and item.supplier_number.startswith(supplier)
        )
        return tuple(item for item in found if item.id < before)[-limit:] if before else found[:limit]

    def count_open(self) -> int:
        return sum(item.state is FollowUpState.OPEN for item in self._all())

    def registered_and_touched(
        self, batch: BatchId, *, after: str = "", limit: int = 500
    ) -> tuple[SupplierNumber, ...]:
        places = {one.id: place for place, (one, _) in enumerate(self.tables.register)}
        now = self.tables.register[places[batch]][1]
        before = self.tables.register[places[batch] - 1][1] if places[batch] else {}
        return tuple(number for number in self._registered(after) if now.get(number) != before.get(number))[
            :limit
        ]

    def registered(self, *, after: str = "", limit: int = 500) -> tuple[SupplierNumber, ...]:
        return self._registered(after)[:limit]

    def _registered(self, after: str) -> tuple[SupplierNumber, ...]:
        cards = {card.supplier_number for card in self.tables.cards.values() if card.is_live}
        ids = {one.supplier_number for one in self.tables.registrations.values() if one.state in LIVE_STATES}
        return tuple(sorted(number for number in cards | ids if number > after))

    def _all(self) -> Iterable[FollowUp]:
        return (self.tables.follow_ups[key] for key in sorted(self.tables.follow_ups))


class MemoryExpiryNotices(Part):
    def owed(self, *, at: datetime, until: datetime, days: int) -> tuple[CardId, ...]:
        told = {card for card, period in self.tables.expiry_notices if period <= days}
        return tuple(
            card.id
            for card in sorted(self.tables.cards.values(), key=lambda one: one.id)
            if card.is_live and at <= card.certificate.not_after <= until and card.id not in told
        )

    def of_card(self, card: CardId) -> tuple[ExpiryNotice, ...]:
        kept = self.tables.expiry_notices
        return tuple(kept[key] for key in sorted(kept, reverse=True) if key[0] == card)


class MemoryIdCases(Part):
    def get(self, case_id: IdCaseId) -> IdCaseRecord:
        found = self.tables.id_cases.get(case_id)
        if found is None:
            raise NotFoundError("not-found", kind="id-case", id=case_id)
        return found

    def latest(self, *, limit: int = 100) -> tuple[IdCaseRecord, ...]:
        records = self.tables.id_cases.values()
        return tuple(sorted(records, key=lambda one: (one.written_at, one.id), reverse=True)[:limit])
