"""Who may read slices of the trail, what of them, and that a slice that leaves is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest

from ebidadmin.domain.events import EventTag, Subject, SubjectKind
from ebidadmin.domain.staff import Permission, Role, Staff
from ebidadmin.errors import InputError, NotFoundError, NotPermittedError, StorageError
from ebidadmin.intake.audit_files import AuditBytes
from ebidadmin.persistence.audit_slices import SqlAuditReader
from ebidadmin.services import audit_export, audit_slices
from ebidadmin.services.audit_export import Written
from ebidadmin.services.audit_masks import HIDDEN, PLAIN
from ebidadmin.services.audit_slices import AuditQuery, AuditSlice
from ebidadmin.services.ports import AuditEntry, Office
from tests.builders import NOON, application_number, supplier_number
from tests.databases import break_the_trail, mend_the_trail
from tests.sql_store import SqlStore

AUDITOR = Staff("yamada", frozenset({Role.AUDITOR}))
ADMINISTRATOR = Staff("root", frozenset({Role.ADMINISTRATOR}))
HELPER = Staff("mori", frozenset({Role.HELP_DESK}))
APPLICATION = Subject(SubjectKind.APPLICATION, application_number(92))


@pytest.fixture
def reader(office: Office) -> SqlAuditReader:
    store = office.uow
    assert isinstance(store, SqlStore)
    return SqlAuditReader(store.engine)


def everything(office: Office, reader: SqlAuditReader, staff: Staff = AUDITOR) -> tuple[AuditEntry, ...]:
    return audit_slices.page(office, staff=staff, query=AuditQuery(size=500), reader=reader).rows


CALLS: dict[str, Callable[[Office, SqlAuditReader, Staff], object]] = {
    "page": everything,
    "count": lambda office, reader, staff: audit_slices.count(
        office, staff=staff, wanted=AuditSlice(), reader=reader, most=9
    ),
    "people": lambda office, reader, staff: audit_slices.people(office, staff=staff, reader=reader),
    "event": lambda office, reader, staff: audit_slices.event(office, staff=staff, seq=1, reader=reader),
    "stream": lambda office, reader, staff: audit_slices.stream(
        office, staff=staff, wanted=AuditSlice(), reader=reader
    ),
    "export": lambda office, reader, staff: audit_export.export(
        office, staff=staff, reader=reader, target=AuditBytes("csv"), wanted=AuditSlice()
    ),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=list(CALLS))
def test_whoever_may_not_read_the_trail_is_refused_and_the_trail_is_told(
    office: Office, reader: SqlAuditReader, call: Callable[[Office, SqlAuditReader, Staff], object]
) -> None:
    before = len(everything(office, reader))
    with pytest.raises(NotPermittedError):
        call(office, reader, HELPER)
    (told, *rest) = everything(office, reader)
    assert len(rest) == before
    assert (told.event.tag, told.event.by) == (EventTag.REFUSED_NOT_PERMITTED, "mori")
    assert told.event.facts["permission"] == Permission.READ_AUDIT.value


def test_reading_leaves_no_trace(office: Office, reader: SqlAuditReader) -> None:
    before = everything(office, reader)
    assert audit_slices.people(office, staff=AUDITOR, reader=reader) == ("suppliers", "tanaka")
    assert audit_slices.event(office, staff=AUDITOR, seq=1, reader=reader) == before[-1]
    assert everything(office, reader) == before
    with pytest.raises(NotFoundError):
        audit_slices.event(office, staff=AUDITOR, seq=10_000, reader=reader)


def test_an_administrator_sees_that_something_changed_but_no_personal_data(
    office: Office, reader: SqlAuditReader
) -> None:
    told = everything(office, reader, ADMINISTRATOR)
    seen = {entry.seq: entry.event for entry in told}
    for entry in everything(office, reader):
        mine, whole = seen[entry.seq], entry.event
        assert (mine.tag, mine.subject, mine.by, mine.at) == (whole.tag, whole.subject, whole.by, whole.at)
        for name, value in (whole.after or {}).items():
            shown = (mine.after or {})[name]
            assert shown == (value if name in PLAIN or value in (None, "") else HIDDEN)
    submitted = next(event for event in seen.values() if event.tag is EventTag.APPLICATION_SUBMITTED)
    assert submitted.after is not None
    assert submitted.after["state"] == "pending"
    assert {submitted.after[name] for name in ("trade_name", "main_contact", "user_id")} == {HIDDEN}


def test_an_export_is_told_with_its_slice_and_its_digest(office: Office, reader: SqlAuditReader) -> None:
    before = everything(office, reader)
    target = AuditBytes("csv")
    wanted = AuditSlice(
        first=date(2026, 10, 7),
        last=date(2026, 10, 7),
        by="suppliers",
        tags=frozenset({EventTag.APPLICATION_SUBMITTED}),
        subject=APPLICATION,
        supplier=supplier_number(92),
    )
    written = audit_export.export(office, staff=AUDITOR, reader=reader, target=target, wanted=wanted)
    assert written.rows == 1
    (told, *rest) = everything(office, reader)
    assert tuple(rest) == before
    assert (told.event.tag, told.event.by, told.event.supplier_number) == (
        EventTag.AUDIT_EXPORTED,
        "yamada",
        supplier_number(92),
    )
    assert dict(told.event.facts) == {
        "rows": 1,
        "digest": written.digest,
        "form": "csv",
        "personal": True,
        "first": "2026-10-07",
        "last": "2026-10-07",
        "person": "suppliers",
        "tags": ["application:submitted"],
        "about_kind": "application",
        "about": APPLICATION.id,
    }


class Spy:
    """A target that remembers what became of it."""

    form = "csv"

    def __init__(self) -> None:
        self.done: list[str] = []

    def write(self, entries: Iterator[AuditEntry]) -> Written:
        self.done.append("write")
        return Written(len(list(entries)), "0")

    def keep(self) -> None:
        self.done.append("keep")

    def discard(self) -> None:
        self.done.append("discard")


def test_without_a_trail_no_file_takes_its_place(office: Office, reader: SqlAuditReader) -> None:
    store = office.uow
    assert isinstance(store, SqlStore)
    spy = Spy()
    break_the_trail(store.engine)
    with pytest.raises(StorageError):
        audit_export.export(office, staff=AUDITOR, reader=reader, target=spy, wanted=AuditSlice())
    assert spy.done == ["write", "discard"]
    mend_the_trail(store.engine)
    spy = Spy()
    audit_export.export(office, staff=AUDITOR, reader=reader, target=spy, wanted=AuditSlice())
    assert spy.done == ["write", "keep", "discard"]


def test_an_administrators_export_says_that_it_has_no_personal_data(
    office: Office, reader: SqlAuditReader
) -> None:
    target = AuditBytes("csv")
    audit_export.export(office, staff=ADMINISTRATOR, reader=reader, target=target, wanted=AuditSlice())
    (told, *_) = everything(office, reader)
    assert told.event.facts["personal"] is False
    assert "テスト商会92" not in target.content.decode("utf-8-sig")
    assert HIDDEN in target.content.decode("utf-8-sig")


def test_pages_have_a_size(office: Office, reader: SqlAuditReader) -> None:
    with pytest.raises(ValueError, match="size"):
        AuditQuery(size=0)
    with pytest.raises(InputError):
        audit_slices.page(office, staff=AUDITOR, query=AuditQuery(cursor="1"), reader=reader)


def test_days_are_those_of_japan() -> None:
    day = date(2026, 10, 7)
    wanted = AuditSlice(first=day, last=day)
    midnight = NOON.replace(hour=0) - timedelta(hours=9)
    assert wanted.after is not None
    assert wanted.before is not None
    assert wanted.before[0] - wanted.after[0] == timedelta(days=1)
    assert wanted.after == (midnight.replace(minute=0, second=0, microsecond=0), 0)
