"""The weekly report from a handful of items, cards and changes whose numbers are plain to see."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ebidadmin.clock import jst
from ebidadmin.domain.followups import About, FollowUpCode, RegistrationKind
from ebidadmin.report_making.follow_up import since_of
from ebidadmin.reporting.follow_up_frames import FollowUpFrames, follow_up_frames
from ebidadmin.services.report_register_facts import (
    FollowUpFacts,
    ReportedCard,
    ReportedHolder,
    ReportedItem,
)
from tests.builders import calendar, supplier_number, trade_name
from tests.reporting.facts import at

MONDAY, TUESDAY = date(2026, 10, 5), date(2026, 10, 13)
"""The first working days of two weeks: Monday 12 October is a holiday."""


def item(n: int, code: FollowUpCode, day: date, hour: int = 10) -> ReportedItem:
    return ReportedItem(
        id=f"F{n:06d}",
        code=code,
        about=About(RegistrationKind.CARD, f"K{n:08d}"),
        supplier_number=supplier_number(n),
        trade_name=trade_name(n),
        opened_at=at(day, hour),
        facts={"n": n},
    )


def card(n: int, end: date, valid_to: date | None, *, told: date | None = None) -> ReportedCard:
    return ReportedCard(
        id=f"K{n:08d}",
        supplier_number=supplier_number(n),
        trade_name=trade_name(n),
        holder_name=f"下関 太郎{n}",
        not_after=at(end, 23),
        told_at=None if told is None else at(told),
        in_register=valid_to is not None,
        valid_to=valid_to,
    )


EXPIRES, OVER = FollowUpCode.EXPIRES_SOON, FollowUpCode.REGISTER_LAPSED
ITEMS = (
    item(1, OVER, date(2026, 9, 20)),
    # At the moment of the report before, and just after it: the one it had already, the other it had not.
    item(2, EXPIRES, MONDAY, 8),
    item(3, EXPIRES, MONDAY, 9),
    item(4, EXPIRES, TUESDAY, 8),
)
END = date(2028, 3, 31)
CARDS = (
    card(1, date(2026, 10, 12), END),
    card(2, TUESDAY + timedelta(days=60), END, told=date(2026, 10, 1)),
    card(3, TUESDAY + timedelta(days=61), None),
    card(4, END, END),
    card(5, date(2029, 3, 31), END),
)
HOLDERS = (
    ReportedHolder(
        supplier_number=supplier_number(1),
        trade_name=trade_name(1),
        what="holder",
        before="下関 太郎1",
        after="後任 次郎",
        at=at(date(2026, 10, 9)),
        source="K00000009",
    ),
)


@pytest.fixture
def frames() -> FollowUpFrames:
    facts = FollowUpFacts(items=ITEMS, cards=CARDS, holders=HOLDERS)
    since = since_of(TUESDAY, calendar())
    return follow_up_frames(facts, as_of=at(TUESDAY, 8), since=since, notice_days=60)


def test_items_are_new_since_the_report_before(frames: FollowUpFrames) -> None:
    assert since_of(TUESDAY, calendar()) == at(MONDAY, 8)
    counts = {row[0]: row[1:] for row in frames.counts.itertuples(index=False, name=None)}
    assert counts == {EXPIRES.value: (2, 1), OVER.value: (0, 1)}
    assert list(frames.items["id"]) == [one.id for one in ITEMS]
    assert list(frames.items["days"]) == [23, 8, 8, 0]
    first = frames.items.iloc[0]
    assert (first["code"], first["kind"], first["key"], first["facts"]) == (
        OVER.value,
        "card",
        "K00000001",
        {"n": 1},
    )


def test_a_week_after_weeks_without_a_working_day_reaches_back_to_the_last_report() -> None:
    """The office is closed from 29 December to 3 January; the 4th is a Monday."""
    assert since_of(date(2027, 1, 4), calendar()) == at(date(2026, 12, 28), 8)
    assert since_of(date(2026, 10, 16), calendar()) == at(MONDAY, 8)


def test_cards_near_their_end_and_beside_the_qualification(frames: FollowUpFrames) -> None:
    assert list(frames.expiring["card"]) == ["K00000001", "K00000002"]
    assert list(frames.expiring["days_left"]) == [-1, 60]
    assert list(frames.expiring["told_on"]) == [None, date(2026, 10, 1)]
    assert list(frames.untold["card"]) == ["K00000001"]
    assert list(frames.outliving["card"]) == ["K00000005"]
    assert frames.outliving[["not_after", "valid_to", "days"]].iloc[0].tolist() == [
        date(2029, 3, 31),
        END,
        365,
    ]
    assert list(frames.underliving["card"]) == ["K00000001", "K00000002"]
    assert list(frames.underliving["days"]) == [536, 475]


def test_who_took_whose_place_is_told_as_it_is(frames: FollowUpFrames) -> None:
    assert frames.holders.iloc[0].tolist() == [
        supplier_number(1),
        trade_name(1),
        "holder",
        "下関 太郎1",
        "後任 次郎",
        jst(at(date(2026, 10, 9))),
        "K00000009",
    ]
