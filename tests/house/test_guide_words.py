"""The staff guide says what the program says: its quotes are wordings of the program, its pictures are those that the tests take."""

from __future__ import annotations

import ast
import hashlib
import re
from collections import Counter
from pathlib import Path

import pytest

from ebidadmin.text.notebooks import STAFF_NOTEBOOKS
from tests.browser import guide
from tests.house.source import ROOT
from tests.vocabulary import vocabulary

PAGES = sorted(guide.GUIDE.glob("*.md"))
PICTURES = sorted(guide.named_in_guide())
QUOTE = re.compile("「([^「」]*)」")

NOT_OURS = {
    "ログアウト": "the menu of JupyterLab",
    "ダーク": "the menu of JupyterLab",
    "テーマ": "the menu of JupyterLab",
    "文字列": "the window of Excel",
    "テキスト": "the window of LibreOffice",
    "開き方": "a heading of README.md",
    "03001 デバイスが使用できません": "what a supplier's own computer says",
    "03002 ログインに失敗しました": "what a supplier's own computer says",
}
"""What the guide quotes although the program does not say it, and whose word it is."""


def quotes(page: Path) -> list[str]:
    """What stands in brackets on a page."""
    return QUOTE.findall(re.sub(r"\]\([^)]*\)", "]", page.read_text(encoding="utf-8")))


def strange(page: Path) -> list[str]:
    """Quotes of a page that are nobody's wording. What has no Japanese is an example of something typed."""
    known = vocabulary()
    return [
        one
        for one in quotes(page)
        if guide.JAPANESE.search(one)
        and one not in NOT_OURS
        and known.wording(one) is None
        and not known.part(one)
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_the_guide_quotes_is_what_the_program_says(page: Path) -> None:
    assert strange(page) == []


def test_a_button_with_another_name_would_be_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("「承認」を押します。「同意」を押します。「3件を承認する」を押します。", encoding="utf-8")
    assert strange(page) == ["同意"]


def test_nothing_is_excused_that_nobody_quotes() -> None:
    assert set(NOT_OURS) <= {one for page in PAGES for one in quotes(page)}


def taken() -> Counter[str]:
    """The pictures that the browser tests take, by name."""
    found: Counter[str] = Counter()
    for path in sorted((ROOT / "tests" / "browser").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and len(node.args) > 1 and _is_shot(node.func):
                name = node.args[1]
                if isinstance(name, ast.Constant) and isinstance(name.value, str):
                    found[name.value] += 1
    return found


def _is_shot(called: ast.expr) -> bool:
    return (isinstance(called, ast.Name) and called.id == "shot") or (
        isinstance(called, ast.Attribute) and called.attr in {"shot", "take"}
    )


def test_a_test_takes_each_picture_of_the_guide_and_only_one_does() -> None:
    found = taken()
    assert [name for name in PICTURES if found[name] != 1] == []


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_and_its_words_are_of_the_same_moment(name: str) -> None:
    told, *words = (guide.GUIDE / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    assert told == f"picture: {hashlib.sha256((guide.GUIDE / f'{name}.png').read_bytes()).hexdigest()}"
    said = [re.sub(r"^(?:~ |-?[a-z0-9]*: )", "", one) for one in words if not one.startswith("style: ")]
    assert len(said) > 3
    assert [one for one in said if one not in vocabulary() and guide.DATA not in one] == []


def test_words_without_picture_are_not_kept() -> None:
    assert sorted(path.stem for path in guide.GUIDE.glob("*.txt")) == PICTURES


def test_every_screen_has_its_page_and_a_picture_of_itself() -> None:
    lacking = []
    for notebook in STAFF_NOTEBOOKS:
        page = guide.GUIDE / f"{notebook.guide}.md"
        text = page.read_text(encoding="utf-8") if page.is_file() else ""
        if notebook.title not in text or not re.search(r"!\[[^\]]+\]\(\w+\.png\)", text):
            lacking.append(notebook.name)
    assert lacking == []
