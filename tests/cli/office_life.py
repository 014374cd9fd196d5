"""The life of an office by commands: every command that changes something, in an order in which each of them has something to do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Engine, select

from ebidadmin.bootstrap import open_desk
from ebidadmin.cli import commands
from ebidadmin.config import CONFIG_NAME
from ebidadmin.intake.csv import write_register
from ebidadmin.persistence.schema_base import Base
from ebidadmin.services.office_files import digest_of
from tests.cli.test_commands import REGISTER, SUPPLIER, application
from tests.desks import several_work_at
from tests.imports.test_apply import OWN, hundred

IDENTITY = ("--identity", "in-person", "--document", "licence")


@dataclass(frozen=True)
class Step:
    """One command without ``--desk``. ``changes``: whether it leaves a trace; ``by``: who acts."""

    words: tuple[object, ...]
    changes: bool = True
    by: str = "tanaka"
    code: int = 0


ELSEWHERE = {
    "staff add": "tests/roles: log-ins of a server are needed",
    "staff role": "tests/roles",
    "staff disable": "tests/roles",
    "staff hold": "tests/roles",
    "init": "test_commands: there is no desk before it",
    "lab": "tests/lab: a server, which runs until it is ended",
    "db upgrade": "tests/backups: another revision is needed",
    "db restore": "tests/backups: there is no desk before it",
    "db move": "tests/backups: it leaves the database that is compared",
    "audit anchor": "the tests of the trail: its keys and witnesses are needed",
    "audit export": "test_audit: what is written is compared",
    "audit key": "the tests of the trail",
    "audit prove": "the tests of the trail",
    "audit verify": "the tests of the trail",
    "card simulate": "test_card_reader: training cards, which are of no database",
    "card crl update": "test_lists_trail: authorities, and the day of their list, are needed",
    "mail retry": "test_mail: a mail that was given up is needed",
    "mail notices": "test_mail_notices: a card that ends soon is needed",
    "registration reset-code": "test_id_desk: its answer is a letter, as bytes",
    "registration unlock": "test_id_desk: an ID that wrong passwords have locked is needed",
    "supplier erase": "tests/erasing: a supplier whose time of keeping is over is needed",
    "report run": "test_reports: a kernel is needed",
    "schedule run": "test_reports: a kernel is needed",
    "schedule serve": "test_reports: it goes on until it is stopped",
    "application auto-approve": "test_auto_approval: its setting is needed",
}
"""Commands whose dry run has a test of its own, and why."""

CHANGING_NOTHING = frozenset(
    {
        *(
            "application list",
            "application show",
            "audit check-proof",
            "audit list",
            "card check",
            "card crl list",
            "card list",
        ),
        *("card show", "config check", "config show", "doctor", "layout check", "layout list", "mail list"),
        *("permit list", "permit proposals", "qualification diff", "qualification list"),
        *(
            "qualification requests",
            "qualification show",
            "reason check",
            "reason list",
            "reason show",
            "report due",
            "report list",
        ),
        *(
            "registration list",
            "registration show",
            "request list",
            "request show",
            "schedule list",
            "staff list",
            "supplier due",
            "template check",
            "template list",
            "template show",
        ),
    }
)
"""Commands that only look."""


def leaves(group: click.Group = commands, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Every command by its words."""
    for name, command in sorted(group.commands.items()):
        if isinstance(command, click.Group):
            yield from leaves(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


def named(words: tuple[object, ...]) -> str:
    """The command that these words call."""
    names = {name for name, _ in leaves()}
    told = [" ".join(map(str, words[:length])) for length in (3, 2, 1)]
    return next(name for name in told if name in names)


def state(desk: Path) -> tuple[dict[str, Any], dict[str, bytes]]:
    """All rows of the desk's database, and all its files but the database itself."""
    with closing(open_desk(desk)) as opened:
        rows = _rows(opened.engine)
    files = {
        str(path.relative_to(desk)): path.read_bytes()
        for path in sorted(desk.rglob("*"))
        if path.is_file() and not path.name.startswith("ebidadmin.sqlite")
    }
    return rows, files


def _rows(engine: Engine) -> dict[str, Any]:
    with engine.connect() as connection:
        return {
            name: sorted(map(repr, connection.execute(select(table)).all()))
            for name, table in Base.metadata.tables.items()
        }


def set_setting(desk: Path, section: str, old: str, new: str) -> None:
    file = desk / CONFIG_NAME
    before, head, after = file.read_text(encoding="utf-8").partition(f"[{section}]\n")
    assert old in after
    file.write_text(before + head + after.replace(old, new, 1), encoding="utf-8")


def life(desk: Path) -> Iterator[Step]:
    """Each step is taken before the next one is asked for."""
    yield from _register(desk)
    yield from _permits(desk)
    yield from _applications(desk)
    yield from _files(desk)
    yield from _second_persons(desk)


def _register(desk: Path) -> Iterator[Step]:
    file = desk / "inbox" / "register.csv"
    file.write_text(REGISTER, encoding="utf-8")
    yield Step(("qualification", "import", file, "--layout", "ebidadmin", "--yes"))
    yield Step(("qualification", "correct", SUPPLIER, "address=山口県下関市南部町1-2", "--why", "転居"))
    yield Step(("supplier", "open", SUPPLIER, "--name", "株式会社テスト商会01"))
    yield Step(("qualification", "undo"))
    yield Step(("qualification", "export", desk / "out.csv"))
    yield Step(("layout", "make", file, "--name", "sample"))


def _permits(desk: Path) -> Iterator[Step]:
    for number in (1, 2, 3):
        given = ("--channel", "counter", "--applicant", f"テスト商会{number}")
        yield Step(("permit", "record", SUPPLIER, "--received", "2026-04-01", *given))
    yield Step(("permit", "grant", "P000001", "--valid-to", "2099-03-31"))
    yield Step(("permit", "refuse", "P000002", "--reason", "form-incomplete"))
    yield Step(("permit", "void", "P000003", "--reason", "二重に記録した"))
    yield Step(("permit", "letter", "P000001", "--to", desk / "letter.pdf"))
    yield Step(("permit", "dispatch", "P000001", "--channel", "post"))
    yield Step(("permit", "dispatches", "--csv", desk / "dispatches.csv"))


def _applications(desk: Path) -> Iterator[Step]:
    batch = desk / "inbox" / "batch.jsonl"
    for number in ("A1", "A2", "A3"):
        batch.write_text(json.dumps(application(number)), encoding="utf-8")
        yield Step(("application", "intake", batch))
        if number == "A1":
            yield Step(("application", "note", number, "--text", "電話で確認済み"))
            yield Step(("application", "inquire", number, "--version", 1, "--text", "書類をお送りください。"))
            yield Step(("application", "answer", number, "--version", 2, "--text", "送付しました。"))
            yield Step(("application", "reject", number, "--version", 3, "--reason", "other"))
        elif number == "A2":
            yield Step(("application", "withdraw", number, "--version", 1))
    yield Step(("application", "approve", "A3", "--version", 1))
    yield Step(("mail", "send"), changes=False)
    yield Step(("registration", "export", desk / "registrations.csv"))
    yield Step(("registration", "login-failed", "oi25io14"))
    suspended = ("registration", "suspend", "A3", "--version")
    with closing(open_desk(desk)) as opened, opened.office.uow() as uow:
        version = next(iter(uow.registrations.of_supplier(SUPPLIER))).version  # type: ignore[arg-type]  # a number as text
    yield Step((*suspended, version, "--reason", "申出による"))
    yield Step(("registration", "resume", "A3", "--version", version + 1, "--reason", "申出による"))
    yield from _cancelling(desk, version + 2)
    yield Step(("permit", "withdraw", "P000001", "--reason", "廃業"))


def _cancelling(desk: Path, version: int) -> Iterator[Step]:
    """First with a second person, then, since the office no longer wants one, alone."""
    several_work_at(desk)
    set_setting(desk, "registration", "second_person = false", "second_person = true")
    cancel = ("registration", "cancel", "A3", "--version", version, "--reason", "廃業")
    yield Step(cancel)
    yield Step(("request", "take-back", "C000001"))
    yield Step(cancel)
    yield Step(("request", "decline", "C000002", "--why", "別の業者"), by="suzuki")
    yield Step(cancel)
    yield Step(("request", "confirm", "C000003"), by="suzuki")
    yield Step(("request", "carry-out", "C000003"))


def _files(desk: Path) -> Iterator[Step]:
    reference = desk / "data" / "reference"
    for group, name, file in (
        ("reason", "rejection", reference / "reasons.toml"),
        ("template", "mails/id-approved", next((reference / "mails").glob("id*approved*"))),
        ("config", "", desk / CONFIG_NAME),
    ):
        draft = desk / "draft.toml"
        draft.write_bytes(file.read_bytes() + b"\n# A remark.\n")
        seen = ("--seen", digest_of(file.read_bytes()))
        yield Step((group, "set", *([name] if name else []), draft, *seen))


def _second_persons(desk: Path) -> Iterator[Step]:
    whole, half = desk / "inbox" / "whole.csv", desk / "inbox" / "half.csv"
    write_register(whole, hundred(), OWN, ())
    write_register(half, hundred()[:50], OWN, ())
    yield Step(("qualification", "import", whole, "--layout", "ebidadmin", "--yes"))
    for section in ("import", "permit"):
        set_setting(desk, section, "second_person = false", "second_person = true")
    asked = Step(("qualification", "request", half, "--layout", "ebidadmin"))
    yield asked
    yield Step(("qualification", "withdraw", "R000001"))
    yield asked
    yield Step(("qualification", "decline", "R000002", "--why", "件数が違う"), by="suzuki")
    yield asked
    yield Step(("qualification", "confirm", "R000003"), by="suzuki")
    yield Step(("qualification", "request-undo"))
    yield Step(("permit", "record", "100000001", "--received", "2026-04-01", "--channel", "fax"))
    proposal = Step(("permit", "grant", "P000004", "--valid-to", "2099-03-31"))
    yield proposal
    yield Step(("permit", "take-back", "Q000001"))
    yield proposal
    yield Step(("permit", "decline", "Q000002", "--why", "書類が足りない"), by="suzuki")
    yield proposal
    yield Step(("permit", "confirm", "Q000003"), by="suzuki")
    yield Step(("db", "backup", desk / "backup.zip"))
