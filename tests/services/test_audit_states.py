"""A record as of any moment is what a replay of its life gives; kinds whose events do not carry whole records are refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ebidadmin.clock import SettableClock
from ebidadmin.domain import applications, cards, claims, id_desk_work, notes, permits
from ebidadmin.domain.cards import Revocation
from ebidadmin.domain.erasures import Erased, ErasedPart
from ebidadmin.domain.events import Event, EventTag, JsonMap, Subject, SubjectKind
from ebidadmin.domain.ids import CardId
from ebidadmin.domain.permits import PermitState
from ebidadmin.domain.staff import Role, Staff
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import NotPermittedError, RuleError
from ebidadmin.persistence.audit_slices import SqlAuditReader
from ebidadmin.persistence.unit_of_work import SqlUnitOfWork
from ebidadmin.services import audit_states
from ebidadmin.services.audit_masks import HIDDEN
from ebidadmin.services.audit_states import WHOLE, RecordState
from ebidadmin.services.ports import Office
from tests.builders import NOON, application_number, batch_id, permit
from tests.cards.builders import kept, registered
from tests.domain import test_cards, test_id_desk_work, test_permits
from tests.persistence.office import approval, rejection, submission
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


def test_what_was_erased_is_not_told_as_never_there(office: Office, reader: SqlAuditReader) -> None:
    store, subject = office.uow, Subject(SubjectKind.REGISTRATION, "X1")
    assert isinstance(store, SqlStore)
    tags = (EventTag.REGISTRATION_CREATED, EventTag.REGISTRATION_SUSPENDED)
    told = (
        Event(tag, subject, "sato", NOON + n * 2 * HOUR, before={"n": n - 1}, after={"n": n})
        for n, tag in enumerate(tags)
    )
    keep(store.engine, told)
    moments = (NOON + HOUR, NOON + 3 * HOUR)
    states = [state(office, reader, subject, moment) for moment in moments]
    assert [one.values for one in states] == [{"n": 0}, {"n": 1}]
    (telling,) = {one.source.seq for one in states if one.source is not None}
    erasing = Event(EventTag.AUDIT_ERASED, Subject(SubjectKind.DESK, "x"), "kanri", NOON + 9 * HOUR)
    with SqlUnitOfWork(store.engine, clock=SettableClock(NOON)) as uow:
        uow.erase(erasing, erased=[Erased(telling, ErasedPart.VALUES)])
        uow.commit()
    for moment in moments:
        with pytest.raises(RuleError, match="audit-state-erased") as caught:
            state(office, reader, subject, moment)
        assert caught.value.facts == {"id": str(telling)}


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
        kind = random.choice(("note", "claim", "inquire", "answer", "withdraw", "approve", "reject"))
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
        elif kind == "withdraw" and present.is_open:
            steps.append(applications.withdraw(present, by="sato", at=at))
            present = steps[-1].after
        elif kind in ("approve", "reject") and present.state.value == "pending":
            steps.append((approval if kind == "approve" else rejection)(present, at=at))
            present = steps[-1].after
        life.append((at, applications.as_audit_map(present)))
    return steps, life


def replayed(life: Life, moment: datetime) -> JsonMap | None:
    return next((values for at, values in reversed(life) if at <= moment), None)


def kept_lives(office: Office) -> dict[str, Life]:
    """Forty lives, in the trail and as they were."""
    store = office.uow
    assert isinstance(store, SqlStore)
    lives: dict[str, Life] = {}
    for number in range(100, 140):
        steps, life = application_life(Random(number), number)
        keep(store.engine, (event for step in steps for event in step.events))
        lives[application_number(number)] = life
    return lives


def agree(office: Office, reader: SqlAuditReader, number: str, life: Life, moment: datetime) -> RecordState:
    found = state(office, reader, Subject(SubjectKind.APPLICATION, number), moment)
    assert found.values == replayed(life, moment)
    return found


def test_any_application_at_any_moment_is_what_a_replay_gives(office: Office, reader: SqlAuditReader) -> None:
    lives = kept_lives(office)

    @settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
    @given(st.sampled_from(sorted(lives)), st.integers(-2, 9 * 24 * 2), st.integers(-2, 9 * 24 * 2))
    def check(number: str, one: int, other: int) -> None:
        first, second = (
            agree(office, reader, number, lives[number], NOON + steps * HOUR / 2)
            for steps in sorted((one, other))
        )
        changes = audit_states.difference(first, second)
        put_together = {**(first.values or {}), **{one.name: one.new for one in changes}}
        assert put_together == (second.values or {})

    check()


@pytest.mark.slow
def test_ten_thousand_records_and_moments(
    office: Office, reader: SqlAuditReader, figure: Callable[[str], None]
) -> None:
    lives = kept_lives(office)
    random = Random(20261130)
    for _ in range(10_000):
        number = random.choice(sorted(lives))
        agree(
            office,
            reader,
            number,
            lives[number],
            NOON + random.randrange(-3600, 9 * 24 * 3600) * timedelta(seconds=1),
        )
    figure("10,000 records as of moments, all as a replay of their events gives them")


def whole_steps() -> Iterator[tuple[SubjectKind, Transition[Any], JsonMap]]:
    """A step of each kind, and the values of the record after it."""
    for verb, card_state in test_cards.LEGAL:
        if verb == "renew":
            continue
        step = test_cards.apply(verb, replace(registered(), state=card_state))
        yield SubjectKind.CARD, step, cards.as_audit_map(step.after)
    card: dict[str, Any] = {
        "certificate": kept(93),
        "der": b"new",
        "revocation": Revocation.CHECKED,
        "register_seen": batch_id(1),
    }
    for renewed in cards.renew(registered(), card_id=CardId("K00000093"), by="tanaka", at=NOON, **card):
        yield SubjectKind.CARD, renewed, cards.as_audit_map(renewed.after)
    for permit_state, verb in test_permits.NEXT:
        paper = replace(permit(92, state=PermitState.REQUESTED), state=PermitState(permit_state))
        decided = test_permits.STEPS[verb](paper)
        yield SubjectKind.PERMIT, decided, permits.as_audit_map(decided.after)
    for verb, states in test_id_desk_work.LEGAL.items():
        for one_state, failures in product(states, (0, 2)):
            one = replace(test_id_desk_work.fresh(), state=one_state, failures=failures)
            changed = test_id_desk_work.do(one, verb) if verb != "use-code" else None
            if changed is not None:
                yield SubjectKind.REGISTRATION, changed, id_desk_work.as_audit_map(changed.after)


def test_events_that_are_said_to_carry_whole_records_do() -> None:
    seen: dict[SubjectKind, set[EventTag]] = {}
    for kind, step, values in whole_steps():
        for event in step.events:
            seen.setdefault(kind, set()).add(event.tag)
            assert event.tag in WHOLE[kind]
            assert event.after == values
            assert event.before is None or set(event.before) == set(values)
    unseen = {kind: WHOLE[kind] - tags for kind, tags in seen.items()}
    assert unseen == {
        SubjectKind.CARD: {EventTag.CARD_REGISTERED},
        SubjectKind.PERMIT: {EventTag.PERMIT_RECORDED},
        SubjectKind.REGISTRATION: {EventTag.REGISTRATION_CODE_FAILED, EventTag.REGISTRATION_RESET},
    }
