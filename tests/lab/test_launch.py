"""How the server is started: local, apart from the person's own Jupyter, the token in no command line."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from ebidadmin.errors import ConfigurationError
from ebidadmin.lab import launch


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "00_home.ipynb").write_text("{}", encoding="utf-8")
    return tmp_path


def test_folder_without_notebooks_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        launch.serve(tmp_path)
    assert caught.value.code == "desk-without-notebooks"
    assert caught.value.facts["folder"] == str(tmp_path / "notebooks")


def test_persons_own_jupyter_settings_stay_outside(desk: Path) -> None:
    base = {
        "JUPYTER_PATH": "/x",
        "JUPYTER_CONFIG_DIR": "/y",
        "JUPYTERLAB_DIR": "/z",
        "IPYTHONDIR": "/i",
        "HOME": "/h",
        "JUPYTERHUB_USER": "hana",
    }
    made = launch.environment(desk, "secret-token", base)
    assert "/x" not in made.values()
    assert "JUPYTERLAB_DIR" not in made
    assert made["JUPYTER_CONFIG_DIR"] == str(desk / "var" / "jupyter" / "config")
    assert made["IPYTHONDIR"].startswith(str(desk))
    assert (made["HOME"], made["JUPYTERHUB_USER"], made["EBIDADMIN_DESK"]) == ("/h", "hana", str(desk))


def test_token_is_in_the_environment_and_the_command_is_local(desk: Path) -> None:
    assert launch.environment(desk, "secret-token", {})["JUPYTER_TOKEN"] == "secret-token"
    command = launch.arguments(desk / "notebooks", port=None, open_browser=False)
    assert "--ServerApp.ip=127.0.0.1" in command
    assert "--KernelManager.transport=ipc" in command
    assert not any("secret-token" in part or "IdentityProvider" in part for part in command)


def test_runtime_folder_is_private_and_short_enough_for_a_socket(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    long = desk / ("d" * 120)
    made = launch.runtime_folder(long)
    try:
        assert stat.S_IMODE(made.stat().st_mode) == 0o700
        assert len(os.fsencode(made / launch.SOCKET_NAME)) <= launch.SOCKET_PATH_LIMIT
        assert launch.runtime_folder(long) == made
    finally:
        made.rmdir()


def test_runtime_folder_that_is_a_link_is_refused(
    desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    (tmp_path / "run").mkdir()
    long = desk / ("d" * 120)
    made = launch.runtime_folder(long)
    made.rmdir()
    (tmp_path / "elsewhere").mkdir()
    made.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConfigurationError) as caught:
        launch.runtime_folder(long)
    assert caught.value.code == "runtime-folder-not-ours"


@pytest.mark.parametrize(
    ("base", "shown"),
    [({"DISPLAY": ":0"}, True), ({"WAYLAND_DISPLAY": "w"}, True), ({"DISPLAY": ""}, False), ({}, False)],
)
def test_browser_opens_only_where_there_is_a_display(
    base: dict[str, str], shown: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    assert launch.has_display(base) is shown
