"""Importing the qualification register: preview what a file would do, look at the changes, apply exactly that; and reading it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import date

from ebidadmin.clock import end_of, jst
from ebidadmin.domain import imports
from ebidadmin.domain.ids import BatchId, SupplierNumber
from ebidadmin.domain.imports import ImportBatch, ImportPlan, ProblemSeverity, RecordChange, RowProblem
from ebidadmin.domain.layouts import Layout, RowPolicy
from ebidadmin.domain.names import fold_name
from ebidadmin.domain.qualifications import Qualification
from ebidadmin.domain.staff import Staff
from ebidadmin.errors import IllegalTransitionError, NotFoundError, StalePlanError
from ebidadmin.services import follow_up, import_requests
from ebidadmin.services.import_checking import FileCheck
from ebidadmin.services.import_ports import Diff, ImportStore, Progress, RegisterReader, RowSource
from ebidadmin.services.ports import Office, UnitOfWork
from ebidadmin.services.register_admission import admit_importer, admit_reader, log_export

__all__ = [
    "PAGE", "Diff", "ImportStore", "Progress", "RegisterReader", "RowSource", "apply", "batches", "changes",
    "discard", "export_rows", "extra_headings", "history", "list_page", "preview", "show",
]  # fmt: skip

PAGE = 200


def preview(
    office: Office,
    *,
    staff: Staff,
    store: ImportStore,
    source: RowSource,
    layout: Layout,
    progress: Progress = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> ImportPlan:
    """Read and check the whole file, compare it with the register, and say what applying it would do. The register is not touched.

    Raises ``InputError`` for a file that cannot be read, ``IllegalTransitionError`` (``import-cancelled``) when ``cancelled`` answers true;
    neither leaves anything behind.
    """
    admit_importer(office, staff, "preview")
    run = store.start(source=source, layout=layout, at=office.clock.now())
    with ExitStack() as undo:
        # Whatever ends a preview early, a keyboard interrupt as well, must not leave half a file staged.
        undo.callback(store.discard, run)
        problems = list(source.heading_problems())
        for step in FileCheck(office, source, layout).steps(store, run):
            if step.anew:
                problems = list(source.heading_problems())
            problems += step.problems
            if step.staged:
                store.stage(run, step.staged)
            progress(step.line, source.lines)
            _refuse_cancelled(cancelled, source.file_name, "previewing")
        problems += store.finish(run, layout)
        _refuse_cancelled(cancelled, source.file_name, "previewing")
        plan = _plan(office, source, layout, store.diff(run), problems)
        if plan.applicable:
            plan = replace(plan, touched=store.touched_count(run, day=jst(office.clock.now()).date()))
        _refuse_cancelled(cancelled, source.file_name, "previewing")
        undo.pop_all()
    return plan


def changes(
    office: Office,
    *,
    staff: Staff,
    store: ImportStore,
    plan: ImportPlan,
    kind: str,
    after: SupplierNumber | None = None,
    limit: int = PAGE,
) -> tuple[RecordChange, ...]:
    """A page of the plan's changes of one ``kind`` (``added``, ``changed``, ``vanished``), by supplier number.

    Raises ``StalePlanError`` (``stage-missing``) when the preview must be made again.
    """
    admit_importer(office, staff, "changes")
    run = store.ready(file_hash=plan.file_hash, layout=plan.layout, version=plan.register_version)
    if run is None:
        raise StalePlanError("stage-missing", file=plan.file_name)
    return store.changes(run, kind=kind, after=after, limit=limit)


def discard(office: Office, *, staff: Staff, store: ImportStore, plan: ImportPlan) -> None:
    """Forget a preview that will not be applied."""
    admit_importer(office, staff, "discard")
    run = store.ready(file_hash=plan.file_hash, layout=plan.layout, version=plan.register_version)
    if run is not None:
        store.discard(run)


def apply(
    office: Office,
    *,
    staff: Staff,
    store: ImportStore,
    source: RowSource,
    layout: Layout,
    plan: ImportPlan,
    confirmed_scale: bool = False,
    typed: str | None = None,
    progress: Progress = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> ImportBatch:
    """Do what ``plan`` says, in one transaction, or nothing.

    Raises ``StalePlanError``: ``file-changed``, ``layout-changed``, ``register-changed``, ``nothing-to-apply`` (the file says what the
    register says), ``refused-rows`` (the layout refuses a file with errors), ``scale-unconfirmed`` (facts: the warnings);
    ``RuleError``: ``second-person-needed``, ``second-person-waiting``; where one person works alone ``InputError``
    (``typed-confirmation-missing``, ``typed-confirmation-wrong``) unless the rows that change were ``typed``;
    ``IllegalTransitionError`` (``import-cancelled``) when ``cancelled`` answers true at last before the commit.
    """
    admit_importer(office, staff, "apply")
    # Where a second person is wanted, that person's word or what is typed again takes the place of one's own.
    _accept(source, layout, plan, confirmed_scale or office.settings.second_person)
    import_requests.require_confirmed(office, staff=staff, plan=plan, layout=layout, typed=typed)
    if store.ready(file_hash=plan.file_hash, layout=plan.layout, version=plan.register_version) is None:
        # Another preview has taken the place of this one; the same file is checked again, and must say the same.
        again = preview(
            office,
            staff=staff,
            store=store,
            source=source,
            layout=layout,
            progress=progress,
            cancelled=cancelled,
        )
        _same(plan, again)
    with office.uow() as uow:
        if uow.register.version() != plan.register_version:
            raise StalePlanError("register-changed", file=plan.file_name)
        passage = import_requests.let_through(office, uow, plan=plan, layout=layout, typed=typed)
        transition = imports.apply(plan, batch_id=_next(uow), by=staff.login, at=office.clock.now())
        uow.record(transition.telling(passage.facts))
        import_requests.applied(office, uow, passage, transition.after)
        follow_up.recompute_touched(office, uow, batch=transition.after.id, by=staff.login)
        _refuse_cancelled(cancelled, plan.file_name, "applying")
        uow.commit()
    return transition.after


def batches(office: Office, *, staff: Staff, reader: RegisterReader) -> tuple[ImportBatch, ...]:
    """All applied imports, newest first."""
    admit_reader(office, staff, "batches")
    return reader.batches()


def show(office: Office, *, staff: Staff, number: SupplierNumber, as_of: date | None = None) -> Qualification:
    """A supplier's record now, or as the register had it at the end of that day in Japan. Raises ``NotFoundError``."""
    admit_reader(office, staff, "show")
    with office.uow() as uow:
        found = uow.register.current(number) if as_of is None else uow.register.as_of(number, end_of(as_of))
    if found is None:
        raise NotFoundError("not-found", kind="qualification", id=number)
    return found


