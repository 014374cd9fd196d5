"""Checking a certificate with the library that validates chains, in ``require`` mode, and the own checks on top.

Runs in a process of its own (``validation_child``); nobody else imports this. The library's errors become outcomes; whatever else it
stumbles over is "could not be checked", which is not good.

Which lists it gets to see is decided in ``validation_lists``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from asn1crypto import x509
from asn1crypto.crl import CertificateList
from pyhanko_certvalidator import PKIXValidationParams, ValidationContext
from pyhanko_certvalidator.errors import (
    DisallowedAlgorithmError,
    ExpiredError,
    InsufficientRevinfoError,
    NotYetValidError,
    PathBuildingError,
    PathValidationError,
    RevokedError,
    ValidationError,
)
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.registry import CertificateRegistry
from pyhanko_certvalidator.validate import async_validate_path

from ebidadmin.domain.certificates import CheckOutcome, CheckReason
from ebidadmin.smartcard.certificates import (
    Fields,
    read_validity,
    split,
)
from ebidadmin.smartcard.distinguished import read_name
from ebidadmin.smartcard.revocation_lists import RevocationList
from ebidadmin.smartcard.tlv import MalformedError
from ebidadmin.smartcard.validation_lists import STUMBLES, KnownLists, Signatures
from ebidadmin.smartcard.validation_rules import (
    ORDER,
    PERIODS_OF_ISSUERS,
    Demands,
    Verdict,
    form_problem,
    invalid,
    outside,
    own_problem,
)

MOST_PATHS = 16
"""Ways to an authority that are tried. Two are usual while an authority changes its key."""


Certificates = Sequence[x509.Certificate]


@dataclass
class _Case:
    """One certificate at one moment."""

    der: bytes
    fields: Fields
    at: datetime
    demands: Demands
    library_certificate: x509.Certificate = field(init=False)

    def __post_init__(self) -> None:
        self.library_certificate = x509.Certificate.load(self.der)


class Examiner:
    """Checks certificates against fixed authorities and lists. ``trusted`` and ``others`` are certificates in DER."""

    def __init__(
        self,
        trusted: Sequence[bytes],
        others: Sequence[bytes],
        lists: Sequence[RevocationList],
        *,
        unusable_lists: int = 0,
    ) -> None:
        """All certificates must be ``usable``. ``unusable_lists``: how many further lists were given that cannot be read."""
        self._anchors = {sha256(der).digest(): x509.Certificate.load(der) for der in trusted}
        self._others = [x509.Certificate.load(der) for der in others]
        self._serials = {split(der).serial.content for der in (*trusted, *others)}
        self._lists = KnownLists(lists, (*self._anchors.values(), *self._others), unreadable=unusable_lists)
        self._loop = asyncio.new_event_loop()

    def close(self) -> None:
        self._loop.close()

    def examine(self, der: bytes, *, at: datetime, demands: Demands) -> Verdict:
        """Check one certificate (DER). Raises nothing about it."""
        try:
            case = _Case(der, split(der), at.replace(microsecond=0), demands)
        except (MalformedError, *STUMBLES) as error:
            return invalid(CheckReason.UNREADABLE, remark=str(error))
        try:
            return self._examine(case)
        except STUMBLES as error:
            return invalid(CheckReason.CHECK_FAILED, remark=type(error).__name__)

    def _examine(self, case: _Case) -> Verdict:
        if not self._anchors:
            return invalid(CheckReason.TRUST_MISSING)
        if sha256(case.der).digest() in self._anchors:
            return invalid(CheckReason.AUTHORITY_ITSELF)
        form = form_problem(case.fields)
        if form is not None:
            return invalid(form)
        side = outside(case.fields, case.at)
        if side is None:
            return self._best(case, case.at, require=True)
        # Whether it is anybody's expired card or a forgery, its chain says, looked at within the card's own period.
        first, last = read_validity(case.fields.validity)
        found = self._best(case, min(max(case.at, first), last), require=False)
        if found.outcome is CheckOutcome.INVALID and found.reason not in PERIODS_OF_ISSUERS:
            return found
        return Verdict(outcome=side, reason=CheckReason(side.value), chain=found.chain)

    def _best(self, case: _Case, at: datetime, *, require: bool) -> Verdict:
        """The verdict over all ways to an authority: revoked on one is revoked, else good on one is good."""
        anchors = list(self._anchors.values())
        try:
            paths = self._loop.run_until_complete(_some_paths(self._unbound(at, anchors), case))
        except PathBuildingError as error:
            return invalid(CheckReason.CHAIN_UNKNOWN, remark=str(error))
        verdicts = [self._along(case, path, at, require=require) for path in paths]
        return min(verdicts, key=lambda verdict: ORDER.index(verdict.outcome))

    def _along(self, case: _Case, path: ValidationPath, at: datetime, *, require: bool) -> Verdict:
        certificates = list(path.iter_certs(include_root=True))
        if len(certificates) < 2 or certificates[-1] is not case.library_certificate:
            # The library takes whatever has an authority's name and key for the authority.
            return invalid(CheckReason.AUTHORITY_ITSELF)
        fields = [split(one.dump()) for one in certificates]
        chain = tuple(str(read_name(one.subject, "subject")) for one in reversed(fields))
        verdict = self._validated(case, path, at, chain, require=require)
        if require and verdict.outcome is CheckOutcome.UNCHECKED and len(chain) > 2:
            # That an authority above could not be checked must not hide that its own list names the card.
            named = self._lists.named(certificates[-1], certificates[-2], at)
            if (
                named is not None
                and self._validated(case, path, at, chain, require=False).outcome is CheckOutcome.GOOD
            ):
                verdict = self._revoked(case, chain, at, *named, remark=verdict.remark)
        if verdict.outcome in {CheckOutcome.GOOD, CheckOutcome.UNCHECKED}:
            refused = own_problem(fields, at, case.demands.usage)
            verdict = verdict if refused is None else invalid(refused, chain=chain)
        return verdict

    def _validated(
        self, case: _Case, path: ValidationPath, at: datetime, chain: tuple[str, ...], *, require: bool
    ) -> Verdict:
        certificates = list(path.iter_certs(include_root=True))
        context = self._bound(case, certificates, at) if require else self._unbound(at, certificates[:1])
        try:
            self._loop.run_until_complete(async_validate_path(context, path, _parameters(case.demands)))
        except ValidationError as error:
            return self._refused(error, case, chain, at)
        except STUMBLES as error:
            return invalid(CheckReason.CHECK_FAILED, chain=chain, remark=type(error).__name__)
        for certificate in certificates[1:] if require else ():
            if not self._lists.covers(certificate, at):
                return self._unchecked(certificate, case, chain, at, "no list of its issuer")
        return Verdict(
            outcome=CheckOutcome.GOOD,
            reason=CheckReason.GOOD,
            chain=chain,
            crl_age_seconds=self._age(case, at),
        )

    def _refused(self, error: ValidationError, case: _Case, chain: tuple[str, ...], at: datetime) -> Verdict:
        remark = error.failure_msg
        own = getattr(error, "is_ee_cert", False) and not getattr(error, "is_side_validation", False)
        if isinstance(error, RevokedError) and own:
            return self._revoked(
                case, chain, at, error.revocation_dt, str(error.reason.native), remark=remark
            )
        if isinstance(error, InsufficientRevinfoError):
            asked = error.current_path.iter_certs(include_root=False)
            missing = next((one for one in asked if not self._lists.covers(one, at)), None)
            return self._unchecked(missing or case.library_certificate, case, chain, at, remark)
        return invalid(_refusal(error, case.demands), chain=chain, remark=remark)

    def _revoked(
        self, case: _Case, chain: tuple[str, ...], at: datetime, when: datetime, why: str, *, remark: str
    ) -> Verdict:
        return Verdict(
            outcome=CheckOutcome.REVOKED,
            reason=CheckReason.REVOKED,
            chain=chain,
            crl_age_seconds=self._age(case, at),
            revoked_at=when,
            revocation_reason=why.replace("_", "-"),
            remark=remark,
        )

    def _unchecked(
        self,
        certificate: x509.Certificate,
        case: _Case,
        chain: tuple[str, ...],
        at: datetime,
        remark: str,
    ) -> Verdict:
        """``certificate`` is the one in the chain that no list covers."""
        reason = CheckReason.CRL_MISSING
        if self._lists.stale(certificate, at):
            reason = CheckReason.CRL_STALE
        elif self._lists.any_of_issuer(certificate):
            reason = CheckReason.CRL_UNUSABLE
        age = self._age(case, at)
        return Verdict(
            outcome=CheckOutcome.UNCHECKED, reason=reason, chain=chain, crl_age_seconds=age, remark=remark
        )

    def _age(self, case: _Case, at: datetime) -> int | None:
        made = self._lists.newest(case.library_certificate, at)
        return None if made is None else int((at - made).total_seconds())

    def _bound(self, case: _Case, path: Certificates, at: datetime) -> ValidationContext:
        """Every certificate must be on no list, and there must be lists to say so."""
        registry = CertificateRegistry.build(self._others)
        serials = {*self._serials, case.fields.serial.content}
        return ValidationContext(
            trust_roots=path[:1],
            moment=at,
            revocation_mode="require",
            time_tolerance=timedelta(0),
            allow_fetching=False,
            certificate_registry=registry,
            revinfo_manager=self._lists.manager(path, serials, at, registry),
            signature_validator=self._lists.signatures,
        )

    def _unbound(self, at: datetime, anchors: Certificates) -> ValidationContext:
        """Revocation is left aside."""
        return ValidationContext(
            trust_roots=anchors,
            other_certs=self._others,
            moment=at,
            crls=(),
            revocation_mode="soft-fail",
            time_tolerance=timedelta(0),
            allow_fetching=False,
        )


def usable(der: bytes) -> bool:
    """Whether the library can work with a certificate as an authority's."""
    try:
        split(der)
        one = x509.Certificate.load(der)
        # What it will want to know.
        _ = (one.subject.hashable, one.issuer_serial, one.public_key.sha1, one.key_identifier)
    except (MalformedError, *STUMBLES):
        return False
    return True


