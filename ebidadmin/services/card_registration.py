"""The end of a walk through the card screens: registered, changed or renewed, in one transaction with mails and follow-ups; and what is
registered.

A rehearsal does everything in a unit of work that is never committed, and keeps only that it came to its end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ebidadmin.domain import card_sessions, cards, case_records
from ebidadmin.domain.card_forms import CardForm, check_card_form
from ebidadmin.domain.card_sessions import CardFlow, CardSession, CardStep, ProvenCard
from ebidadmin.domain.cards import CardRegistration, CardState, KeptCertificate, Revocation
from ebidadmin.domain.case_records import CaseRecord
from ebidadmin.domain.certificates import CheckOutcome
from ebidadmin.domain.contacts import Contact
from ebidadmin.domain.events import Subject, SubjectKind
from ebidadmin.domain.followups import Cause
from ebidadmin.domain.ids import CardId, CardSessionId, EnterpriseId
from ebidadmin.domain.mails import MailKind
from ebidadmin.domain.names import MatchClass, compare
from ebidadmin.domain.qualifications import Qualification
from ebidadmin.domain.registrations import enterprise_id
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.errors import IllegalTransitionError, InputError, Problem, RuleError, StalePlanError
from ebidadmin.services import follow_up
from ebidadmin.services.card_checks import (
    CardDesk,
    OnCard,
    Ticket,
    certificates,
    chosen,
    day,
    refuse_certificate,
)
from ebidadmin.services.card_ports import CardToken
from ebidadmin.services.card_walk import admit, own
from ebidadmin.services.ports import Office, SequenceName, UnitOfWork
from ebidadmin.services.refusals import refusals_logged

NUMBER_PREFIX = "K"
NUMBER_DIGITS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What the confirmation shows: the register's record, the form, the card's company beside the register's with their match class
    (``None`` where the certificate names none or it had to be guessed), and what will go to the follow-up list."""

    session: CardSession
    qualification: Qualification
    form: CardForm | None
    company_match: MatchClass | None
    findings: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What came of carrying a walk out: the card, whom the mails go to, and what is told of them."""

    card: CardRegistration
    main_contact: Contact


def overview(office: Office, *, staff: Staff, session_id: CardSessionId) -> Overview:
    """What there is to confirm. Raises ``NotPermittedError``, ``NotFoundError``, ``RuleError`` ``card-other`` before a card is known,
    ``InputError`` ``supplier-unknown`` when the register has lost the supplier."""
    with office.uow() as uow:
        session = own(uow, staff, session_id)
        proven, record = _known(session), _record_of(uow, session)
        form = check_card_form(session.typed, rules=office.forms).value
        company = proven.certificate.company_name
        comparable = company and "company_name" not in proven.certificate.guessed
        return Overview(
            session=session,
            qualification=record,
            form=form,
            company_match=compare(company, record.trade_name, office.names).cls if comparable else None,
            findings=follow_up.causes_of(office, uow, _thought_of(office, session, proven), record),
        )


def register(
    office: Office,
    *,
    staff: Staff,
    session_id: CardSessionId,
    tickets: Sequence[Ticket],
    desk: CardDesk,
    token: CardToken,
) -> CardSession:
    """Carry the walk out, already confirmed by the supplier; the card is read again, without a PIN.

    ``tickets`` are what ``card_walk.prove`` gave to this program. In a rehearsal everything is tried and nothing kept, mailed or drawn;
    what would have been refused stands in the trail. Returns the walk at its end.

    Raises ``NotPermittedError``; ``DoorClosedError``; ``CardError``; ``RuleError``: ``proof-missing`` (too old, or made before
    this program was started: ask for the PIN again), ``certificate-not-on-card``, the codes of ``card_checks.refuse_certificate``,
    ``certificate-registered``, ``certificate-of-other``, ``cards-at-limit``, ``card-not-usable``; ``StalePlanError``
    ``register-record-changed``; ``InputError`` (``card-form``, ``supplier-unknown``); ``IllegalTransitionError``; ``ConcurrentEditError``.
    """
    subject = Subject(SubjectKind.CARD_SESSION, session_id)
    with refusals_logged(office, staff=staff, subject=subject, verb="register"):
        with office.uow() as uow:
            session = own(uow, staff, session_id)
        admit(office, staff, session.mode)
        if session.step is not CardStep.CONFIRM:
            raise IllegalTransitionError(
                "illegal-transition", subject=session.id, state=session.step.value, verb="register"
            )
        proven = _fresh(office, session, tickets)
        at_hand = chosen(certificates(office, cards=desk, token=token), proven.certificate.fingerprint)
        if session.rehearsal:
            return _rehearse(office, staff, session, at_hand)
        refuse_certificate(office, at_hand.check)
        with office.uow() as uow:
            ended = _carry_out(office, uow, staff, session, at_hand)
            uow.commit()
        return ended


def record_case(office: Office, *, staff: Staff, session_id: CardSessionId, advice: str) -> CaseRecord:
    """Write down what a rehearsal or a training showed and what was advised: once for each walk, kept as it is.

    Raises ``NotPermittedError``, ``NotFoundError``, ``IllegalTransitionError`` for a walk that registers, ``ConcurrentEditError``
    when there is a record of it already.
    """
    subject = Subject(SubjectKind.CARD_SESSION, session_id)
    with refusals_logged(office, staff=staff, subject=subject, verb="record-case"):
        staff.require(Permission.REHEARSE)
        with office.uow() as uow:
            session = own(uow, staff, session_id)
            written = case_records.write(
                session,
                findings=_findings(office, uow, session),
                advice=advice,
                by=staff.login,
                at=office.clock.now(),
            )
            uow.record(written)
            uow.commit()
    return written.after


def _findings(office: Office, uow: UnitOfWork, session: CardSession) -> tuple[Cause, ...]:
    if session.card is None or session.supplier_number is None:
        return ()
    thought_of = _thought_of(office, session, session.card)
    return follow_up.causes_of(office, uow, thought_of, uow.register.current(session.supplier_number))


def _fresh(office: Office, session: CardSession, tickets: Sequence[Ticket]) -> ProvenCard:
    """The walk's card, every card of it proved by this very program and not long ago."""
    digests = {ticket.fingerprint: ticket.digest for ticket in tickets}
    at, lifetime = office.clock.now(), office.settings.cards.proof
    needed = (session.card, session.old) if session.flow is CardFlow.RENEWAL else (session.card,)
    for one in needed:
        digest = None if one is None else digests.get(one.certificate.fingerprint)
        if not card_sessions.fresh_proof(one, challenge_digest=digest, lifetime=lifetime, at=at):
            raise RuleError("proof-missing")
    return _known(session)


