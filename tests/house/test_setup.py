"""Setting up a working copy: what is done again, what is not, and what the person is told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tools import setup
from tools.components import COMPONENTS, Component


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working copy with a virtual environment in which nothing can be run."""
    (tmp_path / "requirements").mkdir()
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / "labextension" / "static").mkdir(parents=True)
    for place, _ in setup.NPM.values():
        (tmp_path / place).mkdir(parents=True)
    for name in (
        "requirements/lab.txt",
        "requirements/all.txt",
        "pyproject.toml",
        ".venv/pyvenv.cfg",
        "labextension/static/screens.js",
        "deploy/proxy/package.json",
        "deploy/proxy/package-lock.json",
        "tests/browser/axe/package.json",
        "tests/browser/axe/package-lock.json",
    ):
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    monkeypatch.setattr(setup, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(setup, "DEMO", tmp_path / "var" / "demo")

    def run(*command: object, env: object = None) -> None:
        raise AssertionError(f"started {command}")

    monkeypatch.setattr(setup, "run", run)
    return tmp_path


def finish(purpose: str) -> None:
    setup.stamp(purpose).write_text(setup.fingerprint(purpose))


@pytest.mark.parametrize("purpose", ["lab", "test"])
def test_a_second_run_installs_nothing(copy: Path, purpose: str, capsys: pytest.CaptureFixture[str]) -> None:
    finish(purpose)
    finish("project")
    setup.install_packages(purpose)
    setup.install_project()
    assert "up to date" in capsys.readouterr().out


def test_the_full_installation_serves_the_staff_too(copy: Path) -> None:
    finish("test")
    assert setup.is_installed("lab")


def test_the_staffs_installation_does_not_serve_the_tests(copy: Path) -> None:
    finish("lab")
    assert not setup.is_installed("test")


@pytest.mark.parametrize(
    ("what", "changed"),
    [
        ("lab", "requirements/lab.txt"),
        ("lab", ".venv/pyvenv.cfg"),
        ("project", "pyproject.toml"),
        ("project", "labextension/static/screens.js"),
    ],
)
def test_what_an_installation_depends_on_makes_it_stale(copy: Path, what: str, changed: str) -> None:
    finish(what)
    assert setup.is_installed(what)
    (copy / changed).write_text("another")
    assert not setup.is_installed(what)


def test_an_installation_that_broke_off_is_not_taken_for_finished(copy: Path) -> None:
    finish("lab")
    (copy / "requirements/lab.txt").write_text("another")
    with pytest.raises(AssertionError):
        setup.install_packages("lab")
    assert not setup.stamp("lab").exists()


def test_an_office_that_is_there_is_left_alone(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    setup.DEMO.mkdir(parents=True)
    (setup.DEMO / "ebidadmin.toml").touch()
    setup.make_demo_office()
    assert "is there" in capsys.readouterr().out


@pytest.mark.parametrize("what", sorted(setup.NPM))
def test_without_npm_its_packages_are_left_out_and_said_so(
    copy: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    monkeypatch.setenv("PATH", str(copy))
    setup.install_from_npm(what)
    assert "npm is not there" in capsys.readouterr().out
    assert not setup.is_installed(what)


@pytest.mark.parametrize("what", sorted(setup.NPM))
def test_what_npm_has_is_installed_once_in_the_locked_versions(
    copy: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    npm = copy / "npm"
    npm.write_text("")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", str(copy))
    started: list[tuple[object, ...]] = []
    monkeypatch.setattr(setup, "run", lambda *command: started.append(command))
    setup.install_from_npm(what)
    setup.install_from_npm(what)
    assert [command[:2] for command in started] == [("npm", "ci")]
    lock = f"{setup.NPM[what][0].as_posix()}/package-lock.json"
    assert (setup.VENV / what / "package-lock.json").read_text() == lock


def test_an_old_python_is_named_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(setup, "OLDEST_PYTHON", (99, 0))
    assert setup.main(["lab"]) == 1
    assert "Python 3.11 or newer is needed" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["all"], ["lab", "test"]])
def test_misuse_is_told(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert setup.main(arguments) == 2
    assert "Usage" in capsys.readouterr().err


def test_without_rights_what_is_missing_is_named_and_nothing_is_started(
    copy: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(setup, "missing", lambda: {"x": Component("some-package", "a test")})
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("PATH", str(copy))
    setup.install_components()
    assert "some-package" in capsys.readouterr().out


def test_a_mirror_that_pip_knows_is_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "mirror.example")
    monkeypatch.delenv("UV_DEFAULT_INDEX", raising=False)
    monkeypatch.setattr(setup, "pip", lambda: ["false"])
    assert setup.installer_environment()["UV_DEFAULT_INDEX"] == "mirror.example"


def test_a_component_is_found_by_program_or_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "looking-glass"
    program.write_text("")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert Component("p", "x", programs=("looking-glass",)).present()
    assert Component("p", "x", files=(program,)).present()
    assert not Component("p", "x", programs=("no-glass",), files=(tmp_path / "none",)).present()


def test_the_readme_names_every_package_of_the_system() -> None:
    readme = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
    assert [component.package for component in COMPONENTS.values() if component.package not in readme] == []
