"""The list of permits by key: every row once in the wanted order, found whatever its notation, filtered as the rules say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, insert

from ebidadmin.domain import dispatches
from ebidadmin.domain import permit_proposals as proposals
from ebidadmin.domain.dispatches import Dispatch
from ebidadmin.domain.ids import DispatchId, ProposalId
from ebidadmin.domain.permit_proposals import PermitAct
from ebidadmin.domain.permits import DocumentNumber, PaperChannel, Permit, PermitState, Voiding
from ebidadmin.errors import InputError
from ebidadmin.persistence import mapping
from ebidadmin.persistence.permit_list import SqlPermitListReader
from ebidadmin.persistence.schema import PermitRow
from ebidadmin.services.permit_list import (
    DispatchStanding,
    PermitQuery,
    PermitRecord,
    PermitSort,
    PermitValidity,
    validity,
)
from ebidadmin.text.permits import meant_number
from tests import builders
from tests.builders import NOON, TODAY
from tests.conftest import FreshDatabase
from tests.persistence.office import RULES, OpenUow, save, stored_permit
from tests.sql_store import SqlStore

DAYS = timedelta(days=1)


@pytest.fixture
def reader(engine: Engine) -> SqlPermitListReader:
    return SqlPermitListReader(engine, names=RULES)


def kinds() -> list[dict[str, Any]]:
    """What can stand in the table, as changes of a granted permit."""
    none = {"valid_from": None, "valid_to": None, "document": None, "decided_at": None, "decided_by": None}
    gone = {"state": PermitState.WITHDRAWN}
    return [
        {},
        {"valid_to": None},
        {"valid_to": TODAY},
        {"valid_to": TODAY - DAYS},
        {"valid_from": TODAY + DAYS},
        {"state": PermitState.REQUESTED, **none},
        {"state": PermitState.REFUSED, "valid_from": None, "valid_to": None, "refusal_reasons": ("other",)},
        {**gone, "withdrawn_from": None},
        {**gone, "withdrawn_from": TODAY},
        {**gone, "withdrawn_from": TODAY + DAYS},
        {**gone, "valid_from": TODAY + DAYS, "withdrawn_from": TODAY + 2 * DAYS},
        {**gone, "valid_from": TODAY + DAYS, "withdrawn_from": TODAY + DAYS},
        {"state": PermitState.VOIDED, "voiding": Voiding(NOON, "tanaka", "誤り")},
        {"state": PermitState.VOIDED, "voiding": Voiding(NOON, "tanaka", "誤り"), **none},
        {"document": None, "decided_at": None, "decided_by": None},
    ]


@pytest.fixture
def shelf(uow: OpenUow) -> list[Permit]:
    """45 permits of every kind; channels, days of receipt and suppliers repeat, so that the own number must break ties."""
    channels = list(PaperChannel)
    made = []
    for n in range(1, 46):
        kind = {"document": DocumentNumber(2025 + n % 2, n), **kinds()[n % len(kinds())]}
        permit = builders.permit(
            90 + n % 4,
            permit_id=f"P{(n * 7) % 46:06d}",
            received=date(2026, 9, 1) + DAYS * (n // 5),
            channel=channels[n % len(channels)],
            **kind,
        )
        made.append(replace(permit, version=1))
    with uow() as unit:
        for permit in made:
            unit.record(stored_permit(permit))
        unit.commit()
    return made


def found(reader: SqlPermitListReader, **wanted: Any) -> list[str]:
    query = PermitQuery(**wanted, document=meant_number(wanted.get("search", "")))
    records = reader.records(query, day=TODAY, limit=500)
    assert query.cursor is not None or reader.count(query, day=TODAY) == len(records)
    return [record.permit.id for record in records]


def key_of(permit: Permit, sort: PermitSort) -> tuple[Any, str]:
    document = permit.document
    keys: dict[PermitSort, Any] = {
        PermitSort.NUMBER: permit.id,
        PermitSort.RECEIVED: permit.received,
        PermitSort.SUPPLIER_NUMBER: permit.supplier_number,
        PermitSort.DOCUMENT: (0, 0) if document is None else (document.fiscal_year, document.number),
    }
    return keys[sort], permit.id


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("sort", PermitSort)
@pytest.mark.parametrize("size", [1, 7, 45])
def test_pages_give_every_row_once_in_order_both_ways(
    reader: SqlPermitListReader, shelf: list[Permit], sort: PermitSort, descending: bool, size: int
) -> None:
    ordered = sorted(shelf, key=lambda one: key_of(one, sort), reverse=descending)
    expected = [permit.id for permit in ordered]
    for backward in (False, True):
        given = walk(reader, size, sort=sort, descending=descending, backward=backward)
        assert [record.permit.id for record in given] == expected
        assert {record.permit.id: record.permit for record in given} == {one.id: one for one in shelf}


def walk(reader: SqlPermitListReader, size: int, **wanted: Any) -> list[PermitRecord]:
    """All pages one after the other, in display order."""
    pages: list[tuple[PermitRecord, ...]] = []
    cursor: str | None = None
    while page := reader.records(PermitQuery(cursor=cursor, **wanted), day=TODAY, limit=size):
        pages.append(page)
        cursor = page[0].cursor if wanted["backward"] else page[-1].cursor
    return [record for page in (reversed(pages) if wanted["backward"] else pages) for record in page]


def test_a_page_goes_on_after_its_cursor_whatever_was_decided_meanwhile(
    reader: SqlPermitListReader, uow: OpenUow, shelf: list[Permit]
) -> None:
    def ordered(cursor: str | None = None) -> tuple[PermitRecord, ...]:
        query = PermitQuery(sort=PermitSort.DOCUMENT, descending=False, cursor=cursor)
        return reader.records(query, day=TODAY, limit=500)

    requested = next(record for record in ordered() if record.permit.state is PermitState.REQUESTED)
    rest = [record.permit.id for record in ordered(requested.cursor)]
    with uow() as unit:
        decided = builders.permit(92, permit_id="P999999", document=DocumentNumber(2026, 999))
        after = replace(decided, id=requested.permit.id, version=2)
        unit.record(replace(stored_permit(decided), after=after))
        unit.commit()
    assert [
        one for one in (r.permit.id for r in ordered(requested.cursor)) if one != requested.permit.id
    ] == rest


@pytest.mark.parametrize(
    "cursor", ["", "number:desc:", "number:desc:P1", "number:asc:P1:P1", "received:desc:x:P1", "x"]
)
def test_a_foreign_cursor_is_refused(reader: SqlPermitListReader, cursor: str) -> None:
    sort = PermitSort.RECEIVED if cursor.startswith("received") else PermitSort.NUMBER
    with pytest.raises(InputError) as caught:
        found(reader, cursor=cursor, sort=sort)
    assert caught.value.code == "cursor-invalid"


def test_states_channels_and_years_are_filtered_and_counted(
    reader: SqlPermitListReader, shelf: list[Permit]
) -> None:
    by_state = {state: {one.id for one in shelf if one.state is state} for state in PermitState}
    assert reader.counts() == {state: len(ids) for state, ids in by_state.items()}
    for state, ids in by_state.items():
        assert ids
        assert set(found(reader, states=frozenset({state}))) == ids
    for channel in PaperChannel:
        assert set(found(reader, channel=channel)) == {one.id for one in shelf if one.channel is channel}
    assert reader.fiscal_years() == (2026, 2025)
    for year in (2024, 2025, 2026):
        of_year = {one.id for one in shelf if one.document is not None and one.document.fiscal_year == year}
        assert set(found(reader, fiscal_year=year)) == of_year


def test_validity_is_filtered_as_the_rule_says(reader: SqlPermitListReader, shelf: list[Permit]) -> None:
    for wanted in PermitValidity:
        expected = {one.id for one in shelf if validity(one, TODAY) is wanted}
        assert expected
        assert set(found(reader, validity=wanted)) == expected


def test_in_force_agrees_with_the_permit_itself(shelf: list[Permit]) -> None:
    for one in shelf:
        assert (validity(one, TODAY) is PermitValidity.IN_FORCE) == one.in_force(TODAY)


def test_an_empty_office_has_nothing(reader: SqlPermitListReader) -> None:
    assert reader.counts() == dict.fromkeys(PermitState, 0)
    assert (found(reader), reader.fiscal_years()) == ([], ())


class TestSearch:
    @pytest.fixture(autouse=True)
    def papers(self, url: str, uow: OpenUow) -> None:
        """One whose name is only on the paper, one whose name is only in the register."""
        SqlStore(url, names=RULES).import_register(builders.qualification(94, trade_name="株式会社 髙島商店"))
        for permit in (
            builders.permit(92, permit_id="P000001", document=DocumentNumber(2026, 12)),
            builders.permit(94, permit_id="P000002", applicant="", document=DocumentNumber(2025, 12)),
        ):
            save(uow, stored_permit(permit))

    @pytest.mark.parametrize(
        ("search", "ids"),
        [
            ("P000001", {"P000001"}),
            ("ｐ０００００１", {"P000001"}),
            ("0000092", {"P000001"}),
            ("㈱テスト", {"P000001"}),
            ("高島", {"P000002"}),
            ("(株)髙島商店", {"P000002"}),
            ("12", {"P000001", "P000002"}),
            ("第１２号", {"P000001", "P000002"}),
            ("2025-12", {"P000002"}),
            ("2024-12", set()),
            ("13", set()),
            ("%", set()),
            ("_", set()),
            ("  ", {"P000001", "P000002"}),
        ],
    )
    def test_it_is_found_whatever_the_notation(
        self, reader: SqlPermitListReader, search: str, ids: set[str]
    ) -> None:
        assert set(found(reader, search=search)) == ids

    def test_a_row_has_the_name_of_the_register(self, reader: SqlPermitListReader) -> None:
        rows = reader.records(PermitQuery(descending=False), day=TODAY, limit=9)
        assert [row.trade_name for row in rows] == ["", "株式会社 髙島商店"]


def test_a_letter_waits_until_an_entry_says_that_it_went_out_and_stands(
    reader: SqlPermitListReader, uow: OpenUow, shelf: list[Permit]
) -> None:
    decided = [
        one for one in shelf if one.state in (PermitState.GRANTED, PermitState.REFUSED) and one.document
    ]
    never, sent, cancelled, corrected = decided[:4]
    first, wrong, worse = (entered(uow, one, n) for n, one in enumerate((sent, cancelled, corrected), 1))
    save(
        uow,
        dispatches.cancel(cancelled, wrong, dispatch_id=DispatchId("D000004"), note="誤り", by="t", at=NOON),
    )
    right = dispatches.correct(
        corrected,
        worse,
        dispatch_id=DispatchId("D000005"),
        day=TODAY,
        channel=PaperChannel.FAX,
        recipient="(株)テスト商会92",
        note="FAXで送った",
        by="t",
        at=NOON,
    )
    save(uow, right)
    gone = {one.id for one in (sent, corrected)}
    assert set(found(reader, dispatch=DispatchStanding.SENT)) == gone
    assert set(found(reader, dispatch=DispatchStanding.WAITING)) == {one.id for one in decided} - gone
    rows = {row.permit.id: row.sent for row in reader.records(PermitQuery(), day=TODAY, limit=500)}
    assert (rows[never.id], rows[cancelled.id]) == (None, None)
    assert (rows[sent.id], rows[corrected.id]) == (first, right.after)


def entered(uow: OpenUow, permit: Permit, n: int) -> Dispatch:
    made: Dispatch = save(
        uow,
        dispatches.dispatch(
            permit,
            dispatch_id=DispatchId(f"D{n:06d}"),
            day=TODAY,
            channel=PaperChannel.POST,
            recipient="(株)テスト商会92",
            by="t",
            at=NOON,
        ),
    )
    return made


def test_what_waits_for_a_second_person_is_found(
    reader: SqlPermitListReader, uow: OpenUow, shelf: list[Permit]
) -> None:
    requested = [one for one in shelf if one.state is PermitState.REQUESTED]
    for n, one in enumerate(requested[:2], 1):
        made = proposals.propose(
            one,
            proposals.bound(one, PermitAct.GRANT),
            number=ProposalId(f"Q{n:06d}"),
            expires_at=NOON + DAYS,
            by="tanaka",
            at=NOON,
        )
        save(uow, made)
        if n == 2:
            save(uow, proposals.withdraw(made.after, by="tanaka", at=NOON))
    assert found(reader, proposed=True) == [requested[0].id]
    rows = reader.records(PermitQuery(), day=TODAY, limit=500)
    assert [row.permit.id for row in rows if row.proposed] == [requested[0].id]


class TestPlans:
    """A page by number or by the day of receipt is found by an index: nothing is sorted, and nothing is read up to a deep page."""

    @pytest.fixture
    def url(self, fresh_database: FreshDatabase) -> str:
        """The plans are SQLite's."""
        return fresh_database("sqlite")

    @pytest.mark.parametrize("deep", [False, True])
    @pytest.mark.parametrize("descending", [False, True])
    @pytest.mark.parametrize("sort", [PermitSort.NUMBER, PermitSort.RECEIVED])
    def test_no_page_is_sorted(
        self,
        engine: Engine,
        reader: SqlPermitListReader,
        shelf: list[Permit],
        sort: PermitSort,
        descending: bool,
        deep: bool,
    ) -> None:
        query = PermitQuery(sort=sort, descending=descending)
        if deep:
            query = replace(query, cursor=reader.records(query, day=TODAY, limit=5)[-1].cursor)
        asked: list[tuple[str, Any]] = []

        def listen(*call: Any) -> None:
            asked.append((call[2], call[3]))

        event.listen(engine, "before_cursor_execute", listen)
        reader.records(query, day=TODAY, limit=51)
        event.remove(engine, "before_cursor_execute", listen)
        page, parameters = next(one for one in asked if "FROM permits" in one[0])
        with engine.begin() as connection:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {page}", parameters)
            plan = [row[3] for row in rows if " permits" in row[3] or "B-TREE" in row[3]]
        way = "SEARCH" if deep else "SCAN"
        assert [step.split(" USING")[0] for step in plan] == [f"{way} permits"], plan


def test_ten_thousand_permits_are_paged_through_without_loss(
    engine: Engine, reader: SqlPermitListReader
) -> None:
    many = 10_000
    with engine.begin() as connection:
        connection.execute(
            insert(PermitRow), [mapping.permit_values(_numbered(n), RULES) for n in range(many)]
        )
    seen: list[str] = []
    cursor: str | None = None
    while page := reader.records(PermitQuery(cursor=cursor, sort=PermitSort.RECEIVED), day=TODAY, limit=500):
        seen += [record.permit.id for record in page]
        cursor = page[-1].cursor
    assert len(seen) == len(set(seen)) == many
    assert len(found(reader, search="第777号")) == 1


def _numbered(n: int) -> Permit:
    return builders.permit(
        n,
        permit_id=f"P{n:06d}",
        received=date(2026, 9, 1) - DAYS * (n % 900),
        document=DocumentNumber(2026, n + 1),
    )
