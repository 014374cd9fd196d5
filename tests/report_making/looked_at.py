"""What a report must be as a picture: nothing outside the page, no sign for a missing character, fonts and charts that travel with it."""

from __future__ import annotations

import base64
import re
import subprocess
from io import BytesIO
from typing import Any

from openpyxl import load_workbook
from pypdf import PdfReader

from ebidadmin.documents.report_page import MISSING
from tests.needs import require_component

_CHART = re.compile(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)")
_SOURCE = re.compile(r'(?:src|href)\s*=\s*"([^"]*)"|url\(\s*([^)]*)\)|@import', re.IGNORECASE)
_COLOUR = re.compile(r"#([0-9a-f]{6})\b", re.IGNORECASE)
_WORD = re.compile(r'<word xMin="([-0-9.]+)" yMin="([-0-9.]+)" xMax="([-0-9.]+)" yMax="([-0-9.]+)"')
_PAGE = re.compile(r'<page width="([0-9.]+)" height="([0-9.]+)"')


def look_at(outputs: dict[str, bytes]) -> None:
    """The files of a report by their endings."""
    look_at_page(outputs[".html"].decode())
    look_at_pdf(outputs[".pdf"])
    book = load_workbook(BytesIO(outputs[".xlsx"]))
    for sheet in book.worksheets[1:]:
        assert all(cell.value for cell in sheet[1])


def look_at_page(page: str) -> None:
    """Nothing is fetched, and charts say in black and white what they say."""
    assert MISSING not in page
    for found in _SOURCE.finditer(page):
        assert (found[1] or "").startswith("data:"), found[0]
    for chart in _CHART.findall(page):
        look_at_chart(base64.b64decode(chart).decode())


def look_at_chart(svg: str) -> None:
    """Greys alone; of two kinds of bars one is hatched; letters are outlines."""
    colours = {colour.lower() for colour in _COLOUR.findall(svg)}
    assert colours
    assert all(colour[:2] == colour[2:4] == colour[4:] for colour in colours), colours
    assert "<pattern" in svg
    assert "fill: url(#" in svg
    assert "fill: #d0d0d0" in svg
    assert "<text" not in svg


def look_at_pdf(content: bytes) -> None:
    """Fonts are in it, every character has its glyph, and nothing of the text is outside a page."""
    reader = PdfReader(BytesIO(content))
    fonts: list[Any] = [font for page in reader.pages for font in page["/Resources"]["/Font"].values()]  # type: ignore[index]  # of the library
    assert fonts
    for font in fonts:
        inner = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        assert {"/FontFile2", "/FontFile3"} & set(inner)
    assert MISSING not in "".join(page.extract_text() for page in reader.pages)
    assert not outside(content)


def outside(content: bytes) -> list[str]:
    """Words that begin or end outside of their page: whoever prints would lose them."""
    found: list[str] = []
    for page in PdfReader(BytesIO(content)).pages:
        width = float(page.mediabox.width)

        def place(text: str, to_page: Any, to_text: Any, _font: Any, _size: Any, edge: float = width) -> None:
            x = to_text[4] * to_page[0] + to_text[5] * to_page[2] + to_page[4]
            if text.strip() and not 0 <= x <= edge:
                found.append(text)

        page.extract_text(visitor_text=place)
    require_component("pdf-tools")
    command = ["pdftotext", "-bbox", "-", "-"]
    told = subprocess.run(command, input=content, capture_output=True, check=True, timeout=60).stdout.decode()
    for part in told.split("<page ")[1:]:
        right, bottom = map(float, _PAGE.match(f"<page {part}").groups())  # type: ignore[union-attr]  # of the tool
        boxes = [tuple(map(float, one)) for one in _WORD.findall(part)]
        found += [str(one) for one in boxes if one[0] < 0 or one[1] < 0 or one[2] > right or one[3] > bottom]
    return found
