"""The difference of any two days is that of the two registers, whatever happened in between."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ebidadmin.clock import jst
from ebidadmin.errors import InputError, NotPermittedError
from ebidadmin.persistence.register_history import SqlHistoryReader
from ebidadmin.services import register_corrections, register_history
from tests.builders import HELPER, NOON, SUZUKI
from tests.conftest import FreshDatabase
from tests.imports.office import IMPORTER, LAYOUTS, ImportDesk, open_import_desk
from tests.imports.test_diff_property import REGISTERS, Register, written

START = jst(NOON).date()


def told(desk: ImportDesk, first: date, last: date) -> tuple[tuple[int, int, int], dict[str, set[str]]]:
    reader = SqlHistoryReader(desk.engine)
    found = register_history.difference(desk.office, staff=SUZUKI, reader=reader, first=first, last=last)
    kinds: dict[str, set[str]] = {kind: set() for kind in register_history.KINDS}
    for kind, numbers in kinds.items():
        after = ""
        while page := register_history.changes(
            desk.office, staff=SUZUKI, reader=reader, difference=found, kind=kind, after=after, limit=2
        ):
            assert all(bool(change.fields) is (kind == "changed") for change in page)
            assert not numbers & {change.supplier_number for change in page}
            numbers.update(change.supplier_number for change in page)
            after = page[-1].supplier_number
    every = register_history.every_change(desk.office, staff=SUZUKI, reader=reader, difference=found)
    assert sum(1 for _ in every) == sum(len(numbers) for numbers in kinds.values())
    return (found.added, found.changed, found.vanished), kinds


def expected(before: Register, after: Register) -> dict[str, set[str]]:
    return {
        "added": set(after.keys() - before.keys()),
        "changed": {number for number in before.keys() & after.keys() if before[number] != after[number]},
        "vanished": set(before.keys() - after.keys()),
    }


def any_two_days(fresh_database: FreshDatabase, kind: str, registers: list[Register], undoing: bool) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        desk = open_import_desk(fresh_database(kind))
        of_day: dict[date, Register] = {START - timedelta(days=1): {}}
        present: Register = {}
        before = present
        for number, register in enumerate(registers):
            path = written(folder, f"{number}.csv", register)
            plan = desk.preview(path, LAYOUTS["ebidadmin"])
            if not plan.changes_nothing:
                desk.apply(path, plan, LAYOUTS["ebidadmin"])
                before, present = present, register
            of_day[jst(desk.clock.now()).date()] = present
            desk.clock.advance(timedelta(days=1))
        if undoing:
            register_corrections.undo(desk.office, staff=IMPORTER)
            of_day[jst(desk.clock.now()).date()] = before
        for first, old in of_day.items():
            for last, new in of_day.items():
                if first <= last:
                    counts, kinds = told(desk, first, last)
                    assert kinds == expected(old, new)
                    assert counts == tuple(len(kinds[kind]) for kind in register_history.KINDS)


def form(tries: int) -> Callable[..., None]:
    """The property above, tried so many times."""
    return settings(max_examples=tries, suppress_health_check=[HealthCheck.function_scoped_fixture])(
        given(registers=st.lists(REGISTERS, min_size=1, max_size=3), undoing=st.booleans())(any_two_days)
    )


test_any_two_days = form(10)
test_any_two_days_long = pytest.mark.slow(form(80))


def test_days_in_the_wrong_order_and_persons_who_may_not_read(desk: ImportDesk) -> None:
    reader = SqlHistoryReader(desk.engine)
    with pytest.raises(InputError, match="days-out-of-order"):
        register_history.difference(
            desk.office, staff=SUZUKI, reader=reader, first=START, last=START - timedelta(days=1)
        )
    with pytest.raises(NotPermittedError):
        register_history.difference(desk.office, staff=HELPER, reader=reader, first=START, last=START)
