"""What an office does about a register that turned out wrong: undo the latest batch, or correct one record by hand."""

from __future__ import annotations

from collections.abc import Mapping

from ebidadmin.domain import register_changes
from ebidadmin.domain.ids import BatchId, SupplierNumber
from ebidadmin.domain.import_requests import ImportRequest, binding_of_undoing
from ebidadmin.domain.imports import FieldChange, ImportBatch, ProblemSeverity, RowProblem
from ebidadmin.domain.layouts import FIELDS, Layout, MappedRow
from ebidadmin.domain.qualification_rows import check_row, field_texts
from ebidadmin.domain.qualifications import Qualification
from ebidadmin.domain.register_changes import RECORD_KEYS, Undoing, field_changes
from ebidadmin.domain.staff import Staff
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import InputError, NotFoundError, StalePlanError
from ebidadmin.services import follow_up, import_requests
from ebidadmin.services.ports import Office, UnitOfWork
from ebidadmin.services.postcode_checks import postcode_check
from ebidadmin.services.refusals import refusals_logged
from ebidadmin.services.register_admission import REGISTER, admit_importer

EXTRA = "extra."


def undo(
    office: Office, *, staff: Staff, number: BatchId | None = None, typed: str | None = None
) -> ImportBatch:
    """Leave the register as it was before its latest batch, as a new batch; numbers that were issued stay issued.

    ``number`` names the batch that the person means, ``None`` whichever is the latest. Raises ``NotFoundError`` and ``StalePlanError``
    (``nothing-to-undo``, ``undo-superseded``, ``undo-done-already``, ``undo-of-undo``), and ``RuleError``
    (``undo-needs-second-person``, ``second-person-waiting``); where one person works alone ``InputError``
    (``typed-confirmation-missing``, ``typed-confirmation-wrong``) unless the rows that change were ``typed``.
    """
    admit_importer(office, staff, "undo")
    with refusals_logged(office, staff=staff, subject=REGISTER, verb="undo"), office.uow() as uow:
        transition = undoing_of(office, uow, staff=staff, number=number)
        batch = transition.after.batch
        passage = import_requests.undoing_let_through(office, uow, batch=batch, typed=typed)
        uow.record(transition.telling(passage.facts))
        import_requests.applied(office, uow, passage, batch)
        follow_up.recompute_touched(office, uow, batch=batch.id, by=staff.login)
        uow.commit()
    return batch


def request_undo(
    office: Office, *, staff: Staff, number: BatchId | None = None, note: str = ""
) -> ImportRequest:
    """Ask that another person confirms the undoing of the latest batch, which ``number`` may name.

    Raises as ``undo`` does, and ``RuleError``: ``request-not-needed``, ``request-open``.
    """
    admit_importer(office, staff, "request-undo")
    with office.uow() as uow:
        batch = undoing_of(office, uow, staff=staff, number=number).after.batch
        binding = binding_of_undoing(batch)
        return import_requests.ask(office, uow, staff=staff, binding=binding, file=batch.file_name, note=note)


def undoing_of(
    office: Office, uow: UnitOfWork, *, staff: Staff, number: BatchId | None
) -> Transition[Undoing]:
    """What ``undo`` would record at this moment. Raises ``NotFoundError`` and ``StalePlanError`` as ``undo`` does."""
    version = uow.register.version()
    latest = None if version is None else uow.register.batch(version)
    if latest is None:
        raise StalePlanError("nothing-to-undo")
    target = latest if number is None else uow.register.batch(number)
    if target is None:
        raise NotFoundError("not-found", kind="import", id=number)
    return register_changes.undo(
        target,
        latest=latest,
        undone_by=uow.register.undone_by(target.id),
        size=uow.register.size(),
        by=staff.login,
        at=office.clock.now(),
    )


def correct(
    office: Office,
    *,
    staff: Staff,
    number: SupplierNumber,
    changes: Mapping[str, str],
    reason: str,
    layout: Layout,
    version: BatchId | None = None,
) -> tuple[ImportBatch, tuple[FieldChange, ...], tuple[RowProblem, ...]]:
    """Correct fields of one supplier's record, as a batch of one, checked as a row of a file is; what was done, and the warnings.

    ``changes`` has new values by field (its name, or its heading in ``layout``; ``extra.heading`` for a further column that the record
    has), written as files of ``layout`` write them. ``version`` is the register version that the person saw, if known. Raises
    ``InputError`` (``reason-missing``, ``unknown-field``, ``field-fixed``, ``field-given-twice``,
    ``correction-refused`` with the rows' problem codes),
    ``NotFoundError``, ``StalePlanError`` (``correction-stale``, ``nothing-to-correct``).
    """
    admit_importer(office, staff, "correct")
    why = reason.strip()
    if not why:
        raise InputError("reason-missing")
    with office.uow() as uow:
        latest, record = uow.register.version(), uow.register.current(number)
        if latest is None or record is None:
            raise NotFoundError("not-found", kind="qualification", id=number)
        if version is not None and version != latest:
            raise StalePlanError("correction-stale", id=number, seen=version, version=latest)
        corrected, warnings = _checked(office, record, _by_name(record, changes, layout), layout)
        different = field_changes(record, corrected)
        if not different:
            raise StalePlanError("nothing-to-correct", id=number)
        transition = register_changes.correct(
            corrected,
            changes=different,
            reason=why,
            latest=latest,
            size=uow.register.size(),
            by=staff.login,
            at=office.clock.now(),
        )
        uow.record(transition)
        follow_up.recompute_touched(office, uow, batch=transition.after.batch.id, by=staff.login)
        uow.commit()
    return transition.after.batch, different, warnings


def _by_name(record: Qualification, changes: Mapping[str, str], layout: Layout) -> dict[str, str]:
    headings = {rule.column: name for name, rule in layout.fields.items()}
    named: dict[str, str] = {}
    for given, value in changes.items():
        name = headings.get(given, given)
        if name in RECORD_KEYS:
            raise InputError("field-fixed", field=given)
        known = name.removeprefix(EXTRA) in record.extra if name.startswith(EXTRA) else name in FIELDS
        if not known:
            raise InputError("unknown-field", field=given)
        if name in named:
            raise InputError("field-given-twice", field=given)
        rule = layout.fields.get(name)
        named[name] = rule.values.get(value.strip(), value) if rule else value
    return named


def _checked(
    office: Office, record: Qualification, changes: Mapping[str, str], layout: Layout
) -> tuple[Qualification, tuple[RowProblem, ...]]:
    texts = {**field_texts(record), **changes}
    extra = {name.removeprefix(EXTRA): text for name, text in texts.items() if name.startswith(EXTRA)}
    row = MappedRow(
        line=1,
        values={name: texts[name] for name in FIELDS},
        extra={heading: text for heading, text in extra.items() if text},
    )
    checked = check_row(row, layout, mail_ok=office.forms.mail_ok, postcode_ok=postcode_check(office))
    if checked.record is None:
        errors = [one for one in checked.problems if one.severity is ProblemSeverity.ERROR]
        raise InputError(
            "correction-refused",
            id=record.supplier_number,
            columns=tuple(dict.fromkeys(one.column for one in errors)),
            codes=tuple(dict.fromkeys(one.code for one in errors)),
        )
    return checked.record, checked.problems
