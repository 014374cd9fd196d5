"""What is locked, declared and built agrees with pyproject.toml, and nothing names where packages come from."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from ebidadmin.bundled import BundledName, bundled
from ebidadmin.errors import ConfigurationError
from tests.house.source import ROOT, tracked
from tools.setup import NPM

PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]
EXTRAS: dict[str, list[str]] = PROJECT["optional-dependencies"]
USED = {name: lines for name, lines in EXTRAS.items() if name != "bench"}
"""What the office and the tests are made of; the benchmarks compare with further libraries, in an environment of their own."""
LOCKS = {
    "lab": ["lab", "card", "audit"],
    "hub": ["audit", "card", "hub", "lab", "postgres", "reports"],
    "all": list(USED),
    "bench": ["bench", "postgres"],
}

# The brackets keep this pattern from finding itself.
ADDRESSES = re.compile(
    r"https?://|pypi[.]org|[p]ythonhosted|registry[.]npmjs|anaconda[.]org|--index-url|--find-links"
)


def requirements(lines: list[str]) -> list[Requirement]:
    return [Requirement(line) for line in lines]


def pins(lock: str) -> dict[str, Version]:
    """Name → version of a lock file. A name with several versions for several platforms gives the last."""
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    found = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", text, flags=re.MULTILINE)
    return {canonicalize_name(name): Version(version) for name, version in found}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_direct_dependency_is_locked_within_its_bounds(lock: str) -> None:
    wanted = requirements(
        [*PROJECT["dependencies"], *PYPROJECT["build-system"]["requires"]]
        + [line for extra in LOCKS[lock] for line in EXTRAS[extra]]
    )
    locked = pins(lock)
    unmet = [
        str(requirement)
        for requirement in wanted
        if (version := locked.get(canonicalize_name(requirement.name))) is None
        or version not in requirement.specifier
    ]
    assert unmet == []


@pytest.mark.parametrize("lock", ["lab", "hub"])
def test_the_staff_environment_is_part_of_the_full_one(lock: str) -> None:
    full = pins("all")
    assert {name: version for name, version in pins(lock).items() if full.get(name) != version} == {}


@pytest.mark.parametrize("what", sorted(NPM))
def test_what_npm_installs_is_locked_by_content_without_an_address(what: str) -> None:
    folder = ROOT / NPM[what][0]
    wanted = json.loads((folder / "package.json").read_text(encoding="utf-8"))["dependencies"]
    locked = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert {name: locked[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    assert [name for name, one in locked.items() if name and not one["integrity"].startswith("sha512-")] == []
    assert [name for name, one in locked.items() if "resolved" in one] == []


def test_the_benchmarks_measure_with_the_versions_that_are_tested() -> None:
    full, measured = pins("all"), pins("bench")
    assert {name: version for name, version in measured.items() if full.get(name, version) != version} == {}


@pytest.mark.parametrize("lock", [*LOCKS, "uv"])
def test_every_locked_package_has_hashes(lock: str) -> None:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    entries = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)
    assert [entry.split()[0] for entry in entries if entry.strip() and "--hash=sha256:" not in entry] == []


def test_no_lock_names_an_address() -> None:
    locks = [
        path
        for path in tracked()
        if path.suffix in {".txt", ".in", ".lock"} or path.name == "package-lock.json"
    ]
    assert {path.name for path in locks} >= {
        "all.txt",
        "bench.txt",
        "hub.txt",
        "lab.txt",
        "package-lock.json",
        "uv.txt",
    }
    assert [path.name for path in locks if ADDRESSES.search(path.read_text(encoding="utf-8"))] == []


def test_the_build_requirement_of_the_lock_is_that_of_the_project() -> None:
    lines = (ROOT / "requirements" / "build.in").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not line.startswith("#")] == PYPROJECT["build-system"]["requires"]


def test_conda_environment_lists_the_same_requirements() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    plain = [entry for entry in environment["dependencies"] if isinstance(entry, str)]
    by_pip = next(entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict))
    listed = {
        canonicalize_name(requirement.name): str(requirement.specifier)
        for requirement in requirements([*plain, *by_pip])
    }
    declared = requirements(
        [*PROJECT["dependencies"], *(line for lines in USED.values() for line in lines)]
        + PYPROJECT["build-system"]["requires"]
    )
    expected = {canonicalize_name(requirement.name): str(requirement.specifier) for requirement in declared}
    assert listed.pop(canonicalize_name("python")) == PROJECT["requires-python"]
    assert listed.pop(canonicalize_name("pip")) == ""
    assert listed == expected


def test_the_version_stands_in_one_more_place_only() -> None:
    init = (ROOT / "ebidadmin" / "__init__.py").read_text(encoding="utf-8")
    assert f'__version__ = "{PROJECT["version"]}"' in init


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel, built without fetching anything."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert result.returncode == 0, result.stderr
    (built,) = folder.glob("*.whl")
    return zipfile.ZipFile(built)


def test_the_wheel_holds_everything_that_the_program_reads(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    for path in tracked():
        relative = path.relative_to(ROOT).as_posix()
        top = relative.partition("/")[0]
        if top == "ebidadmin":
            assert relative in names
        elif top in {"notebooks", "reports", "data"}:
            assert f"ebidadmin/_bundled/{relative}" in names
        elif relative.startswith("docs/guide/"):
            shipped = f"ebidadmin/_bundled/{relative.removeprefix('docs/')}"
            # What a picture shows, in words, is for the tests.
            assert (shipped in names) == (path.suffix in {".md", ".png"})
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_wheel_holds_nothing_else(wheel: zipfile.ZipFile) -> None:
    outside = [name for name in wheel.namelist() if not name.startswith(("ebidadmin/", "ebidadmin-"))]
    leftovers = [
        name for name in wheel.namelist() if re.search(r"__pycache__|\.ipynb_checkpoints|node_modules", name)
    ]
    assert (outside, leftovers) == ([], [])


@pytest.mark.parametrize("name", ["notebooks", "reports", "data"])
def test_bundled_files_of_a_working_copy_are_at_its_root(name: BundledName) -> None:
    assert bundled(name) == ROOT / name


def test_the_guide_of_a_working_copy_is_among_its_documents() -> None:
    assert bundled("guide") == ROOT / "docs" / "guide"


def test_bundled_files_of_an_installed_wheel_lie_in_the_package(tmp_path: Path) -> None:
    inside = tmp_path / "ebidadmin" / "_bundled" / "data"
    inside.mkdir(parents=True)
    (tmp_path / "data").mkdir()
    (tmp_path / "pyproject.toml").touch()
    assert bundled("data", package=tmp_path / "ebidadmin") == inside


def test_a_folder_of_that_name_beside_an_installed_package_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with pytest.raises(ConfigurationError) as caught:
        bundled("data", package=tmp_path / "ebidadmin")
    assert caught.value.code == "bundled-files-missing"
    assert caught.value.facts["name"] == "data"
