"""The staff guide hangs together: all of it is found from its first page, nothing points into the void, every screen is named."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from ebidadmin.text.notebooks import STAFF_NOTEBOOKS
from tests.house.source import ROOT

GUIDE = ROOT / "docs" / "guide"
FIRST = GUIDE / "index.md"
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)


def links(page: Path) -> list[tuple[Path, str]]:
    """Where a page points to: the file, and the place in it."""
    found = []
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if not target.startswith(("https://", "http://")):
            name, _, place = target.partition("#")
            found.append(((page.parent / name).resolve() if name else page, place))
    return found


def places(page: Path) -> set[str]:
    """The places that headings make, as a reader of Markdown names them."""
    heads = (head.strip().lower() for head in HEADING.findall(page.read_text(encoding="utf-8")))
    return {
        "".join(one for one in head.replace(" ", "-") if one in "-_" or unicodedata.category(one)[0] in "LN")
        for head in heads
    }


def reached() -> set[Path]:
    """Every file that somebody finds who begins at the first page and goes on through the guide."""
    seen: set[Path] = {FIRST}
    waiting = [FIRST]
    while waiting:
        for target, _ in links(waiting.pop()):
            if target not in seen:
                seen.add(target)
                if target.parent == GUIDE and target.suffix == ".md":
                    waiting.append(target)
    return seen


def test_every_page_and_every_picture_is_found_from_the_first_page() -> None:
    kept = {path for path in GUIDE.iterdir() if path.suffix in {".md", ".png"}}
    assert FIRST in kept
    assert sorted(path.name for path in kept - reached()) == []


def test_every_link_of_the_guide_leads_somewhere() -> None:
    pages = sorted(GUIDE.glob("*.md"))
    lost = [
        f"{page.name}: {target.name}#{place}"
        for page in pages
        for target, place in links(page)
        if not target.is_file() or (place and place not in places(target))
    ]
    assert lost == []


def test_the_first_page_names_every_screen_by_its_title() -> None:
    told = FIRST.read_text(encoding="utf-8")
    rows = [f"| {one.title} (`{one.name.removesuffix('.ipynb')}`) |" for one in STAFF_NOTEBOOKS]
    assert [row for row in rows if row not in told] == []


def test_the_readme_leads_to_the_first_page() -> None:
    assert FIRST in {target for target, _ in links(ROOT / "README.md")}
