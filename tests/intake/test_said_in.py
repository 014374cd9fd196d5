"""A file is found by what it says, however it is written and packed; what cannot be looked into is told."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest
from openpyxl import Workbook
from pypdf import PdfWriter

from ebidadmin.intake import said_in
from ebidadmin.intake.said_in import SaidIn, UnreadableFileError

NAME = "(株)髙田商会 <A&B>"
OTHER = "(株)高田商会"


def search(*values: str) -> SaidIn:
    return SaidIn(values or (NAME,), pdf=lambda content: [content.decode("latin-1")])


def written(tmp_path: Path, content: bytes, name: str = "a.txt") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp932"])
def test_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    assert search().file(written(tmp_path, f"1,{NAME},2".encode(encoding)))
    assert not search().file(written(tmp_path, f"1,{OTHER},2".encode(encoding)))


@pytest.mark.parametrize("encoding", ["iso2022_jp", "euc_jp"])
def test_in_encodings_that_lack_a_sign_of_the_other_name(tmp_path: Path, encoding: str) -> None:
    said = f"取引先は{OTHER}であった"
    assert search("高田商会").file(written(tmp_path, said.encode(encoding)))
    assert search(OTHER).file(written(tmp_path, said.encode(encoding)))
    assert not search(NAME).file(written(tmp_path, said.encode(encoding)))


def test_as_json_and_in_a_page(tmp_path: Path) -> None:
    assert search().file(written(tmp_path, json.dumps({"a": NAME}).encode()))
    assert search().file(written(tmp_path, "<p>(株)髙田商会 &lt;A&amp;B&gt;</p>".encode()))


def workbook(value: str) -> bytes:
    book, stream = Workbook(), io.BytesIO()
    book.active.append([value])
    book.save(stream)
    return stream.getvalue()


def packed(name: str, content: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(name, content)
    return stream.getvalue()


def test_in_a_workbook_and_in_a_package_of_one(tmp_path: Path) -> None:
    assert search().file(written(tmp_path, workbook(NAME), "a.xlsx"))
    assert not search().file(written(tmp_path, workbook(OTHER), "a.xlsx"))
    assert search().file(written(tmp_path, packed("inside/a.xlsx", workbook(NAME)), "a.zip"))


@pytest.mark.parametrize("cte", ["base64", "quoted-printable"])
def test_in_a_mail(tmp_path: Path, cte: str) -> None:
    mail = EmailMessage()
    mail["To"] = "a@example.co.jp"
    mail.set_content(NAME, charset="utf-8", cte=cte)
    path = written(tmp_path, mail.as_bytes(), "a.eml")
    assert NAME.encode() not in path.read_bytes()
    assert search().file(path)
    assert search("a@example.co.jp").file(path)
    assert not search(OTHER).file(path)


def test_in_the_head_lines_of_a_mail(tmp_path: Path) -> None:
    mail = EmailMessage()
    mail["Subject"] = NAME
    mail.set_content("x")
    assert search().file(written(tmp_path, mail.as_bytes(), "a.eml"))


def test_across_the_pieces_of_a_long_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(said_in, "AT_ONCE", 64)
    for before in range(30, 70):
        path = written(tmp_path, b"x" * before + NAME.encode() + b"y" * 200)
        assert search().file(path), before
    assert not search().file(written(tmp_path, b"x" * 1000))


def test_in_a_mail_that_is_longer_than_a_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(said_in, "AT_ONCE", 64)
    mail = EmailMessage()
    mail.set_content("x" * 1000 + NAME, charset="utf-8", cte="base64")
    assert search().file(written(tmp_path, mail.as_bytes(), "A.EML"))


def test_in_a_mail_in_a_package(tmp_path: Path) -> None:
    mail = EmailMessage()
    mail.set_content(NAME, charset="utf-8", cte="base64")
    assert search().file(written(tmp_path, packed("kept/a.eml", mail.as_bytes()), "a.zip"))


def test_in_a_csv_cell_with_quotes(tmp_path: Path) -> None:
    path = written(tmp_path, 'a,"「""さくら""」土木"\r\n'.encode("cp932"), "a.csv")
    assert search('「"さくら"」土木').file(path)


def test_packages_in_packages_are_looked_into_or_told(tmp_path: Path) -> None:
    inner = packed("a.txt", NAME.encode())
    for depth in range(1, 4):
        assert search().file(written(tmp_path, inner, f"{depth}.zip")), depth
        inner = packed("a.zip", inner)
    with pytest.raises(UnreadableFileError):
        search().file(written(tmp_path, inner, "deep.zip"))


def test_what_cannot_be_looked_into_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnreadableFileError):
        search().file(written(tmp_path, b"PK broken", "a.xlsx"))
    monkeypatch.setattr(said_in, "LARGEST", 10)
    with pytest.raises(UnreadableFileError):
        search().file(written(tmp_path, workbook(OTHER), "a.xlsx"))


def locked_pdf() -> bytes:
    writer, stream = PdfWriter(), io.BytesIO()
    writer.add_blank_page(100, 100)
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(stream)
    return stream.getvalue()


CLOSED: dict[str, Callable[[], bytes]] = {
    "gzip": lambda: gzip.compress(NAME.encode()),
    "bzip2": lambda: bz2.compress(NAME.encode()),
    "xz": lambda: lzma.compress(NAME.encode() * 50),
    "7z": lambda: b"7z\xbc\xaf\x27\x1c" + b"x" * 50,
    "lzh": lambda: b"\x20\x11-lh5-" + b"x" * 50,
    "locked PDF": locked_pdf,
    "locked workbook": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
    "gzip in a package": lambda: packed("a.gz", gzip.compress(NAME.encode())),
    "half a package": lambda: packed("a.txt", b"x" * 5000)[:-40],
}


@pytest.mark.parametrize("what", CLOSED)
@pytest.mark.parametrize("at_once", [64, 1 << 20])
def test_what_is_packed_in_another_way_or_locked_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str, at_once: int
) -> None:
    content = CLOSED[what]()
    monkeypatch.setattr(said_in, "AT_ONCE", at_once)
    with pytest.raises(UnreadableFileError):
        search().file(written(tmp_path, content, "a.bin"))


def test_a_pdf_that_nobody_can_read_is_told(tmp_path: Path) -> None:
    def broken(_content: bytes) -> list[str]:
        raise ValueError("no table")

    with pytest.raises(UnreadableFileError):
        SaidIn((NAME,), pdf=broken).file(written(tmp_path, b"%PDF-1.7 x", "a.pdf"))


def test_nothing_is_found_where_nothing_is_looked_for(tmp_path: Path) -> None:
    assert not SaidIn((), pdf=lambda _content: []).file(written(tmp_path, NAME.encode()))
