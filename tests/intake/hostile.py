"""Files made to hurt, each made anew where it is wanted."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.intake.workbooks import MAIN, SHEET, patched, sheet, workbook

Make = Callable[[Path], Path]

MEGABYTE = 1 << 20
NAMES = ["業者番号", "商号又は名称"]
HEAD = "業者番号,商号又は名称\r\n"
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    + "]>"
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY out SYSTEM "file:///etc/passwd">]>'


def cells(*placed: tuple[str, str]) -> bytes:
    return b"".join(
        f'<row><c r="{place}" t="inlineStr"><is><t>{text}</t></is></c></row>'.encode()
        for place, text in placed
    )


def text(content: str, encoding: str = "utf-8", name: str = "f.csv") -> Make:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(content.encode(encoding))
        return folder / name

    return make


def raw(content: bytes, name: str) -> Make:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return make


def one_line(start: bytes, size: int) -> Make:
    """A line that never ends; the disk holds only its beginning."""

    def make(folder: Path) -> Path:
        with (folder / "f.csv").open("wb") as stream:
            stream.write(start)
            stream.truncate(size)
        return folder / "f.csv"

    return make


def parts(changed: Mapping[str, bytes], *, shared: bytes = b"") -> Make:
    return lambda folder: patched(folder / "f.xlsx", changed, shared=shared)


def bomb(megabytes: int) -> Make:
    """A sheet with so many spaces behind its first cell."""

    def make(folder: Path) -> Path:
        path = patched(folder / "f.xlsx", {SHEET: b""})
        with zipfile.ZipFile(path) as source:
            kept = {name: source.read(name) for name in source.namelist() if name != SHEET}
        first, last = sheet(cells(("A1", "x")) + b"\0").split(b"\0")
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
            for name, data in kept.items():
                target.writestr(name, data)
            with target.open(SHEET, "w", force_zip64=True) as stream:
                stream.write(first)
                for _ in range(megabytes):
                    stream.write(b" " * MEGABYTE)
                stream.write(last)
        return path

    return make


def nested(folder: Path) -> Path:
    """An archive of archives of zeros."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", b"\0" * 50 * MEGABYTE)
    with zipfile.ZipFile(folder / "f.xlsx", "w") as archive:
        for n in range(50):
            archive.writestr(f"xl/worksheets/sheet{n}.xml", inner.getvalue())
    return folder / "f.xlsx"


def entity(kind: str, reference: str) -> Make:
    """A sheet whose cells refer to what the document type declares, where the parser for formulas looks as well."""
    body = (
        f'<?xml version="1.0"?>{kind}<worksheet xmlns="{MAIN}"><sheetData>'
        '<row><c r="A1" t="inlineStr"><is><t>業者番号</t></is></c>'
        '<c r="B1" t="inlineStr"><is><t>商号又は名称</t></is></c></row>'
        f'<row><c r="A2"><f>1</f><v>190000092</v></c><c r="B2" t="str"><v>{reference}</v></c></row>'
        "</sheetData></worksheet>"
    )
    return parts({SHEET: body.encode()})


def shared_entity(kind: str, reference: str) -> Make:
    """The same in the table of shared texts."""

    def make(folder: Path) -> Path:
        first = sheet(b'<row><c r="A1" t="s"><v>0</v></c></row>')
        path = patched(folder / "f.xlsx", {SHEET: first}, shared=b"<si><t>x</t></si>")
        with zipfile.ZipFile(path) as source:
            kept = {name: source.read(name) for name in source.namelist()}
        table = f'<?xml version="1.0"?>{kind}<sst xmlns="{MAIN}"><si><t>{reference}</t></si></sst>'
        kept["xl/sharedStrings.xml"] = table.encode()
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
            for name, data in kept.items():
                target.writestr(name, data)
        return path

    return make


def cut_off(folder: Path) -> Path:
    path = workbook(folder / "f.xlsx", [NAMES] * 100)
    path.write_bytes(path.read_bytes()[:-500])
    return path


def unclosed(folder: Path) -> Path:
    """A quote in the first row that would swallow the two million behind it."""
    with (folder / "f.csv").open("w", encoding="utf-8") as stream:
        stream.write(HEAD + '190000091,"x\n')
        stream.writelines(f"{n:09d},商会\n" for n in range(2_000_000))
    return folder / "f.csv"


def wide(folder: Path) -> Path:
    return workbook(folder / "f.xlsx", [[*NAMES, *(f"c{n}" for n in range(10_000))], ["1"]])


