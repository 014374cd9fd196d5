"""A report as a printed page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from ebidadmin.documents.engine import compile_page
from ebidadmin.documents.fonts import Font, page_fonts
from ebidadmin.documents.glyphs import PageValue, clusters, font_of
from ebidadmin.documents.pages import template_path
from ebidadmin.text.reports import glyphs_missing

REPORT_TEMPLATE = "report.typ"

MISSING = "\N{GETA MARK}"
"""What printers set for a character that the type case lacks. A letter with one is refused, for somebody sits there who can write it
another way; a report is made at six or eight by nobody, and a name with one must not keep an office from all the rest of it."""


def report_pdf(data: Mapping[str, PageValue], *, made_at: datetime, folder: Path | None = None) -> bytes:
    """The report as a PDF. Characters without a glyph become ``MISSING``; what needs action names them by code point, on the first page
    (for a template also ``data.missing``). Raises ``DocumentError``, see ``engine.compile_page``."""
    fonts = page_fonts()
    missing: dict[str, None] = {}
    shown = _shown(data, fonts, missing)
    if not isinstance(shown, Mapping):
        raise TypeError("a report is a mapping")
    actions = shown["actions"]
    if missing and isinstance(actions, list):
        actions.append(glyphs_missing(MISSING, tuple(missing)))
    return compile_page(
        template_path(REPORT_TEMPLATE, folder),
        {**shown, "missing": list(missing)},
        made_at=made_at,
        fonts=fonts,
    )


def _shown(value: PageValue, fonts: Sequence[Font], missing: dict[str, None]) -> PageValue:
    if isinstance(value, str):
        return "".join(_character(*one, fonts, missing) for one in clusters(value))
    if isinstance(value, Mapping):
        return {name: _shown(part, fonts, missing) for name, part in value.items()}
    if isinstance(value, Sequence):
        return [_shown(part, fonts, missing) for part in value]
    return value


def _character(base: int, selector: int | None, fonts: Sequence[Font], missing: dict[str, None]) -> str:
    if (base == ord("\n") and selector is None) or font_of(base, selector, fonts) is not None:
        return chr(base) + ("" if selector is None else chr(selector))
    points = (base,) if selector is None else (base, selector)
    missing[" ".join(f"U+{point:04X}" for point in points)] = None
    return MISSING
