"""The shipped layouts on files of their form, real ones where they are, against counts and values computed without the program."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from ebidadmin.domain.layouts import FIELDS
from ebidadmin.domain.qualification_rows import field_texts
from ebidadmin.intake.csv import write_register
from tests.builders import qualification
from tests.imports.office import LAYOUTS, ImportDesk
from tests.needs import REAL_DATA, find_real_data, require_component
from tests.registers.generator import corporate_number, first_edition, step
from tests.registers.independent import Key, Records, compare, read, said, squeezed


def real(pattern: str) -> list[Path]:
    require_component(REAL_DATA)
    folder = find_real_data()
    assert folder is not None
    return sorted(folder.rglob(pattern))


def four_editions(folder: Path) -> list[Path]:
    editions = [first_edition(300)]
    for n, day in enumerate(("20211115", "20211201", "20211215")):
        editions.append(step(editions[-1], day, seed=n, changed=9, added=2, vanished=7))
    return [edition.write(folder / f"{edition.day}.csv") for edition in editions]


def key(record: dict[str, str]) -> Key:
    number = record.get("firm_id", "")
    return number or tuple(squeezed(record[name]) for name in ("firm_name", "ceo_name", "firm_address"))


def as_file(record: dict[str, str]) -> dict[str, str]:
    """A record's texts under the headings of the bureaus, without those that say nothing."""
    names = {
        "trade_name": "firm_name", "representative_name": "ceo_name", "address": "firm_address", "corporate_number": "firm_id",
    }  # fmt: skip
    cells = {column: record[name] for name, column in names.items()}
    cells |= {name.removeprefix("extra."): text for name, text in record.items() if name.startswith("extra.")}
    return {name: cell for name, cell in cells.items() if cell}


def held(desk: ImportDesk) -> Records:
    records = [as_file(field_texts(record)) for record in desk.reader.every()]
    return {key(record): record for record in records}


@pytest.mark.parametrize("kind", ["made-up", "real"])
def test_four_editions_in_order_and_the_first_again(desk: ImportDesk, tmp_path: Path, kind: str) -> None:
    files = four_editions(tmp_path) if kind == "made-up" else real("kinki_construction_*.csv")[:4]
    assert len(files) == 4
    before = None
    for file in [*files, files[0]]:
        after = read(file)
        plan = desk.bring_in(file)
        found = (plan.added, plan.changed, plan.unchanged, plan.vanished, plan.refused)
        assert found == compare(before, after)[1:], file.name
        assert held(desk) == after.records, file.name
        before = after


def test_the_real_consulting_register(desk: ImportDesk) -> None:
    [file] = real("*consulting*.csv")[:1]
    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    keys = Counter(squeezed(row["firm_id"]) or squeezed(row["firm_name"]) for row in rows)
    plan = desk.bring_in(file, "mlit-consulting")
    once = [row for row in rows if keys[squeezed(row["firm_id"]) or squeezed(row["firm_name"])] == 1]
    assert (plan.added, plan.refused) == (len(once), len(rows) - len(once))
    expected = sorted(sorted(said(row).items()) for row in once)
    assert sorted(sorted(as_file(field_texts(record)).items()) for record in desk.reader.every()) == expected
    assert desk.preview(file, "mlit-consulting").changes_nothing


def test_english_headings_of_every_field(desk: ImportDesk, tmp_path: Path) -> None:
    english = LAYOUTS["ebidadmin-en"]
    assert set(english.fields) == set(FIELDS)
    record = qualification(1, extra={"size": "=1"})
    write_register(tmp_path / "f.csv", [record], english, ["size"])
    desk.bring_in(tmp_path / "f.csv", "ebidadmin-en")
    assert list(desk.register().values()) == [record]
    assert desk.preview(tmp_path / "f.csv", "ebidadmin-en").changes_nothing


def test_the_download_of_corporate_numbers_has_no_headings(desk: ImportDesk, tmp_path: Path) -> None:
    layout = LAYOUTS["nta-houjin"]
    assert len(layout.columns) == 30
    rows = []
    for n in (1, 2):
        row = dict.fromkeys(layout.columns, "") | {"連番": str(n), "法人番号": corporate_number(n)}
        row |= {
            "商号又は名称": f"株式会社テスト商会{n:02d}",
            "フリガナ": "テストショウカイ",
            "郵便番号": "7500001",
            "処理区分": "01",
        }
        row |= {layout.columns[9]: "見本県", layout.columns[10]: "架空市", layout.columns[11]: f"見本町{n}"}
        rows.append(list(row.values()))
    path = tmp_path / "35.csv"
    with path.open("w", encoding="cp932", newline="") as stream:
        csv.writer(stream, quoting=csv.QUOTE_ALL).writerows(rows)
    plan = desk.bring_in(path, "nta-houjin")
    assert (plan.added, plan.problems) == (2, ())
    record = desk.register()["K00000001"]
    assert (record.trade_name, record.address) == ("株式会社テスト商会01", "見本県架空市見本町1")
    assert dict(record.extra) == {"処理区分": "01"}
