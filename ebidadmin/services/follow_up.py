"""The follow-up list: opened, told anew and settled as registrations and the register change; resolved by persons."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ebidadmin.domain import cards, followups
from ebidadmin.domain.cards import CardRegistration, Revocation
from ebidadmin.domain.certificates import CertificateCheck, CheckOutcome, CheckReason
from ebidadmin.domain.events import Subject, SubjectKind
from ebidadmin.domain.followups import About, Cause, FollowUp, FollowUpState, RegistrationKind
from ebidadmin.domain.ids import BatchId, FollowUpId, SupplierNumber
from ebidadmin.domain.qualifications import Qualification
from ebidadmin.domain.registrations import Registration
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.services.certificate_ports import CertificateChecker
from ebidadmin.services.ports import Office, SequenceName, UnitOfWork
from ebidadmin.services.refusals import refusals_logged

NUMBER_PREFIX = "F"
NUMBER_DIGITS = 8

CHUNK = 200
"""Suppliers that are looked at together."""

LIST = Subject(SubjectKind.DESK, "follow-up")


def listed(
    office: Office,
    *,
    staff: Staff,
    state: FollowUpState | None = FollowUpState.OPEN,
    supplier: str = "",
    after: str = "",
    before: str = "",
    limit: int = 200,
) -> tuple[FollowUp, ...]:
    """A page of the list in the order in which items were opened: those after the id ``after``, or the last ones before ``before``;
    ``supplier`` is how the supplier number begins. Raises ``NotPermittedError``."""
    with refusals_logged(office, staff=staff, subject=LIST, verb="list"):
        staff.require(Permission.READ_PERSONAL)
    with office.uow() as uow:
        return uow.follow_ups.list(state=state, supplier=supplier, after=after, before=before, limit=limit)


def resolve(office: Office, *, staff: Staff, follow_up: FollowUpId, version: int, note: str) -> FollowUp:
    """A person has looked and says so in a word.

    Raises ``NotPermittedError``, ``NotFoundError``, ``InputError`` (no word), ``IllegalTransitionError`` (not open any more),
    ``ConcurrentEditError`` when it is not what the person saw (``version``).
    """
    subject = Subject(SubjectKind.FOLLOW_UP, follow_up)
    with refusals_logged(office, staff=staff, subject=subject, verb="resolve"):
        staff.require(Permission.REVIEW)
        with office.uow() as uow:
            item = uow.follow_ups.get(follow_up)
            # The version that was seen, not the one that is there: who saw something else is told so.
            seen = replace(item, version=version)
            done = followups.resolve(seen, note=note, by=staff.login, at=office.clock.now())
            uow.record(done)
            uow.commit()
    return done.after


def recompute(office: Office, *, staff: Staff) -> int:
    """Look at every live registration again: what the day alone brings about (an end that comes near). Returns how many items changed.

    Raises ``NotPermittedError``.
    """
    _admit(office, staff, "recompute")
    changed, after = 0, ""
    while True:
        with office.uow() as uow:
            suppliers = uow.follow_ups.registered(after=after, limit=CHUNK)
            changed += reconcile(office, uow, suppliers=suppliers, by=staff.login)
            uow.commit()
        if not suppliers:
            return changed
        after = suppliers[-1]


def recompute_touched(office: Office, uow: UnitOfWork, *, batch: BatchId, by: str) -> int:
    """Look again at the registrations of all suppliers whose record of the register ``batch`` changed, added or let vanish; how many
    items changed.

    To be called in the transaction that applies, undoes or corrects, after the register has its new version and before the commit.
    """
    changed, after = 0, ""
    while suppliers := uow.follow_ups.registered_and_touched(batch, after=after, limit=CHUNK):
        changed += reconcile(office, uow, suppliers=suppliers, by=by)
        after = suppliers[-1]
    return changed


def recheck(office: Office, *, staff: Staff, checker: CertificateChecker) -> int:
    """Check the revocation of every live card again, after a new list of revoked certificates has come; how many came out otherwise.

    Nothing is cancelled: a revoked card goes to the list. Raises ``NotPermittedError`` for importers too, who bring lists: what is kept of
    a card is the reviewers'.
    """
    with refusals_logged(office, staff=staff, subject=LIST, verb="recheck"):
        staff.require(Permission.REVIEW)
    with office.uow() as uow:
        live = tuple(card for card in uow.cards.all() if card.is_live)
    at = office.clock.now()
    changed = 0
    for card in live:
        # Outside of any transaction: a check takes its time.
        now = revocation_of(checker.check(card.der, at=at))
        if now not in (None, card.revocation):
            with office.uow() as uow:
                changed += _rechecked(office, uow, card, now, staff.login)
                uow.commit()
    return changed


def revocation_of(check: CertificateCheck) -> Revocation | None:
    """What a check says of revocation; ``None`` where it says nothing of it (an expired certificate is not looked up any more)."""
    if check.outcome is CheckOutcome.GOOD:
        return Revocation.CHECKED
    if check.outcome is CheckOutcome.REVOKED or check.reason is CheckReason.ISSUER_REVOKED:
        return Revocation.REVOKED
    return Revocation.UNCHECKED if check.outcome is CheckOutcome.UNCHECKED else None


def reconcile(office: Office, uow: UnitOfWork, *, suppliers: Sequence[SupplierNumber], by: str) -> int:
    """Bring the list in line with the live registrations of these suppliers, in the caller's transaction; how many items changed."""
    changed = 0
    live_cards: defaultdict[SupplierNumber, list[CardRegistration]] = defaultdict(list)
    for card in uow.cards.live_of(suppliers):
        live_cards[card.supplier_number].append(card)
    for supplier in suppliers:
        now = uow.register.current(supplier)
        for card in live_cards[supplier]:
            found = causes_of(office, uow, card, now)
            changed += _bring_in_line(office, uow, _about(card), supplier, found, by)
        identified = uow.registrations.live_of(supplier)
        if identified is not None:
            then = _register_then(uow, identified)
            found = followups.id_causes(register_then=then, register_now=now, at=office.clock.now())
            about = About(RegistrationKind.ID, identified.application)
            changed += _bring_in_line(office, uow, about, supplier, found, by)
    return changed


