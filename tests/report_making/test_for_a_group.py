"""Who may open what a report left: its maker, or the group to which the administrator gave the folder of outputs."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from ebidadmin.report_making.outputs import OutputFolder, give_to_group


def modes(*paths: Path) -> list[int]:
    return [stat.S_IMODE(path.stat().st_mode) & 0o777 for path in paths]


@pytest.fixture
def made(tmp_path: Path) -> Path:
    folder = tmp_path / "outputs" / "daily"
    folder.mkdir(mode=0o700, parents=True)
    folder.joinpath("report.html").touch(mode=0o600)
    return folder


def test_what_is_made_stays_its_makers(made: Path) -> None:
    give_to_group(made, made.parent)
    assert modes(made, made / "report.html") == [0o700, 0o600]


def test_a_folder_that_was_given_to_a_group_passes_on_who_may_read(made: Path) -> None:
    made.parent.chmod(0o2770)
    give_to_group(made, made.parent)
    assert modes(made, made / "report.html") == [0o770, 0o660]


def test_the_name_of_the_place_is_for_that_group_too(made: Path) -> None:
    made.parent.chmod(0o2770)
    before = os.umask(0o077)
    try:
        assert OutputFolder(made.parent).place()
    finally:
        os.umask(before)
    assert modes(made.parent / "place.txt") == [0o660]
