"""One supplier with a whole life at the office is erased: no byte of what was entered is left, everybody else's is as it was."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from ebidadmin.bootstrap import open_desk
from ebidadmin.clock import SettableClock
from ebidadmin.persistence.bound_units import FREE_TABLES
from ebidadmin.persistence.tables import all_tables
from tests.acceptance.conftest import Ebid
from tests.builders import supplier_number
from tests.erasing import life
from tests.erasing.finding import VALUES, everywhere

ERASE = ("supplier", "erase", life.GONE)


@pytest.fixture
def lived(office: Path, ebid: Ebid, clock: SettableClock) -> Path:
    life.live(office, ebid, clock)
    clock.set(life.DUE)
    return office


def rows(office: Path) -> dict[str, list[Mapping[str, Any]]]:
    with closing(open_desk(office)) as desk, desk.engine.connect() as connection:
        return {
            name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for name, table in all_tables().tables.items()
        }


def of_others(found: dict[str, list[Mapping[str, Any]]]) -> dict[str, list[str]]:
    """Rows of the other suppliers; what an import is in itself, is told of nobody."""
    numbers = {supplier_number(n) for n in (93, 94, 95)}
    return {
        name: sorted(repr(row) for row in some if row.get("supplier_number") in numbers)
        for name, some in found.items()
        if name not in FREE_TABLES
    }


def enterprise_id(office: Path) -> str:
    (one,) = (row for row in rows(office)["enterprise_ids"] if row["supplier_number"] == life.GONE)
    return str(one["enterprise_id"])


def test_no_byte_is_left_and_everybody_else_is_as_before(lived: Path, ebid: Ebid) -> None:
    number = enterprise_id(lived)
    before = rows(lived)
    told = everywhere(lived, number)
    # The search finds each of them before.
    of_database = (met for name, met in told.items() if ".sqlite" in name or name.isdigit())
    assert set().union(*of_database) == {*VALUES, number}
    assert {
        "P000001.pdf",
        "case.pdf",
        "register.xlsx",
        "trail.xlsx",
        "first.csv",
        "A1.jsonl",
    } <= told.keys()
    assert any(name.endswith(".eml") for name in told)
    assert ebid("supplier", "due", "--desk", lived, "--json").value["due"] == [
        {"supplier_number": life.GONE, "since": "2034-04-01"}
    ]
    shown = ebid(*ERASE, "--desk", lived, "--json")
    assert shown.code == 0, shown
    rehearsed = ebid(*ERASE, "--confirm", shown.value["token"], "--dry-run", "--desk", lived)
    assert rehearsed.code == 0, rehearsed
    assert rows(lived) == before
    assert everywhere(lived, number) == told
    done = ebid(*ERASE, "--confirm", shown.value["token"], "--desk", lived, "--json")
    assert (done.code, done.err) == (0, ""), done
    assert everywhere(lived, number) == {}
    after = rows(lived)
    assert of_others(after) == of_others(before)
    assert (lived / "exports" / "other.csv").is_file()
    assert not (lived / "report-outputs" / "daily_review_2026-10-07").exists()
    verified = ebid("audit", "verify", "--desk", lived, "--json")
    assert (verified.code, verified.value["findings"]) == (0, [])
    assert ebid(*ERASE, "--desk", lived).code == 1
    assert ebid("supplier", "due", "--desk", lived, "--json").value == {"due": [], "unfinished": []}
