"""Which attribute holds what, and what is asked of a certificate, by issuing authority: data that a person at the office may edit."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from ebidadmin.bundled import bundled
from ebidadmin.errors import ConfigurationError
from ebidadmin.smartcard.distinguished import TYPES

VERSION = 1
DEFAULT = "default"
FIELDS = ("company_name", "company_address", "holder_name", "holder_address")
KEYS: Mapping[str, frozenset[str]] = {
    "": frozenset({"version", "name", "issuers", "fields", "check"}),
    "fields": frozenset(FIELDS),
    "check": frozenset({"policies", "crl_urls"}),
}

Origin = Literal["altname", "subject"]


class Place(NamedTuple):
    """Where a text may stand: attributes (dotted types) of one name, joined by a space."""

    origin: Origin
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """What is known of an issuing authority's certificates. ``issuers`` are its names as shown; the default has none."""

    name: str
    issuers: tuple[str, ...]
    places: Mapping[str, tuple[Place, ...]]
    """For each field the places to look at, the first one that holds something counting."""
    policies: tuple[str, ...] = ()
    """Dotted; a certificate must be valid for at least one of them. Empty: none is asked for."""
    crl_urls: tuple[str, ...] = ()


class Authorities:
    """The authorities by the names of their issuers."""

    def __init__(self, listed: Sequence[Authority]) -> None:
        self._default = next(one for one in listed if one.name == DEFAULT)
        self._by_issuer = {issuer: one for one in listed for issuer in one.issuers}
        self.all = tuple(listed)

    def of(self, issuer: str) -> Authority:
        """The one that issues under this name, else the default."""
        return self._by_issuer.get(issuer, self._default)


def load_authorities(folder: Path | None = None) -> Authorities:
    """Read all ``*.toml`` of a folder; without one, or where it does not exist (an older desk), those that came with the program.

    Raises ``ConfigurationError``: ``data-file-missing`` (no default), ``data-file-unreadable``, ``data-file-not-toml``,
    ``data-entry-invalid`` (facts ``file``, ``key``, ``reason``).
    """
    place = folder if folder is not None and folder.is_dir() else bundled("data") / "reference" / "cas"
    listed = [_read(path) for path in sorted(place.glob("*.toml"))]
    names = [one.name for one in listed]
    if DEFAULT not in names:
        raise ConfigurationError("data-file-missing", file=str(place / "default.toml"))
    issuers = [issuer for one in listed for issuer in one.issuers]
    for values, key in ((names, "name"), (issuers, "issuers")):
        doubled = next((value for value in values if values.count(value) > 1), None)
        if doubled is not None:
            raise ConfigurationError(
                "data-entry-invalid", file=str(place), key=key, reason=f"doubled: {doubled}"
            )
    return Authorities(listed)


def _read(path: Path) -> Authority:
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            "data-file-unreadable", file=str(path), reason=type(error).__name__
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError("data-file-not-toml", file=str(path), reason=str(error)) from error
    return _Entry(path, raw).authority()


class _Entry:
    """One file, its mistakes named by key."""

    def __init__(self, path: Path, raw: Mapping[str, object]) -> None:
        self._path = path
        self._raw = raw

    def authority(self) -> Authority:
        fields = self._table("fields")
        check = self._table("check")
        self._known("", self._raw)
        if self._raw.get("version") != VERSION:
            raise self._wrong("version", f"must be {VERSION}")
        name = self._raw.get("name")
        if not isinstance(name, str) or not name:
            raise self._wrong("name", "missing")
        issuers = self._texts("issuers", self._raw.get("issuers", []))
        if bool(issuers) == (name == DEFAULT):
            raise self._wrong("issuers", "needed by all but the default")
        return Authority(
            name=name,
            issuers=issuers,
            places={field: self._places(field, fields.get(field)) for field in FIELDS},
            policies=self._dotted("check.policies", check.get("policies", [])),
            crl_urls=self._urls("check.crl_urls", check.get("crl_urls", [])),
        )

    def _table(self, key: str) -> Mapping[str, object]:
        table = self._raw.get(key)
        if not isinstance(table, dict):
            raise self._wrong(key, "missing")
        self._known(key, table)
        return table

    def _known(self, key: str, table: Mapping[str, object]) -> None:
        for name in table:
            if name not in KEYS[key]:
                raise self._wrong(f"{key}.{name}".lstrip("."), "unknown")

    def _texts(self, key: str, value: object) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
            raise self._wrong(key, "must be a list of texts")
        return tuple(value)

    def _places(self, field: str, value: object) -> tuple[Place, ...]:
        return tuple(self._place(f"fields.{field}", text) for text in self._texts(f"fields.{field}", value))

    def _place(self, key: str, text: str) -> Place:
        origin, _, rest = text.partition(":")
        kinds = tuple(TYPES.get(kind.lower(), kind) for kind in rest.split("+"))
        if not all(is_dotted(kind) for kind in kinds):
            raise self._wrong(key, f"unknown attribute: {text}")
        if origin == "altname":
            return Place("altname", kinds)
        if origin == "subject":
            return Place("subject", kinds)
        raise self._wrong(key, f"neither altname nor subject: {text}")

    def _dotted(self, key: str, value: object) -> tuple[str, ...]:
        listed = self._texts(key, value)
        if not all(is_dotted(one) for one in listed):
            raise self._wrong(key, "must be object identifiers, e.g. 1.2.392.1")
        return listed

    def _urls(self, key: str, value: object) -> tuple[str, ...]:
        listed = self._texts(key, value)
        if not all(one.startswith(("http://", "https://")) for one in listed):
            raise self._wrong(key, "must begin with http:// or https://")
        return listed

    def _wrong(self, key: str, reason: str) -> ConfigurationError:
        return ConfigurationError("data-entry-invalid", file=str(self._path), key=key, reason=reason)


def is_dotted(text: str) -> bool:
    """Whether it is an object identifier in dotted form."""
    parts = text.split(".")
    return (
        len(parts) > 1
        and all(part.isascii() and part.isdecimal() for part in parts)
        and parts[0] in {"0", "1", "2"}
    )
