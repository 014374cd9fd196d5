"""Events without a leaf, and what is bound to no event: found the same whether the numbers have gaps or none, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import Engine

from ebidadmin.clock import SettableClock
from ebidadmin.domain.tree_findings import Fault
from ebidadmin.persistence.audit_tree import SqlTrailTree
from ebidadmin.persistence.schema import AuditRow
from ebidadmin.persistence.schema_tree import LeafRow
from ebidadmin.persistence.spans import Span, unbroken
from ebidadmin.persistence.unit_of_work import SqlUnitOfWork
from ebidadmin.services.ports import Office
from tests.fakes import MemoryStore
from tests.fakes import office as made_office
from tests.persistence.office import RULES
from tests.persistence.trees import COUNT, behind, write

COLUMNS = "at, by, tag, subject_kind, subject_id, facts, software"
PUT_IN = (
    f"INSERT INTO audit_events (seq, {COLUMNS}) SELECT {{seq}}, {COLUMNS} FROM audit_events WHERE seq = 2"
)
BOUND = "INSERT INTO audit_rows (kind, key, seq, salt, digest) SELECT '{kind}', 'x', {seq}, salt, NULL FROM audit_leaves WHERE seq = 2"


@pytest.fixture
def office(uow: Callable[[], SqlUnitOfWork], clock: SettableClock) -> Office:
    """On the database, with a trail; its other ports are scripted, and nothing here asks them."""
    made = replace(made_office(MemoryStore(clock, RULES)), uow=uow, clock=clock)
    write(made, COUNT)
    return made


def strays(engine: Engine) -> list[int]:
    with SqlTrailTree(engine).snapshot() as seen:
        return list(seen.strays())


def test_numbers_without_a_gap_are_told_by_their_ends(office: Office, engine: Engine) -> None:
    with engine.connect() as connection:
        assert unbroken(connection, AuditRow.seq) == unbroken(connection, LeafRow.seq) == Span(1, COUNT)
        assert unbroken(connection, LeafRow.position) == Span(0, COUNT - 1)
    behind(engine, "DELETE FROM audit_leaves WHERE seq = 3", "DELETE FROM audit_events")
    with engine.connect() as connection:
        assert unbroken(connection, AuditRow.seq) is None
        assert unbroken(connection, LeafRow.seq) is None


@pytest.mark.parametrize(
    "numbers", [(COUNT + 1,), (0,), (0, COUNT + 1, COUNT + 2), (COUNT + 9,), (0, COUNT + 9)]
)
def test_events_that_were_put_in_are_found(office: Office, engine: Engine, numbers: tuple[int, ...]) -> None:
    behind(engine, *(PUT_IN.format(seq=seq) for seq in numbers))
    assert strays(engine) == sorted(numbers)


@pytest.mark.parametrize("gap", [False, True])
@pytest.mark.parametrize("after", [0, 20])
def test_what_is_bound_to_no_event_or_is_no_record_is_found(
    office: Office, engine: Engine, gap: bool, after: int
) -> None:
    put_in = [PUT_IN.format(seq=COUNT + 9)] if gap else []
    behind(engine, *put_in, BOUND.format(kind="nothing", seq=4), BOUND.format(kind="permits", seq=COUNT + 99))
    with SqlTrailTree(engine).snapshot() as seen:
        told = {(one.fault, one.seq) for one in seen.records(after=after)}
    assert told == {(Fault.RECORD_ADDED, 4), (Fault.RECORD_ADDED, COUNT + 99)}
