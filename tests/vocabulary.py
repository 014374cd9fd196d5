"""Every wording that the program can show: what the guide quotes, and what its pictures show, is compared with this."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.needs import ROOT

GAP = "{}"
"""What stands in a wording where a number, a name or a moment is put in."""

QUOTING = frozenset({"troubles.py", "guide.py"})
"""What speaks about the wordings of others: itself compared with them, as the guide is."""

_PLACE = re.compile(r"\{[^{}]*\}")
_LETTER = re.compile(r"[0-9A-Za-z\u3041-\u30fa\u30fc\u3005\u4e00-\u9fff]")
_MARKUP = re.compile(r"\{[%#].*?[%#]\}|<[^>]*>", re.DOTALL)
_SIGN = re.compile(r"[(){}\[\]（）「」:：、。・/→]+")
_LONG = 8
_LEAST = 2
"""Letters that a wording with gaps has besides them: fewer would fit anything."""


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _of_source(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else GAP for part in node.values)


def _of_data(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _of_data(one)
    elif isinstance(value, list):
        for one in value:
            yield from _of_data(one)


def _texts() -> Iterator[str]:
    for path in sorted((ROOT / "ebidadmin" / "text").glob("*.py")):
        if path.name in QUOTING:
            continue
        yield from _of_source(ast.parse(path.read_text(encoding="utf-8")))
    for path in sorted((ROOT / "data" / "reference").rglob("*.toml")):
        yield from _of_data(tomllib.loads(path.read_text(encoding="utf-8")))
    for path in sorted((ROOT / "data" / "reference").rglob("*.txt")):
        yield path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "deploy").rglob("*.html")):
        yield _MARKUP.sub("\n", _PLACE.sub(GAP, path.read_text(encoding="utf-8")))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """``whole`` are wordings as they stand; ``gapped`` those with gaps, the fullest first, each with how it is recognised;
    ``pieces`` are what stands between the signs of all of them."""

    whole: frozenset[str]
    gapped: tuple[tuple[str, re.Pattern[str]], ...]
    pieces: frozenset[str]

    def __contains__(self, wording: object) -> bool:
        return wording in self.whole or any(wording == one for one, _ in self.gapped)

    def part(self, shown: str) -> bool:
        """Whether it is what stands between two signs of a wording, or a long piece of one: sentences are quoted by their beginning."""
        text = _spaced(shown)
        if text in self.pieces:
            return True
        everything = (*self.whole, *(one for one, _ in self.gapped))
        gapped = re.sub(r"[0-9○]+", GAP, text)
        return len(text) >= _LONG and any(text in one or gapped in one for one in everything)

    def wording(self, shown: str) -> str | None:
        """The program's wording behind what is shown, its gaps empty; None for what is nobody's words but the data's."""
        text = _spaced(shown)
        if text in self.whole:
            return text
        return next((one for one, fits in self.gapped if fits.fullmatch(text)), None)


@cache
def vocabulary() -> Vocabulary:
    """Of ``ebidadmin/text``, the data files and the hub's pages."""
    whole: set[str] = set()
    gapped: dict[str, re.Pattern[str]] = {}
    for text in _texts():
        for line in text.splitlines():
            wording = _spaced(_PLACE.sub(GAP, line.replace("{{", "(").replace("}}", ")")))
            if GAP not in wording:
                whole.add(wording)
            elif len(_LETTER.findall(wording.replace(GAP, ""))) >= _LEAST:
                gapped[wording] = re.compile(".*".join(map(re.escape, wording.split(GAP))))
    whole -= {""}
    fullest = sorted(gapped.items(), key=lambda one: (-len(one[0].replace(GAP, "")), one[0]))
    pieces = {one.strip() for wording in (*whole, *gapped) for one in _SIGN.split(wording)}
    return Vocabulary(frozenset(whole), tuple(fullest), frozenset(pieces - {""}))
