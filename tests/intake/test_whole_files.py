"""Files come into their place whole, and whoever could read what stood there before can read the new one, and nobody else."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebidadmin.cli.permit_papers import write_files
from ebidadmin.domain.imports import ProblemSeverity, RowProblem
from ebidadmin.errors import InputError
from ebidadmin.intake.batches import open_batch
from ebidadmin.intake.csv import write_register
from ebidadmin.intake.exports import export_register
from ebidadmin.intake.layout_drafts import write_whole
from ebidadmin.intake.registration_files import RegistrationFile
from ebidadmin.intake.returned import write_returned
from ebidadmin.intake.returned_batch import write_refused
from ebidadmin.intake.sources import open_source
from ebidadmin.intake.table_file import write_table
from ebidadmin.intake.whole_files import check_place, mode_in_other_group, whole_file, whole_text
from ebidadmin.office_files import write_bytes_whole
from tests.builders import qualification
from tests.imports.office import LAYOUTS

LAYOUT = LAYOUTS["ebidadmin"]


@pytest.fixture
def umask() -> Iterator[Callable[[int], None]]:
    before = os.umask(0o022)
    yield lambda mask: void(os.umask(mask))
    os.umask(before)


def void(_value: object) -> None:
    """Nothing is answered."""


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def registrations(path: Path) -> None:
    target = RegistrationFile(path)
    target.write(iter(()))
    target.keep()


def refused(path: Path) -> None:
    batch = path.with_name("batch.jsonl")
    batch.write_text('{"user_id": "x"}\n', encoding="utf-8")
    write_refused(path, open_batch(batch), {})


def returned(path: Path) -> None:
    source = path.with_name("register.csv")
    source.write_text("業者番号,商号又は名称\n190000092,(株)テスト商会01\n", encoding="utf-8")
    problems = [RowProblem(2, "name", "required", ProblemSeverity.ERROR, "")]
    write_returned(path, open_source(source, LAYOUT), problems)


PERSONAL: dict[str, Callable[[Path], object]] = {"registrations": registrations, "refused": refused}
OTHERS: dict[str, Callable[[Path], object]] = {
    "register": lambda path: write_register(path, [qualification(1)], LAYOUT, ()),
    "workbook": lambda path: export_register(path, [qualification(1)], LAYOUT, ()),
    "returned": returned,
    "table": lambda path: write_table(path, ["a"], [["1"]]),
    "letter": lambda path: write_files([(path, b"%PDF")], None),
    "layout": lambda path: write_whole(path, "name"),
    "office-file": lambda path: write_bytes_whole(path, b"text"),
}
ENDS = {"workbook": ".xlsx", "refused": ".jsonl"}
EVERY = [*PERSONAL.items(), *OTHERS.items()]


@pytest.mark.parametrize(("name", "write"), EVERY, ids=[name for name, _ in EVERY])
@pytest.mark.parametrize("before", [0o600, 0o640, 0o664, 0o444])
def test_a_file_that_is_replaced_keeps_who_may_read_it(
    tmp_path: Path, umask: Callable[[int], None], name: str, write: Callable[[Path], object], before: int
) -> None:
    umask(0o077 if before & 0o077 else 0)
    path = tmp_path / f"out{ENDS.get(name, '.csv')}"
    path.write_text("old", encoding="utf-8")
    path.chmod(before)
    write(path)
    assert mode(path) == before
    assert path.read_bytes() != b"old"
    assert not list(tmp_path.glob("*.part"))
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize(("name", "write"), EVERY, ids=[name for name, _ in EVERY])
@pytest.mark.parametrize("mask", [0o022, 0o027, 0o077])
def test_a_new_file_is_the_umasks_or_the_owners_where_it_names_contact_persons(
    tmp_path: Path, umask: Callable[[int], None], name: str, write: Callable[[Path], object], mask: int
) -> None:
    umask(mask)
    path = tmp_path / f"out{ENDS.get(name, '.csv')}"
    write(path)
    assert mode(path) == (0o600 if name in PERSONAL else 0o666 & ~mask)


def test_the_group_is_kept_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "out.csv"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o640)
    given_away: list[tuple[int, int]] = []
    real = os.stat_result(path.stat())
    other = os.stat_result((*real[:5], real.st_gid + 1, *real[6:]))
    monkeypatch.setattr(
        "ebidadmin.intake.whole_files.os.chown", lambda _path, user, group: given_away.append((user, group))
    )
    monkeypatch.setattr("ebidadmin.intake.whole_files._replaced", lambda _path: other)
    with whole_text(path, encoding="utf-8") as stream:
        stream.write("new")
    assert given_away == [(-1, real.st_gid + 1)]
    assert mode(path) == 0o640

    def not_in_that_group(_path: Path, _user: int, _group: int) -> None:
        raise PermissionError

    monkeypatch.setattr("ebidadmin.intake.whole_files.os.chown", not_in_that_group)
    with whole_text(path, encoding="utf-8") as stream:
        stream.write("newer")
    assert (mode(path), path.read_text(encoding="utf-8")) == (0o600, "newer")


@given(st.integers(0, 0o777))
def test_in_another_group_nobody_may_more_than_everybody_could(before: int) -> None:
    after = mode_in_other_group(before)
    assert after & 0o707 == before & 0o707
    assert (after >> 3) & 7 == before & 7


def test_half_a_file_never_takes_the_place(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("old", encoding="utf-8")

    def broken() -> None:
        with whole_file(path) as stream:
            stream.write(b"ne")
            raise RuntimeError("cut off")

    with pytest.raises(RuntimeError, match="cut off"):
        broken()
    assert [one.name for one in tmp_path.iterdir()] == ["out.csv"]
    assert path.read_text(encoding="utf-8") == "old"


def test_two_at_one_place_do_not_write_into_each_other(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    with whole_file(path) as first, whole_file(path) as second:
        first.write(b"first")
        second.write(b"second")
    assert path.read_bytes() == b"first"


@pytest.mark.parametrize("place", ["folder", "pipe", "file/out.csv", "missing/out.csv"])
def test_where_no_file_can_be_is_told_before_anything_is_done(tmp_path: Path, place: str) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").write_bytes(b"")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(InputError, match="file-unwritable"):
        check_place(tmp_path / place)
    with pytest.raises(InputError, match="file-unwritable"), whole_file(tmp_path / place):
        pass
    assert sorted(tmp_path.rglob("*")) == before


def test_trying_a_place_leaves_it_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "old.csv").write_text("old", encoding="utf-8")
    check_place(tmp_path / "new.csv")
    check_place(tmp_path / "old.csv")
    assert [(one.name, one.read_text(encoding="utf-8")) for one in tmp_path.iterdir()] == [("old.csv", "old")]
