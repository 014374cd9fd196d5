"""Each layout as a picture: what another program draws of the PDF is what somebody looked at and kept, and what the screen shows.

``EBIDADMIN_KEEP_PICTURES=1 pytest tests/documents/test_pictures.py`` keeps new pictures; whoever does that looks at each of them.
"""

from __future__ import annotations

import io
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageFilter

from ebidadmin.documents.code_letter import code_letter
from ebidadmin.documents.engine import PREVIEW_DPI
from ebidadmin.documents.pages import card_registration_page, case_record_page, id_application_page
from ebidadmin.text.code_letter import CodeLetter
from ebidadmin.text.pages import PageRow
from tests.builders import NOON
from tests.documents.test_anchor_sheet import AT, sheet, signed
from tests.documents.test_letters import facts, press, refusal
from tests.documents.test_pages import need_rare_font, page
from tests.needs import require_component

KEPT = Path(__file__).parent / "pictures"
CELL = 24
"""Pixels: a place of about two characters, small enough that one that is missing counts."""

ALIKE = 12
"""Mean difference of grey (of 255) in one place, after blurring: poppler and typst draw the same page 9 apart, another digit makes 3,
another name 18, a line that is missing 50. What is said is for the tests of the text, where it stands for these."""

CODE_LETTER = CodeLetter(
    title="一度だけの番号のお知らせ",
    to=("(株)テスト商会92", "代表取締役　下関 太郎92　様"),
    date="令和8年10月7日",
    sender="下関市",
    lead="下の番号で新しいIDとパスワードを登録してください。",
    facts=(PageRow("supplier", "業者番号", "190000092"), PageRow("until", "有効期限", "令和8年10月21日")),
    notes=("番号は一度だけ使えます。",),
)

LAYOUTS: dict[str, Callable[[], bytes]] = {
    "permit_granted": lambda: press().one_file([facts()]),
    "permit_refused": lambda: press().one_file([refusal("other", note="書類が不足しています。")]),
    "rare_names": lambda: press().one_file([facts(trade_name="髙﨑𠮷野葛\U000e0101商会")]),
    "code_letter": lambda: code_letter(CODE_LETTER, b"ABCDEFGHJKLMNPQR", made_at=NOON),
    "id_application": lambda: id_application_page(
        page("値", "○○市1-1-1", remark="再現です"), printed_at=NOON
    ),
    "card_registration": lambda: card_registration_page(page("値", "○○市1-1-1"), printed_at=NOON),
    "anchor_sheet": lambda: sheet(signed(), stamped=AT),
    "case_record": lambda: case_record_page(page("値", "○○市1-1-1"), printed_at=NOON),
}


def drawn(pdf: bytes) -> Image.Image:
    """The first page as poppler draws it, in grey."""
    require_component("pdf-tools")
    command = ["pdftoppm", "-png", "-gray", "-r", str(PREVIEW_DPI), "-f", "1", "-l", "1", "-"]
    made = subprocess.run(command, input=pdf, capture_output=True, check=True)
    return Image.open(io.BytesIO(made.stdout)).convert("L")


def apart(one: Image.Image, other: Image.Image) -> float:
    """The mean difference of the place where they differ most; pages of different sizes are not alike at all."""
    if max(abs(a - b) for a, b in zip(one.size, other.size, strict=True)) > 1:
        return 255
    size = (min(one.width, other.width), min(one.height, other.height))
    soft = [made.crop((0, 0, *size)).filter(ImageFilter.GaussianBlur(1)) for made in (one, other)]
    cells = ImageChops.difference(*soft).resize((size[0] // CELL, size[1] // CELL), Image.Resampling.BOX)
    # One byte a cell: the picture is grey.
    return float(max(cells.tobytes()))


@pytest.mark.parametrize("name", sorted(LAYOUTS))
def test_a_page_looks_as_it_did_when_somebody_looked(name: str) -> None:
    need_rare_font()
    now = drawn(LAYOUTS[name]())
    kept = KEPT / f"{name}.png"
    if os.environ.get("EBIDADMIN_KEEP_PICTURES"):
        now.save(kept, optimize=True)
    assert apart(now, Image.open(kept).convert("L")) <= ALIKE


def test_the_screen_shows_the_page_that_is_printed() -> None:
    (shown,) = press().pictures([facts()])
    assert apart(drawn(LAYOUTS["permit_granted"]()), Image.open(io.BytesIO(shown)).convert("L")) <= ALIKE


@pytest.mark.parametrize(
    "other",
    [
        facts(trade_name="(有)見本工務店"),
        facts(trade_name=""),
        refusal("other"),
    ],
)
def test_a_page_that_says_something_else_is_not_alike(other: object) -> None:
    now = drawn(press().one_file([other]))  # type: ignore[list-item]  # what facts() and refusal() made
    assert apart(now, drawn(LAYOUTS["permit_granted"]())) > ALIKE