def faulty(problems: int) -> Make:
    """A file of two problems a row."""

    def make(folder: Path) -> Path:
        with (folder / "f.csv").open("w", encoding="utf-8", newline="") as stream:
            stream.write(HEAD)
            stream.writelines("1,\0\n" for _ in range(problems // 2))
        return folder / "f.csv"

    return make


WIDE_HEAD = ",".join([*NAMES, *(f"c{n}" for n in range(10_000))])
SHARED_ROWS = b"".join(b'<row><c r="A%d" t="s"><v>0</v></c></row>' % n for n in range(1, 100_001))
DEEP = b"<row>" + b"<c>" * 2_000_000 + b"</c>" * 2_000_000 + b"</row>"

REFUSED: dict[str, tuple[Make, str]] = {
    "zip bomb": (bomb(300), "excel-too-large"),
    "archives in an archive": (nested, "excel-unreadable"),
    "cells far apart": (
        parts({SHEET: sheet(cells(("A1", "x"), ("XFD1048576", "y")))}), "excel-too-large",
    ),
    "a long text shared by every row": (
        parts({SHEET: sheet(SHARED_ROWS)}, shared=b"<si><t>" + b"x" * 32_000 + b"</t></si>"), "excel-too-large",
    ),
    "10,000 columns": (text(f"{WIDE_HEAD}\n190000092,x\n"), "too-many-columns"),
    "10,000 columns of Excel": (wide, "too-many-columns"),
    "billion laughs in a sheet": (entity(LAUGHS, "&a11;"), "excel-unreadable"),
    "billion laughs in shared texts": (shared_entity(LAUGHS, "&a11;"), "excel-unreadable"),
    "external entity in a sheet": (entity(OUTSIDE, "&out;"), "excel-unreadable"),
    "external entity in shared texts": (shared_entity(OUTSIDE, "&out;"), "excel-unreadable"),
    "deep nesting": (parts({SHEET: sheet(DEEP)}), "excel-unreadable"),
    "workbook cut off": (cut_off, "excel-unreadable"),
    "old workbook of zeros": (
        raw(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * MEGABYTE, "f.xls"), "excel-unreadable",
    ),
    "NULs alone": (one_line(b"", 4 * MEGABYTE), "line-too-long"),
    "NUL in a heading": (text(HEAD.replace("者", "者\0") + "190000092,a\r\n"), "heading-not-text"),
    "one line of 200 MB": (one_line(b"x", 200 * MEGABYTE), "line-too-long"),
    "an open quote of 200 MB": (one_line(b'"', 200 * MEGABYTE), "line-too-long"),
    "quote never closed": (text(HEAD + '190000092,"a\r\n' + "190000093,b\r\n" * 1000), "quoting-broken"),
    "quote never closed in a large file": (unclosed, "cell-too-long"),
    "UTF-16 (LE) without mark": (text(HEAD + "190000092,a\r\n" * 5, "utf-16-le"), "heading-not-text"),
    "UTF-16 (BE) without mark": (text(HEAD + "190000092,a\r\n" * 5, "utf-16-be"), "undecodable"),
    "heading cell without end": (text("業者番号," + "長" * 200_000 + "\r\n1,2\r\n"), "cell-too-long"),
    "heading row without end": (text(HEAD.strip() + "," * 900_000 + "\r\n1,2\r\n"), "too-many-columns"),
}  # fmt: skip
"""Each with the code it is refused by."""

LONG: dict[str, tuple[Make, str]] = {
    "zip bomb of 4 GB": (bomb(4000), "excel-too-large"),
    "one line of 1 GB": (one_line(b"x", 1 << 30), "line-too-long"),
    "1 GB of NULs": (one_line(b"\0", 1 << 30), "line-too-long"),
}

QUICK = (
    *("zip bomb", "a long text shared by every row", "10,000 columns", "billion laughs in a sheet"),
    *("external entity in shared texts", "one line of 200 MB", "NUL in a heading", "quote never closed"),
    *("quote never closed in a large file", "UTF-16 (LE) without mark", "heading row without end"),
)
"""Those that an ordinary run tries; a run of long counts tries all."""

TAKEN: dict[str, tuple[Make, str]] = {
    "CSV named .xlsx": (text(HEAD + "190000092,甲\r\n", name="f.xlsx"), "name-not-content"),
    "Excel named .csv": (
        lambda folder: workbook(folder / "f.xlsx", [NAMES, ["190000092", "甲"]]).rename(folder / "f.csv"),
        "name-not-content",
    ),
    "formula cells": (entity("", "甲"), "formula-cell"),
}
"""Each with the problem that is told of it."""
