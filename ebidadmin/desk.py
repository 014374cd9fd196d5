"""The front door for notebooks: one call shows one screen of the desk that EBIDADMIN_DESK names, or of the current folder.

Everything heavy is imported by the call that needs it, so that ``from ebidadmin import desk`` costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from ebidadmin.errors import EbidError

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    import pandas as pd

    from ebidadmin.bootstrap import Desk
    from ebidadmin.domain.diagnosis import Helper
    from ebidadmin.report_making.writing import ReportDesk
    from ebidadmin.screens import Widget
    from ebidadmin.screens.frame import Screen
    from ebidadmin.services.permit_letters import LetterFacts

LOG = "var/screens.log"
"""Where unforeseen failures of the screens are written, in the desk folder."""


def home() -> Widget:
    """Doors, counts, alarms, and the ways to the other screens."""
    return _shown(_home, home=True)


def review_queue() -> Widget:
    """The ID applications that wait for a decision."""
    return _shown(_review_queue)


def permits() -> Widget:
    """Paper requests, decisions on them, letters and the dispatch register."""
    return _shown(_permits)


def qualification_import() -> Widget:
    """A file of the qualification register comes in."""
    return _shown(_qualification_import)


def layout_maker() -> Widget:
    """A layout for a new kind of register file is made from an example."""
    return _shown(_layout_maker)


def id_walkthrough() -> Widget:
    """The supplier's way through the ID application, screen by screen."""
    return _shown(_id_walkthrough)


def card_walkthrough() -> Widget:
    """The supplier's way through the card screens: registering, changing, renewing."""
    return _shown(_card_walkthrough)


def registrations() -> Widget:
    """The follow-up list, and everything about one supplier."""
    return _shown(_registrations)


def audit() -> Widget:
    """The audit trail: slices of it, one supplier's life, a record as of any moment."""
    return _shown(_audit)


def reports() -> Widget:
    """What reports come when, what became of them, their files, and a form to make one."""
    return _shown(_reports)


def audit_frame(
    *,
    first: date | None = None,
    last: date | None = None,
    by: str = "",
    tags: Sequence[str] = (),
    subject: tuple[str, str] | None = None,
    supplier: str | None = None,
) -> pd.DataFrame:
    """A slice of the audit trail for calculating: ``reporting.audit_frames.COLUMNS`` says which columns of which types.

    Chosen in the database: from the day ``first`` to the end of the day ``last`` (of Japan), by the login ``by``, of ``tags`` (each a tag
    such as ``permit:granted`` or a group such as ``permit``), about ``subject`` (kind and id), concerning ``supplier``. The trail tells of
    it as of any export. Raises ``NotPermittedError``, ``ValueError`` for what is no tag or kind, and what opening the desk raises.
    """
    from ebidadmin.bootstrap import open_desk
    from ebidadmin.domain.events import Subject, SubjectKind, tags_named
    from ebidadmin.domain.ids import SupplierNumber
    from ebidadmin.reporting.audit_frames import FrameTarget
    from ebidadmin.services import audit_export
    from ebidadmin.services.audit_slices import AuditSlice

    wanted = AuditSlice(
        first=first,
        last=last,
        by=by,
        tags=frozenset().union(*map(tags_named, tags)),
        subject=None if subject is None else Subject(SubjectKind(subject[0]), subject[1]),
        supplier=None if supplier is None else SupplierNumber(supplier),
    )
    target = FrameTarget()
    with closing(open_desk()) as opened:
        audit_export.export(
            opened.office, staff=opened.staff, reader=opened.audit_reader, target=target, wanted=wanted
        )
    return target.frame


def report(name: str, *, as_of: str = "", period: str = "", rows: int = 60) -> ReportDesk:
    """The report of that name (``daily_review``) under way, as of a moment (ISO 8601 with its zone; empty: now) and for a ``period`` as
    ``ebidadmin report list`` names it (empty: by the moment), for the notebooks below ``reports`` and for own ones, which find the numbers
    in ``report(...).frames()``: the database is open for reading only. Tables of pages have at most ``rows`` rows. The trail tells of it
    as of any export. Raises ``NotPermittedError``, ``ValueError`` for what is no report or moment, and what opening the desk raises."""
    from ebidadmin.report_making.writing import open_report

    return open_report(name, as_of=as_of, period=period, rows=rows)


