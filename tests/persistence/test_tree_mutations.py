"""Generated changes behind the program's back, each on a copy of an office's database: every one is found, and untouched copies are good.

Changes of business rows by raw SQL are not among them: the trail says nothing of those yet.
"""

from __future__ import annotations

import random
import secrets
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.credentials.tree_key import TreeKey, make_key
from ebidadmin.domain.events import Event, EventTag, Subject, SubjectKind
from ebidadmin.domain.staff import ALL_ROLES, Staff
from ebidadmin.domain.tree_findings import Fault, Verification
from ebidadmin.domain.tree_heads import SignedHead
from ebidadmin.persistence.audit_tree import SqlTrailTree
from ebidadmin.persistence.engine import make_engine
from ebidadmin.persistence.migrate import upgrade
from ebidadmin.persistence.unit_of_work import uow_factory
from ebidadmin.services import audit_tree
from ebidadmin.services.ports import Office
from tests.builders import NOON
from tests.fakes import MemoryStore
from tests.fakes import office as made_office
from tests.persistence.office import RULES

AUDITOR = Staff("kansa", ALL_ROLES)
EVENTS = 75
GUARDED = ("audit_events", "audit_leaves", "audit_nodes", "audit_heads")
VALUES = (
    "before",
    "after",
    "facts",
    "by",
    "tag",
    "subject_kind",
    "subject_id",
    "supplier_number",
    "software",
)


@dataclass(frozen=True)
class Sealed:
    """An office's file, an older copy of it, the key, and the anchors that were kept elsewhere."""

    file: Path
    older: Path
    key: TreeKey
    anchors: tuple[SignedHead, ...]
    sealed: int


@dataclass
class Hands:
    """Somebody with a copy of the file in their hands. ``first`` is the smallest event number that is concerned, if one is."""

    copy: Path
    of: Sealed
    pick: random.Random
    first: int | None = None

    def run(self, *statements: str) -> None:
        """With the guards taken off before and put back afterwards as they were."""
        with closing(sqlite3.connect(self.copy)) as raw:
            guards = raw.execute(
                f"SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN {GUARDED}"
            ).fetchall()
            for name, _ in guards:
                raw.execute(f"DROP TRIGGER {name}")
            for statement in statements:
                assert raw.execute(statement).rowcount != 0, statement
            for _, sql in guards:
                raw.execute(sql)
            raw.commit()

    def ask(self, query: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.copy)) as raw:
            return raw.execute(query).fetchall()

    def some(self) -> int:
        """A sealed event, which is concerned from now on."""
        chosen = self.pick.randint(1, self.of.sealed)
        self.first = chosen if self.first is None else min(self.first, chosen)
        return chosen

    def two(self) -> tuple[int, int]:
        one, other = sorted(self.pick.sample(range(1, self.of.sealed + 1), 2))
        self.first = one
        return one, other


def edit_value(hands: Hands) -> None:
    column, seq = hands.pick.choice(VALUES), hands.some()
    hands.run(
        f"UPDATE audit_events SET {column} = coalesce({column}, '') || '{hands.pick.choice(' xあ')}' WHERE seq = {seq}"
    )


def forget_value(hands: Hands) -> None:
    column, seq = hands.pick.choice(("before", "after", "supplier_number")), hands.some()
    hands.run(f"UPDATE audit_events SET {column} = NULL WHERE seq = {seq}")


def edit_time(hands: Hands) -> None:
    seq = hands.some()
    hands.run(
        f"UPDATE audit_events SET at = datetime(at, '-{hands.pick.randint(1, 9)} hours') || '.000000' WHERE seq = {seq}"
    )


def edit_hash(hands: Hands) -> None:
    column, seq = hands.pick.choice(("salt", "payload", "leaf")), hands.some()
    hands.run(f"UPDATE audit_leaves SET {column} = randomblob(length({column})) WHERE seq = {seq}")


def edit_node(hands: Hands) -> None:
    level, place = hands.pick.choice(hands.ask("SELECT level, place FROM audit_nodes"))
    hands.run(f"UPDATE audit_nodes SET hash = randomblob(32) WHERE level = {level} AND place = {place}")


def delete_node(hands: Hands) -> None:
    level, place = hands.pick.choice(hands.ask("SELECT level, place FROM audit_nodes"))
    hands.run(f"DELETE FROM audit_nodes WHERE level = {level} AND place = {place}")


def delete_event(hands: Hands) -> None:
    hands.run(f"DELETE FROM audit_events WHERE seq = {hands.some()}")


