"""How ID applications come in: the qualification search and the form of the walkthrough, and batches of the bidding front end.

A rehearsal runs every check of the real thing in a unit of work that is never committed, and mails nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from ebidadmin.domain import applications
from ebidadmin.domain.applications import ApplicationState, Channel, IdApplication, IdForm
from ebidadmin.domain.events import Subject, SubjectKind
from ebidadmin.domain.fields import Checked, check_id_form, check_password, check_search, fold_half_width
from ebidadmin.domain.findings import ReferenceFacts
from ebidadmin.domain.ids import ApplicationNumber, SupplierNumber
from ebidadmin.domain.mails import MailKind
from ebidadmin.domain.names import MatchClass, matches_search
from ebidadmin.domain.qualifications import Qualification
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.errors import InputError, Problem, RuleError
from ebidadmin.services import doors, intake_chunks, intake_rows
from ebidadmin.services.case_file import flat_form, reference_facts
from ebidadmin.services.intake_rows import IntakeProblem, IntakeReport
from ebidadmin.services.password_hashes import refuse_unacceptable
from ebidadmin.services.ports import Office, SequenceName, UnitOfWork
from ebidadmin.services.refusals import refusals_logged
from ebidadmin.services.rehearsal_masks import MASK, Unmasked, unmasked

__all__ = [
    "MASK",
    "EarlierApplication",
    "FormCheck",
    "IntakeProblem",
    "IntakeReport",
    "SearchResult",
    "Standing",
    "check_form",
    "intake_batch",
    "search",
    "submit",
]

NUMBER_PREFIX = "W"
NUMBER_DIGITS = 8


class Standing(StrEnum):
    """Where a supplier stands with its ID when it searches."""

    FREE = "free"
    PENDING = "pending"
    INQUIRED = "inquired"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierApplication:
    """What the supplier may know of its latest application. Neither form nor hash: a rehearsal is open to those who may not read them."""

    number: ApplicationNumber
    state: ApplicationState
    applied_at: datetime
    decided_at: datetime | None
    asked_at: datetime | None


@dataclass(frozen=True, slots=True)
class FormCheck:
    """A checked form and what the reference data remarks on it; in a rehearsal what was left masked is masked here too."""

    checked: Checked[IdForm]
    remarks: ReferenceFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """What the search found.

    ``match`` tells how the entered name agrees with the registered one. ``earlier`` is the latest application, if any. ``inquiry`` is
    what the office asked (``inquired``); ``reasons`` are codes and ``note`` the text of a rejection. ``prefill`` holds the
    earlier input by flat key after a rejection or withdrawal, never a password; in a rehearsal (``masked``) every value is masked.
    """

    supplier_number: SupplierNumber
    qualification: Qualification
    match: MatchClass
    standing: Standing = Standing.FREE
    earlier: EarlierApplication | None = None
    inquiry: str = ""
    reasons: tuple[str, ...] = ()
    note: str = ""
    prefill: Mapping[str, str] = field(default_factory=dict)
    masked: bool = False

    @property
    def may_apply(self) -> bool:
        """Whether the form is open to the supplier."""
        return self.standing in {Standing.FREE, Standing.REJECTED, Standing.WITHDRAWN}


def search(office: Office, *, staff: Staff, raw: Mapping[str, str], rehearsal: bool) -> SearchResult:
    """Look the supplier up in the register by number and, for confirmation, by name.

    A lapsed qualification is found too: it may apply, and a finding tells the reviewer. Raises ``NotPermittedError``,
    ``DoorClosedError`` (not in a rehearsal), ``InputError`` for the form, for a number that the register lacks
    (``supplier-unknown``) and for another name (``name-mismatch``, with ``differs``: the part; never the registered name).
    """
    _admit(office, staff, rehearsal=rehearsal, verb="search")
    checked = check_search(raw, rules=office.forms)
    if checked.value is None:
        raise InputError("search-form", checked.problems)
    entered = checked.value
    with office.uow() as uow:
        record = uow.register.current(entered.supplier_number)
        if record is None:
            raise InputError("supplier-unknown", [Problem("supplier_number", "supplier-unknown")])
        match = matches_search(entered.trade_name, record.trade_name, office.names)
        if not match.matches:
            problem = Problem("trade_name", "name-mismatch", {"differs": match.differs})
            raise InputError("name-mismatch", [problem])
        earlier = _latest(uow, entered.supplier_number)
        live = uow.registrations.live_of(entered.supplier_number) is not None
    return _result(record, match.cls, earlier, live=live, rehearsal=rehearsal)


def check_form(
    office: Office,
    *,
    staff: Staff,
    raw: Mapping[str, str],
    password: bytearray,
    again: bytearray,
    rehearsal: bool,
) -> FormCheck:
    """Check the form and the password typed twice, with every problem, and look the entries up in the reference data.

    In a rehearsal a field that was left masked stands for its earlier value. Raises ``NotPermittedError``.
    """
    with refusals_logged(office, staff=staff, subject=Subject(SubjectKind.DESK, "intake"), verb="check"):
        staff.require(Permission.REHEARSE if rehearsal else Permission.REGISTER)
    entered = _entered(office, raw, rehearsal=rehearsal)
    checked = check_id_form(entered.raw, rules=office.forms)
    wrong = check_password(password, again, entered.raw.get("user_id", ""))
    remarks = ReferenceFacts() if checked.value is None else reference_facts(office, checked.value)
    both = Checked(None if wrong else checked.value, (*checked.problems, *wrong), checked.folded)
    return FormCheck(entered.checked(both), entered.remarks(remarks))


def submit(
    office: Office, *, staff: Staff, raw: Mapping[str, str], password_hash: str, rehearsal: bool
) -> IdApplication:
    """Take the application that was entered at the form (flat keys, both mail addresses twice), already confirmed by the supplier.

    ``password_hash`` is an Argon2id PHC string, in a rehearsal too. Returns the application as it was stored, or in a rehearsal as
    it would have been, masked where ``raw`` was left masked: nothing is kept then, and nothing is mailed.

    Raises ``NotPermittedError``; ``DoorClosedError`` (not in a rehearsal); ``InputError`` (``form``, with every problem;
    ``password-hash``; ``supplier-unknown`` when the register no longer has the supplier); ``RuleError`` (``open-application-exists``,
    ``live-registration-exists``, ``user-id-taken``).
    """
    _admit(office, staff, rehearsal=rehearsal, verb="submit")
    entered = _entered(office, raw, rehearsal=rehearsal)
    checked = check_id_form(entered.raw, rules=office.forms)
    if checked.value is None:
        raise InputError("form", entered.problems(checked.problems))
    refuse_unacceptable(office.hasher, password_hash)
    form = checked.value
    desk = Subject(SubjectKind.DESK, "intake")
    with (
        refusals_logged(office, staff=staff, subject=desk, verb="submit", supplier=form.supplier_number),
        office.uow() as uow,
    ):
        _refuse_second(uow, form)
        application = _record(office, uow, staff, form, password_hash, rehearsal=rehearsal)
        if not rehearsal:
            uow.commit()
    return replace(application, form=entered.shown(application.form))


def intake_batch(
    office: Office,
    *,
    staff: Staff,
    rows: Iterable[tuple[int, Mapping[str, object]]],
    rehearsal: bool = False,
    settled: Callable[[int], None] | None = None,
) -> IntakeReport:
    """Take the applications of a batch, each row with its line.

    The form rules hold row by row, and a row is refused on those, on a number or user id in use and on an open application of
    the same supplier; whatever concerns the register or the permit is a finding, never a refusal. A refused row keeps no other out, and
    is in the trail. A row whose number is known and whose content is the same counts as already there: a batch that was ended half-way is
    simply taken in again. Nothing is mailed: the front end that took the application has confirmed it to the supplier. A rehearsal keeps
    nothing. ``settled`` is told how many have come in so far, each time that more of them stay whatever happens later. Raises
    ``NotPermittedError``.
    """
    with refusals_logged(office, staff=staff, subject=Subject(SubjectKind.DESK, "intake"), verb="intake"):
        staff.require(Permission.INTAKE)
    read = (intake_rows.read(line, mapping, office=office) for line, mapping in rows)
    if rehearsal:
        return intake_chunks.rehearse(office, staff=staff, rows=read).report()
    return intake_chunks.take(office, staff=staff, rows=read, settled=settled).report()


def _admit(office: Office, staff: Staff, *, rehearsal: bool, verb: str) -> None:
    """Permission first, then the door's hours, which a rehearsal need not heed."""
    with refusals_logged(office, staff=staff, subject=Subject(SubjectKind.DESK, "intake"), verb=verb):
        doors.admit(office, staff, rehearsal=rehearsal)


