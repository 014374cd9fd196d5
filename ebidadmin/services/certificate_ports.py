"""What the card side needs of certificates, as protocols: reading one, checking one, and keeping lists of revoked ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from ebidadmin.domain.certificates import CertificateCheck, CertificateFacts, KeyUse


class CertificateReader(Protocol):
    def read(self, certificate: bytes) -> CertificateFacts:
        """What a certificate (DER or PEM) says. Raises ``InputError``: ``certificate-empty``, ``certificate-too-large``,
        ``certificate-other-file`` (fact ``found``: what it is instead), ``certificate-unreadable`` (fact ``part``)."""
        ...


class CertificateChecker(Protocol):
    def check(
        self, certificate: bytes, *, at: datetime, usage: KeyUse = KeyUse.DIGITAL_SIGNATURE
    ) -> CertificateCheck:
        """Check a certificate for the moment ``at`` against the office's trusted authorities and the kept revocation lists.

        Never fetches anything; answers within a time limit; raises nothing about the certificate, whatever its bytes: what could not be
        checked is not good.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptList:
    """One kept list. ``number`` is ``None`` in old lists without one, ``next_update`` where a list does not say how long it holds."""

    path: Path
    issuer: str
    number: int | None
    this_update: datetime
    next_update: datetime | None
    entries: int
    partial: bool

    def in_force(self, at: datetime) -> bool:
        return self.this_update <= at and (self.next_update is None or at <= self.next_update)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a list that came in: ``new`` is false where this very list was kept already."""

    kept: KeptList
    new: bool


class ListKeeper(Protocol):
    def take(self, file: bytes, *, now: datetime, keep: bool = True) -> Taken:
        """Keep a list of revoked certificates that a known authority signed; only look whether it can be with ``keep`` false.

        Raises ``InputError``: ``crl-empty``, ``crl-too-large``, ``crl-other-file``, ``crl-unreadable``, and with the fact ``issuer``
        ``crl-signer-unknown``, ``crl-from-future`` (``at``), ``crl-out-of-date`` (``until``), ``crl-not-newer`` (``at``, of the kept one);
        ``ConfigurationError`` for folders that cannot be read or written.
        """
        ...
