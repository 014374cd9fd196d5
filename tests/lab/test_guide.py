"""The guide as the server gives it: all pages in one, whole in itself, and each screen leads to its page."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

from ebidadmin.bundled import bundled
from ebidadmin.lab.guide import guide_page, place_of
from ebidadmin.text import guide as words
from ebidadmin.text import notebooks
from ebidadmin.text.notebooks import STAFF_NOTEBOOKS
from tests.needs import ROOT

FOLDER = bundled("guide")
PAGE = guide_page(FOLDER)
IDS = Counter(re.findall(r' id="([^"]+)"', PAGE))


def test_every_page_is_in_it_and_every_screen_has_one() -> None:
    assert set(words.PAGES) <= set(IDS)
    assert {one.guide for one in STAFF_NOTEBOOKS} <= set(words.PAGES)


def test_every_link_leads_to_a_place_in_the_page() -> None:
    targets = re.findall(r' href="([^"]*)"', PAGE)
    assert len(targets) > 100
    assert [one for one in targets if one.removeprefix("#") not in IDS] == []


def test_no_two_places_have_one_name() -> None:
    assert [name for name, times in IDS.items() if times > 1] == []


def test_every_picture_is_there_and_says_what_it_shows() -> None:
    pictures = re.findall(r'<img src="guide/([^"]+)" alt="([^"]+)"', PAGE)
    assert len(pictures) == PAGE.count("<img") > 25
    assert [name for name, _ in pictures if not (FOLDER / name).is_file()] == []


def test_nothing_in_it_asks_the_network() -> None:
    assert re.findall(r'(?:src|href)="(?:https?:)?//', PAGE) == []
    assert "<script" not in PAGE
    assert 'lang="ja"' in PAGE
    assert "@media print" in PAGE


def test_markup_on_a_page_stays_text(tmp_path: Path) -> None:
    for page in words.PAGES:
        tmp_path.joinpath(f"{page}.md").write_text(
            "# 見出し\n\n<script>alert(1)</script>\n", encoding="utf-8"
        )
    made = guide_page(tmp_path)
    assert "<script>" not in made
    assert "&lt;script&gt;" in made


def test_headings_are_linked_to_as_readers_of_markdown_do() -> None:
    assert place_of("4. ロックの解除と、再設定用の番号の通知") == "4-ロックの解除と再設定用の番号の通知"


def test_every_screen_has_the_way_to_its_page() -> None:
    given: set[str] = set()
    for path in sorted((ROOT / "ebidadmin" / "screens").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Attribute)
                and node.attr == "guide"
                and isinstance(node.value, ast.Attribute)
            ):
                given.add(node.value.attr)
    named = {name for name, one in vars(notebooks).items() if one in STAFF_NOTEBOOKS}
    assert given == named
