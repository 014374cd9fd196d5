"""The daily report from a handful of applications, mails, permits and IDs whose numbers are plain to see."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from ebidadmin.clock import jst
from ebidadmin.domain.applications import ApplicationState
from ebidadmin.reporting.review_frames import ReviewFrames, review_frames
from ebidadmin.services.auto_approval import ACTOR
from ebidadmin.services.case_file import Wait
from ebidadmin.services.report_facts import (
    ReportedApplication,
    ReportedId,
    ReportedMail,
    ReportedPermit,
    ReviewFacts,
)
from tests.builders import application_number, calendar, supplier_number, trade_name
from tests.reporting.facts import at, decided

WEDNESDAY, TUESDAY, THURSDAY = date(2026, 10, 7), date(2026, 10, 6), date(2026, 10, 1)
NOTHING = ReviewFacts(open=(), decided=(), mails=(), permits=(), ids=())


def waiting(n: int, applied: date, *pauses: tuple[date, date | None]) -> ReportedApplication:
    asked = any(end is None for _, end in pauses)
    return ReportedApplication(
        number=application_number(n),
        supplier_number=supplier_number(n),
        trade_name=trade_name(n),
        state=ApplicationState.INQUIRED if asked else ApplicationState.PENDING,
        wait=Wait(at(applied), tuple((at(start), None if end is None else at(end)) for start, end in pauses)),
    )


def made(facts: ReviewFacts) -> ReviewFrames:
    return review_frames(facts, as_of=at(WEDNESDAY, 8), calendar=calendar(), target_days=5)


def test_what_waits_is_ordered_by_what_is_left() -> None:
    """Tuesday 29 September is six working days before Wednesday 7 October, Wednesday 30 September five, Monday 5 October two."""
    frames = made(
        replace(
            NOTHING,
            open=(
                waiting(1, date(2026, 10, 5)),
                waiting(2, date(2026, 9, 29)),
                waiting(3, date(2026, 9, 30)),
                # Asked on Thursday and not answered: four working days of six do not count.
                waiting(4, date(2026, 9, 29), (THURSDAY, None)),
            ),
        )
    )
    assert list(frames.waiting["number"]) == [application_number(n) for n in (2, 3, 4, 1)]
    assert list(frames.waiting["days"]) == [6, 5, 2, 2]
    assert list(frames.waiting["paused_days"]) == [0, 0, 4, 0]
    assert list(frames.waiting["days_left"]) == [-1, 0, 3, 3]
    assert list(frames.waiting["state"]) == ["pending", "pending", "inquired", "pending"]
    # The 12th is a holiday.
    assert list(frames.waiting["due"]) == [TUESDAY, WEDNESDAY, date(2026, 10, 13), date(2026, 10, 13)]
    assert list(frames.overdue["number"]) == [application_number(2)]
    assert list(frames.due_today["number"]) == [application_number(3)]
    ages = {row.from_days: (row.in_time, row.overdue) for row in frames.ages.itertuples()}
    assert {first: pair for first, pair in ages.items() if any(pair)} == {2: (2, 0), 5: (1, 0), 6: (0, 1)}


def test_decisions_of_the_setting_have_times_of_their_own() -> None:
    approved = ApplicationState.APPROVED
    frames = made(
        replace(
            NOTHING,
            decided=(
                decided(1, approved, date(2026, 10, 2), TUESDAY),
                decided(2, approved, date(2026, 10, 5), TUESDAY),
                decided(3, approved, TUESDAY, TUESDAY, by=ACTOR.login),
                decided(4, ApplicationState.REJECTED, THURSDAY, TUESDAY, reasons=("other",)),
                decided(5, ApplicationState.WITHDRAWN, THURSDAY, TUESDAY),
            ),
        )
    )
    outcomes = ["approved", "approved", "approved-automatically", "rejected"]
    assert list(frames.decided["state"]) == [*outcomes, "withdrawn"]
    assert list(frames.decided["days"]) == [2, 1, 0, 3, 3]
    assert set(frames.decided["decided_by"]) == {"tanaka", ACTOR.login}
    times = {row[0]: row[1:] for row in frames.times.itertuples(index=False, name=None)}
    # What the supplier took back the office has not decided.
    assert list(frames.judged["state"]) == outcomes
    assert times == {"approved": (2, 1.5, 2), "approved-automatically": (1, 0.0, 0), "rejected": (1, 3.0, 3)}


def test_mails_permits_and_ids_are_listed_as_they_are() -> None:
    mail = ReportedMail(
        id=7, kind="id-rejected", about="A000001", written_at=at(TUESDAY), error="smtp-refused"
    )
    permit = ReportedPermit(
        id="P000001",
        supplier_number=supplier_number(1),
        trade_name=trade_name(1),
        valid_from=THURSDAY,
        valid_to=None,
        applied=True,
    )
    registered = ReportedId(
        application=application_number(2),
        supplier_number=supplier_number(2),
        trade_name=trade_name(2),
        created_at=at(TUESDAY, 0),
    )
    frames = made(replace(NOTHING, mails=(mail,), permits=(permit,), ids=(registered,)))
    assert frames.mails.iloc[0].tolist() == [7, "id-rejected", "A000001", jst(at(TUESDAY)), "smtp-refused"]
    assert frames.permits.iloc[0].tolist() == [supplier_number(1), trade_name(1), THURSDAY, None, True]
    assert frames.ids.iloc[0].tolist() == [supplier_number(2), trade_name(2), application_number(2), TUESDAY]
