"""Whatever happens to an office, the database gives back exactly what the aggregates say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ebidadmin.clock import SettableClock
from ebidadmin.domain import applications, claims, notes, permits
from ebidadmin.domain.applications import IdApplication
from ebidadmin.domain.claims import Claim
from ebidadmin.domain.events import Event
from ebidadmin.domain.ids import ApplicationNumber, PermitId
from ebidadmin.domain.notes import Note
from ebidadmin.domain.permits import DocumentNumber, PaperChannel, Permit
from ebidadmin.domain.registrations import Registration
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import HeldByOtherError, IllegalTransitionError
from ebidadmin.persistence.engine import make_engine
from ebidadmin.persistence.unit_of_work import SqlUnitOfWork
from tests import builders
from tests.builders import NOON
from tests.conftest import FreshDatabase
from tests.persistence.office import approval, registration, submission
from tests.postgres import ENGINES

SUPPLIERS = 3

# No field of a form takes a NUL, and PostgreSQL keeps none.
words = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20
).filter(str.strip)
people = st.sampled_from(["tanaka", "suzuki", "佐藤"])


class Office:
    """The aggregates as memory has them; each verb gives the transitions that one unit of work records."""

    def __init__(self) -> None:
        self.applications: dict[ApplicationNumber, IdApplication] = {}
        self.current: dict[int, IdApplication] = {}
        self.registrations: dict[int, Registration] = {}
        self.claims: dict[ApplicationNumber, Claim] = {}
        self.notes: dict[ApplicationNumber, list[Note]] = {}
        self.permits: dict[PermitId, Permit] = {}
        self.events: list[Event] = []
        self.at = NOON

    def keep(self, n: int, transition: Transition[Any]) -> None:
        after = transition.after
        self.events.extend(transition.events)
        match after:
            case IdApplication():
                self.applications[after.number] = self.current[n] = after
            case Registration():
                self.registrations[n] = after
            case Claim():
                self.claims[after.application] = after
            case Note():
                self.notes.setdefault(after.application, []).append(after)
            case Permit():
                self.permits[after.id] = after

    def submit(self, n: int, text: str, by: str) -> list[Transition[Any]]:
        present = self.current.get(n)
        if present is not None and present.is_open:
            return []
        number = f"A{n}{len(self.applications):05d}"
        previous = None if present is None else present.number
        made = applications.submit(
            number=ApplicationNumber(number),
            form=builders.form(n, trade_name=text, branch=by),
            password_hash=builders.SAMPLE_HASH,
            at=self.at,
            by=by,
            channel=submission(n).after.channel,
            previous=previous,
            register_seen=builders.batch_id(n) if n else None,
        )
        return [made]

    def inquire(self, n: int, text: str, by: str) -> list[Transition[Any]]:
        return [applications.inquire(self.current[n], text=text, by=by, at=self.at)]

    def answer(self, n: int, text: str, by: str) -> list[Transition[Any]]:
        return [applications.answer(self.current[n], text=text, by=by, at=self.at)]

    def approve(self, n: int, text: str, by: str) -> list[Transition[Any]]:
        if n in self.registrations:
            return []
        decided = approval(self.current[n], by=by, at=self.at)
        return [decided, registration(decided.after, serial=n + 1, by=by, at=self.at)]

    def reject(self, n: int, text: str, by: str) -> list[Transition[Any]]:
        return [applications.reject(self.current[n], reasons=("R01", "R02"), note=text, by=by, at=self.at)]

    def withdraw(self, n: int, text: str, by: str) -> list[Transition[Any]]:
        return [applications.withdraw(self.current[n], by=by, at=self.at, note=text)]

    def note(self, n: int, text: str, by: str) -> list[Transition[Any]]:
        return [notes.note(application=self.current[n].number, text=text, by=by, at=self.at)]

    def claim(self, n: int, text: str, by: str) -> list[Transition[Any]]:
        number = self.current[n].number
        return [claims.claim(self.claims.get(number), application=number, by=by, at=self.at)]

    def release(self, n: int, text: str, by: str) -> list[Transition[Any]]:
        return [claims.release(self.claims[self.current[n].number], by=by, at=self.at)]

    def record_permit(self, n: int, text: str, by: str) -> list[Transition[Any]]:
        return [
            permits.record(
                permit_id=PermitId(f"P{len(self.permits):03d}"),
                supplier_number=builders.supplier_number(n),
                received=date(2026, 10, 1),
                channel=PaperChannel.FAX,
                by=by,
                at=self.at,
                applicant=text,
                note=text,
                reply_channel=None if by == "tanaka" else PaperChannel.POST,
            )
        ]

    def grant(self, n: int, text: str, by: str) -> list[Transition[Any]]:
        first, last = date(2026, 10, 1), None if by == "tanaka" else date(2028, 3, 31)
        number, asked = self.number(), self.permit(n)
        return [permits.grant(asked, document=number, valid_from=first, valid_to=last, by=by, at=self.at)]

    def refuse(self, n: int, text: str, by: str) -> list[Transition[Any]]:
        asked, codes = self.permit(n), ("other", "form-incomplete")
        return [permits.refuse(asked, document=self.number(), reasons=codes, note=text, by=by, at=self.at)]

    def take_back(self, n: int, text: str, by: str) -> list[Transition[Any]]:
        return [permits.withdraw(self.permit(n), reason=text, by=by, at=self.at)]

    def void(self, n: int, text: str, by: str) -> list[Transition[Any]]:
        return [permits.void(self.permit(n), reason=text, by=by, at=self.at)]

    def number(self) -> DocumentNumber:
        """The next of the year."""
        return DocumentNumber(2026, sum(one.document is not None for one in self.permits.values()) + 1)

    def permit(self, n: int) -> Permit:
        """The supplier's last one."""
        return [
            permit
            for permit in self.permits.values()
            if permit.supplier_number == builders.supplier_number(n)
        ][-1]