def _rehearse(office: Office, staff: Staff, session: CardSession, at_hand: OnCard) -> CardSession:
    refused: str | None = None
    try:
        refuse_certificate(office, at_hand.check)
        with office.uow() as uow:
            # Never committed: numbers that are drawn here are drawn by nobody.
            _carry_out(office, uow, staff, session, at_hand)
    except (RuleError, InputError) as error:
        refused = error.code
    at = office.clock.now()
    with office.uow() as uow:
        present = session
        if refused is not None:
            noted = card_sessions.stumbled(
                session, what="would-refuse", facts={"code": refused}, by=staff.login, at=at
            )
            uow.record(noted)
            present = noted.after
        ended = card_sessions.finish(present, registration=None, enterprise_id=None, by=staff.login, at=at)
        uow.record(ended)
        uow.commit()
    return ended.after


def _carry_out(
    office: Office, uow: UnitOfWork, staff: Staff, session: CardSession, at_hand: OnCard
) -> CardSession:
    """Everything that belongs together, in the caller's transaction."""
    record = _record_of(uow, session)
    outcome = _FLOWS[session.flow](office, uow, staff, session, at_hand)
    card = outcome.card
    follow_up.reconcile_card(office, uow, card=card, by=staff.login)
    if card.replaces is not None:
        follow_up.reconcile_card(office, uow, card=uow.cards.get(card.replaces), by=staff.login)
    at = office.clock.now()
    ended = card_sessions.finish(
        session, registration=card.id, enterprise_id=card.enterprise_id, by=staff.login, at=at
    )
    mails = office.composer.compose_card(
        _MAILS[session.flow], card, main_contact=outcome.main_contact, trade_name=record.trade_name, at=at
    )
    uow.record(ended, mails=() if session.rehearsal else office.settings.mailed(*mails))
    return ended.after


def _register_card(
    office: Office, uow: UnitOfWork, staff: Staff, session: CardSession, at_hand: OnCard
) -> _Outcome:
    # Drawn first: whoever draws has the turn to write, and reads what others have done before.
    card_id = _draw_card(uow)
    supplier = _record_of(uow, session).supplier_number
    form = _form(office, session)
    certificate = _refuse_taken(uow, session, at_hand)
    limit = office.settings.cards.most_cards
    if limit and len(uow.cards.live_of([supplier])) >= limit:
        raise RuleError("cards-at-limit", limit=limit)
    at = office.clock.now()
    made = cards.register(
        card_id=card_id,
        supplier_number=supplier,
        enterprise_id=_enterprise(office, uow, session),
        certificate=certificate,
        der=at_hand.der,
        revocation=_revocation(at_hand),
        card_contact=form.card_contact,
        register_seen=uow.register.version(),
        by=staff.login,
        at=at,
    )
    uow.record(made)
    _set_main(office, uow, staff, session, form.main_contact)
    return _Outcome(made.after, form.main_contact)


def _change_card(
    office: Office, uow: UnitOfWork, staff: Staff, session: CardSession, at_hand: OnCard
) -> _Outcome:
    card, form = _registered(uow, session), _form(office, session)
    if card.card_contact != form.card_contact:
        changed = cards.change_contact(card, contact=form.card_contact, by=staff.login, at=office.clock.now())
        uow.record(changed)
        card = changed.after
    _set_main(office, uow, staff, session, form.main_contact)
    return _Outcome(card, form.main_contact)


