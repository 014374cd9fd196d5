"""Verifying the trail beside a plain chain over the same rows, verifying what is new, and one proof with its check.

The trail is made from a fixed seed: events with values; applications with their contacts, registrations with theirs, enterprise ids and
permits, each bound to an event. All is sealed and bound by the program's own code. The floor is what no verification can be faster
than that reads the same rows: with the driver alone each event and each row of the records is read, in order, and hashed as JSON with the
hash before it; no tree, no comparison, no digest. Ours is ``services.audit_tree.verify``. Rounds alternate; medians are told.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from datetime import timedelta
from itertools import islice
from pathlib import Path
from random import Random
from statistics import median
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks" / "import")]

import machine  # noqa: E402 - found only now: a script has no root of its own
import psycopg  # noqa: E402 - as above
from places import SERVER  # noqa: E402 - as above
from sqlalchemy import insert, make_url  # noqa: E402 - as above

from ebidadmin.check_proof import check  # noqa: E402 - as above
from ebidadmin.credentials.tree_key import make_key  # noqa: E402 - as above
from ebidadmin.domain.events import Event, EventTag, Subject, SubjectKind  # noqa: E402 - as above
from ebidadmin.domain.ids import EnterpriseId  # noqa: E402 - as above
from ebidadmin.domain.staff import Role, Staff  # noqa: E402 - as above
from ebidadmin.persistence import mapping  # noqa: E402 - as above
from ebidadmin.persistence.audit_tree import SqlTrailTree  # noqa: E402 - as above
from ebidadmin.persistence.ledger import Ledger  # noqa: E402 - as above
from ebidadmin.persistence.loading import know_sizes  # noqa: E402 - as above
from ebidadmin.persistence.migrate import upgrade  # noqa: E402 - as above
from ebidadmin.persistence.schema_base import Base  # noqa: E402 - as above
from ebidadmin.persistence.twins import contact_points, form_points  # noqa: E402 - as above
from ebidadmin.services import audit_tree  # noqa: E402 - as above
from tests import builders  # noqa: E402 - as above
from tests.fakes import office as made_office  # noqa: E402 - as above
from tests.persistence.office import RULES, approval, registration, stored_permit, submission  # noqa: E402 - as above
from tests.postgres import running_server  # noqa: E402 - as above
from tests.sql_store import SqlStore  # noqa: E402 - as above

AUDITOR = Staff("kansa", frozenset({Role.AUDITOR}))
SEED, CHUNK, NEW = 20261130, 10_000, 1_000
CASES = 0.1
"""Applications for each event; nearly as many registrations with their enterprise ids, and half as many permits."""

TABLES = ("id_applications", "contact_points", "registrations", "enterprise_ids", "permits")
ORDERS = {
    "contact_points": "source, key, field",
    "registrations": "application",
    "enterprise_ids": "supplier_number",
}


def records(n: int) -> Iterator[tuple[str, str, str, dict[str, object]]]:
    """The rows of one case: kind and key of the record, table, values."""
    submitted = submission(n)
    application = approval(submitted.after).after
    number, supplier = application.number, application.supplier_number
    of_form, given = tuple(form_points(application.form)), registration(application, serial=n).after
    yield "id_applications", number, "id_applications", mapping.application_values(application, RULES)
    for field, value in of_form:
        yield (
            "id_applications",
            number,
            "contact_points",
            _point("application", number, field, value, supplier),
        )
    if n % 10:
        issued = {"supplier_number": supplier, "enterprise_id": EnterpriseId(f"13521{n:011d}")}
        yield "enterprise_ids", supplier, "enterprise_ids", issued
        yield "registrations", number, "registrations", mapping.registration_values(given)
        for field, value in contact_points(given.main_contact, given.applicant_contact):
            yield (
                "registrations",
                number,
                "contact_points",
                _point("registration", number, field, value, supplier),
            )
    if n % 2:
        permit = stored_permit(builders.permit(n)).after
        yield "permits", permit.id, "permits", mapping.permit_values(permit, RULES)


def _point(source: str, key: str, field: str, value: str, supplier: str) -> dict[str, object]:
    return {"source": source, "key": key, "field": field, "value": value, "supplier_number": supplier}


def events(first: int, count: int) -> Iterator[Event]:
    random = Random(SEED + first)
    tags = (
        EventTag.APPLICATION_CLAIMED,
        EventTag.APPLICATION_APPROVED,
        EventTag.PERMIT_GRANTED,
        EventTag.MAIL_SENT,
    )
    contact = builders.contact().as_map()
    for n in range(first, first + count):
        before = {
            "state": "pending",
            "version": 1,
            "trade_name": f"(株)テスト商会{n:07d}",
            "main_contact": contact,
        }
        yield Event(
            tag=random.choice(tags),
            subject=Subject(SubjectKind.APPLICATION, f"A{n:09d}"),
            by=random.choice(("tanaka", "suzuki", "sato")),
            at=builders.NOON + timedelta(seconds=n),
            before=None if n % 2 else before,
            after={**before, "state": "approved", "version": 2},
            facts={"findings": ["name-variant"], "rules": 2, "register": 7},
            supplier_number=f"{random.randrange(20_000):09d}",
        )


def fill(store: SqlStore, count: int) -> int:
    """Events, records, and the tree over both; how many rows the records have."""
    cases, kept, done = int(count * CASES), 0, 0
    made, number = iter(range(1, cases + 1)), 0
    while number < count:
        size = min(CHUNK, count - number)
        with store.engine.begin() as connection:
            rows: dict[str, list[dict[str, object]]] = {}
            refs: dict[tuple[str, str], None] = {}
            for n in islice(made, -(-cases * (number + size) // count) - done):
                done += 1
                for kind, key, table, values in records(n):
                    rows.setdefault(table, []).append(values)
                    refs[kind, key] = None
            for table in (name for name in ("id_applications", "enterprise_ids", *TABLES) if name in rows):
                some = rows.pop(table)
                connection.execute(insert(Base.metadata.tables[table]), some)
                kept += len(some)
            ledger = Ledger(connection, software="ebidadmin benchmark")
            numbers = ledger.tell_many(list(events(number + 1, size)))
            for at, ref in enumerate(refs):
                ledger.changed([ref], seq=numbers[at % size])
            ledger.close()
        number += size
    with store.engine.begin() as connection:
        for table in ("audit_events", "audit_leaves", "audit_nodes", "audit_rows", *TABLES):
            know_sizes(connection, Base.metadata.tables[table])
    return kept


class Spent(NamedTuple):
    """Seconds on the wall, and of the processor in this process."""

    wall: float
    cpu: float


def spent(since: Spent | None = None) -> Spent:
    """Since then, else since some moment."""
    wall, cpu = (0.0, 0.0) if since is None else since
    return Spent(time.perf_counter() - wall, time.process_time() - cpu)


def middle(some: Sequence[Spent]) -> Spent:
    return Spent(*map(median, zip(*some, strict=True)))


def floor(url: str) -> tuple[Spent, Spent]:
    """What is spent on a plain chain over the events, and over the events and the rows of the records."""
    chain, encode = b"", json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode
    parsed = make_url(url)
    queries = ["SELECT * FROM audit_events ORDER BY seq"]
    queries += [f"SELECT * FROM {table} ORDER BY {ORDERS.get(table, '1')}" for table in TABLES]
    start = spent()
    told = []
    for query in queries:
        with ExitStack() as stack:
            if parsed.get_backend_name() == "sqlite":
                rows: Any = stack.enter_context(closing(sqlite3.connect(str(parsed.database)))).execute(query)
            else:
                address = parsed.set(drivername="postgresql").render_as_string(hide_password=False)
                connection = stack.enter_context(psycopg.connect(address))
                cursor = stack.enter_context(connection.cursor("floor"))
                cursor.itersize = CHUNK
                rows = cursor.execute(query.encode())
            for row in rows:
                chain = hashlib.sha256(chain + encode(row).encode()).digest()
        told.append(spent(start))
    return told[0], told[-1]


def timed(action: Callable[[], object]) -> Spent:
    start = spent()
    action()
    return spent(start)


def measure(store: SqlStore, url: str, folder: Path, *, count: int, rounds: int) -> Iterator[str]:
    kept = fill(store, count)
    office, tree, key = made_office(store), SqlTrailTree(store.engine), make_key(folder / "key.pem")
    given: dict[str, Any] = {"staff": AUDITOR, "tree": tree, "signer": key}

    def full() -> None:
        result = audit_tree.verify(office, **given)
        if not result.good or result.checked < count:
            raise SystemExit(f"the verification found {result.findings}")

    def recent() -> None:
        result = audit_tree.verify(office, full=False, **given)
        if not result.good or not NEW <= result.checked < NEW + 10:
            raise SystemExit(f"{result.checked} read again, found {result.findings}")

    chains, fulls, news = [], [], []
    for number in range(rounds):
        chains.append(floor(url))
        fulls.append(timed(full))
        with store.engine.begin() as connection:
            ledger = Ledger(connection, software="ebidadmin benchmark")
            ledger.tell_many(list(events(count + 1 + NEW * number, NEW)))
            ledger.close()
        news.append(timed(recent))
    bare, chain = (middle([one[at] for one in chains]) for at in (0, 1))
    whole, new = middle(fulls), middle(news)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield "| what | seconds | times the chain | CPU s | times its CPU |"
    yield "|---|---|---|---|---|"
    yield f"| plain chain, {count:,} events alone | {bare.wall:.2f} | | {bare.cpu:.2f} | |"
    yield f"| plain chain, events and {kept:,} rows of records | {chain.wall:.2f} | 1.0 | {chain.cpu:.2f} | 1.0 |"
    ratios = (
        f"{whole.wall:.2f} | {whole.wall / chain.wall:.2f} | {whole.cpu:.2f} | {whole.cpu / chain.cpu:.2f}"
    )
    yield f"| full verification | {ratios} |"
    yield f"| verification of {NEW:,} new events | {new.wall:.3f} | | {new.cpu:.3f} | |"
    yield from proofs(office, tree, key, given, count)
    yield f"| most memory of the process | {peak:.0f} MB | | | |"


def proofs(office: Any, tree: SqlTrailTree, key: Any, given: dict[str, Any], count: int) -> Iterator[str]:
    random = Random(SEED)
    proved = [audit_tree.prove(office, seq=random.randint(1, count), **given) for _ in range(3)]

    def some() -> int:
        return random.randint(1, count)

    whole = middle([timed(lambda: audit_tree.prove(office, seq=some(), **given)) for _ in range(20)])
    head, plain = proved[-1].head, proved[0].plain
    with tree.snapshot() as seen:
        making = middle([timed(lambda: audit_tree.proof_of(seen, head, some())) for _ in range(200)])
    checking = middle([timed(lambda: check(plain, key.key)) for _ in range(200)])
    for name, one in (
        ("proof made in an open snapshot", making),
        ("proof checked by the script's function", checking),
        ("prove: a head signed and kept, the proof, its own event (two commits)", whole),
    ):
        yield f"| {name} | {1000 * one.wall:.2f} ms | | {1000 * one.cpu:.2f} ms | |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), action="append")
    asked = parser.parse_args()
    for engine in asked.engine or ("sqlite", "postgresql"):
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            if engine == "sqlite":
                url = f"sqlite:///{folder}/office.db"
                upgrade(url)
            else:
                url = stack.enter_context(running_server(SERVER)).create()
            store = SqlStore(url)
            before = machine.busy()
            lines = list(measure(store, url, folder, count=asked.events, rounds=asked.rounds))
            print(
                f"{engine}, medians of {asked.rounds}, load before {before:.1f} and after {machine.busy():.1f}"
            )
            print("\n".join(lines), flush=True)
            store.engine.dispose()


if __name__ == "__main__":
    main()
