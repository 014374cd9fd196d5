"""Runs the cells of a report's notebook in this process: what a kernel would do, without the seconds that one takes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from ebidadmin.bootstrap import DESK_VARIABLE
from ebidadmin.domain.report_periods import ReportName
from ebidadmin.report_making.writing import FOLDER_VARIABLE
from ebidadmin.reporting.sheet import Sheet, read_sheet
from tests.needs import ROOT


@dataclass(frozen=True, slots=True)
class Ran:
    """What the notebook had at its end: the frames, and the sheet as it was written down."""

    frames: Any
    sheet: Sheet

    def rows(self, title: str) -> list[tuple[Any, ...]]:
        """All rows of the part of that title."""
        (part,) = (one for one in self.sheet.parts if one.title == title)
        return list(part.all_rows or part.rows)


def run_cells(report: ReportName, desk: Path, *, as_of: str = "", period: str = "") -> Ran:
    """The shipped notebook with those parameters, on the desk in that folder."""
    notebook = json.loads((ROOT / "reports" / f"{report.value}.ipynb").read_text(encoding="utf-8"))
    names: dict[str, Any] = {"display": lambda *shown: None}
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv(DESK_VARIABLE, str(desk))
        patch.setenv(FOLDER_VARIABLE, folder)
        for cell in notebook["cells"]:
            if cell["cell_type"] != "code":
                continue
            exec("".join(cell["source"]), names)  # noqa: S102 - the notebooks are this repository's own
            if "parameters" in cell["metadata"].get("tags", ()):
                names |= {"as_of": as_of, "period": period}
        names["report"].engine.dispose()
        return Ran(names["frames"], read_sheet(Path(folder)))
