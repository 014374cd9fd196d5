"""ID and password after the approval: proving that one knows them, and setting new ones by a one-time code.

Whoever asks learns one thing: that user id and password do not belong together, or that the ID cannot be used. Which of them, and
whether the user id exists, is told to nobody, neither by words nor by the time that the answer takes: a hash is computed in any case,
and a second one only for whoever is let in. The desk's own pages and a rehearsal show staff the state.

These are acts of a supplier in mode ``register``: they count tries and write, so they need ``Permission.REGISTER`` and an open door, as
every act of that mode does. A rehearsal needs ``Permission.REHEARSE`` alone, because it writes nothing; and because it counts nothing, it
looks at no password and no code: a check that does not count could be asked for ever, and the help desk never has a supplier's password.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ebidadmin.domain import id_desk_work
from ebidadmin.domain.contacts import CONTACT_FIELDS
from ebidadmin.domain.events import Subject, SubjectKind
from ebidadmin.domain.fields import check_password, check_user_id, fold_half_width, trim
from ebidadmin.domain.ids import ApplicationNumber, SupplierNumber, UserId
from ebidadmin.domain.registrations import Registration, RegistrationState
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.errors import ConcurrentEditError, InputError, Problem, RuleError
from ebidadmin.services import doors
from ebidadmin.services.card_ports import wipe
from ebidadmin.services.ports import Office, UnitOfWork
from ebidadmin.services.refusals import refusals_logged
from ebidadmin.services.rehearsal_masks import MASK

CONTACTS = ("main_contact", "applicant_contact")


@dataclass(frozen=True, slots=True)
class NewPassword:
    """What is typed where a new password is asked for; it stays the caller's, who wipes it. Both empty: the password stays."""

    password: bytearray
    again: bytearray


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenId:
    """An ID whose password somebody knows (in a rehearsal: whose user id was named), as it stood then. It never holds a hash.

    ``contacts`` are by flat key, without the repeated addresses; in a rehearsal (``masked``) every one of them is masked.
    """

    application: ApplicationNumber
    version: int
    supplier_number: SupplierNumber
    user_id: UserId
    contacts: Mapping[str, str]
    masked: bool = False


def sign_in(
    office: Office, *, staff: Staff, user_id: str, password: bytearray, rehearsal: bool = False
) -> ProvenId:
    """Prove that one knows ID and password. The password stays the caller's, who wipes it.

    A wrong password counts, and locks the ID at the office's limit; the right one clears the count, and renews a hash of other parameters
    than the present profile's. A rehearsal only looks the user id up.

    Raises ``NotPermittedError``, ``DoorClosedError``; ``InputError`` where one of them is not entered, which counts for nobody;
    ``RuleError`` ``credentials-wrong`` for whatever does not belong together, an unknown user id among it, and for an ID that cannot be
    used, whatever the password. A rehearsal is told ``id-locked`` or ``id-suspended`` instead.
    """
    admit(office, staff, rehearsal=rehearsal, verb="sign-in")
    wanted = _plain_id(user_id)
    given = {"user_id": bool(wanted), "password": bool(password) or rehearsal}
    if not all(given.values()):
        raise InputError("id-change", [Problem(key, "required") for key, there in given.items() if not there])
    if rehearsal:
        return _named(office, wanted)
    proven = None
    while proven is None:
        proven = _tried(office, staff, wanted, password)
    return proven


def report_failure(office: Office, *, staff: Staff, user_id: str) -> None:
    """Count a wrong password that the bidding front end reports. One for an unknown or unusable ID counts for nobody and looks the same.

    Raises ``NotPermittedError``.
    """
    subject = Subject(SubjectKind.DESK, "registrations")
    with refusals_logged(office, staff=staff, subject=subject, verb="login-failed"):
        staff.require(Permission.INTAKE)
    with office.uow() as uow:
        found = _live_with(uow, _plain_id(user_id))
    if found is not None:
        _count_failure(office, staff, found.application)


