"""What may come between a clerk and a decision: two tabs, a restart, a lock, a full disk, a lease that ran out, midnight.

Each is told in one sentence, leaves everything as it was, and the same press works once it is over. A lost connection has its test in a
browser (``tests/browser/test_lost_connection.py``), closing time with the walkthroughs (``tests/presenters/test_id_walkthrough.py``).
"""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, make_url, text

from ebidadmin.clock import SettableClock
from ebidadmin.domain.applications import ApplicationState
from ebidadmin.persistence.engine import make_engine, reading
from ebidadmin.screens.review_queue import ReviewQueueScreen
from ebidadmin.services import application_review
from ebidadmin.text.error_sentences import ERRORS
from tests import builders
from tests.builders import NOON, SUZUKI
from tests.conftest import FreshDatabase
from tests.figures import Figure
from tests.lock_holder import held
from tests.needs import ROOT, require_component
from tests.postgres import ENGINES
from tests.presenters.office import Place
from tests.screens.browser_model import text_of
from tests.screens.conftest import press_button
from tests.screens.test_review_queue import opened, screen, select, submit

BUSY = 0.3
WORDS = "書類の写しを添えて、もう一度申請してください。"
_NOTICE = re.compile(r'<div class="ebid-notice" data-tone="(?:error|warning)".*?</div></div>', re.DOTALL)


def told(shown: ReviewQueueScreen) -> list[str]:
    """Every warning and refusal about the step on the screen."""
    markup = shown.case.question.content + shown.case.head.content + shown.bulk.content
    return [text_of(found) for found in _NOTICE.findall(markup) if "case-blocked" not in found]


def everything(place: Place) -> dict[str, list[Any]]:
    """All that stands in the office about applications, IDs, mails and the trail."""
    tables = ("id_applications", "registrations", "mail_outbox", "audit_events", "sequences")
    with reading(place.engine).connect() as connection:
        return {
            name: sorted(map(repr, connection.execute(text(f"SELECT * FROM {name}")).all()))
            for name in tables
        }


def but_the_trail(found: dict[str, list[Any]]) -> dict[str, list[Any]]:
    return {name: rows for name, rows in found.items() if name != "audit_events"}


def rejecting(place: Place, *numbers: int) -> ReviewQueueScreen:
    """The mail of a rejection is shown, with words that somebody has written."""
    shown = screen(place, *numbers)
    begin_rejecting(place, shown)
    return shown


def begin_rejecting(place: Place, shown: ReviewQueueScreen) -> None:
    select(shown, "A000001")
    press_value(shown, "reject")
    submit(shown, reasons=place.office.reasons.codes()[0], note=WORDS)
    assert WORDS in shown.case.question.content


def press_value(shown: ReviewQueueScreen, action: str) -> None:
    shown.case.head.act("begin", action)


def rejected_once(place: Place) -> None:
    """What the yes of ``rejecting`` brings."""
    application = place.application(1)
    assert application.state is ApplicationState.REJECTED
    assert application.decision is not None
    assert application.decision.note == WORDS
    assert len(place.letters()) == 1


# Two tabs


def test_in_a_second_tab_it_is_told_who_decided_and_when(place: Place) -> None:
    first = rejecting(place, 1, 2)
    second = opened(place)
    begin_rejecting(place, second)
    press_button(first.case.question, "confirm-yes")
    rejected_once(place)
    before = everything(place)
    press_button(second.case.question, "confirm-yes")
    [said] = told(second)
    assert "tanakaさんが2026/10/07 12:00に「却下」にしました。あなたの操作は行われていません" in said
    assert but_the_trail(everything(place)) == but_the_trail(before), "the trail alone has a refusal more"
    assert "却下" in second.case.head.content
    select(second, "A000002")
    press_value(second, "approve")
    press_button(second.case.question, "confirm-yes")
    assert place.application(2).state is ApplicationState.APPROVED


def test_the_yes_of_one_confirmation_is_not_that_of_another(place: Place) -> None:
    """Two views of one screen, of which one shows late what the other has gone on to."""
    shown = screen(place, 1, 2)
    select(shown, "A000001")
    press_value(shown, "approve")
    late = re.search(r'data-ebid-action="confirm-yes" data-ebid-value="([^"]+)"', shown.case.question.content)
    assert late is not None
    select(shown, "A000002")
    press_value(shown, "approve")
    shown.case.question.act("confirm-yes", late[1])
    assert {place.application(n).state for n in (1, 2)} == {ApplicationState.PENDING}
    [said] = told(shown)
    assert "何も行っていません" in said
    press_button(shown.case.question, "confirm-yes")
    assert place.application(2).state is ApplicationState.APPROVED


