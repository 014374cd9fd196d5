"""What a PDF of the program says is read back, as a library of its own reads it."""

from __future__ import annotations

import io
from datetime import UTC, datetime

from pypdf import PdfReader

from ebidadmin.documents.pages import case_record_page
from ebidadmin.documents.pdf_text import pdf_texts
from ebidadmin.text.pages import Page, PageRow, PageSection

SAID = "髙﨑商会 東京営業所"


def page(*values: str) -> bytes:
    rows = tuple(PageRow(f"row-{place}", "項目", value) for place, value in enumerate(values))
    made = Page(title="対応記録", facts=(), sections=(PageSection("steps", "手順", rows),), notes=())
    return case_record_page(made, printed_at=datetime(2026, 10, 7, tzinfo=UTC))


def test_each_value_of_a_page_is_in_one_of_the_readings() -> None:
    values = (SAID, "083-231-0092", "shoukai@example.co.jp", "アカマガセキ", "山口県下関市南部町1番1号")
    content = page(*values)
    told = list(pdf_texts(content))
    by_library = "".join(one.extract_text() for one in PdfReader(io.BytesIO(content)).pages)
    for value in values:
        assert value.replace(" ", "") in "".join(by_library.split())
        assert any(value in text for text in told), value
    assert not any("福岡" in text for text in told)


def test_titles_and_plain_texts_are_read() -> None:
    plain = b"%PDF-1.4\n1 0 obj << /Title (Shimonoseki \\(Ltd\\)) /Author <FEFF682A> >> endobj\n"
    told = list(pdf_texts(plain))
    assert "Shimonoseki (Ltd)" in told
    assert "株" in told


def test_what_is_no_pdf_says_nothing() -> None:
    assert list(pdf_texts("髙﨑商会".encode())) == []


def test_a_broken_file_is_read_as_far_as_it_goes() -> None:
    content = page(SAID)
    told = "".join(pdf_texts(b"%PDF-1.4 (a) stream\nnot packed\nendstream" + content[: len(content) // 3]))
    assert "a" in told
