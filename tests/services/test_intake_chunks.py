"""Many rows in one transaction: each gets what it would get alone, on every kind of database, whatever comes in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from ebidadmin.clock import SettableClock
from ebidadmin.domain.applications import IdApplication
from ebidadmin.domain.ids import ApplicationNumber
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import ConcurrentEditError, RuleError
from ebidadmin.persistence.intake_batches import SqlIntakeReads
from ebidadmin.persistence.tables import all_tables
from ebidadmin.persistence.unit_of_work import SqlUnitOfWork
from ebidadmin.services import application_intake as intake
from ebidadmin.services import intake_chunks, intake_rows
from ebidadmin.services.intake_rows import IntakeReport
from ebidadmin.services.ports import Office
from tests.builders import NOON, SAMPLE_HASH, TANAKA, intake_row, qualification, supplier_number
from tests.conftest import FreshDatabase
from tests.fakes import office
from tests.memory import MemoryStore
from tests.persistence.office import approve_fully, rejection, save
from tests.services.intake_model import one_by_one
from tests.sql_store import SqlStore

TABLES = ("id_applications", "contact_points", "user_id_reservations", "audit_events")
SUPPLIERS = (92, 93, 94)
Rows = list[tuple[int, dict[str, object]]]
Store = MemoryStore | SqlStore
Step = Callable[[Office, Callable[..., IntakeReport]], IntakeReport | None]


class OpenDatabases:
    """Stores of a kind, each empty but for its schema, closed at the end of the test."""

    def __init__(self, kind: str, fresh: FreshDatabase) -> None:
        self.kind, self._fresh = kind, fresh
        self._stores: list[SqlStore] = []

    def store(self) -> Store:
        if self.kind == "memory":
            return MemoryStore(SettableClock(NOON))
        made = SqlStore(self._fresh(self.kind), SettableClock(NOON))
        if self.kind == "sqlite":
            # No test here pulls the plug.
            event.listen(made.engine, "connect", lambda connection, _: _do_not_wait(connection))
        self._stores.append(made)
        return made

    def close(self) -> None:
        for store in self._stores:
            store.engine.dispose()
        self._stores.clear()


def _do_not_wait(connection: Any) -> None:
    connection.execute("PRAGMA synchronous = OFF")


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest, fresh_database: FreshDatabase) -> Iterator[OpenDatabases]:
    opened = OpenDatabases(request.param, fresh_database)
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def sql(request: pytest.FixtureRequest, fresh_database: FreshDatabase) -> Iterator[OpenDatabases]:
    opened = OpenDatabases(request.param, fresh_database)
    yield opened
    opened.close()


def content(store: Store) -> dict[str, Any]:
    """Everything that a batch may have changed."""
    if isinstance(store, MemoryStore):
        return {"applications": dict(store.tables.applications), "audit": list(store.tables.audit)}
    tables = all_tables().tables
    with store.engine.begin() as connection:
        return {
            name: [
                tuple(row)
                for row in connection.execute(select(tables[name]).order_by(*tables[name].primary_key))
            ]
            for name in TABLES
        }


def chunked(chunk: int) -> Callable[..., IntakeReport]:
    def take(desk: Office, *, staff: Any, rows: Rows) -> IntakeReport:
        read = (intake_rows.read(line, mapping, office=desk) for line, mapping in rows)
        return intake_chunks.take(desk, staff=staff, rows=read, chunk=chunk).report()

    return take


@dataclass
class Batch:
    rows: Rows

    def __call__(self, desk: Office, take: Callable[..., IntakeReport]) -> IntakeReport:
        return take(desk, staff=TANAKA, rows=self.rows)


@dataclass
class Decision:
    """The open application of a supplier is approved or rejected, if it has one."""

    supplier: int
    approve: bool

    def __call__(self, desk: Office, _take: object) -> None:
        supplier = supplier_number(self.supplier)
        with desk.uow() as uow:
            found = [one for one in uow.applications.of_supplier(supplier) if one.is_open]
            live = uow.registrations.live_of(supplier)
        if found and not (self.approve and live is not None):
            if self.approve:
                approve_fully(desk.uow, found[0], serial=self.supplier)
            else:
                save(desk.uow, rejection(found[0]))


@dataclass
class Turn:
    """The register is imported anew, and time goes on."""

    hours: int

    def __call__(self, desk: Office, _take: object) -> None:
        clock, store = desk.clock, desk.uow
        assert isinstance(clock, SettableClock)
        assert isinstance(store, (MemoryStore, SqlStore))
        clock.set(clock.now() + timedelta(hours=self.hours))
        store.import_register(qualification(92, branch=f"支店{self.hours}"), at=clock.now())


MOMENTS = [f"2026-10-0{day}T10:00:00+09:00" for day in (1, 6, 7)] + [
    "2027-01-01T00:00:00+09:00",
    "yesterday",
]


@st.composite
def row(draw: st.DrawFn) -> dict[str, object]:
    """A row of few numbers, suppliers and user ids, so that they meet; now and then one that breaks a form rule."""
    supplier = draw(st.sampled_from(SUPPLIERS))
    made = intake_row(
        supplier,
        number=f"B{draw(st.integers(1, 5))}",
        user_id=draw(st.sampled_from(["userid1", "USERID1", "userid2", "userid3", "x"])),
        applied_at=draw(st.sampled_from([*MOMENTS[:3], *MOMENTS])),
    )
    if draw(st.integers(0, 4)) == 0:
        made |= draw(
            st.sampled_from([{"password_hash": SAMPLE_HASH + "x"}, {"branch": "支店"}, {"other": "x"}])
        )
    return made


BATCHES = st.lists(row(), min_size=1, max_size=9).map(lambda rows: Batch(list(enumerate(rows, start=1))))
STEPS = st.lists(
    BATCHES
    | BATCHES
    | st.builds(Decision, st.sampled_from(SUPPLIERS), st.booleans())
    | st.builds(Turn, st.integers(1, 30)),
    min_size=1,
    max_size=6,
)


TRIES = {"memory": 25, "sqlite": 25, "postgresql": 5}
"""Each takes two new databases, which PostgreSQL makes slowly; what is particular to it are the statements, not the rules."""


def test_every_row_gets_what_it_would_get_alone(databases: OpenDatabases) -> None:
    @settings(max_examples=TRIES[databases.kind])
    @given(steps=STEPS, chunk=st.integers(2, 10))
    def holds(steps: list[Step], chunk: int) -> None:
        expected, found = databases.store(), databases.store()
        for step in [*steps, *steps]:
            alone = step(office(expected), one_by_one)
            together = step(office(found), chunked(chunk))
            assert together == alone
            assert content(found) == content(expected)
        databases.close()

    holds()


def batch(count: int = 7) -> Rows:
    """Good rows, and among them one that breaks a form rule, one of a supplier that has one open, and one with a user id in use."""
    rows = [intake_row(n, number=f"B{n}") for n in range(1, count + 1)]
    rows[2:2] = [intake_row(1, number="B100"), intake_row(50, number="B50", company_phone="x")]
    rows[5:5] = [intake_row(60, number="B60", user_id="shoukai0002")]
    return list(enumerate(rows, start=1))


def test_the_earlier_one_is_the_last_that_came_in_whatever_its_moment(databases: OpenDatabases) -> None:
    store = databases.store()
    desk = office(store)
    for number, moment in (("B9", MOMENTS[1]), ("B1", MOMENTS[0]), ("B5", MOMENTS[2])):
        row = intake_row(92, number=number, applied_at=moment)
        assert chunked(10)(desk, staff=TANAKA, rows=[(1, row)]).accepted == (number,)
        Decision(92, approve=False)(desk, None)
    with store() as uow:
        found = {one.number: one.previous for one in uow.applications.of_supplier(supplier_number(92))}
    assert found == {"B9": None, "B1": "B9", "B5": "B1"}


class KilledError(BaseException):
    """Nobody catches it, as nobody catches the end of a process."""


@pytest.mark.parametrize("after", [False, True], ids=["before the commit", "after it"])
@pytest.mark.parametrize("commits", [1, 2, 3])
def test_a_batch_that_ended_half_way_is_completed_by_taking_it_again(
    databases: OpenDatabases, commits: int, after: bool
) -> None:
    whole, cut = databases.store(), databases.store()
    chunked(3)(office(whole), staff=TANAKA, rows=batch())
    desk = office(cut, uow=_Killer(cut, commits, after=after))
    with pytest.raises(KilledError):
        chunked(3)(desk, staff=TANAKA, rows=batch())
    came_in = _numbers(cut)
    assert came_in < _numbers(whole)
    report = chunked(3)(office(cut), staff=TANAKA, rows=batch())
    assert set(report.already_there) == came_in
    assert set(report.accepted) == _numbers(whole) - came_in
    assert _applications(cut) == _applications(whole)
    again = chunked(3)(office(cut), staff=TANAKA, rows=batch())
    assert (again.accepted, len(again.already_there)) == ((), 7)
    assert _applications(cut) == _applications(whole)


@dataclass
class _Killer:
    """Units of work of a store, of which one dies at its commit."""

    store: Store
    commits: int
    after: bool
    done: list[None] = field(default_factory=list)

    def __call__(self) -> Any:
        unit = self.store()
        commit = unit.commit

        def dying() -> None:
            self.done.append(None)
            last = len(self.done) == self.commits
            if last and not self.after:
                raise KilledError
            commit()
            if last:
                raise KilledError

        unit.commit = dying  # type: ignore[method-assign]  # this one unit alone, and only what is called from outside
        return unit


def _numbers(store: Store) -> set[str]:
    return {str(application[0]) for application in _applications(store)}


def _applications(store: Store) -> list[tuple[Any, ...]]:
    if isinstance(store, MemoryStore):
        return [(one.number, one) for one in store.tables.applications.values()]
    return list(content(store)["id_applications"])


def test_a_rehearsal_tells_what_would_happen_across_all_parts_and_keeps_nothing(
    databases: OpenDatabases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake_chunks, "CHUNK", 3)
    store = databases.store()
    before = content(store)
    told = intake.intake_batch(office(store), staff=TANAKA, rows=batch(), rehearsal=True)
    assert content(store) == before
    assert told == intake.intake_batch(office(store), staff=TANAKA, rows=batch())
    assert [problem.code for problem in told.problems] == [
        "open-application-exists",
        "phone-form",
        "user-id-taken",
    ]


def test_where_somebody_was_faster_the_rows_are_taken_one_by_one(
    sql: OpenDatabases, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected, found = sql.store(), sql.store()
    for store in (expected, found):
        chunked(10)(office(store), staff=TANAKA, rows=[(1, intake_row(2, number="B2"))])
    known = SqlIntakeReads.present
    # As if that application had come in after the looking and before the saving, past the turn to write.
    monkeypatch.setattr(
        SqlIntakeReads, "present", lambda self, numbers: known(self, numbers) if len(numbers) == 1 else {}
    )
    monkeypatch.setattr(SqlIntakeReads, "standings", lambda _self, _suppliers: {})
    monkeypatch.setattr(SqlIntakeReads, "holders", lambda _self, _user_ids: {})
    rows = [(n, intake_row(n, number=f"B{n}")) for n in (1, 2, 3)]
    report = chunked(10)(office(found), staff=TANAKA, rows=rows)
    assert report == one_by_one(office(expected), staff=TANAKA, rows=rows)
    assert (report.accepted, report.already_there) == (("B1", "B3"), ("B2",))
    assert content(found) == content(expected)


def test_what_the_database_itself_refuses_is_the_rows_refusal(
    sql: OpenDatabases, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = sql.store()
    monkeypatch.setattr(SqlIntakeReads, "standings", lambda _self, _suppliers: {})
    rows = [(1, intake_row(1, number="B1")), (2, intake_row(1, number="B2", user_id="other123"))]
    chunked(10)(office(store), staff=TANAKA, rows=rows[:1])
    report = chunked(10)(office(store), staff=TANAKA, rows=rows)
    assert [(one.line, one.code) for one in report.problems] == [(2, "open-application-exists")]
    assert content(store)["audit_events"][-1].count("refused:by-rule") == 1


def test_many_new_applications_are_kept_together_or_not_at_all(sql: OpenDatabases) -> None:
    store = sql.store()
    before = content(store)
    transitions = _transitions(store, 1, 2, 2)
    with store() as uow:
        with pytest.raises((ConcurrentEditError, RuleError)):
            uow.record_new(transitions)
        uow.commit()
    assert content(store) == before
    changed = rejection(transitions[0].after)
    with store() as uow, pytest.raises(ValueError, match="only new applications"):
        uow.record_new([changed])


def _transitions(store: Store, *suppliers: int) -> list[Transition[IdApplication]]:
    made: list[Transition[IdApplication]] = []

    class Listening(SqlUnitOfWork):
        def record_new(self, submitted: Any) -> None:
            made.extend(submitted)

    assert isinstance(store, SqlStore)
    for n in suppliers:
        desk = office(store, uow=lambda: Listening(store.engine, clock=store.clock))
        chunked(10)(desk, staff=TANAKA, rows=[(1, intake_row(n, number=f"B{n}"))])
    return made


def test_a_batch_again_reads_and_writes_with_few_statements(sql: OpenDatabases) -> None:
    store = sql.store()
    assert isinstance(store, SqlStore)
    statements: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    rows = [(n, intake_row(n, number=f"B{n}")) for n in range(1, 101)]
    counts = []
    for _ in range(2):
        statements.clear()
        chunked(100)(office(store), staff=TANAKA, rows=rows)
        counts.append(len(statements))
    assert max(counts) < 25
    assert not [one for one in statements if one.lstrip().startswith(("INSERT", "UPDATE", "DELETE"))]


def test_rows_that_were_read_are_not_kept_in_memory(sql: OpenDatabases) -> None:
    store = sql.store()
    assert isinstance(store, SqlStore)
    rows = [(n, intake_row(n, number=f"B{n}")) for n in range(1, 31)]
    chunked(100)(office(store), staff=TANAKA, rows=rows)
    with store() as uow:
        session: Session = uow.session
        uow.intake.present([ApplicationNumber(f"B{n}") for n in range(1, 31)])
        assert not session.identity_map.keys()
