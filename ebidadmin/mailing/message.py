"""A mail as the bytes that every transport hands over: the same mail gives the same bytes."""

from __future__ import annotations

from email import policy
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from ebidadmin.clock import jst
from ebidadmin.domain.mails import OutboxMail
from ebidadmin.errors import ConfigurationError, MailPermanentError


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

    Raises ``MailPermanentError`` (``mail-not-writable``) for an address or subject that no header can hold.
    """
    try:
        return _made(mail, sender).as_bytes(policy=policy.SMTP)
    except (ValueError, IndexError, MessageError) as error:
        # The reason stays out of the text: it would quote the address.
        raise MailPermanentError("mail-not-writable", id=mail.id) from error


def _made(mail: OutboxMail, sender: str) -> EmailMessage:
    message = EmailMessage(policy=policy.default)
    message["From"] = Address(addr_spec=sender)
    message["To"] = tuple(Address(addr_spec=address) for address in mail.draft.to)
    message["Subject"] = mail.draft.subject
    message["Date"] = format_datetime(jst(mail.written_at))
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.draft.body, charset="utf-8", cte="base64")
    return message
