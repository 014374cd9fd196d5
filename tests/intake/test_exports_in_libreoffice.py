"""What leaves as a file for people, opened by LibreOffice as a clerk would, and by openpyxl: numbers of sixteen digits and Japanese are
intact, and nothing in it is computed."""

from __future__ import annotations

import csv
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell.cell import Cell

from ebidadmin.bundled import bundled
from ebidadmin.domain.ids import EnterpriseId, UserId
from ebidadmin.intake.audit_files import AuditFile
from ebidadmin.intake.exports import export_register
from ebidadmin.intake.layouts import load_layouts
from ebidadmin.intake.registration_files import RegistrationFile
from tests.builders import qualification
from tests.contracts.test_registration_export import SAMPLE
from tests.intake.test_audit_files import FORMULAS, NUMBER, entry
from tests.needs import require_component

NAME = "髙﨑商店 𠮷㈱"
UTF8 = "Text - txt - csv (StarCalc):44,34,76,1"
AS_TEXT = f"{UTF8},{'/'.join(f'{column}/2' for column in range(1, 61))}"
"""The dialogue at opening, where every column was marked as text."""


Opener = Callable[..., dict[str, list[list[Cell]]]]
CSV = ("audit.csv", "register.csv", "registrations.csv")
BOOKS = ("audit.xlsx", "register.xlsx")


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files, each with a row for every formula and one with long numbers and rare characters."""
    require_component("libreoffice")
    folder = tmp_path_factory.mktemp("exports")
    words = (NAME, *FORMULAS)
    for end in ("csv", "xlsx"):
        trail = AuditFile(folder / f"audit.{end}")
        trail.write(entry(seq, by=word, name=word) for seq, word in enumerate(words, 1))
        trail.keep()
        layout = load_layouts(bundled("data") / "reference" / "layouts")["ebidadmin"]
        records = (
            replace(qualification(n), trade_name=word, extra={"企業ID": NUMBER, "備考": word})
            for n, word in enumerate(words, 1)
        )
        export_register(folder / f"register.{end}", records, layout, ("企業ID", "備考"))
    registrations = RegistrationFile(folder / "registrations.csv")
    registrations.write(
        replace(SAMPLE, trade_name=word, enterprise_id=EnterpriseId(NUMBER), user_id=UserId(word))
        for word in words
    )
    registrations.keep()
    return folder


@pytest.fixture(scope="module")
def opened(exports: Path, tmp_path_factory: pytest.TempPathFactory) -> Opener:
    profile = tmp_path_factory.mktemp("profile")

    def convert(*names: str, how: str = "") -> dict[str, list[list[Cell]]]:
        """Each file as LibreOffice has it, once it has written it as a workbook."""
        out = tmp_path_factory.mktemp("opened")
        command = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore"]
        if how:
            command.append(f"--infilter={how}")
        files = [str(exports / name) for name in names]
        done = subprocess.run(
            [*command, "--convert-to", "xlsx", "--outdir", str(out), *files],
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert sorted(path.stem for path in out.iterdir()) == sorted(Path(name).stem for name in names), (
            done.stderr
        )
        return {name: cells(out / f"{Path(name).stem}.xlsx") for name in names}

    return convert


def cells(path: Path) -> list[list[Cell]]:
    """Every cell of the first sheet, as openpyxl has it."""
    return [list(row) for row in openpyxl.load_workbook(path).worksheets[0].iter_rows()]


def values(rows: list[list[Cell]]) -> list[list[str]]:
    """What stands in the cells; the ends of lines within one are spelled in several ways."""
    return [[plain(str(cell.value or "")) for cell in row] for row in rows]


def plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def written(path: Path) -> list[list[str]]:
    """The cells of a CSV, without any program for sheets."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [[plain(cell) for cell in row] for row in csv.reader(file)]


def kinds(rows: list[list[Cell]]) -> set[str]:
    return {cell.data_type for row in rows for cell in row if cell.value is not None}


def test_a_plain_file_would_be_computed(exports: Path, opened: Opener) -> None:
    """The way of opening that the next tests use does take what begins like a formula for one."""
    (exports / "careless.csv").write_text("=1+1\n=cmd|' /C calc'!A0\n", encoding="utf-8")
    assert kinds(opened("careless.csv", how=UTF8)["careless.csv"]) == {"f"}


def test_nothing_in_a_csv_is_computed_and_japanese_stays(exports: Path, opened: Opener) -> None:
    for name, rows in opened(*CSV, how=UTF8).items():
        assert "f" not in kinds(rows), name
        found = {cell for row in values(rows) for cell in row}
        assert any(NAME in cell for cell in found), name
        assert any("=cmd|' /C calc'!A0" in cell for cell in found), name


def test_a_csv_whose_columns_are_text_is_what_was_written(exports: Path, opened: Opener) -> None:
    for name, rows in opened(*CSV, how=AS_TEXT).items():
        assert kinds(rows) == {"s"}, name
        assert values(rows) == written(exports / name), name
        assert any(NUMBER in row for row in values(rows)), name


def test_a_workbook_is_text_before_and_after(exports: Path, opened: Opener) -> None:
    for name, rows in opened(*BOOKS).items():
        before = cells(exports / name)
        assert kinds(before) <= {"s", "inlineStr"}, name
        assert kinds(rows) == {"s"}, name
        assert values(rows) == values(before), name
        told = {cell for row in values(rows) for cell in row}
        assert {NUMBER, "=cmd|' /C calc'!A0"} <= told, name
        assert any(NAME in cell for cell in told), name
