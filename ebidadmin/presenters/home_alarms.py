"""What needs somebody's eyes, as the home screen tells it, with the ways to where it is seen to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.presenters.notices import Tone
from ebidadmin.presenters.ways import Kind, Target, Way
from ebidadmin.services.overview import Overview
from ebidadmin.text import home as words
from ebidadmin.text import notebooks
from ebidadmin.text.notebooks import StaffNotebook


@dataclass(frozen=True, slots=True)
class Alarm:
    """One of them; ``ways`` are those that the person may go."""

    tone: Tone
    text: str
    ways: tuple[Way, ...] = ()


def view(notebook: StaffNotebook, name: str, label: str) -> Way:
    """To a screen, with its lists as that view shows them."""
    return Way(notebook.name, label, Target(Kind.VIEW, name))


def gave_up(staff: Staff, label: str = words.TO_GAVE_UP) -> tuple[Way, ...]:
    """To the mails that the sender gave up, as the trail tells of them."""
    return (view(notebooks.AUDIT, "gave-up", label),) if staff.may(Permission.READ_AUDIT) else ()


def alarms(now: Overview, staff: Staff) -> tuple[Alarm, ...]:
    """The gravest first, as far as the person's roles are told of them."""
    return (*_register_and_mails(now, staff), *_requests(now), *_reports(now), *_overdue(now))


def _register_and_mails(now: Overview, staff: Staff) -> Iterator[Alarm]:
    if now.batch is None:
        way = Way(notebooks.QUALIFICATION_IMPORT.name, notebooks.QUALIFICATION_IMPORT.title)
        yield Alarm("error", words.ALARM_NO_REGISTER, (way,))
    if now.mails_gave_up:
        yield Alarm("error", words.alarm_gave_up(now.mails_gave_up), gave_up(staff))


def _requests(now: Overview) -> Iterator[Alarm]:
    queue, permits, imports = notebooks.REVIEW_QUEUE, notebooks.PERMITS, notebooks.QUALIFICATION_IMPORT
    if now.requests_waiting:
        to_imports = view(imports, "requests", words.TO_IMPORT_REQUESTS)
        yield Alarm("warning", words.alarm_requests(now.requests_waiting), (to_imports,))
    if now.proposals_waiting:
        to_permits = view(permits, "proposed", words.TO_PROPOSALS)
        yield Alarm("warning", words.alarm_proposals(now.proposals_waiting), (to_permits,))
    if now.desk_requests_waiting:
        to_desk = (
            view(queue, "requests", words.TO_BULK_REQUESTS),
            view(notebooks.REGISTRATIONS, "requests", words.TO_CANCEL_REQUESTS),
        )
        yield Alarm("warning", words.alarm_desk_requests(now.desk_requests_waiting), to_desk)


def _reports(now: Overview) -> Iterator[Alarm]:
    if now.reports is None:
        return
    if now.reports.absent:
        to_plan = Way(notebooks.REPORTS.name, words.TO_REPORTS)
        yield Alarm("error", words.alarm_reports_absent(now.reports.absent), (to_plan,))
    if now.reports.failed:
        to_runs = tuple(
            Way(notebooks.REPORTS.name, words.to_run(run), Target(Kind.RUN, run.id))
            for run in now.reports.failed
        )
        yield Alarm("error", words.alarm_reports_failed(now.reports.failed), to_runs)


def _overdue(now: Overview) -> Iterator[Alarm]:
    if now.overdue:
        to_overdue = view(notebooks.REVIEW_QUEUE, "overdue", words.TO_OVERDUE)
        yield Alarm("warning", words.alarm_overdue(now.overdue), (to_overdue,))
