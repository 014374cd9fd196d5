"""What is decided about a certificate beside what the validating library decides: outcomes, their order, and the own checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ebidadmin.domain.certificates import CheckOutcome, CheckReason, KeyFacts, KeyUse
from ebidadmin.smartcard.certificates import (
    Fields,
    extension_kinds,
    read_basic_constraint,
    read_key,
    read_usages,
    read_validity,
    serial_number,
)

SMALLEST_RSA = 2048
SMALLEST_CURVE = 224
"""Bits. A curve of 224 bits is as hard as RSA with 2048."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What came out; as in ``domain.certificates.CertificateCheck``."""

    outcome: CheckOutcome
    reason: CheckReason
    chain: tuple[str, ...] = ()
    crl_age_seconds: int | None = None
    revoked_at: datetime | None = None
    revocation_reason: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demands:
    """What is asked of a certificate beside a good chain. ``policies`` (dotted): it must be valid for one of them; none are none."""

    usage: KeyUse = KeyUse.ANY
    policies: frozenset[str] = frozenset()
    explicit_policy: bool = False
    """Whether a policy must be left over at the end of the chain, whichever. Always so where ``policies`` are named."""
    inhibit_mapping: bool = False
    inhibit_any_policy: bool = False


ORDER = (
    CheckOutcome.REVOKED,
    CheckOutcome.GOOD,
    CheckOutcome.EXPIRED,
    CheckOutcome.NOT_YET_VALID,
    CheckOutcome.UNCHECKED,
    CheckOutcome.INVALID,
)
"""Of several ways to an authority the one that comes first here counts."""

PERIODS_OF_ISSUERS = frozenset({CheckReason.ISSUER_EXPIRED, CheckReason.ISSUER_NOT_YET_VALID})


def invalid(reason: CheckReason, *, chain: tuple[str, ...] = (), remark: str = "") -> Verdict:
    return Verdict(outcome=CheckOutcome.INVALID, reason=reason, chain=chain, remark=remark)


def outside(fields: Fields, at: datetime) -> CheckOutcome | None:
    """On which side of its period a moment lies; ``None`` within, both ends included."""
    first, last = read_validity(fields.validity)
    if at < first:
        return CheckOutcome.NOT_YET_VALID
    return CheckOutcome.EXPIRED if at > last else None


def form_problem(fields: Fields) -> CheckReason | None:
    """What no chain can mend: two algorithms, an extension that stands twice."""
    if fields.algorithm.whole != fields.stated_algorithm.whole:
        return CheckReason.ALGORITHM_MISMATCH
    kinds = extension_kinds(fields.extensions)
    return CheckReason.CHAIN_REFUSED if len(set(kinds)) < len(kinds) else None


def own_problem(path: Sequence[Fields], at: datetime, usage: KeyUse) -> CheckReason | None:
    """What the library does not look at: whether the trusted authority is one, its period, keys, the serial number, the use of the key.

    ``path`` leads from the trusted authority to the certificate.
    """
    anchor, card = path[0], path[-1]
    side = outside(anchor, at)
    if side is not None:
        expired = side is CheckOutcome.EXPIRED
        return CheckReason.ISSUER_EXPIRED if expired else CheckReason.ISSUER_NOT_YET_VALID
    if read_basic_constraint(anchor) is False:
        return CheckReason.CHAIN_REFUSED
    if not all(_key_good(read_key(one.key)) for one in path):
        return CheckReason.KEY_REFUSED
    if serial_number(card.serial) <= 0:
        return CheckReason.SERIAL_REFUSED
    usages = read_usages(card)
    allowed = usage is KeyUse.ANY or usages is None or usage.value in usages
    return None if allowed else CheckReason.USE_REFUSED


def _key_good(key: KeyFacts) -> bool:
    if key.kind == "rsa":
        return key.bits >= SMALLEST_RSA
    return key.kind == "ec" and bool(key.curve) and key.bits >= SMALLEST_CURVE
