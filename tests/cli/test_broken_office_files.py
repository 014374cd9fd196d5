"""Files of the administrator that cannot be read or written: one sentence each, which names the right file."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ebidadmin.cli.foundation import create_desk
from ebidadmin.clock import SettableClock
from ebidadmin.config import CONFIG_NAME, load_config
from ebidadmin.diagnosis.installation import look_at_office
from ebidadmin.domain.diagnosis import Item, Verdict
from ebidadmin.errors import ConfigurationError, EbidError, InputError
from ebidadmin.office_files import DeskFiles
from tests.builders import NOON
from tests.desks import copied_desk

NAMES = ("settings", "reasons/rejection", "mails/id-approved", "letters/permit_granted")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("broken-files") / "desk"
    create_desk(folder, demo=False, progress=lambda step: None)
    return folder


@pytest.fixture
def desk(made: Path, tmp_path: Path) -> Path:
    return copied_desk(made, tmp_path / "desk")


def own(desk: Path, name: str) -> Path:
    parts = {
        "settings": (CONFIG_NAME,),
        "reasons/rejection": ("data", "reference", "reasons.toml"),
        "mails/id-approved": ("data", "reference", "mails", "id-approved.toml"),
        "letters/permit_granted": ("data", "reference", "letters", "permit_granted.txt"),
    }
    path = desk.joinpath(*parts[name])
    assert path.is_file()
    return path


def unreadable(path: Path) -> None:
    """A file that whoever may do everything cannot read either: reading another process's memory from its start is an error."""
    path.unlink()
    path.symlink_to("/proc/self/mem")


def told(act: Callable[[], object]) -> EbidError:
    with pytest.raises(EbidError) as refused:
        act()
    return refused.value


@pytest.mark.parametrize("name", NAMES)
def test_one_that_cannot_be_read_is_named_by_reading_and_replacing(desk: Path, name: str) -> None:
    path, files = own(desk, name), DeskFiles(desk)
    draft = files.read(name)
    unreadable(path)
    for act in (lambda: files.read(name), lambda: files.replace(name, draft)):
        error = told(act)
        assert (type(error), error.code) == (ConfigurationError, "data-file-unreadable")
        assert error.facts["file"] == str(path)


@pytest.mark.parametrize("name", NAMES)
def test_a_folder_in_its_place_is_named_and_left_alone(desk: Path, name: str) -> None:
    path, files = own(desk, name), DeskFiles(desk)
    draft = files.read(name)
    path.unlink()
    path.mkdir()
    error = told(lambda: files.replace(name, draft))
    assert (error.code, error.facts["file"]) == ("file-unwritable", str(path))
    assert path.is_dir()
    assert not [one for one in path.parent.iterdir() if one.name.endswith(".part")]


@pytest.mark.parametrize("broken", ["folder", "unreadable"])
def test_settings_that_cannot_be_read_are_named(desk: Path, broken: str) -> None:
    path = own(desk, "settings")
    if broken == "folder":
        path.unlink()
        path.mkdir()
    else:
        unreadable(path)
    error = told(lambda: load_config(desk))
    assert (error.code, error.facts["file"]) == ("data-file-unreadable", str(path))


def test_a_folder_of_the_desk_that_is_a_file_is_named(desk: Path) -> None:
    files, path = DeskFiles(desk), own(desk, "mails/id-approved")
    draft = files.read("mails/id-approved")
    shutil.rmtree(path.parent)
    path.parent.write_bytes(b"")
    error = told(lambda: files.replace("mails/id-approved", draft))
    assert (error.code, error.facts["file"]) == ("file-unwritable", str(path))


def test_a_draft_is_blamed_for_itself_and_the_file_in_use_for_itself(desk: Path) -> None:
    files, path = DeskFiles(desk), own(desk, "reasons/rejection")
    good = files.read("reasons/rejection")
    assert (
        told(lambda: files.check("reasons/rejection", b"][", shown="draft.toml")).facts["file"]
        == "draft.toml"
    )
    path.write_bytes(b"][")
    error = told(lambda: files.check("reasons/rejection", good, shown="draft.toml"))
    assert (error.code, error.facts["file"]) == ("data-file-not-toml", str(path))
    path = own(desk, "settings")
    good = files.read("settings")
    assert told(lambda: files.check("settings", b"][", shown="draft.toml")).facts["file"] == "draft.toml"
    path.write_bytes(b"][")
    error = told(lambda: files.check("settings", good, shown="draft.toml"))
    assert (error.code, error.facts["file"]) == ("setting-not-toml", str(path))


def test_a_check_without_room_for_a_copy_says_where(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = DeskFiles(desk)
    good = files.read("mails/id-approved")

    def full(self: Path, content: bytes) -> int:
        raise OSError(28, "No space left on device", str(self))

    monkeypatch.setattr(Path, "write_bytes", full)
    error = told(lambda: files.check("mails/id-approved", good, shown="draft.toml"))
    assert (type(error), error.code) == (InputError, "file-unwritable")
    assert str(error.facts["file"]).endswith("id-approved.toml")
    assert error.facts["file"] != "draft.toml"


@pytest.mark.parametrize("had", [True, False])
def test_putting_back_that_fails_names_the_file(desk: Path, *, had: bool) -> None:
    files, path = DeskFiles(desk), own(desk, "mails/id-approved")
    draft = files.read("mails/id-approved")
    if not had:
        path.unlink()
    put_back = files.replace("mails/id-approved", draft + b"\n")
    path.unlink()
    path.mkdir()
    error = told(put_back)
    assert (error.code, error.facts["file"]) == ("file-unwritable", str(path))


def test_the_diagnosis_tells_it_of_the_files_and_not_of_the_database(desk: Path) -> None:
    path = own(desk, "letters/permit_granted")
    unreadable(path)
    found = {one.item: one for one in look_at_office(desk, clock=SettableClock(NOON))}
    assert found[Item.OFFICE_FILES].verdict is Verdict.FAULT
    assert str(path) in repr(found[Item.OFFICE_FILES])
    assert found[Item.DATABASE].verdict is not Verdict.FAULT
