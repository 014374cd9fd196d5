"""Every command of the command line, who may give it, and words with which whoever may gets through.

Written down from the table of roles by hand, command by command, not reckoned from what services ask for.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ebidadmin.domain.staff import Role
from tests.roles.bench import Found


@dataclass(frozen=True)
class Asked:
    """What the words of a command are about, at the desk of whoever gives it."""

    folder: Path
    found: Found
    inquired: tuple[object, ...]

    def outside(self, name: str) -> Path:
        """A file that is not there yet."""
        return self.folder.parent / f"{self.folder.name}-{name}"

    @property
    def pending(self) -> tuple[object, ...]:
        return (self.found.pending, "--version", self.found.version)

    @property
    def registered(self) -> tuple[object, ...]:
        return (self.found.registered, "--version", self.found.registered_version)


Words = Callable[[Asked], tuple[object, ...]]

LETTERS = {
    "R": Role.REVIEWER,
    "A": Role.APPROVER,
    "I": Role.IMPORTER,
    "H": Role.HELP_DESK,
    "U": Role.AUDITOR,
    "M": Role.ADMINISTRATOR,
}

ALL = "RAIHUM"


@dataclass(frozen=True)
class Command:
    """``roles``: whose, one letter each. ``words`` follow the command's own. ``code`` and ``said``: how it ends for whoever may, where that
    is not well (what is asked for is not there, which it says). ``anywhere``: it takes no desk. ``elsewhere``:
    why it is not given here."""

    roles: str
    words: Words = lambda _asked: ()
    code: int = 0
    said: str = ""
    anywhere: bool = False
    elsewhere: str = ""


DECIDE = ("--reason", "x")
IDENTITY = ("--identity", "counter", "--document", "driving-licence")


def _draft(name: str, file: str) -> Words:
    """A reference file with one more line."""

    def made(asked: Asked) -> tuple[object, ...]:
        from ebidadmin.services.office_files import digest_of

        before = (asked.folder / file).read_bytes()
        draft = asked.folder / "var" / "draft.toml"
        draft.write_bytes(before + b"\n# A remark.\n")
        return (*([name] if name else []), draft, "--seen", digest_of(before))

    return made


def _batch(asked: Asked) -> tuple[object, ...]:
    file = asked.outside("batch.jsonl")
    file.write_text(json.dumps(asked.found.row, default=str), encoding="utf-8")
    return (file,)


COMMANDS: dict[str, Command] = {
    "application answer": Command("R", lambda a: (*a.inquired, "--text", "x")),
    "application approve": Command(
        "R", lambda a: (a.found.approvable, "--version", a.found.approvable_version)
    ),
    "application auto-approve": Command("R", code=1, said="Automatic approval is off"),
    "application inquire": Command("R", lambda a: (*a.pending, "--text", "教えてください。")),
    "application intake": Command("R", _batch),
    "application list": Command("RAU"),
    "application note": Command("R", lambda a: (a.found.pending, "--text", "x")),
    "application reject": Command(
        "R", lambda a: (*a.pending, "--reason", "other", "--note", "ご確認ください。")
    ),
    "application show": Command("RAU", lambda a: (a.found.pending,)),
    "application withdraw": Command("R", lambda a: a.pending),
    "audit anchor": Command("RAUM", lambda a: ("--to", a.outside("anchors.txt"))),
    "audit check-proof": Command(ALL, lambda a: (a.found.file, "--key", "x"), code=1, anywhere=True),
    "audit export": Command("RAUM", lambda a: (a.outside("trail.csv"),)),
    "audit key": Command(ALL),
    "audit list": Command("RAUM"),
    "audit prove": Command("RAUM", lambda a: (1, "--to", a.outside("proof.json"))),
    "audit verify": Command("RUM"),
    "card check": Command(ALL, lambda a: (a.found.file,), code=1),
    "card crl list": Command(ALL),
    "card crl update": Command("RI", lambda a: (a.found.file,), code=1),
    "card list": Command(ALL),
    "card show": Command(ALL, code=1),
    "card simulate": Command(ALL),
    "config check": Command(ALL),
    "config set": Command("M", _draft("", "ebidadmin.toml")),
    "config show": Command("RAUM"),
    "db backup": Command("M", lambda a: (a.outside("backup.zip"),)),
    "db move": Command(
        "M",
        lambda a: (f"sqlite:///{a.outside('moved.sqlite')}",),
        code=1,
        said="only the owner of the database may",
    ),
    "db restore": Command(ALL, lambda a: (a.found.file,), code=1),
    "db upgrade": Command(ALL),
    "doctor": Command(ALL),
    "init": Command(ALL, lambda a: (a.outside("another"),), anywhere=True),
    "lab": Command(
        ALL, elsewhere="tests/lab: a server that runs until it is ended; it asks for no role, its screens do"
    ),
    "layout check": Command(ALL, lambda a: (a.folder / "data/reference/layouts/ebidadmin.toml",)),
    "layout list": Command(ALL),
    "layout make": Command(ALL, lambda a: (a.found.file, "--name", "mine")),
    "mail list": Command("RAUM"),
    "mail notices": Command("RM"),
    "mail retry": Command("RM", lambda _a: (1,), code=1),
    "mail send": Command("RM"),
    "permit confirm": Command("RA", lambda a: (a.found.proposal,)),
    "permit decline": Command("RA", lambda a: (a.found.proposal, "--why", "x")),
    "permit dispatch": Command("R", lambda a: (a.found.letter, "--channel", "post")),
    "permit dispatches": Command("RAU"),
    "permit grant": Command("R", lambda a: (a.found.open_permit, "--valid-to", "2098-03-31")),
    "permit letter": Command("R", lambda a: (a.found.letter, "--to", a.outside("letter.pdf"))),
    "permit list": Command("RAU"),
    "permit proposals": Command("RAU"),
    "permit record": Command(
        "R", lambda a: (a.found.supplier, "--received", "2026-04-01", "--channel", "fax")
    ),
    "permit refuse": Command("R", lambda a: (a.found.open_permit, "--reason", "form-incomplete")),
    "permit take-back": Command("R", lambda a: (a.found.proposal,), code=1, said="Only whoever asked"),
    "permit void": Command("R", lambda a: (a.found.open_permit, *DECIDE)),
    "permit withdraw": Command("R", lambda a: (a.found.letter, *DECIDE)),
    "qualification confirm": Command("IA", lambda a: (a.found.request,)),
    "qualification correct": Command("I", lambda a: (a.found.supplier, "remarks=x", "--why", "x")),
    "qualification decline": Command("IA", lambda a: (a.found.request, "--why", "x")),
    "qualification diff": Command("RAIU", lambda _a: ("--from", "2026-04-01", "--to", "2026-04-02")),
    "qualification export": Command("RAIU", lambda a: (a.outside("register.csv"),)),
    "qualification import": Command("I", lambda a: (a.found.file, "--layout", "ebidadmin", "--yes")),
    "qualification list": Command("RAIU"),
    "qualification request": Command(
        "I", lambda a: (a.found.file, "--layout", "ebidadmin"), code=1, said="This needs no second person"
    ),
    "qualification request-undo": Command("I", code=1, said="This needs no second person"),
    "qualification requests": Command("AIU"),
    "qualification show": Command("RAIU", lambda a: (a.found.supplier,)),
    "qualification undo": Command("I"),
    "qualification withdraw": Command("I", lambda a: (a.found.request,), code=1, said="Only whoever asked"),
    "reason check": Command(ALL, lambda a: ("rejection", a.folder / "data/reference/reasons.toml")),
    "reason list": Command("RAUM"),
    "reason set": Command("M", _draft("rejection", "data/reference/reasons.toml")),
    "reason show": Command(ALL, lambda _a: ("rejection",)),
    "registration cancel": Command("R", lambda a: (*a.registered, *DECIDE)),
    "registration export": Command("RAU", lambda a: (a.outside("registrations.csv"),)),
    "registration list": Command("RAU"),
    "registration login-failed": Command("R", lambda a: (a.found.user_id,)),
    "registration reset-code": Command("R", lambda a: (*a.registered, *IDENTITY)),
    "registration resume": Command("R", lambda a: (*a.registered, *DECIDE), code=1),
    "registration show": Command("RAU", lambda a: (a.found.supplier,)),
    "registration suspend": Command("R", lambda a: (*a.registered, *DECIDE)),
    "registration unlock": Command("R", lambda a: (*a.registered, *IDENTITY), code=1),
    "report due": Command("RAUM"),
    "report list": Command("RAUM"),
    "report run": Command("RM", lambda _a: ("daily_review",)),
    "request carry-out": Command("R", lambda a: (a.found.desk_request,), code=1, said="no such step"),
    "request confirm": Command("RA", lambda a: (a.found.desk_request,)),
    "request decline": Command("RA", lambda a: (a.found.desk_request, "--why", "x")),
    "request list": Command("RAU"),
    "request show": Command("RAU", lambda a: (a.found.desk_request,)),
    "request take-back": Command("R", lambda a: (a.found.desk_request,), code=1, said="Only whoever asked"),
    "schedule list": Command("RAUM"),
    "schedule run": Command("RM"),
    "schedule serve": Command("RM"),
    "staff add": Command("M", lambda _a: ("shinjin", "--role", "reviewer")),
    "staff disable": Command("M", lambda _a: ("hoka",)),
    "staff hold": Command("M"),
    "staff list": Command("RAUM"),
    "staff role": Command("M", lambda _a: ("hoka", "--grant", "auditor")),
    "supplier open": Command("H", lambda a: (a.found.supplier, "--name", a.found.trade_name)),
    "supplier due": Command("MU"),
    "supplier erase": Command("M", lambda a: (a.found.supplier,), code=1),
    "template check": Command(
        ALL, lambda a: ("mails/id-approved", next((a.folder / "data/reference/mails").glob("id*approved*")))
    ),
    "template list": Command("RAUM"),
    "template set": Command("M", _draft("mails/id-approved", "data/reference/mails/id-approved.toml")),
    "template show": Command(ALL, lambda _a: ("mails/id-approved",)),
}
