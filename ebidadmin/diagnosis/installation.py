"""Program, settings, database, clock, hours and mails."""

from __future__ import annotations

import importlib.metadata
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from ebidadmin import __version__
from ebidadmin.bootstrap import Desk, open_desk
from ebidadmin.clock import Clock
from ebidadmin.config import load_config
from ebidadmin.diagnosis.mail_server import look_at_mail_server
from ebidadmin.diagnosis.second_person import look_at_second_person
from ebidadmin.domain.diagnosis import Found, FoundCode, Helper, Item, Verdict, refused, unseen
from ebidadmin.domain.doors import Door
from ebidadmin.domain.mails import MailState, OutboxMail
from ebidadmin.errors import ConfigurationError, EbidError
from ebidadmin.laid_out import older_files
from ebidadmin.office_copies import DeskCopies
from ebidadmin.office_files import DeskFiles
from ebidadmin.persistence.engine import journal_mode, library_version
from ebidadmin.persistence.erasure_store import SqlErasureStore
from ebidadmin.services import doors, mail_outbox, supplier_erasure
from ebidadmin.services.office_files import state_of
from ebidadmin.services.ports import UnitOfWork

OLDEST_PYTHON = (3, 11)
SCREEN_PACKAGES = ("jupyterlab", "ipywidgets", "anywidget", "typst")

CLOCKS_APART = timedelta(minutes=5)
"""How far the clocks of several computers may stand apart before the trail's order and the doors' hours become doubtful."""

MAIL_PATIENCE = timedelta(hours=1)
"""A mail that was never tried and is older than this says that nobody sends."""


def look_at_office(folder: Path, *, clock: Clock) -> Iterator[Found]:
    """What does not need a card. What cannot be looked at without another thing is told so."""
    yield _program()
    yield _components(SCREEN_PACKAGES, FoundCode.COMPONENTS_MISSING)
    try:
        config = load_config(folder)
    except EbidError as error:
        yield refused(Item.SETTINGS, error)
        yield from _without(Item.SETTINGS)
        return
    yield Found(
        item=Item.SETTINGS,
        verdict=Verdict.GOOD,
        code=FoundCode.SETTINGS_GOOD,
        facts={"folder": str(config.folder)},
    )
    yield look_at_second_person(config)
    try:
        desk = open_desk(folder, clock=clock)
    except ConfigurationError as error:
        broken = _broken_by(error)
        yield refused(broken, error)
        yield from _without(broken)
        return
    except EbidError as error:
        yield refused(Item.DATABASE, error)
        yield from _without(Item.DATABASE)
        return
    with closing(desk):
        yield from look_at_opened(desk)


def installed(name: str) -> bool:
    """Whether a package is there, without importing it."""
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _without(missing: Item) -> Iterator[Found]:
    if missing is Item.SETTINGS:
        yield unseen(Item.SECOND_PERSON, missing)
    first = (Item.DATABASE, Item.CLOCK, Item.HOURS, Item.MAIL, Item.MAIL_SERVER)
    order = (*first, Item.OFFICE_FILES, Item.LAID_OUT, Item.ERASINGS)
    yield from (unseen(item, missing) for item in order if item is not missing)


def _broken_by(error: ConfigurationError) -> Item:
    if error.code == "clock-wrong":
        return Item.CLOCK
    of_mail = error.code.startswith("smtp-") or str(error.facts.get("setting", "")).startswith("mail.")
    return Item.MAIL_SERVER if of_mail else Item.DATABASE


def _program() -> Found:
    facts = {"version": __version__, "python": ".".join(str(part) for part in sys.version_info[:3])}
    if sys.version_info < OLDEST_PYTHON:
        return _fault(Item.PROGRAM, FoundCode.PYTHON_OLD, **facts)
    return Found(item=Item.PROGRAM, verdict=Verdict.GOOD, code=FoundCode.PROGRAM_GOOD, facts=facts)


def _components(names: Sequence[str], code: str) -> Found:
    missing = tuple(name for name in names if not installed(name))
    if missing:
        return _fault(Item.COMPONENTS, code, missing=", ".join(missing))
    return Found(item=Item.COMPONENTS, verdict=Verdict.GOOD, code=FoundCode.COMPONENTS_GOOD)


def look_at_opened(desk: Desk) -> Iterator[Found]:
    """From the database on, as the person sees it whose desk it is."""
    try:
        with desk.office.uow() as unit:
            version = unit.register.version()
            last = unit.audit.last()
            mails = _mails(desk, unit)
            files = DeskFiles(desk.folder)
            by_hand, laid_out = _office_files(unit, files), _laid_out(unit, files)
        erasings = _erasings(desk)
    except EbidError as error:
        yield refused(Item.DATABASE, error)
        yield from _without(Item.DATABASE)
        return
    yield _database(desk, version)
    yield _clock(desk, None if last is None else last.event.at)
    yield _hours(desk)
    yield mails
    yield from look_at_mail_server(desk.config)
    yield by_hand
    yield laid_out
    yield erasings


def _laid_out(unit: UnitOfWork, files: DeskFiles) -> Found:
    """Files that the desk keeps in place of newer ones of the program, without anybody having wanted that."""
    try:
        changed = {
            files.place(name) for name in files.names() if state_of(unit, files, name).recorded is not None
        }
        older = older_files(files.folder, changed=changed)
    except ConfigurationError as error:
        return refused(Item.LAID_OUT, error)
    except OSError as error:
        told = {"file": str(error.filename), "reason": str(error.strerror)}
        return refused(Item.LAID_OUT, ConfigurationError("data-file-unreadable", **told))
    if older:
        return _attention(Item.LAID_OUT, FoundCode.TEMPLATES_OLDER, names=", ".join(older))
    return Found(item=Item.LAID_OUT, verdict=Verdict.GOOD, code=FoundCode.TEMPLATES_GOOD)


