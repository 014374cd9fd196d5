"""The folder of outputs: its name, what is in it, what goes, what is kept of a run that died; never anything outside it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import pytest

from ebidadmin.domain import report_runs
from ebidadmin.domain.report_periods import Period, ReportName
from ebidadmin.domain.report_runs import ReportRun
from ebidadmin.errors import NotFoundError
from ebidadmin.report_making.outputs import FAILED, NOTEBOOK, OutputFolder, folder_name, unfinished
from tests.builders import NOON

PERIOD = Period(report=ReportName.DAILY_REVIEW, key="2026-10-07", due=NOON)


@pytest.fixture
def outputs(tmp_path: Path) -> OutputFolder:
    return OutputFolder(tmp_path / "desk" / "report-outputs")


def run(outputs: OutputFolder, **changes: object) -> ReportRun:
    made = report_runs.start(
        PERIOD, attempt=0, as_of=NOON, lease_until=NOON, by="cron", at=NOON, place=outputs.place()
    ).after
    return replace(made, **changes)  # type: ignore[arg-type]  # fields of a run


def write(folder: Path, *names: str) -> None:
    folder.mkdir(parents=True)
    for name in names:
        folder.joinpath(name).write_text(name, encoding="utf-8")


def test_a_folder_is_given_one_name_however_many_begin_at_once(tmp_path: Path) -> None:
    for turn in range(20):
        outputs, ready = OutputFolder(tmp_path / str(turn)), Barrier(4)

        def named(_: int, outputs: OutputFolder = outputs, ready: Barrier = ready) -> str:
            ready.wait(30)
            return outputs.place()

        with ThreadPoolExecutor(4) as pool:
            names = set(pool.map(named, range(4)))
        assert len(names) == 1
        assert names == {OutputFolder(outputs.folder).place()}
        assert len(names.pop()) == 32
        assert [one.name for one in outputs.folder.iterdir()] == ["place.txt"]


def test_two_folders_have_two_names_and_each_has_its_own_runs(outputs: OutputFolder, tmp_path: Path) -> None:
    other = OutputFolder(tmp_path / "another desk")
    made = run(outputs, folder="x")
    write(outputs.folder / "x", "a.html")
    write(other.folder / "x", "a.html", "figures.json")
    assert (outputs.is_here(made), other.is_here(made)) == (True, False)
    assert (outputs.files(made), other.files(made), other.figures(made)) == (("a.html",), (), {})
    with pytest.raises(NotFoundError):
        other.read(made, "a.html")
    unknown = replace(made, place="")
    assert (outputs.is_here(unknown), other.is_here(unknown)) == (True, True)
    assert not OutputFolder(tmp_path / "empty").is_here(unknown)


def test_where_no_folder_can_be_made_there_is_no_name(tmp_path: Path) -> None:
    tmp_path.joinpath("file").write_text("", encoding="utf-8")
    assert OutputFolder(tmp_path / "file" / "outputs").place() == ""


@pytest.mark.parametrize("name", ["", ".", "..", "../desk", "a/b", ".hidden", "/etc"])
def test_no_name_leads_out_of_the_folder_nor_to_all_of_it(outputs: OutputFolder, name: str) -> None:
    """A name comes from the database, which somebody may have changed."""
    write(outputs.folder / "kept", "a.html")
    outputs.folder.parent.joinpath("a.html").touch()
    assert not outputs.remove(name)
    assert outputs.folder.joinpath("kept", "a.html").is_file()
    damaged = run(outputs, folder=name)
    assert (outputs.files(damaged), outputs.figures(damaged)) == ((), {})


def test_two_schedulers_that_remove_the_same_both_find_it_gone(outputs: OutputFolder) -> None:
    for turn in range(20):
        write(outputs.folder / str(turn), *map(str, range(60)))
        ready = Barrier(2)

        def remove(name: str, ready: Barrier = ready) -> bool:
            ready.wait(30)
            return outputs.remove(name)

        with ThreadPoolExecutor(2) as pool:
            assert list(pool.map(remove, [str(turn)] * 2)) == [True, True]
        assert not outputs.folder.joinpath(str(turn)).exists()


def test_of_a_run_that_died_its_notebook_is_kept_as_of_one_that_failed(outputs: OutputFolder) -> None:
    dead = run(outputs)
    assert outputs.keep_notebook(dead) == ""
    write(unfinished(outputs.folder, dead), NOTEBOOK, "sheet.json", "a.html")
    assert outputs.keep_notebook(dead) == folder_name(dead) + FAILED
    kept = replace(dead, folder=folder_name(dead) + FAILED)
    assert outputs.files(kept) == (NOTEBOOK,)
    assert sorted(one.name for one in outputs.folder.iterdir()) == [kept.folder, "place.txt"]
    # Another one of that name, from before the database was put back.
    write(unfinished(outputs.folder, dead), NOTEBOOK)
    assert outputs.keep_notebook(dead) == f"{kept.folder}-2"


def test_what_was_whole_when_its_run_was_killed_is_kept_whole(outputs: OutputFolder) -> None:
    dead = run(outputs)
    write(outputs.folder / folder_name(dead), NOTEBOOK, "a.html")
    assert outputs.keep_notebook(dead) == folder_name(dead)
    assert outputs.files(replace(dead, folder=folder_name(dead))) == ("a.html", NOTEBOOK)
