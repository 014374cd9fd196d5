"""``ebidadmin report …`` and ``ebidadmin schedule …``: reports by hand and by the clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from ebidadmin.cli.common import (
    EXIT_DONE,
    EXIT_REFUSED,
    Run,
    desk_command,
    dispatch_mails,
    notice,
    sentence,
    state_word,
    word,
)
from ebidadmin.cli.interrupts import stop_requested
from ebidadmin.clock import jst, jst_date
from ebidadmin.domain.report_periods import ReportName
from ebidadmin.domain.report_runs import ReportRun, RunState
from ebidadmin.errors import EbidError

if TYPE_CHECKING:
    from ebidadmin.report_making.maker import NotebookMaker
    from ebidadmin.services.report_runs import Intended, Pass
    from ebidadmin.services.report_standing import Coming, Owed

NAMES = click.Choice([name.value for name in ReportName])
SECONDS = 60
DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group()
def report() -> None:
    """Reports: made by hand, and what was made."""


@report.command("run")
@click.argument("name", type=NAMES)
@click.option("--date", "day", type=DAY, default=None, help="As of that day (YYYY-MM-DD), else today.")
@click.option(
    "--period",
    default=None,
    help="For a period that ran before, as listed; of import_report the import's number.",
)
@click.option(
    "--set", "given", multiple=True, metavar="NAME=VALUE", help="A parameter; several can be given."
)
@desk_command(changing=True)
def run_report(
    run: Run, *, name: str, day: datetime | None, period: str | None, given: Sequence[str]
) -> None:
    """Make the report NAME now, beside whatever the schedule makes; exit code 1 when it could not be made."""
    from ebidadmin.services import report_runs

    desk, wanted, maker = run.desk, ReportName(name), _maker(run)
    if day is not None and period is not None:
        raise click.UsageError(notice("day-or-period"))
    parameters = _given(given)
    on_day = day.date() if day else jst_date(desk.office.clock.now())
    if run.dry_run:
        would = report_runs.intended(
            desk.office,
            staff=desk.staff,
            maker=maker,
            report=wanted,
            period=on_day if period is None else period,
            parameters=parameters,
        )
        run.out(_intended_view(would), [_intended_line(would)])
        return
    if period is not None:
        made = report_runs.run_again(
            desk.office, staff=desk.staff, maker=maker, report=wanted, period=period, parameters=parameters
        )
    else:
        made = report_runs.run_by_hand(
            desk.office,
            staff=desk.staff,
            maker=maker,
            report=wanted,
            day=on_day,
            parameters=parameters,
        )
    run.out(_view(made, maker), [_line(made, maker)])
    if made.state is not RunState.DONE:
        run.exit_code = EXIT_REFUSED
        dispatch_mails(run)


@report.command("due")
@desk_command()
def list_due(run: Run) -> None:
    """List what the schedule owes now, and whether a pass makes it or puts it down as missed; nothing is made."""
    from ebidadmin.services import report_standing

    desk, maker = run.desk, _maker(run)
    found = report_standing.owed(desk.office, staff=desk.staff, reports=maker.names())
    run.out([_owed_view(one) for one in found], [_owed_line(one) for one in found] or [notice("nothing-due")])


@report.command("list")
@click.option("--report", "name", type=NAMES, default=None)
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@desk_command()
def list_reports(run: Run, *, name: str | None, limit: int) -> None:
    """List what was made, failed or was missed, newest first."""
    from ebidadmin.services import report_runs

    desk, maker = run.desk, _maker(run)
    wanted = None if name is None else ReportName(name)
    runs = report_runs.list_runs(desk.office, staff=desk.staff, report=wanted, limit=limit)
    run.out(
        [_view(one, maker) for one in runs],
        [_line(one, maker) for one in runs] or [notice("no-report-runs")],
    )


@click.group()
def schedule() -> None:
    """Reports that come by themselves."""


@schedule.command("run")
@desk_command(changing=True)
def run_schedule(run: Run) -> None:
    """Make the reports that are due: one pass, to be started every few minutes by a timer; exit code 1 when one failed."""
    from ebidadmin.services import report_runs

    desk, maker = run.desk, _maker(run)
    report_runs.admit(desk.office, staff=desk.staff)
    if run.dry_run:
        owed = report_runs.due(desk.office, maker.names(), staff=desk.staff)
        periods = [period for some in owed.values() for period in some]
        due = [{"report": one.report.value, "period": one.key} for one in periods]
        run.out({"due": due}, [notice("reports-due", count=len(due))])
        return
    maker.check_parts()
    done = report_runs.run_due(
        desk.office, staff=desk.staff, maker=maker, failed=lambda _runs: dispatch_mails(run)
    )
    _tell(run, done, maker)


@schedule.command("serve")
@click.option(
    "--every",
    type=click.IntRange(1, 60),
    default=5,
    show_default=True,
    help="Minutes from one pass to the next.",
)
@desk_command(changing=True)
def serve_schedule(run: Run, *, every: int) -> None:
    """Make the reports that are due, now and every few minutes, until stopped (Ctrl+C): for a PC without cron or timers. A pass that
    cannot be made is told, and the next one is tried."""
    from ebidadmin.services import report_runs

    maker = _maker(run)
    report_runs.admit(run.desk.office, staff=run.desk.staff)
    maker.check_parts()
    if run.dry_run:
        run.out({"every": every}, [notice("schedule-would-serve", every=every)])
        return
    with stop_requested() as stop:
        while not stop.is_set():
            _one_pass(run, maker)
            stop.wait(every * SECONDS)
    # That a pass failed was told when it did; being stopped is what was asked for.
    run.exit_code = EXIT_DONE
    click.echo(notice("schedule-stopped"), err=True)


def _one_pass(run: Run, maker: NotebookMaker) -> None:
    from ebidadmin.services import report_runs

    try:
        done = report_runs.run_due(
            run.desk.office, staff=run.desk.staff, maker=maker, failed=lambda _runs: dispatch_mails(run)
        )
        if done.did_something:
            _tell(run, done, maker)
    except EbidError as error:
        # What is in the way (a database that is being copied, a full disk) may be gone with the next pass.
        for line in sentence(error):
            click.echo(line, err=True)


def _tell(run: Run, done: Pass, maker: NotebookMaker) -> None:
    """Say what a pass did."""
    runs = (*done.dead, *done.missed, *done.ended, *done.removed)
    lines = [_line(one, maker) for one in runs]
    lines += [notice("report-outputs-stay", folder=str(maker.folder / one.folder)) for one in done.stuck]
    run.out([_view(one, maker) for one in (*runs, *done.stuck)], lines or [notice("nothing-due")])
    if done.failed or done.stuck:
        run.exit_code = EXIT_REFUSED


@schedule.command("list")
@desk_command()
def list_schedule(run: Run) -> None:
    """List which report comes next when, and how its last one ended."""
    from ebidadmin.services import report_standing

    desk, maker = run.desk, _maker(run)
    found = report_standing.coming(desk.office, staff=desk.staff, reports=maker.names())
    run.out([_coming_view(one) for one in found], [_coming_line(one) for one in found])


def _maker(run: Run) -> NotebookMaker:
    from ebidadmin.report_making.maker import NotebookMaker

    return NotebookMaker(run.desk)


def _given(pairs: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign or not name.strip():
            raise click.UsageError(notice("parameter-form", given=pair))
        found[name.strip()] = value
    return found


def _view(one: ReportRun, maker: NotebookMaker) -> dict[str, Any]:
    return {
        "run": one.id,
        "report": one.period.report.value,
        "period": one.period.key,
        "attempt": one.attempt,
        "state": one.state.value,
        "as_of": one.as_of.isoformat(),
        "by": one.by,
        "at": one.at.isoformat(),
        "parameters": dict(one.parameters),
        "folder": str(maker.folder / one.folder) if one.folder and maker.is_here(one) else None,
        "elsewhere": bool(one.folder) and not maker.is_here(one),
        "failure": None if one.failure is None else one.failure.value,
        "detail": one.detail,
    }


def _line(one: ReportRun, maker: NotebookMaker) -> str:
    failed = "" if one.failure is None else f"{one.failure.value} {one.detail}".strip()
    place = ""
    if one.folder:
        place = str(maker.folder / one.folder) if maker.is_here(one) else word("made-elsewhere")
    return "\t".join(part for part in (one.id, state_word(one.state), failed, place) if part)


def _intended_view(one: Intended) -> dict[str, Any]:
    return {
        "report": one.period.report.value,
        "parameters": dict(one.parameters),
        "period": one.period.key,
        "as_of": one.as_of.isoformat(),
        "last": None if one.last is None else one.last.id,
        "state": None if one.last is None else one.last.state.value,
    }


def _intended_line(one: Intended) -> str:
    last = word("not-made-yet") if one.last is None else f"{one.last.id} {state_word(one.last.state)}"
    parts = (one.period.report.value, one.period.key, last, _said(one.parameters))
    return "\t".join(part for part in parts if part)


def _owed_view(one: Owed) -> dict[str, Any]:
    return {
        "report": one.period.report.value,
        "period": one.period.key,
        "due": one.period.due.isoformat(),
        "would": "run" if one.runs else "miss",
    }


def _owed_line(one: Owed) -> str:
    would = word("owed-run") if one.runs else word("owed-miss")
    return f"{one.period.report.value}\t{one.period.key}\t{jst(one.period.due):%Y-%m-%d %H:%M}\t{would}"


def _coming_view(one: Coming) -> dict[str, Any]:
    return {
        "report": one.report.value,
        "next": None if one.next is None else one.next.due.isoformat(),
        "period": None if one.next is None else one.next.key,
        "last": None if one.last is None else one.last.id,
        "state": None if one.last is None else one.last.state.value,
    }


def _coming_line(one: Coming) -> str:
    due = "-" if one.next is None else f"{jst(one.next.due):%Y-%m-%d %H:%M}"
    last = "-" if one.last is None else f"{one.last.period.key} {state_word(one.last.state)}"
    return f"{one.report.value}\t{due}\t{last}"


def _said(values: Mapping[str, object]) -> str:
    return ", ".join(f"{name}={value}" for name, value in values.items())
