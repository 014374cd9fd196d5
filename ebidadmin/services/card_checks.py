"""What lies on a card, what came of checking it, and the proof that its holder has its PIN."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from ebidadmin.clock import jst_date
from ebidadmin.domain.card_sessions import ProvenCard
from ebidadmin.domain.cards import KeptCertificate
from ebidadmin.domain.certificates import CertificateCheck, CheckOutcome
from ebidadmin.errors import RuleError
from ebidadmin.services.card_ports import CardReader, CardToken
from ebidadmin.services.certificate_ports import CertificateChecker
from ebidadmin.services.ports import Office


@dataclass(frozen=True, slots=True)
class CardDesk:
    """The readers, and who checks what lies in them."""

    reader: CardReader
    checker: CertificateChecker


@dataclass(frozen=True, slots=True)
class OnCard:
    """A certificate on a card: how it is told from the others there, and what came of checking it now."""

    fingerprint: str
    der: bytes = field(repr=False)
    check: CertificateCheck = field(repr=False)


@dataclass(frozen=True, slots=True)
class Ticket:
    """That this program has had a card prove itself: fingerprint and challenge. Kept in memory alone; a reload loses it."""

    fingerprint: str
    challenge: bytes = field(repr=False)

    @property
    def digest(self) -> str:
        return challenge_digest(self.challenge)


def certificates(office: Office, *, cards: CardDesk, token: CardToken) -> tuple[OnCard, ...]:
    """What lies on a card, each with its check for this moment; without a PIN. Raises ``CardError``."""
    at = office.clock.now()
    return tuple(
        OnCard(one.fingerprint, one.der, cards.checker.check(one.der, at=at))
        for one in cards.reader.read_certificates(token)
    )


def challenge_digest(challenge: bytes) -> str:
    """What a session keeps of a challenge."""
    return hashlib.sha256(challenge).hexdigest()


def refuse_certificate(office: Office, check: CertificateCheck) -> None:
    """Raises ``RuleError`` for a certificate that may not be registered: ``certificate-expired``, ``certificate-not-yet-valid``,
    ``certificate-revoked``, ``certificate-invalid``, and ``certificate-unchecked`` where the office does not take those."""
    outcome, why = check.outcome, check.reason.value
    if outcome is CheckOutcome.EXPIRED and check.facts is not None:
        raise RuleError("certificate-expired", not_after=day(check.facts.not_after))
    if outcome is CheckOutcome.NOT_YET_VALID and check.facts is not None:
        raise RuleError("certificate-not-yet-valid", not_before=day(check.facts.not_before))
    if outcome is CheckOutcome.REVOKED:
        raise RuleError("certificate-revoked")
    if outcome is CheckOutcome.UNCHECKED and not office.settings.cards.unchecked_registers:
        raise RuleError("certificate-unchecked", why=why)
    if outcome not in {CheckOutcome.GOOD, CheckOutcome.UNCHECKED} or check.facts is None:
        raise RuleError("certificate-invalid", why=why)


def chosen(on_card: tuple[OnCard, ...], fingerprint: str) -> OnCard:
    """The certificate of that fingerprint. Raises ``RuleError`` ``certificate-not-on-card``."""
    found = next((one for one in on_card if one.fingerprint == fingerprint), None)
    if found is None:
        raise RuleError("certificate-not-on-card")
    return found


def proven_card(office: Office, check: CertificateCheck, ticket: Ticket) -> ProvenCard:
    if check.facts is None:
        raise RuleError("certificate-invalid", why=check.reason.value)
    told = {
        "crl_age_seconds": None if check.crl_age_seconds is None else str(check.crl_age_seconds),
        "revoked_at": None if check.revoked_at is None else check.revoked_at.isoformat(),
        "revocation_reason": check.revocation_reason or None,
    }
    return ProvenCard(
        certificate=KeptCertificate.of(check.facts),
        outcome=check.outcome.value,
        reason=check.reason.value,
        proved_at=office.clock.now(),
        challenge_digest=ticket.digest,
        details={name: value for name, value in told.items() if value is not None},
    )


def day(moment: datetime) -> str:
    """A day in Japan as the manual's screens write it: 2015/08/19."""
    return f"{jst_date(moment):%Y/%m/%d}"
