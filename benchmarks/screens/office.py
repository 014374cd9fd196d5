"""An office of a million applications, from a fixed seed: what the screens are timed on.

Two applications for each supplier of a made-up register: the first rejected some years ago, the second approved (with its enterprise id,
registration, reserved user id, permit and mail) or, of one supplier in fifty, still waiting. The trail tells of each, sealed by the
program's own code. Rows are those that the program's mapping makes; names, addresses and numbers are the register's.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import corpus
from sqlalchemy import Engine, insert

from ebidadmin.bootstrap import open_desk
from ebidadmin.cli.importing import import_file
from ebidadmin.clock import SystemClock
from ebidadmin.domain import applications
from ebidadmin.domain.applications import IdApplication, IdForm
from ebidadmin.domain.contacts import Contact
from ebidadmin.domain.events import Event, EventTag, Subject, SubjectKind
from ebidadmin.domain.ids import ApplicationNumber, EnterpriseId, SupplierNumber, UserId
from ebidadmin.domain.mails import MailDraft, MailKind, MailState, OutboxMail
from ebidadmin.domain.names import NameRules
from ebidadmin.persistence import mapping
from ebidadmin.persistence.ledger import Ledger
from ebidadmin.persistence.loading import know_sizes
from ebidadmin.persistence.schema_base import Base
from ebidadmin.persistence.twins import contact_points, form_points, user_id_folded
from tests import builders
from tests.persistence.office import approval, registration, stored_permit

LAYOUT = "ebidadmin"
CHUNK = 5_000
"""Suppliers of a transaction."""

WAITING_EACH = 50
"""One supplier of so many has an application that waits."""

YEARS = 8
REASON = "permit-missing"
WAITING_DAYS = 10
PEOPLE = ("tanaka", "sato", "suzuki", "takahashi", "ito", "yamamoto")
TABLES = (
    "id_applications",
    "enterprise_ids",
    "registrations",
    "user_id_reservations",
    "contact_points",
    "permits",
    "mail_outbox",
)
"""Filled here, in an order in which every row finds what it refers to."""

Rows = dict[str, list[dict[str, object]]]


class Supplier(NamedTuple):
    """What the register says of one."""

    place: int
    number: str
    name: str
    postcode: str
    address: str
    person: str
    phone: str
    fax: str
    branch: str


def fill(folder: Path, applications: int) -> None:
    """Fill the desk in ``folder``, which is laid out and empty."""
    suppliers = -(-applications // 2)
    files = corpus.files(suppliers)
    with closing(open_desk(folder)) as desk:
        import_file(desk, files.first, LAYOUT, confirmed_scale=True)
        _fill(desk.engine, desk.office.names, _suppliers(files.first), suppliers)


def _fill(engine: Engine, names: NameRules, suppliers: Iterator[Supplier], count: int) -> None:
    now = SystemClock().now()
    while some := list(islice(suppliers, CHUNK)):
        rows: Rows = defaultdict(list)
        refs: dict[tuple[str, str], None] = {}
        events: list[Event] = []
        for supplier in some:
            _one(supplier, rows, refs, events, names=names, count=count, now=now)
        with engine.begin() as connection:
            for table in TABLES:
                if rows[table]:
                    connection.execute(insert(Base.metadata.tables[table]), rows[table])
            ledger = Ledger(connection, software="ebidadmin benchmark")
            numbers = ledger.tell_many(events)
            for ref in refs:
                ledger.changed([ref], seq=numbers[-1])
            ledger.close()
    with engine.begin() as connection:
        _count_on(connection, count)
        for table in ("audit_events", "audit_leaves", "audit_nodes", "audit_rows", *TABLES):
            know_sizes(connection, Base.metadata.tables[table])


def _count_on(connection: Any, count: int) -> None:
    """The counters stand behind what was given out."""
    table = Base.metadata.tables["sequences"]
    known = {name for (name,) in connection.execute(table.select().with_only_columns(table.c.name))}
    for name in known:
        connection.execute(table.update().where(table.c.name == name).values(value=10 * count))


def _suppliers(file: Path) -> Iterator[Supplier]:
    with file.open(encoding="cp932", newline="") as stream:
        for place, row in enumerate(csv.DictReader(stream), start=1):
            yield Supplier(
                place,
                row[corpus.NUMBER],
                row[corpus.NAME],
                row[corpus.POSTCODE],
                row[corpus.ADDRESS],
                row[corpus.PERSON],
                row[corpus.PHONE],
                row[corpus.FAX],
                row[corpus.BRANCH],
            )


def _form(supplier: Supplier) -> IdForm:
    contact = Contact(
        name="総務部",
        postcode=supplier.postcode,
        address=supplier.address,
        person=supplier.person,
        phone=supplier.phone,
        fax=supplier.fax,
        email=f"soumu@c{supplier.place}.example.jp",
    )
    return IdForm(
        supplier_number=SupplierNumber(supplier.number),
        trade_name=supplier.name,
        company_phone=supplier.phone,
        company_fax=supplier.fax,
        branch=supplier.branch or "本店",
        main_contact=contact,
        applicant_contact=contact,
        user_id=UserId(f"sup{supplier.place:08d}"),
    )


def _one(
    supplier: Supplier,
    rows: Rows,
    refs: dict[tuple[str, str], None],
    events: list[Event],
    *,
    names: NameRules,
    count: int,
    now: datetime,
) -> None:
    """All rows and events of a supplier."""
    by, form, waits = PEOPLE[supplier.place % len(PEOPLE)], _form(supplier), not supplier.place % WAITING_EACH
    long_ago = now - timedelta(days=365 * YEARS) + timedelta(days=365 * YEARS - 60) * (supplier.place / count)
    first, second = (
        builders.application(
            entered=form,
            number=ApplicationNumber(f"A{2 * supplier.place - 1 + later:08d}"),
            at=long_ago + timedelta(days=20 * later),
        )
        for later in (0, 1)
    )
    first = rejected(first, by=by)
    if waits:
        second = replace(second, applied_at=now - timedelta(days=WAITING_DAYS) * (supplier.place / count))
    else:
        second = approval(second, by=by, at=second.applied_at + timedelta(days=2)).after
    for application in (first, second):
        _applied(application, rows, refs, events, names=names)
    _reserve(second, rows, approved=not waits)
    if not waits:
        _registered(second, supplier, rows, refs)
    if supplier.place % 3:
        permit = stored_permit(builders.permit(supplier.place, supplier_number=form.supplier_number)).after
        rows["permits"].append(
            mapping.permit_values(replace(permit, document=None, applicant=form.trade_name), names)
        )
        refs["permits", permit.id] = None


def rejected(application: IdApplication, *, by: str) -> IdApplication:
    """Two days after it came."""
    at = application.applied_at + timedelta(days=2)
    return applications.reject(application, reasons=(REASON,), note="", by=by, at=at).after


def _applied(
    application: IdApplication,
    rows: Rows,
    refs: dict[tuple[str, str], None],
    events: list[Event],
    *,
    names: NameRules,
) -> None:
    number, supplier = application.number, application.supplier_number
    rows["id_applications"].append(mapping.application_values(application, names))
    refs["id_applications", number] = None
    points = form_points(application.form)
    rows["contact_points"] += [_point("application", number, supplier, *point) for point in points]
    decided, subject = application.decision, Subject(SubjectKind.APPLICATION, number)
    tag, by, at = EventTag.APPLICATION_SUBMITTED, "suppliers", application.applied_at
    if decided is not None:
        approved = decided.accepted is not None
        tag = EventTag.APPLICATION_APPROVED if approved else EventTag.APPLICATION_REJECTED
        by, at = decided.by, decided.at
        kind = MailKind.ID_APPROVED if approved else MailKind.ID_REJECTED
        mail = _mail(application, kind, at)
        rows["mail_outbox"].append(mail)
        refs["mail_outbox", str(mail["id"])] = None
    values = {"state": application.state.value, "version": application.version}
    events.append(
        Event(tag=tag, subject=subject, by=by, at=at, after=values, facts={}, supplier_number=supplier)
    )


def _mail(application: IdApplication, kind: MailKind, at: datetime) -> dict[str, object]:
    draft = MailDraft(
        kind, (application.form.main_contact.email,), "利用者登録の審査結果", "審査の結果をお知らせします。\n"
    )
    sent = OutboxMail(
        id=0,
        message_id=f"<{application.number}@example.jp>",
        draft=draft,
        about=Subject(SubjectKind.APPLICATION, application.number),
        written_at=at,
        state=MailState.SENT,
        attempts=1,
        not_before=at,
        sent_at=at,
        version=3,
    )
    return {"id": int(application.number[1:]), **mapping.mail_values(sent)}


def _reserve(application: IdApplication, rows: Rows, *, approved: bool) -> None:
    rows["user_id_reservations"].append(
        {
            "user_id_folded": user_id_folded(application.form.user_id),
            "supplier_number": application.supplier_number,
            "application": None if approved else application.number,
            "registration": application.number if approved else None,
        }
    )


def _registered(
    application: IdApplication, supplier: Supplier, rows: Rows, refs: dict[tuple[str, str], None]
) -> None:
    given = registration(application, serial=supplier.place, at=application.applied_at).after
    issued = {"supplier_number": supplier.number, "enterprise_id": EnterpriseId(given.enterprise_id)}
    rows["enterprise_ids"].append(issued)
    rows["registrations"].append(mapping.registration_values(given))
    refs["enterprise_ids", supplier.number] = refs["registrations", application.number] = None
    points = contact_points(given.main_contact, given.applicant_contact)
    rows["contact_points"] += [
        _point("registration", application.number, application.supplier_number, *point) for point in points
    ]


def _point(source: str, key: str, supplier: str, field: str, value: str) -> dict[str, object]:
    return {"source": source, "key": key, "field": field, "value": value, "supplier_number": supplier}
