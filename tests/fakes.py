"""An office for tests of services: on the store in memory, with scripted reference data and transport."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from ebidadmin.clock import Clock
from ebidadmin.domain.applications import IdApplication
from ebidadmin.domain.cards import CardRegistration
from ebidadmin.domain.contacts import Contact
from ebidadmin.domain.fields import FormRules
from ebidadmin.domain.mails import MailDraft, MailKind, OutboxMail
from ebidadmin.domain.names import NameRules
from ebidadmin.domain.registrations import Registration
from ebidadmin.domain.report_runs import ReportRun
from ebidadmin.errors import MailError, NotFoundError
from ebidadmin.services.ports import Office, UnitOfWork
from ebidadmin.services.settings import Settings
from tests.builders import calendar
from tests.memory import MemoryStore
from tests.memory_parts import RULES

__all__ = ["RULES", "MemoryStore", "office"]


@dataclass(frozen=True)
class ScriptedReasons:
    known: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: {
            "permit-missing": ("permit-missing",),
            "name-differs": ("name-differs",),
            "other": (),
        }
    )

    def codes(self) -> tuple[str, ...]:
        return tuple(self.known)

    def label(self, code: str) -> str:
        if code not in self.known:
            raise NotFoundError("not-found", kind="reason", id=code)
        return f"reason {code}"

    def hint(self, code: str) -> str:
        return "" if self.label(code) else code

    def suggested(self, findings: Sequence[str]) -> tuple[str, ...]:
        return tuple(code for code, belongs in self.known.items() if set(belongs) & set(findings))


class ScriptedComposer:
    """Mails whose body lists what went into them."""

    def compose(self, kind: MailKind, application: IdApplication, **facts: object) -> MailDraft:
        body = "".join(f"{name}={value}\n" for name, value in sorted(facts.items()))
        return MailDraft(
            kind=kind,
            to=(application.form.applicant_contact.email,),
            subject=f"{kind.value} {application.number}",
            body=f"{application.form.trade_name}\n{body}",
        )

    def compose_card(
        self, kind: MailKind, card: CardRegistration, *, main_contact: Contact, trade_name: str, at: datetime
    ) -> tuple[MailDraft, ...]:
        addresses = dict.fromkeys((card.card_contact.email, main_contact.email))
        return tuple(
            MailDraft(kind=kind, to=(to,), subject=f"{kind.value} {card.id}", body=f"{trade_name}\n")
            for to in addresses
        )

    def compose_id_desk(
        self,
        kind: MailKind,
        registration: Registration,
        application: IdApplication,
        *,
        reason: str,
        at: datetime,
    ) -> tuple[MailDraft, ...]:
        contacts = (registration.main_contact, registration.applicant_contact)
        return tuple(
            MailDraft(kind=kind, to=(to,), subject=f"{kind.value} {application.number}", body=f"{reason}\n")
            for to in dict.fromkeys(one.email for one in contacts)
        )

    def compose_expiry(self, card: CardRegistration, *, trade_name: str) -> MailDraft:
        end = card.certificate.not_after.date()
        return MailDraft(
            MailKind.CARD_EXPIRES, (card.card_contact.email,), f"{end} {card.id}", f"{trade_name}\n"
        )

    def compose_report_failure(self, run: ReportRun, *, to: tuple[str, ...]) -> MailDraft:
        return MailDraft(MailKind.REPORT_FAILED, to, run.id, f"{run.failure}\n")


@dataclass
class ScriptedTransport:
    """Keeps what it is given; ``failures`` are raised first, one a delivery."""

    delivered: list[OutboxMail] = field(default_factory=list)
    failures: list[MailError] = field(default_factory=list)
    on_delivery: Callable[[OutboxMail], None] | None = None

    def deliver(self, mail: OutboxMail) -> None:
        if self.on_delivery is not None:
            self.on_delivery(mail)
        if self.failures:
            raise self.failures.pop(0)
        self.delivered.append(mail)


class ScriptedHasher:
    """No hashing at all: tests of services carry ready-made strings."""

    def hash(self, password: bytes | bytearray) -> str:
        return f"$argon2id$v=19$m=65536,t=3,p=4$salt${len(password)}"

    def verify(self, stored: str, password: bytes | bytearray) -> bool:
        return stored == self.hash(password)

    def outdated(self, stored: str) -> bool:
        return False

    def acceptable(self, stored: str) -> bool:
        return stored.startswith("$argon2id$v=19$")


@dataclass
class ScriptedReference:
    """Postcodes, telephone plan and mail domains in one; everything is fine unless told otherwise."""

    known_places: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: {"750-0006": ("山口県下関市", "山口県下関市南部町")}
    )
    unknown_phones: frozenset[str] = frozenset()
    unusual_domains: frozenset[str] = frozenset()

    def places(self, postcode: str) -> tuple[str, ...]:
        return self.known_places.get(postcode, ())

    def exists(self, number: str) -> bool:
        return number not in self.unknown_phones

    def valid(self, address: str) -> bool:
        return address.count("@") == 1 and not address.startswith("@") and "." in address.rpartition("@")[2]

    def unusual(self, address: str) -> str | None:
        domain = address.rpartition("@")[2]
        return domain if domain in self.unusual_domains else None


class Store(Protocol):
    """Where an office keeps things: in memory or on SQL."""

    @property
    def clock(self) -> Clock: ...

    @property
    def names(self) -> NameRules: ...

    def __call__(self) -> UnitOfWork: ...


def office(store: Store, **changes: Any) -> Office:
    """An office on ``store`` with scripted ports; its clock is the store's."""
    reference = ScriptedReference()
    ports: dict[str, Any] = {
        "uow": store,
        "clock": store.clock,
        "calendar": calendar(),
        "settings": Settings(),
        "forms": FormRules(mail_ok=reference.valid),
        "names": store.names,
        "reasons": ScriptedReasons(),
        "permit_reasons": ScriptedReasons({"form-incomplete": (), "other": ()}),
        "composer": ScriptedComposer(),
        "transport": ScriptedTransport(),
        "hasher": ScriptedHasher(),
        "postcodes": reference,
        "phones": reference,
        "mail_domains": reference,
    }
    return Office(**{**ports, **changes})