def test_the_yes_of_a_longer_list_is_not_that_of_a_shorter_one(place: Place) -> None:
    shown = screen(place, 1, 2)
    shown.bulk.act("bulk-begin")
    late = re.search(r'data-ebid-action="bulk-yes" data-ebid-value="([^"]+)"', shown.bulk.content)
    assert late is not None
    shown.bulk.act("bulk-drop", "A000001")
    shown.bulk.act("bulk-yes", late[1])
    assert {place.application(n).state for n in (1, 2)} == {ApplicationState.PENDING}
    [said] = told(shown)
    assert "何も行っていません" in said
    press_button(shown.bulk, "bulk-yes")
    assert place.application(2).state is ApplicationState.APPROVED


# A restart of the program behind the screen


def test_a_screen_made_anew_has_decided_nothing_and_stands_where_it_stood(place: Place) -> None:
    rejecting(place, 1, 2)
    before = everything(place)
    again = opened(place)
    assert everything(place)["id_applications"] == before["id_applications"]
    assert place.letters() == []
    assert 'data-number="A000001"' in again.case.head.content
    assert again.case.form is None
    assert "confirm-yes" not in again.case.question.content
    begin_rejecting(place, again)
    press_button(again.case.question, "confirm-yes")
    rejected_once(place)


# A database that cannot be written


@pytest.fixture
def hasty(request: pytest.FixtureRequest, fresh_database: FreshDatabase, tmp_path: Path) -> Iterator[Place]:
    """An office that waits for its turn to write for a third of a second."""
    engine = make_engine(fresh_database(request.param), busy_seconds=BUSY)
    yield Place(engine, tmp_path, SettableClock(NOON))
    engine.dispose()


def refused_and_then_done(
    place: Place, shown: ReviewQueueScreen, sentence: str, trouble: Callable[[], Any]
) -> None:
    """While the trouble lasts, nothing but one sentence comes of the press; afterwards the same press does what it says."""
    before = everything(place)
    with trouble():
        press_button(shown.case.question, "confirm-yes")
        assert WORDS in shown.case.question.content, "what was written stands there still"
        [said] = told(shown)
        assert sentence in said
    assert everything(place) == before
    assert place.letters() == []
    press_button(shown.case.question, "confirm-yes")
    rejected_once(place)


@pytest.mark.parametrize("hasty", ENGINES, indirect=True)
def test_a_database_that_another_process_holds(hasty: Place) -> None:
    shown = rejecting(hasty, 1, 2)
    url = hasty.engine.url.render_as_string(hide_password=False)
    refused_and_then_done(hasty, shown, ERRORS["database-locked"], lambda: held(url))


@pytest.mark.parametrize("hasty", ENGINES, indirect=True)
def test_a_form_that_meets_a_held_database_keeps_what_was_written(hasty: Place) -> None:
    """An answer is recorded at once, without a mail to look at; and a bulk approval does not wait for each of its cases."""
    shown = screen(hasty, 1, 2, 3)
    url = hasty.engine.url.render_as_string(hide_password=False)
    select(shown, "A000001")
    press_value(shown, "withdraw")
    form = shown.case.form
    with held(url):
        submit(shown, note=WORDS)
        assert shown.case.form is form
        [said] = told(shown)
        assert ERRORS["database-locked"] in said
    submit(shown, note=WORDS)
    assert hasty.application(1).state is ApplicationState.WITHDRAWN
    shown.bulk.act("bulk-begin")
    waits: list[str] = []
    event.listen(hasty.engine, "handle_error", lambda context: waits.append("waited"))
    with held(url):
        press_button(shown.bulk, "bulk-yes")
        [said] = told(shown)
        assert ERRORS["database-locked"] in said
        assert builders.trade_name(3) in shown.bulk.content
    assert len(waits) < 4, "one for the approvals, the others for where the person stands"
    press_button(shown.bulk, "bulk-yes")
    assert {hasty.application(n).state for n in (2, 3)} == {ApplicationState.APPROVED}


