"""By what a supplier is found in what others say, what is no sign of it, and what of it still has to be kept."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ebidadmin.bootstrap import open_desk
from ebidadmin.clock import SettableClock
from ebidadmin.domain.card_sessions import CardMode
from ebidadmin.domain.ids import ApplicationNumber
from ebidadmin.services import application_review
from tests.acceptance.conftest import Answer, Ebid
from tests.builders import contact
from tests.cards.office import Bench
from tests.erasing import life
from tests.erasing.test_rules_of_erasing import run, small
from tests.imports.test_apply import record

ERASE = ("supplier", "erase", life.GONE)
HELP_DESK = "ヘルプデスク"
"""What the shipped settings call whom suppliers ask."""


def note(office: Path, number: str, text: str) -> int:
    """The number of the event that tells of the note."""
    with closing(open_desk(office)) as desk:
        application_review.note(desk.office, staff=desk.staff, number=ApplicationNumber(number), text=text)
        with desk.office.uow() as uow:
            return max(entry.seq for entry in uow.audit.list())


def test_what_many_have_in_common_is_no_sign(office: Path, ebid: Ebid, clock: SettableClock) -> None:
    def do(*words: object) -> Answer:
        return run(ebid, office, *words)

    small(ebid, office)
    life.apply_for(office, do, "A1", life.N)
    do("application", "reject", "A1", "--version", 1, "--reason", "other")
    do("mail", "send")
    given = ("--received", "2026-10-01", "--channel", "fax", "--applicant", HELP_DESK)
    do("permit", "record", life.GONE, *given)
    do("permit", "void", "P000002", "--reason", "二重")
    life.apply_for(office, do, "A4", life.OTHER)
    department = note(office, "A4", f"{contact(life.N).name}の担当者と話した")
    helped = note(office, "A4", f"{HELP_DESK}に回した")
    named = note(office, "A4", f"{record(life.N).trade_name}から移った")
    clock.set(life.DUE)
    shown = do(*ERASE, "--json").value
    assert shown["mentions"] == [named]
    assert not any(name.endswith("ebidadmin.toml") for name in (*shown["files"], *shown["left"]))
    run(ebid, office, *ERASE, "--confirm", shown["token"], code=1)
    with closing(open_desk(office)) as desk, desk.office.uow() as uow:
        told = {entry.seq: f"{entry.event.after} {entry.event.facts}" for entry in uow.audit.list()}
    assert told[named] == "None {}"
    assert HELP_DESK in told[helped]
    assert contact(life.N).name in told[department]


def test_other_spellings_are_signs(office: Path, ebid: Ebid, clock: SettableClock) -> None:
    def do(*words: object) -> Answer:
        return run(ebid, office, *words)

    phone, email = "083-999-0092", "Shoukai92@Example.co.jp"
    life.import_file(office, do, "first.csv", [record(life.N, phone=phone, email=email), *life.records()])
    life.import_file(office, do, "second.csv", life.records())
    for name, said in (("phone.txt", phone.replace("-", "")), ("mail.txt", email.lower()), ("no.txt", "083")):
        (office / name).write_text(said, encoding="utf-8")
    clock.set(life.DUE)
    files = {Path(name).name for name in do(*ERASE, "--json").value["files"]}
    assert {"phone.txt", "mail.txt"} <= files
    assert "no.txt" not in files


def test_who_is_due_on_a_day_to_come(office: Path, ebid: Ebid, clock: SettableClock) -> None:
    """What holds today will have ended by then."""

    def due(on: str) -> object:
        return run(ebid, office, "supplier", "due", "--on", on, "--json").value["due"]

    small(ebid, office)
    listed = [{"supplier_number": life.GONE, "since": "2032-04-01"}]
    assert [due("2032-03-31"), due("2032-04-01")] == [[], listed]


def test_a_dispatch_is_kept_by_its_own_day(office: Path, ebid: Ebid, clock: SettableClock) -> None:
    """A letter that went out in the fiscal year after the decision."""

    def do(*words: object) -> Answer:
        return run(ebid, office, *words)

    life.import_file(office, do, "first.csv", [record(life.N), *life.records()])
    do("permit", "record", life.GONE, "--received", "2026-10-01", "--channel", "fax")
    clock.set(datetime(2027, 3, 30, 3, tzinfo=UTC))
    do("permit", "refuse", "P000001", "--reason", "form-incomplete")
    life.import_file(office, do, "second.csv", life.records())
    clock.set(datetime(2027, 4, 2, 3, tzinfo=UTC))
    do("permit", "dispatch", "P000001", "--channel", "post", "--to", "テスト商会92")
    assert do("supplier", "due", "--on", "2032-04-01", "--json").value["due"] == []
    assert do("supplier", "due", "--on", "2033-04-01", "--json").value["due"] == [
        {"supplier_number": life.GONE, "since": "2033-04-01"}
    ]


def test_mails_and_walks_of_cards_are_kept(office: Path, ebid: Ebid, clock: SettableClock) -> None:
    """A mail is about the walk in which a card was registered; a walk that went no further names no supplier."""

    def do(*words: object) -> Answer:
        return run(ebid, office, *words)

    life.import_file(office, do, "first.csv", [record(life.N), *life.records()])
    with closing(open_desk(office, clock=clock)) as desk:
        Bench(desk.office, staff=desk.staff).registered(life.N)
    life.import_file(office, do, "second.csv", life.records())
    clock.set(life.DUE)
    assert "kept mail" in run(ebid, office, *ERASE, code=1).err
    do("mail", "send")
    clock.set(life.DUE + timedelta(days=400))
    with closing(open_desk(office, clock=clock)) as desk:
        bench = Bench(desk.office, staff=desk.staff)
        bench.insert(life.N)
        bench.prove(bench.start(mode=CardMode.REHEARSAL))
    assert "due 2041-04-01" in run(ebid, office, *ERASE, code=1).err
