"""What stands against an erasing is told, what others say of a supplier is told, and whoever does not see it as it is does not erase it."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from ebidadmin.bootstrap import open_desk
from ebidadmin.clock import SettableClock
from ebidadmin.config import CONFIG_NAME
from ebidadmin.domain.ids import ApplicationNumber
from ebidadmin.domain.staff import Role, Staff
from ebidadmin.errors import NotPermittedError
from ebidadmin.office_copies import DeskCopies
from ebidadmin.persistence.erasure_store import SqlErasureStore
from ebidadmin.persistence.migrations.erasable_rows import KEYS
from ebidadmin.services import application_review, supplier_erasure
from tests.acceptance.conftest import Answer, Ebid
from tests.builders import NOON
from tests.erasing import life
from tests.erasing.finding import everywhere
from tests.imports.test_apply import record

OLD = NOON + timedelta(days=3000)


def run(ebid: Ebid, office: Path, *words: object, code: int = 0) -> Answer:
    answer = ebid(*words, "--desk", office)
    assert answer.code == code, (words, answer)
    return answer


def small(ebid: Ebid, office: Path) -> None:
    """One supplier that came with an import, asked for a permit, and left with the next import."""

    def do(*words: object) -> Answer:
        return run(ebid, office, *words)

    life.import_file(office, do, "first.csv", [record(life.N), *life.records()])
    do(
        "permit",
        "record",
        life.GONE,
        "--received",
        "2026-10-01",
        "--channel",
        "fax",
        "--applicant",
        "テスト商会92",
    )
    do("permit", "grant", "P000001", "--valid-to", "2027-03-31")
    life.import_file(office, do, "second.csv", life.records())


def test_what_stands_against_it_is_told(office: Path, ebid: Ebid, clock: SettableClock) -> None:
    def do(*words: object) -> Answer:
        return run(ebid, office, *words)

    def refused() -> str:
        return run(ebid, office, "supplier", "erase", life.GONE, code=1).err

    assert life.GONE in refused()
    life.import_file(office, do, "first.csv", [record(life.N), *life.records()])
    clock.set(OLD)
    assert "kept register, id 1" in refused()
    clock.set(NOON)
    do("permit", "record", life.GONE, "--received", "2026-10-01", "--channel", "fax")
    life.import_file(office, do, "second.csv", life.records())
    clock.set(OLD)
    assert "kept permit, id P000001" in refused()
    clock.set(NOON)
    do("permit", "grant", "P000001", "--valid-to", "2029-03-31")
    clock.set(NOON + timedelta(days=800))
    assert "kept permit, id P000001" in refused()
    clock.set(NOON + timedelta(days=1000))
    assert "due 2034-04-01" in refused()
    settings = office / CONFIG_NAME
    kept = settings.read_text(encoding="utf-8")
    settings.write_text(kept.replace("permits = 5", "permits = 0"), encoding="utf-8")
    assert "due 2032-04-01" in refused()
    settings.write_text(
        kept.replace("permits = 5", "permits = 0").replace("register = 5", "register = 1"), encoding="utf-8"
    )
    assert run(ebid, office, "supplier", "erase", life.GONE, "--json").value["counts"]["permits"] == 1


def test_others_may_not(office: Path, ebid: Ebid, clock: SettableClock) -> None:
    small(ebid, office)
    clock.set(life.DUE)
    with closing(open_desk(office)) as desk:
        store, copies = SqlErasureStore(desk.engine, clock=clock), DeskCopies(desk.config)
        clerk = Staff("tanaka", frozenset(Role) - {Role.ADMINISTRATOR, Role.AUDITOR})
        given: dict[str, Any] = {"staff": clerk, "store": store, "retention": desk.config.retention.rules()}
        with pytest.raises(NotPermittedError):
            supplier_erasure.due(desk.office, **given)
        with pytest.raises(NotPermittedError):
            supplier_erasure.preview(desk.office, **given, copies=copies, supplier=life.GONE)
        with pytest.raises(NotPermittedError):
            supplier_erasure.erase(desk.office, **given, copies=copies, supplier=life.GONE, token="x")
        auditor = {**given, "staff": Staff("kansa", frozenset({Role.AUDITOR}))}
        assert [one.supplier for one in supplier_erasure.due(desk.office, **auditor)] == [life.GONE]
        with pytest.raises(NotPermittedError):
            supplier_erasure.preview(desk.office, **auditor, copies=copies, supplier=life.GONE)


def test_what_changed_since_it_was_shown_is_not_erased(
    office: Path, ebid: Ebid, clock: SettableClock
) -> None:
    small(ebid, office)
    clock.set(life.DUE)
    token = run(ebid, office, "supplier", "erase", life.GONE, "--json").value["token"]
    (office / "inbox" / "copy.csv").write_bytes((office / "inbox" / "first.csv").read_bytes())
    assert (
        "no longer what was shown"
        in run(ebid, office, "supplier", "erase", life.GONE, "--confirm", token, code=1).err
    )
    again = run(ebid, office, "supplier", "erase", life.GONE, "--json").value
    assert str(office / "inbox" / "copy.csv") in again["files"]
    run(ebid, office, "supplier", "erase", life.GONE, "--confirm", again["token"])


@pytest.mark.sqlite_only("the database's file is put elsewhere")
def test_the_database_is_no_file_of_the_office_wherever_it_lies(
    desk: Path, ebid: Ebid, clock: SettableClock
) -> None:
    """A copy of it is a backup of everybody: it is told of, and stays."""
    settings = desk / CONFIG_NAME
    (desk / "store").mkdir()
    (desk / "ebidadmin.sqlite").rename(desk / "store" / "kept.sqlite")
    text_before = settings.read_text(encoding="utf-8")
    settings.write_text(
        text_before.replace("sqlite:///ebidadmin.sqlite", "sqlite:///store/kept.sqlite"), encoding="utf-8"
    )
    small(ebid, desk)
    copy = desk / "store" / "kept.sqlite.bak"
    copy.write_bytes((desk / "store" / "kept.sqlite").read_bytes())
    clock.set(life.DUE)
    shown = run(ebid, desk, "supplier", "erase", life.GONE, "--json").value
    assert shown["left"] == [str(copy)]
    assert not any("kept.sqlite" in name for name in shown["files"])
    run(ebid, desk, "supplier", "erase", life.GONE, "--confirm", shown["token"], code=1)
    assert set(everywhere(desk)) == {copy.name}
    assert run(ebid, desk, "audit", "verify", "--json").value["good"]


def test_what_others_say_of_it_is_told_and_stays(office: Path, ebid: Ebid, clock: SettableClock) -> None:
    def do(*words: object) -> Answer:
        return run(ebid, office, *words)

    small(ebid, office)
    life.apply_for(office, do, "A4", life.OTHER)
    with closing(open_desk(office)) as desk:
        said = f"{record(life.N).trade_name}から移った担当者"
        application_review.note(desk.office, staff=desk.staff, number=ApplicationNumber("A4"), text=said)
    (office / "data" / "memo.txt").write_text(record(life.N).trade_name, encoding="utf-8")
    clock.set(life.DUE)
    shown = do("supplier", "erase", life.GONE, "--json").value
    assert shown["quoted"] == ["application_notes/A4"]
    assert shown["left"] == [str(office / "data" / "memo.txt")]
    done = run(ebid, office, "supplier", "erase", life.GONE, "--confirm", shown["token"], code=1)
    assert "may be left" in done.err
    assert (office / "inbox" / "A4.jsonl").is_file()
    assert run(ebid, office, "audit", "verify", "--json").value["good"]
    told = run(ebid, office, "application", "show", "A4", "--json").out
    assert said in told
    events = run(ebid, office, "audit", "list", "--subject", "A4", "--json").out
    assert said not in events


def test_final_rows_go_only_with_an_erasing(office: Path, ebid: Ebid, clock: SettableClock) -> None:
    life.live(office, ebid, clock)
    with closing(open_desk(office)) as desk:
        ways = ["DELETE FROM {}"]
        if desk.engine.dialect.name == "postgresql":
            ways += ["TRUNCATE {} CASCADE"]
        for table in KEYS:
            with desk.engine.begin() as connection:
                assert connection.scalar(text(f"SELECT count(*) FROM {table}"))
            for way in ways:
                with desk.engine.begin() as connection, pytest.raises(IntegrityError):
                    connection.exec_driver_sql(way.format(table))
            # Nor with any other event that lets it go.
            with desk.engine.connect() as connection:
                let_go(connection, table, "mail:sent")
                with pytest.raises(IntegrityError):
                    connection.exec_driver_sql(ways[0].format(table))


LET_GO = (
    "INSERT INTO audit_rows (kind, key, seq, salt, digest) SELECT DISTINCT '{table}', {key},"
    " (SELECT max(seq) FROM audit_events WHERE tag = '{tag}'), CAST('x' AS {bytes}), CAST(NULL AS {bytes}) FROM {table}"
)


def let_go(connection: Connection, table: str, tag: str) -> None:
    """Say that the last event of that tag let go of every record of that table."""
    kept = "BLOB" if connection.dialect.name == "sqlite" else "bytea"
    connection.exec_driver_sql(LET_GO.format(table=table, key=KEYS[table], tag=tag, bytes=kept))


FORGED = (
    "INSERT INTO audit_events (at, by, tag, subject_kind, subject_id, facts, software)"
    " VALUES ('2026-10-07 03:00:00.000000', 'x', 'audit:erased', 'desk', 'erasing', '{}', 'x')"
)


@pytest.mark.parametrize("forged", [False, True])
def test_what_goes_in_the_name_of_an_erasing_is_found(
    office: Path, ebid: Ebid, clock: SettableClock, forged: bool
) -> None:
    """Somebody with the database in their hands says that an erasing, or one that they made up, let go of somebody else's."""
    small(ebid, office)
    life.apply_for(office, lambda *words: run(ebid, office, *words), "A4", life.OTHER)
    run(ebid, office, "application", "note", "A4", "--text", "電話で確認")
    clock.set(life.DUE)
    token = run(ebid, office, "supplier", "erase", life.GONE, "--json").value["token"]
    run(ebid, office, "supplier", "erase", life.GONE, "--confirm", token)
    with closing(open_desk(office)) as desk, desk.engine.begin() as connection:
        if forged:
            connection.exec_driver_sql(FORGED)
        let_go(connection, "application_notes", "audit:erased")
        connection.exec_driver_sql("DELETE FROM application_notes")
    found = run(ebid, office, "audit", "verify", "--json", code=1).value["findings"]
    assert {one["fault"] for one in found} >= {"event-added" if forged else "event-changed", "erased-untold"}
