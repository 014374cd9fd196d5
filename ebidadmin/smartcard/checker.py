"""Checking certificates from outside the process that does it: asks, waits no longer than the limit, and ends what hangs.

A process lives on between checks, so that what it has taken apart stays taken apart. When it does not answer in time it is killed, and the
next question starts a new one. A check that brought no answer is not good.
"""

from __future__ import annotations

import base64
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from types import TracebackType
from typing import Any, Self

from ebidadmin.clock import as_utc
from ebidadmin.domain.certificates import (
    CertificateCheck,
    CertificateFacts,
    CheckOutcome,
    CheckReason,
    KeyUse,
)
from ebidadmin.errors import InputError
from ebidadmin.smartcard.answering import AnsweringProcess, NoAnswerError
from ebidadmin.smartcard.certificates import FactsReader, certificate_bytes
from ebidadmin.smartcard.validation_rules import Demands

LIMIT_SECONDS = 4.0
"""For one check."""

START_LIMIT_SECONDS = 15.0
"""For starting a process and reading lists, which hang on no certificate."""

COMMAND = (sys.executable, "-m", "ebidadmin.smartcard.validation_child")


@dataclass(frozen=True, slots=True)
class Material:
    """What is checked against, all in DER: trusted authorities, certificates between, revocation lists."""

    trusted: tuple[bytes, ...]
    others: tuple[bytes, ...] = ()
    lists: tuple[bytes, ...] = ()

    def fingerprint(self) -> bytes:
        digest = sha256()
        for kind in (self.trusted, self.others, self.lists):
            for one in kind:
                digest.update(sha256(one).digest())
            digest.update(b"|")
        return digest.digest()


class Checker:
    """Checks certificates against a ``Material``; use it as a context, or ``close`` it."""

    def __init__(
        self,
        reader: FactsReader,
        material: Callable[[datetime], Material],
        *,
        limit: float = LIMIT_SECONDS,
        command: Sequence[str] = COMMAND,
    ) -> None:
        """``material`` gives, for a moment, what to check against; it is asked at each check, so it should be quick."""
        self._reader = reader
        self._material = material
        self._sent = b""
        self._current = Material(())
        self._child = AnsweringProcess(
            command, limit=limit, start_limit=START_LIMIT_SECONDS, ready=self._question_of_material
        )
        self._lock = threading.Lock()

    def check(
        self,
        certificate: bytes,
        *,
        at: datetime,
        usage: KeyUse = KeyUse.DIGITAL_SIGNATURE,
        demands: Demands | None = None,
    ) -> CertificateCheck:
        """See ``services.certificate_ports.CertificateChecker``. ``demands`` goes before ``usage`` and the data of the authority."""
        moment = as_utc(at)
        try:
            facts = self._reader.read(certificate)
            der = certificate_bytes(certificate)
        except InputError as error:
            return _unfounded(CheckReason.UNREADABLE, moment, None, remark=str(error))
        wanted = demands or Demands(usage=usage, policies=frozenset(self._reader.policies_of(facts)))
        question = {
            "do": "check",
            "certificate": base64.b64encode(der).decode(),
            "at": moment.isoformat(),
            "demands": {**asdict(wanted), "usage": wanted.usage.value, "policies": sorted(wanted.policies)},
        }
        with self._lock:
            try:
                return _check(self._asked(question, moment), facts, moment)
            except NoAnswerError as error:
                late = CheckReason.CHECK_TOOK_TOO_LONG if error.late else CheckReason.CHECK_FAILED
                return _unfounded(late, moment, facts)

    def close(self) -> None:
        """End the process."""
        self._child.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _asked(self, question: Mapping[str, Any], moment: datetime) -> dict[str, Any]:
        material = self._material(moment)
        if material is not self._current:
            fingerprint = material.fingerprint()
            if fingerprint != self._sent:
                # A new process takes the new material before it is asked.
                self._child.close()
            self._sent, self._current = fingerprint, material
        return self._child.ask(question)

    def _question_of_material(self) -> Mapping[str, Any]:
        return {
            "do": "material",
            "trusted": _texts(self._current.trusted),
            "others": _texts(self._current.others),
            "lists": _texts(self._current.lists),
        }


def _texts(all_bytes: Sequence[bytes]) -> list[str]:
    return [base64.b64encode(one).decode() for one in all_bytes]


def _check(answer: Mapping[str, Any], facts: CertificateFacts, moment: datetime) -> CertificateCheck:
    revoked = answer["revoked_at"]
    return CertificateCheck(
        outcome=CheckOutcome(answer["outcome"]),
        reason=CheckReason(answer["reason"]),
        checked_at=moment,
        facts=facts,
        chain=tuple(answer["chain"]),
        crl_age_seconds=answer["crl_age_seconds"],
        revoked_at=None if revoked is None else as_utc(datetime.fromisoformat(revoked)),
        revocation_reason=answer["revocation_reason"],
        remark=answer["remark"],
    )


def _unfounded(
    reason: CheckReason, moment: datetime, facts: CertificateFacts | None, *, remark: str = ""
) -> CertificateCheck:
    return CertificateCheck(
        outcome=CheckOutcome.INVALID, reason=reason, checked_at=moment, facts=facts, remark=remark
    )
