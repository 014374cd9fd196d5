"""The hash tree in the database: sealing, verifying, and whatever somebody does to it behind the program's back, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from ebidadmin.check_proof import WrongProofError, check
from ebidadmin.clock import SettableClock
from ebidadmin.credentials.tree_key import TreeKey, load_key, make_key
from ebidadmin.domain.events import Event, EventTag, Subject, SubjectKind
from ebidadmin.domain.tree_findings import Fault
from ebidadmin.errors import ConfigurationError, NotFoundError, NotPermittedError, RuleError
from ebidadmin.persistence.audit_tree import SqlTrailTree, seal_tail
from ebidadmin.persistence.migrations.triggers import dropped
from ebidadmin.persistence.unit_of_work import SqlUnitOfWork
from ebidadmin.services import audit_tree, tree_check
from ebidadmin.services.ports import Office
from tests.fakes import MemoryStore
from tests.fakes import office as made_office
from tests.persistence.office import RULES
from tests.persistence.trees import AUDITOR, COUNT, TABLES, behind, verified, write


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


def test_an_untouched_trail_is_good_and_the_verification_stands_in_it(
    office: Office, tree: SqlTrailTree, key: TreeKey, trail: None
) -> None:
    first = verified(office, tree, key)
    assert (first.good, first.size, first.checked, first.heads) == (True, COUNT, COUNT, 0)
    again = verified(office, tree, key)
    assert (again.good, again.size, again.heads) == (True, COUNT + 1, 1), (
        "the verification itself is an event"
    )
    with office.uow() as uow:
        last = uow.audit.last()
    assert last is not None
    assert last.event.tag is EventTag.AUDIT_VERIFIED
    assert last.event.facts["root"] == again.root.hex()


def test_later_only_what_is_new_is_read_again(
    office: Office, tree: SqlTrailTree, key: TreeKey, trail: None
) -> None:
    verified(office, tree, key)
    write(office, 3)
    later = verified(office, tree, key, full=False)
    assert (later.good, later.since, later.checked) == (True, COUNT, 4)
    assert verified(office, tree, key).checked == COUNT + 5


EVENT = "WHERE seq = 5"
CHANGES = {
    "a value": (f"UPDATE audit_events SET facts = '{{}}' {EVENT}", Fault.EVENT_CHANGED, 5),
    "a value by a blank": (
        f"UPDATE audit_events SET after = after || ' ' {EVENT}",
        Fault.EVENT_CHANGED,
        5,
    ),
    "none by null": (f"UPDATE audit_events SET before = NULL {EVENT}", Fault.EVENT_CHANGED, 5),
    "who": (f"UPDATE audit_events SET by = 'tanaka' {EVENT}", Fault.EVENT_CHANGED, 5),
    "when": (f"UPDATE audit_events SET at = '2020-01-01 00:00:00.000000' {EVENT}", Fault.EVENT_CHANGED, 5),
    "the subject": (f"UPDATE audit_events SET subject_id = 'A9' {EVENT}", Fault.EVENT_CHANGED, 5),
    "the supplier": (f"UPDATE audit_events SET supplier_number = NULL {EVENT}", Fault.EVENT_CHANGED, 5),
    "the software": (f"UPDATE audit_events SET software = 'x' {EVENT}", Fault.EVENT_CHANGED, 5),
    "the tag": (f"UPDATE audit_events SET tag = 'application:approved' {EVENT}", Fault.EVENT_CHANGED, 5),
    "gone": (f"DELETE FROM audit_events {EVENT}", Fault.EVENT_MISSING, 5),
    "gone with its leaf": (
        f"DELETE FROM audit_events {EVENT}; DELETE FROM audit_leaves {EVENT}",
        Fault.LEAF_MISSING,
        5,
    ),
    "a leaf gone": (f"DELETE FROM audit_leaves {EVENT}", Fault.LEAF_MISSING, 5),
    "two swapped": (
        (
            "UPDATE audit_events SET seq = -1 WHERE seq = 5; UPDATE audit_events SET seq = 5 WHERE seq = 7;"
            " UPDATE audit_events SET seq = 7 WHERE seq = -1"
        ),
        Fault.EVENT_CHANGED,
        5,
    ),
    "two leaves swapped": (
        (
            "UPDATE audit_leaves SET position = -1 WHERE position = 5;"
            " UPDATE audit_leaves SET position = 5 WHERE position = 7;"
            " UPDATE audit_leaves SET position = 7 WHERE position = -1"
        ),
        Fault.ORDER_CHANGED,
        6,
    ),
    "the last two leaves swapped": (
        (
            "UPDATE audit_leaves SET seq = -1 WHERE seq = 21; UPDATE audit_leaves SET seq = 21 WHERE seq = 20;"
            " UPDATE audit_leaves SET seq = 20 WHERE seq = -1"
        ),
        Fault.EVENT_CHANGED,
        20,
    ),
    "the last leaf and its event gone": (
        (
            "DELETE FROM audit_events WHERE seq = 20; DELETE FROM audit_leaves WHERE seq >= 20;"
            " DELETE FROM audit_events WHERE seq >= 20"
        ),
        Fault.TREE_CHANGED,
        None,
    ),
    "the end cut": (
        (
            "DELETE FROM audit_events WHERE seq > 15; DELETE FROM audit_leaves WHERE seq > 15;"
            " DELETE FROM audit_nodes WHERE ends_at > 15"
        ),
        Fault.HEAD_BEYOND,
        None,
    ),
    "an inner hash": (
        "UPDATE audit_nodes SET hash = (SELECT leaf FROM audit_leaves WHERE position = 0) WHERE level = 2 AND place = 1",
        Fault.TREE_CHANGED,
        None,
    ),
    "an inner hash gone": ("DELETE FROM audit_nodes WHERE level = 1 AND place = 2", Fault.TREE_CHANGED, None),
    "a head": ("UPDATE audit_heads SET note = note || ' '", Fault.HEAD_UNREADABLE, None),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_is_done_behind_the_program_is_found(
    office: Office, engine: Engine, tree: SqlTrailTree, key: TreeKey, trail: None, what: str
) -> None:
    assert verified(office, tree, key).good
    statements, fault, seq = CHANGES[what]
    behind(engine, *statements.split("; "))
    found = verified(office, tree, key)
    told = {(one.fault, one.seq) for one in found.findings}
    assert not found.good
    assert (fault, seq) in told, told
    if seq is not None:
        assert found.first_bad == seq


def test_a_row_put_in_among_sealed_ones_is_found(
    office: Office, engine: Engine, tree: SqlTrailTree, key: TreeKey, trail: None
) -> None:
    verified(office, tree, key)
    columns = "at, by, tag, subject_kind, subject_id, facts, software"
    behind(
        engine,
        "DELETE FROM audit_events WHERE seq = 9",
        "DELETE FROM audit_leaves WHERE seq = 9",
        f"INSERT INTO audit_events (seq, {columns}) SELECT 9, {columns} FROM audit_events WHERE seq = 8",
    )
    told = {(one.fault, one.seq) for one in verified(office, tree, key).findings}
    assert (Fault.EVENT_ADDED, 9) in told


def test_who_makes_the_tree_anew_after_a_change_is_found_by_the_signed_head(
    office: Office, engine: Engine, tree: SqlTrailTree, key: TreeKey, trail: None
) -> None:
    verified(office, tree, key)
    behind(
        engine,
        "UPDATE audit_events SET by = 'tanaka' WHERE seq = 5",
        "DELETE FROM audit_nodes",
        "DELETE FROM audit_leaves",
    )
    with engine.begin() as connection:
        seal_tail(connection)
    found = verified(office, tree, key)
    assert {one.fault for one in found.findings} == {Fault.HEAD_DIFFERS}


def test_a_tree_that_cannot_grow_is_told_and_stops_nobody(
    office: Office, engine: Engine, tree: SqlTrailTree, key: TreeKey, trail: None
) -> None:
    verified(office, tree, key)
    behind(engine, "DELETE FROM audit_nodes")
    write(office, 3)
    for full in (True, False):
        found = verified(office, tree, key, full=full)
        faults = {one.fault for one in found.findings}
        assert faults == {Fault.TREE_CHANGED, Fault.HEAD_DIFFERS, Fault.EVENT_ADDED}
        assert found.size == COUNT + 1


def test_who_cuts_everything_off_is_found_by_the_anchor(
    office: Office, engine: Engine, tree: SqlTrailTree, key: TreeKey, trail: None
) -> None:
    kept = audit_tree.anchor(office, staff=AUDITOR, tree=tree, signer=key)
    behind(
        engine,
        "DELETE FROM audit_heads",
        "DELETE FROM audit_nodes WHERE ends_at > 15",
        "DELETE FROM audit_leaves WHERE seq > 15",
        "DELETE FROM audit_events WHERE seq > 15",
    )
    found = verified(office, tree, key, kept)
    assert Fault.ANCHOR_BEYOND in {one.fault for one in found.findings}
    write(office, 30)
    later = verified(office, tree, key, kept)
    assert Fault.ANCHOR_DIFFERS in {one.fault for one in later.findings}


def test_who_writes_while_the_trail_is_verified_waits_for_nobody_and_raises_no_alarm(
    office: Office, tree: SqlTrailTree, key: TreeKey, trail: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tree_check, "CHUNK", 5)
    told: list[tuple[int, int]] = []

    def meanwhile(done: int, total: int) -> None:
        told.append((done, total))
        if done < COUNT:
            # With the file kept from writers this would end in database-locked.
            write(office, 2)

    result = audit_tree.verify(office, staff=AUDITOR, tree=tree, signer=key, progress=meanwhile)
    assert (result.findings, result.size, result.checked) == ((), COUNT + 8, COUNT + 8)
    assert told == [(5, COUNT), (10, COUNT), (15, COUNT), (20, COUNT), (COUNT, COUNT), (26, 29), (29, 29)]
    assert verified(office, tree, key, full=False).checked == 1


def test_a_counter_that_ran_on_tells_of_a_cut(
    office: Office, engine: Engine, tree: SqlTrailTree, trail: None
) -> None:
    if engine.dialect.name == "sqlite":
        behind(
            engine,
            "DELETE FROM audit_events WHERE seq > 15",
            "DELETE FROM audit_leaves WHERE seq > 15",
            "DELETE FROM audit_nodes WHERE ends_at > 15",
        )
        found = verified(office, tree, None)
        assert [(one.fault, one.seq) for one in found.findings] == [(Fault.NUMBERS_LOST, 16)]
    else:
        # A sequence of PostgreSQL runs on where a transaction is rolled back, so it must not be taken for a sign.
        with office.uow() as uow:
            uow.log(Event(EventTag.MAIL_SENT, Subject(SubjectKind.MAIL, "1"), "x", office.clock.now()))
        assert verified(office, tree, None).good


@pytest.mark.parametrize("table", TABLES)
def test_a_guard_that_is_gone_is_found(
    office: Office, engine: Engine, tree: SqlTrailTree, trail: None, table: str
) -> None:
    with engine.begin() as connection:
        for line in dropped(engine.dialect.name, table, "no_update"):
            connection.execute(text(line))
    found = verified(office, tree, None)
    assert [(one.fault, one.what) for one in found.findings] == [(Fault.GUARD_MISSING, f"{table}_no_update")]


def test_a_guard_that_lets_everything_through_is_found(
    office: Office, engine: Engine, tree: SqlTrailTree, trail: None
) -> None:
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.execute(text("DROP TRIGGER audit_events_no_update"))
            connection.execute(
                text(
                    "CREATE TRIGGER audit_events_no_update BEFORE UPDATE ON audit_events BEGIN SELECT 1; END"
                )
            )
        else:
            connection.exec_driver_sql(
                "CREATE OR REPLACE FUNCTION audit_events_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"
            )
    found = verified(office, tree, None)
    assert [(one.fault, one.what) for one in found.findings] == [
        (Fault.GUARD_MISSING, "audit_events_no_update")
    ]


def test_a_head_of_another_key_is_a_forgery(
    office: Office, tree: SqlTrailTree, key: TreeKey, trail: None, tmp_path: Path
) -> None:
    other = make_key(tmp_path / "other.pem")
    verified(office, tree, other)
    assert [one.fault for one in verified(office, tree, key).findings] == [Fault.HEAD_FORGED]
    assert [one.fault for one in verified(office, tree, None).findings] == [Fault.HEAD_FORGED]


def test_a_proof_is_checked_by_the_script_that_knows_nothing_of_the_program(
    office: Office, tree: SqlTrailTree, key: TreeKey, trail: None, tmp_path: Path
) -> None:
    proof = audit_tree.prove(office, staff=AUDITOR, tree=tree, signer=key, seq=7)
    shown = check(proof.plain, key.key)
    assert shown["entry"]["seq"] == 7
    assert shown["values"]["after"] == {"state": "inquired", "number": 6}
    bare = audit_tree.prove(office, staff=AUDITOR, tree=tree, signer=key, seq=7, with_values=False)
    assert "髙﨑" not in str(bare.plain)
    assert "values" not in check(bare.plain, key.key)
    entry = str(proof.plain["entry"])
    payload = str(proof.plain["payload"])
    head, path = str(proof.plain["head"]), proof.plain["path"]
    assert isinstance(path, list)
    forged = {
        "entry": entry.replace("佐藤", "田中"),
        "payload": payload.replace("inquired", "approved"),
        "position": 8,
        "path": [*path[:-1], "00" * 32],
        "head": head.replace(f"\n{COUNT}\n", f"\n{COUNT + 1}\n"),
        "format": "ebidadmin-proof-2",
        "salt": "00",
    }
    for name, value in forged.items():
        with pytest.raises(WrongProofError):
            check({**proof.plain, name: value}, key.key)
    with pytest.raises(WrongProofError):
        check(proof.plain, make_key(tmp_path / "other.pem").key)


def test_what_cannot_be_proved(
    office: Office, engine: Engine, tree: SqlTrailTree, key: TreeKey, trail: None
) -> None:
    with pytest.raises(NotFoundError):
        audit_tree.prove(office, staff=AUDITOR, tree=tree, signer=key, seq=4711)
    behind(engine, "UPDATE audit_events SET by = 'tanaka' WHERE seq = 5")
    with pytest.raises(RuleError, match="event-changed"):
        audit_tree.prove(office, staff=AUDITOR, tree=tree, signer=key, seq=5)
    behind(engine, "DELETE FROM audit_nodes")
    with pytest.raises(RuleError, match="audit-tree-broken"):
        audit_tree.anchor(office, staff=AUDITOR, tree=tree, signer=key)


def test_an_empty_trail_has_no_head(office: Office, tree: SqlTrailTree, key: TreeKey) -> None:
    with pytest.raises(RuleError, match="audit-empty"):
        audit_tree.anchor(office, staff=AUDITOR, tree=tree, signer=key)


def test_who_may_not_read_the_trail_verifies_nothing(
    office: Office, tree: SqlTrailTree, key: TreeKey
) -> None:
    nobody = replace(AUDITOR, roles=frozenset())
    with pytest.raises(NotPermittedError):
        audit_tree.verify(office, staff=nobody, tree=tree, signer=key)


def test_a_key_is_made_once_and_its_owner_alone_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "audit-key.pem"
    assert load_key(path) is None
    made = make_key(path)
    assert make_key(path).key == made.key, "never over one that is there"
    assert path.stat().st_mode & 0o777 == 0o600
    assert "PRIVATE" not in repr(made)
    assert [one.name for one in tmp_path.iterdir()] == [path.name]
    path.write_text("no key", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="audit-key-unreadable"):
        load_key(path)
