"""The default transport: each mail becomes an ``.eml`` file in a folder, from where any mail program can open or send it."""

from __future__ import annotations

import hashlib
import os
import re
from contextlib import suppress
from pathlib import Path

from ebidadmin.domain.mails import OutboxMail
from ebidadmin.errors import MailTransientError
from ebidadmin.mailing.message import checked_sender, message_bytes

LONGEST_NAME = 120

_UNSAFE = re.compile(r"[^0-9A-Za-z.@_-]")


class FolderTransport:
    """Implements ``mail_ports.MailTransport``. A repeat writes the same bytes under the same name: one file for each Message-ID."""

    def __init__(self, folder: Path, *, sender: str) -> None:
        """Raises ``ConfigurationError`` (``setting-invalid``) for a sender that no message can have: found at the start, not at
        the first mail."""
        self._folder = folder
        self._sender = checked_sender(sender)

    def deliver(self, mail: OutboxMail) -> None:
        """Write the file: it appears whole or not at all, and it is on the disk when this returns.

        Raises ``MailPermanentError`` (``mail-not-writable``) for a mail that no message can be made of, ``MailTransientError``
        (``mail-folder``) when the folder cannot be written.
        """
        content = message_bytes(mail, sender=self._sender)
        name = file_name(mail.message_id)
        waiting = self._folder / f".{name}.{os.getpid()}.tmp"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            _write_synced(waiting, content)
            waiting.replace(self._folder / name)
            sync_folder(self._folder)
            self._sweep(name)
        except OSError as error:
            # Where the folder itself is the trouble, nothing was written that could be removed.
            with suppress(OSError):
                waiting.unlink(missing_ok=True)
            raise MailTransientError("mail-folder", id=mail.id, reason=error.strerror) from error

    def _sweep(self, name: str) -> None:
        """Remove what senders left behind that died while writing this mail."""
        for left in self._folder.glob(f".{name}.*.tmp"):
            left.unlink(missing_ok=True)


def file_name(message_id: str) -> str:
    """A file name for a Message-ID; different ids have different names."""
    bare = message_id.strip("<>")
    safe = _UNSAFE.sub("_", bare).lstrip(".")[:LONGEST_NAME]
    if safe != bare:
        safe = f"{safe}-{hashlib.sha256(message_id.encode()).hexdigest()[:16]}"
    return f"{safe}.eml"


def _write_synced(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make the new name last: on POSIX a rename is safe only once its folder is synced."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