def _renew_card(
    office: Office, uow: UnitOfWork, staff: Staff, session: CardSession, at_hand: OnCard
) -> _Outcome:
    card_id, old = _draw_card(uow), _registered(uow, session)
    if old.certificate.expired(office.clock.now()):
        raise RuleError("certificate-expired", not_after=day(old.certificate.not_after))
    ended, fresh = cards.renew(
        old,
        card_id=card_id,
        certificate=_refuse_taken(uow, session, at_hand),
        der=at_hand.der,
        revocation=_revocation(at_hand),
        register_seen=uow.register.version(),
        by=staff.login,
        at=office.clock.now(),
    )
    uow.record(ended)
    uow.record(fresh)
    main = uow.cards.main_contact(old.supplier_number)
    return _Outcome(fresh.after, old.card_contact if main is None else main.contact)


_FLOWS = {
    CardFlow.REGISTRATION: _register_card,
    CardFlow.CHANGE: _change_card,
    CardFlow.RENEWAL: _renew_card,
}
_MAILS = {
    CardFlow.REGISTRATION: MailKind.CARD_REGISTERED,
    CardFlow.CHANGE: MailKind.CARD_CHANGED,
    CardFlow.RENEWAL: MailKind.CARD_RENEWED,
}


def _known(session: CardSession) -> ProvenCard:
    if session.card is None:
        raise RuleError("card-other")
    return session.card


def _record_of(uow: UnitOfWork, session: CardSession) -> Qualification:
    """The register's record, which must be the one that the walk has met."""
    number = session.supplier_number
    record = None if number is None else uow.register.current(number)
    if number is None or record is None:
        raise InputError("supplier-unknown", [Problem("supplier_number", "supplier-unknown")])
    if session.flow is CardFlow.REGISTRATION and record != uow.register.at_version(
        number, session.register_seen
    ):
        raise StalePlanError("register-record-changed")
    return record


def _registered(uow: UnitOfWork, session: CardSession) -> CardRegistration:
    if session.registration is None:
        raise RuleError("card-not-registered")
    card = uow.cards.get(session.registration)
    if card.state is not CardState.ACTIVE:
        raise RuleError("card-not-usable", state=card.state.value)
    return card


def _form(office: Office, session: CardSession) -> CardForm:
    checked = check_card_form(session.typed, rules=office.forms)
    if checked.value is None:
        raise InputError("card-form", checked.problems)
    return checked.value


def _refuse_taken(uow: UnitOfWork, session: CardSession, at_hand: OnCard) -> KeptCertificate:
    """The certificate at hand. Raises ``RuleError`` where it is registered, or was under another number and is not cancelled there."""
    if at_hand.check.facts is None:
        raise RuleError("certificate-invalid", why=at_hand.check.reason.value)
    certificate = KeptCertificate.of(at_hand.check.facts)
    for one in uow.cards.of_certificate(certificate):
        if one.is_live:
            raise RuleError("certificate-registered")
        if one.supplier_number != session.supplier_number and one.state is not CardState.CANCELLED:
            raise RuleError("certificate-of-other")
    return certificate


def _revocation(at_hand: OnCard) -> Revocation:
    return Revocation.CHECKED if at_hand.check.outcome is CheckOutcome.GOOD else Revocation.UNCHECKED


def _set_main(office: Office, uow: UnitOfWork, staff: Staff, session: CardSession, contact: Contact) -> None:
    if session.supplier_number is None:
        raise RuleError("card-not-registered")
    present = uow.cards.main_contact(session.supplier_number)
    if present is None or present.contact != contact:
        uow.record(
            cards.set_main_contact(
                present,
                supplier_number=session.supplier_number,
                contact=contact,
                by=staff.login,
                at=office.clock.now(),
            )
        )


def _draw_card(uow: UnitOfWork) -> CardId:
    return CardId(f"{NUMBER_PREFIX}{uow.next_number(SequenceName.CARD):0{NUMBER_DIGITS}d}")


def _enterprise(office: Office, uow: UnitOfWork, session: CardSession) -> EnterpriseId:
    """The supplier's enterprise id: the one it has, else a new one."""
    supplier = session.supplier_number
    present = None if supplier is None else uow.registrations.enterprise_id_of(supplier)
    if present is not None:
        return present
    return enterprise_id(office.settings.enterprise_prefix, uow.next_number(SequenceName.ENTERPRISE))


def _thought_of(office: Office, session: CardSession, proven: ProvenCard) -> CardRegistration:
    """The registration that would come of the walk, to ask what there would be to look at."""
    if session.supplier_number is None:
        raise InputError("supplier-unknown", [Problem("supplier_number", "supplier-unknown")])
    blank = Contact(*("",) * 7)
    return CardRegistration(
        id=CardId(""),
        supplier_number=session.supplier_number,
        enterprise_id=EnterpriseId(""),
        certificate=proven.certificate,
        der=b"",
        revocation=_REVOCATIONS.get(proven.outcome, Revocation.CHECKED),
        card_contact=blank,
        registered_at=office.clock.now(),
        register_seen=session.register_seen,
    )


_REVOCATIONS = {
    CheckOutcome.REVOKED.value: Revocation.REVOKED,
    CheckOutcome.UNCHECKED.value: Revocation.UNCHECKED,
}
