"""What the services need from outside, as protocols; ``Office`` bundles the ports that a desk is made of.

A unit of work opens and closes inside one service call. ``record`` is the only way to save an aggregate: it saves the row with its
version (compare and swap), appends the audit events and enqueues the mails in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import TracebackType
from typing import Any, Protocol, Self

from ebidadmin.clock import Calendar, Clock
from ebidadmin.domain.applications import IdApplication
from ebidadmin.domain.claims import Claim
from ebidadmin.domain.events import Event, Subject
from ebidadmin.domain.fields import FormRules
from ebidadmin.domain.findings import SharedContact
from ebidadmin.domain.ids import (
    ApplicationNumber,
    BatchId,
    EnterpriseId,
    SupplierNumber,
    UserId,
)
from ebidadmin.domain.imports import ImportBatch
from ebidadmin.domain.mails import MailDraft
from ebidadmin.domain.names import NameRules
from ebidadmin.domain.notes import Note
from ebidadmin.domain.qualifications import Qualification
from ebidadmin.domain.registrations import Registration
from ebidadmin.domain.transition import Transition
from ebidadmin.services.card_records import Cards, CardSessions, ExpiryNotices, FollowUps
from ebidadmin.services.id_case_records import IdCases
from ebidadmin.services.intake_ports import IntakeReads
from ebidadmin.services.mail_ports import MailComposer, Mails, MailTransport
from ebidadmin.services.permit_records import Dispatches, Permits, Proposals
from ebidadmin.services.report_ports import ReportRuns
from ebidadmin.services.request_records import DeskRequests, ImportRequests
from ebidadmin.services.settings import Settings


class SequenceName(StrEnum):
    """Counters in the database. What is drawn in a unit of work that rolls back is drawn again: whoever draws and records in one unit
    leaves no gap. Reuse is not allowed."""

    APPLICATION = "application"
    PERMIT = "permit"
    DOCUMENT = "document"
    PERMIT_PROPOSAL = "permit-proposal"
    DISPATCH = "dispatch"
    ENTERPRISE = "enterprise"
    IMPORT_REQUEST = "import-request"
    DESK_REQUEST = "desk-request"
    CARD = "card"
    CARD_SESSION = "card-session"
    ID_CASE = "id-case"
    FOLLOW_UP = "follow-up"


class Applications(Protocol):
    def get(self, number: ApplicationNumber) -> IdApplication:
        """Raises ``NotFoundError``."""
        ...

    def find(self, number: ApplicationNumber) -> IdApplication | None: ...

    def some(self, numbers: Collection[ApplicationNumber]) -> Mapping[ApplicationNumber, IdApplication]:
        """Those of them that there are."""
        ...

    def of_supplier(self, supplier: SupplierNumber) -> tuple[IdApplication, ...]:
        """All of a supplier, newest first."""
        ...

    def user_id_taken(self, user_id: UserId, *, except_for: SupplierNumber | None = None) -> bool:
        """Whether an open application or a live registration reserves it (ignoring case), that supplier's own excepted."""
        ...

    def notes(self, number: ApplicationNumber) -> tuple[Note, ...]:
        """Oldest first."""
        ...

    def claim(self, number: ApplicationNumber) -> Claim | None: ...


class Registrations(Protocol):
    def get(self, application: ApplicationNumber) -> Registration:
        """Raises ``NotFoundError``."""
        ...

    def live_with(self, user_id: UserId) -> Registration | None:
        """The live ID with that user id, whatever its case."""
        ...

    def live_of(self, supplier: SupplierNumber) -> Registration | None: ...

    def of_supplier(self, supplier: SupplierNumber) -> tuple[Registration, ...]:
        """Live and former ones, newest first."""
        ...

    def of_suppliers(
        self, suppliers: Collection[SupplierNumber]
    ) -> Mapping[SupplierNumber, tuple[Registration, ...]]:
        """The same of many; those without any are left out."""
        ...

    def enterprise_id_of(self, supplier: SupplierNumber) -> EnterpriseId | None:
        """The id issued to that supplier number, whatever became of its registrations."""
        ...

    def all(self) -> tuple[Registration, ...]:
        """Live and former ones, by supplier number, newest first."""
        ...


class Register(Protocol):
    """The qualification register; its version is the latest applied batch."""

    def version(self) -> BatchId | None: ...

    def current(self, supplier: SupplierNumber) -> Qualification | None: ...

    def current_of(self, suppliers: Collection[SupplierNumber]) -> Mapping[SupplierNumber, Qualification]:
        """The records of those of them that it has now."""
        ...

    def names_of(self, suppliers: Collection[SupplierNumber]) -> Mapping[SupplierNumber, str]:
        """The names of those of them that it has now."""
        ...

    def at_version(self, supplier: SupplierNumber, version: BatchId | None) -> Qualification | None:
        """As it was once that batch was applied; ``None`` as version is the empty register."""
        ...

    def version_as_of(self, moment: datetime) -> BatchId | None:
        """The latest batch applied at that moment or before; ``None`` before the first."""
        ...

    def as_of(self, supplier: SupplierNumber, moment: datetime) -> Qualification | None: ...

    def size(self) -> int:
        """Records that it has now."""
        ...

    def batch(self, number: BatchId) -> ImportBatch | None: ...

    def undone_by(self, number: BatchId) -> BatchId | None:
        """The batch that undid that one."""
        ...

    def history(self, supplier: SupplierNumber) -> tuple[tuple[ImportBatch, Qualification | None], ...]:
        """Each batch that changed the record and the record from then on (``None``: vanished), newest first."""
        ...


