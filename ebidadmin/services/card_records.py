"""The stores of the card side, as protocols of the unit of work."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from ebidadmin.domain.card_sessions import CardSession
from ebidadmin.domain.cards import CardRegistration, KeptCertificate, MainContact
from ebidadmin.domain.case_records import CaseRecord
from ebidadmin.domain.expiry_notices import ExpiryNotice
from ebidadmin.domain.followups import About, FollowUp, FollowUpState
from ebidadmin.domain.ids import BatchId, CardId, CardSessionId, FollowUpId, SupplierNumber


class Cards(Protocol):
    def get(self, card_id: CardId) -> CardRegistration:
        """Raises ``NotFoundError``."""
        ...

    def of_supplier(self, supplier: SupplierNumber) -> tuple[CardRegistration, ...]:
        """All of a supplier, live or not, newest first."""
        ...

    def of_certificate(self, certificate: KeptCertificate) -> tuple[CardRegistration, ...]:
        """All with that fingerprint, or that issuer and serial, under any supplier number, newest first."""
        ...

    def live_of(self, suppliers: Iterable[SupplierNumber]) -> tuple[CardRegistration, ...]:
        """The live ones of these suppliers, by supplier number and id."""
        ...

    def all(self) -> tuple[CardRegistration, ...]:
        """By supplier number and id."""
        ...

    def main_contact(self, supplier: SupplierNumber) -> MainContact | None: ...


class CardSessions(Protocol):
    def get(self, session_id: CardSessionId) -> CardSession:
        """Raises ``NotFoundError``."""
        ...

    def open_of(self, person: str) -> tuple[CardSession, ...]:
        """That person's walks that are not over, newest first."""
        ...

    def case_record(self, session_id: CardSessionId) -> CaseRecord | None: ...

    def case_records(self, *, limit: int = 100) -> tuple[CaseRecord, ...]:
        """Newest first."""
        ...


class FollowUps(Protocol):
    def get(self, follow_up: FollowUpId) -> FollowUp:
        """Raises ``NotFoundError``."""
        ...

    def about(self, about: Iterable[About]) -> tuple[FollowUp, ...]:
        """All items about these registrations, in the order in which they were opened."""
        ...

    def list(
        self,
        *,
        state: FollowUpState | None = None,
        supplier: str = "",
        after: str = "",
        before: str = "",
        limit: int = 200,
    ) -> tuple[FollowUp, ...]:
        """By id, those after ``after``; with ``before`` the last ones before it. ``supplier`` is how the supplier number begins."""
        ...

    def count_open(self) -> int: ...

    def registered_and_touched(
        self, batch: BatchId, *, after: str = "", limit: int = 500
    ) -> tuple[SupplierNumber, ...]:
        """Suppliers with a live card or ID whose record of the register that batch changed, added or let vanish, by number."""
        ...

    def registered(self, *, after: str = "", limit: int = 500) -> tuple[SupplierNumber, ...]:
        """Suppliers with a live card or ID, by number."""
        ...


class ExpiryNotices(Protocol):
    def owed(self, *, at: datetime, until: datetime, days: int) -> tuple[CardId, ...]:
        """Live cards whose certificate ends between these moments, both inclusive, and that were not told within a period of ``days``
        or a shorter one; by id."""
        ...

    def of_card(self, card: CardId) -> tuple[ExpiryNotice, ...]:
        """Those about a card, the longest period first. Takes the turn to write: whoever reads them and then writes is not overtaken."""
        ...
