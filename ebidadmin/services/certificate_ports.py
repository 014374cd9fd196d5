"""What the card side needs of certificates, as protocols: reading one, and checking one."""

from __future__ import annotations

from datetime import datetime
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
