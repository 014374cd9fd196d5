"""A record as of any moment is what a replay of its life gives; kinds whose events do not carry whole records are refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ebidadmin.clock import SettableClock
from ebidadmin.domain import applications, claims, id_desk_work, notes
from ebidadmin.domain.events import JsonMap, Subject, SubjectKind
from ebidadmin.domain.staff import Role, Staff
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import NotPermittedError, RuleError
from ebidadmin.persistence.audit_slices import SqlAuditReader
from ebidadmin.services import audit_states
from ebidadmin.services.audit_masks import HIDDEN
from ebidadmin.services.audit_states import WHOLE, RecordState
from ebidadmin.services.ports import Office
from tests.builders import NOON, application_number
from tests.persistence.office import submission
from tests.persistence.trails import keep
from tests.sql_store import SqlStore

AUDITOR = Staff("yamada", frozenset({Role.AUDITOR}))
HOUR = timedelta(hours=1)
Life = list[tuple[datetime, JsonMap | None]]


@pytest.fixture
def reader(office: Office) -> SqlAuditReader:
    store = office.uow
    assert isinstance(store, SqlStore)
    return SqlAuditReader(store.engine)


def state(office: Office, reader: SqlAuditReader, subject: Subject, moment: datetime) -> RecordState:
    return audit_states.state(office, staff=AUDITOR, reader=reader, subject=subject, moment=moment)


@pytest.mark.parametrize(
    "kind", [kind for kind in SubjectKind if kind not in WHOLE], ids=lambda kind: kind.value
)
def test_other_kinds_are_refused(office: Office, reader: SqlAuditReader, kind: SubjectKind) -> None:
    with pytest.raises(RuleError) as caught:
        state(office, reader, Subject(kind, "1"), NOON)
    assert (caught.value.code, caught.value.facts) == ("audit-state-kind", {"kind": kind.value})


def test_an_id_without_a_change_has_only_its_creation(office: Office, reader: SqlAuditReader) -> None:
    subject = Subject(SubjectKind.REGISTRATION, application_number(92))
    assert state(office, reader, subject, NOON - HOUR).values is None
    with pytest.raises(RuleError) as caught:
        state(office, reader, subject, NOON)
    assert caught.value.code == "audit-state-partial"


def test_the_first_change_of_an_id_tells_what_was_there_before(
    office: Office, reader: SqlAuditReader, clock: SettableClock
) -> None:
    subject = Subject(SubjectKind.REGISTRATION, application_number(92))
    with office.uow() as uow:
        found = uow.registrations.get(application_number(92))
        uow.record(id_desk_work.failed(found, limit=5, by="tanaka", at=NOON + HOUR))
        uow.commit()
    at_first = state(office, reader, subject, NOON)
    assert at_first.values == id_desk_work.as_audit_map(found)
    later = state(office, reader, subject, NOON + HOUR)
    assert [one.name for one in audit_states.difference(at_first, later)] == ["failures", "version"]


def test_an_administrator_sees_no_personal_data(office: Office, reader: SqlAuditReader) -> None:
    subject = Subject(SubjectKind.APPLICATION, application_number(92))
    found = audit_states.state(
        office,
        staff=Staff("root", frozenset({Role.ADMINISTRATOR})),
        reader=reader,
        subject=subject,
        moment=NOON,
    )
    assert found.values is not None
    assert (found.values["state"], found.values["trade_name"]) == ("withdrawn", HIDDEN)
    with pytest.raises(NotPermittedError):
        audit_states.state(office, staff=Staff("x", frozenset()), reader=reader, subject=subject, moment=NOON)


def application_life(random: Random, number: int) -> tuple[Sequence[Transition[Any]], Life]:
    """The life of an application with claims and notes between, and its values from each moment on."""
    made = submission(number, at=NOON)
    steps: list[Transition[Any]] = [made]
    life: Life = [(NOON, applications.as_audit_map(made.after))]
    present, at = made.after, NOON
    for _ in range(random.randrange(9)):
        at += random.choice((timedelta(0), HOUR, timedelta(days=1)))
        kind = random.choice(("note", "claim", "inquire", "answer", "end"))
        if kind == "note":
            steps.append(notes.note(application=present.number, text="メモ", by="sato", at=at))
        elif kind == "claim":
            steps.append(claims.claim(None, application=present.number, by="sato", at=at, lease=HOUR))
        elif kind == "inquire" and present.state.value == "pending":
            step = applications.inquire(present, text="電話番号は?", by="sato", at=at)
            steps.append(step)
            present = step.after
        elif kind == "answer" and present.state.value == "inquired":
            step = applications.answer(present, text="01", by="sato", at=at)
            steps.append(step)
            present = step.after
        elif kind == "end" and present.is_open:
            step = applications.withdraw(present, by="sato", at=at)
            steps.append(step)
            present = step.after
        life.append((at, applications.as_audit_map(present)))
    return steps, life


def replayed(life: Life, moment: datetime) -> JsonMap | None:
    return next((values for at, values in reversed(life) if at <= moment), None)


def test_any_application_at_any_moment_is_what_a_replay_gives(office: Office, reader: SqlAuditReader) -> None:
    store = office.uow
    assert isinstance(store, SqlStore)
    lives: dict[str, Life] = {}
    for number in range(100, 140):
        steps, life = application_life(Random(number), number)
        keep(store.engine, (event for step in steps for event in step.events))
        lives[application_number(number)] = life

    @settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
    @given(st.sampled_from(sorted(lives)), st.integers(-2, 9 * 24 * 2), st.integers(-2, 9 * 24 * 2))
    def check(number: str, one: int, other: int) -> None:
        subject = Subject(SubjectKind.APPLICATION, number)
        first, second = (
            state(office, reader, subject, NOON + steps * HOUR / 2) for steps in sorted((one, other))
        )
        for found in (first, second):
            assert found.values == replayed(lives[number], found.moment)
        changes = audit_states.difference(first, second)
        put_together = {**(first.values or {}), **{one.name: one.new for one in changes}}
        assert put_together == (second.values or {})

    check()
