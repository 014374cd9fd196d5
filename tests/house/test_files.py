"""Notebooks are clean, no file names a developer's machine, licence and documents are there and keep their promises."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from ebidadmin.cli import commands
from ebidadmin.text.notebooks import STAFF_NOTEBOOKS
from tests.house.source import PACKAGE, ROOT, tracked

TEXT_SUFFIXES = {
    ".cfg", ".css", ".csv", ".ini", ".ipynb", ".js", ".json", ".mako", ".md", ".py", ".sh", ".toml", ".txt", ".typ", ".yml",
}  # fmt: skip

# The brackets keep these patterns from finding themselves.
MACHINES = re.compile(r"/(?:[h]ome|[U]sers)/\w+/|/[r]oot/|[A-Z]:\\{1,2}[U]sers")
REGISTRIES = re.compile(r"pypi[.]org|[p]ythonhosted|registry[.](?:npmjs|yarn)|conda[.]anaconda")


def text_files() -> list[Path]:
    return [path for path in tracked() if path.suffix in TEXT_SUFFIXES or path.name in {"Makefile", "run"}]


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}"
        for path in text_files()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_file_names_a_developers_machine() -> None:
    assert lines_with(MACHINES) == []
    assert lines_with(re.compile(re.escape(f"{ROOT}/"))) == []


def test_no_file_names_a_package_registry() -> None:
    assert lines_with(REGISTRIES) == []


@pytest.mark.parametrize("line", [f"/{'home'}/taro/x", f"C:\\{'Users'}\\x", f"/{'root'}/.cache"])
def test_a_path_of_a_machine_would_be_found(line: str) -> None:
    assert MACHINES.search(line)


def dirt(notebook: dict[str, Any]) -> Iterator[str]:
    """What a notebook holds that running it has left behind."""
    if "widgets" in notebook.get("metadata", {}):
        yield "widget state"
    for number, cell in enumerate(notebook["cells"]):
        if cell.get("outputs"):
            yield f"outputs in cell {number}"
        if cell.get("execution_count") is not None:
            yield f"execution count in cell {number}"
        if cell.get("attachments"):
            yield f"attachment in cell {number}"


def test_no_notebook_holds_what_running_it_left() -> None:
    notebooks = [path for path in tracked() if path.suffix == ".ipynb"]
    assert notebooks
    assert [
        (path.name, found) for path in notebooks for found in dirt(json.loads(path.read_text("utf-8")))
    ] == []


def test_what_running_leaves_would_be_found() -> None:
    cell = {"outputs": [{"output_type": "stream"}], "execution_count": 1, "attachments": {"a": {}}}
    assert len(list(dirt({"metadata": {"widgets": {}}, "cells": [cell]}))) == 4


def test_the_licence_is_there_in_full() -> None:
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "GNU GENERAL PUBLIC LICENSE" in licence
    assert "Version 3, 29 June 2007" in licence
    assert "END OF TERMS AND CONDITIONS" in licence


def test_the_readme_explains_every_tile_of_the_launcher() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [item.title for item in STAFF_NOTEBOOKS if f"| {item.title} |" not in readme] == []
    assert [
        item.name for item in STAFF_NOTEBOOKS if f"`{item.name.removesuffix('.ipynb')}`" not in readme
    ] == []


def command_paths(group: click.Group, prefix: str = "ebidadmin") -> Iterator[str]:
    for name, command in group.commands.items():
        path = f"{prefix} {name}"
        if isinstance(command, click.Group):
            yield from command_paths(command, path)
        else:
            yield path


@pytest.mark.parametrize("path", sorted(command_paths(commands)))
def test_every_command_is_documented(path: str) -> None:
    operations = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert re.search(rf"`{re.escape(path)}[ `]", operations)


def test_every_documented_command_exists() -> None:
    existing = set(command_paths(commands))
    for page in ("docs/operations.md", "docs/security.md", "README.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        for words in re.findall(r"`ebidadmin ([a-z][^`]*)`", text):
            assert any(f"ebidadmin {words} ".startswith(f"{path} ") for path in existing), (page, words)


def glossary_rows() -> list[tuple[str, str, str]]:
    """Term, identifier and where it lives, of every row of the glossary's tables."""
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    return re.findall(r"^\| ([^|`]+) \| `(\w+)` \| `([\w.]+)` \|", text, flags=re.MULTILINE)


@pytest.mark.parametrize(("term", "identifier", "place"), glossary_rows())
def test_every_word_of_the_glossary_is_a_word_of_the_code(term: str, identifier: str, place: str) -> None:
    module = importlib.import_module(f"{PACKAGE}.{place}")
    assert module.__file__ is not None
    source = Path(module.__file__).read_text(encoding="utf-8")
    assert re.search(rf"\b{identifier}\b", source), f"{term}: {identifier} is not in {place}"


def test_one_term_has_one_identifier_and_one_identifier_one_term() -> None:
    rows = glossary_rows()
    assert len(rows) > 30
    assert len({term for term, _, _ in rows}) == len({name for _, name, _ in rows}) == len(rows)


def test_every_local_link_of_the_documents_leads_somewhere() -> None:
    dead = [
        (path.name, target)
        for path in tracked()
        if path.suffix == ".md"
        for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", path.read_text(encoding="utf-8"))
        if not (path.parent / target).exists()
    ]
    assert dead == []
