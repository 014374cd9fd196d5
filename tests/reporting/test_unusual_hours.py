"""Whose work counts as unusual: people's on days off and at night, not that of timers."""

from __future__ import annotations

from datetime import UTC, date, datetime

from ebidadmin.clock import JST, as_utc
from ebidadmin.domain.tree_findings import Fault, Finding, Verification
from ebidadmin.reference.calendar import build_calendar
from ebidadmin.reporting.integrity_frames import integrity_frames
from ebidadmin.services.report_facts import TrailDay


def at(text: str) -> datetime:
    return as_utc(datetime.fromisoformat(text).replace(tzinfo=JST))


def verified(*faults: Fault) -> Verification:
    return Verification(
        size=1,
        root=b"",
        last_seq=1,
        checked=1,
        since=0,
        heads=0,
        anchors=0,
        findings=tuple(Finding(fault=fault) for fault in faults),
        at=datetime(2026, 10, 7, tzinfo=UTC),
    )


def test_timers_work_at_night_and_people_do_not() -> None:
    moments = (
        ("cron", at("2026-10-07 06:00")),
        ("sato", at("2026-10-07 06:59")),
        ("sato", at("2026-10-07 07:00")),
        ("tanaka", at("2026-10-07 21:59")),
        ("sato", at("2026-10-07 22:00")),
        ("tanaka", at("2026-10-12 12:00")),  # Sports Day
        ("cron", at("2026-10-12 06:00")),
    )
    day = TrailDay(by_tag={}, by_person={}, moments=moments, by_timer=frozenset({0, 6}))
    frames = integrity_frames(verified(), day, calendar=build_calendar())
    unusual = frames.unusual
    assert list(zip(unusual["by"], unusual["day"], unusual["count"], strict=True)) == [
        ("sato", date(2026, 10, 7), 2),
        ("tanaka", date(2026, 10, 12), 1),
    ]
    assert dict(zip(frames.people["by"], frames.people["count"], strict=True)) == {
        "sato": 3,
        "cron": 2,
        "tanaka": 2,
    }


def test_the_program_itself_leads_to_no_finding_but_those_of_files_and_keys() -> None:
    around = (
        Fault.EVENT_CHANGED,
        Fault.EVENT_MISSING,
        Fault.LEAF_MISSING,
        Fault.TREE_CHANGED,
        Fault.VALUES_LEFT,
    )
    frames = integrity_frames(
        verified(*around, Fault.STAMP_ALONE, Fault.HEAD_FORGED),
        TrailDay(by_tag={}, by_person={}, moments=()),
        calendar=build_calendar(),
    )
    assert list(frames.around["fault"]) == [fault.value for fault in around]