def _erasings(desk: Desk) -> Found:
    """Erasings of which files or bytes may be left: nothing else of the program stumbles over them."""
    store = SqlErasureStore(desk.engine, clock=desk.office.clock)
    waiting = supplier_erasure.unfinished(store, DeskCopies(desk.config))
    if waiting:
        return _attention(Item.ERASINGS, FoundCode.ERASINGS_UNFINISHED, numbers=", ".join(waiting))
    return Found(item=Item.ERASINGS, verdict=Verdict.GOOD, code=FoundCode.ERASINGS_GOOD)


def _office_files(unit: UnitOfWork, files: DeskFiles) -> Found:
    """What was changed around the program, as far as the trail knows the file."""
    try:
        changed = tuple(name for name in files.names() if state_of(unit, files, name).by_hand)
    except ConfigurationError as error:
        return refused(Item.OFFICE_FILES, error)
    if changed:
        return _attention(Item.OFFICE_FILES, FoundCode.OFFICE_FILES_BY_HAND, names=", ".join(changed))
    return Found(item=Item.OFFICE_FILES, verdict=Verdict.GOOD, code=FoundCode.OFFICE_FILES_GOOD)


def _database(desk: Desk, version: int | None) -> Found:
    engine = desk.engine.dialect.name
    facts: dict[str, str | int | None] = {"engine": engine, "version": version}
    if engine == "sqlite":
        library = library_version()
        facts["library"] = ".".join(str(number) for number in library)
        facts["journal"] = journal_mode(library)
    if version is None:
        return Found(
            item=Item.DATABASE, verdict=Verdict.ATTENTION, code=FoundCode.REGISTER_EMPTY, facts=facts
        )
    return Found(item=Item.DATABASE, verdict=Verdict.GOOD, code=FoundCode.DATABASE_GOOD, facts=facts)


def _clock(desk: Desk, last: datetime | None) -> Found:
    """A clock that is behind what was written before is wrong for sure; a right one a person sees by comparing."""
    now = desk.office.clock.now()
    if last is not None and now < last - CLOCKS_APART:
        return _fault(Item.CLOCK, FoundCode.CLOCK_BEHIND, now=now.isoformat(), last=last.isoformat())
    return Found(
        item=Item.CLOCK, verdict=Verdict.GOOD, code=FoundCode.CLOCK_GOOD, facts={"now": now.isoformat()}
    )


def _hours(desk: Desk) -> Found:
    state = next(one for one in doors.states(desk.office) if one.door is Door.BIDDING)
    if state.is_open:
        return Found(item=Item.HOURS, verdict=Verdict.GOOD, code=FoundCode.DOOR_OPEN)
    opening = state.next_opening
    facts = {"next_opening": None if opening is None else opening.isoformat()}
    return Found(item=Item.HOURS, verdict=Verdict.ATTENTION, code=FoundCode.DOOR_CLOSED_NOW, facts=facts)


def _mails(desk: Desk, unit: UnitOfWork) -> Found:
    """Whoever may not see the outbox has a computer to look at all the same."""
    if not mail_outbox.may_list(desk.staff):
        return Found(item=Item.MAIL, verdict=Verdict.UNSEEN, code=FoundCode.MAILS_OF_OTHERS)
    waiting = unit.mails.list(state=MailState.WAITING)
    return _mail(desk, waiting, len(unit.mails.list(state=MailState.GAVE_UP)))


def _mail(desk: Desk, waiting: Sequence[OutboxMail], gave_up: int) -> Found:
    facts = {"waiting": len(waiting), "gave_up": gave_up}
    if gave_up:
        return _fault(Item.MAIL, FoundCode.MAILS_GAVE_UP, **facts)
    now = desk.office.clock.now()
    if any(mail.attempts == 0 and mail.written_at < now - MAIL_PATIENCE for mail in waiting):
        return _attention(Item.MAIL, FoundCode.MAILS_LIE, **facts)
    if waiting and any(mail.attempts for mail in waiting):
        return _attention(Item.MAIL, FoundCode.MAILS_DEFERRED, **facts)
    here = desk.config.mail.transport == "folder" and desk.config.mail.send_at_once
    if here and not _writable(desk.config.mail_folder):
        return _fault(Item.MAIL, FoundCode.MAIL_FOLDER_UNWRITABLE, folder=str(desk.config.mail_folder))
    return Found(item=Item.MAIL, verdict=Verdict.GOOD, code=FoundCode.MAIL_GOOD, facts=facts)


def _writable(folder: Path) -> bool:
    """Whether a file could be put there; the folder itself may have to be made first."""
    nearest = next(place for place in (folder, *folder.parents) if place.exists())
    return nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)


def _fault(item: Item, code: str, **facts: str | int | None) -> Found:
    return Found(item=item, verdict=Verdict.FAULT, code=code, helper=Helper.ADMINISTRATOR, facts=facts)


def _attention(item: Item, code: str, **facts: str | int | None) -> Found:
    return Found(item=item, verdict=Verdict.ATTENTION, code=code, helper=Helper.ADMINISTRATOR, facts=facts)
