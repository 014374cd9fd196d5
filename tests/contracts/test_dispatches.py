"""The dispatch register keeps its contract on each adapter, and is only ever added to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.domain.events import EventTag
from ebidadmin.domain.ids import DispatchId, PermitId
from ebidadmin.domain.permits import PaperChannel
from ebidadmin.errors import InputError, NotFoundError, NotPermittedError, RuleError
from ebidadmin.services import permit_dispatch as service
from ebidadmin.services import permits
from ebidadmin.services.ports import Office, UnitOfWork
from tests.builders import AUDITOR, HELPER, NOON, TANAKA, TODAY
from tests.conftest import FreshDatabase
from tests.fakes import office
from tests.memory import MemoryStore
from tests.sql_store import SqlStore

Store = MemoryStore | SqlStore


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, clock: SettableClock, fresh_database: FreshDatabase) -> Store:
    if request.param == "memory":
        return MemoryStore(clock)
    return SqlStore(fresh_database(request.param), clock)


@pytest.fixture
def desk(store: Store) -> Office:
    return office(store)


def decided(desk: Office, number: str = "190000094", applicant: str = "(株)テスト商会94") -> PermitId:
    one = permits.record(
        desk,
        staff=TANAKA,
        supplier_number=number,
        received=TODAY,
        channel=PaperChannel.FAX,
        applicant=applicant,
    )
    permits.grant(desk, staff=TANAKA, permit_id=one.id, valid_to=date(2028, 3, 31))
    return one.id


def enter(desk: Office, permit: PermitId, **changes: object) -> DispatchId:
    given: dict[str, object] = {"channel": PaperChannel.POST}
    return service.dispatch(desk, staff=TANAKA, permit_id=permit, **(given | changes)).id  # type: ignore[arg-type]  # a test's own mix of options


def test_rows_come_back_by_day_with_what_stands_against_them(desk: Office, clock: SettableClock) -> None:
    one, other = decided(desk), decided(desk)
    clock.set(NOON.replace(day=20))
    ids = [
        enter(desk, one, day=date(2026, 10, 9)),
        enter(desk, other, day=date(2026, 10, 8), recipient="代理人"),
        enter(desk, one),
    ]
    right = enter(desk, one, day=date(2026, 10, 15), corrects=ids[0], note="日付の誤り")
    gone = service.cancel(desk, staff=TANAKA, permit_id=one, wrong=ids[2], note="送っていない").id
    lines = service.list_between(desk, staff=AUDITOR)
    assert [(line.row.id, line.corrected_by) for line in lines] == [
        (ids[1], None),
        (ids[0], right),
        (right, None),
        (ids[2], gone),
        (gone, None),
    ]
    assert [line.row.recipient for line in lines[:2]] == ["代理人", "(株)テスト商会94"]
    (alone,) = service.list_between(desk, staff=AUDITOR, first=date(2026, 10, 9), last=date(2026, 10, 14))
    assert (alone.row.id, alone.corrected_by) == (ids[0], right)
    with desk.uow() as uow:
        assert uow.dispatches.get(ids[0]) == alone.row
        assert [row.id for row in uow.dispatches.of_permit(other)] == [ids[1]]


def test_a_row_is_put_right_once(desk: Office) -> None:
    permit = decided(desk)
    wrong = enter(desk, permit)
    enter(desk, permit, corrects=wrong, note="x")
    with pytest.raises(RuleError) as refused:
        enter(desk, permit, corrects=wrong, note="y")
    assert (refused.value.code, refused.value.facts["corrects"]) == ("dispatch-corrected", wrong)
    assert len(service.list_between(desk, staff=AUDITOR)) == 2
    assert enter(desk, permit) == "D000003"


def test_a_stack_is_entered_whole_or_not_at_all(desk: Office, clock: SettableClock) -> None:
    one, other, third = (decided(desk) for _ in range(3))
    rows = service.dispatch_all(
        desk, staff=TANAKA, letters=[(one, PaperChannel.POST), (other, PaperChannel.FAX)]
    )
    assert [(row.id, row.permit, row.channel, row.day, row.recipient) for row in rows] == [
        ("D000001", one, PaperChannel.POST, TODAY, "(株)テスト商会94"),
        ("D000002", other, PaperChannel.FAX, TODAY, "(株)テスト商会94"),
    ]
    with pytest.raises(RuleError) as refused:
        service.dispatch_all(
            desk, staff=TANAKA, letters=[(third, PaperChannel.POST), (one, PaperChannel.POST)]
        )
    told = refused.value.facts
    assert (refused.value.code, told["id"], told["row"], told["by"]) == (
        "dispatch-entered",
        one,
        "D000001",
        "tanaka",
    )
    with pytest.raises(NotFoundError):
        service.dispatch_all(
            desk, staff=TANAKA, letters=[(third, PaperChannel.POST), (PermitId("P9"), PaperChannel.FAX)]
        )
    with pytest.raises(NotPermittedError):
        service.dispatch_all(desk, staff=HELPER, letters=[(third, PaperChannel.POST)])
    service.cancel(desk, staff=TANAKA, permit_id=one, wrong=rows[0].id, note="送っていない")
    again = service.dispatch_all(desk, staff=TANAKA, letters=[(one, PaperChannel.POST)])
    # What was refused cost no number, and what did not happen may happen.
    assert [row.id for row in again] == ["D000004"]


def test_refusals_change_nothing_and_exports_are_told(desk: Office) -> None:
    permit = decided(desk, "190000001", applicant="")
    for act, error in (
        (lambda: enter(desk, PermitId("P999999")), NotFoundError),
        (lambda: enter(desk, permit, corrects=DispatchId("D9"), note="x"), NotFoundError),
        (lambda: enter(desk, permit), InputError),  # nobody named it
        (
            lambda: service.dispatch(desk, staff=HELPER, permit_id=permit, channel=PaperChannel.FAX),
            NotPermittedError,
        ),
        (lambda: service.list_between(desk, staff=HELPER), NotPermittedError),
        (
            lambda: service.list_between(desk, staff=AUDITOR, first=TODAY, last=date(2026, 10, 1)),
            InputError,
        ),
    ):
        with pytest.raises(error):
            act()
    assert service.export(desk, staff=AUDITOR) == ()
    with desk.uow() as uow:
        last = uow.audit.last()
    assert last is not None
    assert (last.event.tag, last.event.facts["rows"]) == (EventTag.PERMIT_DISPATCHES_EXPORTED, 0)


def test_a_new_desk_has_none(uow: Callable[[], UnitOfWork]) -> None:
    with uow() as unit:
        assert unit.dispatches.between(None, None) == ()
        with pytest.raises(NotFoundError):
            unit.dispatches.get(DispatchId("D000001"))
