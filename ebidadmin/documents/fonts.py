"""The fonts that pages are set in, and which characters each of them has.

IPAexGothic comes with a Python package, so a plain installation can print. IPAmjMincho, where the system has it, adds rare
characters of names. No other font of the system is ever used: a page must look the same on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from ebidadmin.errors import ConfigurationError

MAIN_FAMILY = "IPAexGothic"
RARE_FAMILY = "IPAmjMincho"
RARE_FILE = "ipamjm.ttf"
FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local/share/fonts")
"""Where Debian's package and a manual installation put fonts."""


@dataclass(frozen=True, slots=True)
class Font:
    """A font file. ``characters`` are the code points with a glyph, ``variants`` the pairs of base and variation selector."""

    family: str
    path: Path
    characters: frozenset[int]
    variants: frozenset[tuple[int, int]]


def load_font(family: str, path: Path) -> Font:
    """Read which characters a font file has. Raises ``ConfigurationError`` (``font-unreadable``) when it is not a font."""
    from fontTools.ttLib import TTFont, TTLibError

    try:
        with path.open("rb") as opened, TTFont(opened, lazy=True) as file:
            tables = file["cmap"]
            characters = frozenset(tables.getBestCmap() or {})
            variants = frozenset(
                (base, selector)
                for table in tables.tables
                if table.format == 14
                for selector, pairs in table.uvsDict.items()
                for base, _ in pairs
            )
    except (OSError, TTLibError) as error:
        raise ConfigurationError("font-unreadable", path=str(path)) from error
    return Font(family, path, characters, variants)


def main_font_path() -> Path:
    """The font that travels in the package matplotlib-fontja, found without importing it (that would import matplotlib).

    Raises ``ConfigurationError`` (``font-missing``) when it is not installed.
    """
    spec = find_spec("matplotlib_fontja")
    if spec is not None and spec.origin is not None:
        path = Path(spec.origin).parent / "fonts" / "ipaexg.ttf"
        if path.is_file():
            return path
    raise ConfigurationError("font-missing", family=MAIN_FAMILY, package="matplotlib-fontja")


@cache
def page_fonts() -> tuple[Font, ...]:
    """The fonts of this installation in the order in which a character looks for its glyph."""
    found = (path for folder in FONT_FOLDERS for path in sorted(folder.rglob(RARE_FILE)))
    rare = next(found, None)
    main = load_font(MAIN_FAMILY, main_font_path())
    return (main,) if rare is None else (main, load_font(RARE_FAMILY, rare))
