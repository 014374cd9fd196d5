"""Several suppliers that came and went with the same imports are erased one after the other: of none is left what could be tried out."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from sqlalchemy import func, select

from ebidadmin.bootstrap import open_desk
from ebidadmin.clock import SettableClock
from ebidadmin.persistence.erasing import outlived
from ebidadmin.persistence.first_binding import bind_everything
from ebidadmin.persistence.schema_tree import BoundRowRow
from tests.acceptance.conftest import Answer, Ebid
from tests.builders import supplier_number
from tests.erasing import life
from tests.erasing.test_rules_of_erasing import run
from tests.imports.test_apply import record

A, B, C, D, STAYS = 81, 82, 83, 84, 85


def erase(office: Path, ebid: Ebid, n: int) -> None:
    given = ("supplier", "erase", supplier_number(n))
    shown = run(ebid, office, *given, "--json").value
    run(ebid, office, *given, "--confirm", shown["token"])


def salted(office: Path) -> list[tuple[str, str, int]]:
    """What records were and are no longer, of which the salt is still there."""
    kept = (func.length(BoundRowRow.salt) > 0, BoundRowRow.digest.is_not(None), outlived())
    of_imports = BoundRowRow.kind.in_(["qualification_batches", "permits"])
    with closing(open_desk(office)) as desk, desk.engine.connect() as connection:
        wanted = select(BoundRowRow.kind, BoundRowRow.key, BoundRowRow.seq).where(of_imports, *kept)
        return [(row.kind, row.key, row.seq) for row in connection.execute(wanted)]


def test_what_one_erasing_named_keeps_no_other_from_its_salts(
    office: Path, ebid: Ebid, clock: SettableClock
) -> None:
    """All that the last two leave to erase is in imports that the others named already."""

    def do(*words: object) -> Answer:
        return run(ebid, office, *words)

    for number, there in enumerate(((A, B, C), (B,), (D,), ())):
        life.import_file(office, do, f"{number}.csv", [record(n) for n in (*there, STAYS)])
    clock.set(life.DUE)
    for n in (A, B, D, C):
        erase(office, ebid, n)
    assert salted(office) == []
    assert do("audit", "verify", "--json").value["findings"] == []
    assert do("supplier", "due", "--json").value == {"due": [], "unfinished": []}


def test_records_that_were_all_bound_at_once(office: Path, ebid: Ebid, clock: SettableClock) -> None:
    """As the upgrade from a database without bindings left them."""

    def do(*words: object) -> Answer:
        return run(ebid, office, *words)

    life.import_file(office, do, "first.csv", [record(A), record(B), record(STAYS)])
    for n in (A, B):
        do("permit", "record", supplier_number(n), "--received", "2026-10-01", "--channel", "fax")
    for permit in ("P000001", "P000002"):
        do("permit", "grant", permit, "--valid-to", "2027-03-31")
    life.import_file(office, do, "second.csv", [record(STAYS)])
    with closing(open_desk(office)) as desk, desk.engine.begin() as connection:
        bind_everything(connection, at=clock.now())
    assert len(salted(office)) > 2
    clock.set(life.DUE)
    for n in (A, B):
        erase(office, ebid, n)
    assert salted(office) == []
    assert do("audit", "verify", "--json").value["findings"] == []
