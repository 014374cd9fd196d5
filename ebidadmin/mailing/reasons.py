"""The catalogue of coded rejection reasons, read from a data file that a clerk may edit; every mistake in it is named."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ebidadmin.domain.findings import FindingCode
from ebidadmin.errors import ConfigurationError, NotFoundError

FORMAT_VERSION = 1

_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_FINDINGS = frozenset(code.value for code in FindingCode)
_FIELDS: Mapping[str, type] = {"code": str, "text": str, "hint": str, "findings": list, "active": bool}


@dataclass(frozen=True, slots=True)
class Reason:
    """``text`` is for the supplier, ``hint`` for the reviewer; it is suggested where one of ``findings`` is found."""

    code: str
    text: str
    hint: str
    findings: tuple[str, ...]
    active: bool


@dataclass(frozen=True, slots=True)
class ReasonCatalogue:
    """Implements ``ports.Reasons``. Retired reasons keep their words, so that old decisions stay readable."""

    reasons: tuple[Reason, ...]

    def codes(self) -> tuple[str, ...]:
        """Those that may be given today, in the file's order."""
        return tuple(reason.code for reason in self.reasons if reason.active)

    def label(self, code: str) -> str:
        """The words for the supplier. Raises ``NotFoundError``."""
        return self._get(code).text

    def hint(self, code: str) -> str:
        """The words for the reviewer. Raises ``NotFoundError``."""
        return self._get(code).hint

    def suggested(self, findings: Sequence[str]) -> tuple[str, ...]:
        """Codes of the active reasons that belong to one of these finding codes, in the file's order."""
        wanted = frozenset(findings)
        return tuple(
            reason.code for reason in self.reasons if reason.active and not wanted.isdisjoint(reason.findings)
        )

    def _get(self, code: str) -> Reason:
        for reason in self.reasons:
            if reason.code == code:
                return reason
        raise NotFoundError("not-found", kind="reason", id=code)


def load_reasons(path: Path) -> ReasonCatalogue:
    """Read the catalogue. Raises ``ConfigurationError`` that names the file, the entry and what is wrong with it."""
    tables = read_toml(path)
    if tables.get("version") != FORMAT_VERSION:
        raise ConfigurationError("data-version", file=str(path), expected=FORMAT_VERSION)
    entries = tables.get("reason")
    if not isinstance(entries, list) or not entries or tables.keys() != {"version", "reason"}:
        raise _invalid(path, "reason", "list-wanted")
    reasons = tuple(_reason(path, index, entry) for index, entry in enumerate(entries, start=1))
    codes = [reason.code for reason in reasons]
    for code in codes:
        if codes.count(code) > 1:
            raise _invalid(path, code, "given-twice")
    return ReasonCatalogue(reasons)


def read_toml(path: Path) -> dict[str, object]:
    """The tables of a TOML file. Raises ``ConfigurationError``: ``data-file-missing``, ``data-file-unreadable``, ``data-file-not-toml``."""
    return toml_of(path, read_data(path))


def toml_of(path: Path, content: bytes) -> dict[str, object]:
    """The tables of what was read from a TOML file. Raises as ``read_toml`` does."""
    try:
        return tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        reason = type(error).__name__
        raise ConfigurationError("data-file-unreadable", file=str(path), reason=reason) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError("data-file-not-toml", file=str(path), reason=str(error)) from error


def read_data(path: Path) -> bytes:
    """The bytes of a data file. Raises ``ConfigurationError``: ``data-file-missing``, ``data-file-unreadable``."""
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ConfigurationError("data-file-missing", file=str(path)) from error
    except OSError as error:
        reason = type(error).__name__
        raise ConfigurationError("data-file-unreadable", file=str(path), reason=reason) from error


def _reason(path: Path, index: int, entry: object) -> Reason:
    if not isinstance(entry, dict):
        raise _invalid(path, f"reason {index}", "table-wanted")
    named = f"reason {index} ({entry.get('code', '?')})"
    for name in entry.keys() - _FIELDS.keys():
        raise _invalid(path, f"{named}: {name}", "unknown-field")
    for name, wanted in _FIELDS.items():
        if type(entry.get(name)) is not wanted:
            raise _invalid(path, f"{named}: {name}", f"{wanted.__name__}-wanted")
    if not _CODE.fullmatch(entry["code"]):
        raise _invalid(path, f"{named}: code", "code-form")
    if not entry["text"].strip():
        raise _invalid(path, f"{named}: text", "empty")
    for finding in entry["findings"]:
        if finding not in _FINDINGS:
            raise _invalid(path, f"{named}: findings: {finding}", "unknown-finding")
    return Reason(
        entry["code"], entry["text"].strip(), entry["hint"].strip(), tuple(entry["findings"]), entry["active"]
    )


def _invalid(path: Path, key: str, reason: str) -> ConfigurationError:
    return ConfigurationError("data-entry-invalid", file=str(path), key=key, reason=reason)
