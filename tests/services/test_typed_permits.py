"""Where one person works alone and the office wants a second one for permits, nothing is decided without the number typed again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebidadmin.clock import SettableClock
from ebidadmin.domain.events import EventTag, Subject, SubjectKind
from ebidadmin.domain.ids import PermitId
from ebidadmin.domain.permit_proposals import PermitAct
from ebidadmin.domain.permits import PaperChannel, Permit, PermitState
from ebidadmin.errors import EbidError, InputError
from ebidadmin.services import permit_proposals, permits
from ebidadmin.services.ports import Office
from ebidadmin.services.settings import Settings
from tests.builders import NOON, TANAKA, TODAY, qualification
from tests.conftest import FreshDatabase
from tests.fakes import MemoryStore, office
from tests.sql_store import SqlStore

ONE = PermitId("P000001")
NUMBER = "190000094"
ALONE = Settings(permit_second_person=True, one_person=True)
TOLD = {"manner": "typed-confirmation", "typed": NUMBER}


def stocked(store: MemoryStore | SqlStore, settings: Settings = ALONE) -> Office:
    store.import_register(qualification(94))
    made = office(store, settings=settings)
    permits.record(made, staff=TANAKA, supplier_number=NUMBER, received=TODAY, channel=PaperChannel.FAX)
    return made


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, clock: SettableClock, fresh_database: FreshDatabase) -> Office:
    """An office of one person that wants a second one, with one request of a supplier in the register."""
    if request.param == "memory":
        return stocked(MemoryStore(clock))
    return stocked(SqlStore(fresh_database(request.param), clock))


def act(desk: Office, which: PermitAct, typed: str | None) -> Permit:
    if which is PermitAct.GRANT:
        return permits.grant(desk, staff=TANAKA, permit_id=ONE, typed=typed)
    if which is PermitAct.REFUSE:
        return permits.refuse(desk, staff=TANAKA, permit_id=ONE, reasons=("form-incomplete",), typed=typed)
    if which is PermitAct.WITHDRAW:
        return permits.withdraw(desk, staff=TANAKA, permit_id=ONE, reason="申出", typed=typed)
    return permits.void(desk, staff=TANAKA, permit_id=ONE, reason="誤り", typed=typed)


def stored(desk: Office) -> Permit:
    with desk.uow() as uow:
        return uow.permits.get(ONE)


def last(desk: Office) -> tuple[EventTag, dict[str, object]]:
    with desk.uow() as uow:
        entry = uow.audit.last_of(Subject(SubjectKind.PERMIT, ONE))
    assert entry is not None
    return entry.event.tag, dict(entry.event.facts)


def refused(code: str, work: Callable[[], object]) -> None:
    with pytest.raises(EbidError) as caught:
        work()
    assert caught.value.code == code, caught.value


@pytest.mark.parametrize(
    ("path", "tag"),
    [
        ((PermitAct.GRANT,), EventTag.PERMIT_GRANTED),
        ((PermitAct.REFUSE,), EventTag.PERMIT_REFUSED),
        ((PermitAct.GRANT, PermitAct.WITHDRAW), EventTag.PERMIT_WITHDRAWN),
        ((PermitAct.REFUSE, PermitAct.VOID), EventTag.PERMIT_VOIDED),
    ],
)
def test_a_decision_needs_the_number_again_and_the_trail_says_so(
    desk: Office, path: tuple[PermitAct, ...], tag: EventTag
) -> None:
    *before, which = path
    for one in before:
        act(desk, one, NUMBER)
    seen = stored(desk)
    refused("typed-confirmation-missing", lambda: act(desk, which, None))
    refused("typed-confirmation-missing", lambda: act(desk, which, " "))
    refused("typed-confirmation-wrong", lambda: act(desk, which, "190000093"))
    assert stored(desk) == seen
    act(desk, which, "１９００００094 ")
    assert last(desk) == (tag, TOLD)


def test_a_number_that_nobody_typed_draws_no_document_number(desk: Office) -> None:
    refused("typed-confirmation-missing", lambda: act(desk, PermitAct.GRANT, None))
    granted = act(desk, PermitAct.GRANT, NUMBER)
    assert granted.document is not None
    assert granted.document.number == 1


def test_nobody_is_asked(desk: Office) -> None:
    assert not permit_proposals.needed(desk, permit_id=ONE, act=PermitAct.GRANT)
    refused(
        "proposal-not-needed",
        lambda: permit_proposals.propose(desk, staff=TANAKA, permit_id=ONE, act=PermitAct.GRANT),
    )
    assert permit_proposals.waiting(desk) == 0


def test_what_is_refused_anyway_is_told_before_anything_is_typed(desk: Office) -> None:
    act(desk, PermitAct.REFUSE, NUMBER)
    refused("already-decided", lambda: act(desk, PermitAct.GRANT, None))
    refused("illegal-transition", lambda: act(desk, PermitAct.WITHDRAW, None))


def test_what_was_recorded_by_mistake_is_voided_at_one_word(desk: Office) -> None:
    assert act(desk, PermitAct.VOID, None).state is PermitState.VOIDED
    assert last(desk) == (EventTag.PERMIT_VOIDED, {})


def test_without_the_setting_nothing_is_typed_and_nothing_told(clock: SettableClock) -> None:
    made = stocked(MemoryStore(clock), Settings(one_person=True))
    assert act(made, PermitAct.GRANT, "whatever").state is PermitState.GRANTED
    assert last(made) == (EventTag.PERMIT_GRANTED, {})


def test_where_several_work_no_word_takes_the_place_of_a_second_person(clock: SettableClock) -> None:
    made = stocked(MemoryStore(clock), Settings(permit_second_person=True))
    refused("permit-needs-second-person", lambda: act(made, PermitAct.GRANT, NUMBER))


TYPED = st.none() | st.just(NUMBER) | st.just(f"　{NUMBER}") | st.text(max_size=10)


@given(st.lists(st.tuples(st.sampled_from(PermitAct), TYPED), max_size=6))
def test_whatever_is_tried_only_the_number_decides(tried: list[tuple[PermitAct, str | None]]) -> None:
    made = stocked(MemoryStore(SettableClock(NOON)))
    for which, typed in tried:
        before = stored(made)
        try:
            after = act(made, which, typed)
        except EbidError as error:
            assert stored(made) == before
            typing = isinstance(error, InputError) and error.code.startswith("typed-confirmation")
            # Whoever typed the number is never told to type it.
            assert not (typing and (typed or "").strip() == NUMBER)
            continue
        unguarded = which is PermitAct.VOID and before.state is PermitState.REQUESTED
        assert unguarded or (typed or "").strip() == NUMBER
        assert last(made)[1] == ({} if unguarded else TOLD)
        assert after == stored(made)