def delete_with_leaf(hands: Hands) -> None:
    seq = hands.some()
    hands.run(f"DELETE FROM audit_events WHERE seq = {seq}", f"DELETE FROM audit_leaves WHERE seq = {seq}")


def close_the_gap(hands: Hands) -> None:
    """An event is taken out, and all that came later move up, leaves as well."""
    seq = hands.pick.randint(1, hands.of.sealed - 1)
    hands.first = seq
    hands.run(
        f"DELETE FROM audit_events WHERE seq = {seq}",
        f"UPDATE audit_events SET seq = -seq WHERE seq > {seq}",
        "UPDATE audit_events SET seq = -seq - 1 WHERE seq < 0",
        "DELETE FROM audit_leaves WHERE seq = (SELECT max(seq) FROM audit_leaves)",
    )


def insert_event(hands: Hands) -> None:
    """An event is put in, and all that came later move down."""
    seq = hands.some()
    columns = "at, by, tag, subject_kind, subject_id, supplier_number, before, after, facts, software"
    columns_of_another = columns.replace("supplier_number", "supplier_number || '1'")
    hands.run(
        f"UPDATE audit_events SET seq = -seq WHERE seq >= {seq}",
        "UPDATE audit_events SET seq = -seq + 1 WHERE seq < 0",
        f"INSERT INTO audit_events (seq, {columns}) SELECT {seq}, {columns_of_another} FROM audit_events WHERE seq = {seq + 1}",
    )


def swap_events(hands: Hands) -> None:
    one, other = hands.two()
    hands.run(
        f"UPDATE audit_events SET seq = -1 WHERE seq = {one}",
        f"UPDATE audit_events SET seq = {one} WHERE seq = {other}",
        f"UPDATE audit_events SET seq = {other} WHERE seq = -1",
    )


def swap_leaves(hands: Hands) -> None:
    one, other = hands.two()
    hands.run(
        f"UPDATE audit_leaves SET seq = -1 WHERE seq = {one}",
        f"UPDATE audit_leaves SET seq = {one} WHERE seq = {other}",
        f"UPDATE audit_leaves SET seq = {other} WHERE seq = -1",
    )


def cut_the_tail(hands: Hands) -> None:
    """Events, leaves, hashes and heads, and the counter too: as if nothing more had ever come."""
    left = hands.pick.randint(1, hands.of.sealed - 1)
    with closing(sqlite3.connect(hands.copy)) as raw:
        guards = raw.execute(
            f"SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN {GUARDED}"
        ).fetchall()
        for name, _ in guards:
            raw.execute(f"DROP TRIGGER {name}")
        raw.execute(f"DELETE FROM audit_events WHERE seq > {left}")
        raw.execute(f"DELETE FROM audit_leaves WHERE seq > {left}")
        raw.execute(f"DELETE FROM audit_nodes WHERE ends_at > {left}")
        raw.execute(f"DELETE FROM audit_heads WHERE size > {left}")
        raw.execute(f"UPDATE sqlite_sequence SET seq = {left} WHERE name = 'audit_events'")
        for _, sql in guards:
            raw.execute(sql)
        raw.commit()


def restore_older(hands: Hands) -> None:
    shutil.copy(hands.of.older, hands.copy)


def make_anew(hands: Hands) -> None:
    """A value is changed and the tree made anew around it; only who signs knows better."""
    seq = hands.some()
    hands.first = None
    hands.run(
        f"UPDATE audit_events SET by = by || 'x' WHERE seq = {seq}",
        "DELETE FROM audit_nodes",
        "DELETE FROM audit_leaves",
    )


def edit_head(hands: Hands) -> None:
    hands.run(
        "UPDATE audit_heads SET note = replace(note, char(10) || size || char(10), char(10) || (size - 1) || char(10))"
    )


def drop_guard(hands: Hands) -> None:
    _leave_out(hands)


def edit_without_guard(hands: Hands) -> None:
    edit_value(hands)
    _leave_out(hands)


def _leave_out(hands: Hands) -> None:
    (names,) = zip(
        *hands.ask(f"SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN {GUARDED}"),
        strict=True,
    )
    with closing(sqlite3.connect(hands.copy)) as raw:
        raw.execute(f"DROP TRIGGER {hands.pick.choice(names)}")
        raw.commit()


