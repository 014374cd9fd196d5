"""A person's own desk under the hub: links to the office's, and what is the person's own."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from ebidadmin import hub
from ebidadmin.cli.foundation import create_desk
from ebidadmin.config import CONFIG_NAME, load_config
from ebidadmin.errors import ConfigurationError


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("srv") / "desk"
    create_desk(folder, demo=False, progress=lambda step: None)
    for name in ("report-outputs", "var/backups", "var/log"):
        folder.joinpath(name).mkdir(parents=True, exist_ok=True)
    folder.joinpath("audit-key.pem").write_text("secret")
    return folder


@pytest.fixture
def office(shared: Path, tmp_path: Path) -> Path:
    return shutil.copytree(shared, tmp_path / "office")


@pytest.fixture(autouse=True)
def umask_of_before() -> Iterator[None]:
    """What is prepared here sets it for its whole process, and that is the tests'."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    made = tmp_path / "home"
    made.mkdir()
    return made


def test_settings_are_the_offices_and_places_the_persons(office: Path, home: Path) -> None:
    desk = hub.own_desk(office, home)
    assert desk == home / ".ebidadmin"
    assert load_config(desk).office == load_config(office).office
    assert (desk / "report-outputs").resolve() == office / "report-outputs"
    assert {one.name for one in desk.iterdir() if not one.is_symlink()} == {"var"}
    assert [
        name for name in ("audit-key.pem", "ebidadmin.sqlite", "var/backups") if (desk / name).exists()
    ] == []
    assert [stat.S_IMODE((desk / one).stat().st_mode) for one in (".", "var", "var/log")] == [0o700] * 3


def test_a_second_time_follows_an_office_that_moved(office: Path, home: Path) -> None:
    hub.own_desk(office, home)
    moved = office.rename(office.with_name("moved"))
    desk = hub.own_desk(moved, home)
    assert (desk / CONFIG_NAME).resolve() == moved / CONFIG_NAME
    assert hub.own_desk(moved, home) == desk


def test_what_is_no_longer_there_is_no_longer_linked(office: Path, home: Path) -> None:
    desk = hub.own_desk(office, home)
    shutil.rmtree(office / "report-outputs")
    hub.own_desk(office, home)
    assert not (desk / "report-outputs").is_symlink()


def test_a_place_that_the_settings_name_elsewhere_is_linked_as_it_is_called(office: Path, home: Path) -> None:
    settings = office / CONFIG_NAME
    settings.write_text(
        settings.read_text(encoding="utf-8").replace('folder = "mail"', 'folder = "post/out"'),
        encoding="utf-8",
    )
    office.joinpath("post", "out").mkdir(parents=True)
    desk = hub.own_desk(office, home)
    assert load_config(desk).mail_folder.resolve() == office / "post" / "out"


def test_something_of_the_persons_in_a_links_place_is_left_alone_and_named(office: Path, home: Path) -> None:
    desk = hub.own_desk(office, home)
    desk.joinpath(CONFIG_NAME).unlink()
    desk.joinpath(CONFIG_NAME).write_text("mine")
    with pytest.raises(ConfigurationError) as caught:
        hub.own_desk(office, home)
    assert (caught.value.code, caught.value.facts["file"]) == ("own-desk-occupied", str(desk / CONFIG_NAME))
    assert desk.joinpath(CONFIG_NAME).read_text() == "mine"


def test_the_hubs_words_reach_the_server_and_a_persons_jupyter_does_not(tmp_path: Path) -> None:
    base = {"PATH": "/bin", "JUPYTERHUB_API_TOKEN": "t", "JUPYTER_PATH": "/evil", "IPYTHONDIR": "/evil"}
    made = hub.environment(tmp_path, base)
    assert made["JUPYTERHUB_API_TOKEN"] == "t"
    assert made["IPYTHONDIR"].startswith(str(tmp_path))
    assert {"JUPYTER_PATH", "JUPYTER_TOKEN", "EBIDADMIN_ANNOUNCE"} & set(made) == set()


def test_only_preparing_prints_the_folder(
    office: Path, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EBIDADMIN_OFFICE", str(office))
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setattr("sys.argv", ["hub", "--prepare"])
    assert hub.main() == 0
    assert capsys.readouterr().out == f"{home / '.ebidadmin'}\n"


def test_an_office_without_settings_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EBIDADMIN_OFFICE", str(tmp_path / "none"))
    monkeypatch.setattr("sys.argv", ["hub"])
    assert hub.main() == 1
    assert capsys.readouterr().err.startswith("ebidadmin: desk-missing")
