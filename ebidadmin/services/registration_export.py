"""Registrations for the bidding system: every ID and every card with what that system needs, never a hash or a certificate's holder.

``docs/registration-export.md`` explains each field to whoever reads the files.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from ebidadmin.domain.cards import CardState, Revocation
from ebidadmin.domain.contacts import CONTACT_FIELDS, Contact
from ebidadmin.domain.events import Event, EventTag
from ebidadmin.domain.followups import RegistrationKind
from ebidadmin.domain.ids import EnterpriseId, SupplierNumber, UserId
from ebidadmin.domain.registrations import RegistrationState
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.services.ports import Office
from ebidadmin.services.refusals import refusals_logged
from ebidadmin.services.registered import DESK

STATES = tuple(dict.fromkeys(state.value for state in (*RegistrationState, *CardState)))
"""The states of both kinds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedCertificate:
    """What tells a card's certificate from any other; numbers and names as ``domain.cards.KeptCertificate`` has them."""

    serial: str
    issuer: str
    fingerprint: str
    not_before: datetime
    not_after: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedRegistration:
    """One registration as it leaves. ``trade_name`` is the register's of now, absent where the supplier is not in it; what a kind does not
    have is absent. ``changed_at`` is the last moment at which any of these values but ``trade_name`` changed."""

    kind: RegistrationKind
    number: str
    supplier_number: SupplierNumber
    enterprise_id: EnterpriseId
    trade_name: str | None
    state: str
    registered_at: datetime
    changed_at: datetime
    user_id: UserId | None = None
    main_contact: Contact | None = None
    applicant_contact: Contact | None = None
    card_contact: Contact | None = None
    certificate: ExportedCertificate | None = None
    revocation: Revocation | None = None
    replaces: str | None = None
    replaced_by: str | None = None


_CONTACTS = ("main_contact", "applicant_contact", "card_contact")
_CERTIFICATE = ("serial", "issuer", "fingerprint", "not_before", "not_after")

FIELDS: tuple[str, ...] = (
    *("kind", "number", "supplier_number", "enterprise_id", "trade_name", "state"),
    *("registered_at", "changed_at", "user_id"),
    *(f"{contact}.{name}" for contact in _CONTACTS for name in CONTACT_FIELDS),
    *(f"certificate.{name}" for name in _CERTIFICATE),
    *("revocation", "replaces", "replaced_by"),
)
"""The fields of a flat file in their order; before the dot stands the object that holds the field in a nested one."""


def as_map(one: ExportedRegistration) -> dict[str, Any]:
    """The nested form: texts, ``None`` and objects of texts."""
    plain: dict[str, Any] = {}
    for field in FIELDS:
        name = field.partition(".")[0]
        value = getattr(one, name)
        if isinstance(value, Contact):
            plain[name] = value.as_map()
        elif isinstance(value, ExportedCertificate):
            plain[name] = {part: _text(getattr(value, part)) for part in _CERTIFICATE}
        else:
            plain[name] = _text(value)
    return plain


def flat(one: ExportedRegistration) -> tuple[str, ...]:
    """The values of ``FIELDS``; empty for what is absent."""
    nested = as_map(one)
    values = []
    for field in FIELDS:
        name, _, part = field.partition(".")
        value = nested[name]
        values.append("" if value is None else value[part] if part else value)
    return tuple(values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which registrations: those in one of ``states`` (empty: all), changed at ``changed_since`` or later (absent: ever)."""

    states: frozenset[str] = frozenset()
    changed_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in a file: how many registrations, and the SHA-256 (hex) of its bytes."""

    rows: int
    digest: str


class RegistrationReader(Protocol):
    """Reads what is registered as of one moment, outside any unit of work."""

    def rows(self, wanted: Wanted) -> Iterator[ExportedRegistration]:
        """IDs, then cards, each by supplier number and their own number; a few at a time are held."""
        ...


class Target(Protocol):
    """Where an export goes: written beside its place first, and put there once the trail tells of it."""

    @property
    def form(self) -> str: ...

    def write(self, rows: Iterator[ExportedRegistration]) -> Written: ...

    def keep(self) -> None:
        """Put what was written in its place, whole."""
        ...

    def discard(self) -> None:
        """Leave nothing of what was not kept."""
        ...


def export(
    office: Office, *, staff: Staff, reader: RegistrationReader, target: Target, wanted: Wanted
) -> Written:
    """Write what is wanted, tell the trail how much and with which digest, and only then put it in its place.

    Raises ``NotPermittedError`` without the permission to read personal data, and what ``target`` raises.
    """
    with refusals_logged(office, staff=staff, subject=DESK, verb="export"):
        staff.require(Permission.READ_PERSONAL)
    try:
        with closing(_closable(reader.rows(wanted))) as rows:
            written = target.write(rows)
        with office.uow() as uow:
            uow.log(_told(office, staff, target, wanted, written))
            uow.commit()
        target.keep()
    finally:
        target.discard()
    return written


def _closable(rows: Iterator[ExportedRegistration]) -> Generator[ExportedRegistration]:
    """The same, to be closed whatever happens to who reads it: a transaction stands behind it."""
    yield from rows


def _told(office: Office, staff: Staff, target: Target, wanted: Wanted, written: Written) -> Event:
    since = wanted.changed_since
    return Event(
        tag=EventTag.REGISTRATIONS_EXPORTED,
        subject=DESK,
        by=staff.login,
        at=office.clock.now(),
        facts={
            "rows": written.rows,
            "digest": written.digest,
            "form": target.form,
            "states": [*sorted(wanted.states)],
            "changed_since": None if since is None else since.isoformat(),
        },
    )


def _text(value: Any) -> str | None:
    if value is None:
        return None
    return value.isoformat() if isinstance(value, datetime) else str(value)
