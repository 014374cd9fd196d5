"""Faults planted in a large register: each is told with line, heading and reason in one pass, and nothing else; the file that goes back
with them, repaired where it says so and nowhere else, is the clean one."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import pytest

from ebidadmin.bootstrap import Desk
from ebidadmin.domain.imports import ImportPlan
from ebidadmin.domain.qualification_rows import field_texts
from ebidadmin.errors import StalePlanError
from ebidadmin.intake.returned import write_returned
from ebidadmin.intake.sources import open_source
from ebidadmin.intake.tabular import RETURNED, TabularSource
from ebidadmin.services import qualification_import
from ebidadmin.text.messages import row_problem_sentence
from tests.conftest import FreshDatabase
from tests.figures import Figure
from tests.imports.office import HEADINGS as OWN_HEADINGS
from tests.imports.office import LAYOUTS
from tests.imports.real_desk import open_made_desk
from tests.registers.faults import KINDS, Register, Told, plant, repair, told

OWN = LAYOUTS["ebidadmin"]
ENCODINGS = {"sqlite": "cp932", "postgresql": "utf-8-sig"}
"""Of the file for each kind of database: one has every kind of fault, the other is what offices send."""

GRADES = {"": "none", "無し": "none", "○": "none"}
SEED = 20261123


@dataclass
class Work:
    """Files on their way through a desk."""

    desk: Desk
    folder: Path

    def source(self, name: str) -> TabularSource:
        return open_source(self.folder / name, OWN)

    def preview(self, name: str) -> ImportPlan:
        desk = self.desk
        return qualification_import.preview(
            desk.office, staff=desk.staff, store=desk.import_store, source=self.source(name), layout=OWN
        )

    def apply(self, name: str, plan: ImportPlan) -> None:
        desk = self.desk
        qualification_import.apply(
            desk.office,
            staff=desk.staff,
            store=desk.import_store,
            source=self.source(name),
            layout=OWN,
            plan=plan,
            confirmed_scale=True,
        )


@pytest.fixture
def work(fresh_database: FreshDatabase, kind: str, tmp_path: Path) -> Iterator[Work]:
    with closing(open_made_desk(tmp_path / "desk", fresh_database(kind))) as desk:
        yield Work(desk, tmp_path)


@pytest.mark.parametrize(
    ("rows", "faults"), [(5_000, 108), pytest.param(100_000, 1_080, marks=pytest.mark.slow)]
)
def test_every_planted_fault_is_told_and_nothing_else(
    work: Work, kind: str, figure: Figure, rows: int, faults: int
) -> None:
    encoding = ENCODINGS[kind]
    clean = Register(rows, seed=SEED)
    dirty, planted = plant(clean, faults, encoding=encoding, seed=SEED)
    clean.write(work.folder / "clean.csv", encoding)
    dirty.write(work.folder / "dirty.csv", encoding)

    plan = work.preview("clean.csv")
    assert plan.problems == ()
    assert (plan.added, plan.applicable) == (rows, True)

    began = monotonic()
    plan = work.preview("dirty.csv")
    seconds = monotonic() - began
    all_told(plan, told(dirty, planted))
    with pytest.raises(StalePlanError, match="refused-rows"):
        work.apply("dirty.csv", plan)
    assert work.desk.register_reader.total() == 0

    sent_back(work, plan)
    edited = repair(work.folder / "back.csv", work.folder / "repaired.csv", clean, encoding, RETURNED)
    plan = work.preview("repaired.csv")
    assert plan.problems == ()
    work.apply("repaired.csv", plan)
    plan = work.preview("clean.csv")
    assert (plan.changes_nothing, plan.unchanged, plan.problems) == (True, rows, ())
    held(work.desk, clean)
    kinds = len({fault.kind for fault in planted})
    figure(
        f"{faults:,} faults of {kinds} kinds in {rows:,} rows ({encoding}): {len(told(dirty, planted)):,} tellings, "
        f"none too few, none too many, in {seconds:.1f} s; none on the clean file; {edited:,} cells repaired and imported"
    )


def all_told(plan: ImportPlan, expected: list[Told]) -> None:
    found = Counter(Told(one.line, one.column, one.code) for one in plan.problems)
    assert found - Counter(expected) == Counter(), "told too much"
    assert Counter(expected) - found == Counter(), "not told"
    assert [one.line for one in plan.problems] == sorted(one.line for one in plan.problems)
    for one in plan.problems:
        assert row_problem_sentence(one).endswith("。")
    assert not plan.applicable


def sent_back(work: Work, plan: ImportPlan) -> None:
    lines = write_returned(work.folder / "back.csv", work.source("dirty.csv"), plan.problems)
    assert lines == len({one.line for one in plan.problems})


def held(desk: Desk, clean: Register) -> None:
    """The register says what the clean rows say, field by field."""
    wanted = {row["業者番号"]: row for row in clean.texts}
    count = 0
    for record in desk.register_reader.every():
        assert field_texts(record) == as_record(wanted[record.supplier_number])
        count += 1
    assert count == len(wanted)


def as_record(row: Mapping[str, str]) -> dict[str, str]:
    texts = {name: row[heading].removeprefix("'") for name, heading in OWN_HEADINGS.items()}
    grades = {name: text for name, text in texts.items() if name.startswith("grade_")}
    texts |= {name: GRADES.get(text, unicodedata.normalize("NFKC", text)) for name, text in grades.items()}
    return texts | {"extra.規模": row["追加項目:規模"]}


def test_there_are_twenty_kinds_and_more_in_every_encoding() -> None:
    names = {kind.name for kind in KINDS}
    assert len(names) == len(KINDS) == 27
    assert len({kind.code for kind in KINDS}) >= 18
