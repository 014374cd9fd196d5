"""A made-up office on PostgreSQL with staff: one log-in for each role, and others who asked and decided something before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Engine, make_url, text

from ebidadmin.bootstrap import Desk, open_desk
from ebidadmin.cli.importing import preview_file
from ebidadmin.clock import jst_date
from ebidadmin.config import CONFIG_NAME
from ebidadmin.domain import cards
from ebidadmin.domain.card_sessions import CardFlow, CardMode
from ebidadmin.domain.events import Event, EventTag, Subject, SubjectKind
from ebidadmin.domain.ids import ApplicationNumber, PermitId
from ebidadmin.domain.permit_proposals import PermitAct
from ebidadmin.domain.permits import PaperChannel
from ebidadmin.domain.staff import ALL_ROLES, Role, Staff
from ebidadmin.domain.transition import Transition
from ebidadmin.persistence.engine import make_engine
from ebidadmin.persistence.unit_of_work import SqlUnitOfWork, uow_factory
from ebidadmin.services import (
    application_review,
    bulk_approval,
    card_walk,
    desk_requests,
    import_requests,
    permit_proposals,
    permits,
    staff_members,
)
from ebidadmin.services.ports import Office
from ebidadmin.services.queue import QueueQuery
from tests.builders import intake_row, raw_form, search_form
from tests.cards.builders import registered

PENDING = """SELECT a.number, a.version FROM id_applications AS a WHERE a.state = 'pending' ORDER BY a.number LIMIT 1"""
ALIVE = """SELECT r.application, r.version, r.supplier_number, r.user_id, q.trade_name FROM registrations AS r JOIN qualifications AS q
 ON q.supplier_number = r.supplier_number AND q.to_batch IS NULL WHERE r.state = 'active' ORDER BY r.application LIMIT 2"""
GRANTED = "SELECT id FROM permits WHERE state = 'granted' ORDER BY id LIMIT 1"
NEW = """SELECT q.supplier_number, q.trade_name FROM qualifications AS q WHERE q.to_batch IS NULL AND q.supplier_number NOT IN
 (SELECT supplier_number FROM id_applications) ORDER BY q.supplier_number LIMIT 1"""

PERSONAL = "(株)見えないはずの商会"
"""A name that stands in what is personal only."""

VIEW = "INSERT INTO queue_views (person, name, view, kept_at) VALUES ('hoka', 'x', '{}', CURRENT_TIMESTAMP)"
PLACE = "INSERT INTO screen_places (person, screen, place, kept_at) VALUES ('hoka', 'queue', '1', CURRENT_TIMESTAMP)"
"""Where somebody else stands."""

MAILS = 4
"""For each role that may send one, and then some."""

HELPER = "madoguchi"
"""Of the help desk; opens suppliers."""

OTHER = "hoka"
"""A reviewer and importer who asked for a second person before."""


def as_log_in(url: str, who: str) -> str:
    """The address of a database for that log-in."""
    return make_url(url).set(username=who).render_as_string(hide_password=False)


def login(role: Role) -> str:
    """The log-in that has this role and no other."""
    return f"u_{role.value.replace('-', '_')}"


class RollingBack(SqlUnitOfWork):
    """Does and seals everything, and keeps nothing: each act finds the office as it was."""

    def commit(self) -> None:
        self._ledger.close()
        self._dry_run = True
        super().commit()


@dataclass(frozen=True)
class Found:
    """What the acts are about."""

    pending: ApplicationNumber
    version: int
    registered: ApplicationNumber
    registered_version: int
    approvable: ApplicationNumber
    approvable_version: int
    supplier: str
    trade_name: str
    user_id: str
    form: dict[str, str]
    row: dict[str, object]
    search: dict[str, str]
    letter: str
    open_permit: str
    proposal: str
    request: str
    desk_request: str
    file: Path

    @property
    def search_known(self) -> dict[str, str]:
        """A search for a supplier of whom there is something already."""
        return {**self.search, "supplier_number": self.supplier, "trade_name": self.trade_name}

    def keeping(self, desk: Desk) -> Office:
        """The office of that desk as it is: what is done in it stays."""
        uow = uow_factory(desk.engine, clock=desk.office.clock, names=desk.office.names)
        return replace(desk.office, uow=uow)


@dataclass(frozen=True)
class Bench:
    folder: Path
    url: str
    found: Found

    def address(self, who: str) -> str:
        """The database as that log-in reaches it."""
        return as_log_in(self.url, who)

    @contextmanager
    def raw(self, who: str) -> Iterator[Engine]:
        """A raw connection, as any program of that person's could make it."""
        engine = make_engine(self.address(who))
        try:
            yield engine
        finally:
            engine.dispose()

    @contextmanager
    def desk(self, who: str) -> Iterator[Desk]:
        """The desk of that person, of which nothing is kept."""
        settings = self.folder / CONFIG_NAME
        before = settings.read_text(encoding="utf-8")
        settings.write_text(before.replace(self.url, self.address(who)), encoding="utf-8")
        try:
            opened = open_desk(self.folder)
        finally:
            settings.write_text(before, encoding="utf-8")
        with closing(opened):
            office = replace(
                opened.office,
                uow=lambda: RollingBack(opened.engine, clock=opened.office.clock, names=opened.office.names),
            )
            yield replace(opened, office=office)

    @contextmanager
    def holding(self) -> Iterator[Desk]:
        """The desk of a reviewer who confirms, while the database asks for a second person."""
        _held(self, asked=True)
        with self.desk(login(Role.REVIEWER)) as desk:
            settings = replace(desk.office.settings, permit_second_person=True, cancel_second_person=True)
            yield replace(desk, office=replace(desk.office, settings=settings))
        _held(self, asked=False)


