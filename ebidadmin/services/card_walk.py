"""The steps of the card screens, each kept in the database, so that a reload or a restarted program goes on where it was.

``card_registration`` ends a walk. Nothing here keeps a PIN: it goes from the caller's ``bytearray`` to the card, and the caller wipes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from ebidadmin.domain import card_sessions
from ebidadmin.domain.card_forms import CARD_FORM_KEYS, CardForm, check_card_form, flat_card_form
from ebidadmin.domain.card_sessions import CardFlow, CardMode, CardSession, CardStep, ProvenCard
from ebidadmin.domain.cards import CardRegistration, CardState
from ebidadmin.domain.events import Subject, SubjectKind
from ebidadmin.domain.fields import Checked
from ebidadmin.domain.findings import ReferenceFacts
from ebidadmin.domain.ids import CardSessionId
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import CardError, EbidError, InputError, NotPermittedError, RuleError
from ebidadmin.services import application_intake, doors
from ebidadmin.services.card_checks import (
    CardDesk,
    OnCard,
    Ticket,
    certificates,
    chosen,
    proven_card,
    refuse_certificate,
)
from ebidadmin.services.card_ports import CardToken, fresh_challenge
from ebidadmin.services.case_file import contact_facts
from ebidadmin.services.ports import Office, SequenceName, UnitOfWork
from ebidadmin.services.refusals import refusals_logged

NUMBER_PREFIX = "S"
NUMBER_DIGITS = 8

SEARCH_KEYS = ("supplier_number", "trade_name")


@dataclass(frozen=True, slots=True)
class Entered:
    """A form without a mistake: where the walk stands now, what was folded, and what the reference data remark on it."""

    session: CardSession
    checked: Checked[CardForm]
    remarks: ReferenceFacts


def start(office: Office, *, staff: Staff, flow: CardFlow, mode: CardMode) -> CardSession:
    """Begin a walk; the PIN comes first. Raises ``NotPermittedError``, and ``DoorClosedError`` in the mode that registers."""
    desk = Subject(SubjectKind.DESK, "cards")
    with refusals_logged(office, staff=staff, subject=desk, verb="start"):
        admit(office, staff, mode)
    with office.uow() as uow:
        drawn = uow.next_number(SequenceName.CARD_SESSION)
        session_id = CardSessionId(f"{NUMBER_PREFIX}{drawn:0{NUMBER_DIGITS}d}")
        begun = card_sessions.start(
            session_id=session_id, flow=flow, mode=mode, by=staff.login, at=office.clock.now()
        )
        uow.record(begun)
        uow.commit()
    return begun.after


def unfinished(office: Office, *, staff: Staff) -> CardSession | None:
    """The walk that this person has not ended, the latest of several. Raises ``NotPermittedError``."""
    staff.require(Permission.REHEARSE)
    with office.uow() as uow:
        return next(iter(uow.card_sessions.open_of(staff.login)), None)


def present(office: Office, *, staff: Staff, session_id: CardSessionId) -> CardSession:
    """A person's own walk as it is kept now. Raises ``NotPermittedError``, ``NotFoundError``."""
    with office.uow() as uow:
        return own(uow, staff, session_id)


def prove(
    office: Office,
    *,
    staff: Staff,
    session_id: CardSessionId,
    cards: CardDesk,
    token: CardToken,
    fingerprint: str,
    pin: bytearray | None,
    insist_last_try: bool = False,
) -> tuple[CardSession, Ticket]:
    """Have the card prove that whoever is here knows its PIN, and go on: one log-in for one call.

    In the mode that registers a certificate that may not be registered is refused before the PIN is sent. ``pin`` stays the
    caller's, who wipes it. Raises ``NotPermittedError``, ``DoorClosedError``, ``CardError``, and ``RuleError`` with the codes of
    ``card_checks.refuse_certificate``,
    ``certificate-not-on-card``, ``certificate-registered``, ``card-not-registered``, ``card-not-usable``,
    ``card-other``, ``card-same``, ``proof-mismatch``; all of them stand in the walk's trail.
    """
    with _step(office, staff, session_id, "prove") as session:
        at_hand = _at_hand(office, cards, token, fingerprint)
        _refuse_early(office, session, at_hand)
        challenge = fresh_challenge()
        # Told before it happens: a log-in that nobody heard the end of stands in the trail as well.
        _record(
            office, card_sessions.logged_in(session, what="pin-sent", by=staff.login, at=office.clock.now())
        )
        proof = cards.reader.prove(
            token, fingerprint, pin=pin, challenge=challenge, insist_last_try=insist_last_try
        )
        if proof.fingerprint != fingerprint or proof.challenge != challenge:
            raise RuleError("proof-mismatch")
        ticket = Ticket(fingerprint, challenge)
        proven = proven_card(office, at_hand.check, ticket)
        return _keep(office, staff, session_id, proven), ticket