def history(
    office: Office, *, staff: Staff, number: SupplierNumber
) -> tuple[tuple[ImportBatch, Qualification | None], ...]:
    """Each batch that changed a supplier's record, newest first, with the record from then on (``None``: vanished)."""
    admit_reader(office, staff, "history")
    with office.uow() as uow:
        return uow.register.history(number)


def list_page(
    office: Office,
    *,
    staff: Staff,
    reader: RegisterReader,
    search: str = "",
    after: str = "",
    limit: int = PAGE,
    version: BatchId | None = None,
    everywhere: bool = False,
) -> tuple[Qualification, ...]:
    """Records by supplier number, those after ``after``. ``search`` finds names and readings whatever their notation, and numbers;
    ``everywhere`` also parts of addresses, representatives and further columns, which takes longer in a large register."""
    admit_reader(office, staff, "list_page")
    return reader.page(
        search_folded=fold_name(search, office.names),
        search=search,
        after=after,
        limit=limit,
        version=version,
        everywhere=everywhere,
    )


def export_rows(office: Office, *, staff: Staff, reader: RegisterReader) -> Iterator[Qualification]:
    """The present register, streamed by supplier number."""
    admit_reader(office, staff, "export_rows")
    log_export(office, staff, reader.total())
    return reader.every()


def extra_headings(office: Office, *, staff: Staff, reader: RegisterReader) -> tuple[str, ...]:
    """The further columns of the present register: what an export needs besides the fields."""
    admit_reader(office, staff, "extra_headings")
    return reader.extra_headings()


def _plan(
    office: Office, source: RowSource, layout: Layout, diff: Diff, problems: list[RowProblem]
) -> ImportPlan:
    line = max(1, layout.heading_row)
    known = {heading for rule in layout.fields.values() for heading in rule.headings}
    # A heading that the layout itself knows is told as missing, or it is optional.
    gone = [heading for heading in diff.gone if heading not in known]
    problems += [layout.problem(line, heading, "extra-column-gone", heading) for heading in gone]
    errors = any(problem.severity is ProblemSeverity.ERROR for problem in problems)
    unreadable = any(problem.severity is ProblemSeverity.ERROR for problem in source.heading_problems())
    # Of a file whose headings do not fit no row was read: that says nothing about who vanishes.
    vanished = 0 if unreadable else diff.vanished
    return ImportPlan(
        file_name=source.file_name,
        file_hash=source.file_hash,
        layout=layout.name,
        register_version=diff.version,
        added=diff.added,
        changed=diff.changed,
        unchanged=diff.unchanged,
        vanished=vanished,
        refused=diff.refused,
        problems=tuple(sorted(problems, key=lambda problem: problem.line)),
        scale_warnings=imports.scale_warnings(
            current=diff.current,
            changed=diff.changed,
            vanished=vanished,
            share=office.settings.scale_share,
        ),
        applicable=not unreadable and not (errors and layout.rows is RowPolicy.REFUSE_FILE),
    )


def _refuse_cancelled(cancelled: Callable[[], bool], file_name: str, state: str) -> None:
    if cancelled():
        raise IllegalTransitionError("import-cancelled", subject=file_name, state=state, verb="go-on")


def _accept(source: RowSource, layout: Layout, plan: ImportPlan, confirmed_scale: bool) -> None:
    if source.file_hash != plan.file_hash:
        raise StalePlanError("file-changed", file=plan.file_name)
    if layout.name != plan.layout:
        raise StalePlanError("layout-changed", file=plan.file_name, layout=layout.name, previewed=plan.layout)
    if not plan.applicable:
        raise StalePlanError("refused-rows", file=plan.file_name, refused=plan.refused)
    if plan.changes_nothing:
        raise StalePlanError("nothing-to-apply", file=plan.file_name, rows=plan.unchanged)
    if plan.scale_warnings and not confirmed_scale:
        warnings = tuple(f"{code}:{share}" for code, share in plan.scale_warnings)
        raise StalePlanError("scale-unconfirmed", file=plan.file_name, warnings=warnings)


def _same(plan: ImportPlan, again: ImportPlan) -> None:
    if again.register_version != plan.register_version:
        raise StalePlanError("register-changed", file=plan.file_name)
    if again != plan:
        raise StalePlanError("file-changed", file=plan.file_name)


def _next(uow: UnitOfWork) -> BatchId:
    return BatchId((uow.register.version() or 0) + 1)
