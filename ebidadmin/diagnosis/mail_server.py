"""The mail server: reached, greeted, encrypted and logged in to as a mail would; none is sent."""

from __future__ import annotations

from collections.abc import Iterator

from ebidadmin.bootstrap import smtp_transport
from ebidadmin.config import Config
from ebidadmin.domain.diagnosis import Found, FoundCode, Helper, Item, Verdict, refused
from ebidadmin.errors import EbidError
from ebidadmin.mailing.smtp import Step

TOLD = {
    Step.GREET: FoundCode.MAIL_SERVER_ANSWERS,
    Step.ENCRYPT: FoundCode.MAIL_SERVER_ENCRYPTED,
    Step.LOG_IN: FoundCode.MAIL_LOGIN_GOOD,
}


def look_at_mail_server(config: Config) -> Iterator[Found]:
    """A thing found for each step, up to the one that fails; one alone where mails become files."""
    if config.mail.transport == "folder":
        yield _found(Verdict.GOOD, FoundCode.MAIL_SERVER_NONE, folder=str(config.mail_folder))
        return
    try:
        transport = smtp_transport(config)
        server = str(transport.server)
        for step in transport.examine():
            if step in TOLD:
                yield _found(Verdict.GOOD, TOLD[step], server=server)
            if step is Step.GREET and not transport.encrypts:
                yield _found(Verdict.ATTENTION, FoundCode.MAIL_SERVER_PLAIN, server=server)
        if not transport.logs_in:
            yield _found(Verdict.GOOD, FoundCode.MAIL_LOGIN_NONE, server=server)
    except EbidError as error:
        yield refused(Item.MAIL_SERVER, error)


def _found(verdict: Verdict, code: FoundCode, **facts: str) -> Found:
    helper = Helper.NOBODY if verdict is Verdict.GOOD else Helper.ADMINISTRATOR
    return Found(item=Item.MAIL_SERVER, verdict=verdict, code=code, helper=helper, facts=facts)
