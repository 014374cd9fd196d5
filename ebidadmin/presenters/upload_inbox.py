"""Small files that come from the browser: kept beside the inbox until they are whole, then they are files of the inbox.

A file that stays incomplete leaves nothing behind; what an earlier, killed session left is removed at the next start.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePosixPath, PureWindowsPath

from ebidadmin.text import imports as words

LARGEST = 10_000_000
"""Bytes; larger files are put into the inbox folder by other means."""

PART = ".upload.part"


class UploadInbox:
    """Takes one file at a time into the folder ``inbox``; ``on_stored`` is told its name there."""

    def __init__(
        self,
        inbox: Path,
        *,
        suffixes: frozenset[str],
        on_stored: Callable[[str], None],
        largest: int = LARGEST,
    ) -> None:
        self._inbox, self._suffixes, self._largest = inbox, suffixes, largest
        self._on_stored = on_stored
        self._name, self._size, self._got = "", 0, 0
        self._stored = ""

    @property
    def missing_from(self) -> int | None:
        """Where the next piece begins; ``None`` once the file is stored."""
        return None if self._stored else self._got

    @property
    def finished(self) -> str:
        """What to tell once the file is stored."""
        return words.upload_ready(self._stored)

    def start(self, name: str, size: int) -> str:
        """Begin with a file of that name (its folders are dropped). Returns why not, or the empty text."""
        plain = PurePosixPath(PureWindowsPath(name).name).name
        if Path(plain).suffix.lower() not in self._suffixes or plain.startswith("."):
            return words.FILE_NOT_CSV.format(path=plain)
        if size > self._largest:
            return words.upload_too_large(plain, size)
        if size == 0:
            return words.UPLOAD_EMPTY.format(name=plain)
        self._name, self._size, self._got, self._stored = plain, size, 0, ""
        self._inbox.mkdir(parents=True, exist_ok=True)
        self._part.write_bytes(b"")
        return ""

    def take(self, offset: int, piece: bytes) -> str:
        """The bytes from ``offset`` on; anything but the piece that is missing ends the upload."""
        if not self._name or offset != self._got or not piece or self._got + len(piece) > self._size:
            return self.abandon()
        with self._part.open("ab") as file:
            file.write(piece)
        self._got += len(piece)
        if self._got == self._size:
            self._store()
        return ""

    def abandon(self) -> str:
        """Drop what came so far; returns what to tell."""
        self._part.unlink(missing_ok=True)
        name, self._name = self._name, ""
        return words.UPLOAD_BROKEN.format(name=name)

    @property
    def _part(self) -> Path:
        return self._inbox / PART

    def _store(self) -> None:
        place, count = self._inbox / self._name, 1
        while place.exists() and place.read_bytes() != self._part.read_bytes():
            count += 1
            plain = Path(self._name)
            place = self._inbox / f"{plain.stem}-{count}{plain.suffix}"
        self._part.replace(place)
        self._name, self._stored = "", place.name
        self._on_stored(place.name)
