"""Every mail of a test run is looked at, and the run fails if one holds what a supplier entered.

Mails that are composed (previews as well) are looked at where the templates are filled in; those that were stored, at the end, in every
database of the run, also where other processes wrote them: each against all that the same database knows of any supplier.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row
from sqlalchemy import make_url

from ebidadmin.domain.applications import IdApplication, IdForm
from ebidadmin.domain.cards import CardRegistration
from ebidadmin.domain.contacts import Contact
from ebidadmin.domain.mails import MailDraft
from ebidadmin.domain.registrations import Registration
from ebidadmin.errors import InputError
from ebidadmin.mailing.composer import TemplateComposer
from tests.builders import flat
from tests.mail_leaks import Said, leaks

_KEY = "mails"
_HEADER = b"SQLite format 3\0"
_CONTACTS = ("main_contact", "applicant_contact", "card_contact", "contact")
_TABLES = ("mail_outbox", "id_applications", "registrations", "card_registrations", "card_main_contacts")

Rows = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass
class Watch:
    """What was seen: counts by kind, and each place where an entered value stood in a mail."""

    counts: Counter[str] = field(default_factory=Counter)
    found: list[str] = field(default_factory=list)

    def composed(
        self, drafts: Sequence[MailDraft], entered: Sequence[Mapping[str, str]], *, trade_name: str
    ) -> None:
        """Mails that were made for one supplier."""
        self.counts["composed"] += len(drafts)
        said = [Said(f"a mail {one.kind.value}", "", one.subject, one.body, (trade_name,)) for one in drafts]
        self.found += leaks(said, entered)

    def kept(self, draft: MailDraft, *, about: str, forms: Sequence[IdForm]) -> None:
        """A mail that was put into the store in memory, against all forms there."""
        self.counts["kept"] += 1
        said = Said(
            "store in memory", about, draft.subject, draft.body, tuple(form.trade_name for form in forms)
        )
        self.found += leaks([said], map(flat, forms))

    def stored(self, where: str, rows: Rows) -> None:
        """All mails of a database, against all that it knows."""
        mails = rows.get("mail_outbox", ())
        self.counts["databases"] += bool(mails)
        self.counts["stored"] += len(mails)
        self.counts["sent"] += sum(mail["state"] == "sent" for mail in mails)
        names = {row["number"]: (row["trade_name"],) for row in rows.get("id_applications", ())}
        said = [
            Said(
                f"{where}, mail {mail['id']}",
                mail["about_id"],
                mail["subject"],
                mail["body"],
                names.get(mail["about_id"], ()),
            )
            for mail in mails
        ]
        if said:
            self.found += leaks(said, _entries(rows))

    def look_at_file(self, file: Path) -> None:
        """The mails of an SQLite database."""
        with file.open("rb") as opened:
            if opened.read(len(_HEADER)) != _HEADER:
                return
        try:
            with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
                connection.row_factory = sqlite3.Row
                there = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
                rows = {
                    name: [dict(row) for row in connection.execute(f"SELECT * FROM {name}")]
                    for name in _TABLES
                    if name in there
                }
        except sqlite3.DatabaseError:
            # Damaged on purpose by a test; how many there were is told.
            self.counts["unreadable"] += 1
            return
        self.stored(str(file), rows)

    def look_at_server(self, url: str) -> None:
        """The mails of a database on a server."""
        # Also where a test made a database of another encoding, to see it refused.
        where = make_url(url)
        with psycopg.connect(
            host=str(where.query["host"]),
            user=where.username,
            dbname=where.database,
            client_encoding="utf8",
            row_factory=dict_row,
        ) as connection:
            named = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename = ANY(%s)"
            there = {row["tablename"] for row in connection.execute(named, ([*_TABLES],))}
            rows: dict[str, list[dict[str, Any]]] = {}
            # Mails first: where there are none, nothing else is asked for.
            for name in _TABLES if _TABLES[0] in there else ():
                rows[name] = (
                    connection.execute(f"SELECT * FROM {name}".encode()).fetchall() if name in there else []
                )
                if not rows[_TABLES[0]]:
                    break
        self.stored(url.rpartition("/")[2].partition("?")[0], rows)

    def finish(self, folder: Path) -> None:
        """Look at all databases below the folder. Raises ``AssertionError`` if any mail held an entered value."""
        for file in sorted(folder.rglob("*")):
            if file.suffix in {".db", ".sqlite", ".sqlite3"} and file.is_file():
                self.look_at_file(file)
        assert self.found == [], "mails hold what was entered:\n" + "\n".join(self.found)


Compose = Callable[..., Any]

WATCH = Watch()
"""That of this process."""


def _entries(rows: Rows) -> Iterator[dict[str, str]]:
    """What suppliers entered, by flat key, in any table."""
    for name in _TABLES[1:]:
        for row in rows.get(name, ()):
            plain = ("supplier_number", "company_phone", "company_fax", "user_id", "enterprise_id")
            entered = {key: str(row[key]) for key in plain if row.get(key)}
            for key in _CONTACTS:
                value = row.get(key)
                contact = json.loads(value) if isinstance(value, str) else value
                entered |= {f"{key}.{one}": str(said) for one, said in (contact or {}).items()}
            yield entered


def _entered_in(*things: object) -> Iterator[Mapping[str, str]]:
    """What suppliers entered, by flat key, in what a mail is made from."""
    for thing in things:
        if isinstance(thing, IdApplication):
            yield flat(thing.form)
        elif isinstance(thing, Contact):
            yield {f"main_contact.{key}": value for key, value in thing.as_map().items()}
        elif isinstance(thing, CardRegistration):
            yield {f"card_contact.{key}": value for key, value in thing.card_contact.as_map().items()}
        elif isinstance(thing, Registration):
            yield {"user_id": thing.user_id, "enterprise_id": thing.enterprise_id}
            yield from _entered_in(thing.main_contact, thing.applicant_contact)


def _watched(compose: Compose, watch: Watch) -> Compose:
    @wraps(compose)
    def composed(self: TemplateComposer, *given: Any, **facts: Any) -> Any:
        try:
            made = compose(self, *given, **facts)
        except InputError as refused:
            watch.counts["refused"] += refused.code == "mail-quotes-entry"
            raise
        things = (*given, *facts.values())
        forms = [thing.form for thing in things if isinstance(thing, IdApplication)]
        trade_name = forms[0].trade_name if forms else facts["trade_name"]
        drafts = (made,) if isinstance(made, MailDraft) else made
        watch.composed(drafts, [*_entered_in(*things)], trade_name=trade_name)
        return made

    return composed


@contextmanager
def composing_watched(watch: Watch) -> Iterator[None]:
    """Within it whatever the templates give is looked at, and each refusal for quoting an entry is counted."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in vars(TemplateComposer) if name.startswith("compose")]:
            patch.setattr(TemplateComposer, name, _watched(getattr(TemplateComposer, name), watch))
        yield


@pytest.fixture(scope="session", autouse=True)
def _every_mail_is_watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The run ends with a failure if a mail held what was entered."""
    with composing_watched(WATCH):
        yield
    WATCH.finish(tmp_path_factory.getbasetemp())


def hand_over(session: pytest.Session) -> None:
    """In one of several processes of a run: tell the one that prints what was counted."""
    output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[_KEY] = dict(WATCH.counts)


def take_over(output: Mapping[str, Any]) -> None:
    """In the process that prints: add what a finished one counted. Each saw other mails, so all answers count."""
    WATCH.counts.update(output.get(_KEY, {}))


def told(reporter: pytest.TerminalReporter) -> None:
    """Print how many mails there were."""
    counts = WATCH.counts
    if counts["composed"] + counts["stored"] + counts["refused"]:
        reporter.write_sep("=", "mails")
        held = f"{counts['kept']:,} kept in memory, {counts['stored']:,} stored in {counts['databases']:,} databases"
        for line in (
            f"{counts['composed']:,} composed, {held} ({counts['sent']:,} sent): looked at for what suppliers entered",
            f"{counts['refused']:,} texts refused for quoting an entry",
            f"{counts['unreadable']:,} damaged databases left out",
        ):
            reporter.write_line(line)
