"""ID and password after the approval: proving that one knows them, setting new ones by a one-time code, changing them.

Whoever asks learns one thing: that user id and password do not belong together. Whether the user id exists is told to nobody, neither by
words nor by the time that the answer takes: a hash is computed in any case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ebidadmin.domain import id_desk_work
from ebidadmin.domain.contacts import Contact
from ebidadmin.domain.fields import check_contact, check_password, check_user_id
from ebidadmin.domain.ids import ApplicationNumber, SupplierNumber, UserId
from ebidadmin.domain.registrations import Registration, RegistrationState
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.errors import ConcurrentEditError, InputError, Problem, RuleError
from ebidadmin.services.ports import Office, UnitOfWork

CONTACTS = ("main_contact", "applicant_contact")


@dataclass(frozen=True, slots=True)
class NewPassword:
    """What is typed where a new password is asked for; it stays the caller's, who wipes it. Both empty: the password stays."""

    password: bytearray
    again: bytearray


def sign_in(office: Office, *, staff: Staff, user_id: str, password: bytearray) -> Registration:
    """Prove that one knows ID and password. The password stays the caller's, who wipes it.

    A wrong password counts, and locks the ID at the office's limit; the right one clears the count, and renews a hash of other parameters
    than the present profile's. Raises ``RuleError`` ``credentials-wrong`` for whatever does not belong together, an unknown user id among
    it, and with the right password ``id-locked`` or ``id-suspended`` for an ID that cannot be used.
    """
    staff.require(Permission.REHEARSE)
    with office.uow() as uow:
        found = uow.registrations.live_with(UserId(user_id.strip()))
    right = _verified(office, found, password)
    if found is None:
        raise RuleError("credentials-wrong")
    if not right:
        _count_failure(office, staff, found.application)
        raise RuleError("credentials-wrong")
    renewed = office.hasher.hash(password) if office.hasher.outdated(found.password_hash) else None
    with office.uow() as uow:
        # What was read before the password was looked at may have been locked meanwhile.
        present = uow.registrations.get(found.application)
        if present.state is RegistrationState.LOCKED:
            raise RuleError("id-locked")
        if present.state is not RegistrationState.ACTIVE:
            raise RuleError("id-suspended")
        better = id_desk_work.succeeded(present, password_hash=renewed, by=staff.login, at=office.clock.now())
        if better is None:
            return present
        uow.record(better)
        uow.commit()
    return better.after


def report_failure(office: Office, *, staff: Staff, user_id: str) -> None:
    """Count a wrong password that the bidding front end reports. One for an unknown or unusable ID counts for nobody and looks the same.

    Raises ``NotPermittedError``.
    """
    staff.require(Permission.INTAKE)
    with office.uow() as uow:
        found = uow.registrations.live_with(UserId(user_id.strip()))
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
) -> Registration:
    """Set a new ID and password with the one-time code of the letter; code and password stay the caller's, who wipes them.

    The code is void afterwards. Raises ``InputError`` for an ID or password that breaks the rules (the code is not touched), ``RuleError``
    ``code-wrong`` (also where there is none, or it is too old).
    """
    staff.require(Permission.REHEARSE)
    wanted = _credentials(office, user_id, new)
    now = office.clock.now()
    with office.uow() as uow:
        found = next((one for one in _live(uow, supplier_number) if id_desk_work.code_out(one, now)), None)
    out = None if found is None else id_desk_work.code_out(found, now)
    right = office.hasher.verify(office.hasher.hash(b"none") if out is None else out.hash, plain_code(code))
    if found is None:
        raise RuleError("code-wrong")
    password_hash = office.hasher.hash(new.password) if right else ""
    with office.uow() as uow:
        if right:
            _refuse_taken(uow, wanted, found)
            changed = id_desk_work.use_code(
                found, user_id=wanted, password_hash=password_hash, by=staff.login, at=now
            )
        else:
            changed = id_desk_work.code_failed(found, by=staff.login, at=now)
        uow.record(changed)
        uow.commit()
    if not right:
        raise RuleError("code-wrong")
    return changed.after


def change(
    office: Office,
    *,
    staff: Staff,
    proven: Registration,
    user_id: str,
    new: NewPassword,
    raw: Mapping[str, str],
) -> Registration:
    """Change what ``sign_in`` proved: ID, password (both empty: it stays), contacts (``raw`` by flat key).

    Raises ``InputError`` (all problems at once, a taken user id among them), ``RuleError`` ``nothing-changed``, ``ConcurrentEditError``
    where it is no longer what was proved.
    """
    staff.require(Permission.REGISTER)
    checked = [check_contact(raw, rules=office.forms, prefix=prefix) for prefix in CONTACTS]
    problems = [problem for one in checked for problem in one.problems]
    wanted = check_user_id(user_id, rules=office.forms)
    problems += wanted.problems
    stays = not new.password and not new.again
    if not stays:
        problems += check_password(new.password, new.again, user_id)
    main, applicant = (one.value for one in checked)
    if problems or wanted.value is None or main is None or applicant is None:
        raise InputError("id-change", problems)
    password_hash = None if stays else office.hasher.hash(new.password)
    return _changed(office, staff, proven, wanted.value, password_hash, (main, applicant))


def plain_code(code: bytes | bytearray) -> bytearray:
    """A code as it was made, from what somebody typed: without spaces and hyphens, in capitals. The caller wipes what it is given."""
    return bytearray(byte for byte in bytearray(code).upper() if byte not in b" -")


def _changed(
    office: Office,
    staff: Staff,
    proven: Registration,
    user_id: UserId,
    password_hash: str | None,
    contacts: tuple[Contact, Contact],
) -> Registration:
    with office.uow() as uow:
        _refuse_taken(uow, user_id, proven)
        changed = id_desk_work.change(
            proven,
            user_id=user_id,
            password_hash=password_hash,
            main_contact=contacts[0],
            applicant_contact=contacts[1],
            by=staff.login,
            at=office.clock.now(),
        )
        uow.record(changed)
        uow.commit()
    return changed.after


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


def _credentials(office: Office, user_id: str, new: NewPassword) -> UserId:
    wanted = check_user_id(user_id, rules=office.forms)
    problems = [*wanted.problems, *check_password(new.password, new.again, user_id)]
    if problems or wanted.value is None:
        raise InputError("id-change", problems)
    return wanted.value


def _live(uow: UnitOfWork, supplier_number: str) -> tuple[Registration, ...]:
    found = uow.registrations.live_of(SupplierNumber(supplier_number.strip()))
    return () if found is None else (found,)


def _refuse_taken(uow: UnitOfWork, user_id: UserId, own: Registration) -> None:
    if uow.applications.user_id_taken(user_id, except_for=own.supplier_number):
        raise InputError("id-change", [Problem("user_id", "user-id-taken")])
