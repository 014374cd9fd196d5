"""What is no file is told before anybody begins to read it: a device never ends, and a pipe gives what it has only once."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ebidadmin.errors import InputError
from ebidadmin.intake.sources import open_source
from tests.imports.office import LAYOUTS


def pipe(folder: Path) -> Path:
    os.mkfifo(folder / "register.csv")
    return folder / "register.csv"


def link_to_a_device(folder: Path) -> Path:
    (folder / "register.csv").symlink_to("/dev/zero")
    return folder / "register.csv"


@pytest.mark.parametrize("make", [pipe, link_to_a_device, lambda folder: folder, lambda _: Path("/dev/zero")])
def test_what_is_no_file_is_refused_at_once(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    path = make(tmp_path)
    with pytest.raises(InputError) as refused:
        open_source(path, LAYOUTS["ebidadmin"])
    assert (refused.value.code, refused.value.facts["file"]) == ("file-not-a-file", path.name)


def test_a_link_to_a_file_is_the_file(tmp_path: Path) -> None:
    (tmp_path / "2021.csv").write_text(
        "業者番号,商号又は名称\n190000092,(株)テスト商会01\n", encoding="utf-8"
    )
    (tmp_path / "newest.csv").symlink_to(tmp_path / "2021.csv")
    source = open_source(tmp_path / "newest.csv", LAYOUTS["ebidadmin"])
    assert source.headings() == ("業者番号", "商号又は名称")
