"""Which of the allowed encodings a file is in, decided by decoding all of it strictly; never by guessing."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ebidadmin.errors import InputError

CHUNK = 1 << 18
SHOWN_BYTES = 8

_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_UTF32_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)

_TWO_BYTE_AT_MOST = bytes(range(0xE0))
"""Bytes of ASCII and of characters that UTF-8 writes in two bytes; all Japanese ones take three or four."""


@dataclass(frozen=True, slots=True)
class Scan:
    """A file's bytes looked through once: SHA-256 (hex), size in bytes, physical lines, its encoding as Python names it, and how many
    bytes no line has more of (``None`` in UTF-16, where that is not known)."""

    sha256: str
    size: int
    lines: int
    encoding: str
    longest: int | None
    bare_returns: bool
    """A CR that no LF follows stands somewhere."""

    quotes: bool
    """A quotation mark stands somewhere."""


def scan(path: Path, encodings: Sequence[str]) -> Scan:
    """Raises ``InputError``: ``file-missing``, ``file-unreadable``, ``file-empty``, ``encoding-not-supported`` (UTF-32, or UTF-16 where the
    layout excludes it), ``encoding-ambiguous`` or ``undecodable`` with the facts ``line``, ``bytes`` (hex, the first that cannot be
    decoded), ``encoding`` (the one that came furthest) and ``tried``."""
    looked = _look(path)
    if looked.size == 0:
        raise InputError("file-empty", file=path.name)
    with path.open("rb") as stream:
        start = stream.read(4)
    mark = _wide_mark(start)
    if mark and (mark == "utf-32" or mark not in encodings):
        raise InputError("encoding-not-supported", file=path.name, encoding=mark)
    marked = start.startswith(codecs.BOM_UTF8)
    unmarked = [encoding for encoding in encodings if encoding != "utf-16"]
    failures = []
    for encoding in (mark,) if mark else ("utf-8",) if marked else unmarked:
        offset = _first_undecodable(path, encoding)
        if offset is None:
            if encoding == "utf-8" and not marked and looked.two_byte_only and "cp932" in encodings:
                _refuse_ambiguous(path)
            lines = _wide_lines(path) if mark else looked.lines
            found = "utf-8-sig" if marked else encoding
            return Scan(
                looked.sha256,
                looked.size,
                lines,
                found,
                None if mark else looked.longest,
                looked.bare_returns,
                looked.quotes,
            )
        failures.append((offset, encoding))
    raise _undecodable(path, failures)


def _wide_mark(start: bytes) -> str:
    # The mark of UTF-32 begins with that of UTF-16.
    if start[:4] in _UTF32_MARKS:
        return "utf-32"
    return "utf-16" if start[:2] in _UTF16_MARKS else ""


def _refuse_ambiguous(path: Path) -> None:
    """Half-width kana of CP932 in pairs are also accented letters of UTF-8. A file with nothing else beyond ASCII may be either."""
    if _first_undecodable(path, "cp932") is None:
        raise InputError("encoding-ambiguous", file=path.name)


def file_hash(path: Path) -> str:
    """SHA-256 (hex) of a file's bytes as they are now. Raises ``InputError`` like ``scan``."""
    digest = hashlib.sha256()
    for chunk in _chunks(path):
        digest.update(chunk)
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class _Look:
    sha256: str
    size: int
    lines: int
    longest: int
    """No line has more bytes; the longest may have some ``CHUNK`` less."""

    bare_returns: bool
    quotes: bool
    two_byte_only: bool
    """There are bytes beyond ASCII, and in UTF-8 none of them would belong to a character of three or four bytes."""


def _look(path: Path) -> _Look:
    digest, size, ends, before = hashlib.sha256(), 0, 0, b""
    run = longest = returns = pairs = 0
    beyond_ascii = longer = quotes = False
    for chunk in _chunks(path):
        digest.update(chunk)
        size += len(chunk)
        returns_here, pairs_here = chunk.count(b"\r"), _pairs(chunk, before)
        ends += returns_here + chunk.count(b"\n") - pairs_here
        returns += returns_here
        pairs += pairs_here
        before = chunk[-1:]
        quotes = quotes or b'"' in chunk
        end = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
        longest = max(longest, run + len(chunk))
        run = run + len(chunk) if end < 0 else len(chunk) - end - 1
        if not longer and not chunk.isascii():
            beyond_ascii = True
            longer = bool(chunk.translate(None, _TWO_BYTE_AT_MOST))
    lines = ends + (before not in {b"\r", b"\n", b""})
    return _Look(
        digest.hexdigest(), size, lines, longest, returns != pairs, quotes, beyond_ascii and not longer
    )


def _wide_lines(path: Path) -> int:
    ends, last = 0, b""
    for chunk in _as_utf8(_chunks(path)):
        ends += _ends_of(chunk, last)
        last = chunk[-1:] or last
    return ends + (last not in {b"\r", b"\n", b""})


def _as_utf8(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """UTF-16 in the bytes that lines are counted in."""
    decoder = codecs.getincrementaldecoder("utf-16")("replace")
    for chunk in chunks:
        yield decoder.decode(chunk).encode()


def _chunks(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(CHUNK):
                yield chunk
    except FileNotFoundError as error:
        raise InputError("file-missing", file=path.name) from error
    except OSError as error:
        raise InputError("file-unreadable", file=path.name) from error


def _first_undecodable(path: Path, encoding: str) -> int | None:
    """The place (in bytes) of the first sequence that is not of that encoding, or ``None`` when all of the file is."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    done = 0
    for chunk in _with_end(_chunks(path)):
        waiting = len(decoder.getstate()[0])
        try:
            decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            return done - waiting + error.start
        done += len(chunk)
    return None


def _with_end(chunks: Iterator[bytes]) -> Iterator[bytes]:
    yield from chunks
    yield b""


def _undecodable(path: Path, failures: Sequence[tuple[int, str]]) -> InputError:
    # The right encoding is likely the one in which more of the file made sense.
    offset, encoding = max(failures, key=lambda failure: failure[0])
    with path.open("rb") as stream:
        before = _up_to(stream, offset)
        line = 1 + _ends_within(_as_utf8(before) if encoding == "utf-16" else before)
        stream.seek(offset)
        shown = stream.read(SHOWN_BYTES)
    return InputError(
        "undecodable",
        file=path.name,
        line=line,
        bytes=shown.hex(" ").upper(),
        encoding=encoding,
        tried=tuple(tried for _offset, tried in failures),
    )


def _up_to(stream: BinaryIO, size: int) -> Iterator[bytes]:
    while size > 0 and (chunk := stream.read(min(CHUNK, size))):
        size -= len(chunk)
        yield chunk


def _ends_within(chunks: Iterator[bytes]) -> int:
    ends, before = 0, b""
    for chunk in chunks:
        ends += _ends_of(chunk, before)
        before = chunk[-1:] or before
    return ends


def _ends_of(chunk: bytes, before: bytes) -> int:
    """Line ends in a chunk after one that ended with ``before``: CR and LF on both sides of the cut are one."""
    return chunk.count(b"\r") + chunk.count(b"\n") - _pairs(chunk, before)


def _pairs(chunk: bytes, before: bytes) -> int:
    """How often CR and LF stand together, with the end of the chunk before."""
    return chunk.count(b"\r\n") + (before == b"\r" and chunk[:1] == b"\n")
