"""IC cards that suppliers have registered: one registration for each card, all of a supplier under one enterprise id.

A card is known by its certificate. A registration counts at once; nobody approves it. What a person should look at afterwards is in
``followups``. The main contact belongs to the supplier, the card contact to one card.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from ebidadmin.domain.certificates import CertificateFacts
from ebidadmin.domain.contacts import Contact
from ebidadmin.domain.events import Event, EventTag, JsonMap, JsonValue, Subject, SubjectKind
from ebidadmin.domain.ids import BatchId, CardId, EnterpriseId, SupplierNumber
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import IllegalTransitionError, InputError, Problem


class CardState(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    REPLACED = "replaced"
    CANCELLED = "cancelled"


LIVE_CARD_STATES = frozenset({CardState.ACTIVE, CardState.SUSPENDED})
"""States in which the registration exists, usable or not; one such per certificate at most."""


class Revocation(StrEnum):
    """What is known of a registered certificate's revocation."""

    CHECKED = "checked"
    UNCHECKED = "unchecked"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCertificate:
    """What is known of a card by its certificate. Texts that the certificate lacks are empty.

    ``fingerprint`` is the SHA-256 of the certificate as 64 lower-case hexadecimal digits, ``serial`` its number in decimal digits of any
    length, ``issuer`` the issuing CA, most specific part first. ``guessed`` names the parts whose characters had to be guessed: they
    are shown as a guess and never compared.
    """

    fingerprint: str
    serial: str
    issuer: str
    not_before: datetime
    not_after: datetime
    company_name: str = ""
    company_address: str = ""
    holder_name: str = ""
    holder_address: str = ""
    guessed: tuple[str, ...] = ()

    @classmethod
    def of(cls, facts: CertificateFacts) -> KeptCertificate:
        """What is known from reading a certificate."""
        return cls(
            fingerprint=facts.fingerprint,
            serial=facts.serial,
            issuer=facts.issuer,
            not_before=facts.not_before,
            not_after=facts.not_after,
            company_name=facts.company_name or "",
            company_address=facts.company_address or "",
            holder_name=facts.holder_name or "",
            holder_address=facts.holder_address or "",
            guessed=facts.guessed,
        )

    def kept(self) -> KeptCertificate:
        """What a registration keeps: everything but where the holder lives, which is nobody's business afterwards."""
        return replace(self, holder_address="")

    def expired(self, at: datetime) -> bool:
        """Whether its last moment has passed."""
        return self.not_after < at


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRegistration:
    """One registered card. ``replaces`` is the card whose place it took, ``replaced_by`` the one that took its own; ``der`` is the
    certificate itself, kept so that it can be checked again when a list of revoked ones arrives."""

    id: CardId
    supplier_number: SupplierNumber
    enterprise_id: EnterpriseId
    certificate: KeptCertificate
    der: bytes = field(repr=False)
    revocation: Revocation
    card_contact: Contact
    registered_at: datetime
    register_seen: BatchId | None
    state: CardState = CardState.ACTIVE
    replaces: CardId | None = None
    replaced_by: CardId | None = None
    reason: str = ""
    version: int = 1

    @property
    def is_live(self) -> bool:
        return self.state in LIVE_CARD_STATES


@dataclass(frozen=True, slots=True, kw_only=True)
class MainContact:
    """A supplier's main contact, to which invitations go; shared by its cards."""

    supplier_number: SupplierNumber
    contact: Contact
    version: int = 1


def register(
    *,
    card_id: CardId,
    supplier_number: SupplierNumber,
    enterprise_id: EnterpriseId,
    certificate: KeptCertificate,
    der: bytes,
    revocation: Revocation,
    card_contact: Contact,
    register_seen: BatchId | None,
    by: str,
    at: datetime,
) -> Transition[CardRegistration]:
    """Register a card."""
    card = CardRegistration(
        id=card_id,
        supplier_number=supplier_number,
        enterprise_id=enterprise_id,
        certificate=certificate.kept(),
        der=der,
        revocation=revocation,
        card_contact=card_contact,
        registered_at=at,
        register_seen=register_seen,
    )
    return Transition(card, (_event(EventTag.CARD_REGISTERED, None, card, by, at),))


def renew(
    old: CardRegistration,
    *,
    card_id: CardId,
    certificate: KeptCertificate,
    der: bytes,
    revocation: Revocation,
    register_seen: BatchId | None,
    by: str,
    at: datetime,
) -> tuple[Transition[CardRegistration], Transition[CardRegistration]]:
    """Let a new card take the place of ``old``: the old one as replaced, then the new one with the contact carried over.

    Raises ``IllegalTransitionError`` unless the old one is active.
    """
    _expect(old, "renew", CardState.ACTIVE)
    ended = replace(old, state=CardState.REPLACED, replaced_by=card_id, version=old.version + 1)
    fresh = CardRegistration(
        id=card_id,
        supplier_number=old.supplier_number,
        enterprise_id=old.enterprise_id,
        certificate=certificate.kept(),
        der=der,
        revocation=revocation,
        card_contact=old.card_contact,
        registered_at=at,
        register_seen=register_seen,
        replaces=old.id,
    )
    return (
        Transition(ended, (_event(EventTag.CARD_REPLACED, old, ended, by, at),)),
        Transition(fresh, (_event(EventTag.CARD_RENEWED, None, fresh, by, at),)),
    )


