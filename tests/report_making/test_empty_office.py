"""A new desk, before its first import: reports say that there is nothing, instead of failing."""

from __future__ import annotations

from pathlib import Path

import pytest

from ebidadmin.cli.foundation import create_desk
from ebidadmin.domain.report_periods import ReportName
from ebidadmin.errors import NotFoundError
from tests.report_making.cells import run_cells


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("empty") / "desk"
    create_desk(made, demo=False, progress=lambda step: None)
    return made


@pytest.mark.parametrize("report", [name for name in ReportName if name is not ReportName.IMPORT_REPORT])
def test_every_report_is_made(empty: Path, report: ReportName) -> None:
    sheet = run_cells(report, empty).sheet
    assert sheet.parts
    assert sheet.actions == ()


def test_without_an_import_there_is_none_to_report_on(empty: Path) -> None:
    with pytest.raises(NotFoundError) as refused:
        run_cells(ReportName.IMPORT_REPORT, empty)
    assert refused.value.facts["kind"] == "import"
