"""Runs of reports: claimed under a key that exists once, held by a lease, ended once.

The first run of a period (``attempt`` 0) is the schedule's; whoever wants another by hand gets a further attempt.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from ebidadmin.domain.events import Event, EventTag, JsonMap, Subject, SubjectKind
from ebidadmin.domain.ids import ReportRunId
from ebidadmin.domain.report_periods import Period
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import IllegalTransitionError

SCHEDULED = 0
"""The attempt that belongs to the schedule."""


ParameterValue = str | int | float | bool
"""What a parameter of a report can be."""


class RunState(StrEnum):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    MISSED = "missed"


class Failure(StrEnum):
    """Why a run failed."""

    DEAD = "dead"
    """Its lease ended and nothing was heard of it: killed, or the machine went down."""

    TIME_LIMIT = "time-limit"
    CELL = "cell"
    """A cell of the notebook raised; the notebook is kept and shows where."""

    OUTPUT = "output"
    """The notebook ran, but an output could not be made from it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRun:
    """One run. ``as_of`` is the moment whose figures it shows, ``folder`` where its outputs (or the failed notebook) are, by name below the
    folder of outputs; ``place`` says which folder of outputs that is: several computers may share a database, and each has its own (empty:
    not known, of runs from before it was noted). ``parameters`` are those that were given, by name. ``detail`` says in English what failed,
    never with a value from the database."""

    period: Period
    attempt: int
    state: RunState
    by: str
    at: datetime
    as_of: datetime
    lease_until: datetime | None = None
    ended_at: datetime | None = None
    folder: str = ""
    failure: Failure | None = None
    detail: str = ""
    place: str = ""
    parameters: tuple[tuple[str, ParameterValue], ...] = ()
    version: int = 1

    @property
    def id(self) -> ReportRunId:
        return run_id(self.period, self.attempt)

    def is_dead(self, at: datetime) -> bool:
        """Whether it should have ended or renewed its lease by then."""
        return self.state is RunState.RUNNING and self.lease_until is not None and self.lease_until < at


def run_id(period: Period, attempt: int) -> ReportRunId:
    """What exists once: the report, the period and which attempt."""
    return ReportRunId(f"{period.report.value}/{period.key}/{attempt}")


def start(
    period: Period,
    *,
    attempt: int,
    as_of: datetime,
    lease_until: datetime,
    by: str,
    at: datetime,
    place: str = "",
    parameters: Mapping[str, ParameterValue] | None = None,
) -> Transition[ReportRun]:
    """Claim it and begin. That nobody else has the same is for the database to say."""
    made = ReportRun(
        period=period,
        attempt=attempt,
        state=RunState.RUNNING,
        by=by,
        at=at,
        as_of=as_of,
        lease_until=lease_until,
        place=place,
        parameters=tuple(sorted((parameters or {}).items())),
    )
    return Transition(made, (_event(EventTag.REPORT_STARTED, None, made, by, at),))


def miss(period: Period, *, by: str, at: datetime) -> Transition[ReportRun]:
    """Say that the schedule did not run it and will not."""
    made = ReportRun(
        period=period,
        attempt=SCHEDULED,
        state=RunState.MISSED,
        by=by,
        at=at,
        as_of=period.due,
        ended_at=at,
    )
    return Transition(made, (_event(EventTag.REPORT_MISSED, None, made, by, at),))


def finish(run: ReportRun, *, folder: str, by: str, at: datetime) -> Transition[ReportRun]:
    """Its outputs are whole and in place. Raises ``IllegalTransitionError`` unless it is running."""
    _running(run, "finish")
    after = _ended(run, RunState.DONE, at, folder=folder)
    return Transition(after, (_event(EventTag.REPORT_FINISHED, run, after, by, at),))


def fail(
    run: ReportRun, *, failure: Failure, detail: str, folder: str, by: str, at: datetime
) -> Transition[ReportRun]:
    """It ended without outputs. ``folder`` is where the failed notebook was kept, if one was. Raises ``IllegalTransitionError``."""
    _running(run, "fail")
    after = replace(_ended(run, RunState.FAILED, at, folder=folder), failure=failure, detail=detail)
    return Transition(after, (_event(EventTag.REPORT_FAILED, run, after, by, at),))


def declare_dead(run: ReportRun, *, by: str, at: datetime) -> Transition[ReportRun]:
    """Nothing was heard of it until its lease was over. Raises ``IllegalTransitionError`` while that is not so."""
    if not run.is_dead(at):
        raise IllegalTransitionError(
            "illegal-transition", subject=run.id, state=run.state.value, verb="declare-dead"
        )
    return fail(run, failure=Failure.DEAD, detail="", folder="", by=by, at=at)


def keep_notebook(run: ReportRun, *, folder: str, by: str, at: datetime) -> Transition[ReportRun]:
    """What a dead run had written by then is kept in that folder, as of any that failed. Raises ``IllegalTransitionError`` for one that is
    not dead, or of which something is kept."""
    if run.failure is not Failure.DEAD or run.folder:
        raise IllegalTransitionError(
            "illegal-transition", subject=run.id, state=run.state.value, verb="keep-notebook"
        )
    after = replace(run, folder=folder, version=run.version + 1)
    return Transition(after, (_event(EventTag.REPORT_NOTEBOOK_KEPT, run, after, by, at),))


def remove_outputs(run: ReportRun, *, by: str, at: datetime) -> Transition[ReportRun]:
    """What it left is gone. Raises ``IllegalTransitionError`` while it runs, and where it has left nothing."""
    if run.state is RunState.RUNNING or not run.folder:
        raise IllegalTransitionError(
            "illegal-transition", subject=run.id, state=run.state.value, verb="remove-outputs"
        )
    after = replace(run, folder="", version=run.version + 1)
    return Transition(after, (_event(EventTag.REPORT_OUTPUTS_REMOVED, run, after, by, at),))


def as_audit_map(run: ReportRun) -> JsonMap:
    return {
        "report": run.period.report.value,
        "period": run.period.key,
        "attempt": run.attempt,
        "state": run.state.value,
        "due": run.period.due.isoformat(),
        "as_of": run.as_of.isoformat(),
        "folder": run.folder,
        "place": run.place,
        "parameters": dict(run.parameters),
        "failure": None if run.failure is None else run.failure.value,
        "detail": run.detail,
    }


def _ended(run: ReportRun, state: RunState, at: datetime, *, folder: str) -> ReportRun:
    return replace(run, state=state, ended_at=at, lease_until=None, folder=folder, version=run.version + 1)


def _running(run: ReportRun, verb: str) -> None:
    if run.state is not RunState.RUNNING:
        raise IllegalTransitionError("illegal-transition", subject=run.id, state=run.state.value, verb=verb)


def _event(tag: EventTag, before: ReportRun | None, after: ReportRun, by: str, at: datetime) -> Event:
    return Event(
        tag=tag,
        subject=Subject(SubjectKind.REPORT, after.id),
        by=by,
        at=at,
        before=None if before is None else as_audit_map(before),
        after=as_audit_map(after),
    )