@contextmanager
def no_page_more(place: Place) -> Iterator[None]:
    """SQLite's own word for a disk without room: the file may not grow by a page."""

    def limit(connection: sqlite3.Connection, _record: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(place.engine, "connect", limit)
    yield
    event.remove(place.engine, "connect", limit)


@pytest.mark.sqlite_only("a PostgreSQL server that has no room left stops by itself")
def test_a_disk_without_room(place: Place) -> None:
    shown = rejecting(place, 1, 2)
    refused_and_then_done(place, shown, ERRORS["disk-full"], lambda: no_page_more(place))


@pytest.mark.slow
@pytest.mark.sqlite_only("a PostgreSQL server that has no room left stops by itself")
def test_a_file_system_that_is_really_full(url: str, tmp_path: Path, figure: Figure) -> None:
    """Of the database first, then of the folder of mails; in a process that may mount small ones."""
    require_component("small-disk")
    disk, file = tmp_path / "disk", make_url(url).database
    disk.mkdir()
    script = (
        'mount -t tmpfs -o size=8m none "$1" && mkdir "$1/mail" && mount -t tmpfs -o size=64k none "$1/mail" && '
        'exec "$3" -m tests.screens.small_disk "$1" "$2"'
    )
    subprocess.run(
        ["unshare", "-Urm", "sh", "-c", script, "sh", disk, str(file), sys.executable], cwd=ROOT, check=True
    )
    figure(
        "refused on a full disk and done by the same press once there was room; a mail that found none went out later, once"
    )


# A lease that ran out


def test_a_lease_that_ran_out_while_the_form_was_open_keeps_nobody_from_deciding(place: Place) -> None:
    shown = rejecting(place, 1, 2)
    place.clock.advance(place.office.settings.lease + timedelta(minutes=1))
    press_button(shown.case.question, "confirm-yes")
    assert told(shown) == []
    rejected_once(place)


def test_whoever_has_the_case_by_then_is_named_and_what_was_written_stays(place: Place) -> None:
    shown = rejecting(place, 1, 2)
    place.clock.advance(place.office.settings.lease + timedelta(minutes=1))
    application_review.claim(place.office, staff=SUZUKI, number=builders.application_number(1))
    before = everything(place)
    press_button(shown.case.question, "confirm-yes")
    [said] = told(shown)
    assert "suzukiさんが担当しています" in said
    assert WORDS in shown.case.question.content
    assert but_the_trail(everything(place)) == but_the_trail(before), "the trail alone has a refusal more"
    press_button(shown.case.question, "take-over")
    assert WORDS in shown.case.question.content
    press_button(shown.case.question, "confirm-yes")
    rejected_once(place)


# Midnight


def test_a_screen_that_stays_open_over_midnight_tells_of_the_new_day(place: Place) -> None:
    late = datetime(2026, 10, 7, 14, 59, tzinfo=UTC)
    place.clock.set(late)
    place.register(1, 2)
    place.permit(1, 2)
    # Five working days from Wednesday 2026-09-30 end with Wednesday 2026-10-07.
    for n in (1, 2):
        place.submit(n, at=datetime(2026, 9, 30, 1, n, tzinfo=UTC))
    shown = opened(place)
    [row, _] = shown.table.page.rows
    assert (row.emphasis_word, row.cells["elapsed"]) == ("", "5")
    begin_rejecting(place, shown)
    place.clock.set(late + timedelta(minutes=2))
    press_button(shown.case.question, "confirm-yes")
    rejected_once(place)
    decision = place.application(1).decision
    assert decision is not None
    assert decision.at == late + timedelta(minutes=2)
    assert "2026/10/08 00:01" in place_history(shown, place)
    [row] = shown.table.page.rows
    assert (row.emphasis_word, row.cells["elapsed"]) == ("期限超過", "6")
    assert "期限超過" in shown.case.head.content, "the next case that was opened is overdue as of the new day"
    assert 'value="2026-10-08"' in shown.case.body.content, "who may take part is told for the new day"


def place_history(shown: ReviewQueueScreen, place: Place) -> str:
    """What the page of the decided case says of its decision."""
    shown.table.set_filters({"state": "rejected"})
    select(shown, "A000001")
    found = shown.case.head.content + shown.case.body.content
    shown.table.set_filters({"state": "open"})
    select(shown, "A000002")
    return found
