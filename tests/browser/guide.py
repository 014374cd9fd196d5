"""The guide's pictures and what each of them shows: kept beside the picture as words, so that one that grew old is found without
comparing pixels, which are of one machine and its fonts.

A text node of a screen is told by the wording that it comes from (``tests.vocabulary``), with its gaps empty; what is nobody's wording
is data and told as ``…``. Cells, values, notices and mails change with the day: which of the program's words stand in them is kept apart
(``~``), and only asked whether the program still has them. ``style`` is the part of the style sheet that these elements are drawn by.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

from tests.needs import ROOT
from tests.vocabulary import vocabulary

GUIDE = ROOT / "docs" / "guide"
RENEW = "EBIDADMIN_GUIDE"
"""Environment variable: with ``renew`` a test that takes a picture of the guide puts the new one, and its words, into the guide;
with ``compare`` it fails where the guide's shows something else. Without it nothing is compared with a
browser, and what a picture says is held by ``tests.house.test_guide_words`` on every run."""

DATA = "…"
"""What stands for text that is nobody's wording: numbers, names, moments."""

JAPANESE = re.compile("[ぁ-ヺ一-鿿]")

STYLE = ROOT / "ebidadmin" / "screens" / "components" / "style.css"

_SHOWN = """() => {
  const data = 'td, dd, option, pre, .ebid-notice';
  const kinds = 'h1, h2, h3, button, th, label, legend, caption, summary, a, dt, kbd';
  const inside = [...document.querySelectorAll('.ebid')].filter((one) =>
    !one.parentElement.closest('.ebid') && one.checkVisibility());
  const found = [];
  for (const root of inside.length ? inside : [document.body]) {
    const note = (element, text) => {
      const kind = element.closest(kinds), classes = [];
      for (let at = element; at && at !== root.parentElement; at = at.parentElement) classes.push(...at.classList);
      const off = element.closest('button')?.disabled ? '-' : '';
      found.push([off + (kind ? kind.tagName.toLowerCase() : ''), text, Boolean(element.closest(data)), classes]);
    };
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node.nodeType === Node.ELEMENT_NODE) {
        const told = node.matches('input, select, textarea') && node.checkVisibility();
        if (told) note(node, node.getAttribute('aria-label') || node.placeholder || node.type);
      } else if (node.data.trim() && node.parentElement.checkVisibility()
                 && !node.parentElement.closest('script, style')) {
        note(node.parentElement, node.data);
      }
    }
  }
  return found;
}"""


_PLACES = """(place) => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.data.includes(place)) node.data = node.data.replace(new RegExp(place + "[^\\s」]*/desk", "g"), "/srv/desk");
  }
}"""


def prepare(page: Page, name: str) -> None:
    """Before a picture is taken for the guide: folders of this machine's tests are nobody's business."""
    if os.environ.get(RENEW) == "renew" and name in named_in_guide():
        page.evaluate(_PLACES, tempfile.gettempdir())


def named_in_guide() -> frozenset[str]:
    """The pictures that the pages of the guide show."""
    pages = "\n".join(page.read_text(encoding="utf-8") for page in sorted(GUIDE.glob("*.md")))
    return frozenset(re.findall(r"!\[[^\]]*\]\((\w+)\.png\)", pages))


def style_of(classes: frozenset[str]) -> str:
    """A digest of the rules of the style sheet that speak of nothing but these classes."""
    source = re.sub(r"/\*.*?\*/", "", STYLE.read_text(encoding="utf-8"), flags=re.DOTALL)
    source = re.sub(r"@media print \{.*?\n\}", "", source, flags=re.DOTALL)
    rules = re.findall(r"([^{}]+)\{([^{}]*)\}", source)
    drawn = [
        " ".join(f"{chosen} {body}".split())
        for chosen, body in rules
        if set(re.findall(r"\.(ebid[\w-]*)", chosen)) <= classes
    ]
    return hashlib.sha256("\n".join(drawn).encode()).hexdigest()[:16]


def words_shown(page: Page) -> list[str]:
    """What the page shows, in the guide's words."""
    known = vocabulary()
    lines: list[str] = []
    varying: set[str] = set()
    classes: set[str] = set()
    for kind, text, is_data, its_classes in page.evaluate(_SHOWN):
        wording = known.wording(text)
        if is_data:
            varying |= {wording} if wording and JAPANESE.search(wording) else set()
            continue
        classes.update(its_classes)
        line = f"{kind}: {wording or DATA}".removeprefix(": ")
        if not lines or lines[-1] != line:
            lines.append(line)
    return [f"style: {style_of(frozenset(classes))}", *lines, *(f"~ {one}" for one in sorted(varying))]


def fixed(lines: list[str]) -> list[str]:
    """Those that are the same on every day."""
    return [line for line in lines if not line.startswith(("~ ", "picture: "))]


def take(page: Page, name: str, folder: Path) -> None:
    """A picture of a page that others draw (the hub's log-in), so without looking for barriers."""
    picture = folder / f"{name}.png"
    page.screenshot(path=picture)
    keep_or_compare(page, name, picture)


def keep_or_compare(page: Page, name: str, picture: Path) -> None:
    """Renew the guide's picture where that was asked for; else fail if the guide's shows something else than the page does."""
    if name not in named_in_guide() or RENEW not in os.environ:
        return
    words = GUIDE / f"{name}.txt"
    if os.environ.get(RENEW) == "renew":
        kept_picture = GUIDE / f"{name}.png"
        # A screen has few colours: a third of the bytes, which travel in every wheel.
        with Image.open(picture) as shot:
            shot.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(kept_picture, optimize=True)
        digest = hashlib.sha256(kept_picture.read_bytes()).hexdigest()
        words.write_text("\n".join([f"picture: {digest}", *words_shown(page), ""]), encoding="utf-8")
        return
    kept = words.read_text(encoding="utf-8").splitlines() if words.is_file() else []
    command = (
        f"EBIDADMIN_GUIDE=renew tools/test.sh {os.environ.get('PYTEST_CURRENT_TEST', '').split('::')[0]}"
    )
    assert fixed(words_shown(page)) == fixed(kept), (
        f"docs/guide/{name}.png no longer shows this screen. Renew it, look at it, and commit picture and words: {command}"
    )