def change_contact(
    card: CardRegistration, *, contact: Contact, by: str, at: datetime
) -> Transition[CardRegistration]:
    """Change the contact of one card. Raises ``IllegalTransitionError`` unless it is active."""
    _expect(card, "change", CardState.ACTIVE)
    after = replace(card, card_contact=contact, version=card.version + 1)
    return Transition(after, (_event(EventTag.CARD_CONTACT_CHANGED, card, after, by, at),))


def suspend(card: CardRegistration, *, reason: str, by: str, at: datetime) -> Transition[CardRegistration]:
    """Stop the use of an active card for a while, for a reason."""
    _expect(card, "suspend", CardState.ACTIVE)
    return _moved(card, CardState.SUSPENDED, EventTag.CARD_SUSPENDED, reason, by, at)


def resume(card: CardRegistration, *, reason: str, by: str, at: datetime) -> Transition[CardRegistration]:
    """Let a suspended card be used again, for a reason."""
    _expect(card, "resume", CardState.SUSPENDED)
    return _moved(card, CardState.ACTIVE, EventTag.CARD_RESUMED, reason, by, at)


def cancel(card: CardRegistration, *, reason: str, by: str, at: datetime) -> Transition[CardRegistration]:
    """End a live registration for good, for a reason."""
    _expect(card, "cancel", *LIVE_CARD_STATES)
    return _moved(card, CardState.CANCELLED, EventTag.CARD_CANCELLED, reason, by, at)


def recheck(
    card: CardRegistration, *, revocation: Revocation, by: str, at: datetime
) -> Transition[CardRegistration]:
    """Keep what a later look at the revocation lists told about a live card. The registration itself goes on: a person decides."""
    _expect(card, "recheck", *LIVE_CARD_STATES)
    after = replace(card, revocation=revocation, version=card.version + 1)
    return Transition(after, (_event(EventTag.CARD_RECHECKED, card, after, by, at),))


def set_main_contact(
    present: MainContact | None,
    *,
    supplier_number: SupplierNumber,
    contact: Contact,
    by: str,
    at: datetime,
) -> Transition[MainContact]:
    """Set or replace the supplier's main contact."""
    version = 1 if present is None else present.version + 1
    after = MainContact(supplier_number=supplier_number, contact=contact, version=version)
    event = Event(
        tag=EventTag.CARD_MAIN_CONTACT_SET,
        subject=Subject(SubjectKind.CARD, supplier_number),
        by=by,
        at=at,
        before=None if present is None else {"main_contact": _contact(present.contact)},
        after={"state": "main-contact", "main_contact": _contact(contact)},
        supplier_number=supplier_number,
    )
    return Transition(after, (event,))


def as_audit_map(card: CardRegistration) -> JsonMap:
    """The registration's values; what the certificate says of persons is in it, where they live is not kept at all."""
    certificate = card.certificate
    return {
        "state": card.state.value,
        "version": card.version,
        "supplier_number": card.supplier_number,
        "enterprise_id": card.enterprise_id,
        "fingerprint": certificate.fingerprint,
        "serial": certificate.serial,
        "issuer": certificate.issuer,
        "not_after": certificate.not_after.isoformat(),
        "company_name": certificate.company_name,
        "holder_name": certificate.holder_name,
        "revocation": card.revocation.value,
        "card_contact": _contact(card.card_contact),
        "replaces": card.replaces,
        "replaced_by": card.replaced_by,
        "register_seen": card.register_seen,
        "reason": card.reason,
    }


def _contact(contact: Contact) -> dict[str, JsonValue]:
    return {**contact.as_map()}


def _moved(
    card: CardRegistration, state: CardState, tag: EventTag, reason: str, by: str, at: datetime
) -> Transition[CardRegistration]:
    if not reason.strip():
        raise InputError("reason-missing", [Problem("reason", "required")])
    after = replace(card, state=state, reason=reason.strip(), version=card.version + 1)
    return Transition(after, (_event(tag, card, after, by, at),))


def _expect(card: CardRegistration, verb: str, *states: CardState) -> None:
    if card.state not in states:
        raise IllegalTransitionError("illegal-transition", subject=card.id, state=card.state.value, verb=verb)


def _event(
    tag: EventTag, before: CardRegistration | None, after: CardRegistration, by: str, at: datetime
) -> Event:
    return Event(
        tag=tag,
        subject=Subject(SubjectKind.CARD, after.id),
        by=by,
        at=at,
        before=None if before is None else as_audit_map(before),
        after=as_audit_map(after),
        supplier_number=after.supplier_number,
    )
