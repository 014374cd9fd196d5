"""What runs of reports left: who takes it, and how long it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from ebidadmin.domain import report_runs
from ebidadmin.domain.events import Event, EventTag, JsonValue, Subject, SubjectKind
from ebidadmin.domain.mails import MailDraft
from ebidadmin.domain.report_periods import ReportName
from ebidadmin.domain.report_runs import ReportRun
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import ConcurrentEditError, NotFoundError
from ebidadmin.services.ports import Office
from ebidadmin.services.refusals import refusals_logged
from ebidadmin.services.report_ports import ReportMaker, ReportOutputs
from ebidadmin.services.report_standing import report_subject

NAMING_SUPPLIERS = frozenset(
    {
        *(ReportName.DAILY_REVIEW, ReportName.WEEKLY_FOLLOW_UP),
        *(ReportName.IMPORT_REPORT, ReportName.QUALIFICATION_CLIFF),
    }
)
"""Reports that hold names of suppliers and persons; the others count, or name logins."""

FRAMES = "frames"
"""The form in which numbers are taken without a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleared:
    """Runs whose outputs were kept long enough: those that are ``removed``, and those that cannot be (``stuck``)."""

    removed: tuple[ReportRun, ...] = ()
    stuck: tuple[ReportRun, ...] = ()


def remove_old(office: Office, staff: Staff, maker: ReportMaker) -> Cleared:
    """Remove outputs that were kept as long as the office wants them. Files go first: a pass that dies between is followed by one that
    finds nothing to remove any more and says so."""
    keep, now = office.settings.report_keep, office.clock.now()
    if keep is None:
        return Cleared()
    with office.uow() as uow:
        # What another computer made lies there, and is for its own passes to remove.
        old = [run for run in uow.report_runs.kept(ended_before=now - keep) if maker.is_here(run)]
    gone = [run for run in old if maker.remove(run.folder)]
    told = (recorded(office, report_runs.remove_outputs(run, by=staff.login, at=now)) for run in gone)
    return Cleared(
        removed=tuple(run for run in told if run is not None),
        stuck=tuple(run for run in old if run not in gone),
    )


def keep_notebooks(office: Office, staff: Staff, maker: ReportMaker) -> tuple[ReportRun, ...]:
    """Keep what dead runs of this computer had written, whoever found them dead: it shows how far they came, and goes when its time is
    over."""
    now = office.clock.now()
    with office.uow() as uow:
        dead = [run for run in uow.report_runs.nothing_kept() if maker.is_here(run)]
    found = ((run, maker.keep_notebook(run)) for run in dead)
    kept = (
        recorded(office, report_runs.keep_notebook(run, folder=folder, by=staff.login, at=now))
        for run, folder in found
        if folder
    )
    return tuple(run for run in kept if run is not None)


def take(office: Office, *, staff: Staff, outputs: ReportOutputs, run: ReportRun, name: str) -> bytes:
    """A file that a run left, for whoever opens or saves it; the trail tells of it first.

    Reports that name suppliers are for whoever may read personal data, the others for whoever may read the trail. Raises
    ``NotPermittedError``, ``NotFoundError`` (``report-output-elsewhere`` where another computer has it, ``report-output-gone``).
    """
    _permit(office, staff, run.period.report)
    if not outputs.is_here(run):
        raise NotFoundError("report-output-elsewhere", id=run.id, name=name)
    content = outputs.read(run, name)
    facts: dict[str, JsonValue] = {"file": name, "digest": sha256(content).hexdigest()}
    _tell(office, staff, Subject(SubjectKind.REPORT, run.id), facts)
    return content


def calculate(office: Office, *, staff: Staff, report: ReportName, as_of: datetime, period: str) -> None:
    """Somebody is about to calculate with the numbers of a report: let them, and tell the trail. Raises ``NotPermittedError``."""
    _permit(office, staff, report)
    facts: dict[str, JsonValue] = {"form": FRAMES, "as_of": as_of.isoformat(), "period": period}
    _tell(office, staff, report_subject(report), facts)


def _permit(office: Office, staff: Staff, report: ReportName) -> None:
    wanted = Permission.READ_PERSONAL if report in NAMING_SUPPLIERS else Permission.READ_AUDIT
    with refusals_logged(office, staff=staff, subject=report_subject(report), verb="take"):
        staff.require(wanted)


def _tell(office: Office, staff: Staff, subject: Subject, facts: dict[str, JsonValue]) -> None:
    event = Event(
        tag=EventTag.REPORT_TAKEN, subject=subject, by=staff.login, at=office.clock.now(), facts=facts
    )
    with office.uow() as uow:
        uow.log(event)
        uow.commit()


def recorded(
    office: Office, transition: Transition[ReportRun], *, mails: tuple[MailDraft, ...] = ()
) -> ReportRun | None:
    """Record a step of a run, with what is mailed about it; ``None`` where another recorded one first."""
    try:
        with office.uow() as uow:
            uow.record(transition, mails=mails)
            uow.commit()
    except ConcurrentEditError:
        return None
    return transition.after
