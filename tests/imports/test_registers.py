"""Two editions of a register, against an independent count; ``test_editions`` follows whole series of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from ebidadmin.domain.imports import ImportPlan
from ebidadmin.domain.qualification_rows import field_texts
from ebidadmin.errors import StalePlanError
from ebidadmin.intake.csv import write_register
from ebidadmin.services import qualification_import
from tests.builders import qualification
from tests.imports.office import IMPORTER, LAYOUTS, ImportDesk
from tests.needs import REAL_DATA, find_real_data, require_component
from tests.registers.generator import first_edition, headings, step
from tests.registers.independent import Counts, compare, read


def made_up(folder: Path) -> tuple[Path, Path]:
    first = first_edition(600)
    second = step(first, "20211215", seed=7, changed=21, added=11, vanished=4)
    order = [*headings()[60:], *headings()[:60]]
    return first.write(folder / "first.csv"), second.write(folder / "second.csv", order)


def real() -> tuple[Path, Path]:
    require_component(REAL_DATA)
    found = find_real_data()
    assert found is not None
    kinki = {path.name: path for path in found.rglob("kinki_construction_*.csv")}
    return kinki["kinki_construction_20211101.csv"], kinki["kinki_construction_20211215.csv"]


def counts(plan: ImportPlan) -> Counts:
    rows = plan.added + plan.changed + plan.unchanged + plan.refused
    return Counts(rows, plan.added, plan.changed, plan.unchanged, plan.vanished, plan.refused)


def test_two_editions_count_as_the_independent_script_counts_them(desk: ImportDesk, tmp_path: Path) -> None:
    first, second = made_up(tmp_path)
    before, after = read(first), read(second)

    assert counts(desk.bring_in(first)) == compare(None, before)
    plan = desk.preview(second)
    assert counts(plan) == compare(before, after)
    assert plan.changed > 10
    assert plan.vanished > 0

    listed = {
        kind: qualification_import.changes(
            desk.office, staff=IMPORTER, store=desk.store, plan=plan, kind=kind, limit=10_000
        )
        for kind in ("added", "changed", "vanished")
    }
    assert [len(found) for found in listed.values()] == [plan.added, plan.changed, plan.vanished]
    assert all(change.fields for change in listed["changed"])

    desk.apply(second, plan)
    again = desk.preview(second)
    assert again.changes_nothing
    assert again.unchanged == after.rows - after.refused
    with pytest.raises(StalePlanError, match="nothing-to-apply"):
        desk.apply(second, again)


def test_rows_without_a_corporate_number_keep_the_number_issued_to_them(
    desk: ImportDesk, tmp_path: Path
) -> None:
    first, second = made_up(tmp_path)
    desk.bring_in(first)
    before = {record.source_key: number for number, record in desk.register().items()}
    desk.bring_in(second)
    after = {record.source_key: number for number, record in desk.register().items()}

    assert all(len(number) == 9 and number.startswith("K") for number in after.values())
    kept = before.keys() & after.keys()
    assert {key: before[key] for key in kept} == {key: after[key] for key in kept}
    without = [key for key in after if key.startswith("text1:")]
    assert len(without) == sum(isinstance(key, tuple) for key in read(second).records)
    assert without


def test_real_registers_make_55_changes_in_six_weeks(desk: ImportDesk) -> None:
    first, second = real()
    desk.bring_in(first)
    plan = desk.preview(second)
    assert (plan.added, plan.changed, plan.vanished, plan.refused) == (11, 55, 2, 0)
    assert plan.problems == ()


def test_a_record_has_every_further_column_that_says_something(desk: ImportDesk, tmp_path: Path) -> None:
    edition = first_edition(3)
    desk.bring_in(edition.write(tmp_path / "r.csv"))
    record = desk.register()["K00000001"]
    row = edition.rows[0]
    said = {name: cell for name, cell in row.items() if cell and not name.startswith(("firm_", "ceo_"))}
    assert dict(record.extra) == said
    assert field_texts(record)["trade_name"] == row["firm_name"]


def test_a_further_column_that_goes_missing_is_told_and_counts_as_change(
    desk: ImportDesk, tmp_path: Path
) -> None:
    edition = first_edition(40)
    desk.bring_in(edition.write(tmp_path / "a.csv"))
    had = sum(bool(row["asphalt_rank"]) for row in edition.rows)
    for row in edition.rows:
        del row["asphalt_rank"]
    order = [name for name in headings() if name != "asphalt_rank"]
    plan = desk.preview(edition.write(tmp_path / "b.csv", order))
    assert [(p.code, p.column) for p in plan.problems] == [("extra-column-gone", "asphalt_rank")]
    assert (plan.changed, plan.vanished) == (had, 0)
    assert 0 < had < 40


def test_a_new_further_column_is_listed_and_kept(desk: ImportDesk, tmp_path: Path) -> None:
    edition = first_edition(2)
    for row in edition.rows:
        row["staff"] = "12"
    plan = desk.bring_in(edition.write(tmp_path / "a.csv", [*headings(), "staff"]))
    assert [(p.code, p.column, p.line) for p in plan.problems] == [("heading-unknown", "staff", 1)]
    assert desk.register()["K00000001"].extra["staff"] == "12"


def test_doubled_rows_are_refused_listed_and_do_not_vanish(desk: ImportDesk, tmp_path: Path) -> None:
    edition = first_edition(90)
    desk.bring_in(edition.write(tmp_path / "a.csv"))
    edition.rows += [
        edition.rows[0],
        edition.rows[29] | {"ceo_name": edition.rows[29]["ceo_name"].replace("\u3000", " ")},
    ]
    plan = desk.preview(edition.write(tmp_path / "b.csv"))
    assert [(p.line, p.code, p.facts["lines"]) for p in plan.problems] == [
        (2, "key-doubled", "92"),
        (31, "key-doubled", "93"),
        (92, "key-doubled", "2"),
        (93, "key-doubled", "31"),
    ]
    assert (plan.refused, plan.vanished, plan.unchanged) == (4, 0, 88)
    assert counts(plan) == compare(read(tmp_path / "a.csv"), read(tmp_path / "b.csv"))
    assert plan.applicable


def test_numbers_that_a_file_brought_along_are_not_issued_again(desk: ImportDesk, tmp_path: Path) -> None:
    own = LAYOUTS["ebidadmin"]
    brought = qualification(1, supplier_number="K00000002", corporate_number="")
    write_register(tmp_path / "own.csv", [brought], own, [])
    desk.bring_in(tmp_path / "own.csv", replace(own, full=False))
    desk.bring_in(
        first_edition(3).write(tmp_path / "a.csv"), replace(LAYOUTS["mlit-construction"], full=False)
    )
    assert sorted(desk.register()) == ["K00000001", "K00000002", "K00000003", "K00000004"]
    assert desk.register()["K00000002"] == brought


def test_an_issued_number_is_never_given_to_another(desk: ImportDesk, tmp_path: Path) -> None:
    edition = first_edition(5)
    desk.bring_in(edition.write(tmp_path / "a.csv"))
    fifth = edition.rows.pop()
    desk.bring_in(edition.write(tmp_path / "b.csv"))
    newcomer = first_edition(9).rows[8]
    edition.rows.append(newcomer)
    desk.bring_in(edition.write(tmp_path / "c.csv"))
    assert desk.register()["K00000006"].trade_name == newcomer["firm_name"]
    edition.rows.append(fifth)
    desk.bring_in(edition.write(tmp_path / "d.csv"))
    assert desk.register()["K00000005"].trade_name == fifth["firm_name"]


def test_previews_leave_the_register_and_the_issued_numbers_alone(desk: ImportDesk, tmp_path: Path) -> None:
    plan = desk.preview(first_edition(9).write(tmp_path / "a.csv"))
    qualification_import.discard(desk.office, staff=IMPORTER, store=desk.store, plan=plan)
    with desk.engine.begin() as connection:
        for table in (
            "qualifications",
            "qualification_batches",
            "source_keys",
            "import_stage",
            "import_runs",
        ):
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0, table