MUTATIONS: tuple[Callable[[Hands], None], ...] = (
    edit_value,
    forget_value,
    edit_time,
    edit_hash,
    edit_node,
    delete_node,
    delete_event,
    delete_with_leaf,
    close_the_gap,
    insert_event,
    swap_events,
    swap_leaves,
    cut_the_tail,
    restore_older,
    make_anew,
    edit_head,
    drop_guard,
    edit_without_guard,
)


def opened(file: Path) -> tuple[Office, SqlTrailTree]:
    clock = SettableClock(NOON)
    engine = make_engine(f"sqlite:///{file}")
    office = replace(
        made_office(MemoryStore(clock, RULES)),
        uow=uow_factory(engine, clock=clock, software="test"),
        clock=clock,
    )
    return office, SqlTrailTree(engine)


def write(office: Office, count: int) -> None:
    """Events whose values all differ, a moment apart, some without some of them."""
    with office.uow() as uow:
        for number in range(count):
            event = Event(
                tag=EventTag.APPLICATION_NOTED,
                subject=Subject(SubjectKind.APPLICATION, secrets.token_hex(3)),
                by="佐藤",
                at=office.clock.now() + timedelta(seconds=number),
                before={"state": secrets.token_hex(3)},
                after={"name": "㈱髙﨑", "state": secrets.token_hex(3)},
                facts={"n": number},
                supplier_number="190000092",
            )
            uow.log(event)
        uow.commit()


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Sealed:
    folder = tmp_path_factory.mktemp("trail")
    file, older = folder / "office.sqlite", folder / "older.sqlite"
    key = make_key(folder / "audit-key.pem")
    upgrade(f"sqlite:///{file}")
    office, tree = opened(file)
    write(office, EVENTS // 2)
    anchors = [audit_tree.anchor(office, staff=AUDITOR, tree=tree, signer=key)]
    _settle(file)
    shutil.copy(file, older)
    write(office, EVENTS // 2)
    anchors.append(audit_tree.anchor(office, staff=AUDITOR, tree=tree, signer=key))
    _settle(file)
    return Sealed(file, older, key, tuple(anchors), anchors[-1].head.size)


def _settle(file: Path) -> None:
    """All in one file, so that a copy is whole."""
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def looked_at(file: Path, of: Sealed) -> Verification:
    office, tree = opened(file)
    return audit_tree.verify(office, staff=AUDITOR, tree=tree, signer=of.key, anchors=of.anchors)


def run_mutations(sealed: Sealed, folder: Path, *, rounds: int, seed: int) -> Counter[str]:
    """How many of each kind were done; every one was found."""
    done: Counter[str] = Counter()
    for number in range(rounds):
        mutation = MUTATIONS[number % len(MUTATIONS)]
        copy = folder / f"copy{number}.sqlite"
        shutil.copy(sealed.file, copy)
        hands = Hands(copy, sealed, random.Random(f"{seed}/{number}"))
        mutation(hands)
        found = looked_at(copy, sealed)
        told = (mutation.__name__, number, hands.first, found.findings)
        assert not found.good, told
        if hands.first is not None:
            assert found.first_bad == hands.first, told
        else:
            assert all(
                one.what or one.seq is not None or one.fault is Fault.HEAD_UNREADABLE
                for one in found.findings
            ), told
        done[mutation.__name__] += 1
        copy.unlink()
    return done


def test_a_change_of_each_kind_is_found_at_its_place(sealed: Sealed, tmp_path: Path) -> None:
    done = run_mutations(sealed, tmp_path, rounds=3 * len(MUTATIONS), seed=1)
    assert set(done.values()) == {3}


def test_untouched_copies_raise_no_alarm(sealed: Sealed, tmp_path: Path) -> None:
    for number in range(5):
        copy = tmp_path / f"{number}.sqlite"
        shutil.copy(sealed.file, copy)
        write(opened(copy)[0], number)
        assert looked_at(copy, sealed).findings == ()


@pytest.mark.slow
def test_a_thousand_changes_are_found(sealed: Sealed, tmp_path: Path, figure: Callable[[str], None]) -> None:
    done = run_mutations(sealed, tmp_path, rounds=1008, seed=20261130)
    alarms = 0
    for number in range(100):
        copy = tmp_path / f"{number}.sqlite"
        shutil.copy(sealed.file, copy)
        write(opened(copy)[0], number)
        alarms += len(looked_at(copy, sealed).findings)
    figure(
        f"{sum(done.values())} changes of {len(done)} kinds, all found; 100 untouched copies, {alarms} alarms"
    )
    assert alarms == 0
