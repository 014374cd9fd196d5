"""The revocation lists that the office keeps: one file for each issuer (and part, where an issuer divides its list), the newest one only.

A list is taken in when one of the known authorities signed it, it holds at present, and none newer is kept; whatever else comes is refused
in words and changes nothing. Checks use what is kept and never fetch.
"""

from __future__ import annotations

import base64
import os
import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ebidadmin.clock import as_utc
from ebidadmin.errors import ConfigurationError, InputError
from ebidadmin.services.certificate_ports import KeptList, Taken
from ebidadmin.smartcard.answering import AnsweringProcess, NoAnswerError
from ebidadmin.smartcard.checker import COMMAND, LIMIT_SECONDS, START_LIMIT_SECONDS
from ebidadmin.smartcard.revocation_lists import list_bytes

AHEAD = timedelta(minutes=10)
"""How far an issuer's clock may be ahead of ours."""

SUFFIX = ".crl"


class CrlStore:
    """The lists in one folder. Lists are taken apart in a process of their own, whatever they hold."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def files(self) -> tuple[Path, ...]:
        """The kept lists' files, by name."""
        return tuple(sorted(self._folder.glob(f"*{SUFFIX}")))

    def all(self) -> tuple[KeptList, ...]:
        """What is kept, by file name; a file that somebody damaged is left out."""
        with _Reading() as reading:
            told = [(path, reading.ask(path.read_bytes(), ())) for path in self.files()]
        return tuple(_kept(path, answer["facts"]) for path, answer in told if answer["readable"])

    def take(self, file: bytes, *, authorities: Sequence[bytes], now: datetime, keep: bool = True) -> Taken:
        """Keep a list (DER or PEM) that one of the ``authorities`` (certificates in DER) signed; only look whether it can be with
        ``keep`` false.

        Raises ``InputError``: ``crl-empty``, ``crl-too-large``, ``crl-other-file``, ``crl-unreadable``, and with the fact ``issuer``
        ``crl-signer-unknown``, ``crl-from-future`` (``at``), ``crl-out-of-date`` (``until``), ``crl-not-newer`` (``at``, of the kept one);
        ``ConfigurationError`` ``crl-folder-unwritable`` (``folder``).
        """
        der = list_bytes(file)
        with _Reading() as reading:
            answer = reading.ask(der, authorities)
            if not answer["readable"]:
                raise InputError("crl-unreadable")
            facts = answer["facts"]
            path = self._folder / f"{facts['issuer_key'][:24]}{facts['scope'][:8]}{SUFFIX}"
            kept = _kept(path, facts)
            if answer["signer"] is None:
                raise InputError("crl-signer-unknown", issuer=kept.issuer)
            _refuse_by_time(kept, as_utc(now))
            before = reading.ask(path.read_bytes(), ()) if path.exists() else None
        if before is not None and before["readable"]:
            old = _kept(path, before["facts"])
            if before["facts"]["fingerprint"] == facts["fingerprint"]:
                return Taken(old, False)
            if _age_order(kept) <= _age_order(old):
                raise InputError("crl-not-newer", issuer=kept.issuer, at=old.this_update.isoformat())
        if keep:
            self._write(path, der)
        return Taken(kept, True)

    def _write(self, path: Path, der: bytes) -> None:
        """All of it or nothing: a reader never sees half a list."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._folder, prefix=".coming-")
            with os.fdopen(handle, "wb") as file:
                file.write(der)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except OSError as error:
            raise ConfigurationError("crl-folder-unwritable", folder=str(self._folder)) from error


class _Reading:
    """Asks a process what lists say of themselves."""

    def __enter__(self) -> _Reading:
        self._process = AnsweringProcess(
            COMMAND,
            limit=LIMIT_SECONDS,
            start_limit=START_LIMIT_SECONDS,
            ready=lambda: {"do": "material", "trusted": [], "others": [], "lists": []},
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._process.close()

    def ask(self, der: bytes, authorities: Sequence[bytes]) -> dict[str, Any]:
        """Facts and signer; a list that the process breaks down over is not readable."""
        question = {
            "do": "list",
            "list": base64.b64encode(der).decode(),
            "certificates": [base64.b64encode(one).decode() for one in authorities],
        }
        try:
            return self._process.ask(question)
        except NoAnswerError:
            return {"readable": False}


def _refuse_by_time(kept: KeptList, now: datetime) -> None:
    if kept.this_update > now + AHEAD:
        raise InputError("crl-from-future", issuer=kept.issuer, at=kept.this_update.isoformat())
    if kept.next_update is not None and kept.next_update < now:
        raise InputError("crl-out-of-date", issuer=kept.issuer, until=kept.next_update.isoformat())


def _age_order(kept: KeptList) -> tuple[datetime, int]:
    return kept.this_update, kept.number if kept.number is not None else -1


def _kept(path: Path, facts: Mapping[str, Any]) -> KeptList:
    until = facts["next_update"]
    return KeptList(
        path=path,
        issuer=facts["issuer"],
        number=facts["number"],
        this_update=as_utc(datetime.fromisoformat(facts["this_update"])),
        next_update=None if until is None else as_utc(datetime.fromisoformat(until)),
        entries=facts["entries"],
        partial=bool(facts["scope"]),
    )
