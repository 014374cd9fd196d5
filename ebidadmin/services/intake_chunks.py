"""Rows of a batch taken in many at a time: one transaction, a few reads for all of them, and for each row what it would get alone.

A row sees those before it. Where somebody else turns out to have been faster, the same rows are taken one by one: only then is it
certain which of them it concerns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from ebidadmin.domain import applications
from ebidadmin.domain.applications import Channel, IdApplication
from ebidadmin.domain.events import Subject, SubjectKind
from ebidadmin.domain.ids import SupplierNumber
from ebidadmin.domain.staff import Staff
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import ConcurrentEditError, RuleError
from ebidadmin.services.intake_ports import SupplierStanding
from ebidadmin.services.intake_rows import IntakeProblem, IntakeRow, Outcome
from ebidadmin.services.ports import Office, UnitOfWork
from ebidadmin.services.refusals import log_refusal, refusal_event

CHUNK = 500
"""Rows of one transaction: many enough that its end does not count, few enough that others who write wait less than a second."""

Read = IntakeRow | tuple[IntakeProblem, ...]
"""A row that keeps the form rules, or what is wrong with it."""

Verdict = IdApplication | RuleError | None
"""What becomes of a row: its number is there already, a rule refuses it, or it comes in."""


def take(
    office: Office,
    *,
    staff: Staff,
    rows: Iterable[Read],
    chunk: int = CHUNK,
    settled: Callable[[int], None] | None = None,
) -> Outcome:
    """Take the rows, ``chunk`` of them in a transaction. What was taken before a failure stays; ``settled`` is told how many that are."""
    outcome = Outcome()
    for part in _parts(rows, chunk):
        good = [row for row in part if isinstance(row, IntakeRow)]
        _settle(outcome, part, _taken(office, staff, good))
        if settled is not None:
            settled(len(outcome.accepted))
    return outcome


def rehearse(office: Office, *, staff: Staff, rows: Iterable[Read]) -> Outcome:
    """What ``take`` would do, in one transaction that is never committed: the rows see each other nevertheless."""
    outcome = Outcome()
    with office.uow() as uow:
        for part in _parts(rows, CHUNK):
            good = [row for row in part if isinstance(row, IntakeRow)]
            _settle(outcome, part, _decided(uow, office, staff, good))
    return outcome


def _parts(rows: Iterable[Read], size: int) -> Iterator[list[Read]]:
    left = iter(rows)
    while part := list(islice(left, size)):
        yield part


def _settle(outcome: Outcome, part: Sequence[Read], verdicts: Iterable[Verdict]) -> None:
    waiting = iter(verdicts)
    for row in part:
        if not isinstance(row, IntakeRow):
            outcome.problems.extend(row)
            continue
        verdict = next(waiting)
        if isinstance(verdict, RuleError):
            outcome.refuse(row, verdict)
        elif verdict is None:
            outcome.accepted.append(row.number)
        else:
            outcome.known(row, verdict)


def _taken(office: Office, staff: Staff, rows: Sequence[IntakeRow]) -> list[Verdict]:
    try:
        with office.uow() as uow:
            verdicts = _decided(uow, office, staff, rows)
            if not all(isinstance(verdict, IdApplication) for verdict in verdicts):
                uow.commit()
        return verdicts
    except (ConcurrentEditError, RuleError) as error:
        if len(rows) > 1:
            return [verdict for row in rows for verdict in _taken(office, staff, [row])]
        return [_lost(office, staff, rows[0], error)]


def _lost(office: Office, staff: Staff, row: IntakeRow, error: ConcurrentEditError | RuleError) -> Verdict:
    """Somebody else was faster by a hair: look at what they brought, or take the refusal of the database."""
    if isinstance(error, ConcurrentEditError):
        with office.uow() as uow:
            return uow.applications.get(row.number)
    supplier = row.form.supplier_number
    log_refusal(office, error, staff=staff, subject=_about(row), verb="intake", supplier=supplier)
    return error


def _decided(uow: UnitOfWork, office: Office, staff: Staff, rows: Sequence[IntakeRow]) -> list[Verdict]:
    """Decide each row and record it, in the order of the rows, refusals too."""
    if not rows:
        return []
    view = _View(uow, rows)
    verdicts: list[Verdict] = []
    coming: list[Transition[IdApplication]] = []
    for row in rows:
        verdict = view.verdict(row)
        if verdict is None:
            coming.append(view.submitted(office, staff, row))
        elif isinstance(verdict, RuleError):
            # The trail tells things in the order in which they happened.
            uow.record_new(coming)
            coming = []
            at, supplier = office.clock.now(), row.form.supplier_number
            subject = _about(row)
            uow.log(
                refusal_event(verdict, staff=staff, subject=subject, verb="intake", at=at, supplier=supplier)
            )
        verdicts.append(verdict)
    uow.record_new(coming)
    return verdicts


class _View:
    """What the rows of a chunk meet: what is there, and what the rows before brought."""

    def __init__(self, uow: UnitOfWork, rows: Sequence[IntakeRow]) -> None:
        reads = uow.intake
        self._present = dict(reads.present({row.number for row in rows}))
        new = [row for row in rows if row.number not in self._present] or rows[:1]
        self._standings = dict(reads.standings({row.form.supplier_number for row in new}))
        self._holders = dict(reads.holders({row.form.user_id for row in new}))
        moments = [row.applied_at for row in new]
        self._register = reads.register_versions(min(moments), max(moments))

    def verdict(self, row: IntakeRow) -> Verdict:
        supplier = row.form.supplier_number
        present = self._present.get(row.number)
        if present is not None:
            return present
        standing = self._standings.get(supplier)
        if standing is not None and standing.open is not None:
            number, state = standing.open
            return RuleError("open-application-exists", id=number, state=state.value)
        if self._holders.get(row.form.user_id.casefold(), supplier) != supplier:
            return RuleError("user-id-taken")
        return None

    def submitted(self, office: Office, staff: Staff, row: IntakeRow) -> Transition[IdApplication]:
        supplier: SupplierNumber = row.form.supplier_number
        standing = self._standings.get(supplier)
        made = applications.submit(
            number=row.number,
            form=row.form,
            password_hash=row.password_hash,
            at=row.applied_at,
            by=staff.login,
            channel=Channel.BATCH,
            previous=None if standing is None else standing.latest,
            register_seen=self._register.seen(row.applied_at),
            received_at=office.clock.now(),
        )
        self._present[row.number] = made.after
        self._standings[supplier] = SupplierStanding((row.number, made.after.state), row.number)
        self._holders[row.form.user_id.casefold()] = supplier
        return made


def _about(row: IntakeRow) -> Subject:
    return Subject(SubjectKind.APPLICATION, row.number)
