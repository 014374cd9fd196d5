"""The texts of a PDF, to find out whether it says something: enough for what this program, browsers
and office programs write.

A page keeps glyph numbers of its fonts; each font brings a table of which characters they are (ToUnicode, PDF 32000-1, 9.10.3). Which font
a line is set in is not followed: each line is read with every table, and one of the readings is right. What is locked with a password, or
only a picture, has no text here.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping

_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_LIST = re.compile(rb"begin(bfchar|bfrange)(.*?)endbf", re.DOTALL)
_HEX = re.compile(rb"<([0-9A-Fa-f\s]*)>|\[([^\]]*)\]")
_SETS_TYPE = re.compile(rb"\sTf\s")
_BEGIN = re.compile(rb"<([0-9A-Fa-f\s]+)>|\(")
_BRACKET = re.compile(rb"\\.|[()]", re.DOTALL)
_ESCAPE = re.compile(rb"\\([nrtbf()\\]|[0-7]{1,3}|\r?\n)")
_PLAIN = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}

LONGEST = 65_536
"""Bytes of one text, as the standard has it: what seems longer is none."""

Table = Mapping[int, str]


def pdf_texts(content: bytes) -> Iterator[str]:
    """What the PDF may say: its text, read with each of its tables, and plain texts such as its title. Nothing for what is no PDF."""
    if not content.startswith(b"%PDF"):
        return
    streams = [_unpacked(found.group(1)) for found in _STREAM.finditer(content)]
    tables = [table for table in map(_table, streams) if table]
    yield from map(_plain, _runs(_STREAM.sub(b"", content)))
    for stream in streams:
        if _SETS_TYPE.search(stream):
            runs = list(_runs(stream))
            yield from map(_plain, runs)
            joined = b"".join(runs)
            yield from (_read(joined, table, width) for table in tables for width in (2, 1))


def _runs(stream: bytes) -> Iterator[bytes]:
    for one, is_hex in _strings(stream):
        yield bytes.fromhex(_even(one)) if is_hex else one


def _plain(run: bytes) -> str:
    if run.startswith(b"\xfe\xff"):
        return run[2:].decode("utf-16-be", "replace")
    return run.decode("latin-1")


def _unpacked(stream: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(stream)
    except zlib.error:
        return stream


def _even(digits: bytes) -> str:
    text = b"".join(digits.split()).decode("ascii")
    return text if len(text) % 2 == 0 else f"{text}0"


def _strings(stream: bytes) -> Iterator[tuple[bytes, bool]]:
    """Texts as they are shown, in order, and whether they are in hexadecimal."""
    place = 0
    while found := _BEGIN.search(stream, place):
        place = found.end()
        if found.group(1) is not None:
            yield found.group(1), True
        elif (end := _closing(stream, place)) is not None:
            yield _ESCAPE.sub(_escaped, stream[place:end]), False
            place = end + 1


def _closing(stream: bytes, place: int) -> int | None:
    """Where the text that began there ends: brackets in it that belong together need not be set off."""
    depth = 1
    for found in _BRACKET.finditer(stream, place, place + LONGEST):
        depth += {b"(": 1, b")": -1}.get(found.group(), 0)
        if not depth:
            return found.start()
    return None


def _escaped(found: re.Match[bytes]) -> bytes:
    sign = found.group(1)
    if sign in _PLAIN:
        return _PLAIN[sign]
    if sign[:1].isdigit():
        return bytes([int(sign, 8) & 0xFF])
    return b"" if sign.strip() == b"" else sign


def _table(stream: bytes) -> Table:
    table: dict[int, str] = {}
    for kind, listed in _LIST.findall(stream):
        cells = [one.group(1) if one.group(1) is not None else one.group(2) for one in _HEX.finditer(listed)]
        step = 2 if kind == b"bfchar" else 3
        for place in range(0, len(cells) - step + 1, step):
            _enter(table, cells[place : place + step])
    return table


def _enter(table: dict[int, str], cells: list[bytes]) -> None:
    first, last = _number(cells[0]), _number(cells[-2])
    targets = [one.group(1) for one in _HEX.finditer(cells[-1])] if b"<" in cells[-1] else None
    if targets is not None:
        for offset, target in enumerate(targets):
            table[first + offset] = _characters(target)
        return
    start = _characters(cells[-1])
    for code in range(first, min(last, first + 0xFFFF) + 1):
        table[code] = start[:-1] + chr(ord(start[-1]) + code - first) if start else ""


def _number(digits: bytes) -> int:
    return int(b"".join(digits.split()) or b"0", 16)


def _characters(digits: bytes) -> str:
    return bytes.fromhex(_even(digits)).decode("utf-16-be", "replace")


def _read(codes: bytes, table: Table, width: int) -> str:
    numbers = (int.from_bytes(codes[place : place + width], "big") for place in range(0, len(codes), width))
    return "".join(table.get(number, "") for number in numbers)
