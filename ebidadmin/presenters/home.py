"""State of the home screen: doors, counts, mails, the register, alarms, and who acts where."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ebidadmin.domain.applications import OPEN_STATES, ApplicationState
from ebidadmin.domain.doors import DoorState
from ebidadmin.domain.staff import Permission, Role, Staff
from ebidadmin.errors import EbidError
from ebidadmin.presenters.home_alarms import Alarm, alarms, gave_up, view
from ebidadmin.presenters.notices import Notice, Tone, refusal
from ebidadmin.presenters.ways import Way
from ebidadmin.services import overview
from ebidadmin.services.overview import Overview
from ebidadmin.services.ports import Office
from ebidadmin.services.qualification_import import RegisterReader
from ebidadmin.services.queue import QueueReader
from ebidadmin.text import formats, imports, notebooks
from ebidadmin.text import home as words
from ebidadmin.text import queue as queue_words


@dataclass(frozen=True, slots=True)
class DoorLine:
    name: str
    state: str
    tone: Tone
    hours: str
    next_opening: str


@dataclass(frozen=True, slots=True)
class CountLine:
    """A number with its word; ``tone`` is how it stands out."""

    label: str
    count: str
    tone: Tone = "neutral"
    way: Way | None = None
    """Where these can be seen."""


@dataclass(frozen=True, slots=True)
class Link:
    notebook: str
    label: str
    caption: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeView:
    """The home screen in words."""

    now: str
    alarms: tuple[Alarm, ...]
    doors: tuple[DoorLine, ...]
    always_open: bool
    counts: tuple[CountLine, ...]
    lists: tuple[Way, ...]
    mails: tuple[CountLine, ...]
    register: tuple[tuple[str, str], ...]
    links: tuple[Link, ...]
    desk: tuple[tuple[str, str], ...]


class Home:
    """Reads the office anew at every ``refresh``; ``notice`` says why when it could not."""

    def __init__(
        self,
        office: Office,
        *,
        staff: Staff,
        queue_reader: QueueReader,
        register_reader: RegisterReader,
        folder: Path,
        software: str,
    ) -> None:
        self._office, self._staff = office, staff
        self._queue, self._register = queue_reader, register_reader
        self._folder, self._software = folder, software
        self.view: HomeView | None = None
        self.notice: Notice | None = None

    def refresh(self) -> None:
        """Read everything again."""
        try:
            now = overview.overview(
                self._office, staff=self._staff, queue_reader=self._queue, register_reader=self._register
            )
        except EbidError as error:
            self.view, self.notice = None, refusal(error)
            return
        self.notice = None
        self.view = HomeView(
            now=formats.moment_with_weekday(self._office.clock.now()),
            alarms=alarms(now, self._staff),
            doors=tuple(_door(state) for state in now.doors),
            always_open=all(state.hours.always for state in now.doors),
            counts=_counts(now, self._staff),
            lists=_lists(self._staff),
            mails=_mails(now, self._staff),
            register=_register(now),
            links=LINKS,
            desk=self._desk(),
        )

    def _desk(self) -> tuple[tuple[str, str], ...]:
        roles = words.roles(role.value for role in Role if role in self._staff.roles)
        return (
            (words.DESK_STAFF, self._staff.login),
            (words.DESK_ROLES, roles),
            (words.DESK_FOLDER, str(self._folder)),
            (words.DESK_SOFTWARE, self._software),
        )


LINKS = tuple(
    Link(notebook.name, notebook.title, notebook.caption)
    for notebook in notebooks.STAFF_NOTEBOOKS
    if notebook is not notebooks.HOME
)
"""The other screens, in the order of the notebooks."""


def _door(state: DoorState) -> DoorLine:
    return DoorLine(
        words.DOORS[state.door],
        words.OPEN if state.is_open else words.CLOSED,
        "success" if state.is_open else "neutral",
        words.hours(state.hours),
        words.next_opening(state.next_opening),
    )


def _counts(now: Overview, staff: Staff) -> tuple[CountLine, ...]:
    """Numbers that everybody sees; the way to what is counted is for whoever may read it."""
    reads = staff.may(Permission.READ_PERSONAL)

    def way(name: str, label: str) -> Way | None:
        return view(notebooks.REVIEW_QUEUE, name, label) if reads else None

    lines = [
        CountLine(
            queue_words.STATES[state],
            formats.count(now.counts[state]),
            "info" if state in OPEN_STATES and now.counts[state] else "neutral",
            way(state.value, queue_words.STATES[state]),
        )
        for state in ApplicationState
    ]
    if now.overdue is not None:
        tone: Tone = "error" if now.overdue else "neutral"
        late = CountLine(words.OVERDUE, formats.count(now.overdue), tone, way("overdue", words.OVERDUE))
        lines.insert(0, late)
    return tuple(lines)


def _lists(staff: Staff) -> tuple[Way, ...]:
    """Further lists of the day's work."""
    if not staff.may(Permission.READ_PERSONAL):
        return ()
    return (
        view(notebooks.PERMITS, "requested", words.TO_REQUESTED),
        view(notebooks.REGISTRATIONS, "follow-ups", words.TO_FOLLOW_UPS),
    )


def _mails(now: Overview, staff: Staff) -> tuple[CountLine, ...]:
    if now.mails_waiting is None or now.mails_gave_up is None:
        return ()
    return (
        CountLine(words.MAILS_WAITING, formats.count(now.mails_waiting)),
        CountLine(
            words.MAILS_GAVE_UP,
            formats.count(now.mails_gave_up),
            "error" if now.mails_gave_up else "neutral",
            next(iter(gave_up(staff, words.MAILS_GAVE_UP)), None),
        ),
    )


def _register(now: Overview) -> tuple[tuple[str, str], ...]:
    if now.batch is None:
        return ()
    return (
        (words.REGISTER_VERSION, imports.version(now.batch.id)),
        (words.REGISTER_APPLIED, formats.moment_with_weekday(now.batch.applied_at)),
        (words.REGISTER_FILE, now.batch.file_name),
        (words.REGISTER_SUPPLIERS, words.suppliers(now.suppliers)),
    )
