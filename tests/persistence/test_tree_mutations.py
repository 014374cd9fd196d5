"""Generated changes behind the program's back, each on a copy of an office's database: every one is found, and untouched copies are good.

Here are those of the trail, of what binds records to it, of triggers and records; those of records of every kind are in ``tests/lives``.
"""

from __future__ import annotations

import random
import secrets
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url

from ebidadmin.clock import SettableClock
from ebidadmin.credentials.tree_key import make_key
from ebidadmin.domain.erasures import Erased, ErasedPart
from ebidadmin.domain.events import Event, EventTag, Subject, SubjectKind
from ebidadmin.domain.staff import ALL_ROLES, Staff
from ebidadmin.domain.tree_findings import Fault, Verification
from ebidadmin.persistence.audit_tree import SqlTrailTree
from ebidadmin.persistence.engine import make_engine
from ebidadmin.persistence.migrate import upgrade
from ebidadmin.persistence.unit_of_work import SqlUnitOfWork, uow_factory
from ebidadmin.services import audit_tree
from ebidadmin.services.ports import Office
from tests.builders import NOON
from tests.fakes import MemoryStore
from tests.fakes import office as made_office
from tests.lives.mutations import NoSuchChangeError
from tests.lives.rows import snapshot
from tests.persistence.hands import CopiedDatabases, CopiedFiles, Copies, Hands, Sealed, changed
from tests.persistence.odd_changes import targets, write_oddly
from tests.persistence.office import RULES, approve_fully, rejection, save, submit
from tests.persistence.tree_changes import MUTATIONS, VALUES
from tests.postgres import ENGINES, PostgresServer

AUDITOR = Staff("kansa", ALL_ROLES)
EVENTS = 75
Mutation = Callable[[Hands], None]


def opened(url: str, engine: Engine | None = None) -> tuple[Office, SqlTrailTree]:
    clock = SettableClock(NOON)
    engine = engine or make_engine(url)
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


def erase(engine: Engine, *erased: Erased) -> None:
    with SqlUnitOfWork(engine, clock=SettableClock(NOON), software="test", names=RULES) as uow:
        subject = Subject(SubjectKind.DESK, "erasing")
        event = Event(tag=EventTag.AUDIT_ERASED, subject=subject, by="kanri", at=NOON)
        uow.erase(event, erased=erased)
        uow.commit()


@pytest.fixture(scope="module", params=ENGINES)
def sealed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Sealed:
    folder = tmp_path_factory.mktemp("trail")
    copies: Copies
    if request.param == "sqlite":
        copies, url = CopiedFiles(folder), f"sqlite:///{folder / 'office.sqlite'}"
        upgrade(url)
    else:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        copies, url = CopiedDatabases(server), server.create()
    return made(url, copies, folder)


@pytest.fixture(autouse=True)
def _connections_are_given_back(request: pytest.FixtureRequest, sealed: Sealed) -> None:
    """Engines keep some open."""
    if not sealed.url.startswith("sqlite"):
        request.getfixturevalue("postgres")


