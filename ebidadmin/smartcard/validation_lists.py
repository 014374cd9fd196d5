"""Which revocation lists the validating library gets to see for a chain, and what it makes of them.

The library looks for the right list among all it is given, more freely than the standard: left alone it takes a list that a subordinate
authority made of its own certificates as speaking for its superior's, and within a list's own chain it takes one without verifying its
signature. So it is given only lists that a known authority of that name signed, and only those that may speak of the chain at hand; and a
chain is good only when each certificate in it has a list of the right name that holds (``covers``).

It is given short lists (``RevocationList.extract``); a signature over one is verified over the bytes that were really signed, and once for
each key only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from asn1crypto import x509
from asn1crypto.algos import SignedDigestAlgorithm
from asn1crypto.crl import CertificateList
from asn1crypto.keys import PublicKeyInfo
from cryptography.exceptions import InvalidSignature
from pyhanko_certvalidator.errors import CRLValidationError
from pyhanko_certvalidator.ltv.poe import POEManager
from pyhanko_certvalidator.registry import CertificateRegistry
from pyhanko_certvalidator.revinfo.archival import CRLContainer
from pyhanko_certvalidator.revinfo.manager import RevinfoManager
from pyhanko_certvalidator.sig_validate import (
    DEFAULT_VALIDATION_CONTEXT,
    DefaultSignatureValidator,
    SignatureValidationContext,
)

from ebidadmin.smartcard.revocation_lists import RevocationList
from ebidadmin.smartcard.tlv import MalformedError

STUMBLES = (
    *(ArithmeticError, AssertionError, AttributeError, LookupError, NotImplementedError),
    *(RecursionError, TypeError, ValueError),
)
"""What the library has been seen to raise over odd certificates beside its own errors."""

MOST_SHORT_LISTS = 500


class Signatures(DefaultSignatureValidator):
    """Verifies the signature of a short list over the whole list, each list with each key once."""

    def __init__(self) -> None:
        self._whole: dict[bytes, RevocationList] = {}
        self._known: dict[tuple[str, bytes, bytes], bool] = {}

    def begin(self) -> None:
        """Forget which short list stands for which whole one."""
        self._whole.clear()

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

    def signed_by(self, one: CertificateList, issuer: x509.Certificate) -> bool:
        """Whether the key of a certificate signed a (short) list."""
        try:
            self.validate_signature(
                signature=one["signature"].native,
                signed_data=one["tbs_cert_list"].dump(),
                public_key_info=issuer.public_key,
                signature_algorithm=one["signature_algorithm"],
            )
        except (InvalidSignature, *STUMBLES):
            return False
        return True


class _CarefulManager(RevinfoManager):
    """Takes nobody for the issuer of a list whose key did not sign it."""

    signatures: Signatures

    def record_crl_issuer(self, certificate_list: CertificateList, cert: x509.Certificate) -> None:
        if not self.signatures.signed_by(certificate_list, cert):
            raise CRLValidationError("Unable to verify the signature of the CertificateList")
        super().record_crl_issuer(certificate_list, cert)  # type: ignore[no-untyped-call]  # the library has no types here


class _Known:
    """What is known of one list whatever the chain; raises ``MalformedError`` or one of ``STUMBLES``."""

    def __init__(self, one: RevocationList, signatures: Signatures, pool: Sequence[x509.Certificate]) -> None:
        header, signed = one.extract((), header_only=True)
        signatures.stands_for(signed, one)
        parsed = CertificateList.load(header)
        self.list = one
        self.issuer: str = parsed.issuer.hashable
        point = parsed.issuing_distribution_point_value
        self.indirect = point is not None and bool(point["indirect_crl"].native)
        self.complete = parsed.delta_crl_indicator_value is None
        self.vouched = any(
            signatures.signed_by(parsed, issuer) for issuer in pool if issuer.subject.hashable == self.issuer
        )


class KnownLists:
    """The lists, with what is known of each. ``pool``: all certificates that may have signed one."""

    def __init__(
        self, lists: Sequence[RevocationList], pool: Sequence[x509.Certificate], *, unreadable: int = 0
    ) -> None:
        self.signatures = Signatures()
        self._pool = tuple(pool)
        self._unreadable = unreadable
        self._short: dict[bytes, CertificateList] = {}
        self._known: list[_Known] = []
        for one in lists:
            try:
                self._known.append(_Known(one, self.signatures, self._pool))
            except (MalformedError, *STUMBLES):
                self._unreadable += 1

    def manager(
        self,
        path: Sequence[x509.Certificate],
        serials: Iterable[bytes],
        at: datetime,
        registry: CertificateRegistry,
    ) -> RevinfoManager:
        """The lists that may speak of a chain, for the library."""
        self.signatures.begin()
        names = self._names(path)
        wanted = tuple(serials)
        short = [
            self._shortened(one, wanted, at) for one in self._known if one.vouched and one.issuer in names
        ]
        manager = _CarefulManager(
            certificate_registry=registry,
            poe_manager=POEManager(),
            crls=[CRLContainer(one) for one in short if one is not None],
            ocsps=(),
        )
        manager.signatures = self.signatures
        return manager

    def covers(self, certificate: x509.Certificate, at: datetime) -> bool:
        """Whether a list of the right name, signed by a known authority of that name, holds at that moment."""
        return any(one.list.in_force(at) and one.complete for one in self._speaking(certificate))

    def named(
        self, certificate: x509.Certificate, issuer: x509.Certificate, at: datetime
    ) -> tuple[datetime, str] | None:
        """When and why a list that holds, signed with the very key of its issuer, revokes a certificate; ``None`` where none does."""
        serial = certificate["tbs_certificate"]["serial_number"].contents
        for known in self._known:
            own = known.issuer == certificate.issuer.hashable and known.complete and not known.indirect
            if not (own and known.vouched and known.list.in_force(at)):
                continue
            short = self._shortened(known, (serial,), at)
            if short is None or not self.signatures.signed_by(short, issuer):
                continue
            for entry in short["tbs_cert_list"]["revoked_certificates"]:
                if entry["user_certificate"].contents == serial:
                    why = entry.crl_reason_value
                    return entry["revocation_date"].native, "unspecified" if why is None else str(why.native)
        return None

    def newest(self, certificate: x509.Certificate, at: datetime) -> datetime | None:
        """When the newest list that speaks of a certificate was made, as seen at that moment."""
        made = [one.list.this_update for one in self._speaking(certificate) if one.list.this_update <= at]
        return max(made, default=None)

    def stale(self, certificate: x509.Certificate, at: datetime) -> bool:
        """Whether lists speak of it that held once, and none holds any more."""
        speaking = [one for one in self._speaking(certificate) if one.list.this_update <= at]
        return bool(speaking) and not any(one.list.in_force(at) for one in speaking)

    def any_of_issuer(self, certificate: x509.Certificate) -> bool:
        """Whether there is any list under the name of its issuer, of whatever worth, or one that cannot even be read."""
        name = certificate.issuer.hashable
        return any(one.issuer == name for one in self._known) or (self._unreadable > 0 and not self._known)

    def _speaking(self, certificate: x509.Certificate) -> list[_Known]:
        name, stand_ins = certificate.issuer.hashable, _stand_ins(certificate)
        return [
            one
            for one in self._known
            if one.vouched and (one.issuer == name or (one.indirect and one.issuer in stand_ins))
        ]

    def _names(self, path: Sequence[x509.Certificate]) -> set[str]:
        """Names of the issuers of lists that may matter: for the chain, and for the chains of those who sign these lists."""
        names: set[str] = set()
        coming = list(path[1:])
        while coming:
            certificate = coming.pop()
            new = {certificate.issuer.hashable, *_stand_ins(certificate)} - names
            names |= new
            coming += [one for one in self._pool if new and one.subject.hashable in new]
        return names

    def _shortened(self, known: _Known, serials: Iterable[bytes], at: datetime) -> CertificateList | None:
        stale = not known.list.in_force(at)
        if stale:
            known.list.forget_entries()
        try:
            whole, signed = known.list.extract(serials, header_only=stale)
        except MalformedError:
            return None
        self.signatures.stands_for(signed, known.list)
        # Most certificates are on no list, so that the short lists are the same again and again.
        if whole not in self._short:
            if len(self._short) >= MOST_SHORT_LISTS:
                self._short.clear()
            self._short[whole] = CertificateList.load(whole)
        return self._short[whole]


def _stand_ins(certificate: x509.Certificate) -> set[str]:
    """Names of those whom a certificate's issuer lets make lists in its place."""
    names: set[str] = set()
    for point in certificate.crl_distribution_points_value or ():
        for name in point["crl_issuer"] or ():
            if name.name == "directory_name":
                names.add(name.chosen.hashable)
    return names
