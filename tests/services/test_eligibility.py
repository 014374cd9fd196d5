"""Who may take part in quotations on any day: after random histories, told as a plain diary of the same history tells it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebidadmin.clock import SettableClock, jst_date
from ebidadmin.domain import applications, cards, id_desk_work, permits, registrations
from ebidadmin.domain.cards import CardRegistration, CardState
from ebidadmin.domain.eligibility import Basis, Eligibility, Lack
from ebidadmin.domain.id_desk_work import IdentityCheck, IdentityDocument, IdentityMeans
from ebidadmin.domain.ids import CardId, EnterpriseId, PermitId, UserId
from ebidadmin.domain.permits import DocumentNumber, PaperChannel, Permit, PermitState
from ebidadmin.domain.registrations import Registration, RegistrationState
from ebidadmin.errors import IllegalTransitionError, InputError
from ebidadmin.services.eligibility import on_day
from ebidadmin.services.ports import UnitOfWork
from tests.builders import (
    NOON,
    SAMPLE_HASH,
    TODAY,
    application_number,
    contact,
    qualification,
    supplier_number,
)
from tests.cards.builders import kept, registered
from tests.conftest import FreshDatabase
from tests.fakes import MemoryStore
from tests.persistence.office import submission
from tests.sql_store import SqlStore

SUPPLIER = supplier_number(92)
SEEN = IdentityCheck(IdentityMeans.CALL_BACK, IdentityDocument.NONE)
Store = MemoryStore | SqlStore

Span = tuple[int, int]
"""First and last day, counted from ``TODAY``."""


@dataclass
class Diary:
    """Does the steps of a history and writes down, day by day, what an attentive clerk would: nothing of it is read from the store.

    ``ids`` and ``register`` map a day to how things stood when it ended; a day that is not there stood as the one before.
    """

    store: Store
    clock: SettableClock
    ids: dict[date, RegistrationState | None] = field(default_factory=dict)
    register: dict[date, tuple[Span, Span | None] | None] = field(default_factory=dict)
    granted: dict[PermitId, tuple[date, date]] = field(default_factory=dict)
    taken_back: dict[PermitId, date] = field(default_factory=dict)
    mistaken: set[PermitId] = field(default_factory=set)
    newest_id: Registration | None = None
    newest_permit: Permit | None = None
    card: CardRegistration | None = None
    made: int = 0

    @property
    def today(self) -> date:
        return jst_date(self.clock.now())

    def keep(self, *transitions: Any) -> None:
        with self.store() as uow:
            for transition in transitions:
                uow.record(transition)
            uow.commit()

    def do(self, step: str, span: Span, other: Span | None) -> None:
        """One step; what the life cycle does not allow now does not happen."""
        self.made += 1
        try:
            getattr(self, f"do_{step}")(span, other)
        except (IllegalTransitionError, InputError):
            return

    # The register

    def do_import(self, span: Span, suspended: Span | None) -> None:
        days = {"valid_from": after(span[0]), "valid_to": after(span[1])}
        if suspended is not None:
            days |= {"suspended_from": after(suspended[0]), "suspended_to": after(suspended[1])}
        self.store.import_register(qualification(92, **days), qualification(93), at=self.clock.now())
        self.register[self.today] = (span, suspended)

    def do_vanish(self, _span: Span, _other: Span | None) -> None:
        self.store.import_register(qualification(93), at=self.clock.now())
        self.register[self.today] = None

    # The ID

    def do_approve(self, _span: Span, _other: Span | None) -> None:
        if self.newest_id is not None and self.newest_id.is_live:
            return
        user_id = UserId(f"shoukai{self.made:04d}")
        submitted = submission(92, number=application_number(self.made), user_id=user_id)
        # Decided, so that the registration alone holds the user id.
        self.keep(submitted, applications.withdraw(submitted.after, by="tanaka", at=self.clock.now()))
        made = registrations.create(
            application=application_number(self.made),
            supplier_number=SUPPLIER,
            enterprise_id=EnterpriseId("1352100000000003"),
            user_id=user_id,
            password_hash=SAMPLE_HASH,
            main_contact=contact(),
            applicant_contact=contact(),
            by="tanaka",
            at=self.clock.now(),
        )
        self._id(made)

    def do_lock(self, _span: Span, _other: Span | None) -> None:
        self._move(lambda one, **who: id_desk_work.failed(one, limit=2, **who))

    def do_unlock(self, _span: Span, _other: Span | None) -> None:
        self._move(lambda one, **who: id_desk_work.unlock(one, identity=SEEN, **who))

    def do_suspend(self, _span: Span, _other: Span | None) -> None:
        self._move(lambda one, **who: id_desk_work.suspend(one, reason="調査中", **who))

    def do_resume(self, _span: Span, _other: Span | None) -> None:
        self._move(lambda one, **who: id_desk_work.resume(one, reason="調査終了", **who))

    def do_cancel(self, _span: Span, _other: Span | None) -> None:
        self._move(lambda one, **who: id_desk_work.cancel(one, reason="廃業", **who))

    def _move(self, verb: Callable[..., Any]) -> None:
        if self.newest_id is not None:
            self._id(verb(self.newest_id, by="suzuki", at=self.clock.now()))

    def _id(self, transition: Any) -> None:
        self.keep(transition)
        self.newest_id = transition.after
        self.ids[self.today] = transition.after.state

    # The permit

    def do_request(self, _span: Span, _other: Span | None) -> None:
        self._permit(
            permits.record(
                permit_id=PermitId(f"P{self.made:06d}"),
                supplier_number=SUPPLIER,
                received=self.today,
                channel=PaperChannel.FAX,
                by="tanaka",
                at=self.clock.now(),
            )
        )

    def do_grant(self, span: Span, _other: Span | None) -> None:
        number = DocumentNumber(2026, self.made)
        first, last = after(span[0]), after(span[1])
        self._decide(permits.grant, document=number, valid_from=first, valid_to=last)
        if self.newest_permit is not None and self.newest_permit.document == number:
            self.granted[self.newest_permit.id] = (first, last)

    def do_refuse(self, _span: Span, _other: Span | None) -> None:
        number = DocumentNumber(2026, self.made)
        self._decide(permits.refuse, document=number, reasons=("other",), note="")

    def do_withdraw(self, span: Span, _other: Span | None) -> None:
        day = max(self.today, after(span[0]))
        self._decide(permits.withdraw, reason="申出", withdrawn_from=day)
        if self.newest_permit is not None and self.newest_permit.state is PermitState.WITHDRAWN:
            self.taken_back.setdefault(self.newest_permit.id, day)

    def do_void(self, _span: Span, _other: Span | None) -> None:
        self._decide(permits.void, reason="別の業者の申請")
        if self.newest_permit is not None:
            self.mistaken.add(self.newest_permit.id)

    def _decide(self, verb: Callable[..., Any], **facts: Any) -> None:
        if self.newest_permit is not None:
            self._permit(verb(self.newest_permit, by="tanaka", at=self.clock.now(), **facts))

    def _permit(self, transition: Any) -> None:
        self.keep(transition)
        self.newest_permit = transition.after

    # Cards, which change nothing

    def do_card(self, _span: Span, _other: Span | None) -> None:
        at = self.clock.now()
        if self.card is None or not self.card.is_live:
            fingerprint = f"{self.made:064x}"
            made = registered(92, certificate=kept(92, fingerprint=fingerprint, serial=str(self.made)))
            fresh = replace(
                made, id=CardId(f"K{self.made:08d}"), enterprise_id=EnterpriseId("1352100000000003")
            )
            added = cards.register(
                card_id=fresh.id,
                supplier_number=SUPPLIER,
                enterprise_id=fresh.enterprise_id,
                certificate=fresh.certificate,
                der=fresh.der,
                revocation=fresh.revocation,
                card_contact=fresh.card_contact,
                register_seen=None,
                by="tanaka",
                at=at,
            )
            self.keep(added)
            self.card = added.after
            return
        verb = cards.cancel if self.card.state is CardState.SUSPENDED else cards.suspend
        moved = verb(self.card, reason="紛失", by="tanaka", at=at)
        self.keep(moved)
        self.card = moved.after

    # What the diary says of a day

    def id_on(self, day: date) -> RegistrationState | None:
        return last_entry(self.ids, min(day, self.today))

    def record_on(self, day: date) -> tuple[Span, Span | None] | None:
        first = min(self.register, default=None)
        known = first is not None and first <= day
        return last_entry(self.register, min(day, self.today) if known else self.today)

    def permitted_on(self, day: date) -> bool:
        return any(
            first <= day <= last
            and number not in self.mistaken
            and not (number in self.taken_back and self.taken_back[number] <= day)
            for number, (first, last) in self.granted.items()
        )

    def lacks(self, day: date) -> tuple[set[str], RegistrationState | None]:
        """What is missing, coarsely, and how the ID stood."""
        found = set()
        state, record = self.id_on(day), self.record_on(day)
        if state is not RegistrationState.ACTIVE:
            found.add("id")
        if not self.permitted_on(day):
            found.add("permit")
        if record is None or not within(record[0], day):
            found.add("qualification")
        if record is not None and record[1] is not None and within(record[1], day):
            found.add("supplier")
        return found, state


def after(days: int) -> date:
    return TODAY + timedelta(days=days)


def within(span: Span, day: date) -> bool:
    return after(span[0]) <= day <= after(span[1])


T = TypeVar("T")


def last_entry(diary: Mapping[date, T], day: date) -> T | None:
    known = [entry for entry in diary if entry <= day]
    return diary[max(known)] if known else None


STEPS = sorted(name.removeprefix("do_") for name in vars(Diary) if name.startswith("do_"))
BEGINNING = ("import", "approve", "request", "grant")
"""Without them most random histories would lack everything on all days."""


def spans(first: st.SearchStrategy[int]) -> st.SearchStrategy[Span]:
    return st.builds(lambda start, length: (start, start + length), first, st.integers(0, 30))


history = st.lists(
    st.tuples(
        st.sampled_from(STEPS),
        st.integers(0, 50),
        spans(st.integers(-8, 12)),
        st.none() | spans(st.integers(-8, 12)),
    ),
    max_size=16,
)


def lived(diary: Diary, steps: list[tuple[str, int, Span, Span | None]]) -> None:
    """Begin with everything there, then go through the steps, each some hours after the one before."""
    for step in BEGINNING:
        diary.do(step, (-8, 30), None)
    for step, hours, span, other in steps:
        diary.clock.advance(timedelta(hours=hours))
        diary.do(step, span, other)


def compare(diary: Diary, uow: UnitOfWork, day: date) -> None:
    told = on_day(uow, SUPPLIER, now=diary.clock.now(), day=day)
    missing, state = diary.lacks(day)
    assert {lack.value.partition("-")[0] for lack in told.lacks} == missing, (day, told)
    assert told.eligible == (not missing)
    if "id" in missing:
        word = {
            None: Lack.ID,
            RegistrationState.SUSPENDED: Lack.ID_SUSPENDED,
            RegistrationState.LOCKED: Lack.ID_LOCKED,
            RegistrationState.CANCELLED: Lack.ID_CANCELLED,
        }[state]
        assert told.lacks[0] is word
    for one in told.missing:
        agrees(one.lack, diary, day)
    assert (told.basis is Basis.NOW) == (day == diary.today)
    assert (told.basis is Basis.LATER) == (day > diary.today)


def agrees(lack: Lack, diary: Diary, day: date) -> None:
    """Whether there is such a permit or record at all in the diary."""
    record = diary.record_on(day)
    rightful = {number: span for number, span in diary.granted.items() if number not in diary.mistaken}
    true = {
        Lack.PERMIT_EXPIRED: any(last < day for _, last in rightful.values()),
        Lack.PERMIT_NOT_YET: any(day < first for first, _ in rightful.values()),
        Lack.PERMIT_WITHDRAWN: any(from_ <= day for from_ in diary.taken_back.values()),
        Lack.PERMIT_VOID: bool(diary.mistaken),
        Lack.QUALIFICATION: record is None,
        Lack.QUALIFICATION_NOT_YET: record is not None and day < after(record[0][0]),
        Lack.QUALIFICATION_LAPSED: record is not None and after(record[0][1]) < day,
    }
    assert true.get(lack, True), (lack, day)


@given(history)
def test_every_day_is_told_as_the_diary_has_it(steps: list[tuple[str, int, Span, Span | None]]) -> None:
    clock = SettableClock(NOON)
    diary = Diary(MemoryStore(clock), clock)
    lived(diary, steps)
    with diary.store() as uow:
        for n in range(-10, (diary.today - TODAY).days + 45):
            compare(diary, uow, after(n))


EVERYTHING: list[tuple[str, int, Span, Span | None]] = [
    ("lock", 24, (0, 0), None),
    ("lock", 1, (0, 0), None),
    ("unlock", 24, (0, 0), None),
    ("suspend", 24, (0, 0), None),
    ("resume", 24, (0, 0), None),
    ("card", 1, (0, 0), None),
    ("import", 24, (-8, 40), (8, 9)),
    ("withdraw", 24, (9, 9), None),
    ("cancel", 24, (0, 0), None),
    ("request", 24, (0, 0), None),
    ("grant", 1, (12, 20), None),
    ("approve", 24, (0, 0), None),
    ("card", 1, (0, 0), None),
    ("vanish", 24, (0, 0), None),
    ("import", 24, (-8, 15), None),
]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_both_databases_tell_a_whole_story_as_the_diary_has_it(
    kind: str, fresh_database: FreshDatabase
) -> None:
    clock = SettableClock(NOON)
    diary = Diary(SqlStore(fresh_database(kind), clock), clock)
    lived(diary, EVERYTHING)
    with diary.store() as uow:
        for n in range(-3, 30):
            compare(diary, uow, after(n))


def asked(diary: Diary, day: date) -> Eligibility:
    with diary.store() as uow:
        return on_day(uow, SUPPLIER, now=diary.clock.now(), day=day)


def test_a_cancelled_id_is_told_as_such_with_when_by_whom_and_why(clock: SettableClock) -> None:
    diary = Diary(MemoryStore(clock), clock)
    lived(diary, [("cancel", 24, (0, 0), None)])
    (missing,) = asked(diary, diary.today).missing
    at: datetime = NOON + timedelta(days=1)
    assert (missing.lack, missing.at, missing.by, missing.reason) == (Lack.ID_CANCELLED, at, "suzuki", "廃業")
    assert asked(diary, TODAY).eligible, "it was still there when the day before ended"
    assert asked(diary, TODAY).basis is Basis.THEN


def test_a_day_before_the_first_import_is_told_by_the_register_of_today(clock: SettableClock) -> None:
    diary = Diary(MemoryStore(clock), clock)
    lived(diary, [])
    told = asked(diary, TODAY - timedelta(days=1))
    assert (told.lacks, told.basis) == ((Lack.ID,), Basis.REGISTER_NOW)
