"""A supplier's registration for small purchases: the credential that an approval creates, and the supplier's enterprise id."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ebidadmin.domain.contacts import Contact
from ebidadmin.domain.events import Event, EventTag, Subject, SubjectKind
from ebidadmin.domain.ids import ApplicationNumber, EnterpriseId, SupplierNumber, UserId
from ebidadmin.domain.transition import Transition

ENTERPRISE_ID_DIGITS = 16


class RegistrationState(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    LOCKED = "locked"
    CANCELLED = "cancelled"


LIVE_STATES = frozenset({RegistrationState.ACTIVE, RegistrationState.SUSPENDED, RegistrationState.LOCKED})
"""States in which the ID exists, usable or not; one such per supplier number at most."""


@dataclass(frozen=True, slots=True)
class OneTimeCode:
    """A code that lets its holder set a new ID and password once. ``hash`` is an Argon2id PHC string; ``failures`` are wrong codes."""

    hash: str = field(repr=False)
    expires_at: datetime
    failures: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """A live or former ID. ``password_hash`` is an Argon2id PHC string, never shown or exported; ``failures`` counts wrong passwords in a
    row; ``reason`` is why it is suspended or cancelled."""

    application: ApplicationNumber
    supplier_number: SupplierNumber
    enterprise_id: EnterpriseId
    user_id: UserId
    password_hash: str = field(repr=False)
    main_contact: Contact
    applicant_contact: Contact
    created_at: datetime
    state: RegistrationState = RegistrationState.ACTIVE
    failures: int = 0
    reason: str = ""
    code: OneTimeCode | None = None
    version: int = 1

    @property
    def is_live(self) -> bool:
        return self.state in LIVE_STATES


def create(
    *,
    application: ApplicationNumber,
    supplier_number: SupplierNumber,
    enterprise_id: EnterpriseId,
    user_id: UserId,
    password_hash: str,
    main_contact: Contact,
    applicant_contact: Contact,
    by: str,
    at: datetime,
) -> Transition[Registration]:
    """The registration that an approval brings into being, keyed by its application."""
    registration = Registration(
        application=application,
        supplier_number=supplier_number,
        enterprise_id=enterprise_id,
        user_id=user_id,
        password_hash=password_hash,
        main_contact=main_contact,
        applicant_contact=applicant_contact,
        created_at=at,
    )
    event = Event(
        tag=EventTag.REGISTRATION_CREATED,
        subject=Subject(SubjectKind.REGISTRATION, application),
        by=by,
        at=at,
        after={
            "state": registration.state.value,
            "supplier_number": supplier_number,
            "enterprise_id": enterprise_id,
            "user_id": user_id,
        },
        supplier_number=supplier_number,
    )
    return Transition(registration, (event,))


def enterprise_id(prefix: str, sequence: int) -> EnterpriseId:
    """A 16-digit enterprise id: the city's prefix and a zero-padded sequence.

    Raises ``ValueError`` when the sequence no longer fits or the prefix is not digits.
    """
    text = f"{prefix}{sequence:0{ENTERPRISE_ID_DIGITS - len(prefix)}d}"
    if not prefix.isascii() or not prefix.isdigit() or sequence < 1 or len(text) != ENTERPRISE_ID_DIGITS:
        raise ValueError("prefix and sequence must make 16 digits")
    return EnterpriseId(text)
