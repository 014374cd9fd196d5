"""The queue by key: every row once in the wanted order, found whatever its notation, by an index where it matters."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from ebidadmin.domain import applications, claims
from ebidadmin.domain.applications import ApplicationState, IdApplication
from ebidadmin.domain.ids import ApplicationNumber
from ebidadmin.domain.permits import PermitState, Voiding
from ebidadmin.errors import InputError
from ebidadmin.persistence.readmodels import SqlQueueReader
from ebidadmin.services.queue import PermitStanding, QueueQuery, QueueRecord, QueueSort, permit_standing
from tests import builders
from tests.builders import NOON, TODAY
from tests.conftest import FilledDatabase, FreshDatabase
from tests.persistence.office import RULES, OpenUow, approve_fully, rejection, save, stored_permit, submit
from tests.postgres import ENGINES
from tests.sql_store import SqlStore

EVERY: frozenset[ApplicationState] = frozenset()


@pytest.fixture
def reader(engine: Engine) -> SqlQueueReader:
    return SqlQueueReader(engine, names=RULES)


def numbers(
    reader: SqlQueueReader,
    *,
    person: str = "tanaka",
    at: datetime = NOON,
    applied_before: datetime | None = None,
    limit: int = 500,
    **wanted: Any,
) -> list[str]:
    query = QueueQuery(**wanted)
    found = reader.records(query, person=person, at=at, applied_before=applied_before, limit=limit)
    total = reader.count(query, person=person, at=at, applied_before=applied_before)
    assert total == len(found) or len(found) == limit or query.cursor is not None
    return [record.number for record in found]


def in_all_states(url: str) -> list[IdApplication]:
    """23 applications in all states; several share a moment, so that numbers must break ties."""
    uow = SqlStore(url, names=RULES)
    made = []
    for n in range(1, 24):
        application = submit(uow, n, number=f"A{(n * 7) % 23:06d}", at=NOON - timedelta(hours=n // 3))
        if n % 6 == 1:
            application = save(uow, applications.inquire(application, text="?", by="tanaka", at=NOON))
        elif n % 6 == 2:
            application = save(uow, rejection(application))
        elif n % 6 == 3:
            application = save(uow, applications.withdraw(application, by="tanaka", at=NOON))
        elif n % 6 == 4:
            approve_fully(uow, application, serial=n)
            with uow() as unit:
                application = unit.applications.get(application.number)
        made.append(application)
    uow.engine.dispose()
    return made


@pytest.fixture(params=ENGINES)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def prepared(
    request: pytest.FixtureRequest,
    kind: str,
    fresh_database: FreshDatabase,
    filled_database: FilledDatabase,
) -> tuple[str, list[IdApplication]]:
    """An empty office, or one with those applications for tests that ask for it."""
    if "office" in request.fixturenames:
        return filled_database(kind, in_all_states)
    return fresh_database(kind), []


@pytest.fixture
def url(prepared: tuple[str, list[IdApplication]]) -> str:
    return prepared[0]


@pytest.fixture
def office(prepared: tuple[str, list[IdApplication]]) -> list[IdApplication]:
    return prepared[1]


def key_of(application: IdApplication, sort: QueueSort) -> tuple[Any, str]:
    keys: dict[QueueSort, Any] = {
        QueueSort.APPLIED_AT: application.applied_at,
        QueueSort.NUMBER: application.number,
        QueueSort.SUPPLIER_NUMBER: application.supplier_number,
        QueueSort.TRADE_NAME: application.form.trade_name,
        QueueSort.STATE: list(ApplicationState).index(application.state),
    }
    return keys[sort], application.number


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("sort", QueueSort)
@pytest.mark.parametrize("size", [1, 5, 23])
def test_pages_give_every_row_once_in_order_both_ways(
    reader: SqlQueueReader, office: list[IdApplication], sort: QueueSort, descending: bool, size: int
) -> None:
    ordered = sorted(office, key=lambda one: key_of(one, sort), reverse=descending)
    expected = [application.number for application in ordered]
    assert _walk(reader, size, states=EVERY, sort=sort, descending=descending) == expected
    assert _walk(reader, size, states=EVERY, sort=sort, descending=descending, backward=True) == expected


def _walk(reader: SqlQueueReader, size: int, **wanted: Any) -> list[str]:
    """All pages one after the other, in display order."""
    pages: list[list[str]] = []
    cursor: str | None = None
    while True:
        query = QueueQuery(cursor=cursor, **wanted)
        page: tuple[QueueRecord, ...] = reader.records(
            query, person="x", at=NOON, applied_before=None, limit=size
        )
        if not page:
            break
        pages.append([record.number for record in page])
        cursor = page[0].cursor if query.backward else page[-1].cursor
    return [number for page_ in (reversed(pages) if wanted.get("backward") else pages) for number in page_]


def test_a_page_goes_on_after_its_cursor_whatever_was_decided_meanwhile(
    reader: SqlQueueReader, uow: OpenUow, office: list[IdApplication]
) -> None:
    first = reader.records(QueueQuery(), person="x", at=NOON, applied_before=None, limit=3)
    rest = numbers(reader, cursor=first[-1].cursor)
    with uow() as unit:
        last = unit.applications.get(first[-1].number)
    save(uow, applications.withdraw(last, by="tanaka", at=NOON))
    assert numbers(reader, cursor=first[-1].cursor) == rest


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "applied-at:asc:0:",
        "applied-at:asc:0:A999999",
        "number:asc:0:A000001",
        "applied-at:desc:0:A000001",
        "x",
    ],
)
def test_a_foreign_cursor_is_refused(
    reader: SqlQueueReader, office: list[IdApplication], cursor: str
) -> None:
    with pytest.raises(InputError) as caught:
        numbers(reader, cursor=cursor)
    assert caught.value.code == "cursor-invalid"


def test_states_are_counted_and_filtered(reader: SqlQueueReader, office: list[IdApplication]) -> None:
    by_state = {state: [one.number for one in office if one.state is state] for state in ApplicationState}
    assert reader.counts() == {state: len(found) for state, found in by_state.items()}
    for state, found in by_state.items():
        assert sorted(numbers(reader, states=frozenset({state}))) == sorted(found)
    opened = by_state[ApplicationState.PENDING] + by_state[ApplicationState.INQUIRED]
    assert sorted(numbers(reader)) == sorted(opened)


def test_an_empty_office_counts_nothing(reader: SqlQueueReader) -> None:
    assert reader.counts() == dict.fromkeys(ApplicationState, 0)
    assert numbers(reader) == []


def test_only_what_was_applied_for_before_a_moment(
    reader: SqlQueueReader, office: list[IdApplication]
) -> None:
    moment = NOON - timedelta(hours=4)
    expected = {one.number for one in office if one.applied_at < moment}
    assert set(numbers(reader, states=EVERY, applied_before=moment)) == expected


class TestSearch:
    """One application wanted, one that must stay out."""

    @pytest.fixture(autouse=True)
    def applied(self, uow: OpenUow) -> None:
        clerk = builders.contact(1, phone="03-1234-5678", email="Tantou_1@Example.co.jp")
        form = builders.form(1, trade_name="㈱髙橋 ビル－サービス", main_contact=clerk, user_id="Takahashi01")
        submit(uow, 1, number="B000001", entered=form)
        submit(uow, 2, number="B000002")

    @pytest.mark.parametrize(
        "search",
        [
            "B000001", "b000001", "Ｂ０００００１", "000001", "190000001", "１９００００００１",
            "㈱髙橋ビル‐サービス", "株式会社高橋", "(株)高橋", "髙橋", "高橋　ビル-", "ﾋﾞﾙ", "サービス",
            "takahashi01", "TAKAHASHI", "ｔａｋａ",
            "03-1234-5678", "0312345678", "０３－１２３４－５６７８", "(03) 1234", "5678",
            "tantou_1@example.co.jp", "TANTOU_1", "　髙橋 ",
        ],
    )  # fmt: skip
    def test_it_is_found(self, reader: SqlQueueReader, search: str) -> None:
        assert numbers(reader, search=search) == ["B000001"]

    @pytest.mark.parametrize(
        "search", ["%", "_____", "tantou%1", "Tantou-1", "鈴木", "03-9999", "\\", "B000003", "橋高"]
    )
    def test_nothing_is_found(self, reader: SqlQueueReader, search: str) -> None:
        assert numbers(reader, search=search) == []

    def test_blanks_do_not_search(self, reader: SqlQueueReader) -> None:
        assert numbers(reader, search=" 　 ") == ["B000001", "B000002"]

    def test_what_both_have_finds_both(self, reader: SqlQueueReader) -> None:
        assert numbers(reader, search="株式会社") == ["B000001", "B000002"]


def test_the_permit_filter_answers_as_the_rule_does(reader: SqlQueueReader, uow: OpenUow) -> None:
    """Every pair of permits of a supplier, against the function that judges a single case."""
    kinds: list[dict[str, Any]] = [
        {"granted": False},
        {"granted": False, "state": PermitState.REFUSED},
        {},
        {"valid_to": TODAY},
        {"valid_to": None},
        {"valid_to": TODAY - timedelta(days=1)},
        {"valid_from": TODAY + timedelta(days=1)},
        {"state": PermitState.WITHDRAWN},
        {"state": PermitState.WITHDRAWN, "withdrawn_from": date(2026, 10, 7)},
        {"state": PermitState.WITHDRAWN, "withdrawn_from": date(2026, 10, 8)},
        {"state": PermitState.VOIDED, "voiding": Voiding(NOON, "tanaka", "誤り")},
    ]
    expected: dict[PermitStanding, list[str]] = {standing: [] for standing in PermitStanding}
    expected[PermitStanding.NONE].append(submit(uow, 0).number)
    pairs = [(one, other) for one in kinds for other in kinds]
    for n, pair in enumerate(pairs, 1):
        number = submit(uow, n).number
        permits = [builders.permit(n, permit_id=f"P{n}-{index}", **kind) for index, kind in enumerate(pair)]
        for permit in permits:
            save(uow, stored_permit(permit))
        expected[permit_standing(permits, TODAY)].append(number)
    for standing, found in expected.items():
        assert found, standing
        assert sorted(numbers(reader, permit=standing)) == sorted(found)


def test_permits_are_judged_by_the_day_in_japan(reader: SqlQueueReader, uow: OpenUow) -> None:
    number = submit(uow, 1).number
    save(uow, stored_permit(builders.permit(1, valid_to=date(2026, 10, 7))))
    evening = datetime.fromisoformat("2026-10-07T14:59:59+00:00")
    assert numbers(reader, permit=PermitStanding.IN_FORCE, at=evening) == [number]
    assert numbers(reader, permit=PermitStanding.EXPIRED, at=evening + timedelta(seconds=1)) == [number]


def test_mine_is_what_i_hold_just_now(reader: SqlQueueReader, uow: OpenUow) -> None:
    mine, others, free, given_back = (submit(uow, n) for n in range(1, 5))
    for application, person in ((mine, "tanaka"), (others, "suzuki"), (given_back, "tanaka")):
        save(uow, claims.claim(None, application=application.number, by=person, at=NOON))
    with uow() as unit:
        held = unit.applications.claim(given_back.number)
        assert held is not None
        unit.record(claims.release(held, by="tanaka", at=NOON))
        unit.commit()
    assert numbers(reader, mine=True) == [mine.number]
    assert numbers(reader, mine=True, at=NOON + claims.DEFAULT_LEASE) == []
    records = reader.records(QueueQuery(), person="tanaka", at=NOON, applied_before=None, limit=9)
    assert {record.number: record.holder for record in records} == {
        mine.number: "tanaka",
        others.number: "suzuki",
        free.number: None,
        given_back.number: None,
    }


class TestPlans:
    """A page is found by an index: closed cases are not read for the default queue, and nothing is read up to a deep page."""

    @pytest.fixture
    def kind(self) -> str:
        """The plans are SQLite's."""
        return "sqlite"

    def plan(self, engine: Engine, reader: SqlQueueReader, query: QueueQuery) -> str:
        asked: list[tuple[str, Any]] = []

        def listen(*call: Any) -> None:
            asked.append((call[2], call[3]))

        event.listen(engine, "before_cursor_execute", listen)
        reader.records(query, person="x", at=NOON, applied_before=None, limit=51)
        event.remove(engine, "before_cursor_execute", listen)
        statement, parameters = asked[-1]
        with engine.begin() as connection:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            return "\n".join(row[3] for row in rows)

    @pytest.mark.parametrize("descending", [False, True])
    def test_the_default_page(self, engine: Engine, reader: SqlQueueReader, descending: bool) -> None:
        plan = self.plan(engine, reader, QueueQuery(descending=descending))
        assert "ix_id_applications_state_applied_at_number (state=?)" in plan
        assert "SCAN" not in plan

    @pytest.mark.parametrize("sort", [sort for sort in QueueSort if sort is not QueueSort.STATE])
    def test_a_later_page_of_everything(
        self, engine: Engine, reader: SqlQueueReader, office: list[IdApplication], sort: QueueSort
    ) -> None:
        (first,) = reader.records(
            QueueQuery(states=EVERY, sort=sort), person="x", at=NOON, applied_before=None, limit=1
        )
        plan = self.plan(engine, reader, QueueQuery(states=EVERY, sort=sort, cursor=first.cursor))
        assert "SEARCH id_applications USING" in plan
        assert "TEMP B-TREE" not in plan

    def test_the_default_page_goes_on_by_key(
        self, engine: Engine, reader: SqlQueueReader, office: list[IdApplication]
    ) -> None:
        (first,) = reader.records(QueueQuery(), person="x", at=NOON, applied_before=None, limit=1)
        plan = self.plan(engine, reader, QueueQuery(cursor=first.cursor))
        assert "ix_id_applications_state_applied_at_number (state=? AND (applied_at,number)>(?,?))" in plan
        assert "SCAN" not in plan

    def test_counting_by_state(self, engine: Engine, reader: SqlQueueReader) -> None:
        with engine.begin() as connection:
            statement = "SELECT state, count(*) FROM id_applications GROUP BY state"
            (row,) = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}")
        assert "COVERING INDEX" in row[3]


def test_reading_never_waits_for_a_writer(engine: Engine, reader: SqlQueueReader, uow: OpenUow) -> None:
    number = submit(uow, 1).number
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO desk_meta VALUES ('a', 'b')"))
        assert numbers(reader) == [ApplicationNumber(number)]