def made(url: str, copies: Copies, folder: Path) -> Sealed:
    """An office with records and a trail of which something was erased, two anchors, and an older copy."""
    key = make_key(folder / "audit-key.pem")
    engine = make_engine(url)
    office, tree = opened(url, engine)
    write(office, EVENTS // 2)
    anchors = [audit_tree.anchor(office, staff=AUDITOR, tree=tree, signer=key)]
    engine.dispose()
    older = _settled(url, copies)
    earlier = []
    for n in range(91, 94):
        application = submit(office.uow, n)
        earlier.append(snapshot(engine))
        approve_fully(office.uow, application, serial=n)
        earlier.append(snapshot(engine))
    save(office.uow, rejection(submit(office.uow, 94)))
    gone = [Erased(seq, ErasedPart.VALUES) for seq in (3, 5, 6)]
    with tree.snapshot() as seen:
        outlived = seen.last_seq() - 5
    erase(engine, *gone, Erased(outlived, ErasedPart.RECORDS))
    write(office, EVENTS // 2)
    anchors.append(audit_tree.anchor(office, staff=AUDITOR, tree=tree, signer=key))
    engine.dispose()
    template = _settled(url, copies)
    sealed = Sealed(template, older, key, tuple(anchors), anchors[-1].head.size, copies, tuple(earlier))
    return replace(sealed, content=Hands(template, sealed, random.Random(0)).content())


def _settled(url: str, copies: Copies) -> str:
    """A copy that is whole."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(str(make_url(url).database))) as raw:
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return copies.copy(url)


def looked_at(url: str, of: Sealed) -> Verification:
    office, tree = opened(url)
    return audit_tree.verify(office, staff=AUDITOR, tree=tree, signer=of.key, anchors=of.anchors)


def check(hands: Hands, found: Verification, what: object) -> None:
    """That it was found where it is."""
    told = (what, hands.first, hands.object, hands.refs, found.findings)
    assert not found.good, told
    if hands.object:
        assert hands.object in {one.what for one in found.findings}, told
    for (kind, key), seq in hands.refs.items():
        assert (seq, f"{kind}/{key}") in {(one.seq, one.what) for one in found.findings}, told
    if hands.first is not None:
        # Where the event that answers for an erasing is another, what was erased is concerned as well.
        others = [one.seq for one in found.findings if one.fault is not Fault.ERASED_UNTOLD]
        first = min((seq for seq in others if seq is not None), default=None)
        assert hands.first in (first, found.first_bad), told
    assert all(one.what or one.seq is not None for one in found.findings), told


def run_mutations(
    sealed: Sealed, *, rounds: int, seed: int, kinds: Sequence[Mutation] = MUTATIONS
) -> Counter[str]:
    """How many of each kind were done; every one was found."""
    done: Counter[str] = Counter()
    for number in range(rounds):
        mutation = kinds[number % len(kinds)]
        hands = changed(mutation, sealed, f"{seed}/{number}")
        check(hands, looked_at(hands.url, sealed), (mutation.__name__, number))
        done[mutation.__name__] += 1
        sealed.copies.discard(hands.url)
    return done


def alarms(sealed: Sealed, copies: int) -> int:
    """What is found in so many copies in which only the program wrote."""
    found = 0
    for number in range(copies):
        url = sealed.copies.copy(sealed.url)
        write(opened(url)[0], number % 40)
        found += len(looked_at(url, sealed).findings)
        sealed.copies.discard(url)
    return found


def test_a_change_of_each_kind_is_found_at_its_place(sealed: Sealed) -> None:
    # On a server a copy takes a second: there some kinds have to do, and all of them are among the long counts.
    kinds = MUTATIONS if sealed.url.startswith("sqlite") else MUTATIONS[::4]
    done = run_mutations(sealed, rounds=len(kinds), seed=1, kinds=kinds)
    assert len(done) == len(kinds)


def test_untouched_copies_raise_no_alarm(sealed: Sealed) -> None:
    assert alarms(sealed, 3) == 0


def in_a_table_of(names: tuple[str, ...]) -> Mutation:
    def written(hands: Hands) -> None:
        some = [one for one in targets(sqlite=hands.sqlite) if one[0] in names]
        table, column, values = hands.pick.choice(some)
        write_oddly(hands, table, column, values[hands.pick.choice(sorted(values))])

    return written


@pytest.mark.parametrize(
    "names",
    [
        ("audit_events",),
        ("audit_leaves", "audit_nodes"),
        ("audit_heads", "audit_erased", "sqlite_sequence"),
        ("audit_rows",),
        ("id_applications", "registrations", "contact_points"),
    ],
    ids=lambda names: names[0],
)
def test_what_is_never_written_is_a_finding_and_no_failure(sealed: Sealed, names: tuple[str, ...]) -> None:
    for number in range(6 if sealed.url.startswith("sqlite") else 2):
        hands = changed(in_a_table_of(names), sealed, f"odd/{number}")
        check(hands, looked_at(hands.url, sealed), names)
        sealed.copies.discard(hands.url)


TOO_BIG = {
    "size": """UPDATE audit_events SET tag = 'audit:verified', facts = '{"kept":true,"size":1e999}'
        WHERE seq = (SELECT max(seq) FROM audit_events)""",
    "key": """INSERT INTO audit_rows (kind, key, seq, salt, digest)
        SELECT 'mail_outbox', '99999999999999999999', (SELECT max(seq) FROM audit_events), salt, digest
        FROM audit_rows WHERE digest IS NOT NULL LIMIT 1""",
}


@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize("what", TOO_BIG)
def test_numbers_that_are_too_big_are_findings_and_no_failure(sealed: Sealed, what: str, full: bool) -> None:
    hands = Hands(sealed.copies.copy(sealed.url), sealed, random.Random(0))
    with hands.raw() as run:
        if hands.sqlite:
            for trigger in run("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                run(f'DROP TRIGGER "{trigger[0]}"')
        run(TOO_BIG[what])
    office, tree = opened(hands.url)
    found = audit_tree.verify(office, staff=AUDITOR, tree=tree, signer=sealed.key, anchors=(), full=full)
    assert not found.good
    sealed.copies.discard(hands.url)


@pytest.mark.slow
def test_a_thousand_changes_are_found(sealed: Sealed, figure: Callable[[str], None]) -> None:
    rounds = -(-1_000 // len(MUTATIONS)) * len(MUTATIONS)
    done = run_mutations(sealed, rounds=rounds, seed=20261130)
    found = alarms(sealed, 100)
    kind = make_url(sealed.url).get_backend_name()
    figure(
        f"{kind}: {sum(done.values())} changes of {len(done)} kinds, all found; 100 untouched copies, {found} alarms"
    )
    assert found == 0


@pytest.mark.slow
def test_whatever_is_written_in_whatever_column_is_found(
    sealed: Sealed, figure: Callable[[str], None]
) -> None:
    """Each value in each column that holds something, once."""
    done: Counter[str] = Counter()
    for table, column, values in targets(sqlite=sealed.url.startswith("sqlite")):
        for name, value in values.items():
            hands = Hands(sealed.copies.copy(sealed.url), sealed, random.Random(f"{table}/{column}/{name}"))
            try:
                write_oddly(hands, table, column, value)
            except NoSuchChangeError:
                done["refused"] += 1
            else:
                if hands.content() != sealed.content:
                    done["found"] += 1
                    check(hands, looked_at(hands.url, sealed), (table, column, name))
            sealed.copies.discard(hands.url)
    figure(f"{make_url(sealed.url).get_backend_name()}: {done['found']} values, all found")
    assert done["found"] > 300


def test_the_values_of_an_event_are_all_changed() -> None:
    assert set(VALUES) < {name for table, name, _ in targets(sqlite=True) if table == "audit_events"}