def signer_of(found: RevocationList, certificates: Sequence[bytes]) -> int | None:
    """The place of the certificate whose key signed a list and whose name stands on it; ``None`` where none did."""
    header, signed = found.extract((), header_only=True)
    signatures = Signatures()
    signatures.stands_for(signed, found)
    short = CertificateList.load(header)
    for place, der in enumerate(certificates):
        try:
            issuer = x509.Certificate.load(der)
            same = issuer.subject == short.issuer
        except STUMBLES:
            continue
        if same and signatures.signed_by(short, issuer):
            return place
    return None


async def _some_paths(context: ValidationContext, case: _Case) -> list[ValidationPath]:
    """At least one way to an authority. Raises ``PathBuildingError``."""
    found: list[ValidationPath] = []
    async for path in context.path_builder.async_build_paths_lazy(case.library_certificate):
        found.append(path)
        if len(found) == MOST_PATHS:
            break
    return found


def _refusal(error: ValidationError, demands: Demands) -> CheckReason:
    """The reason for what the library refuses for good."""
    kinds: tuple[tuple[type[ValidationError], CheckReason], ...] = (
        (RevokedError, CheckReason.ISSUER_REVOKED),
        (ExpiredError, CheckReason.ISSUER_EXPIRED),
        (NotYetValidError, CheckReason.ISSUER_NOT_YET_VALID),
        (DisallowedAlgorithmError, CheckReason.ALGORITHM_REFUSED),
    )
    for kind, reason in kinds:
        if isinstance(error, kind):
            return reason
    if isinstance(error, PathValidationError) and "signature" in error.failure_msg:
        return CheckReason.SIGNATURE_WRONG
    if demands.policies and "set of policies" in error.failure_msg:
        return CheckReason.POLICY_MISSING
    return CheckReason.CHAIN_REFUSED


def _parameters(demands: Demands) -> PKIXValidationParams:
    return PKIXValidationParams(
        user_initial_policy_set=demands.policies or frozenset({"any_policy"}),
        initial_explicit_policy=demands.explicit_policy or bool(demands.policies),
        initial_policy_mapping_inhibit=demands.inhibit_mapping,
        initial_any_policy_inhibit=demands.inhibit_any_policy,
    )