def _entered(office: Office, raw: Mapping[str, str], *, rehearsal: bool) -> Unmasked:
    """The form with the values behind its masks, which only a rehearsal has."""
    if not rehearsal or MASK not in raw.values():
        return Unmasked(raw)
    supplier = SupplierNumber(fold_half_width(raw.get("supplier_number", "").strip()))
    with office.uow() as uow:
        earlier = _latest(uow, supplier)
    return Unmasked(raw) if earlier is None else unmasked(raw, flat_form(earlier.form))


def _latest(uow: UnitOfWork, supplier: SupplierNumber) -> IdApplication | None:
    """The open one, else the last that came in: the moment of application is what a batch says, and may lie before a decision."""
    found = uow.applications.of_supplier(supplier)
    if len(found) < 2:
        return next(iter(found), None)
    return max(found, key=lambda one: (one.is_open, _came_in(uow, one)))


def _came_in(uow: UnitOfWork, application: IdApplication) -> int:
    """Where the trail tells its submission."""
    subject = Subject(SubjectKind.APPLICATION, application.number)
    return next((entry.seq for entry in uow.audit.list(subject=subject, limit=1)), 0)


def _result(
    record: Qualification, match: MatchClass, earlier: IdApplication | None, *, live: bool, rehearsal: bool
) -> SearchResult:
    standing = _standing(earlier, live=live)
    ended = earlier is not None and standing in {Standing.REJECTED, Standing.WITHDRAWN}
    decision = earlier.decision if earlier is not None and ended else None
    prefill = flat_form(earlier.form) if earlier is not None and ended else {}
    if rehearsal:
        prefill = dict.fromkeys(prefill, MASK)
    return SearchResult(
        supplier_number=record.supplier_number,
        qualification=record,
        match=match,
        standing=standing,
        earlier=None if earlier is None else _told(earlier),
        inquiry=earlier.inquiries[-1].text if earlier is not None and standing is Standing.INQUIRED else "",
        reasons=decision.reasons if decision is not None else (),
        note=decision.note if decision is not None else "",
        prefill=prefill,
        masked=rehearsal and bool(prefill),
    )


