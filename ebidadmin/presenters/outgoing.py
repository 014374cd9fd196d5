"""Mails leave as soon as what caused them is done; that they could not is told, and is no failure of what caused them."""

from __future__ import annotations

from ebidadmin.domain.events import Subject
from ebidadmin.domain.mails import MailState, OutboxMail
from ebidadmin.domain.staff import Staff
from ebidadmin.errors import EbidError
from ebidadmin.presenters.notices import Notice, Tone
from ebidadmin.services import mail_outbox
from ebidadmin.services.ports import Office
from ebidadmin.text import messages
from ebidadmin.text import queue as words


def send_waiting(office: Office, staff: Staff) -> tuple[str, ...]:
    """Hand over what waits in the outbox, where that is the office's way; sentences about what kept it from that."""
    if not office.settings.send_at_once:
        return ()
    try:
        mail_outbox.dispatch(office, staff=staff)
    except EbidError as error:
        return (messages.sentence(error),)
    return ()


def send_about(office: Office, staff: Staff, about: Subject) -> tuple[Notice, ...]:
    """The same, and what has become of each mail about that subject, oldest first: that it left is never promised."""
    undelivered = tuple(Notice("warning", said) for said in send_waiting(office, staff))
    try:
        found = mail_outbox.list_all(office, staff=staff, about=about)
    except EbidError:
        # Whoever may neither send nor look has been told so already.
        return undelivered
    return (*(Notice(_tone(mail), words.mail_state(mail)) for mail in reversed(found)), *undelivered)


def send_newest(office: Office, staff: Staff, about: Subject, count: int) -> tuple[str, ...]:
    """The same in sentences, of the newest mails alone: those that were written just now."""
    undelivered = send_waiting(office, staff)
    try:
        found = mail_outbox.list_all(office, staff=staff, about=about)[:count]
    except EbidError:
        # As above.
        return undelivered
    return (*(words.mail_state(mail) for mail in reversed(found)), *undelivered)


def written_about(office: Office, staff: Staff, about: Subject) -> int:
    """How many mails about that subject there are. Raises ``NotPermittedError``."""
    return len(mail_outbox.list_all(office, staff=staff, about=about))


def _tone(mail: OutboxMail) -> Tone:
    if mail.state is MailState.GAVE_UP:
        return "error"
    if mail.state is MailState.SENT:
        return "success"
    return "warning" if mail.attempts else "info"
