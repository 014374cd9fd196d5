"""The unit of work on SQL: one transaction, and ``record`` as the only way to save an aggregate."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Engine, insert, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ebidadmin import __version__
from ebidadmin.clock import Clock
from ebidadmin.domain.applications import IdApplication
from ebidadmin.domain.claims import Claim
from ebidadmin.domain.dispatches import Dispatch
from ebidadmin.domain.erasures import Erased, erasure_facts
from ebidadmin.domain.events import Event, EventTag, SubjectKind
from ebidadmin.domain.id_case_records import IdCaseRecord
from ebidadmin.domain.ids import SupplierNumber
from ebidadmin.domain.imports import ImportBatch
from ebidadmin.domain.mails import MailDraft
from ebidadmin.domain.names import NameRules
from ebidadmin.domain.register_changes import Correction, Undoing
from ebidadmin.domain.staff_members import StaffMember
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import ConcurrentEditError, EbidError, RuleError
from ebidadmin.persistence.binding import REFS, Ref
from ebidadmin.persistence.bulk import save_batch
from ebidadmin.persistence.card_savers import CARD_SAVERS
from ebidadmin.persistence.cards import SqlCards, SqlCardSessions
from ebidadmin.persistence.desk_requests import SqlDeskRequests
from ebidadmin.persistence.dispatches import SqlDispatches, save_dispatch
from ebidadmin.persistence.expiry_notices import SqlExpiryNotices
from ebidadmin.persistence.failures import refused
from ebidadmin.persistence.follow_ups import SqlFollowUps
from ebidadmin.persistence.id_cases import SqlIdCases, save_id_case
from ebidadmin.persistence.import_requests import SqlImportRequests
from ebidadmin.persistence.intake_batches import SqlIntakeReads, save_new_applications
from ebidadmin.persistence.ledger import Ledger
from ebidadmin.persistence.outbox import SqlAudit, SqlMails, enqueue
from ebidadmin.persistence.proposals import SqlProposals
from ebidadmin.persistence.register import SqlRegister
from ebidadmin.persistence.register_batches import save_correction, save_undoing
from ebidadmin.persistence.report_runs import SqlReportRuns
from ebidadmin.persistence.repositories import SqlApplications, SqlContacts, SqlPermits, SqlRegistrations
from ebidadmin.persistence.rows import begin_writing
from ebidadmin.persistence.savers import OPEN_APPLICATION_EXISTS, SAVERS, Saver, Saving, is_taken_key, rule_of
from ebidadmin.persistence.schema import SequenceRow
from ebidadmin.persistence.staff_members import save_staff_member
from ebidadmin.services.ports import SequenceName, UnitOfWork


def _save_batch(saving: Saving, after: ImportBatch) -> bool:
    return save_batch(saving.session, after)


def _save_undoing(saving: Saving, after: Undoing) -> bool:
    return save_undoing(saving.session, after)


def _save_correction(saving: Saving, after: Correction) -> bool:
    return save_correction(saving.session, after, saving.names)


def _save_dispatch(saving: Saving, after: Dispatch) -> bool:
    return save_dispatch(saving.session, after)


def _save_id_case(saving: Saving, after: IdCaseRecord) -> bool:
    return save_id_case(saving.session, after)


def _save_staff_member(saving: Saving, after: StaffMember) -> bool:
    return save_staff_member(saving.session, after)


SAVING: Mapping[type, Saver] = {
    **SAVERS,
    **CARD_SAVERS,
    ImportBatch: _save_batch,
    Undoing: _save_undoing,
    Correction: _save_correction,
    Dispatch: _save_dispatch,
    IdCaseRecord: _save_id_case,
    StaffMember: _save_staff_member,
}

_LOOK_BACK = 200
"""How many events of a subject are looked through for the one that changed it (notes and leases are events as well)."""


class SqlUnitOfWork:
    """``ports.UnitOfWork`` on a database.

    The transaction begins with the block; on SQLite it takes the write lock at once, on PostgreSQL its turn to write with the first
    change, waiting for others (``StorageError`` ``database-locked`` when that takes too long). What was read before and has changed
    meanwhile is noticed by its version, or by a unique rule of the database. After ``commit`` or the end of the block the unit is
    closed: any further use is a defect and raises ``RuntimeError``. With ``dry_run`` everything happens but ``commit`` rolls back.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        clock: Clock,
        software: str = f"ebidadmin {__version__}",
        dry_run: bool = False,
        names: NameRules | None = None,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._software = software
        self._dry_run = dry_run
        self._names = names or NameRules()
        self._open_session: Session | None = None
        self._open_ledger: Ledger | None = None

    def __enter__(self) -> Self:
        if self._open_session is not None:
            raise RuntimeError("a unit of work cannot be opened twice")
        session = Session(self._engine, autoflush=False)
        try:
            session.connection()
        except EbidError:
            session.close()
            raise
        self._open_session = session
        self._open_ledger = Ledger(session, software=self._software)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    @property
    def applications(self) -> SqlApplications:
        return SqlApplications(self.session)

    @property
    def permits(self) -> SqlPermits:
        return SqlPermits(self.session)

    @property
    def dispatches(self) -> SqlDispatches:
        return SqlDispatches(self.session)

    @property
    def permit_proposals(self) -> SqlProposals:
        return SqlProposals(self.session)

    @property
    def registrations(self) -> SqlRegistrations:
        return SqlRegistrations(self.session)

    @property
    def register(self) -> SqlRegister:
        return SqlRegister(self.session)

    @property
    def import_requests(self) -> SqlImportRequests:
        return SqlImportRequests(self.session)

    @property
    def desk_requests(self) -> SqlDeskRequests:
        return SqlDeskRequests(self.session)

    @property
    def cards(self) -> SqlCards:
        return SqlCards(self.session)

    @property
    def id_cases(self) -> SqlIdCases:
        return SqlIdCases(self.session)

    @property
    def card_sessions(self) -> SqlCardSessions:
        return SqlCardSessions(self.session)

    @property
    def follow_ups(self) -> SqlFollowUps:
        return SqlFollowUps(self.session)

    @property
    def expiry_notices(self) -> SqlExpiryNotices:
        return SqlExpiryNotices(self.session)

    @property
    def report_runs(self) -> SqlReportRuns:
        return SqlReportRuns(self.session)

    @property
    def contacts(self) -> SqlContacts:
        return SqlContacts(self.session)

    @property
    def mails(self) -> SqlMails:
        return SqlMails(self.session)

    @property
    def audit(self) -> SqlAudit:
        return SqlAudit(self.session)

    @property
    def intake(self) -> SqlIntakeReads:
        begin_writing(self.session)
        return SqlIntakeReads(self.session)

    @property
    def session(self) -> Session:
        """The open session, for the other modules of this package."""
        if self._open_session is None:
            raise RuntimeError("the unit of work is closed")
        return self._open_session

    @property
    def _ledger(self) -> Ledger:
        if self._open_ledger is None:
            raise RuntimeError("the unit of work is closed")
        return self._open_ledger

    def record(self, transition: Transition[Any], *, mails: Sequence[MailDraft] = ()) -> None:
        """Save, append the events, enqueue the mails: all of it or, when it raises, nothing (the unit stays usable)."""
        saver = SAVING.get(type(transition.after))
        if saver is None:
            raise TypeError(f"no way to save a {type(transition.after).__name__}")
        first = transition.events[0]
        begin_writing(self.session)
        try:
            with self.session.begin_nested():
                if not saver(Saving(self.session, self._names), transition.after):
                    raise self._concurrent_edit(transition)
                seq = self._ledger.tell(transition.events)
                written = enqueue(self.session, mails, about=first.subject, at=self._clock.now())
        except IntegrityError as error:
            raise self._meaning_of(error, transition) from error
        self._ledger.changed(REFS[type(transition.after)](transition.after), seq=seq)
        self._ledger.changed((("mail_outbox", str(mail)) for mail in written), seq=seq)

    def record_new(self, submitted: Sequence[Transition[IdApplication]]) -> None:
        """Save and append the events: all of it or, when it raises, nothing (the unit stays usable)."""
        new = [one.after for one in submitted]
        if any(one.version != 1 for one in new):
            raise ValueError("only new applications are saved many at a time")
        events = [event for one in submitted for event in one.events]
        begin_writing(self.session)
        try:
            with self.session.begin_nested():
                save_new_applications(self.session, self._names, new)
                numbers = iter(self._ledger.tell_many(events))
        except IntegrityError as error:
            raise _meaning_of_many(error) from error
        for one in submitted:
            seq = [next(numbers) for _ in one.events][-1]
            self._ledger.changed(REFS[IdApplication](one.after), seq=seq)

    def log(self, event: Event) -> None:
        begin_writing(self.session)
        try:
            self._ledger.tell((event,))
        except IntegrityError as error:
            raise refused(error) from error

    def erase(
        self,
        event: Event,
        *,
        erased: Collection[Erased],
        touched: Collection[Ref] = (),
        removed: Collection[Ref] = (),
    ) -> None:
        """Tell an erasing and, with ``commit``, empty those parts of the trail for ever; ``touched`` are the records that changed with it,
        ``removed`` those of which the caller then deletes all rows.

        The event says how many parts it were, and the digest of their list. ``commit`` raises ``RuleError`` ``audit-tree-broken`` where
        the trail cannot take it up.
        """
        if event.tag is not EventTag.AUDIT_ERASED or not (erased or touched or removed):
            raise ValueError("only an erasing erases, and it erases something")
        begin_writing(self.session)
        told = replace(event, facts={**event.facts, **erasure_facts(erased)})
        seq = self._ledger.tell((told,))
        self._ledger.changed(touched, seq=seq)
        self._ledger.erases(erased, salts_of=(*touched, *removed), seq=seq)
        self._ledger.lets_go(removed, seq=seq)

    def next_number(self, sequence: SequenceName, *, fiscal_year: int | None = None) -> int:
        # With the turn to write nobody else stands between the two statements: also the first draw of a counter happens once.
        begin_writing(self.session)
        name = sequence.value if fiscal_year is None else f"{sequence.value}:{fiscal_year}"
        self._ledger.drew(name)
        step = update(SequenceRow).where(SequenceRow.name == name).values(value=SequenceRow.value + 1)
        options = {"synchronize_session": False}
        value: int | None = self.session.scalar(step.returning(SequenceRow.value), execution_options=options)
        if value is None:
            self.session.execute(insert(SequenceRow).values(name=name, value=1))
            return 1
        return value

    def commit(self) -> None:
        session = self.session
        try:
            if self._dry_run:
                session.rollback()
            else:
                self._ledger.close()
                session.commit()
        finally:
            self._close()

    def _close(self) -> None:
        session, self._open_session, self._open_ledger = self._open_session, None, None
        if session is not None:
            session.close()

    def _concurrent_edit(self, transition: Transition[Any]) -> ConcurrentEditError:
        """Who was faster, from the trail: the last event that changed what this transition wanted to change."""
        subject = transition.events[0].subject
        told_by = "holder" if isinstance(transition.after, Claim) else "state"
        for entry in self.audit.latest_of(subject, limit=_LOOK_BACK):
            after = entry.event.after
            if after is not None and told_by in after:
                at, state = entry.event.at.isoformat(), after[told_by]
                who = entry.event.by
                return ConcurrentEditError(
                    "concurrent-edit",
                    kind=subject.kind.value,
                    id=subject.id,
                    by=who,
                    at=at,
                    state=_text(state),
                )
        return ConcurrentEditError(
            "concurrent-edit", kind=subject.kind.value, id=subject.id, by=None, at=None, state=None
        )

    def _meaning_of(self, error: IntegrityError, transition: Transition[Any]) -> EbidError:
        code = rule_of(error)
        event = transition.events[0]
        if code is not None:
            told = {name: _text((event.after or {}).get(name)) for name in ("user_id", "corrects")}
            return RuleError(
                code, id=self._in_the_way(code, event), supplier_number=event.supplier_number, **told
            )
        return self._concurrent_edit(transition) if is_taken_key(error) else refused(error)

    def _in_the_way(self, code: str, event: Event) -> str:
        """What stands against it: the application that is open, else the subject itself."""
        supplier = event.supplier_number
        if code == OPEN_APPLICATION_EXISTS and supplier is not None:
            applications = self.applications.of_supplier(SupplierNumber(supplier))
            return next((one.number for one in applications if one.is_open), event.subject.id)
        return event.subject.id


def _meaning_of_many(error: IntegrityError) -> EbidError:
    """The kind of refusal, where it is not known which of many it was."""
    code = rule_of(error)
    if code is not None:
        return RuleError(code)
    if not is_taken_key(error):
        return refused(error)
    kind = SubjectKind.APPLICATION.value
    return ConcurrentEditError("concurrent-edit", kind=kind, id=None, by=None, at=None, state=None)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def uow_factory(
    engine: Engine,
    *,
    clock: Clock,
    software: str = f"ebidadmin {__version__}",
    dry_run: bool = False,
    names: NameRules | None = None,
) -> Callable[[], UnitOfWork]:
    """What an ``Office`` takes as ``uow``. ``names`` are the rules by which names are compared (twins for the search)."""

    def unit_of_work() -> UnitOfWork:
        return SqlUnitOfWork(engine, clock=clock, software=software, dry_run=dry_run, names=names)

    return unit_of_work
