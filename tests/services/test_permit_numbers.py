"""Whatever an office does in whatever order: the numbers of a fiscal year are one, two, three, each given once, none taken back."""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from ebidadmin.clock import SettableClock, fiscal_year, jst_date
from ebidadmin.domain.ids import PermitId
from ebidadmin.domain.permits import DocumentNumber, PaperChannel
from ebidadmin.errors import EbidError
from ebidadmin.services import permits
from ebidadmin.services.ports import Office
from tests.builders import NOON, TANAKA
from tests.fakes import MemoryStore, office

LONG_AGO = date(2020, 4, 1)
VERBS = ("record", "grant", "grant-wrong", "refuse", "refuse-unknown", "withdraw", "void", "wait")


def act(desk: Office, verb: str, one: PermitId) -> None:
    if verb == "grant":
        permits.grant(desk, staff=TANAKA, permit_id=one, valid_to=date(2040, 3, 31))
    elif verb == "grant-wrong":
        permits.grant(desk, staff=TANAKA, permit_id=one, valid_to=LONG_AGO)
    elif verb == "refuse":
        permits.refuse(desk, staff=TANAKA, permit_id=one, reasons=("other",))
    elif verb == "refuse-unknown":
        permits.refuse(desk, staff=TANAKA, permit_id=one, reasons=("mood",))
    elif verb == "withdraw":
        permits.withdraw(desk, staff=TANAKA, permit_id=one, reason="x")
    elif verb == "void":
        permits.void(desk, staff=TANAKA, permit_id=one, reason="x")
    else:
        permits.record(
            desk, staff=TANAKA, supplier_number="190000094", received=LONG_AGO, channel=PaperChannel.FAX
        )


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(VERBS), st.integers(1, 6)), max_size=40))
def test_numbers_are_counted_without_hole_or_double(story: list[tuple[str, int]]) -> None:
    clock = SettableClock(NOON)
    store = MemoryStore(clock)
    desk = office(store)
    given_out: dict[PermitId, DocumentNumber] = {}
    counted: defaultdict[int, int] = defaultdict(int)
    for verb, n in story:
        if verb == "wait":
            clock.advance(timedelta(days=30 * n))
            continue
        # What is refused must not cost a number: that is what is looked at below.
        with suppress(EbidError):
            act(desk, verb, PermitId(f"P{n:06d}"))
        for one in store.tables.permits.values():
            if one.document is not None and one.id not in given_out:
                counted[fiscal_year(jst_date(clock.now()))] += 1
                given_out[one.id] = one.document
        assert {one.id: one.document for one in store.tables.permits.values() if one.document} == given_out
    assert sorted(given_out.values()) == [
        DocumentNumber(year, number) for year in sorted(counted) for number in range(1, counted[year] + 1)
    ]
