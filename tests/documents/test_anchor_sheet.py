"""The printed sheet of an anchor: what a reader of QR codes finds on it is the signed head, to the letter."""

from __future__ import annotations

import io
import subprocess
from datetime import UTC, datetime

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from ebidadmin.documents.anchor_sheet import anchor_sheet
from ebidadmin.domain.tree_heads import Head, SignedHead, read_note
from ebidadmin.text.anchor_sheet import sheet_words
from tests.needs import require_component

AT = datetime(2026, 10, 7, 3, 4, 5, tzinfo=UTC)


def signed(
    size: int = 1_234_567, *, root: bytes = bytes(range(32)), signature: bytes = bytes(64)
) -> SignedHead:
    head = Head(origin="ebidadmin-0123456789ab", size=size, root=root, at=AT)
    return SignedHead(head=head, key_hash=b"\x00\x01\xfe\xff", signature=signature)


def sheet(head: SignedHead, stamped: datetime | None = None) -> bytes:
    return anchor_sheet(sheet_words(head, office="下関市契約課", stamped=stamped), made_at=AT)


def drawn(pdf: bytes, resolution: int = 150) -> Image.Image:
    """The page as another program prints it."""
    require_component("pdf-tools")
    command = ["pdftoppm", "-r", str(resolution), "-gray", "-png", "-"]
    done = subprocess.run(command, input=pdf, capture_output=True, check=True)
    return Image.open(io.BytesIO(done.stdout))


def the_code(picture: Image.Image) -> zxingcpp.Barcode:
    """The one QR code of the picture.

    Asked for by its format: among the modules of one sheet in some hundreds a reader of all formats
    finds bars that happen to be a number of goods (UPC-E) besides.
    """
    (code,) = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    return code


def read_back(picture: Image.Image) -> str:
    return the_code(picture).bytes.decode()


@pytest.mark.parametrize("size", [1, 1_000_000, 10**15])
def test_a_reader_of_codes_finds_the_signed_head(size: int) -> None:
    head = signed(size)
    assert read_note(read_back(drawn(sheet(head)))) == head


@settings(max_examples=5, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(min_size=64, max_size=64))
def test_every_head_can_be_read_back(root: bytes, signature: bytes) -> None:
    head = signed(root=root, signature=signature)
    assert read_back(drawn(sheet(head))) == head.note


def test_a_crumpled_corner_does_no_harm() -> None:
    head = signed()
    picture = drawn(sheet(head))
    corner = the_code(picture).position.bottom_right
    picture.paste(255, (corner.x - 40, corner.y - 40, corner.x, corner.y))
    assert read_back(picture) == head.note


def test_the_lines_stand_there_as_text_too() -> None:
    head = signed()
    pages = PdfReader(io.BytesIO(sheet(head, stamped=AT))).pages
    assert len(pages) == 1
    text = "".join(pages[0].extract_text().split())
    for line in head.note.splitlines():
        assert "".join(line.split()) in text
    for told in ("下関市契約課", "1,234,567", "令和8年10月7日12:04", "タイムスタンプの日時"):
        assert told in text
    assert "タイムスタンプ" not in PdfReader(io.BytesIO(sheet(head))).pages[0].extract_text()
