"""The sheet of paper that an anchor is kept on: the signed head as text and as a QR code, so that it can be read back without typing."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from ebidadmin.documents.engine import compile_page
from ebidadmin.documents.pages import template_path
from ebidadmin.text.anchor_sheet import AnchorSheet

TEMPLATE = "anchor_sheet.typ"
QUIET = 4
"""Modules of white around a code, as its standard (ISO/IEC 18004) wants them."""


def anchor_sheet(sheet: AnchorSheet, *, made_at: datetime, folder: Path | None = None) -> bytes:
    """The PDF. Raises ``DocumentError``, see ``engine.compile_page``."""
    data = {**asdict(sheet), "code": qr_picture(sheet.note)}
    return compile_page(template_path(TEMPLATE, folder), data, made_at=made_at)


def qr_picture(text: str) -> str:
    """The QR code of a text (its UTF-8 bytes, a seventh of it may be lost) as SVG."""
    import segno

    code = segno.make_qr(text.encode(), error="m", boost_error=False)
    return str(code.svg_inline(border=QUIET, omitsize=True, dark="#000", light="#fff"))
