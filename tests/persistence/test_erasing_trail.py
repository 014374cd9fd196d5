"""What events said can be erased by an event that answers for it, and by nothing else: on both databases the tree stays whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from ebidadmin.check_proof import check
from ebidadmin.clock import SettableClock
from ebidadmin.credentials.tree_key import TreeKey, make_key
from ebidadmin.domain.erasures import Erased, ErasedPart, erasure_facts
from ebidadmin.domain.events import Event, EventTag, Subject, SubjectKind
from ebidadmin.domain.layouts import DateWords
from ebidadmin.domain.tree_findings import Fault
from ebidadmin.errors import RuleError
from ebidadmin.persistence.audit_slices import SqlAuditReader
from ebidadmin.persistence.audit_tree import SqlTrailTree
from ebidadmin.persistence.unit_of_work import SqlUnitOfWork
from ebidadmin.presenters.audit_event import AuditEvent
from ebidadmin.services import audit_tree
from ebidadmin.services.ports import Office
from ebidadmin.text.audit_tree import said
from tests.fakes import MemoryStore
from tests.fakes import office as made_office
from tests.persistence.office import RULES, approve_fully, submit
from tests.persistence.trees import AUDITOR, COUNT, behind, verified, write

ERASED = tuple(Erased(seq, ErasedPart.VALUES) for seq in (3, 5, 6))
ERASING = COUNT + 1


@pytest.fixture
def office(uow: Callable[[], SqlUnitOfWork], clock: SettableClock) -> Office:
    """On the database; its other ports are scripted, and nothing here asks them."""
    return replace(made_office(MemoryStore(clock, RULES)), uow=uow, clock=clock)


@pytest.fixture
def tree(engine: Engine) -> SqlTrailTree:
    return SqlTrailTree(engine)


@pytest.fixture
def key(tmp_path: Path) -> TreeKey:
    return make_key(tmp_path / "audit-key.pem")


@pytest.fixture
def trail(office: Office) -> None:
    write(office, COUNT)


def erase(uow: Callable[[], SqlUnitOfWork], clock: SettableClock, *erased: Erased) -> None:
    with uow() as unit:
        subject = Subject(SubjectKind.DESK, "erasing")
        event = Event(tag=EventTag.AUDIT_ERASED, subject=subject, by="kanri", at=clock.now())
        unit.erase(event, erased=erased)
        unit.commit()


@pytest.fixture
def erased(trail: None, uow: Callable[[], SqlUnitOfWork], clock: SettableClock) -> None:
    erase(uow, clock, *ERASED)


def told(office: Office, tree: SqlTrailTree) -> list[tuple[Fault, int | None, str]]:
    return [(one.fault, one.seq, one.what) for one in verified(office, tree, None).findings]


def values(engine: Engine) -> list[tuple[object, ...]]:
    listed = (
        "SELECT audit_events.seq, before, after, facts, length(salt) FROM audit_events"
        " JOIN audit_leaves ON audit_leaves.seq = audit_events.seq WHERE facts = '{}' OR length(salt) = 0 ORDER BY 1"
    )
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(listed))]


def test_erased_events_say_nothing_and_the_trail_is_good(
    office: Office, engine: Engine, tree: SqlTrailTree, key: TreeKey, trail: None, erased: None
) -> None:
    assert values(engine) == [(seq, None, None, "{}", 0) for seq in (3, 5, 6)]
    first = verified(office, tree, key)
    assert (first.findings, first.size) == ((), COUNT + 1)
    assert verified(office, tree, key, full=False).good
    assert verified(office, tree, key).good


def test_heads_and_anchors_of_before_still_hold(
    office: Office,
    tree: SqlTrailTree,
    key: TreeKey,
    trail: None,
    uow: Callable[[], SqlUnitOfWork],
    clock: SettableClock,
) -> None:
    anchor = audit_tree.anchor(office, staff=AUDITOR, tree=tree, signer=key)
    erase(uow, clock, *ERASED)
    assert verified(office, tree, key, anchor).good


def test_an_erased_event_is_proved_without_its_values_only(
    office: Office, tree: SqlTrailTree, key: TreeKey, erased: None
) -> None:
    with pytest.raises(RuleError, match="event-erased"):
        audit_tree.prove(office, staff=AUDITOR, tree=tree, signer=key, seq=5)
    bare = audit_tree.prove(office, staff=AUDITOR, tree=tree, signer=key, seq=5, with_values=False)
    check(bare.plain, key.key)
    whole = audit_tree.prove(office, staff=AUDITOR, tree=tree, signer=key, seq=4)
    check(whole.plain, key.key)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_events SET before = NULL, after = NULL, facts = '{}' WHERE seq = 4",
        "UPDATE audit_events SET before = NULL, after = NULL, facts = '{}', by = 'x' WHERE seq = 3",
        "UPDATE audit_events SET before = NULL, after = NULL, facts = '{}', supplier_number = NULL WHERE seq = 3",
        "UPDATE audit_events SET facts = '{\"a\":1}' WHERE seq = 3",
        f"UPDATE audit_events SET before = NULL, after = NULL, facts = '{{}}' WHERE seq = {ERASING}",
        f"UPDATE audit_leaves SET salt = '' WHERE seq = {ERASING}",
        "UPDATE audit_leaves SET salt = '' WHERE seq = 4",
        "UPDATE audit_leaves SET salt = '', payload = '' WHERE seq = 3",
        "UPDATE audit_erased SET by_event = by_event + 1",
        "DELETE FROM audit_erased",
        "DELETE FROM audit_events WHERE seq = 3",
        f"INSERT INTO audit_erased (seq, part, by_event) VALUES ({ERASING}, 'values', {ERASING})",
    ],
)
def test_nothing_else_of_the_trail_can_be_changed(statement: str, engine: Engine, erased: None) -> None:
    with engine.connect() as connection, pytest.raises(IntegrityError):
        connection.exec_driver_sql(statement)


def test_an_erasing_is_not_erased(
    erased: None, uow: Callable[[], SqlUnitOfWork], clock: SettableClock, office: Office, tree: SqlTrailTree
) -> None:
    with pytest.raises(RuleError, match="audit-tree-broken"):
        erase(uow, clock, Erased(ERASING, ErasedPart.VALUES))
    assert told(office, tree) == []


BLANK = "UPDATE audit_events SET before = NULL, after = NULL, facts = '{{}}' WHERE seq = {0}"
UNSALTED = "UPDATE audit_leaves SET salt = NOTHING WHERE seq = {0}"
NAMED = "INSERT INTO audit_erased (seq, part, by_event) VALUES ({0}, 'values', {1})"
CHANGES: dict[str, tuple[tuple[str, ...], set[tuple[Fault, int | None]]]] = {
    "emptied by hand": ((BLANK.format(4), UNSALTED.format(4)), {(Fault.ERASED_UNTOLD, 4)}),
    "emptied, and put on the list": (
        (BLANK.format(4), UNSALTED.format(4), NAMED.format(4, ERASING)),
        {(Fault.ERASED_UNTOLD, 3)},
    ),
    "emptied in the name of another event": (
        (BLANK.format(4), UNSALTED.format(4), NAMED.format(4, 7)),
        {(Fault.ERASED_UNTOLD, 4)},
    ),
    "emptied in the name of no event": (
        (BLANK.format(4), UNSALTED.format(4), NAMED.format(4, 700)),
        {(Fault.ERASED_UNTOLD, 4)},
    ),
    "taken from the list": (
        ("DELETE FROM audit_erased WHERE seq = 5",),
        {(Fault.ERASED_UNTOLD, 3), (Fault.ERASED_UNTOLD, 5)},
    ),
    "the list gone": (
        ("DELETE FROM audit_erased",),
        {(Fault.ERASED_UNTOLD, seq) for seq in (3, 5, 6, ERASING)},
    ),
    "said again": (("UPDATE audit_events SET facts = '[]' WHERE seq = 5",), {(Fault.VALUES_LEFT, 5)}),
    "salted again": (("UPDATE audit_leaves SET salt = 'x' WHERE seq = 5",), {(Fault.VALUES_LEFT, 5)}),
    "who": (("UPDATE audit_events SET by = 'x' WHERE seq = 5",), {(Fault.EVENT_CHANGED, 5)}),
    "the erasing changed": (
        (f"UPDATE audit_events SET facts = '{{}}' WHERE seq = {ERASING}",),
        {(Fault.EVENT_CHANGED, ERASING), (Fault.ERASED_UNTOLD, 3)},
    ),
    "the erasing another tag": (
        (f"UPDATE audit_events SET tag = 'audit:proved' WHERE seq = {ERASING}",),
        {(Fault.EVENT_CHANGED, ERASING), (Fault.ERASED_UNTOLD, 3)},
    ),
}


def nothing(engine: Engine) -> str:
    """No bytes; to SQLite an empty text is something else."""
    return "x''" if engine.dialect.name == "sqlite" else "''"


@pytest.mark.parametrize("what", CHANGES)
def test_what_is_erased_otherwise_is_found(
    what: str, office: Office, engine: Engine, tree: SqlTrailTree, erased: None
) -> None:
    statements, expected = CHANGES[what]
    behind(engine, *(line.replace("NOTHING", nothing(engine)) for line in statements))
    found = verified(office, tree, None).findings
    assert {(one.fault, one.seq) for one in found} == expected
    assert all(f"{one.seq}番" in said(one) and "{" not in said(one) for one in found)


def test_salts_of_what_a_record_no_longer_is_go_and_the_present_ones_stay(
    office: Office,
    engine: Engine,
    tree: SqlTrailTree,
    uow: Callable[[], SqlUnitOfWork],
    clock: SettableClock,
) -> None:
    approve_fully(uow, submit(uow, 91))
    with engine.connect() as connection:
        numbers = connection.scalars(text("SELECT DISTINCT seq FROM audit_rows")).all()
    erase(uow, clock, *(Erased(seq, ErasedPart.RECORDS) for seq in numbers))
    outlived = (
        "EXISTS (SELECT 1 FROM audit_rows AS later WHERE later.kind = audit_rows.kind"
        " AND later.key = audit_rows.key AND later.seq > audit_rows.seq)"
    )
    with engine.connect() as connection:
        kept = f"SELECT count(*) FROM audit_rows WHERE (length(salt) = 0) <> ({outlived})"
        assert connection.scalar(text(kept)) == 0
        assert connection.scalar(text("SELECT count(*) FROM audit_rows WHERE length(salt) = 0")) > 0
    assert told(office, tree) == []
    with engine.connect() as connection, pytest.raises(IntegrityError, match="append-only"):
        connection.exec_driver_sql("UPDATE audit_rows SET salt = '' WHERE length(salt) > 0")


def test_a_salt_that_went_without_an_erasing_is_found(
    office: Office, engine: Engine, tree: SqlTrailTree, uow: Callable[[], SqlUnitOfWork]
) -> None:
    approve_fully(uow, submit(uow, 91))
    first = "WHERE seq = (SELECT min(seq) FROM audit_rows)"
    behind(engine, f"UPDATE audit_rows SET salt = {nothing(engine)} {first}")
    assert {fault for fault, _, _ in told(office, tree)} == {Fault.ERASED_UNTOLD}


def test_an_erasing_answers_for_its_list_in_whatever_order() -> None:
    assert erasure_facts(ERASED) == erasure_facts(reversed(ERASED))
    assert erasure_facts(ERASED) != erasure_facts(ERASED[1:])
    assert erasure_facts((Erased(3, ErasedPart.VALUES),)) != erasure_facts((Erased(3, ErasedPart.RECORDS),))


def test_only_an_erasing_erases(uow: Callable[[], SqlUnitOfWork], clock: SettableClock, trail: None) -> None:
    subject = Subject(SubjectKind.DESK, "audit")
    with uow() as unit, pytest.raises(ValueError, match="only an erasing"):
        unit.erase(Event(tag=EventTag.AUDIT_PROVED, subject=subject, by="x", at=clock.now()), erased=ERASED)


def test_an_auditor_is_told_that_and_by_which_event_it_was_erased(
    trail: None, office: Office, uow: Callable[[], SqlUnitOfWork], clock: SettableClock, engine: Engine
) -> None:
    erase(uow, clock, *ERASED, Erased(7, ErasedPart.RECORDS))
    opened = AuditEvent(office, staff=AUDITOR, reader=SqlAuditReader(engine), dates=DateWords())
    for seq, told in ((3, True), (4, False), (7, False), (ERASING, False)):
        opened.open(seq)
        assert opened.view is not None
        assert (f"記録{ERASING}番で消去" in opened.view.erased) is told
        assert bool(opened.view.erased) is told