def _held(bench: Bench, *, asked: bool) -> None:
    with bench.desk(login(Role.ADMINISTRATOR)) as desk:
        office = bench.found.keeping(desk)
        settings = replace(office.settings, permit_second_person=asked, cancel_second_person=asked)
        staff_members.hold_second_person(
            replace(office, settings=settings), staff=desk.staff, book=desk.staff_book
        )


def pretending(desk: Desk) -> Desk:
    """The same kernel, in which its person calls themselves whatever they like."""
    return replace(desk, staff=Staff(desk.staff.login, ALL_ROLES))


def furnished(folder: Path, url: str) -> Bench:
    """Members of staff, and something for each of them to do."""
    with closing(open_desk(folder)) as desk:
        for role in Role:
            _add(desk, login(role), role)
        _add(desk, HELPER, Role.HELP_DESK)
        _add(desk, OTHER, Role.REVIEWER, Role.IMPORTER)
        return Bench(folder, url, with_work(desk))


def with_work(desk: Desk) -> Found:
    """Something for everybody to do, at a desk that is furnished."""
    _registered_by_card(desk)
    with desk.engine.begin() as connection:
        connection.execute(text(VIEW))
        connection.execute(text(PLACE))
    return _found(desk)


def _found(desk: Desk) -> Found:
    other = Staff(OTHER, ALL_ROLES)
    with desk.engine.connect() as connection:
        pending = connection.execute(text(PENDING)).one()
        alive, another = connection.execute(text(ALIVE)).all()
        letter = connection.execute(text(GRANTED)).scalar_one()
        fresh = connection.execute(text(NEW)).one()
    plain = bulk_approval.ready(desk.office, staff=other, query=QueueQuery(), reader=desk.queue_reader).cases[
        0
    ]
    named = {"supplier_number": fresh.supplier_number, "trade_name": fresh.trade_name, "user_id": "mattaku1"}
    open_permit, proposal, request, file = _asked(desk, other, alive.supplier_number)
    cancelling = _cancelling(desk, other, another.application, another.version)
    return Found(
        pending=ApplicationNumber(pending.number),
        version=pending.version,
        registered=ApplicationNumber(alive.application),
        registered_version=alive.version,
        approvable=plain.number,
        approvable_version=plain.version,
        supplier=alive.supplier_number,
        trade_name=alive.trade_name,
        user_id=alive.user_id,
        form=raw_form(1, **named),
        row=intake_row(1, number="190000092999", **named),
        search=search_form(1, supplier_number=fresh.supplier_number, trade_name=fresh.trade_name),
        letter=letter,
        open_permit=open_permit,
        proposal=proposal,
        request=request,
        desk_request=cancelling,
        file=file,
    )


