"""Slices of the trail: the pages of any of them are what a plain filter over all events gives, and what a page reads does not grow."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event, text

from ebidadmin.clock import SettableClock, jst_date
from ebidadmin.domain.events import EventTag
from ebidadmin.domain.staff import Role, Staff
from ebidadmin.errors import InputError
from ebidadmin.persistence.audit_slices import SqlAuditReader
from ebidadmin.services import audit_slices
from ebidadmin.services.audit_slices import AuditQuery, AuditSlice
from ebidadmin.services.ports import AuditEntry, Office
from tests.builders import NOON, TODAY, supplier_number
from tests.fakes import office as made_office
from tests.persistence.trails import PEOPLE, SUBJECTS, SUPPLIERS, TAGS, events, keep
from tests.sql_store import SqlStore

AUDITOR = Staff("yamada", frozenset({Role.AUDITOR}))
DAYS = st.none() | st.integers(-12, 40).map(lambda n: TODAY + timedelta(days=n))
SLICES = st.builds(
    AuditSlice,
    first=DAYS,
    last=DAYS,
    by=st.sampled_from(("", *PEOPLE, "nobody")),
    tags=st.frozensets(st.sampled_from(TAGS), max_size=3),
    subject=st.none() | st.sampled_from(SUBJECTS),
    supplier=st.sampled_from((*SUPPLIERS, supplier_number(3))),
)


@pytest.fixture
def reader(engine: Engine) -> SqlAuditReader:
    return SqlAuditReader(engine)


@pytest.fixture
def office(url: str, clock: SettableClock) -> Office:
    return made_office(SqlStore(url, clock))


def plain(trail: list[AuditEntry], wanted: AuditSlice, *, descending: bool = False) -> list[AuditEntry]:
    def fits(entry: AuditEntry) -> bool:
        one, day = entry.event, jst_date(entry.event.at)
        return (
            (wanted.first is None or wanted.first <= day)
            and (wanted.last is None or day <= wanted.last)
            and wanted.by in ("", one.by)
            and (not wanted.tags or one.tag in wanted.tags)
            and wanted.subject in (None, one.subject)
            and wanted.supplier in (None, one.supplier_number)
        )

    return sorted(filter(fits, trail), key=lambda entry: (entry.event.at, entry.seq), reverse=descending)


def test_pages_forward_and_backward_are_what_a_plain_filter_gives(
    engine: Engine, reader: SqlAuditReader, office: Office
) -> None:
    trail = keep(engine, events(80))

    @settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
    @given(SLICES, st.booleans(), st.sampled_from((3, 20, 100)))
    def check(wanted: AuditSlice, descending: bool, size: int) -> None:
        expected = plain(trail, wanted, descending=descending)

        def walked(*, backward: bool) -> list[AuditEntry]:
            found: list[AuditEntry] = []
            cursor: str | None = None
            while True:
                query = AuditQuery(
                    wanted=wanted, descending=descending, cursor=cursor, backward=backward, size=size
                )
                page = audit_slices.page(office, staff=AUDITOR, query=query, reader=reader)
                there = bool(found)
                found = [*page.rows, *found] if backward else [*found, *page.rows]
                # The way back is told exactly where there is one.
                assert (page.next_cursor if backward else page.previous_cursor) is None or there
                cursor = page.previous_cursor if backward else page.next_cursor
                if cursor is None:
                    return found

        assert walked(backward=False) == expected
        assert walked(backward=True) == expected
        assert list(reader.stream(wanted)) == plain(trail, wanted)
        for most in (1, 5, 1000):
            assert reader.count(wanted, most=most) == min(most, len(expected))

    check()


@pytest.mark.parametrize("descending", [True, False])
def test_a_jump_begins_with_the_day_and_knows_the_way_back(
    engine: Engine, reader: SqlAuditReader, office: Office, descending: bool
) -> None:
    trail = plain(keep(engine, events(160)), AuditSlice(), descending=descending)
    days = sorted({jst_date(entry.event.at) for entry in trail})
    for day in (*days, days[0] - timedelta(days=1), days[-1] + timedelta(days=1)):
        at_or_beyond = [
            entry
            for entry in trail
            if (jst_date(entry.event.at) <= day if descending else jst_date(entry.event.at) >= day)
        ]
        query = AuditQuery(
            cursor=audit_slices.jump(day, descending=descending), descending=descending, size=9
        )
        page = audit_slices.page(office, staff=AUDITOR, query=query, reader=reader)
        assert list(page.rows) == at_or_beyond[:9]
        assert (page.previous_cursor is not None) == (0 < len(at_or_beyond) < len(trail))


def test_a_cursor_of_somebodys_own_making_is_refused(reader: SqlAuditReader, office: Office) -> None:
    for made in (
        "x",
        "2026-10-07",
        "2026-10-07T03:00:00 1",
        "2026-10-07T03:00:00+00:00 -1",
        "9999-12-31T23:59:59-23:59 1",
    ):
        with pytest.raises(InputError, match="cursor-invalid"):
            audit_slices.page(office, staff=AUDITOR, query=AuditQuery(cursor=made), reader=reader)


def test_everyone_is_listed_once(engine: Engine, reader: SqlAuditReader) -> None:
    assert reader.people() == ()
    keep(engine, events(160))
    assert reader.people() == tuple(sorted(PEOPLE))


def test_an_export_ends_where_the_trail_ended_when_it_began(engine: Engine, reader: SqlAuditReader) -> None:
    trail = keep(engine, events(30))
    found = []
    for n, entry in enumerate(reader.stream(AuditSlice())):
        if n == 0:
            keep(engine, events(5, seed=2))
        found.append(entry)
    assert found == plain(trail, AuditSlice())


_DEAR = r"TEMP B-TREE|-> +Sort\b|^Sort\b|Seq Scan"
"""Whatever reads or holds more than it gives."""

WANTED = {
    "everything": AuditSlice(),
    "days": AuditSlice(first=TODAY, last=TODAY + timedelta(days=9)),
    "person": AuditSlice(by=PEOPLE[0]),
    "person and day": AuditSlice(by=PEOPLE[0], first=TODAY, last=TODAY),
    "tag": AuditSlice(tags=frozenset(TAGS[:1])),
    "group of tags": AuditSlice(tags=frozenset(TAGS[:3])),
    "person and group of tags": AuditSlice(by=PEOPLE[0], tags=frozenset(TAGS[:3])),
    "subject": AuditSlice(subject=SUBJECTS[0]),
    "supplier": AuditSlice(supplier=supplier_number(1)),
    "supplier, person, tags, days": AuditSlice(
        supplier=supplier_number(1), by=PEOPLE[0], tags=frozenset(TAGS[:3]), first=TODAY, last=TODAY
    ),
}


def asked(engine: Engine, call: Callable[[], object]) -> list[tuple[str, Any]]:
    """The statements of a call."""
    told: list[tuple[str, Any]] = []

    def listen(*given: Any) -> None:
        if given[2].startswith(("SELECT", "WITH", "(SELECT")):
            told.append((given[2], given[3]))

    event.listen(engine, "before_cursor_execute", listen)
    call()
    event.remove(engine, "before_cursor_execute", listen)
    return told


def plan(engine: Engine, statement: str, parameters: Any) -> str:
    sqlite = engine.dialect.name == "sqlite"
    with engine.begin() as connection:
        if not sqlite:
            # A small table would be read whole, and a guess of few rows sorted: what matters is whether an index can do it.
            connection.execute(text("SET LOCAL enable_seqscan = off"))
            connection.execute(text("SET LOCAL enable_sort = off"))
        told = connection.exec_driver_sql(f"EXPLAIN {'QUERY PLAN ' if sqlite else ''}{statement}", parameters)
        return "\n".join(str(row[3] if sqlite else row[0]) for row in told)


@pytest.mark.parametrize("wanted", WANTED.values(), ids=list(WANTED))
@pytest.mark.parametrize("descending", [True, False])
def test_a_page_is_a_walk_along_an_index(
    engine: Engine, reader: SqlAuditReader, wanted: AuditSlice, descending: bool
) -> None:
    keep(engine, events(160))
    key = (NOON + timedelta(days=3), 40)
    bounds = {"after": wanted.after, "before": key} if descending else {"after": key, "before": wanted.before}
    (told,) = asked(engine, lambda: reader.records(wanted, **bounds, descending=descending, limit=51))
    found = plan(engine, *told)
    assert not re.search(_DEAR, found), found
    if engine.dialect.name == "sqlite":
        assert not re.search(r"\bSCAN\b", found), found
        # The key's second part only sorts out events of the very same moment.
        assert all("at<?" in line or "at>?" in line for line in found.splitlines() if "SEARCH" in line), found
    else:
        assert "Index Cond" in found, found


@pytest.mark.parametrize("wanted", WANTED.values(), ids=list(WANTED))
def test_counting_stops_at_the_limit(engine: Engine, reader: SqlAuditReader, wanted: AuditSlice) -> None:
    keep(engine, events(160))
    (told,) = asked(engine, lambda: reader.count(wanted, most=1001))
    assert "LIMIT" in told[0]
    assert not re.search(_DEAR, plan(engine, *told))


def test_people_are_looked_for_from_name_to_name(engine: Engine, reader: SqlAuditReader) -> None:
    keep(engine, events(160))
    (told,) = asked(engine, reader.people)
    found = plan(engine, *told)
    if engine.dialect.name == "sqlite":
        assert "SCAN audit_events" not in found.replace("SEARCH", ""), found
    assert "Seq Scan" not in found, found


def test_a_page_takes_the_same_statements_however_long_the_trail_is(
    engine: Engine, reader: SqlAuditReader, office: Office
) -> None:
    def statements() -> int:
        query = AuditQuery(wanted=AuditSlice(tags=frozenset(TAGS[:2])), size=5)
        return len(
            asked(engine, lambda: audit_slices.page(office, staff=AUDITOR, query=query, reader=reader))
        )

    keep(engine, events(40))
    few = statements()
    keep(engine, events(400, seed=3))
    assert statements() == few


def test_the_history_of_a_subject_goes_by_the_order_of_recording(
    engine: Engine, reader: SqlAuditReader
) -> None:
    trail = keep(engine, events(160))
    subject, tags = SUBJECTS[0], frozenset({EventTag.APPLICATION_APPROVED, EventTag.PERMIT_GRANTED})
    own = [entry for entry in trail if entry.event.subject == subject and entry.event.tag in tags]
    for moment in (NOON - timedelta(days=30), NOON, NOON + timedelta(days=4), NOON + timedelta(days=90)):
        until = [entry for entry in own if entry.event.at <= moment]
        beyond = [entry for entry in own if entry.event.at > moment]
        assert reader.last_of(subject, tags=tags, until=moment) == (until[-1] if until else None)
        assert reader.next_of(subject, tags=tags, beyond=moment) == (beyond[0] if beyond else None)
