"""The default transport: each mail becomes an ``.eml`` file in a folder, from where any mail program can open or send it."""

from __future__ import annotations

import hashlib
import os
import re
from contextlib import suppress
from email import policy
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from ebidadmin.clock import jst
from ebidadmin.domain.mails import OutboxMail
from ebidadmin.errors import ConfigurationError, MailPermanentError, MailTransientError

LONGEST_NAME = 120

_UNSAFE = re.compile(r"[^0-9A-Za-z.@_-]")


class FolderTransport:
    """Implements ``ports.MailTransport``. A repeat writes the same bytes under the same name: one file for each Message-ID."""

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
        try:
            content = message_bytes(mail, sender=self._sender)
        except (ValueError, IndexError, MessageError) as error:
            # The reason stays out of the text: it would quote the address.
            raise MailPermanentError("mail-not-writable", id=mail.id) from error
        name = file_name(mail.message_id)
        waiting = self._folder / f".{name}.{os.getpid()}.tmp"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            _write_synced(waiting, content)
            waiting.replace(self._folder / name)
            _sync_folder(self._folder)
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


def checked_sender(sender: str) -> str:
    """The bare address. Raises ``ConfigurationError`` (``setting-invalid``) for anything else, such as a name beside it."""
    try:
        sender.encode("ascii")
        address = Address(addr_spec=sender)
    except (ValueError, IndexError, MessageError) as error:
        raise ConfigurationError("setting-invalid", setting="mail.sender", value=sender) from error
    if not address.username or not address.domain or address.addr_spec != sender:
        raise ConfigurationError("setting-invalid", setting="mail.sender", value=sender)
    return sender


def message_bytes(mail: OutboxMail, *, sender: str) -> bytes:
    """The mail as an Internet message (RFC 5322, MIME, UTF-8); the same mail gives the same bytes, and its decoded body is the draft's.

    Raises ``ValueError`` for an address or subject that no header can hold.
    """
    message = EmailMessage(policy=policy.default)
    message["From"] = Address(addr_spec=sender)
    message["To"] = tuple(Address(addr_spec=address) for address in mail.draft.to)
    message["Subject"] = mail.draft.subject
    message["Date"] = format_datetime(jst(mail.written_at))
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.draft.body, charset="utf-8", cte="base64")
    return message.as_bytes(policy=policy.SMTP)


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


def _sync_folder(folder: Path) -> None:
    """Make the new name last: on POSIX a rename is safe only once its folder is synced."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
