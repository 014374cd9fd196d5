"""A unit of work in memory that passes the same contract tests as the one on SQL."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from ebidadmin.clock import Clock, SettableClock
from ebidadmin.domain.applications import IdApplication
from ebidadmin.domain.card_sessions import CardSession
from ebidadmin.domain.cards import CardRegistration, MainContact
from ebidadmin.domain.case_records import CaseRecord
from ebidadmin.domain.claims import Claim
from ebidadmin.domain.desk_requests import DeskRequest
from ebidadmin.domain.dispatches import Dispatch
from ebidadmin.domain.events import Event, Subject
from ebidadmin.domain.expiry_notices import ExpiryNotice
from ebidadmin.domain.followups import FollowUp
from ebidadmin.domain.id_case_records import IdCaseRecord
from ebidadmin.domain.ids import BatchId, SupplierNumber, UserId
from ebidadmin.domain.import_requests import ImportRequest
from ebidadmin.domain.imports import ImportBatch
from ebidadmin.domain.mails import MailDraft, OutboxMail
from ebidadmin.domain.names import NameRules
from ebidadmin.domain.notes import Note
from ebidadmin.domain.permit_proposals import PermitProposal
from ebidadmin.domain.permits import Permit
from ebidadmin.domain.qualifications import Qualification
from ebidadmin.domain.registrations import LIVE_STATES, Registration
from ebidadmin.domain.report_runs import ReportRun
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import ConcurrentEditError, RuleError
from ebidadmin.services.ports import AuditEntry, SequenceName
from tests.builders import NOON
from tests.mail_watch import WATCH
from tests.memory_cards import (
    CARD_TABLES,
    MemoryCards,
    MemoryCardSessions,
    MemoryExpiryNotices,
    MemoryFollowUps,
    MemoryIdCases,
    one_live_card,
)
from tests.memory_intake import MemoryIntakeReads
from tests.memory_outbox import MemoryAudit, MemoryMails
from tests.memory_parts import (
    RULES,
    MemoryApplications,
    MemoryContacts,
    MemoryDispatches,
    MemoryImportRequests,
    MemoryPermits,
    MemoryProposals,
    MemoryRegister,
    MemoryRegistrations,
    Tables,
)
from tests.memory_reports import MemoryReportRuns
from tests.memory_requests import MemoryDeskRequests


class MemoryStore:
    """A database in memory: ``office.uow`` opens units of work on it."""

    def __init__(self, clock: Clock | None = None, names: NameRules = RULES) -> None:
        self.tables = Tables()
        self.clock = clock or SettableClock(NOON)
        self.names = names
        self.before_commit: Callable[[], None] | None = None
        """Lets a test fail or interfere at the worst moment."""

    def __call__(self) -> MemoryUnitOfWork:
        return MemoryUnitOfWork(self)

    def import_register(self, *records: Qualification, at: datetime | None = None) -> BatchId:
        """Apply a batch that leaves exactly ``records`` in the register."""
        number = BatchId(len(self.tables.register) + 1)
        batch = ImportBatch(
            id=number,
            file_name="made-up.csv",
            file_hash="0" * 64,
            layout="ebidadmin",
            added=len(records),
            changed=0,
            unchanged=0,
            vanished=0,
            refused=0,
            by="importer",
            applied_at=at or NOON,
        )
        self.tables.register.append((batch, {record.supplier_number: record for record in records}))
        return number


class MemoryUnitOfWork:
    """``ports.UnitOfWork`` on a copy of the store, put back by ``commit``."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self._open: Tables | None = None

    @property
    def tables(self) -> Tables:
        if self._open is None:
            raise RuntimeError("the unit of work is closed")
        return self._open

    @property
    def names(self) -> NameRules:
        return self._store.names

    def __enter__(self) -> Self:
        if self._open is not None:
            raise RuntimeError("a unit of work cannot be opened twice")
        self._open = self._store.tables.copy()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open = None

    @property
    def applications(self) -> MemoryApplications:
        return MemoryApplications(self)

    @property
    def permits(self) -> MemoryPermits:
        return MemoryPermits(self)

    @property
    def dispatches(self) -> MemoryDispatches:
        return MemoryDispatches(self)

    @property
    def permit_proposals(self) -> MemoryProposals:
        return MemoryProposals(self)

    @property
    def registrations(self) -> MemoryRegistrations:
        return MemoryRegistrations(self)

    @property
    def register(self) -> MemoryRegister:
        return MemoryRegister(self)

    @property
    def import_requests(self) -> MemoryImportRequests:
        return MemoryImportRequests(self)

    @property
    def desk_requests(self) -> MemoryDeskRequests:
        return MemoryDeskRequests(self)

    @property
    def cards(self) -> MemoryCards:
        return MemoryCards(self)

    @property
    def card_sessions(self) -> MemoryCardSessions:
        return MemoryCardSessions(self)

    @property
    def id_cases(self) -> MemoryIdCases:
        return MemoryIdCases(self)

    @property
    def follow_ups(self) -> MemoryFollowUps:
        return MemoryFollowUps(self)

    @property
    def expiry_notices(self) -> MemoryExpiryNotices:
        return MemoryExpiryNotices(self)

    @property
    def report_runs(self) -> MemoryReportRuns:
        return MemoryReportRuns(self)

    @property
    def contacts(self) -> MemoryContacts:
        return MemoryContacts(self)

    @property
    def mails(self) -> MemoryMails:
        return MemoryMails(self)

    @property
    def audit(self) -> MemoryAudit:
        return MemoryAudit(self)

    @property
    def intake(self) -> MemoryIntakeReads:
        return MemoryIntakeReads(self)

    def record_new(self, submitted: Sequence[Transition[IdApplication]]) -> None:
        kept = self.tables.copy()
        try:
            for transition in submitted:
                self.record(transition)
        except BaseException:
            self._open = kept
            raise

    def record(self, transition: Transition[Any], *, mails: Sequence[MailDraft] = ()) -> None:
        kept = self.tables.copy()
        try:
            self._save(transition)
            for event in transition.events:
                self.log(event)
            for draft in mails:
                self._enqueue(draft, transition.events[0].subject)
        except BaseException:
            self._open = kept
            raise

    def log(self, event: Event) -> None:
        self.tables.audit.append(AuditEntry(len(self.tables.audit) + 1, event, "ebidadmin test"))

    def next_number(self, sequence: SequenceName, *, fiscal_year: int | None = None) -> int:
        counter = (sequence, fiscal_year)
        drawn = self.tables.sequences.get(counter, 0) + 1
        self.tables.sequences[counter] = drawn
        return drawn

    def commit(self) -> None:
        tables = self.tables
        if self._store.before_commit is not None:
            self._store.before_commit()
        self._store.tables = tables
        self._open = None

    def _enqueue(self, draft: MailDraft, about: Subject) -> None:
        number = len(self.tables.mails) + 1
        WATCH.kept(draft, about=about.id, forms=[one.form for one in self.tables.applications.values()])
        now = self._store.clock.now()
        self.tables.mails[number] = OutboxMail(
            id=number,
            message_id=f"<{number}@example.invalid>",
            draft=draft,
            about=about,
            written_at=now,
            not_before=now,
        )

    def _save(self, transition: Transition[Any]) -> None:
        after = transition.after
        match after:
            case IdApplication():
                self._swap(self.tables.applications, after.number, transition)
                self._one_open(after)
                self._user_id_free(after.form.user_id, after.supplier_number)
            case Registration():
                self._swap(self.tables.registrations, after.application, transition)
                self._one_live(after)
                self._user_id_free(after.user_id, after.supplier_number)
                self.tables.enterprise_ids.setdefault(after.supplier_number, after.enterprise_id)
            case Permit() | PermitProposal() | Dispatch():
                self._save_permit_side(transition)
            case ImportRequest() | DeskRequest():
                self._save_request(transition)
            case Claim():
                self._swap(self.tables.claims, after.application, transition)
            case OutboxMail():
                self._swap(self.tables.mails, after.id, transition)
            case (
                CardRegistration()
                | MainContact()
                | CardSession()
                | CaseRecord()
                | IdCaseRecord()
                | FollowUp()
                | ExpiryNotice()
            ):
                self._save_card_side(transition)
            case ReportRun():
                self._swap(self.tables.report_runs, after.id, transition)
            case Note():
                self.tables.notes.append(after)
            case _:
                raise TypeError(f"no way to save a {type(after).__name__}")

    def _save_request(self, transition: Transition[Any]) -> None:
        after = transition.after
        if isinstance(after, ImportRequest):
            self._swap(self.tables.import_requests, after.id, transition)
            self._one_request(after)
        else:
            self._swap(self.tables.desk_requests, after.id, transition)
            self.desk_requests.one_open(after)

    def _save_permit_side(self, transition: Transition[Any]) -> None:
        after = transition.after
        match after:
            case Permit():
                self._swap(self.tables.permits, after.id, transition)
                self._one_document(after)
            case PermitProposal():
                self._swap(self.tables.proposals, after.id, transition)
                self._one_proposal(after)
            case Dispatch():
                self._swap(self.tables.dispatches, after.id, transition)
                self._one_correction(after)

    def _save_card_side(self, transition: Transition[Any]) -> None:
        after = transition.after
        if isinstance(after, ExpiryNotice):
            self._swap(self.tables.expiry_notices, (after.card, after.days), transition)
            return
        table, key = CARD_TABLES[type(after)]
        self._swap(getattr(self.tables, table), getattr(after, key), transition)
        if isinstance(after, CardRegistration):
            one_live_card(self.tables, after)
            self.tables.enterprise_ids.setdefault(after.supplier_number, after.enterprise_id)

    def _swap(self, table: dict[Any, Any], key: Any, transition: Transition[Any]) -> None:
        present = table.get(key)
        if (0 if present is None else present.version) != transition.after.version - 1:
            raise self._concurrent_edit(transition)
        table[key] = transition.after

    def _concurrent_edit(self, transition: Transition[Any]) -> ConcurrentEditError:
        subject = transition.events[0].subject
        told_by = "holder" if isinstance(transition.after, Claim) else "state"
        facts: dict[str, str | None] = {"by": None, "at": None, "state": None}
        for entry in self.tables.audit:
            after = entry.event.after
            if entry.event.subject == subject and after is not None and told_by in after:
                state = after[told_by]
                facts = {
                    "by": entry.event.by,
                    "at": entry.event.at.isoformat(),
                    "state": None if state is None else str(state),
                }
        return ConcurrentEditError("concurrent-edit", kind=subject.kind.value, id=subject.id, **facts)

    def _one_open(self, after: IdApplication) -> None:
        open_ones = [
            one
            for one in self.tables.applications.values()
            if one.supplier_number == after.supplier_number and one.is_open
        ]
        if len(open_ones) > 1:
            raise RuleError("open-application-exists", id=after.number)

    def _one_document(self, after: Permit) -> None:
        same = [one for one in self.tables.permits.values() if one.document == after.document]
        if after.document is not None and len(same) > 1:
            raise RuleError("document-number-taken", id=after.id)

    def _one_proposal(self, after: PermitProposal) -> None:
        same = [one for one in self.permit_proposals.open() if one.binding.permit == after.binding.permit]
        if len(same) > 1:
            raise RuleError("proposal-open", id=after.id, permit=after.binding.permit)

    def _one_correction(self, after: Dispatch) -> None:
        same = [one for one in self.tables.dispatches.values() if one.corrects == after.corrects]
        if after.corrects is not None and len(same) > 1:
            raise RuleError("dispatch-corrected", id=after.permit, corrects=after.corrects)

    def _one_request(self, after: ImportRequest) -> None:
        def named(one: ImportRequest) -> tuple[object, ...]:
            binding = one.binding
            return binding.undertaking, binding.file_hash, binding.layout, binding.register_version

        same = [one for one in self.import_requests.open() if named(one) == named(after)]
        if len(same) > 1:
            raise RuleError("request-open", id=after.id)

    def _one_live(self, after: Registration) -> None:
        live = [
            one
            for one in self.tables.registrations.values()
            if one.supplier_number == after.supplier_number and one.state in LIVE_STATES
        ]
        if len(live) > 1:
            raise RuleError("live-registration-exists", id=after.application)

    def _user_id_free(self, user_id: UserId, supplier: SupplierNumber) -> None:
        if self.applications.user_id_taken(user_id, except_for=supplier):
            raise RuleError("user-id-taken", user_id=user_id)
