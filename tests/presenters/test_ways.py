"""Links between screens: what a target is, when one is followed, and which links a person is offered."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebidadmin.presenters import ways
from ebidadmin.presenters.ways import Arrivals, Kind, Target, read
from ebidadmin.text import ways as words
from tests.builders import ADMINISTRATOR, AUDITOR, HELPER, TANAKA

PAGE = Target(Kind.SUPPLIER, "190000092")


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("supplier:190000092", PAGE),
        ("application:A000123", Target(Kind.APPLICATION, "A000123")),
        ("follow-up:F00000001", Target(Kind.FOLLOW_UP, "F00000001")),
        ("run:daily_review/2026-04-01/0", Target(Kind.RUN, "daily_review/2026-04-01/0")),
        ("view:overdue", Target(Kind.VIEW, "overdue")),
    ],
)
def test_a_target_is_a_kind_and_a_code(text: str, target: Target) -> None:
    assert read(text) == target
    assert str(target) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "supplier",
        "supplier:",
        "approve:A000123",
        "supplier:１９００００００９２",
        "supplier:190000092\n",
        "supplier:<b>",
        "supplier:../etc",
        "application:" + "A" * 61,
        "application:A1 OR 1=1",
    ],
)
def test_anything_else_is_no_target(text: str) -> None:
    assert read(text) is None


@given(st.text(max_size=120))
def test_a_target_reads_back_what_it_was(text: str) -> None:
    found = read(text)
    assert found is None or str(found) == text


class Screen:
    """Notes what was opened."""

    def __init__(self, *, busy: bool = False) -> None:
        self.opened: list[str] = []
        self.busy = busy
        self.arrivals = Arrivals(
            {Kind.SUPPLIER: self.opened.append},
            {"overdue": lambda: self.opened.append("overdue")},
            busy=lambda: self.busy,
        )

    def said(self) -> str:
        return "" if self.arrivals.notice is None else self.arrivals.notice.text


def test_a_screen_opens_what_it_knows() -> None:
    screen = Screen()
    screen.arrivals.arrive("supplier:190000092")
    screen.arrivals.arrive("view:overdue")
    assert (screen.opened, screen.said()) == (["190000092", "overdue"], "")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("javascript:alert(1)", words.UNKNOWN),
        ("application:A000123", words.NOT_HERE),
        ("view:approve-all", words.NOT_HERE),
    ],
)
def test_what_it_does_not_know_opens_nothing_and_is_told_in_one_sentence(text: str, sentence: str) -> None:
    screen = Screen()
    screen.arrivals.arrive(text)
    assert (screen.opened, screen.said()) == ([], sentence)
    assert text not in screen.said()


def test_what_is_under_way_is_kept_and_the_newest_link_waits() -> None:
    screen = Screen(busy=True)
    screen.arrivals.arrive("supplier:190000091")
    screen.arrivals.arrive("supplier:190000092")
    assert screen.opened == []
    assert "業者 190000092" in screen.said()
    screen.arrivals.again()
    assert screen.opened == [], "still under way"
    screen.busy = False
    screen.arrivals.again()
    assert (screen.opened, screen.said()) == (["190000092"], "")
    screen.arrivals.again()
    assert screen.opened == ["190000092"], "nothing waits any more"


def test_a_link_that_waits_can_be_dismissed() -> None:
    screen = Screen(busy=True)
    screen.arrivals.arrive("supplier:190000091")
    screen.arrivals.dismiss()
    screen.busy = False
    screen.arrivals.again()
    assert (screen.opened, screen.said()) == ([], "")


OFFERS: list[Callable[..., tuple[ways.Way, ...]]] = [
    ways.supplier_page,
    ways.supplier_permits,
    ways.permit,
    ways.application,
]


@pytest.mark.parametrize("offer", OFFERS, ids=lambda offer: offer.__name__)
def test_personal_data_is_offered_to_those_who_read_it(offer: Callable[..., tuple[ways.Way, ...]]) -> None:
    assert len(offer(TANAKA, "x")) == len(offer(AUDITOR, "x")) == 1
    assert offer(HELPER, "x") == offer(ADMINISTRATOR, "x") == ()


def test_the_trail_is_offered_to_those_who_read_it() -> None:
    (way,) = ways.trail(ADMINISTRATOR, Kind.PERMIT, "P000001")
    assert (way.notebook, str(way.target)) == ("60_audit.ipynb", "permit:P000001")
    assert ways.life(HELPER, "190000092") == ()
