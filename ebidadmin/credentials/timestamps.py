"""Stamps of time-stamping authorities (RFC 3161): asked for over a text, and checked again.

A stamp says that a text existed at a moment, by the clock and key of somebody who has nothing to do with this office. What is kept is the
whole answer of the authority, so that other programs (``openssl ts``) can check it too.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.x509 import Certificate, load_pem_x509_certificates
from rfc3161_client import (
    HashAlgorithm,
    PKIStatus,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from ebidadmin.config_audit import TSA_ADDRESS
from ebidadmin.credentials.timestamp_child import REFUSED
from ebidadmin.domain.tree_findings import Fault
from ebidadmin.errors import ConfigurationError, InputError

SECONDS = 20.0
"""For a whole answer: the command that asks runs each hour, and nobody may wait for it."""


class WrongStampError(Exception):
    """A stamp does not hold; ``fault`` says in which way, the text what the library found."""

    def __init__(self, fault: Fault, detail: str) -> None:
        super().__init__(detail)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Stamp:
    """The answer of an authority (DER) and the moment that it certifies (UTC)."""

    content: bytes
    at: datetime


class TimestampTrust:
    """The certificates by which stamps are checked: authorities above the one that signs, or that one itself."""

    def __init__(self, certificates: Sequence[Certificate]) -> None:
        self._certificates = list(dict.fromkeys(certificates))

    def checked(self, content: bytes, text: bytes, *, nonce: int | None = None) -> Stamp:
        """The stamp over ``text``, which is signed by somebody who was trusted at its moment. Raises ``WrongStampError``."""
        response = _read(content)
        verifier = VerifierBuilder(roots=list(self._certificates), nonce=nonce).build()
        try:
            verifier.verify(response, response.tst_info.message_imprint.message)
        except (VerificationError, ValueError) as error:
            raise WrongStampError(Fault.STAMP_FORGED, str(error)) from error
        try:
            verifier.verify_message(response, text)
        except (VerificationError, ValueError) as error:
            raise WrongStampError(Fault.STAMP_DIFFERS, str(error)) from error
        return Stamp(content, response.tst_info.gen_time)


def load_trust(path: Path) -> TimestampTrust:
    """The certificates of a PEM file. Raises ``ConfigurationError`` ``tsa-trust-unreadable``."""
    try:
        found = load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError) as error:
        reason = type(error).__name__
        raise ConfigurationError("tsa-trust-unreadable", file=str(path), reason=reason) from error
    return TimestampTrust(found)


def stamped(url: str, text: bytes, *, trust: TimestampTrust, seconds: float = SECONDS) -> Stamp:
    """A new stamp over ``text``, already checked.

    Raises ``InputError``, all with the fact ``url``: ``tsa-address-refused`` (not http or https, or with a login in it), ``tsa-too-slow``
    (``seconds``), ``tsa-unreachable``, ``tsa-refused`` (the server or the authority says no), ``tsa-answer-wrong`` (no answer to this
    query, or not by whom is trusted; ``detail``).
    """
    if TSA_ADDRESS.fullmatch(url) is None:
        raise InputError("tsa-address-refused", url=url.rpartition("@")[2][:200])
    query = TimestampRequestBuilder().data(text).hash_algorithm(HashAlgorithm.SHA256).build()
    content = _asked(url, query.as_bytes(), seconds)
    try:
        if _read_status(content) not in {PKIStatus.GRANTED, PKIStatus.GRANTED_WITH_MODS}:
            raise InputError("tsa-refused", url=url)
        return trust.checked(content, text, nonce=query.nonce)
    except WrongStampError as error:
        raise InputError("tsa-answer-wrong", url=url, detail=str(error)) from error


def _asked(url: str, query: bytes, seconds: float) -> bytes:
    try:
        done = subprocess.run(
            [sys.executable, "-m", "ebidadmin.credentials.timestamp_child", url],
            input=query,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise InputError("tsa-too-slow", url=url, seconds=int(seconds)) from error
    if done.returncode == REFUSED:
        raise InputError("tsa-refused", url=url)
    if done.returncode:
        raise InputError("tsa-unreachable", url=url)
    return done.stdout


def _read_status(content: bytes) -> int:
    return _decoded(content).status


def _decoded(content: bytes) -> TimeStampResponse:
    try:
        return decode_timestamp_response(content)
    except ValueError as error:
        raise WrongStampError(Fault.STAMP_UNREADABLE, "no answer of a time-stamping authority") from error


def _read(content: bytes) -> TimeStampResponse:
    """The answer, with a stamp in it that can be read."""
    response = _decoded(content)
    try:
        _ = response.tst_info.message_imprint.message, response.tst_info.gen_time
    except ValueError as error:
        raise WrongStampError(Fault.STAMP_UNREADABLE, "an answer without a stamp") from error
    return response
