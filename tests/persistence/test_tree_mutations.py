"""Generated changes behind the program's back, each on a copy of an office's database: every one is found, and untouched copies are good.

Here are those of the trail, of what binds records to it, and of the triggers; those of records of every kind are in ``tests/lives``.
"""

from __future__ import annotations

import random
import secrets
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.credentials.tree_key import make_key
from ebidadmin.domain.events import Event, EventTag, Subject, SubjectKind
from ebidadmin.domain.staff import ALL_ROLES, Staff
from ebidadmin.domain.tree_findings import Fault, Verification
from ebidadmin.persistence.audit_tree import SqlTrailTree
from ebidadmin.persistence.engine import make_engine
from ebidadmin.persistence.migrate import upgrade
from ebidadmin.persistence.unit_of_work import uow_factory
from ebidadmin.services import audit_tree
from ebidadmin.services.ports import Office
from tests.builders import NOON
from tests.fakes import MemoryStore
from tests.fakes import office as made_office
from tests.persistence.office import RULES, approve_fully, rejection, save, submit
from tests.persistence.tree_changes import MUTATIONS, Hands, Sealed

AUDITOR = Staff("kansa", ALL_ROLES)
EVENTS = 75


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
    for n in range(91, 94):
        approve_fully(office.uow, submit(office.uow, n), serial=n)
    save(office.uow, rejection(submit(office.uow, 94)))
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
    done = run_mutations(sealed, tmp_path, rounds=40 * len(MUTATIONS), seed=20261130)
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
