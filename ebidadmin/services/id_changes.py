"""Changing an ID that somebody has proved to know: its user id, its password, its contacts.

``check_change`` tries what ``change`` will do, without keeping anything, while the form is still at hand; between the two the supplier
confirms. A rehearsal is the same and never commits; fields that it left masked stand for the values that the ID has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from ebidadmin.domain import id_desk_work
from ebidadmin.domain.contacts import Contact
from ebidadmin.domain.events import Subject, SubjectKind
from ebidadmin.domain.fields import (
    Checked,
    check_contact,
    check_password,
    check_user_id,
    fold_half_width,
    trim,
)
from ebidadmin.domain.findings import ReferenceFacts
from ebidadmin.domain.ids import UserId
from ebidadmin.domain.registrations import Registration
from ebidadmin.domain.staff import Staff
from ebidadmin.errors import InputError, Problem
from ebidadmin.services.case_file import contact_facts
from ebidadmin.services.id_credentials import (
    CONTACTS,
    NewPassword,
    ProvenId,
    admit,
    flat_contacts,
    proven_id,
    refuse_taken,
    refuse_unusable,
)
from ebidadmin.services.password_hashes import refuse_unacceptable
from ebidadmin.services.ports import Office
from ebidadmin.services.refusals import refusals_logged
from ebidadmin.services.rehearsal_masks import MASK, Unmasked, unmasked


@dataclass(frozen=True, slots=True)
class ChangeCheck:
    """A checked form. ``values`` are both contacts and the user id by flat key, as they will be; ``changed`` the keys that will differ,
    ``password`` among them; in a rehearsal what was left masked is masked here too. ``password_hash`` is ``None`` where it stays."""

    values: Mapping[str, str]
    changed: tuple[str, ...]
    folded: Mapping[str, tuple[str, str]]
    remarks: ReferenceFacts
    password_hash: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class _Entered:
    user_id: UserId
    main_contact: Contact
    applicant_contact: Contact
    masks: Unmasked
    folded: Mapping[str, tuple[str, str]]


def check_change(
    office: Office,
    *,
    staff: Staff,
    proven: ProvenId,
    user_id: str,
    new: NewPassword,
    raw: Mapping[str, str],
    rehearsal: bool = False,
) -> ChangeCheck:
    """Check the form: contacts (``raw`` by flat key, the addresses twice), user id and password (either empty: it stays). Nothing is kept.

    Raises what ``change`` raises; ``InputError`` has all problems at once.
    """
    admit(office, staff, rehearsal=rehearsal, verb="check")
    present = _present(office, proven)
    stays = not new.password and not new.again
    typed = fold_half_width(trim(user_id))
    named = typed or proven.user_id
    wrong = () if stays else check_password(new.password, new.again, named)
    if stays and typed and not rehearsal and office.hasher.verify(present.password_hash, typed.encode()):
        # Only where the password was proved: a rehearsal must not find out anything about it.
        wrong = (Problem("user_id", "same-as-password"),)
    entered = _entered(office, present, user_id, raw, wrong=wrong, rehearsal=rehearsal)
    password_hash = None if stays else office.hasher.hash(new.password)
    _run(office, staff, proven, entered, password_hash, keep=False)
    return _shown(office, present, entered, password_hash)


def change(
    office: Office,
    *,
    staff: Staff,
    proven: ProvenId,
    user_id: str,
    password_hash: str | None,
    raw: Mapping[str, str],
    rehearsal: bool = False,
) -> ProvenId:
    """Change what ``sign_in`` proved. ``password_hash`` comes from ``check_change``; ``None`` where the password stays.

    Raises ``NotPermittedError``; ``DoorClosedError`` (not in a rehearsal); ``InputError`` (a taken user id among it;
    ``password-hash``); ``RuleError``
    ``user-id-taken`` where somebody took it at the same moment, ``nothing-changed``, ``id-locked``, ``id-suspended``;
    ``ConcurrentEditError`` where it is no longer what was proved.
    """
    admit(office, staff, rehearsal=rehearsal, verb="change")
    if password_hash is not None:
        refuse_unacceptable(office.hasher, password_hash)
    with _logged(office, staff, proven, rehearsal=rehearsal):
        entered = _entered(office, _present(office, proven), user_id, raw, wrong=(), rehearsal=rehearsal)
        after = _run(office, staff, proven, entered, password_hash, keep=not rehearsal)
    return proven_id(after, masked=rehearsal)


@contextmanager
def _logged(office: Office, staff: Staff, proven: ProvenId, *, rehearsal: bool) -> Iterator[None]:
    """What is refused stands in the trail; what a rehearsal finds out is no refusal of anything."""
    if rehearsal:
        yield
        return
    subject = Subject(SubjectKind.REGISTRATION, proven.application)
    with refusals_logged(office, staff=staff, subject=subject, verb="change"):
        yield


def _present(office: Office, proven: ProvenId) -> Registration:
    with office.uow() as uow:
        return uow.registrations.get(proven.application)


def _entered(
    office: Office,
    present: Registration,
    user_id: str,
    raw: Mapping[str, str],
    *,
    wrong: tuple[Problem, ...],
    rehearsal: bool,
) -> _Entered:
    """The form, checked, with the values behind its masks, which only a rehearsal has. Raises ``InputError`` with every problem."""
    masked = rehearsal and MASK in raw.values()
    masks = unmasked(raw, flat_contacts(present)) if masked else Unmasked(raw)
    checked = [check_contact(masks.raw, rules=office.forms, prefix=prefix) for prefix in CONTACTS]
    wanted = check_user_id(user_id if trim(user_id) else present.user_id, rules=office.forms)
    problems = [problem for one in checked for problem in one.problems]
    main, applicant = (one.value for one in checked)
    if problems or wanted.problems or wrong or wanted.value is None or main is None or applicant is None:
        raise InputError("id-change", masks.problems((*problems, *wanted.problems, *wrong)))
    return _Entered(wanted.value, main, applicant, masks, masks.folded(_folded([*checked, wanted])))


def _folded(checked: list[Checked[Contact] | Checked[UserId]]) -> dict[str, tuple[str, str]]:
    return {key: pair for one in checked for key, pair in one.folded.items()}


def _run(
    office: Office,
    staff: Staff,
    proven: ProvenId,
    entered: _Entered,
    password_hash: str | None,
    *,
    keep: bool,
) -> Registration:
    with office.uow() as uow:
        present = uow.registrations.get(proven.application)
        refuse_unusable(present)
        refuse_taken(uow, entered.user_id, present)
        changed = id_desk_work.change(
            # The version that was proved: whoever saw something else is told who was faster.
            replace(present, version=proven.version),
            user_id=entered.user_id,
            password_hash=password_hash,
            main_contact=entered.main_contact,
            applicant_contact=entered.applicant_contact,
            by=staff.login,
            at=office.clock.now(),
        )
        uow.record(changed)
        if keep:
            uow.commit()
    return changed.after


def _shown(
    office: Office, present: Registration, entered: _Entered, password_hash: str | None
) -> ChangeCheck:
    main, applicant, masks = entered.main_contact, entered.applicant_contact, entered.masks
    before, values = flat_contacts(present), _flat(main, applicant)
    changed = [key for key, value in values.items() if value != before[key]]
    changed += ["user_id"] if entered.user_id != present.user_id else []
    changed += ["password"] if password_hash is not None else []
    seen = _flat(masks.contact("main_contact", main), masks.contact("applicant_contact", applicant))
    return ChangeCheck(
        values={**seen, "user_id": entered.user_id},
        changed=tuple(changed),
        folded=entered.folded,
        remarks=masks.remarks(contact_facts(office, {"main_contact": main, "applicant_contact": applicant})),
        password_hash=password_hash,
    )


def _flat(main: Contact, applicant: Contact) -> dict[str, str]:
    return {
        f"{prefix}.{name}": value
        for prefix, contact in zip(CONTACTS, (main, applicant), strict=True)
        for name, value in contact.as_map().items()
    }
