"""Mails leave as soon as what caused them is done; that they could not is told, and is no failure of what caused them."""

from __future__ import annotations

from ebidadmin.domain.staff import Staff
from ebidadmin.errors import EbidError
from ebidadmin.services import mail_outbox
from ebidadmin.services.ports import Office
from ebidadmin.text import messages


def send_waiting(office: Office, staff: Staff) -> tuple[str, ...]:
    """Hand over what waits in the outbox; sentences about what kept it from that."""
    try:
        mail_outbox.dispatch(office, staff=staff)
    except EbidError as error:
        return (messages.sentence(error),)
    return ()
