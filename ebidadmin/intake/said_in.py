"""Whether a file says one of certain texts, however it is written: in whatever encoding, packed, or as a mail."""

from __future__ import annotations

import html
import io
import json
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator
from email import message_from_bytes, policy
from pathlib import Path

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "cp932", "euc_jp", "iso2022_jp")
"""In which files of offices come; the first is that of the program's own."""

AT_ONCE = 16 * 1024 * 1024
"""Bytes that are in memory at a time of a file that is no package."""

LARGEST = 256 * 1024 * 1024
"""Bytes of what is unpacked. A file that holds more is no work of an office."""

_PACKED = (
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ\0",
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!",
    b"\x28\xb5\x2f\xfd",
    b"\x1f\x9d",
    b"PGDMP",
)
"""How files begin that gzip, bzip2, xz, 7-Zip, RAR, zstd, compress and pg_dump packed."""

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

DEEPEST = 3
"""Packages in packages that are unpacked."""

Texts = Callable[[bytes], Iterable[str]]


class UnreadableFileError(Exception):
    """It cannot be known whether the file says it."""


class SaidIn:
    """Looks for ``values`` in files; ``pdf`` reads the texts of a PDF."""

    def __init__(self, values: Collection[str], *, pdf: Texts) -> None:
        self._unspaced = frozenset(map(_close, values))
        spelled = {spelling for value in values for spelling in _spellings(value)}
        self._pattern = re.compile(b"|".join(map(re.escape, sorted(spelled)))) if spelled else None
        self._longest = max(map(len, spelled), default=0)
        self._pdf = pdf

    def file(self, path: Path) -> bool:
        """Whether that file says one of them. Raises ``UnreadableFileError``, ``OSError``."""
        if self._pattern is None:
            return False
        with path.open("rb") as stream:
            head = stream.read(AT_ONCE)
            if len(head) < AT_ONCE or head.startswith((b"PK", b"%PDF")) or _is_mail(path.name):
                if path.stat().st_size > LARGEST:
                    raise UnreadableFileError(path.name)
                return self._content(head + stream.read(), mail=_is_mail(path.name))
            _require_open(head)
            while head:
                if self._pattern.search(head):
                    return True
                more = stream.read(AT_ONCE)
                head = head[-self._longest :] + more if more else b""
        return False

    def _content(self, content: bytes, *, mail: bool = False, depth: int = 0) -> bool:
        if self._pattern is None:
            return False
        if self._pattern.search(content):
            return True
        _require_open(content)
        if content.startswith(b"%PDF"):
            try:
                # Where a line ends, white space is lost.
                return any(value in _close(text) for text in self._pdf(content) for value in self._unspaced)
            except (ValueError, LookupError) as error:
                raise UnreadableFileError(str(error)) from error
        if content.startswith(b"PK"):
            if depth == DEEPEST:
                raise UnreadableFileError("packages in packages")
            return any(
                self._content(member, mail=mail, depth=depth + 1) for member, mail in _members(content)
            )
        if mail:
            return any(self._content(part, depth=depth + 1) for part in _parts(content))
        return False


def _require_open(content: bytes) -> None:
    """Raises ``UnreadableFileError`` for what is packed or locked in a way that is not looked into."""
    closed = content.startswith(_PACKED) or content[2:5] == b"-lh"
    locked = content.startswith(b"%PDF") and b"/Encrypt" in content
    locked |= content.startswith(_OLD_OFFICE) and "EncryptedPackage".encode("utf-16-le") in content
    if closed or locked:
        raise UnreadableFileError("packed or locked")


def _close(text: str) -> str:
    return "".join(text.split())


def _spellings(value: str) -> Iterator[bytes]:
    texts = {value, html.escape(value), html.escape(value, quote=False)}
    texts |= {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1], value.replace('"', '""')}
    for text in texts:
        for encoding in ENCODINGS:
            try:
                # Within a longer text there are no signs that begin and end Japanese.
                yield text.encode(encoding).removeprefix(b"\x1b$B").removesuffix(b"\x1b(B")
            except UnicodeEncodeError:
                # What an encoding has no sign for stands in no file of it.
                continue


def _is_mail(name: str) -> bool:
    return name.casefold().endswith(".eml")


def _members(content: bytes) -> Iterator[tuple[bytes, bool]]:
    """The files of a package, unpacked, and whether each is a mail. Raises ``UnreadableFileError`` for a package that is broken, locked or
    too large."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            members = package.infolist()
            if sum(member.file_size for member in members) > LARGEST:
                raise UnreadableFileError("too large")
            for member in members:
                # Names of members may be what is looked for.
                yield member.filename.encode("utf-8", "surrogateescape"), False
                yield package.read(member), _is_mail(member.filename)
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, ValueError, RuntimeError) as error:
        raise UnreadableFileError(str(error)) from error


def _parts(content: bytes) -> Iterator[bytes]:
    """Head lines and bodies of a mail, decoded."""
    for part in message_from_bytes(content, policy=policy.default).walk():
        try:
            yield "\n".join(str(line) for line in part.values()).encode("utf-8", "replace")
        except (ValueError, LookupError, AttributeError) as error:
            # The reader of head lines stumbles over some that no program should write.
            raise UnreadableFileError(str(error)) from error
        body = part.get_payload(decode=True)
        if isinstance(body, bytes):
            charset = part.get_content_charset() or "utf-8"
            try:
                yield body.decode(charset, "replace").encode("utf-8", "replace")
            except LookupError:
                yield body
