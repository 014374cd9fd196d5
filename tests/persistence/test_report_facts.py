"""What reports are made from is what was so at their moment, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from ebidadmin.domain import applications, id_desk_work, mails, registrations
from ebidadmin.domain.applications import ApplicationState
from ebidadmin.domain.events import Event, EventTag, Subject, SubjectKind
from ebidadmin.errors import StorageError
from ebidadmin.persistence.engine import make_engine
from ebidadmin.persistence.report_facts import SqlReportReader
from ebidadmin.persistence.unit_of_work import SqlUnitOfWork
from ebidadmin.reporting.review_frames import decided_since, review_frames
from ebidadmin.services.report_facts import ReviewFacts
from tests.builders import (
    NOON,
    application_number,
    calendar,
    permit,
    qualification,
    supplier_number,
    trade_name,
)
from tests.persistence.office import MAIL, approval, registration, rejection, save, stored_permit, submission
from tests.sql_store import SqlStore

OpenUow = Callable[[], SqlUnitOfWork]
DAY = timedelta(days=1)


def test_what_timers_do_is_told_apart_from_what_people_do(engine: Engine, uow: OpenUow) -> None:
    def event(tag: EventTag, subject: str) -> Event:
        return Event(tag=tag, subject=Subject(SubjectKind.REPORT, subject), by="cron", at=NOON, facts={})

    with uow() as unit:
        for tag, subject in (
            (EventTag.REPORT_SCHEDULED, "daily_review"),
            (EventTag.REPORT_STARTED, "daily_review/2026-10-07/0"),
            (EventTag.REPORT_STARTED, "daily_review/2026-10-07/1"),
            (EventTag.REPORT_FAILED, "daily_review/2026-10-07/10"),
            (EventTag.AUDIT_VERIFIED, "audit"),
            (EventTag.AUDIT_ANCHORED, "audit"),
        ):
            unit.log(event(tag, subject))
        unit.commit()
    day = SqlReportReader(engine).trail(after=NOON - DAY, until=NOON)
    assert day.by_timer == {0, 1, 5}
    assert (day.by_person, len(day.moments)) == ({"cron": 6}, 6)


@pytest.fixture
def facts(engine: Engine, uow: OpenUow) -> ReviewFacts:
    """Wednesday noon. 1 waits since last week, 2 was asked, 3 was rejected this morning, 4 will be, 5 comes later."""
    waiting = save(uow, submission(1, at=NOON - 8 * DAY))
    asked = save(uow, submission(2, at=NOON - 6 * DAY))
    asked = save(uow, applications.inquire(asked, text="照会", by="tanaka", at=NOON - 2 * DAY))
    save(uow, applications.answer(asked, text="回答", by="tanaka", at=NOON + DAY))
    rejected = save(uow, submission(3, at=NOON - 5 * DAY), MAIL)
    save(uow, rejection(rejected, at=NOON - timedelta(hours=3)))
    later = save(uow, submission(4, at=NOON - DAY))
    save(uow, rejection(later, at=NOON + timedelta(hours=1)))
    save(uow, submission(5, at=NOON + DAY))
    assert waiting.is_open
    with_id(uow, 6, NOON - 20 * DAY)
    cancelled = with_id(uow, 7, NOON - 20 * DAY)
    save(uow, id_desk_work.cancel(cancelled, reason="廃業", by="tanaka", at=NOON + DAY))
    gone = with_id(uow, 8, NOON - 20 * DAY)
    save(uow, id_desk_work.cancel(gone, reason="廃業", by="tanaka", at=NOON - DAY))
    for n in (1, 6, 9):
        save(uow, stored_permit(permit(n)))
    with uow() as unit:
        (mail,) = unit.mails.list()
    save(uow, mails.gave_up(mail, error="smtp-recipients-refused", by="tanaka", at=NOON - timedelta(hours=2)))
    store = SqlStore(str(engine.url.render_as_string(hide_password=False)))
    store.import_register(qualification(7), qualification(9), at=NOON - 3 * DAY)
    store.import_register(qualification(7, trade_name="(株)改名"), qualification(9), at=NOON + DAY)
    return SqlReportReader(engine).review(as_of=NOON, decided_after=NOON - DAY, decided_until=NOON)


def with_id(uow: OpenUow, n: int, at: object) -> registrations.Registration:
    made = save(uow, submission(n, at=NOON - 30 * DAY))
    save(uow, approval(made, at=at))  # type: ignore[arg-type]  # a moment
    found: registrations.Registration = save(uow, registration(made, serial=n, at=at))
    return found


def test_applications_are_as_they_were(facts: ReviewFacts) -> None:
    found = {one.number: one for one in facts.open}
    assert list(found) == [application_number(n) for n in (1, 2, 4)]
    assert found[application_number(2)].state is ApplicationState.INQUIRED
    assert found[application_number(4)].state is ApplicationState.PENDING
    assert found[application_number(4)].decided_at is None
    (decided,) = facts.decided
    assert (decided.number, decided.state, decided.decided_by) == (
        application_number(3),
        ApplicationState.REJECTED,
        "tanaka",
    )


def test_permits_and_ids_that_lack_each_other_are_found_as_of_the_moment(facts: ReviewFacts) -> None:
    """7 was cancelled only later and has no permit; 8 was gone; 1 and 9 have a permit and no ID; 6 has both."""
    assert [(one.supplier_number, one.trade_name) for one in facts.ids] == [
        (supplier_number(7), trade_name(7))
    ]
    assert [(one.supplier_number, one.applied) for one in facts.permits] == [
        (supplier_number(1), True),
        (supplier_number(9), False),
    ]


def test_a_given_up_mail_is_told_until_it_is_tried_again(
    facts: ReviewFacts, engine: Engine, uow: OpenUow
) -> None:
    (mail,) = facts.mails
    assert (mail.error, mail.kind) == ("smtp-recipients-refused", "id-rejected")
    with uow() as unit:
        stored = unit.mails.get(mail.id)
    save(uow, mails.retried(stored, by="tanaka", at=NOON + DAY))
    reader = SqlReportReader(engine)
    window = {"decided_after": NOON, "decided_until": NOON}
    assert [one.id for one in reader.review(as_of=NOON, **window).mails] == [mail.id]
    assert reader.review(as_of=NOON + DAY, **window).mails == ()


def test_days_and_times_are_those_counted_by_hand(facts: ReviewFacts) -> None:
    """29 September is a Tuesday, 6 October the Tuesday before; no holiday lies between."""
    frames = review_frames(facts, as_of=NOON, calendar=calendar(), target_days=5)
    rows = {row.number: row for row in frames.waiting.itertuples()}
    first, second, fourth = (rows[application_number(n)] for n in (1, 2, 4))
    assert (first.days, first.days_left, first.due) == (6, -1, date(2026, 10, 6))
    assert (second.days, second.paused_days, second.due) == (2, 2, date(2026, 10, 13))
    assert (fourth.days, fourth.days_left) == (1, 4)
    assert list(frames.overdue["number"]) == [application_number(1)]
    assert list(frames.due_today["number"]) == []
    counted = {row.from_days: (row.in_time, row.overdue) for row in frames.ages.itertuples()}
    assert {days: pair for days, pair in counted.items() if any(pair)} == {1: (1, 0), 2: (1, 0), 6: (0, 1)}
    (times,) = frames.times.to_dict("records")
    assert times == {"state": "rejected", "count": 1, "median_days": 3.0, "longest_days": 3}


def test_yesterday_is_the_working_day_before_with_the_days_off_after_it() -> None:
    assert decided_since(date(2026, 10, 7), calendar()) == date(2026, 10, 6)
    assert decided_since(date(2026, 10, 13), calendar()) == date(2026, 10, 9)
    assert decided_since(date(2027, 1, 4), calendar()) == date(2026, 12, 28)


def test_an_office_without_anything_has_frames_of_the_same_types(engine: Engine) -> None:
    facts = SqlReportReader(engine).review(as_of=NOON, decided_after=NOON, decided_until=NOON)
    frames = review_frames(facts, as_of=NOON, calendar=calendar(), target_days=5)
    assert frames.waiting.empty
    assert frames.times.empty
    assert frames.overdue.empty
    assert int(frames.ages["in_time"].sum()) == 0


def test_the_reader_works_where_nothing_can_be_written(url: str, uow: OpenUow) -> None:
    save(uow, submission(1))
    reader = make_engine(url, read_only=True)
    assert len(SqlReportReader(reader).review(as_of=NOON, decided_after=NOON, decided_until=NOON).open) == 1
    assert SqlReportReader(reader).register_version(NOON) is None
    assert SqlReportReader(reader).trail(after=NOON - DAY, until=NOON).by_tag == {"application:submitted": 1}
    with pytest.raises(StorageError), reader.begin() as connection:
        connection.exec_driver_sql("DELETE FROM mail_outbox")
