"""Checking a certificate with the library that validates chains, in ``require`` mode, and the own checks on top.

Runs in a process of its own (``validation_child``); nobody else imports this. The library's errors become outcomes; whatever else it
stumbles over is "could not be checked", which is not good.

The library is given short lists (``RevocationList.extract``), so a signature over one of them is verified over the bytes that were really
signed, and once for each key only.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from asn1crypto import x509
from asn1crypto.algos import SignedDigestAlgorithm
from asn1crypto.crl import CertificateList
from asn1crypto.keys import PublicKeyInfo
from cryptography.exceptions import InvalidSignature
from pyhanko_certvalidator import PKIXValidationParams, ValidationContext
from pyhanko_certvalidator.errors import (
    DisallowedAlgorithmError,
    ExpiredError,
    InsufficientRevinfoError,
    NotYetValidError,
    PathBuildingError,
    PathValidationError,
    RevokedError,
    StaleRevinfoError,
    ValidationError,
)
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.sig_validate import (
    DEFAULT_VALIDATION_CONTEXT,
    DefaultSignatureValidator,
    SignatureValidationContext,
)
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

STUMBLES = (
    *(ArithmeticError, AssertionError, AttributeError, LookupError, NotImplementedError),
    *(RecursionError, TypeError, ValueError),
)
"""What the library has been seen to raise over odd certificates beside its own errors."""

MOST_PATHS = 16
"""Ways to an authority that are tried. Two are usual while an authority changes its key."""


MOST_SHORT_LISTS = 500

Certificates = Sequence[x509.Certificate]
Lists = tuple[CertificateList, ...]


class _Signatures(DefaultSignatureValidator):
    """Verifies the signature of a short list over the whole list, each list with each key once."""

    def __init__(self) -> None:
        self._whole: dict[bytes, RevocationList] = {}
        self._known: dict[tuple[str, bytes, bytes], bool] = {}
        self.verified: set[str] = set()
        """Fingerprints of the lists whose signature was found right since ``begin``."""

    def begin(self) -> None:
        self._whole.clear()
        self.verified.clear()

    def stands_for(self, signed: bytes, whole: RevocationList) -> None:
        self._whole[signed] = whole

    def validate_signature(
        self,
        signature: bytes,
        signed_data: bytes,
        public_key_info: PublicKeyInfo,
        signature_algorithm: SignedDigestAlgorithm,
        context: SignatureValidationContext = DEFAULT_VALIDATION_CONTEXT,
    ) -> None:
        whole = self._whole.get(signed_data)
        if whole is None:
            super().validate_signature(signature, signed_data, public_key_info, signature_algorithm, context)
            return
        asked = (whole.fingerprint, public_key_info.dump(), signature_algorithm.dump() + signature)
        if asked not in self._known:
            try:
                super().validate_signature(
                    signature, whole.signed, public_key_info, signature_algorithm, context
                )
                self._known[asked] = True
            except InvalidSignature:
                self._known[asked] = False
        if not self._known[asked]:
            raise InvalidSignature
        self.verified.add(whole.fingerprint)


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
        self._lists = tuple(lists)
        self._unusable_lists = unusable_lists
        self._anchors = {sha256(der).digest(): x509.Certificate.load(der) for der in trusted}
        self._others = [x509.Certificate.load(der) for der in others]
        self._serials = {split(der).serial.content for der in (*trusted, *others)}
        self._signatures = _Signatures()
        self._short: dict[bytes, CertificateList] = {}
        self._issuers: dict[str, str] = {}
        self._loop = asyncio.new_event_loop()

    def close(self) -> None:
        self._loop.close()

    def examine(self, der: bytes, *, at: datetime, demands: Demands) -> Verdict:
        """Check one certificate (DER). Raises nothing about it."""
        self._signatures.begin()
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
        lists = self._short_lists(case, at) if require else None
        anchors = list(self._anchors.values())
        context = self._context(at, anchors, lists)
        try:
            first, *more = self._loop.run_until_complete(_some_paths(context, case))
        except PathBuildingError as error:
            return invalid(CheckReason.CHAIN_UNKNOWN, remark=str(error))
        verdicts = [self._along(case, first, context, lists)]
        # What the library found out along one way it would take for known on the next.
        verdicts += [self._along(case, path, self._context(at, anchors, lists), lists) for path in more]
        return min(verdicts, key=lambda verdict: ORDER.index(verdict.outcome))

    def _along(
        self, case: _Case, path: ValidationPath, context: ValidationContext, lists: Lists | None
    ) -> Verdict:
        certificates = list(path.iter_certs(include_root=True))
        if len(certificates) < 2 or certificates[-1] is not case.library_certificate:
            # The library takes whatever has an authority's name and key for the authority.
            return invalid(CheckReason.AUTHORITY_ITSELF)
        fields = [split(one.dump()) for one in certificates]
        chain = tuple(str(read_name(one.subject, "subject")) for one in reversed(fields))
        verdict = self._validated(case, path, context, chain)
        if lists and verdict.outcome is CheckOutcome.UNCHECKED and len(chain) > 2:
            # That an authority above could not be checked must not hide that its own list names the card.
            alone = self._context(context.moment, [certificates[-2]], lists)
            short = self._loop.run_until_complete(_some_paths(alone, case))[0]
            told = self._validated(case, short, alone, chain)
            verdict = told if told.outcome is CheckOutcome.REVOKED else verdict
        if verdict.outcome in {CheckOutcome.GOOD, CheckOutcome.UNCHECKED}:
            refused = own_problem(fields, context.moment, case.demands.usage)
            verdict = verdict if refused is None else invalid(refused, chain=chain)
        return verdict

    def _validated(
        self,
        case: _Case,
        path: ValidationPath,
        context: ValidationContext,
        chain: tuple[str, ...],
    ) -> Verdict:
        try:
            self._loop.run_until_complete(async_validate_path(context, path, _parameters(case.demands)))
        except ValidationError as error:
            return self._refused(error, case, chain, context.moment)
        except STUMBLES as error:
            return invalid(CheckReason.CHECK_FAILED, chain=chain, remark=type(error).__name__)
        age = self._age(case, context.moment)
        return Verdict(outcome=CheckOutcome.GOOD, reason=CheckReason.GOOD, chain=chain, crl_age_seconds=age)

    def _refused(self, error: ValidationError, case: _Case, chain: tuple[str, ...], at: datetime) -> Verdict:
        remark = error.failure_msg
        own = getattr(error, "is_ee_cert", False) and not getattr(error, "is_side_validation", False)
        if isinstance(error, RevokedError) and own:
            return Verdict(
                outcome=CheckOutcome.REVOKED,
                reason=CheckReason.REVOKED,
                chain=chain,
                crl_age_seconds=self._age(case, at),
                revoked_at=error.revocation_dt,
                revocation_reason=str(error.reason.native).replace("_", "-"),
                remark=remark,
            )
        if isinstance(error, InsufficientRevinfoError):
            return Verdict(
                outcome=CheckOutcome.UNCHECKED,
                reason=self._why_unchecked(error),
                chain=chain,
                crl_age_seconds=self._age(case, at),
                remark=remark,
            )
        return invalid(_refusal(error, case.demands), chain=chain, remark=remark)

    def _why_unchecked(self, error: InsufficientRevinfoError) -> CheckReason:
        if isinstance(error, StaleRevinfoError):
            return CheckReason.CRL_STALE
        asked = list(error.current_path)
        # The certificates of a way whose issuers have sent no list at all.
        issuers = {one.issuer.hashable for one in asked[1:]}
        listed = {self._issuer(one) for one in self._lists}
        unusable = issuers & listed or (self._unusable_lists and not listed)
        return CheckReason.CRL_UNUSABLE if unusable else CheckReason.CRL_MISSING

    def _age(self, case: _Case, at: datetime) -> int | None:
        """Seconds since the newest list of the certificate's issuer, or else the newest verified list, was made."""
        made = [one for one in self._lists if one.this_update <= at]
        own = case.library_certificate.issuer.hashable
        verified = [one for one in made if one.fingerprint in self._signatures.verified]
        speaking = [one for one in verified if self._issuer(one) == own] or verified
        if not speaking:
            speaking = [one for one in made if self._issuer(one) == own]
        if not speaking:
            return None
        return int((at - max(one.this_update for one in speaking)).total_seconds())

    def _context(self, at: datetime, anchors: Certificates, lists: Lists | None) -> ValidationContext:
        return ValidationContext(
            trust_roots=anchors,
            other_certs=self._others,
            moment=at,
            crls=lists or (),
            revocation_mode="soft-fail" if lists is None else "require",
            time_tolerance=timedelta(0),
            allow_fetching=False,
            signature_validator=self._signatures,
        )

    def _short_lists(self, case: _Case, at: datetime) -> Lists:
        serials = {*self._serials, case.fields.serial.content}
        short = []
        for one in self._lists:
            stale = not one.in_force(at)
            if stale:
                one.forget_entries()
            try:
                whole, signed = one.extract(serials, header_only=stale)
            except MalformedError:
                continue
            self._signatures.stands_for(signed, one)
            short.append(self._taken_apart(whole))
        return tuple(short)

    def _taken_apart(self, short: bytes) -> CertificateList:
        """Most certificates are on no list, so that the short lists are the same again and again."""
        if short not in self._short:
            if len(self._short) >= MOST_SHORT_LISTS:
                self._short.clear()
            self._short[short] = CertificateList.load(short)
        return self._short[short]

    def _issuer(self, one: RevocationList) -> str:
        """The issuer's name as the library compares names."""
        if one.fingerprint not in self._issuers:
            self._issuers[one.fingerprint] = x509.Name.load(one.issuer).hashable
        return self._issuers[one.fingerprint]


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
    stands_for, whole = found.extract((), header_only=True)[0], found
    short = CertificateList.load(stands_for)
    for place, der in enumerate(certificates):
        try:
            issuer = x509.Certificate.load(der)
            if issuer.subject != short.issuer:
                continue
            DefaultSignatureValidator().validate_signature(
                signature=short["signature"].native,
                signed_data=whole.signed,
                public_key_info=issuer.public_key,
                signature_algorithm=short["signature_algorithm"],
            )
        except (InvalidSignature, *STUMBLES):
            continue
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
