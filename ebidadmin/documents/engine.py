"""Sets a page: a template and data become the bytes of a PDF with its fonts embedded.

Data reach the template as JSON and are shown as values, so nothing in them is read as markup. The template asks for nothing but
the prelude below: it has ``data`` and sets text in the page's fonts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from ebidadmin.clock import jst
from ebidadmin.documents.fonts import Font, page_fonts
from ebidadmin.documents.glyphs import PageValue, check_text, texts
from ebidadmin.errors import DocumentError

PDF: Final = "pdf"
PNG: Final = "png"
PREVIEW_DPI = 80
"""An A4 page is 661 pixels wide then: small print can be read, and a page is a few tens of kilobytes."""

PRELUDE = """\
#let data = json(bytes(sys.inputs.data))
#let fonts = json(bytes(sys.inputs.fonts))
#set text(font: fonts, fallback: false, lang: "ja", region: "JP", cjk-latin-spacing: none)
#show: body => json(bytes(sys.inputs.forced)).fold(body, (inner, one) => {
  show one.at(0): set text(font: one.at(1))
  inner
})
"""


def compile_page(
    template: Path,
    data: Mapping[str, PageValue],
    *,
    made_at: datetime,
    fonts: Sequence[Font] | None = None,
) -> bytes:
    """The PDF of a template filled with ``data``; ``made_at`` is the moment that the file
    carries, to the second.

    Raises ``DocumentError``: ``glyph-missing`` (see ``glyphs.check_text``), ``template-missing`` or ``template-broken`` (``template``,
    ``detail``: what the typesetter says, which never includes data).
    """
    used = tuple(fonts) if fonts is not None else page_fonts()
    made = _typeset(template, _checked(template, data, used), used, made_at, PDF)
    if not isinstance(made, bytes):
        raise DocumentError("template-broken", template=template.name, detail="no single document")
    return made


def page_pictures(template: Path, data: Mapping[str, PageValue], *, made_at: datetime) -> tuple[bytes, ...]:
    """The same pages as pictures (PNG, ``PREVIEW_DPI``), to be looked at before the file is saved. Raises as ``compile_page``."""
    used = page_fonts()
    made = _typeset(template, _checked(template, data, used), used, made_at, PNG)
    return (made,) if isinstance(made, bytes) else tuple(made)


def _checked(
    template: Path, data: Mapping[str, PageValue], used: Sequence[Font]
) -> tuple[str, dict[str, str]]:
    """The template's text and what it is given. Raises ``DocumentError`` for a character without a glyph."""
    source = read_template(template)
    forced = set(check_text(source, used, field=template.name))
    for field, text in texts(data):
        forced |= check_text(text, used, field=field)
    inputs = {
        "data": json.dumps(data, ensure_ascii=False),
        "fonts": json.dumps([font.family for font in used]),
        "forced": json.dumps(sorted(forced), ensure_ascii=False),
    }
    return source, inputs


def read_template(template: Path) -> str:
    """The text of a template. Raises ``DocumentError`` (``template-missing``, ``template-broken``)."""
    try:
        return template.read_text(encoding="utf-8")
    except OSError as error:
        raise DocumentError("template-missing", template=str(template)) from error
    except UnicodeDecodeError as error:
        raise DocumentError("template-broken", template=template.name, detail="not UTF-8") from error


def _typeset(
    template: Path,
    checked: tuple[str, dict[str, str]],
    fonts: Sequence[Font],
    made_at: datetime,
    kind: Literal["pdf", "png"],
) -> bytes | list[bytes]:
    import typst

    source, inputs = checked

    allowed = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=sorted({str(font.path.parent) for font in fonts}),
    )
    try:
        compiler = typst.Compiler(root=str(template.parent.resolve()), font_paths=allowed)
        made, warnings = compiler.compile_with_warnings(
            (PRELUDE + source).encode(),
            format=kind,
            ppi=PREVIEW_DPI if kind == PNG else None,
            sys_inputs=inputs,
            timestamp=jst(made_at).replace(microsecond=0),
        )
    except typst.TypstError as error:
        raise DocumentError("template-broken", template=template.name, detail=str(error.message)) from error
    # A warning is a font that is not there or a text that did not settle: the page would not be what the template says.
    for warning in warnings:
        raise DocumentError("template-broken", template=template.name, detail=str(warning.message))
    if made is None:
        raise DocumentError("template-broken", template=template.name, detail="no document")
    return made