def reset(
    office: Office,
    *,
    staff: Staff,
    supplier_number: str,
    code: bytearray,
    user_id: str,
    new: NewPassword,
    rehearsal: bool = False,
) -> ProvenId:
    """Set a new ID and password with the one-time code of the letter; code and password stay the caller's, who wipes them.

    The code is void afterwards. Every wrong one counts, also of several at the same moment, and at the limit it is void. A rehearsal looks
    at no code, only whether one is out.

    Raises ``NotPermittedError``, ``DoorClosedError``; ``InputError`` for what is missing or breaks the rules and, once the code was right,
    for a user id of somebody else (the code is not touched); ``RuleError`` ``code-wrong`` (also where there is none, or it is too old),
    in a rehearsal ``code-none``.
    """
    admit(office, staff, rehearsal=rehearsal, verb="reset")
    supplier = SupplierNumber(fold_half_width(trim(supplier_number)))
    entered = plain_code(code)
    try:
        wanted = _credentials(
            office, user_id, new, {"supplier_number": bool(supplier), "code": bool(entered) or rehearsal}
        )
        if rehearsal:
            return _reset_shown(office, supplier, wanted)
        after = None
        while after is None:
            after = _redeemed(office, staff, supplier, entered, wanted, new)
        return after
    finally:
        wipe(entered)


def plain_code(code: bytes | bytearray) -> bytearray:
    """A code as it was made, from what somebody typed: without spaces and hyphens, in capitals. The caller wipes what it is given."""
    return bytearray(byte for byte in bytearray(code).upper() if byte not in b" -")


def admit(office: Office, staff: Staff, *, rehearsal: bool, verb: str) -> None:
    """``doors.admit``, with what it refuses in the trail."""
    with refusals_logged(office, staff=staff, subject=Subject(SubjectKind.DESK, "registrations"), verb=verb):
        doors.admit(office, staff, rehearsal=rehearsal)


def refuse_unusable(registration: Registration) -> None:
    """Raises ``RuleError`` ``id-locked`` or ``id-suspended``."""
    if registration.state is RegistrationState.LOCKED:
        raise RuleError("id-locked")
    if registration.state is not RegistrationState.ACTIVE:
        raise RuleError("id-suspended")


def refuse_taken(uow: UnitOfWork, user_id: UserId, own: Registration) -> None:
    """Raises ``InputError`` for a user id of another supplier."""
    if uow.applications.user_id_taken(user_id, except_for=own.supplier_number):
        raise InputError("id-change", [Problem("user_id", "user-id-taken")])


def flat_contacts(registration: Registration) -> dict[str, str]:
    """Both contacts by flat key, in the order of the screens."""
    return {
        f"{prefix}.{name}": getattr(getattr(registration, prefix), name)
        for prefix in CONTACTS
        for name in CONTACT_FIELDS
    }


def proven_id(registration: Registration, *, masked: bool = False) -> ProvenId:
    """What a person may know of the ID who knows its password; ``masked`` for a rehearsal."""
    contacts = flat_contacts(registration)
    return ProvenId(
        application=registration.application,
        version=registration.version,
        supplier_number=registration.supplier_number,
        user_id=registration.user_id,
        contacts=dict.fromkeys(contacts, MASK) if masked else contacts,
        masked=masked,
    )


# Signing in


def _plain_id(user_id: str) -> UserId:
    return UserId(fold_half_width(trim(user_id)))


def _live_with(uow: UnitOfWork, user_id: UserId) -> Registration | None:
    """What no user id can be belongs to nobody: it is not looked up, for case folding finds letters of other scripts alike."""
    return uow.registrations.live_with(user_id) if user_id.isascii() and user_id.isalnum() else None


def _named(office: Office, user_id: UserId) -> ProvenId:
    with office.uow() as uow:
        found = _live_with(uow, user_id)
    if found is None:
        raise RuleError("credentials-wrong")
    refuse_unusable(found)
    return proven_id(found, masked=True)


def _tried(office: Office, staff: Staff, user_id: UserId, password: bytearray) -> ProvenId | None:
    """One look at ID and password. ``None`` where either was changed while the hash was computed: what was right then may not be now, so
    all of it is looked at again."""
    with office.uow() as uow:
        found = _live_with(uow, user_id)
    right = _verified(office, found, password)
    if found is None:
        raise RuleError("credentials-wrong")
    if not right:
        _count_failure(office, staff, found.application)
        raise RuleError("credentials-wrong")
    renewed = None
    if office.hasher.outdated(found.password_hash):
        # Not for one that was locked before or meanwhile: the time of a second hash would tell that the password was right.
        with office.uow() as uow:
            _refuse_unusable_alike(uow.registrations.get(found.application))
        renewed = office.hasher.hash(password)
    try:
        return _let_in(office, staff, found, renewed)
    except ConcurrentEditError:
        return None


