"""Telling card contacts that their certificate ends soon; run each day, by hand or by a scheduler, as often as one likes."""

from __future__ import annotations

from ebidadmin.domain import expiry_notices
from ebidadmin.domain.cards import CardRegistration
from ebidadmin.domain.events import Subject, SubjectKind
from ebidadmin.domain.ids import CardId
from ebidadmin.domain.mails import MailKind
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.services.ports import Office, UnitOfWork
from ebidadmin.services.refusals import refusals_logged


def write(office: Office, *, staff: Staff) -> tuple[CardId, ...]:
    """Queue the mails that are owed now, one for a card and a notice period (``FollowUpPolicy.notice``); the cards told.

    Each card has a transaction of its own: a run that is killed has told some, the next one tells the others. Where the office does not
    send this kind, nothing is told and nothing is taken for told. Raises ``NotPermittedError``.
    """
    with refusals_logged(office, staff=staff, subject=Subject(SubjectKind.DESK, "mail"), verb="notices"):
        staff.require(Permission.SEND_MAIL)
    if MailKind.CARD_EXPIRES in office.settings.unmailed:
        return ()
    at, notice = office.clock.now(), office.settings.cards.follow_up.notice
    with office.uow() as uow:
        owed = uow.expiry_notices.owed(at=at, until=at + notice, days=notice.days)
    return tuple(card for card in owed if _told(office, staff, card))


def _told(office: Office, staff: Staff, card_id: CardId) -> bool:
    """Whether this run told it. What another run, or the end of the card, made of it meanwhile is read first, with the turn to write."""
    with office.uow() as uow:
        earlier = uow.expiry_notices.of_card(card_id)
        card = uow.cards.get(card_id)
        made = expiry_notices.tell(
            card,
            earlier,
            notice=office.settings.cards.follow_up.notice,
            by=staff.login,
            at=office.clock.now(),
        )
        if made is None:
            return False
        uow.record(made, mails=[office.composer.compose_expiry(card, trade_name=_name(uow, card))])
        uow.commit()
    return True


def _name(uow: UnitOfWork, card: CardRegistration) -> str:
    """The supplier's name as the register has it, else as the certificate has it; empty where nobody says it."""
    record = uow.register.current(card.supplier_number)
    if record is not None:
        return record.trade_name
    return "" if "company_name" in card.certificate.guessed else card.certificate.company_name
