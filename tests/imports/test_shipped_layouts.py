"""The shipped layouts on files of their form, against values computed without the program; registers of the bureaus have a module of
their own."""

from __future__ import annotations

import csv
from pathlib import Path

from ebidadmin.domain.layouts import FIELDS
from ebidadmin.intake.csv import write_register
from tests.builders import qualification
from tests.imports.office import LAYOUTS, ImportDesk
from tests.registers.generator import corporate_number


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