Verb = Callable[[Office, int, str, str], list[Transition[Any]]]
VERBS: tuple[Verb, ...] = (
    *(Office.submit, Office.inquire, Office.answer, Office.approve, Office.reject, Office.withdraw),
    *(
        Office.note,
        Office.claim,
        Office.release,
        Office.record_permit,
        Office.grant,
        Office.refuse,
        Office.take_back,
        Office.void,
    ),
)

steps = st.tuples(st.sampled_from(VERBS), st.integers(0, SUPPLIERS - 1), words, people)


@pytest.mark.parametrize("kind", ENGINES)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(history=st.lists(steps, min_size=5, max_size=40))
def test_any_history_reads_back_as_it_was(
    fresh_database: FreshDatabase, kind: str, history: list[tuple[Verb, int, str, str]]
) -> None:
    engine = make_engine(fresh_database(kind))
    clock = SettableClock(NOON)

    def uow() -> SqlUnitOfWork:
        return SqlUnitOfWork(engine, clock=clock)

    office = Office()
    with uow() as unit:
        for verb, n, text, by in history:
            _step(office, unit, verb, n, text, by)
        unit.commit()
    with uow() as unit:
        _compare(office, unit)


def _step(office: Office, unit: SqlUnitOfWork, verb: Verb, n: int, text: str, by: str) -> None:
    office.at += timedelta(minutes=7, microseconds=1)
    try:
        transitions = verb(office, n, text, by)
    except (IllegalTransitionError, HeldByOtherError, KeyError, IndexError):
        return  # what the life cycle refuses, or concerns what is not there yet, is not what this is about
    for transition in transitions:
        unit.record(transition)
        office.keep(n, transition)


def _compare(office: Office, unit: SqlUnitOfWork) -> None:
    for number, application in office.applications.items():
        assert unit.applications.get(number) == application
        assert unit.applications.claim(number) == office.claims.get(number)
        assert unit.applications.notes(number) == tuple(office.notes.get(number, ()))
    for n in range(SUPPLIERS):
        supplier = builders.supplier_number(n)
        assert unit.registrations.live_of(supplier) == office.registrations.get(n)
        own = [
            application
            for application in office.applications.values()
            if application.supplier_number == supplier
        ]
        assert list(unit.applications.of_supplier(supplier)) == own[::-1]
        user_id = builders.form(n).user_id
        in_use = n in office.registrations or any(application.is_open for application in own)
        assert unit.applications.user_id_taken(user_id) == in_use
    assert set(unit.permits.all()) == set(office.permits.values())
    for permit_id, permit in office.permits.items():
        assert unit.permits.get(permit_id) == permit
    assert [entry.event for entry in unit.audit.list()] == office.events
