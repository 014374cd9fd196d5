"""The folder of outputs: one folder for each run below it, and a name of its own, for computers that share a database."""

from __future__ import annotations

import json
import os
import shutil
import stat
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from ebidadmin.domain.report_runs import ReportRun
from ebidadmin.errors import NotFoundError

NOTEBOOK = "notebook.ipynb"
FIGURES = "figures.json"
FAILED = "_failed"
"""How the folder of a failed run ends."""

PLACE = "place.txt"
"""What the folder of outputs is called, in a file below it."""


def give_to_group(made: Path, outputs: Path) -> None:
    """Open what a run made to the group of the folder of ``outputs``, where the administrator gave that to one (set-group-ID), as
    ``deploy/open-desk.sh`` does; otherwise it stays its maker's alone."""
    if not outputs.stat().st_mode & stat.S_ISGID:
        return
    for path in (made, *made.rglob("*")):
        path.chmod(0o770 if path.is_dir() else 0o660)


@dataclass(frozen=True, slots=True)
class OutputFolder:
    """``report_ports.ReportOutputs``, and what passes do with what runs left."""

    folder: Path

    def place(self) -> str:
        if known := self._known():
            return known
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            drawn = self.folder / f".{uuid4().hex}"
            drawn.write_text(uuid4().hex, encoding="ascii")
            try:
                # Two that begin at the same time agree on one name: the first one's, and a whole one.
                give_to_group(drawn, self.folder)
                with suppress(FileExistsError):
                    os.link(drawn, self.folder / PLACE)
            finally:
                drawn.unlink()
        except OSError:
            # Nothing can be written there: the run will fail, and say so.
            return ""
        return self._known()

    def is_here(self, run: ReportRun) -> bool:
        if run.place:
            return run.place == self._known()
        # From before places were noted.
        return bool(run.folder and self._is_folder(run.folder)) or unfinished(self.folder, run).is_dir()

    def keep_notebook(self, run: ReportRun) -> str:
        left, whole = unfinished(self.folder, run), self.folder / folder_name(run)
        failed = whole.with_name(whole.name + FAILED)
        try:
            if left.is_dir():
                only_notebook(left)
                left.rename(failed := free(failed))
        except OSError:
            # Whoever wrote there still does, or another pass is faster.
            return ""
        # It may have been killed when all was in place, and only its end was not recorded.
        return next((one.name for one in (failed, whole) if one.is_dir()), "")

    def remove(self, folder: str) -> bool:
        if not _is_name(folder):
            return False
        place = self.folder / folder
        while place.exists():
            try:
                shutil.rmtree(place)
            except FileNotFoundError:
                # Another scheduler removes it as well: what it took first there is less of with each turn.
                continue
            except OSError:
                return not place.exists()
        return True

    def files(self, run: ReportRun) -> tuple[str, ...]:
        if not self._is_folder(run.folder) or not self.is_here(run):
            return ()
        order = (".html", ".pdf", ".xlsx", ".ipynb")
        names = [one.name for one in self.folder.joinpath(run.folder).iterdir() if one.suffix in order]
        return tuple(sorted(names, key=lambda name: order.index(Path(name).suffix)))

    def read(self, run: ReportRun, name: str) -> bytes:
        if name not in self.files(run):
            raise NotFoundError("report-output-gone", id=run.id, name=name)
        return self.folder.joinpath(run.folder, name).read_bytes()

    def figures(self, run: ReportRun) -> Mapping[str, float]:
        if not self._is_folder(run.folder) or not self.is_here(run):
            return {}
        file = self.folder / run.folder / FIGURES
        if not file.is_file():
            return {}
        return {str(name): float(value) for name, value in json.loads(file.read_text("utf-8")).items()}

    def _known(self) -> str:
        file = self.folder / PLACE
        if not os.access(self.folder, os.R_OK | os.X_OK):
            # Outputs that are not for this person are as those of another computer.
            return ""
        return file.read_text(encoding="ascii").strip() if file.is_file() else ""

    def _is_folder(self, name: str) -> bool:
        return _is_name(name) and self.folder.joinpath(name).is_dir()


def folder_name(run: ReportRun) -> str:
    """What the folder of a run that is done is called, where nothing lies there already."""
    return f"{run.period.report.value}_{run.period.key}" + (f"_{run.attempt}" if run.attempt else "")


def unfinished(folder: Path, run: ReportRun) -> Path:
    """Where a run writes, aside from what is whole."""
    return folder / f".{folder_name(run)}.unfinished"


def only_notebook(aside: Path) -> None:
    """Leave nothing of a failed report but its notebook."""
    for output in aside.iterdir():
        if output.name != NOTEBOOK:
            output.unlink()


def free(target: Path) -> Path:
    """The place, or one beside it where something lies there already (left by a database that was put back)."""
    place, number = target, 2
    while place.exists():
        place, number = target.with_name(f"{target.name}-{number}"), number + 1
    return place


def _is_name(folder: str) -> bool:
    """Whether it names a folder below that of outputs: nothing that a changed row of the database could name outside it, nor all of it."""
    return bool(folder) and folder == Path(folder).name and not folder.startswith(".")
