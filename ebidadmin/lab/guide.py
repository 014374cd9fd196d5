"""The staff guide as one page for the browser: its Markdown pages one after the other, with a table of contents and its own style.

It is read without a network and can be printed. Links between its pages become links within the page; what leads out of the guide
(documents for administrators) stays as text.
"""

from __future__ import annotations

import re
import unicodedata
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import mistune

from ebidadmin.text import guide as words

HEADING = 2
"""The deepest headings that the table of contents lists."""

STYLE = """
:root { color-scheme: light; }
body { font-family: system-ui, "Hiragino Sans", "Noto Sans JP", "Noto Sans CJK JP", "IPAexGothic", sans-serif; font-size: 16px;
  line-height: 1.8; color: #1a1a1a; background: #fff; margin: 0; }
a { color: #0b57a4; }
:focus-visible { outline: 3px solid #0b57a4; outline-offset: 1px; }
.all { display: grid; grid-template-columns: minmax(220px, 300px) minmax(0, 1fr); gap: 32px; max-width: 1400px; margin: 0 auto; }
nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 16px; box-sizing: border-box; border-right: 1px solid #bdbdbd;
  font-size: 14px; }
nav ul { list-style: none; padding-left: 12px; margin: 0; }
nav a { display: block; padding: 3px 0; text-decoration: none; }
main { padding: 16px 16px 64px; max-width: 900px; }
article { border-top: 2px solid #0b57a4; padding-top: 8px; margin-top: 40px; }
article:first-of-type { border-top: 0; margin-top: 0; }
h1 { font-size: 1.6em; } h2 { font-size: 1.25em; border-left: 4px solid #0b57a4; padding-left: 8px; margin-top: 1.6em; }
h3 { font-size: 1.05em; margin-top: 1.4em; }
img { max-width: 100%; height: auto; border: 1px solid #757575; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: 12px 0; }
th, td { border: 1px solid #bdbdbd; padding: 6px 10px; text-align: left; vertical-align: top; }
th { background: #f1f3f4; }
code { background: #f1f3f4; padding: 0 4px; overflow-wrap: anywhere; }
td code { overflow-wrap: normal; font-size: 0.9em; }
pre code { display: block; padding: 10px; overflow-x: auto; }
@media (max-width: 900px) { .all { display: block; } nav { position: static; height: auto; border: 0; } }
@media print { nav { display: none; } .all { display: block; } body { font-size: 11pt; } main { max-width: none; padding: 0; }
  article { break-before: page; border: 0; } article:first-of-type { break-before: auto; } img, tr { break-inside: avoid; } }
"""


def place_of(heading: str) -> str:
    """The name by which a heading is linked to, as readers of Markdown make it."""
    plain = re.sub(r"<[^>]*>", "", heading).strip().lower().replace(" ", "-")
    return "".join(one for one in plain if one in "-_" or unicodedata.category(one)[0] in "LN")


class _Page(mistune.HTMLRenderer):
    """One page of the guide within the whole; ``contents`` are the headings met so far: level, place, words."""

    def __init__(self, page: str) -> None:
        super().__init__(escape=True)
        self._page = page
        self.contents: list[tuple[int, str, str]] = []

    def heading(self, text: str, level: int, **_: Any) -> str:
        place = self._page if level == 1 else f"{self._page}-{place_of(text)}"
        self.contents.append((level, place, text))
        return f'<h{level} id="{escape(place)}">{text}</h{level}>\n'

    def link(self, text: str, url: str, title: str | None = None) -> str:
        name, _, place = unquote(url).partition("#")
        page = Path(name).stem if name else self._page
        if name and (Path(name).name != name or page not in words.PAGES):
            return text
        return f'<a href="#{escape(f"{page}-{place}" if place else page)}">{text}</a>'

    def image(self, text: str, url: str, title: str | None = None) -> str:
        return f'<img src="guide/{escape(url)}" alt="{escape(text)}" loading="lazy">'


def _article(folder: Path, page: str) -> tuple[str, list[tuple[int, str, str]]]:
    renderer = _Page(page)
    made = mistune.create_markdown(renderer=renderer, plugins=["table"])
    body = str(made(folder.joinpath(f"{page}.md").read_text(encoding="utf-8")))
    body = body.replace("<table>", '<div class="wide"><table>').replace("</table>", "</table></div>")
    return f"<article>{body}</article>", renderer.contents


def _contents(headings: list[tuple[int, str, str]]) -> str:
    """One page's lines of the table of contents: its title, and what it has below."""
    title, *below = [
        f'<a href="#{escape(place)}">{text}</a>' for level, place, text in headings if level <= HEADING
    ]
    inner = "".join(f"<li>{one}</li>" for one in below)
    return f"<li>{title}<ul>{inner}</ul></li>" if inner else f"<li>{title}</li>"


def guide_page(folder: Path) -> str:
    """The whole guide as HTML. ``folder`` has its pages; pictures are asked for below ``guide/``, beside this page's own address."""
    articles, contents = zip(*(_article(folder, page) for page in words.PAGES), strict=True)
    listed = "".join(map(_contents, contents))
    return (
        f'<!doctype html>\n<html lang="ja"><head><meta charset="utf-8"><title>{words.TITLE}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head><body><div class="all">'
        f'<nav aria-label="{words.CONTENTS}"><p>{words.PRINT_HINT}</p><ul>{listed}</ul></nav>'
        f"<main>{''.join(articles)}</main></div></body></html>\n"
    )
