"""The look at every mail of a run finds what it is there for."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ebidadmin.domain.mails import MailDraft, MailKind
from tests import builders
from tests.conftest import FreshDatabase
from tests.mail_leaks import OFFICE, Said, leaks
from tests.mail_watch import Watch, composing_watched
from tests.mailing.test_quoting_mails import COMPOSER
from tests.persistence.office import save, submission
from tests.postgres import PostgresServer
from tests.sql_store import SqlStore

REPOSITORY = Path(__file__).parents[2]
ENTERED = builders.form(92)
PLANTED = (
    "083-231-0092",
    "０８３ ２３１ ００９２",
    "acceptor92＠example.co.jp",
    "下関市南部町92番1号",
    "Shoukai0092",
    "下関太郎92",
)


def planted(url: str, text: str) -> None:
    """A mail with that text, past the check, to a supplier who entered it; and one to another supplier, who did not."""
    store = SqlStore(url)
    draft = MailDraft(
        MailKind.ID_INQUIRED, ("a@example.co.jp",), "照会", f"{builders.trade_name(92)} 御中\n{text}\n"
    )
    save(store, submission(93))
    save(store, submission(92), draft)
    store.engine.dispose()


@pytest.mark.parametrize("text", PLANTED)
def test_a_planted_mail_is_found_in_a_file(fresh_database: FreshDatabase, tmp_path: Path, text: str) -> None:
    planted(fresh_database("sqlite"), text)
    watch = Watch()
    with pytest.raises(AssertionError, match="mail 1"):
        watch.finish(tmp_path)
    assert (watch.counts["stored"], watch.counts["databases"]) == (1, 1)
    (tmp_path / "office1.db").unlink()


def test_a_planted_mail_is_found_on_a_server(postgres: PostgresServer) -> None:
    url = postgres.create()
    planted(url, PLANTED[0])
    watch = Watch()
    watch.look_at_server(url)
    assert [found.partition(": ")[2] for found in watch.found] == [
        "applicant_contact.phone",
        "company_phone",
        "main_contact.phone",
    ]
    with SqlStore(url).engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM mail_outbox")
    postgres.drop(url)


def test_the_value_of_another_supplier_is_found_as_well(
    fresh_database: FreshDatabase, tmp_path: Path
) -> None:
    planted(fresh_database("sqlite"), builders.form(93).company_phone)
    with pytest.raises(AssertionError, match="company_phone"):
        Watch().finish(tmp_path)
    (tmp_path / "office1.db").unlink()


def test_what_names_nothing_but_the_trade_name_is_fine(fresh_database: FreshDatabase, tmp_path: Path) -> None:
    planted(fresh_database("sqlite"), f"{builders.trade_name(92)} 様の届出")
    watch = Watch()
    watch.finish(tmp_path)
    assert watch.counts["stored"] == 1


def test_the_office_may_name_its_own_telephone_which_stays_a_finding_elsewhere() -> None:
    entered = [{"main_contact.phone": "083-231-3178"}]
    contact = next(one for one in OFFICE if "083-231-3178" in one)
    assert leaks([Said("mail 1", "", "照会", f"お問合せ先\n{contact}\n")], entered) == []
    assert leaks([Said("mail 1", "", "照会", f"電話 083-231-3178\n{contact}\n")], entered)


def test_composed_mails_and_refusals_are_counted() -> None:
    watch = Watch()
    one = builders.application(92)
    with composing_watched(watch):
        COMPOSER.compose(MailKind.ID_INQUIRED, one, text="登記簿の写しを送ってください。")
        with pytest.raises(Exception, match="mail-quotes-entry"):
            COMPOSER.compose(MailKind.ID_INQUIRED, one, text=ENTERED.company_phone)
    assert (watch.counts["composed"], watch.counts["refused"], watch.found) == (1, 1, [])


def test_a_composed_mail_is_looked_at() -> None:
    watch = Watch()
    draft = MailDraft(MailKind.ID_INQUIRED, ("a@example.co.jp",), f"照会 {ENTERED.user_id}", "本文\n")
    watch.composed([draft], [builders.flat(ENTERED)], trade_name=ENTERED.trade_name)
    assert watch.found == ["a mail id-inquired: user_id"]


def test_no_finding_tells_the_value() -> None:
    said = Said("here", "A000092", "", "\n".join(PLANTED))
    found = leaks([said], [builders.flat(ENTERED)])
    assert len(found) >= 6
    assert not any(value in line for value in builders.flat(ENTERED).values() for line in found)


PLANTING = """
import sqlite3
from contextlib import closing

def test_that_passes(tmp_path):
    with closing(sqlite3.connect(tmp_path / "office.db")) as office:
        office.execute("CREATE TABLE id_applications (number, trade_name, company_phone)")
        office.execute("INSERT INTO id_applications VALUES ('A000092', 'x', '083-231-0092')")
        office.execute("CREATE TABLE mail_outbox (id, about_id, subject, body, state)")
        office.execute("INSERT INTO mail_outbox VALUES (7, 'A000092', 's', 'tel (083) 231 {last}', 'sent')")
        office.commit()
"""


@pytest.mark.parametrize(("last", "ends"), [("0092", 1), ("0093", 0)])
def test_a_run_with_a_planted_mail_fails(tmp_path: Path, last: str, ends: int) -> None:
    """A run of its own, in which every test passes."""
    (tmp_path / "test_planting.py").write_text(PLANTING.replace("{last}", last), encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    options = ("-p", "tests.mail_watch", "-p", "no:cacheprovider", "-c", "pytest.ini", "--rootdir", ".")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "--basetemp", "run", "test_planting.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    # Else the end of this run would find it, too.
    shutil.rmtree(tmp_path / "run")
    assert run.returncode == ends, run.stdout + run.stderr
    assert "1 passed" in run.stdout
    assert ("mail 7: company_phone" in run.stdout) is bool(ends)
    assert "231" not in run.stdout.partition("mails hold")[2]