def diagnosis() -> Widget:
    """What the help desk checks on a computer; also where the desk cannot be opened."""
    from ebidadmin.screens.refused import shown

    return shown(_diagnosis)


def _diagnosis() -> Widget:
    from ebidadmin.bootstrap import desk_folder
    from ebidadmin.clock import SystemClock
    from ebidadmin.diagnosis import look_at_cards, look_at_office
    from ebidadmin.presenters.diagnosis import Diagnosis
    from ebidadmin.presenters.troubles import TroubleSearch
    from ebidadmin.screens.components.binding import configure_log
    from ebidadmin.screens.diagnosis import DiagnosisScreen
    from ebidadmin.screens.frame import Frame

    folder, clock = desk_folder(), SystemClock()
    if folder.joinpath(LOG).parent.is_dir():
        configure_log(folder / LOG)
    state = Diagnosis(
        look_at_office=lambda: look_at_office(folder, clock=clock),
        look_at_cards=lambda: look_at_cards(folder, clock=clock),
        contacts=_contacts(folder),
    )
    return Frame(DiagnosisScreen(state, TroubleSearch())).widget


def _contacts(folder: Path) -> dict[Helper, str]:
    """Whom the office's settings name; nobody where they cannot be read, which the screen tells itself."""
    from ebidadmin.config import load_config
    from ebidadmin.domain.diagnosis import Helper

    try:
        contacts = load_config(folder).contacts
    except EbidError:
        return {}
    return {Helper.HELP_DESK: contacts.helpdesk, Helper.AUTHORITY: contacts.ca}


def _shown(screen: Callable[[Desk], Screen], *, home: bool = False) -> Widget:
    """The screen of the opened desk in its frame; in its place the sentence of a refusal, or the card of a failure."""
    from ebidadmin.bootstrap import desk_folder, open_desk
    from ebidadmin.presenters.idle_lock import IdleLock
    from ebidadmin.screens.components.binding import configure_log
    from ebidadmin.screens.frame import Frame
    from ebidadmin.screens.refused import shown

    def make() -> Widget:
        if (folder := desk_folder()).joinpath(LOG).parent.is_dir():
            configure_log(folder / LOG)
        desk = open_desk()
        configure_log(desk.folder / LOG)
        lock = IdleLock(desk.office, staff=desk.staff, store=desk.screen_places)
        return Frame(screen(desk), home=home, lock=lock).widget

    return shown(make)


def _reports(desk: Desk) -> Screen:
    from ebidadmin.presenters.reports import Reports
    from ebidadmin.report_making.maker import NotebookMaker
    from ebidadmin.screens.reports import ReportsScreen

    return ReportsScreen(Reports(desk.office, staff=desk.staff, maker=NotebookMaker(desk)))


def _home(desk: Desk) -> Screen:
    from ebidadmin import __version__
    from ebidadmin.presenters.finding import Finding, Readers
    from ebidadmin.presenters.home import Home
    from ebidadmin.screens.home import HomeScreen

    state = Home(
        desk.office,
        staff=desk.staff,
        queue_reader=desk.queue_reader,
        register_reader=desk.register_reader,
        folder=desk.folder,
        software=f"ebidadmin {__version__}",
    )
    readers = Readers(
        queue=desk.queue_reader,
        permits=desk.permit_reader,
        register=desk.register_reader,
        audit=desk.audit_reader,
        places=desk.screen_places,
    )
    return HomeScreen(state, Finding(desk.office, staff=desk.staff, readers=readers))


def _review_queue(desk: Desk) -> Screen:
    from ebidadmin.presenters.finding import keeper
    from ebidadmin.presenters.queue_views import QueueViews
    from ebidadmin.presenters.review_queue import ReviewQueue
    from ebidadmin.screens.review_queue import ReviewQueueScreen

    keep = keeper(desk.office, staff=desk.staff, store=desk.screen_places, kind="application")
    queue = ReviewQueue(desk.office, staff=desk.staff, reader=desk.queue_reader, on_opened=keep)
    views = QueueViews(desk.office, staff=desk.staff, store=desk.queue_views)
    return ReviewQueueScreen(queue, views)


