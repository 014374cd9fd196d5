"""The search of the register by name gives exactly what looking through every record gives, in pages, of today and of any earlier batch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, func, insert, select, update

from ebidadmin.domain.ids import BatchId, SupplierNumber
from ebidadmin.domain.names import fold, fold_name
from ebidadmin.domain.qualifications import Qualification
from ebidadmin.persistence import name_index
from ebidadmin.persistence.name_index import BLOCKS, PAIR_TABLE, bits_of, buckets_of, index_versions
from ebidadmin.persistence.register import RECORD, SqlRegisterReader, record_values
from ebidadmin.persistence.schema_names import NameBlockRow, NamePairRow
from ebidadmin.persistence.schema_register import BatchRow, QualificationRow
from tests.builders import NOON
from tests.persistence.office import RULES

NUMBERS = [f"19000000{n}" for n in range(8)] + ["20A00000a", "20a00000B"]
SIGNS = "株式会社商ab-ー%_'\"\\𠮷髙ﾃｽﾄﾞﾞー\u3099゛ 　\ufe00"
NAMES = st.text(st.sampled_from(SIGNS), min_size=1, max_size=7) | st.sampled_from(
    ["（株）テスト商会０１", "㈱髙﨑", "𠮷野家", "100%", "a_b", "株式会社株式会社", "O'Brien", '"引用"']
)
KANAS = st.just("") | st.text(st.sampled_from("テスﾃｽト ﾄﾞ\x01ー"), max_size=4)
CORPORATE = st.sampled_from(["", "8000000000001", "8000000000002", "1234567890123"])
SEARCHES = (
    st.text(st.sampled_from(SIGNS), max_size=3)
    | st.sampled_from(
        ["19", "1900", "１９０", "190000003", "20a", "20A00000A", "80000000", "8000000000002", "8000"]
    )
    | st.sampled_from(
        [
            "会社",
            "株式会社",
            "(株)",
            "会社株",
            "社株式会社",
            "テスト",
            "ﾃｽﾄ",
            "\0",
            "会\0",
            "\ud842",
            "\x01",
        ]
    )
)

State = dict[str, tuple[str, str, str]]
BATCHES = st.lists(
    st.dictionaries(st.sampled_from(NUMBERS), st.tuples(NAMES, KANAS, CORPORATE), max_size=8),
    min_size=1,
    max_size=4,
)


@pytest.fixture
def reader(engine: Engine) -> SqlRegisterReader:
    return SqlRegisterReader(engine)


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """So small that a handful of names fills blocks and segments."""
    monkeypatch.setattr(name_index, "BLOCK", 2)
    monkeypatch.setattr(name_index, "SEGMENT", 6)
    monkeypatch.setattr(name_index, "LOOSE_NAMES", 3)


def record(number: str, name: str, kana: str = "", corporate: str = "", **further: Any) -> Qualification:
    made = Qualification(
        supplier_number=SupplierNumber(number), trade_name=name, kana=kana, corporate_number=corporate
    )
    return replace(made, **further)


def clear(engine: Engine) -> None:
    with engine.begin() as connection:
        for table in (NamePairRow, NameBlockRow, QualificationRow, BatchRow):
            connection.execute(delete(table))


def bring_in(engine: Engine, number: int, records: list[Qualification]) -> None:
    """The batch after which the register holds exactly these."""
    with engine.begin() as connection:
        batch = dict.fromkeys(("added", "changed", "unchanged", "vanished", "refused"), 0)
        words = dict.fromkeys(("file_name", "file_hash", "layout", "applied_by"), "x")
        connection.execute(
            insert(BatchRow).values(id=number, headings=[], applied_at=NOON, version=1, **batch, **words)
        )
        held = dict(
            connection.execute(
                select(RECORD.supplier_number, RECORD.digest).where(RECORD.to_batch.is_(None))
            ).all()
        )
        new = [one for one in records if held.pop(one.supplier_number, None) != repr(one)]
        gone = [*held, *(one.supplier_number for one in new)]
        connection.execute(
            update(QualificationRow)
            .where(RECORD.supplier_number.in_(gone), RECORD.to_batch.is_(None))
            .values(to_batch=number)
        )
        for one in new:
            connection.execute(
                insert(QualificationRow).values(
                    **record_values(one),
                    from_batch=number,
                    digest=repr(one),
                    name_folded=fold_name(one.trade_name, RULES),
                    phone_folded="",
                    email_folded="",
                )
            )
        index_versions(connection, BatchId(number))


def found(
    reader: SqlRegisterReader,
    search: str,
    *,
    limit: int = 50,
    version: int | None = None,
    everywhere: bool = False,
) -> list[str]:
    """All pages, one after the other."""
    return list(_pages(reader, search, limit, None if version is None else BatchId(version), everywhere))


def _pages(
    reader: SqlRegisterReader, search: str, limit: int, version: BatchId | None, everywhere: bool
) -> Iterator[str]:
    after = ""
    while page := reader.page(
        search_folded=fold_name(search, RULES),
        search=search,
        after=after,
        limit=limit,
        version=version,
        everywhere=everywhere,
    ):
        assert len(page) <= limit
        yield from (one.supplier_number for one in page)
        after = page[-1].supplier_number


def expected(state: State, search: str) -> list[str]:
    """The rule, written down once more: a name or a reading contains the text, or a number begins with it."""
    wanted, number = fold_name(search, RULES), number_in(search)
    if not search.strip() or not wanted:
        return sorted(state)
    return sorted(
        supplier
        for supplier, (name, kana, corporate) in state.items()
        if wanted in fold_name(name, RULES)
        or wanted in fold(kana)
        or (number and any(supplier.startswith(one) for one in (number, number.upper(), number.lower())))
        or (len(number) >= 8 and corporate.startswith(number))
    )


def number_in(search: str) -> str:
    plain = search.strip().translate({ord("０") + n: str(n) for n in range(10)})
    return plain if plain.isascii() and plain.isalnum() and len(plain) <= 13 else ""


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=BATCHES, searches=st.lists(SEARCHES, min_size=1, max_size=3), limit=st.integers(1, 4))
def test_a_search_finds_what_looking_at_each_record_finds(
    engine: Engine, reader: SqlRegisterReader, batches: list[State], searches: list[str], limit: int
) -> None:
    clear(engine)
    for number, state in enumerate(batches, 1):
        bring_in(engine, number, [record(supplier, *values) for supplier, values in state.items()])
    from_names = [name[:2] for state in batches for name, _, _ in state.values()][-3:]
    for search in (*searches, *from_names):
        assert found(reader, search, limit=limit) == expected(batches[-1], search), search
        version = 1 + len(search) % len(batches)
        assert found(reader, search, version=version) == expected(batches[version - 1], search), search


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(state=BATCHES.map(lambda batches: batches[0]), search=SEARCHES, limit=st.integers(1, 4))
def test_the_wide_search_finds_all_that_the_narrow_one_finds(
    engine: Engine, reader: SqlRegisterReader, state: State, search: str, limit: int
) -> None:
    clear(engine)
    bring_in(engine, 1, [record(supplier, *values) for supplier, values in state.items()])
    wide = found(reader, search, limit=limit, everywhere=True)
    assert set(expected(state, search)) <= set(wide)
    assert wide == sorted(set(wide))


def test_the_wide_search_looks_into_every_column_and_takes_signs_as_they_stand(
    engine: Engine, reader: SqlRegisterReader
) -> None:
    rows = [
        record(NUMBERS[0], "甲", address="下関市南部町1番1号", extra={"規模": '"大"企業', "率": "100%"}),
        record(NUMBERS[1], "乙", representative_name="下関 太郎", corporate="8000000000001", kana="オツ"),
        record(NUMBERS[2], "丙", address="Building A_1"),
    ]
    bring_in(engine, 1, rows)
    places = {"南部町": 0, '"大"': 0, "0%": 0, "関 太": 1, "00001": 1, "オツ": 1, "building a_": 2, "丙": 2}
    for search, place in places.items():
        assert found(reader, search, everywhere=True) == [NUMBERS[place]], search
    for search in ("南部町", "関 太", "0000001", "a_1", "大", "ab%", "\\"):
        assert found(reader, search) == [], search
    assert found(reader, "_1", everywhere=True) == [NUMBERS[2]]
    assert found(reader, "x" * 60_000, everywhere=True) == found(reader, "x" * 60_000) == []


def test_a_change_of_anything_but_the_name_costs_the_index_nothing(
    engine: Engine, reader: SqlRegisterReader
) -> None:
    rows = [record(number, f"テスト商会{number}") for number in NUMBERS]
    bring_in(engine, 1, rows)
    before = blocks(engine)
    bring_in(engine, 2, [replace(one, address="下関市") for one in rows])
    assert blocks(engine) == before
    assert found(reader, "スト商") == sorted(NUMBERS)


def test_small_additions_are_gathered_into_segments(engine: Engine, reader: SqlRegisterReader) -> None:
    rows: list[Qualification] = []
    for number, supplier in enumerate(NUMBERS, 1):
        rows.append(record(supplier, f"テスト商会{number}"))
        bring_in(engine, number, rows)
    with engine.begin() as connection:
        segments = connection.execute(select(BLOCKS.segment, func.count()).group_by(BLOCKS.segment)).all()
        assert connection.execute(select(func.count(PAIR_TABLE.c.segment.distinct()))).scalar_one() == 3
    assert dict(segments) == {0: 1, 1: 2, 2: 2, 3: 2}
    assert found(reader, "商会", limit=3) == sorted(NUMBERS)


def blocks(engine: Engine) -> list[Any]:
    with engine.begin() as connection:
        return [
            tuple(row) for row in connection.execute(select(NameBlockRow.__table__).order_by(BLOCKS.position))
        ]


@given(st.text(max_size=30), st.integers(0, 29), st.integers(0, 29))
def test_a_text_has_all_buckets_of_its_parts(text: str, first: int, last: int) -> None:
    assert buckets_of(text[first:last]) <= buckets_of(text)


@given(st.text(st.characters() | st.sampled_from(" \n\t!\U0010ffff"), max_size=12))
def test_buckets_reckoned_together_are_those_of_each_pair(text: str) -> None:
    pairs = [(ord(first), ord(second)) for first, second in pairwise(text)]
    assert buckets_of(text) == {
        (first * 40503 + second * 30011 >> 4) % name_index.BUCKETS
        for first, second in pairs
        if first > 32 and second > 32
    }


def test_the_buckets_that_are_stored_never_change() -> None:
    assert sorted(buckets_of("株式会社𠮷a")) == [263, 1310, 3251, 6759, 7706]
    assert list(bits_of(["株式", "会社", "株式"])) == [(263, b"\x05"), (1310, b"\x02")]


@given(st.lists(st.text(max_size=8), min_size=1, max_size=8))
def test_readings_folded_together_are_as_folded_each_by_itself(texts: list[str]) -> None:
    assert name_index.folded_together(texts) == [fold(text) for text in texts]
