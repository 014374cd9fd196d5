"""``ebidadmin application intake``: a batch of the bidding front end, and its refused rows for whoever sent it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ebidadmin.cli import english
from ebidadmin.cli.common import EXIT_REFUSED, Run, desk_command, japanese, notice
from ebidadmin.cli.progress import RowsDone
from ebidadmin.cli.views import problem_view
from ebidadmin.errors import Problem

if TYPE_CHECKING:
    from ebidadmin.intake.batches import BatchFile
    from ebidadmin.services.intake_rows import IntakeReport

TOLD_EVERY = 500
"""Rows between two words about how far it is."""


@click.command("intake")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--problems-to",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the refused rows, with what is wrong with each, in the form in which they came.",
)
@desk_command(changing=True)
def intake(run: Run, *, file: Path, problems_to: Path | None) -> None:
    """Take in the applications of FILE (CSV or JSON Lines); rows that break a form rule are listed, the others come in."""
    from ebidadmin.intake.batches import open_batch

    batch = open_batch(file)
    report, refused = _taken(run, batch)
    if problems_to is not None:
        _return(batch, refused, problems_to)
    problems = [(line, problem) for line, found in sorted(refused.items()) for problem in found]
    value = {
        "accepted": len(report.accepted),
        "already_there": len(report.already_there),
        "refused": len(refused),
        "problems": [problem_view(line, one.where, one.code, one.facts) for line, one in problems],
    }
    summary = (
        f"accepted {value['accepted']}, already there {value['already_there']}, refused {value['refused']}"
    )
    run.out(value, [summary, *(_sentence(line, problem) for line, problem in problems)])
    if refused:
        run.exit_code = EXIT_REFUSED


def _taken(run: Run, batch: BatchFile) -> tuple[IntakeReport, Mapping[int, Sequence[Problem]]]:
    """Take the batch in; the report, and by line whatever is wrong with the refused rows."""
    from ebidadmin.services import application_intake

    desk, refused = run.desk, dict[int, list[Problem]]()
    told = RowsDone(desk.office.clock, "taking in")

    def sound() -> Iterator[tuple[int, Mapping[str, object]]]:
        for count, line in enumerate(batch.lines(), start=1):
            if line.problem is not None:
                refused[line.line] = [line.problem]
            elif line.value is not None:
                yield line.line, line.value
            if count % TOLD_EVERY == 0:
                told(count, batch.total)

    try:
        report = application_intake.intake_batch(
            desk.office, staff=desk.staff, rows=sound(), rehearsal=run.dry_run
        )
    finally:
        told.end()
    for one in report.problems:
        refused.setdefault(one.line, []).append(one.of_field())
    return report, refused


def _return(batch: BatchFile, refused: Mapping[int, Sequence[Problem]], path: Path) -> None:
    from ebidadmin.intake.returned_batch import write_refused

    if not refused:
        click.echo(notice("nothing-refused"), err=True)
        return
    rows = write_refused(path, batch, refused)
    click.echo(notice("refused-written", rows=rows, path=path), err=True)


def _sentence(line: int, problem: Problem) -> str:
    if japanese():
        from ebidadmin.text.batches import line_problem

        return line_problem(line, problem)
    said = english.problem_sentence(problem)
    return said if problem.where.startswith("line ") else f"line {line}: {said}"
