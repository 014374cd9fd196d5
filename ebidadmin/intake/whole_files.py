"""Files for people and other systems: whole or not there at all, on the disk before they take their place, and for the right readers.

A file that takes the place of another keeps who may read it. A new one is for whom the umask says; where it names contact persons, for its
owner alone. Why: ``docs/decisions/0019-who-may-read-a-written-file.md``.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, BinaryIO, TextIO, cast

from ebidadmin.errors import InputError

_OWNER, _ANYBODY = 0o600, 0o666


class Part:
    """A file while it is made, beside ``path``: under a name of its own, so that two writers do not write into each other.

    ``personal``: what comes into it names contact persons. Raises ``OSError`` where nothing can be written, or where ``path`` is no file.
    """

    def __init__(self, path: Path, *, personal: bool = False) -> None:
        self._path = path
        self._made = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
        replaced = _replaced(path)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        mode = _ANYBODY if replaced is None and not personal else _OWNER
        self._handle: int | None = os.open(self._made, flags, mode)
        try:
            if replaced is not None:
                # Before anything stands in it.
                _share_as(self._made, replaced)
        except OSError:
            self.discard()
            raise

    def take_handle(self) -> int:
        """The open file, once; whoever takes it closes it."""
        if self._handle is None:
            raise RuntimeError("the handle was taken")
        handle, self._handle = self._handle, None
        return handle

    def keep(self) -> None:
        """Put it in its place."""
        self._made.replace(self._path)

    def discard(self) -> None:
        """Leave nothing of it, unless it was kept."""
        if self._handle is not None:
            os.close(self.take_handle())
        # What cannot be taken away either was told by the error that led here.
        with suppress(OSError):
            self._made.unlink()


@contextmanager
def whole_file(path: Path, *, personal: bool = False, shown: str = "") -> Iterator[BinaryIO]:
    """A stream whose bytes become the file at ``path`` at the end of the block, or nothing of it where the block raises.

    Raises ``InputError`` ``file-unwritable``, which names the place as ``shown``, else by the file's name.
    """
    with _whole(path, lambda handle: os.fdopen(handle, "wb"), personal, shown) as stream:
        yield cast("BinaryIO", stream)


@contextmanager
def whole_text(path: Path, *, encoding: str, personal: bool = False) -> Iterator[TextIO]:
    """The same for text; line ends are written as they are given."""

    def opened(handle: int) -> IO[Any]:
        return os.fdopen(handle, "w", encoding=encoding, newline="")

    with _whole(path, opened, personal, "") as stream:
        yield cast("TextIO", stream)


def check_place(path: Path) -> None:
    """Raises ``InputError`` ``file-unwritable`` where no file can be written to ``path``; to be asked before what cannot be taken back.
    What is there is not touched, and nothing new is left."""
    with _told(path, ""):
        Part(path, personal=True).discard()


def mode_in_other_group(mode: int) -> int:
    """What becomes of a mode where the file's group cannot be kept: another group may what everybody may."""
    return mode & ~0o070 | (mode & 0o007) << 3


@contextmanager
def _whole(path: Path, opened: Callable[[int], IO[Any]], personal: bool, shown: str) -> Iterator[IO[Any]]:
    with _told(path, shown):
        part = Part(path, personal=personal)
        try:
            with opened(part.take_handle()) as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            part.keep()
        finally:
            part.discard()


@contextmanager
def _told(path: Path, shown: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InputError("file-unwritable", file=shown or path.name) from error


def _replaced(path: Path) -> os.stat_result | None:
    """What is to be replaced. Raises ``OSError`` for what is no file: a device or a pipe would be a file afterwards."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "no file", str(path))
    return found


def _share_as(made: Path, replaced: os.stat_result) -> None:
    mode = stat.S_IMODE(replaced.st_mode)
    if made.stat().st_gid != replaced.st_gid:
        try:
            os.chown(made, -1, replaced.st_gid)
        except PermissionError:
            mode = mode_in_other_group(mode)
    made.chmod(mode)