def _let_in(office: Office, staff: Staff, found: Registration, renewed: str | None) -> ProvenId | None:
    with office.uow() as uow:
        present = uow.registrations.get(found.application)
        if (present.user_id, present.password_hash) != (found.user_id, found.password_hash):
            return None
        _refuse_unusable_alike(present)
        better = id_desk_work.succeeded(present, password_hash=renewed, by=staff.login, at=office.clock.now())
        if better is not None:
            uow.record(better)
            uow.commit()
            present = better.after
    return proven_id(present)


def _refuse_unusable_alike(registration: Registration) -> None:
    """In the words of a wrong password: else whoever goes on guessing after the lock would learn when the guess is right."""
    if registration.state is not RegistrationState.ACTIVE:
        raise RuleError("credentials-wrong")


def _verified(office: Office, found: Registration | None, password: bytearray) -> bool:
    if found is None:
        # As long as for one that exists.
        office.hasher.hash(password or b"none")
        return False
    return office.hasher.verify(found.password_hash, password)


def _count_failure(office: Office, staff: Staff, application: ApplicationNumber) -> None:
    """Each one counts, also of several at the same moment: whoever loses the race counts on. It ends when the ID is locked."""
    while True:
        try:
            with office.uow() as uow:
                present = uow.registrations.get(application)
                if present.state is RegistrationState.ACTIVE:
                    limit, now = office.settings.lock_after, office.clock.now()
                    uow.record(id_desk_work.failed(present, limit=limit, by=staff.login, at=now))
                    uow.commit()
                return
        except ConcurrentEditError:
            continue


# The one-time code


def _credentials(office: Office, user_id: str, new: NewPassword, given: Mapping[str, bool]) -> UserId:
    missing = [Problem(key, "required") for key, there in given.items() if not there]
    wanted = check_user_id(user_id, rules=office.forms)
    problems = [*missing, *wanted.problems, *check_password(new.password, new.again, user_id)]
    if problems or wanted.value is None:
        raise InputError("id-change", problems)
    return wanted.value


def _reset_shown(office: Office, supplier: SupplierNumber, user_id: UserId) -> ProvenId:
    """What a rehearsal finds out: whether a code is out, and whether the user id is free."""
    with office.uow() as uow:
        found = uow.registrations.live_of(supplier)
        if found is None or id_desk_work.code_out(found, office.clock.now()) is None:
            raise RuleError("code-none")
        refuse_taken(uow, user_id, found)
    return proven_id(found, masked=True)


def _redeemed(
    office: Office,
    staff: Staff,
    supplier: SupplierNumber,
    code: bytearray,
    user_id: UserId,
    new: NewPassword,
) -> ProvenId | None:
    """One look at the code. ``None`` where another one was given out while the hash was computed: then that one is looked at."""
    with office.uow() as uow:
        found = uow.registrations.live_of(supplier)
    out = None if found is None else id_desk_work.code_out(found, office.clock.now())
    if found is None or out is None:
        # As long as for one that exists.
        office.hasher.hash(code)
        raise RuleError("code-wrong")
    right = office.hasher.verify(out.hash, code)
    password_hash = office.hasher.hash(new.password) if right else None
    while True:
        try:
            return _settled(office, staff, (found.application, out.hash), user_id, password_hash)
        except ConcurrentEditError:
            # Somebody else's try at the same moment: this one counts all the same, if the code is still out.
            continue


def _settled(
    office: Office,
    staff: Staff,
    looked_at: tuple[ApplicationNumber, str],
    user_id: UserId,
    password_hash: str | None,
) -> ProvenId | None:
    """What becomes of a try with the code of that hash: set ID and password, or (``password_hash`` is ``None``) count it as wrong."""
    application, code_hash = looked_at
    with office.uow() as uow:
        now = office.clock.now()
        present = uow.registrations.get(application)
        out = id_desk_work.code_out(present, now)
        if out is None:
            raise RuleError("code-wrong")
        if out.hash != code_hash:
            return None
        if password_hash is None:
            uow.record(id_desk_work.code_failed(present, by=staff.login, at=now))
            uow.commit()
            raise RuleError("code-wrong")
        refuse_taken(uow, user_id, present)
        used = id_desk_work.use_code(
            present, user_id=user_id, password_hash=password_hash, by=staff.login, at=now
        )
        uow.record(used)
        uow.commit()
    return proven_id(used.after)
