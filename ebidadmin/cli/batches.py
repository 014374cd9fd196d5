"""``ebidadmin application intake``: a batch of the bidding front end, and its refused rows for whoever sent it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.exceptions import Exit

from ebidadmin.cli import english
from ebidadmin.cli.common import EXIT_REFUSED, Run, desk_command, japanese, notice
from ebidadmin.cli.interrupts import interrupts_asked
from ebidadmin.cli.progress import RowsDone
from ebidadmin.cli.views import problem_view
from ebidadmin.errors import Problem, StorageError

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
    from ebidadmin.intake.returned_batch import check_returned

    batch = open_batch(file)
    if problems_to is not None:
        check_returned(problems_to, batch)
    with _broken_off_told(run) as settled:
        taken = _taken(run, batch, settled)
    report, refused = taken.report, taken.refused
    problems = [(line, problem) for line, found in sorted(refused.items()) for problem in found]
    value = {
        "accepted": len(report.accepted),
        "already_there": len(report.already_there),
        "refused": len(refused),
        "stopped": taken.stopped,
        "problems": [problem_view(line, one.where, one.code, one.facts) for line, one in problems],
    }
    counts = {name: value[name] for name in ("accepted", "already_there", "refused")}
    summary = notice("intake-counts", **counts)
    run.out(value, [summary, *(_sentence(line, problem) for line, problem in problems)])
    if refused or taken.stopped:
        run.exit_code = EXIT_REFUSED
    if taken.stopped:
        _say_stopped(run, len(report.accepted))
    elif problems_to is not None and not run.dry_run:
        # Last: what came in is told even where the disk is full by now.
        _return(batch, refused, problems_to)


@dataclass(frozen=True, slots=True)
class _Taken:
    """``refused``: by line whatever is wrong with the refused rows. ``stopped``: rows are left, because somebody pressed Ctrl+C."""

    report: IntakeReport
    refused: Mapping[int, Sequence[Problem]]
    stopped: bool


@contextmanager
def _broken_off_told(run: Run) -> Iterator[Callable[[int], None]]:
    """Say how many rows came in where the intake ends in the middle: by a second Ctrl+C or by a failure, which is told afterwards."""
    came_in = 0

    def settled(count: int) -> None:
        nonlocal came_in
        came_in = count

    try:
        yield settled
    except KeyboardInterrupt as error:
        _say_stopped(run, came_in)
        raise Exit(EXIT_REFUSED) from error
    except StorageError:
        if came_in:
            _say_stopped(run, came_in)
        raise


def _say_stopped(run: Run, came_in: int) -> None:
    code = "intake-rehearsal-stopped" if run.dry_run else "intake-stopped"
    click.echo(notice(code, count=came_in), err=True)


def _taken(run: Run, batch: BatchFile, settled: Callable[[int], None]) -> _Taken:
    from ebidadmin.services import application_intake

    desk, refused, stopped = run.desk, dict[int, list[Problem]](), False
    told = RowsDone(desk.office.clock, "taking-in")

    def sound(asked: Callable[[], bool]) -> Iterator[tuple[int, Mapping[str, object]]]:
        nonlocal stopped
        for count, line in enumerate(batch.lines(), start=1):
            if asked():
                # The rows that were read come in: each of them whole, and the next intake of the file goes on after them.
                stopped = True
                return
            if line.problem is not None:
                refused[line.line] = [line.problem]
            elif line.value is not None:
                yield line.line, line.value
            if count % TOLD_EVERY == 0:
                told(count, batch.total)

    try:
        with interrupts_asked() as asked:
            report = application_intake.intake_batch(
                desk.office, staff=desk.staff, rows=sound(asked), rehearsal=run.dry_run, settled=settled
            )
    finally:
        told.end()
    for one in report.problems:
        refused.setdefault(one.line, []).append(one.of_field())
    return _Taken(report, refused, stopped)


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