def client_ready(office: Office, *, staff: Staff, session_id: CardSessionId) -> CardSession:
    """Everything that the client needs is readable: go on."""
    with _step(office, staff, session_id, "go-on") as session:
        return _record(office, card_sessions.client_ready(session, by=staff.login, at=office.clock.now()))


def search(
    office: Office, *, staff: Staff, session_id: CardSessionId, raw: Mapping[str, str]
) -> tuple[CardSession, application_intake.SearchResult]:
    """Look the supplier up by number and name, by the rules of the ID application's search.

    Raises what ``application_intake.search`` raises; what was typed is kept all the same, user id and password never.
    """
    typed = {key: str(raw.get(key, "")) for key in SEARCH_KEYS}
    with _step(office, staff, session_id, "search", searched=typed) as session:
        met = application_intake.search(office, staff=staff, raw=raw, rehearsal=session.rehearsal)
        with office.uow() as uow:
            main = uow.cards.main_contact(met.supplier_number)
            prefill = {} if main is None or session.rehearsal else _prefilled(main.contact.as_map())
            found = card_sessions.found(
                session,
                supplier_number=met.supplier_number,
                register_seen=uow.register.version(),
                searched=typed,
                typed=prefill,
                match=met.match.value,
                by=staff.login,
                at=office.clock.now(),
            )
            uow.record(found)
            uow.commit()
    return found.after, met


def enter(office: Office, *, staff: Staff, session_id: CardSessionId, raw: Mapping[str, str]) -> Entered:
    """Check the form and go on to the confirmation. Raises ``InputError`` (``card-form``, all problems at once), with what was typed kept;
    ``RuleError`` ``nothing-changed`` for a change that changes nothing."""
    typed = {key: str(raw.get(key, "")) for key in CARD_FORM_KEYS}
    with _step(office, staff, session_id, "enter", typed=typed) as session:
        checked = check_card_form(typed, rules=office.forms)
        if checked.value is None:
            raise InputError("card-form", checked.problems)
        if session.flow is CardFlow.CHANGE:
            _refuse_same(office, session, checked.value)
        after = _record(
            office, card_sessions.entered(session, typed=typed, by=staff.login, at=office.clock.now())
        )
        contacts = {"main_contact": checked.value.main_contact, "card_contact": checked.value.card_contact}
        return Entered(after, checked, contact_facts(office, contacts))


def back(
    office: Office, *, staff: Staff, session_id: CardSessionId, typed: Mapping[str, str] | None = None
) -> CardSession:
    """Go to the screen before; ``typed`` is what stands in the form, which is kept."""
    kept = {} if typed is None else {"typed": {key: str(typed.get(key, "")) for key in CARD_FORM_KEYS}}
    with _step(office, staff, session_id, "back") as session:
        at = office.clock.now()
        noted = card_sessions.stumbled(session, what="kept", facts={}, by=staff.login, at=at, **kept)
        present = _record(office, noted) if kept else session
        return _record(office, card_sessions.back(present, by=staff.login, at=at))


def abandon(office: Office, *, staff: Staff, session_id: CardSessionId) -> CardSession:
    """Give the walk up; nothing was registered, and what was typed is erased. The hours of the door do not matter."""
    with office.uow() as uow:
        session = own(uow, staff, session_id)
        after = card_sessions.abandon(session, by=staff.login, at=office.clock.now())
        uow.record(after)
        uow.commit()
    return after.after


def admit(office: Office, staff: Staff, mode: CardMode) -> None:
    """Who may walk in that mode, and whether the door is open for registering. Raises ``NotPermittedError``, ``DoorClosedError``."""
    doors.admit(office, staff, rehearsal=mode is not CardMode.REGISTER)


def own(uow: UnitOfWork, staff: Staff, session_id: CardSessionId) -> CardSession:
    """The walk, which must be this person's own: it may hold what a supplier typed. Raises ``NotPermittedError``, ``NotFoundError``."""
    session = uow.card_sessions.get(session_id)
    if session.person != staff.login:
        raise NotPermittedError("not-permitted", staff=staff.login, permission=Permission.REHEARSE.value)
    return session