def _told(earlier: IdApplication) -> EarlierApplication:
    return EarlierApplication(
        number=earlier.number,
        state=earlier.state,
        applied_at=earlier.applied_at,
        decided_at=None if earlier.decision is None else earlier.decision.at,
        asked_at=earlier.inquiries[-1].asked_at if earlier.inquiries else None,
    )


def _standing(earlier: IdApplication | None, *, live: bool) -> Standing:
    if earlier is not None and earlier.is_open:
        return Standing(earlier.state.value)
    if live:
        return Standing.APPROVED
    if earlier is None or earlier.state is ApplicationState.APPROVED:
        # Its ID exists no longer: nothing stands against a new application.
        return Standing.FREE
    return Standing(earlier.state.value)


def _refuse_second(uow: UnitOfWork, form: IdForm) -> None:
    """Raises ``RuleError`` where the supplier has an open application or a live ID, or the user id is another's; ``InputError`` for a
    supplier that the register does not have."""
    supplier = form.supplier_number
    if uow.register.current(supplier) is None:
        raise InputError("supplier-unknown", [Problem("supplier_number", "supplier-unknown")])
    _refuse_open(uow, supplier)
    if uow.registrations.live_of(supplier) is not None:
        raise RuleError("live-registration-exists", id=supplier)
    _refuse_taken(uow, form)


def _refuse_open(uow: UnitOfWork, supplier: SupplierNumber) -> None:
    for earlier in uow.applications.of_supplier(supplier):
        if earlier.is_open:
            raise RuleError("open-application-exists", id=earlier.number, state=earlier.state.value)


def _refuse_taken(uow: UnitOfWork, form: IdForm) -> None:
    if uow.applications.user_id_taken(form.user_id, except_for=form.supplier_number):
        raise RuleError("user-id-taken")


def _record(
    office: Office, uow: UnitOfWork, staff: Staff, form: IdForm, password_hash: str, *, rehearsal: bool
) -> IdApplication:
    earlier = _latest(uow, form.supplier_number)
    submitted = applications.submit(
        number=_draw_number(uow),
        form=form,
        password_hash=password_hash,
        at=office.clock.now(),
        by=staff.login,
        channel=Channel.WALKTHROUGH,
        previous=None if earlier is None else earlier.number,
        register_seen=uow.register.version(),
    )
    mail = office.composer.compose(MailKind.ID_SUBMITTED, submitted.after)
    uow.record(submitted, mails=() if rehearsal else office.settings.mailed(mail))
    return submitted.after


def _draw_number(uow: UnitOfWork) -> ApplicationNumber:
    """The next free number; a batch may have brought one of the same form."""
    while True:
        drawn = uow.next_number(SequenceName.APPLICATION)
        number = ApplicationNumber(f"{NUMBER_PREFIX}{drawn:0{NUMBER_DIGITS}d}")
        if uow.applications.find(number) is None:
            return number