class Contacts(Protocol):
    def shared(self, application: IdApplication) -> tuple[SharedContact, ...]:
        """Mail addresses (ignoring case) and phone numbers (digits only) of the application that another supplier number uses, in an
        application, a registration or the register."""
        ...


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """An event as the trail keeps it; where one is looked up, with the number of the erasing that took what it said."""

    seq: int
    event: Event
    software: str
    erased_by: int | None = None


class Audit(Protocol):
    def list(
        self,
        *,
        subject: Subject | None = None,
        supplier: SupplierNumber | None = None,
        after_seq: int = 0,
        limit: int = 1000,
    ) -> tuple[AuditEntry, ...]:
        """In order of sequence number."""
        ...

    def of_subjects(self, subjects: Collection[Subject]) -> Mapping[Subject, tuple[AuditEntry, ...]]:
        """Of each its entries in order of sequence number; those without any are left out."""
        ...

    def last_of(self, subject: Subject) -> AuditEntry | None: ...

    def last(self) -> AuditEntry | None:
        """The newest of all; ``None`` in an empty trail."""
        ...


class UnitOfWork(Protocol):
    """One transaction. Leaving the block without ``commit`` rolls everything back."""

    @property
    def applications(self) -> Applications: ...
    @property
    def permits(self) -> Permits: ...
    @property
    def dispatches(self) -> Dispatches: ...
    @property
    def permit_proposals(self) -> Proposals: ...
    @property
    def registrations(self) -> Registrations: ...
    @property
    def register(self) -> Register: ...
    @property
    def import_requests(self) -> ImportRequests: ...
    @property
    def desk_requests(self) -> DeskRequests: ...
    @property
    def cards(self) -> Cards: ...
    @property
    def card_sessions(self) -> CardSessions: ...
    @property
    def id_cases(self) -> IdCases: ...
    @property
    def follow_ups(self) -> FollowUps: ...
    @property
    def expiry_notices(self) -> ExpiryNotices: ...
    @property
    def report_runs(self) -> ReportRuns: ...
    @property
    def contacts(self) -> Contacts: ...
    @property
    def mails(self) -> Mails: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def intake(self) -> IntakeReads: ...

    def record(self, transition: Transition[Any], *, mails: Sequence[MailDraft] = ()) -> None:
        """Save the aggregate, append its events, enqueue ``mails``.

        Raises ``ConcurrentEditError`` (who, when, state) when the stored version is not the one before ``after.version``, and
        ``RuleError`` where a unique rule (one open application per supplier, user id taken) forbids it.
        """
        ...

    def record_new(self, submitted: Sequence[Transition[IdApplication]]) -> None:
        """``record`` for many new applications: all of them or none. Raises the same, without saying which one it was."""
        ...

    def log(self, event: Event) -> None:
        """Append an event that changes no aggregate (a refusal)."""
        ...

    def next_number(self, sequence: SequenceName, *, fiscal_year: int | None = None) -> int:
        """The next value of a counter, from 1; with ``fiscal_year`` that of the year's own counter."""
        ...

    def commit(self) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class PasswordHasher(Protocol):
    def hash(self, password: bytes | bytearray) -> str:
        """An Argon2id PHC string with a fresh salt."""
        ...

    def verify(self, stored: str, password: bytes | bytearray) -> bool: ...

    def outdated(self, stored: str) -> bool:
        """Whether it was made with other parameters than this hasher's own."""
        ...

    def acceptable(self, stored: str) -> bool:
        """Whether a PHC string made elsewhere is Argon2id with parameters inside the limits."""
        ...


class Reasons(Protocol):
    """A catalogue of coded reasons: of rejections, or of refusals of permits."""

    def codes(self) -> tuple[str, ...]: ...

    def label(self, code: str) -> str:
        """The words for the supplier. Raises ``NotFoundError`` for an unknown code."""
        ...

    def hint(self, code: str) -> str:
        """What the reviewer is to look at before giving it; empty where nothing is written. Raises ``NotFoundError``."""
        ...

    def suggested(self, findings: Sequence[str]) -> tuple[str, ...]:
        """Codes of the reasons that belong to these finding codes, in the catalogue's order."""
        ...


class Postcodes(Protocol):
    def places(self, postcode: str) -> tuple[str, ...]:
        """Address beginnings (prefecture and municipality, without and with town area) of ``123-4567``; empty when it does not exist."""
        ...


class PhonePlan(Protocol):
    def exists(self, number: str) -> bool:
        """Whether the number (as entered, with hyphens) is possible in the Japanese plan."""
        ...


class MailDomains(Protocol):
    def valid(self, address: str) -> bool: ...

    def unusual(self, address: str) -> str | None:
        """The domain when it is a throw-away one or looks like a mistyped well-known one, else ``None``."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """The ports and values that the services take."""

    uow: Callable[[], UnitOfWork]
    clock: Clock
    calendar: Calendar
    settings: Settings
    forms: FormRules
    names: NameRules
    reasons: Reasons
    permit_reasons: Reasons
    composer: MailComposer
    transport: MailTransport
    hasher: PasswordHasher
    postcodes: Postcodes
    phones: PhonePlan
    mail_domains: MailDomains
    facts_version: str = ""
    """Which data and libraries answer the questions about single values: what was checked under other ones is checked again."""