def _asked(desk: Desk, other: Staff, supplier: str) -> tuple[str, str, str, Path]:
    """A permit that nobody decided, a proposal and a request for a large import by another person, mails that wait, and a further file."""
    settings = replace(
        desk.office.settings,
        second_person=True,
        permit_second_person=True,
        one_person=False,
        scale_share=0.0,
    )
    office = replace(desk.office, settings=settings)
    recorded, waiting = (_permit(desk, office, other, supplier) for _ in range(2))
    proposed = permit_proposals.propose(office, staff=other, permit_id=waiting, act=PermitAct.GRANT)
    for _ in range(MAILS):
        _inquire(desk, other)
    requested = _request(desk, office, other)
    third = desk.config.inbox / "register-3.csv"
    lines = (desk.config.inbox / "register-1.csv").read_bytes().splitlines(keepends=True)
    third.write_bytes(b"".join(lines[:-1]))
    return recorded, proposed.id, requested, third


def _cancelling(desk: Desk, other: Staff, application: str, version: int) -> str:
    """A request of another person to cancel that ID."""
    settings = replace(desk.office.settings, cancel_second_person=True, one_person=False)
    return desk_requests.request_cancel(
        replace(desk.office, settings=settings),
        staff=other,
        application=ApplicationNumber(application),
        version=version,
        reason="廃業",
    ).id


def _registered_by_card(desk: Desk) -> None:
    """A card with its main contact, and a walk that somebody else is on."""
    card, by, at = registered(78), Staff(OTHER, ALL_ROLES), desk.office.clock.now()
    told = Event(EventTag.CARD_REGISTERED, Subject(SubjectKind.CARD, card.id), by=OTHER, at=at)
    contact = cards.set_main_contact(
        None, supplier_number=card.supplier_number, contact=card.card_contact, by=OTHER, at=at
    )
    with desk.office.uow() as uow:
        uow.record(Transition(card, (told,)))
        uow.record(contact)
        uow.commit()
    card_walk.start(desk.office, staff=by, flow=CardFlow.REGISTRATION, mode=CardMode.TRAINING)


def _add(desk: Desk, who: str, *roles: Role) -> None:
    staff_members.add(desk.office, staff=desk.staff, book=desk.staff_book, login=who, roles=roles)


def _permit(desk: Desk, office: Office, other: Staff, supplier: str) -> PermitId:
    return permits.record(
        office,
        staff=other,
        supplier_number=supplier,
        received=jst_date(desk.office.clock.now()),
        channel=PaperChannel.COUNTER,
        applicant=PERSONAL,
    ).id


def _inquire(desk: Desk, other: Staff) -> None:
    """A mail that waits."""
    with desk.engine.connect() as connection:
        last = connection.execute(text(PENDING.replace("LIMIT 1", "DESC LIMIT 1"))).one()
    application_review.inquire(
        desk.office,
        staff=other,
        number=ApplicationNumber(last.number),
        version=last.version,
        text="教えてください。",
    )


def _request(desk: Desk, office: Office, other: Staff) -> str:
    _source, layout, plan = preview_file(desk, desk.config.inbox / "register-1.csv", "ebidadmin")
    return import_requests.request(office, staff=other, plan=plan, layout=layout).id
