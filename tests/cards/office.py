"""An office with a scripted card desk: cards are made-up bytes, checks come out as told."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from ebidadmin.domain.card_sessions import CardFlow, CardMode, CardSession, CardStep
from ebidadmin.domain.certificates import (
    CertificateCheck,
    CertificateFacts,
    CheckOutcome,
    CheckReason,
    KeyFacts,
    KeyUse,
)
from ebidadmin.domain.staff import Staff
from ebidadmin.errors import CardError
from ebidadmin.services import card_registration, card_walk
from ebidadmin.services.card_checks import CardDesk, Ticket
from ebidadmin.services.card_ports import (
    CardCertificate,
    CardToken,
    PinStanding,
    Proof,
    ProofMechanism,
    ReaderState,
)
from ebidadmin.services.ports import Office
from tests.builders import TANAKA, contact, search_form, trade_name
from tests.cards.builders import ISSUER

PIN = b"4711"


@dataclass
class ScriptedCards:
    """A reader with one card in it at a time. ``log_ins`` counts what reached the card; ``fails`` is raised once, by step."""

    inserted: bytes | None = None
    pin: bytes = PIN
    log_ins: int = 0
    fails: dict[str, CardError] = field(default_factory=dict)
    lies: bool = False

    def readers(self) -> tuple[ReaderState, ...]:
        return (ReaderState("reader", None if self.inserted is None else token()),)

    def read_certificates(self, token: CardToken) -> tuple[CardCertificate, ...]:
        self._fail("read")
        if self.inserted is None:
            raise CardError("card-removed", step="read")
        return (CardCertificate(self.inserted, "01", "card"),)

    def prove(
        self,
        token: CardToken,
        certificate_fingerprint: str,
        *,
        pin: bytearray | None,
        challenge: bytes,
        insist_last_try: bool = False,
    ) -> Proof:
        self._fail("log-in")
        if self.inserted is None:
            raise CardError("card-removed", step="log-in")
        self.log_ins += 1
        if pin is None or bytes(pin) != self.pin:
            raise CardError("card-pin-wrong", step="log-in")
        signed = b"\x00" * len(challenge) if self.lies else challenge
        return Proof(self.inserted, signed, b"signature", ProofMechanism.RSA_PKCS1_SHA256)

    def _fail(self, step: str) -> None:
        error = self.fails.pop(step, None)
        if error is not None:
            raise error


@dataclass
class ScriptedChecker:
    """Certificates by their bytes, with what comes of checking them; the period is looked at for the moment asked about."""

    known: dict[bytes, CertificateFacts] = field(default_factory=dict)
    outcomes: dict[bytes, tuple[CheckOutcome, CheckReason]] = field(default_factory=dict)

    def check(
        self, certificate: bytes, *, at: datetime, usage: KeyUse = KeyUse.DIGITAL_SIGNATURE
    ) -> CertificateCheck:
        facts = self.known[certificate]
        outcome = facts.period(at)
        reason = CheckReason(outcome.value)
        if outcome is CheckOutcome.GOOD:
            outcome, reason = self.outcomes.get(certificate, (outcome, reason))
        return CertificateCheck(
            outcome=outcome, reason=reason, checked_at=at, facts=facts, crl_age_seconds=60
        )


@dataclass
class Bench:
    """A card desk and a person at it."""

    office: Office
    staff: Staff = TANAKA
    reader: ScriptedCards = field(default_factory=ScriptedCards)
    checker: ScriptedChecker = field(default_factory=ScriptedChecker)
    tickets: list[Ticket] = field(default_factory=list)

    @property
    def desk(self) -> CardDesk:
        return CardDesk(self.reader, self.checker)

    def insert(self, n: int = 92, **changes: Any) -> bytes:
        """Put the ``n``-th card into the reader; ``changes`` are of what its certificate says."""
        der = f"card {n}".encode()
        self.checker.known.setdefault(der, facts(n, der))
        self.checker.known[der] = replace(self.checker.known[der], **changes)
        self.reader.inserted = der
        return der

    def come_out(self, n: int, outcome: CheckOutcome, reason: CheckReason) -> None:
        """Let the check of the ``n``-th card come out so from now on."""
        self.checker.outcomes[f"card {n}".encode()] = (outcome, reason)

    def start(
        self, flow: CardFlow = CardFlow.REGISTRATION, mode: CardMode = CardMode.REGISTER
    ) -> CardSession:
        self.tickets.clear()
        return card_walk.start(self.office, staff=self.staff, flow=flow, mode=mode)

    def prove(self, session: CardSession, pin: bytes = PIN) -> CardSession:
        assert self.reader.inserted is not None
        proved, ticket = card_walk.prove(
            self.office,
            staff=self.staff,
            session_id=session.id,
            cards=self.desk,
            token=token(),
            fingerprint=hashlib.sha256(self.reader.inserted).hexdigest(),
            pin=bytearray(pin),
        )
        self.tickets.append(ticket)
        return proved

    def ready(self, session: CardSession) -> CardSession:
        return card_walk.client_ready(self.office, staff=self.staff, session_id=session.id)

    def search(self, session: CardSession, n: int = 92, **changes: str) -> CardSession:
        raw = search_form(n, **changes)
        return card_walk.search(self.office, staff=self.staff, session_id=session.id, raw=raw)[0]

    def enter(self, session: CardSession, raw: Mapping[str, str]) -> CardSession:
        entered = card_walk.enter(self.office, staff=self.staff, session_id=session.id, raw=raw)
        return entered.session

    def register(self, session: CardSession) -> CardSession:
        return card_registration.register(
            self.office,
            staff=self.staff,
            session_id=session.id,
            tickets=self.tickets,
            desk=self.desk,
            token=token(),
        )

    def to_confirmation(
        self,
        n: int = 92,
        mode: CardMode = CardMode.REGISTER,
        *,
        card: int | None = None,
        form: Mapping[str, str] | None = None,
    ) -> CardSession:
        """Walk up to the confirmation, with the ``card``-th card for the ``n``-th supplier."""
        if self.reader.inserted is None or card is not None:
            self.insert(card or n)
        walk = self.ready(self.prove(self.start(mode=mode)))
        walk = self.enter(self.search(walk, n), form or raw_card_form(n))
        assert walk.step is CardStep.CONFIRM
        return walk

    def registered(self, n: int = 92, *, card: int | None = None) -> CardSession:
        """The ``n``-th supplier registered with its card."""
        self.reader.inserted = None
        return self.register(self.to_confirmation(n, card=card or n))


def token() -> CardToken:
    return CardToken(
        slot=0,
        reader="reader",
        label="card",
        serial="1",
        model="scripted",
        manufacturer="tests",
        pin_pad=False,
        standing=PinStanding.UNKNOWN,
    )


def facts(n: int, der: bytes) -> CertificateFacts:
    """What the certificate of the ``n``-th supplier says."""
    return CertificateFacts(
        serial=str(825831385 + n),
        issuer=ISSUER,
        subject=f"CN=card {n}",
        not_before=datetime(2026, 4, 1, tzinfo=UTC),
        not_after=datetime(2028, 8, 31, 14, 59, 59, tzinfo=UTC),
        fingerprint=hashlib.sha256(der).hexdigest(),
        key=KeyFacts("rsa", 2048),
        usages=("digital-signature",),
        policies=(),
        company_name=trade_name(n),
        company_address=f"山口県下関市南部町{n}番1号",
        holder_name=f"下関 太郎{n}",
        holder_address=None,
        mapping="default",
    )


def raw_card_form(n: int = 92, **changes: str) -> dict[str, str]:
    """What is typed on the form; ``changes`` with ``__`` for the dot."""
    made: dict[str, str] = {}
    for prefix in ("main_contact", "card_contact"):
        one = contact(n)
        made |= {f"{prefix}.{name}": value for name, value in one.as_map().items()}
        made[f"{prefix}.email_again"] = one.email
    for key, value in changes.items():
        made[key.replace("__", ".")] = value
    return made