@contextmanager
def _step(
    office: Office,
    staff: Staff,
    session_id: CardSessionId,
    verb: str,
    **kept: Mapping[str, str],
) -> Iterator[CardSession]:
    """One step of a person's own walk. What is refused stands in the walk's trail; ``kept`` is what was typed, kept all the same."""
    subject = Subject(SubjectKind.CARD_SESSION, session_id)
    with refusals_logged(office, staff=staff, subject=subject, verb=verb):
        with office.uow() as uow:
            session = own(uow, staff, session_id)
        admit(office, staff, session.mode)
        try:
            yield session
        except (CardError, InputError, RuleError) as error:
            _stumble(office, staff, session_id, error, kept)
            raise


def _stumble(
    office: Office,
    staff: Staff,
    session_id: CardSessionId,
    error: EbidError,
    kept: Mapping[str, Mapping[str, str]],
) -> None:
    problems = error.problems if isinstance(error, InputError) else ()
    told = {"fields": " ".join(f"{problem.where}:{problem.code}" for problem in problems)} if problems else {}
    with office.uow() as uow:
        session = uow.card_sessions.get(session_id)
        if session.state is card_sessions.SessionState.OPEN:
            at = office.clock.now()
            noted = card_sessions.stumbled(
                session, what=error.code, facts=told, by=staff.login, at=at, **kept
            )
            uow.record(noted)
            uow.commit()


def _record(office: Office, transition: Transition[CardSession]) -> CardSession:
    with office.uow() as uow:
        uow.record(transition)
        uow.commit()
    return transition.after


def _at_hand(office: Office, cards: CardDesk, token: CardToken, fingerprint: str) -> OnCard:
    return chosen(certificates(office, cards=cards, token=token), fingerprint)


def _refuse_early(office: Office, session: CardSession, at_hand: OnCard) -> None:
    """What may not be registered is refused before a PIN is risked on it; a rehearsal shows it instead."""
    if not session.rehearsal:
        refuse_certificate(office, at_hand.check)


def _keep(office: Office, staff: Staff, session_id: CardSessionId, proven: ProvenCard) -> CardSession:
    with office.uow() as uow:
        after = present = uow.card_sessions.get(session_id)
        for transition in _with_card(office, uow, staff, present, proven):
            uow.record(transition)
            after = transition.after
        uow.commit()
    return after


def _with_card(
    office: Office, uow: UnitOfWork, staff: Staff, session: CardSession, proven: ProvenCard
) -> Iterator[Transition[CardSession]]:
    """The proof, and what is known of its card."""
    at = office.clock.now()
    first = card_sessions.proved(session, proven, by=staff.login, at=at)
    yield first
    if session.step not in {CardStep.PIN, CardStep.NEW_PIN}:
        return
    live = next((card for card in uow.cards.of_certificate(proven.certificate) if card.is_live), None)
    fresh = session.flow is CardFlow.REGISTRATION or session.step is CardStep.NEW_PIN
    if fresh and live is not None:
        if not session.rehearsal:
            raise RuleError("certificate-registered")
        yield card_sessions.stumbled(
            first.after, what="certificate-registered", facts={}, by=staff.login, at=at
        )
    if not fresh:
        card = _usable(live)
        yield card_sessions.known_card(
            first.after,
            registration=card.id,
            supplier_number=card.supplier_number,
            enterprise_id=card.enterprise_id,
            register_seen=uow.register.version(),
            typed=_flat(uow, card) if session.flow is CardFlow.CHANGE else {},
            by=staff.login,
            at=at,
        )


def _usable(live: CardRegistration | None) -> CardRegistration:
    if live is None:
        raise RuleError("card-not-registered")
    if live.state is not CardState.ACTIVE:
        raise RuleError("card-not-usable", state=live.state.value)
    return live


def _flat(uow: UnitOfWork, card: CardRegistration) -> dict[str, str]:
    main = uow.cards.main_contact(card.supplier_number)
    contact = card.card_contact if main is None else main.contact
    return flat_card_form(CardForm(main_contact=contact, card_contact=card.card_contact))


def _refuse_same(office: Office, session: CardSession, form: CardForm) -> None:
    if session.registration is None:
        raise RuleError("card-not-registered")
    with office.uow() as uow:
        card = uow.cards.get(session.registration)
        main = uow.cards.main_contact(card.supplier_number)
    if card.card_contact == form.card_contact and main is not None and main.contact == form.main_contact:
        raise RuleError("nothing-changed")


def _prefilled(contact: Mapping[str, str]) -> dict[str, str]:
    """A form that begins with the main contact that the supplier has."""
    filled = {f"main_contact.{name}": value for name, value in contact.items()}
    return {**filled, "main_contact.email_again": contact["email"]}
