"""``ebidadmin qualification …``: files into the register, and the register as it is or was."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from ebidadmin.cli.common import EXIT_REFUSED, Run, desk_command, japanese, notice, word
from ebidadmin.cli.eligibility import ON, day_of, eligibility_lines, eligibility_view
from ebidadmin.cli.views import qualification_view, touched_view
from ebidadmin.domain.ids import SupplierNumber
from ebidadmin.domain.imports import ImportBatch, ImportPlan, RowProblem, TouchedSupplier
from ebidadmin.domain.qualifications import Qualification

Concerned = Sequence[TouchedSupplier] | None
"""Those whom an import concerns; ``None`` where nobody asked."""

DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def qualification() -> None:
    """The qualification register."""


TYPED = click.option(
    "--typed",
    default=None,
    help="The number of rows that change, where the office wants it of whoever works alone.",
)


@qualification.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--layout", "layout_name", required=True, help="Name of the file's layout.")
@click.option("--yes", is_flag=True, help="Apply without asking, also past a warning of scale.")
@click.option(
    "--problems-to",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help="Where to write FILE with its problems beside each row, for its sender.",
)
@click.option(
    "--touched",
    "list_touched",
    is_flag=True,
    help="Also list the registrations and applications it concerns.",
)
@TYPED
@desk_command(changing=True)
def import_(
    run: Run,
    *,
    file: Path,
    layout_name: str,
    yes: bool,
    problems_to: Path | None,
    list_touched: bool,
    typed: str | None,
) -> None:
    """Preview FILE against the register and, once confirmed, apply exactly that."""
    from ebidadmin.cli.importing import apply_plan, forget, preview_file, return_problems, touched_of
    from ebidadmin.services import import_requests

    source, layout, plan = preview_file(run.desk, file, layout_name)
    batch: ImportBatch | None = None
    try:
        if problems_to is not None and not run.dry_run:
            return_problems(source, plan, problems_to)
        concerned = touched_of(run.desk, plan) if list_touched else None
        wanted = plan.applicable and not plan.changes_nothing and not run.dry_run
        if wanted:
            # Nobody is asked about what would be refused anyway.
            import_requests.require_confirmed(
                run.desk.office, staff=run.desk.staff, plan=plan, layout=layout, typed=typed
            )
        if wanted and (yes or _confirmed(run, plan, concerned)):
            batch = apply_plan(run.desk, source, layout, plan, confirmed_scale=True, typed=typed)
    finally:
        # Also when somebody interrupts the question.
        if batch is None:
            forget(run.desk, plan)
    run.out(plan_view(plan, batch, concerned), _told(plan, batch, concerned))
    said_already = plan.applicable and plan.changes_nothing
    if batch is None and not run.dry_run and not said_already:
        run.exit_code = EXIT_REFUSED


def _confirmed(run: Run, plan: ImportPlan, concerned: Concerned) -> bool:
    if run.as_json or not sys.stdin.isatty():
        click.echo(notice("nobody-confirms"), err=True)
        return False
    for line in _told(plan, None, concerned):
        click.echo(line, err=True)
    return click.confirm(notice("apply-question"), err=True)


def plan_view(plan: ImportPlan, batch: ImportBatch | None, concerned: Concerned = None) -> dict[str, Any]:
    """The JSON that ``qualification import`` promises; its problems come one by one, once."""
    listed = {} if concerned is None else {"touched_suppliers": [touched_view(one) for one in concerned]}
    return {
        "batch": None if batch is None else batch.id,
        "file": plan.file_name,
        "file_hash": plan.file_hash,
        "layout": plan.layout,
        "register_version": plan.register_version,
        "added": plan.added,
        "changed": plan.changed,
        "unchanged": plan.unchanged,
        "vanished": plan.vanished,
        "refused": plan.refused,
        "touched": plan.touched,
        "scale_warnings": [{"code": code, "share": share} for code, share in plan.scale_warnings],
        "problems": (
            {
                "line": problem.line,
                "column": problem.column,
                "code": problem.code,
                "severity": problem.severity.value,
                "value": problem.value,
            }
            for problem in plan.problems
        ),
        "applied": batch is not None,
        **listed,
    }


def _told(plan: ImportPlan, batch: ImportBatch | None, concerned: Concerned) -> Iterator[str]:
    names = ("added", "changed", "unchanged", "vanished", "refused")
    yield notice("import-counts", **{name: getattr(plan, name) for name in names})
    if plan.touched:
        yield notice("import-touched", touched=plan.touched)
    yield from map(_touched_line, concerned or ())
    for code, share in plan.scale_warnings:
        yield _scale_line(code, share)
    yield from map(_problem_line, plan.problems)
    if batch is not None:
        yield notice("applied", batch=batch.id)
    else:
        yield notice("same-already" if plan.applicable and plan.changes_nothing else "not-applied")


def _scale_line(code: str, share: str) -> str:
    if japanese():
        from ebidadmin.text.imports import scale_warning

        return scale_warning(code, share)
    return f"warning of scale: {code} {share}"


def _problem_line(problem: RowProblem) -> str:
    if japanese():
        from ebidadmin.text.batches import cell_problem

        return cell_problem(problem)
    said = f"{problem.code} ({problem.severity.value}): {problem.value}"
    return f"line {problem.line}: {problem.column}: {said}"


def _touched_line(one: TouchedSupplier) -> str:
    from ebidadmin.text.import_lists import touching

    why = touching(one.reasons) if japanese() else ", ".join(one.reasons)
    held = (
        word("registered-as", enterprise_id=one.enterprise_id) if one.registered else word("not-registered")
    )
    return f"  {one.supplier_number}\t{one.trade_name}\t{why}\t{held}\t{one.application or '-'}"


@qualification.command("list")
@click.option(
    "--search",
    default="",
    help="Part of a name or its reading, whatever the notation, or the beginning of a number.",
)
@click.option("--everywhere", is_flag=True, help="Search addresses, representatives and further columns too.")
@desk_command()
def list_records(run: Run, *, search: str, everywhere: bool) -> None:
    """List the present register by supplier number."""
    from ebidadmin.services import qualification_import as service

    found: list[Qualification] = []
    after = ""
    while page := service.list_page(
        run.desk.office,
        staff=run.desk.staff,
        reader=run.desk.register_reader,
        search=search,
        after=after,
        everywhere=everywhere,
    ):
        found += page
        after = page[-1].supplier_number
    lines = [
        f"{one.supplier_number}\t{one.trade_name}\t{one.representative_name}\t{one.address}" for one in found
    ]
    narrow = bool(search) and not everywhere
    none = notice("no-records-narrow" if narrow else "no-records")
    run.out([qualification_view(one) for one in found], lines or [none])


@qualification.command("show")
@click.argument("number")
@click.option(
    "--as-of", type=DAY, default=None, help="As the register was at the end of that day, YYYY-MM-DD."
)
@ON
@desk_command()
def show(run: Run, *, number: str, as_of: datetime | None, on: datetime | None) -> None:
    """Show the register's record of supplier NUMBER."""
    from ebidadmin.services import eligibility
    from ebidadmin.services import qualification_import as service

    day = None if as_of is None else as_of.date()
    found = service.show(run.desk.office, staff=run.desk.staff, number=SupplierNumber(number), as_of=day)
    value = qualification_view(found)
    lines = [f"{key}: {item}" for key, item in value.items() if item not in ("", None, {})]
    if on is not None:
        office, staff = run.desk.office, run.desk.staff
        answer = eligibility.shown(office, staff=staff, supplier=found.supplier_number, day=day_of(on))
        value |= {"eligibility": eligibility_view(answer)}
        lines += eligibility_lines(answer)
    run.out(value, lines)


@qualification.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@desk_command(changing=True)
def export(run: Run, *, file: Path) -> None:
    """Write the present register to FILE (layout ``ebidadmin``): an Excel workbook where it ends with .xlsx, else CSV.

    A file that is there is replaced whole.
    """
    from ebidadmin.intake.exports import check_form, export_register
    from ebidadmin.intake.whole_files import check_place
    from ebidadmin.services import qualification_import as service

    check_form(file)
    check_place(file)
    office, staff, reader = run.desk.office, run.desk.staff, run.desk.register_reader
    records = service.export_rows(office, staff=staff, reader=reader)
    if run.dry_run:
        count = sum(1 for _ in records)
    else:
        further = service.extra_headings(office, staff=staff, reader=reader)
        count = export_register(file, records, run.desk.layouts["ebidadmin"], further)
    run.out({"file": str(file), "records": count}, [notice("register-written", count=count, file=file)])
