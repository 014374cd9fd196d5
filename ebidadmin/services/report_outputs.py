"""What runs of reports left, and how long it is kept."""

from __future__ import annotations

from dataclasses import dataclass

from ebidadmin.domain import report_runs
from ebidadmin.domain.mails import MailDraft
from ebidadmin.domain.report_runs import ReportRun
from ebidadmin.domain.staff import Staff
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import ConcurrentEditError
from ebidadmin.services.ports import Office
from ebidadmin.services.report_ports import ReportMaker


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
        old = uow.report_runs.kept(ended_before=now - keep)
    gone = [run for run in old if maker.remove(run.folder)]
    told = (recorded(office, report_runs.remove_outputs(run, by=staff.login, at=now)) for run in gone)
    return Cleared(
        removed=tuple(run for run in told if run is not None),
        stuck=tuple(run for run in old if run not in gone),
    )


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