def _permits(desk: Desk) -> Screen:
    from ebidadmin.bootstrap import letter_press
    from ebidadmin.intake.layouts import load_date_words
    from ebidadmin.presenters.open_permit import Paper
    from ebidadmin.presenters.permits import Permits
    from ebidadmin.screens.permits import PermitsScreen

    def press(letters: Sequence[LetterFacts]) -> Paper:
        made = letter_press(desk)
        # Only a single letter is looked at on the screen; a stack is looked at as a file.
        pages = made.pictures(letters) if len(letters) == 1 else ()
        return Paper(made.one_file(letters), pages, versions=made.versions)

    state = Permits(
        desk.office,
        staff=desk.staff,
        reader=desk.permit_reader,
        press=press,
        dates=load_date_words(desk.config.reference / "eras.toml"),
    )
    return PermitsScreen(state)


def _qualification_import(desk: Desk) -> Screen:
    from ebidadmin.intake.layout_shelf import LayoutShelf
    from ebidadmin.intake.returned import returned_file
    from ebidadmin.intake.sources import open_source
    from ebidadmin.presenters.import_undoing import UndoingPorts
    from ebidadmin.presenters.qualification_import import QualificationImport
    from ebidadmin.screens.qualification_import import QualificationImportScreen

    state = QualificationImport(
        desk.office,
        staff=desk.staff,
        store=desk.import_store,
        reader=desk.register_reader,
        undoing=UndoingPorts(
            history=desk.history_reader, reader=desk.undoing_reader, places=desk.screen_places
        ),
        layouts=desk.layouts,
        open_source=open_source,
        returned=returned_file,
        inbox=desk.config.inbox,
        reload_layouts=LayoutShelf(desk.config.reference).layouts,
    )
    return QualificationImportScreen(state)


def _layout_maker(desk: Desk) -> Screen:
    from ebidadmin.intake.layout_shelf import LayoutShelf
    from ebidadmin.presenters.layout_maker import LayoutMaker
    from ebidadmin.screens.layout_maker import LayoutMakerScreen

    shelf = LayoutShelf(desk.config.reference)
    state = LayoutMaker(desk.office, staff=desk.staff, shelf=shelf, inbox=desk.config.inbox)
    return LayoutMakerScreen(state)


def _id_walkthrough(desk: Desk) -> Screen:
    from ebidadmin.screens.id_walkthrough import IdWalkthroughScreen

    return IdWalkthroughScreen(desk)


def _card_walkthrough(desk: Desk) -> Screen:
    from ebidadmin.bootstrap import card_desks
    from ebidadmin.presenters.training_cards import TrainingCards
    from ebidadmin.screens.card_walkthrough import CardWalkthroughScreen
    from ebidadmin.training import DeskTrainingBox

    training = TrainingCards(DeskTrainingBox(desk.folder, desk.config, desk.office.clock))
    return CardWalkthroughScreen(desk, card_desks(desk), training)


def _registrations(desk: Desk) -> Screen:
    from ebidadmin.bootstrap import code_letters
    from ebidadmin.presenters.finding import keeper
    from ebidadmin.presenters.id_desk import IdDesk
    from ebidadmin.presenters.registrations import Registrations
    from ebidadmin.screens.registrations import RegistrationsScreen

    state = Registrations(
        desk.office,
        staff=desk.staff,
        register_reader=desk.register_reader,
        desk=IdDesk(desk.office, staff=desk.staff, letter=code_letters(desk)),
        on_opened=keeper(desk.office, staff=desk.staff, store=desk.screen_places, kind="supplier"),
    )
    return RegistrationsScreen(state)


def _audit(desk: Desk) -> Screen:
    from ebidadmin.bootstrap import audit_key
    from ebidadmin.intake.audit_files import AuditBytes
    from ebidadmin.intake.layouts import load_date_words
    from ebidadmin.kept_anchors import named_anchors
    from ebidadmin.persistence.audit_tree import SqlTrailTree
    from ebidadmin.presenters.audit import Audit
    from ebidadmin.presenters.audit_verification import AuditVerification
    from ebidadmin.screens.audit import AuditScreen

    state = Audit(
        desk.office,
        staff=desk.staff,
        reader=desk.audit_reader,
        places=desk.screen_places,
        held=AuditBytes,
        dates=load_date_words(desk.config.reference / "eras.toml"),
    )
    verification = AuditVerification(
        desk.office,
        staff=desk.staff,
        tree=SqlTrailTree(desk.engine),
        signer=lambda: audit_key(desk),
        outside=lambda: named_anchors(desk.config),
    )
    return AuditScreen(state, verification)
