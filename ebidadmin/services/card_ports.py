"""What the card side needs from readers and cards, as a protocol, and what a proof of possession consists of.

A PIN is a ``bytearray`` that belongs to the caller, who wipes it (``wipe``) in a ``finally``. No adapter keeps it, copies it into text, or
puts it anywhere but on the standard input of the process that speaks to the card. Nobody learns a number of tries left: cards do not tell
it reliably, and a wrong number costs a card.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

CHALLENGE_BYTES = 32
_CONTEXT = b"ebidadmin: proof of possession of a card, version 1\x00"


class PinStanding(StrEnum):
    """What a card says about its PIN. Many cards say nothing: ``UNKNOWN`` is no promise that tries are left."""

    UNKNOWN = "unknown"
    LOW = "low"
    """A wrong PIN was entered since the last right one."""

    LAST_TRY = "last-try"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class CardToken:
    """A card as it lay in a reader when somebody looked. It may be gone, or another one may lie there, a moment later."""

    slot: int
    """As the card's software numbers it: neither dense nor from 0, and not the same for long."""

    reader: str
    label: str
    serial: str
    model: str
    manufacturer: str
    pin_pad: bool
    """The PIN is entered on the reader, never typed into the computer."""

    standing: PinStanding


@dataclass(frozen=True, slots=True)
class ReaderState:
    """A reader and the card in it, ``None`` when it is empty."""

    name: str
    token: CardToken | None
    unreadable: bool = False
    """Something lies in it that the software cannot read: a card of another kind, upside down, or dirty. ``token`` is ``None``."""


@dataclass(frozen=True, slots=True)
class CardCertificate:
    """A certificate as it lies on the card; ``key_id`` (hexadecimal) names the key that belongs to it."""

    der: bytes
    key_id: str
    label: str

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the bytes on the card, 64 lower-case hexadecimal digits."""
        return fingerprint(self.der)


class ProofMechanism(StrEnum):
    """How a challenge was signed."""

    RSA_PKCS1_SHA256 = "RSA-PKCS1-SHA256"
    ECDSA_SHA256 = "ECDSA-SHA256"


@dataclass(frozen=True, slots=True)
class Proof:
    """That the holder of the PIN has the key of this certificate: already verified, and kept so that it can be verified again."""

    certificate: bytes
    """DER, as read from the card in the same breath as the signature was made."""

    challenge: bytes
    signature: bytes
    """Over ``proof_message(challenge)``; for ECDSA in DER."""

    mechanism: ProofMechanism

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.certificate)


class CardReader(Protocol):
    """Readers and the cards in them. One operation at a time: a second one meanwhile is refused (``card-busy``), never queued, so that a
    double click does not log in twice.

    Every operation raises ``CardError``. Of the software: ``card-module-missing`` (fact ``module``), ``card-module-failed`` (``reason``),
    ``card-module-crashed``, ``card-module-lied`` (``what``), ``card-timeout`` (``seconds``), ``card-busy``. Of the card: ``card-removed``,
    ``card-changed``, ``card-unreadable``. Each has the fact ``step``: ``load``, ``find``, ``read``, ``log-in`` or ``sign``.
    """

    def readers(self) -> tuple[ReaderState, ...]:
        """All readers, in the order in which the software names them. None is no error."""
        ...

    def read_certificates(self, token: CardToken) -> tuple[CardCertificate, ...]:
        """What lies on the card, without a PIN; as it is on the card, unchecked, possibly nothing."""
        ...

    def prove(
        self,
        token: CardToken,
        certificate_fingerprint: str,
        *,
        pin: bytearray | None,
        challenge: bytes,
        insist_last_try: bool = False,
    ) -> Proof:
        """Log in once with the PIN, have the card sign ``proof_message(challenge)``, and verify the signature with the certificate.

        ``pin`` is ``None`` exactly for a reader with its own PIN pad. It is sent at most once, to the card that ``token`` describes and
        only when the certificate with that fingerprint is on it; never again by the program itself. ``challenge`` is ``fresh_challenge()``.
        Besides the errors of every operation, ``CardError``: ``card-pin-missing``, ``card-pin-pad`` (a PIN was typed for a reader with its
        own pad), ``card-pin-last-try`` (nothing was sent; the person may insist), ``card-pin-wrong``, ``card-pin-wrong-last-try`` (wrong,
        and the next try is the last), ``card-pin-locked``, ``card-pin-form`` (cannot be a PIN of this card), ``card-pin-cancelled`` (on the
        pad), ``card-pin-unusable`` (not set or expired), ``card-in-use`` (somebody is logged in already: no proof of a PIN),
        ``card-key-missing``, ``card-key-unsupported``, ``card-proof-wrong`` (the signature does not belong to the certificate).
        """
        ...


@dataclass(frozen=True, slots=True)
class TrainingCard:
    """A made-up card of the desk. ``name`` says what it is for."""

    name: str
    reader: str
    inserted: bool
    standing: PinStanding


class TrainingBox(Protocol):
    """The desk's made-up cards, and what a hand would do with them. Raises ``CardError`` (``simulated-cards-unreadable``)."""

    @property
    def pin(self) -> str:
        """The PIN of all of them; no secret."""
        ...

    def cards(self) -> tuple[TrainingCard, ...]:
        """None where none were made."""
        ...

    def make(self) -> None:
        """Raises ``ConfigurationError`` (``simulated-cards-exist``)."""
        ...

    def insert(self, name: str) -> None:
        """Put it into its reader; whichever lay there comes out. Raises ``CardError`` (``card-not-simulated``), as do the next two."""
        ...

    def pull(self, name: str) -> None: ...

    def unblock(self, name: str) -> None:
        """Give it its first PIN and all its tries back, as its issuer does."""
        ...


def fresh_challenge() -> bytes:
    """Random bytes that nobody has signed before."""
    return secrets.token_bytes(CHALLENGE_BYTES)


def proof_message(challenge: bytes) -> bytes:
    """What is signed: the challenge behind words that no other use of the key begins with. Raises ``ValueError`` for another length."""
    if len(challenge) != CHALLENGE_BYTES:
        raise ValueError(f"a challenge has {CHALLENGE_BYTES} bytes")
    return _CONTEXT + challenge


def fingerprint(certificate: bytes) -> str:
    """SHA-256 of a certificate in DER, in lower-case hexadecimal digits."""
    return hashlib.sha256(certificate).hexdigest()


def wipe(pin: bytearray | None) -> None:
    """Overwrite a PIN in place."""
    if pin is not None:
        pin[:] = bytes(len(pin))
