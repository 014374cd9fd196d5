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


@dataclass(frozen=True, slots=True)
class Scan:
    """A file's bytes looked through once: SHA-256 (hex), size in bytes, physical lines, and its encoding as Python names it."""

    sha256: str
    size: int
    lines: int
    encoding: str


def scan(path: Path, encodings: Sequence[str]) -> Scan:
    """Raises ``InputError``: ``file-missing``, ``file-unreadable``, ``file-empty``, ``encoding-not-supported`` (UTF-16) or ``undecodable``
    with the facts ``line``, ``bytes`` (hex, the first that cannot be decoded), ``encoding`` (the one that came furthest) and ``tried``."""
    digest, size, lines = _digest(path)
    if size == 0:
        raise InputError("file-empty", file=path.name)
    with path.open("rb") as stream:
        start = stream.read(4)
    if start[:2] in _UTF16_MARKS:
        raise InputError("encoding-not-supported", file=path.name, encoding="utf-16")
    marked = start.startswith(codecs.BOM_UTF8)
    failures = []
    for encoding in ("utf-8",) if marked else encodings:
        offset = _first_undecodable(path, encoding)
        if offset is None:
            return Scan(digest, size, lines, "utf-8-sig" if marked else encoding)
        failures.append((offset, encoding))
    raise _undecodable(path, failures)


def file_hash(path: Path) -> str:
    """SHA-256 (hex) of a file's bytes as they are now. Raises ``InputError`` like ``scan``."""
    return _digest(path)[0]


def _digest(path: Path) -> tuple[str, int, int]:
    digest, size, ends, before = hashlib.sha256(), 0, 0, b""
    for chunk in _chunks(path):
        digest.update(chunk)
        size += len(chunk)
        ends += _ends_of(chunk, before)
        before = chunk[-1:]
    return digest.hexdigest(), size, ends + (before not in {b"\r", b"\n", b""})


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
        line = 1 + _ends_within(stream, offset)
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


def _ends_within(stream: BinaryIO, size: int) -> int:
    ends, before = 0, b""
    while size > 0 and (chunk := stream.read(min(CHUNK, size))):
        ends += _ends_of(chunk, before)
        size -= len(chunk)
        before = chunk[-1:]
    return ends


def _ends_of(chunk: bytes, before: bytes) -> int:
    """Line ends in a chunk after one that ended with ``before``: CR and LF on both sides of the cut are one."""
    twins = chunk.count(b"\r\n") + (before == b"\r" and chunk[:1] == b"\n")
    return chunk.count(b"\r") + chunk.count(b"\n") - twins
