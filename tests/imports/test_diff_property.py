"""Whatever two registers are: the counts are those of two dicts, applying leaves exactly the second, and the first can be had back."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ebidadmin.domain.ids import BatchId, SupplierNumber
from ebidadmin.domain.qualifications import Grade, Qualification
from ebidadmin.intake.csv import write_register
from tests.builders import NOON
from tests.conftest import FreshDatabase
from tests.imports.office import LAYOUTS, ImportDesk, open_import_desk

WORDS = st.text(
    st.characters(exclude_categories=("Cc", "Cn", "Co", "Cs", "Zl", "Zp"), exclude_characters="\ufffd"),
    min_size=1,
    max_size=6,
).filter(lambda text: bool(text.strip()))
TRAPS = st.sampled_from(
    ["=1+1", "+81", "-", "@x", "'=a", "''", "'a", 'a"b', "a,b", "㈱髙﨑", "𠮷野家", " 前後 ", "0123", "a\tb"]
)
TEXTS = TRAPS.filter(lambda text: "\t" not in text) | WORDS
LONG_TEXTS = TRAPS | WORDS | st.sampled_from(["一行\n二行", "一\r\n二", "\tx", "\rx", ""])
DAYS = st.none() | st.dates(date(2020, 1, 1), date(2030, 12, 31))
NUMBERS = st.sampled_from([f"1900{n:05d}" for n in range(8)])


@st.composite
def records(draw: st.DrawFn, number: str) -> Qualification:
    first = draw(DAYS)
    return Qualification(
        supplier_number=SupplierNumber(number),
        trade_name=draw(TEXTS),
        address=draw(TEXTS | st.just("")),
        representative_name=draw(st.sampled_from(["", "下関 太郎", "下関　太郎"])),
        email=draw(st.sampled_from(["", "a@example.jp", "=x@y"])),
        grade_sale=draw(st.sampled_from(Grade)),
        valid_from=first,
        valid_to=draw(DAYS) if first is None else first + timedelta(days=draw(st.integers(0, 400))),
        remarks=draw(LONG_TEXTS),
        extra=draw(
            st.dictionaries(st.sampled_from(["規模", "=式", "rank"]), LONG_TEXTS.filter(bool), max_size=2)
        ),
    )


REGISTERS = st.sets(NUMBERS, min_size=1).flatmap(
    lambda numbers: st.fixed_dictionaries({number: records(number) for number in sorted(numbers)})
)

Register = dict[str, Qualification]


def written(folder: Path, name: str, register: Register) -> Path:
    path = folder / name
    further = sorted({heading for record in register.values() for heading in record.extra})
    write_register(path, register.values(), LAYOUTS["ebidadmin"], further)
    return path


def in_version(desk: ImportDesk, version: int) -> Register:
    with desk.office.uow() as uow:
        found = {
            f"1900{n:05d}": uow.register.at_version(SupplierNumber(f"1900{n:05d}"), BatchId(version))
            for n in range(8)
        }
    return {number: record for number, record in found.items() if record is not None}


def diff_apply_and_history(
    fresh_database: FreshDatabase, kind: str, before: Register, after: Register, full: bool
) -> None:
    layout = LAYOUTS["ebidadmin"] if full else replace(LAYOUTS["ebidadmin"], full=False)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        desk = open_import_desk(fresh_database(kind))
        desk.bring_in(written(folder, "a.csv", before), layout)
        assert desk.register() == before

        desk.clock.advance(timedelta(days=30))
        path = written(folder, "b.csv", after)
        plan = desk.preview(path, layout)
        both = before.keys() & after.keys()
        changed = sum(before[number] != after[number] for number in both)
        vanished = len(before.keys() - after.keys()) if full else 0
        counts = (plan.added, plan.changed, plan.unchanged, plan.vanished, plan.refused)
        assert counts == (len(after.keys() - before.keys()), changed, len(both) - changed, vanished, 0)

        expected = after if full else before | after
        if plan.changes_nothing:
            assert desk.register() == expected
            return
        desk.apply(path, plan, layout)
        assert desk.register() == expected
        assert in_version(desk, 1) == before
        assert in_version(desk, 2) == expected
        with desk.office.uow() as uow:
            for number in before:
                supplier = SupplierNumber(number)
                assert uow.register.as_of(supplier, NOON) == before[number]
                history = uow.register.history(supplier)
                assert history[0][1] == expected.get(number)
                assert history[-1][1] == before[number]
            assert uow.register.as_of(SupplierNumber("190000000"), NOON - timedelta(seconds=1)) is None


def form(tries: int) -> Callable[..., None]:
    """The property above, tried so many times."""
    return settings(max_examples=tries, suppress_health_check=[HealthCheck.function_scoped_fixture])(
        given(before=REGISTERS, after=REGISTERS, full=st.booleans())(diff_apply_and_history)
    )


test_diff_apply_and_history = form(12)
test_diff_apply_and_history_long = pytest.mark.slow(form(100))
