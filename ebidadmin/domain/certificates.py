"""What a certificate says, and what came out of checking it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ebidadmin.clock import as_utc


class CheckOutcome(StrEnum):
    """What a check says of a certificate. Only ``GOOD`` is good; ``UNCHECKED`` means that all but revocation is."""

    GOOD = "good"
    REVOKED = "revoked"
    EXPIRED = "expired"
    NOT_YET_VALID = "not-yet-valid"
    INVALID = "invalid"
    """Chain, key, use or form; or the check itself could not be carried out."""

    UNCHECKED = "unchecked"
    """Nothing known against it, but no list of revoked certificates that holds at that moment: neither good nor revoked."""


class CheckReason(StrEnum):
    """Why a check came out as it did."""

    GOOD = "good"
    REVOKED = "revoked"
    EXPIRED = "expired"
    NOT_YET_VALID = "not-yet-valid"

    CRL_MISSING = "crl-missing"
    """No list of the issuer."""
    CRL_STALE = "crl-stale"
    """The newest list of the issuer does not hold any more at that moment."""
    CRL_UNUSABLE = "crl-unusable"
    """There are lists, but none that can be trusted to speak of this certificate: forged, of somebody else, too new, partial."""

    UNREADABLE = "unreadable"
    TRUST_MISSING = "trust-missing"
    """No authority is trusted at all."""
    CHAIN_UNKNOWN = "chain-unknown"
    """No way leads to a trusted authority."""
    CHAIN_REFUSED = "chain-refused"
    """A rule of the standard forbids the chain: names, policies, lengths, uses, unknown critical extensions."""
    SIGNATURE_WRONG = "signature-wrong"
    ALGORITHM_REFUSED = "algorithm-refused"
    ALGORITHM_MISMATCH = "algorithm-mismatch"
    """Inside and outside name different signature algorithms."""
    ISSUER_EXPIRED = "issuer-expired"
    ISSUER_NOT_YET_VALID = "issuer-not-yet-valid"
    ISSUER_REVOKED = "issuer-revoked"
    AUTHORITY_ITSELF = "authority-itself"
    """It is one of the trusted authorities, not somebody's card."""
    KEY_REFUSED = "key-refused"
    """RSA below 2048 bits, an elliptic curve without a name, or another kind of key."""
    SERIAL_REFUSED = "serial-refused"
    """Zero or negative."""
    USE_REFUSED = "use-refused"
    """The key is not meant for the use that is asked for."""
    POLICY_MISSING = "policy-missing"
    """The issuing authority's certificates must name a policy that this one lacks."""
    CHECK_FAILED = "check-failed"
    """The check stumbled over something unforeseen: fail closed."""
    CHECK_TOOK_TOO_LONG = "check-took-too-long"


class KeyUse(StrEnum):
    """Which use of the key the office asks for."""

    DIGITAL_SIGNATURE = "digital-signature"
    NON_REPUDIATION = "non-repudiation"
    ANY = "any"
    """Whatever the certificate says."""


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """``kind`` is rsa, ec, or what else it is (dotted where it has no name); ``bits`` 0 and ``curve`` empty where they do not apply."""

    kind: str
    bits: int = 0
    curve: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFacts:
    """What a certificate says of itself; nothing of it is checked.

    ``serial`` is the number in decimal digits of any length, ``issuer`` and ``subject`` are names as RFC 4514 writes them, most specific
    part first. The holder's texts are ``None`` where the certificate has none, which is normal for ``holder_address``. ``guessed`` names
    the fields whose characters had to be guessed: they are shown as a guess and never compared. ``mapping`` names the data that says
    which attribute holds what at this issuer, "default" where there is none for it. ``notes`` are codes of odd forms that were put up with.
    """

    serial: str
    issuer: str
    subject: str
    not_before: datetime
    not_after: datetime
    fingerprint: str
    """SHA-256 of the DER, 64 lower-case hexadecimal digits."""
    key: KeyFacts
    usages: tuple[str, ...] | None
    """Uses of the key, e.g. ``digital-signature``; ``None`` where the certificate does not restrict them."""
    policies: tuple[str, ...]
    company_name: str | None
    company_address: str | None
    holder_name: str | None
    holder_address: str | None
    mapping: str
    guessed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    crl_urls: tuple[str, ...] = ()
    """Where its issuer says that lists of revoked certificates are."""

    def __post_init__(self) -> None:
        as_utc(self.not_before)
        as_utc(self.not_after)

    def period(self, at: datetime) -> CheckOutcome:
        """GOOD within its period (both ends included), else EXPIRED or NOT_YET_VALID."""
        if at < self.not_before:
            return CheckOutcome.NOT_YET_VALID
        return CheckOutcome.EXPIRED if at > self.not_after else CheckOutcome.GOOD


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateCheck:
    """One check of one certificate for one moment."""

    outcome: CheckOutcome
    reason: CheckReason
    checked_at: datetime
    """The moment that was asked about (not when the computer worked on it)."""
    facts: CertificateFacts | None
    """``None`` where it could not be read."""
    chain: tuple[str, ...] = ()
    """Names from the certificate up to the trusted authority, as far as a way was found."""
    crl_age_seconds: int | None = None
    """Age, at that moment, of the list that speaks of the certificate; ``None`` without one."""
    revoked_at: datetime | None = None
    revocation_reason: str = ""
    """As the standard calls it, e.g. ``key-compromise``; empty where it is not revoked."""
    remark: str = ""
    """More about the reason in the validating library's English, for a terminal or a log; may be empty."""

    @property
    def good(self) -> bool:
        return self.outcome is CheckOutcome.GOOD
