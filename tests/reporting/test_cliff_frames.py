"""Who lapses, who renewed and who is left over, from a handful of suppliers whose days are plain to see."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from ebidadmin.reporting.cliff_frames import CliffFrames, cliff_frames
from ebidadmin.services.report_register_facts import CliffFacts, Held
from tests.builders import supplier_number, trade_name

NOVEMBER, APRIL = date(2026, 11, 2), date(2027, 4, 1)
THIS, NEXT = date(2027, 3, 31), date(2030, 3, 31)


def held(n: int, valid_to: date | None, before: date | None = None, **registered: Any) -> Held:
    given = {"cards": 0, "has_id": False, **registered}
    return Held(
        supplier_number=supplier_number(n),
        trade_name=trade_name(n),
        valid_to=valid_to,
        before=before,
        **given,
    )


TEN = (
    *(held(n, NEXT, before=THIS, cards=n % 2) for n in range(1, 7)),
    *(held(n, THIS, has_id=n == 7) for n in range(7, 11)),
)
"""Six of ten have renewed."""


def numbers(frame: pd.DataFrame) -> list[int]:
    return [int(one.removeprefix("19")) for one in frame["supplier_number"]]


def made(*given: Held, day: date = NOVEMBER, missing: tuple[Held, ...] = ()) -> CliffFrames:
    return cliff_frames(CliffFacts(held=given, missing=missing), day=day)


def test_the_end_stays_what_it_is_when_most_have_renewed() -> None:
    frames = made(*TEN)
    assert frames.end == THIS
    assert numbers(frames.lapsing) == [7, 8, 9, 10]
    assert numbers(frames.registered) == [7]
    # The registered ones first.
    assert numbers(frames.renewed) == [1, 3, 5, 2, 4, 6]
    assert frames.renewed[["before", "valid_to", "cards", "has_id"]].iloc[0].tolist() == [
        THIS,
        NEXT,
        1,
        False,
    ]
    assert frames.lapsing[["valid_to", "days_left", "cards", "has_id"]].iloc[0].tolist() == [
        THIS,
        149,
        0,
        True,
    ]
    assert frames.ends.to_numpy().tolist() == [[THIS, 4, 1], [NEXT, 6, 3]]


def test_the_end_is_the_same_when_all_have_renewed_and_the_next_one_once_it_has_come() -> None:
    renewed = TEN[:6]
    assert made(*renewed).end == THIS
    assert numbers(made(*renewed, day=THIS).renewed) == [1, 3, 5, 2, 4, 6]
    after = made(*TEN, day=APRIL)
    assert after.end == NEXT
    assert numbers(after.lapsing) == [1, 3, 5, 2, 4, 6]
    assert after.renewed.empty
    assert numbers(after.lapsed) == [7]


def test_of_two_ends_with_as_many_the_nearer_one_counts() -> None:
    assert made(held(1, NEXT), held(2, THIS)).end == THIS
    assert made(held(1, None)).end is None
    assert made(held(1, THIS), held(2, None, before=THIS)).renewed["valid_to"].tolist() == [None]


def test_registered_suppliers_that_the_register_has_no_more_are_left_over_too() -> None:
    frames = made(
        held(1, date(2026, 10, 31), cards=2),
        held(2, date(2026, 10, 31)),
        held(3, THIS, cards=1),
        missing=(held(4, THIS, has_id=True), held(5, None, cards=1)),
    )
    rows = frames.lapsed[["valid_to", "days_left", "in_register", "cards", "has_id"]]
    assert numbers(frames.lapsed) == [1, 4, 5]
    assert rows.iloc[0].tolist() == [date(2026, 10, 31), -2, True, 2, False]
    assert rows.iloc[1].tolist() == [THIS, 149, False, 0, True]
    assert rows["valid_to"].iloc[2] is None
    assert rows["days_left"].isna().tolist() == [False, False, True]
    assert numbers(frames.lapsing) == [3]


@pytest.mark.parametrize("name", ["ends", "lapsing", "renewed", "lapsed", "registered"])
def test_an_empty_register_has_frames_of_the_same_types(name: str) -> None:
    none, some = getattr(made(), name), getattr(made(*TEN, held(11, date(2026, 1, 1), cards=1)), name)
    assert none.empty
    assert not some.empty
    assert none.dtypes.tolist() == some.dtypes.tolist()