def reconcile_card(office: Office, uow: UnitOfWork, *, card: CardRegistration, by: str) -> int:
    """The same for one card, live or ended: the items about an ended one settle."""
    found = causes_of(office, uow, card, uow.register.current(card.supplier_number))
    return _bring_in_line(office, uow, _about(card), card.supplier_number, found, by)


def causes_of(
    office: Office, uow: UnitOfWork, card: CardRegistration, register_now: Qualification | None
) -> tuple[Cause, ...]:
    """What there is to look at about a card, registered or only thought of."""
    elsewhere = [
        one.supplier_number
        for one in uow.cards.of_certificate(card.certificate)
        if one.supplier_number != card.supplier_number
    ]
    return followups.card_causes(
        card,
        register_then=uow.register.at_version(card.supplier_number, card.register_seen),
        register_now=register_now,
        elsewhere=elsewhere,
        at=office.clock.now(),
        names=office.names,
        policy=office.settings.cards.follow_up,
    )


def _admit(office: Office, staff: Staff, verb: str) -> None:
    """Reviewers, whose list it is, and importers, who bring in what changes it."""
    with refusals_logged(office, staff=staff, subject=LIST, verb=verb):
        staff.require(Permission.REVIEW if staff.may(Permission.REVIEW) else Permission.IMPORT_REGISTER)


def _rechecked(
    office: Office, uow: UnitOfWork, seen: CardRegistration, now: Revocation | None, by: str
) -> bool:
    card = uow.cards.get(seen.id)
    if now is None or not card.is_live or card.revocation is now:
        return False
    after = cards.recheck(card, revocation=now, by=by, at=office.clock.now())
    uow.record(after)
    reconcile_card(office, uow, card=after.after, by=by)
    return True


def _bring_in_line(
    office: Office,
    uow: UnitOfWork,
    about: About,
    supplier: SupplierNumber,
    found: Iterable[Cause],
    by: str,
) -> int:
    changes = followups.reconcile(
        found,
        uow.follow_ups.about([about]),
        about=about,
        supplier_number=supplier,
        new_id=lambda: _next(uow),
        by=by,
        at=office.clock.now(),
    )
    for change in changes:
        uow.record(change)
    return len(changes)


def _register_then(uow: UnitOfWork, registration: Registration) -> Qualification | None:
    """The record that an ID was approved on."""
    return uow.register.as_of(registration.supplier_number, registration.created_at)


def _about(card: CardRegistration) -> About:
    return About(RegistrationKind.CARD, card.id)


def _next(uow: UnitOfWork) -> FollowUpId:
    drawn = uow.next_number(SequenceName.FOLLOW_UP)
    return FollowUpId(f"{NUMBER_PREFIX}{drawn:0{NUMBER_DIGITS}d}")
