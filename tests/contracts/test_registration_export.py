"""Registrations leave as they are kept: what is read back from either form is what the database has, on both databases."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert

from ebidadmin.clock import SettableClock
from ebidadmin.domain import cards, id_desk_work
from ebidadmin.domain.cards import CardRegistration, Revocation
from ebidadmin.domain.contacts import CONTACT_FIELDS, Contact
from ebidadmin.domain.events import EventTag
from ebidadmin.domain.followups import RegistrationKind
from ebidadmin.domain.ids import EnterpriseId, SupplierNumber, UserId
from ebidadmin.domain.layouts import fuse
from ebidadmin.domain.registrations import Registration
from ebidadmin.domain.staff import Staff
from ebidadmin.errors import InputError, NotPermittedError, StorageError
from ebidadmin.intake.registration_files import Counted, RegistrationFile
from ebidadmin.persistence.cards import card_values
from ebidadmin.persistence.registration_export import SqlRegistrationReader
from ebidadmin.persistence.schema import EnterpriseIdRow
from ebidadmin.persistence.schema_cards import CardRow
from ebidadmin.services import registration_export
from ebidadmin.services.ports import Office
from ebidadmin.services.registration_export import (
    FIELDS,
    ExportedRegistration,
    Target,
    Wanted,
    Written,
    as_map,
    flat,
)
from tests.builders import AUDITOR, HELPER, NOON, SAMPLE_HASH, contact, qualification, supplier_number
from tests.cards.builders import kept, registered
from tests.conftest import FreshDatabase
from tests.contracts.test_cards import made
from tests.fakes import office
from tests.needs import ROOT
from tests.persistence.office import registration, save, submission
from tests.postgres import ENGINES
from tests.sql_store import SqlStore

ODD = '=1+1,"q"\r\n\'二行目 𠮷'
HOUR = timedelta(hours=1)


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest, clock: SettableClock, fresh_database: FreshDatabase) -> SqlStore:
    made = SqlStore(fresh_database(request.param), clock)
    made.import_register(qualification(92), qualification(93))
    return made


@pytest.fixture
def desk(store: SqlStore) -> Office:
    return office(store)


def furnish(store: SqlStore) -> None:
    """An ID with odd words, a suspended one of a supplier outside the register, a card and its follower."""
    odd = contact(92, name=ODD, person="-1", fax="'083")
    applied = submission(92, applicant_contact=odd)
    save(store, applied)
    save(store, registration(applied.after, serial=92))
    other = submission(95, number="A000095")
    save(store, other)
    live: Registration = save(store, registration(other.after, serial=95))
    save(store, id_desk_work.suspend(live, reason="調査中", by="tanaka", at=NOON + 2 * HOUR))
    card: CardRegistration = save(store, made(93))
    old, new = cards.renew(
        card,
        card_id=made(94).after.id,
        certificate=kept(94),
        der=b"new",
        revocation=Revocation.CHECKED,
        register_seen=None,
        by="tanaka",
        at=NOON + HOUR,
    )
    with store() as unit:
        unit.record(old)
        unit.record(new)
        unit.commit()


def rows(store: SqlStore, **wanted: Any) -> list[ExportedRegistration]:
    return list(SqlRegistrationReader(store.engine).rows(Wanted(**wanted)))


def export(desk: Office, store: SqlStore, target: Target, staff: Staff = AUDITOR, **wanted: Any) -> Written:
    return registration_export.export(
        desk,
        staff=staff,
        reader=SqlRegistrationReader(store.engine),
        target=target,
        wanted=Wanted(**wanted),
    )


def read_csv(path: Path) -> list[dict[str, str]]:
    """As the page for readers says, by nothing of the program but the way back of a quote."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return [{name: fuse(cell) for name, cell in row.items()} for row in csv.DictReader(stream)]


def read_json(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def test_what_is_kept_is_what_leaves(store: SqlStore) -> None:
    furnish(store)
    found = rows(store)
    assert [(one.kind.value, one.number, one.state, one.trade_name) for one in found] == [
        ("id", "A000092", "active", "(株)テスト商会92"),
        ("id", "A000095", "suspended", None),
        ("card", "K00000093", "replaced", "(株)テスト商会93"),
        ("card", "K00000094", "active", "(株)テスト商会93"),
    ]
    assert [(one.registered_at, one.changed_at) for one in found] == [
        (NOON, NOON),
        (NOON, NOON + 2 * HOUR),
        (NOON, NOON + HOUR),
        (NOON + HOUR, NOON + HOUR),
    ]
    with store() as unit:
        identified = {one.application: one for one in unit.registrations.all()}
        by_card = {one.id: one for one in unit.cards.all()}
    for one in found[:2]:
        own = identified[one.number]  # type: ignore[index]  # the number of an ID is its application's
        assert (one.supplier_number, one.enterprise_id, one.user_id) == (
            own.supplier_number,
            own.enterprise_id,
            own.user_id,
        )
        assert (one.main_contact, one.applicant_contact) == (own.main_contact, own.applicant_contact)
        assert (one.card_contact, one.certificate, one.revocation) == (None, None, None)
    for one in found[2:]:
        card = by_card[one.number]  # type: ignore[index]  # the number of a card is its id
        assert (one.supplier_number, one.enterprise_id, one.card_contact, one.revocation) == (
            card.supplier_number,
            card.enterprise_id,
            card.card_contact,
            card.revocation,
        )
        assert one.certificate is not None
        for name in ("serial", "issuer", "fingerprint", "not_before", "not_after"):
            assert getattr(one.certificate, name) == getattr(card.certificate, name)
        assert (one.user_id, one.applicant_contact, one.main_contact) == (None, None, None)
        assert (one.replaces, one.replaced_by) == (card.replaces, card.replaced_by)


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_reading_a_file_gives_the_same_values(
    store: SqlStore, desk: Office, tmp_path: Path, form: str
) -> None:
    furnish(store)
    path = tmp_path / f"out.{form}"
    path.write_text("older", encoding="utf-8")
    path.chmod(0o640)
    written = export(desk, store, RegistrationFile(path))
    found = rows(store)
    assert written == Written(4, hashlib.sha256(path.read_bytes()).hexdigest())
    if form == "csv":
        assert [tuple(row.values()) for row in read_csv(path)] == [flat(one) for one in found]
        assert list(read_csv(path)[0]) == list(FIELDS)
    else:
        assert read_json(path) == [as_map(one) for one in found]
    assert [one.name for one in tmp_path.glob("*out*")] == [path.name]
    # Who may read it stays as it was.
    assert path.stat().st_mode & 0o777 == 0o640
    content = path.read_text(encoding="utf-8")
    assert SAMPLE_HASH not in content
    assert "$argon2id$" not in content
    assert kept(93).holder_name not in content.replace(contact(93).person, "")


def test_the_main_contact_of_cards_changes_all_of_them(store: SqlStore) -> None:
    furnish(store)
    save(
        store,
        cards.set_main_contact(
            None, supplier_number=supplier_number(93), contact=contact(7), by="tanaka", at=NOON + 5 * HOUR
        ),
    )
    found = rows(store, changed_since=NOON + 3 * HOUR)
    assert [(one.number, one.main_contact, one.changed_at) for one in found] == [
        (number, contact(7), NOON + 5 * HOUR) for number in ("K00000093", "K00000094")
    ]


def test_a_wrong_password_changes_nothing_that_leaves(store: SqlStore) -> None:
    applied = submission(92)
    save(store, applied)
    live: Registration = save(store, registration(applied.after, serial=92))
    failed = id_desk_work.failed(live, limit=3, by="suppliers", at=NOON + HOUR)
    save(store, failed)
    assert rows(store, changed_since=NOON + HOUR) == []
    assert [one.changed_at for one in rows(store)] == [NOON]


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        ({"states": frozenset({"active"})}, ["A000092", "K00000094"]),
        ({"states": frozenset({"replaced"})}, ["K00000093"]),
        ({"states": frozenset({"locked", "suspended"})}, ["A000095"]),
        ({"states": frozenset({"cancelled"})}, []),
        ({"changed_since": NOON}, ["A000092", "A000095", "K00000093", "K00000094"]),
        ({"changed_since": NOON + HOUR}, ["A000095", "K00000093", "K00000094"]),
        ({"changed_since": NOON + timedelta(hours=1, microseconds=1)}, ["A000095"]),
        ({"changed_since": NOON + HOUR, "states": frozenset({"active"})}, ["K00000094"]),
    ],
)
def test_filters(store: SqlStore, wanted: dict[str, Any], numbers: list[str]) -> None:
    furnish(store)
    assert [one.number for one in rows(store, **wanted)] == numbers


def test_the_trail_tells_how_much_and_which_before_the_file_is_there(
    store: SqlStore, desk: Office, tmp_path: Path
) -> None:
    furnish(store)
    path = tmp_path / "out.jsonl"

    class Watched(RegistrationFile):
        def keep(self) -> None:
            with store() as unit:
                last = unit.audit.last()
            assert last is not None
            told.append(last.event.tag)
            assert not path.exists()
            super().keep()

    told: list[EventTag] = []
    written = export(desk, store, Watched(path), states=frozenset({"active"}), changed_since=NOON - HOUR)
    with store() as unit:
        entry = unit.audit.last()
    assert entry is not None
    assert told == [EventTag.REGISTRATIONS_EXPORTED]
    assert (entry.event.tag, entry.event.by) == (EventTag.REGISTRATIONS_EXPORTED, AUDITOR.login)
    assert dict(entry.event.facts) == {
        "rows": 2,
        "digest": written.digest,
        "form": "jsonl",
        "states": ["active"],
        "changed_since": (NOON - HOUR).isoformat(),
    }
    assert hashlib.sha256(path.read_bytes()).hexdigest() == written.digest


def test_where_the_trail_cannot_be_written_nothing_leaves(
    store: SqlStore, desk: Office, tmp_path: Path
) -> None:
    furnish(store)

    def locked() -> Any:
        raise StorageError("database-locked")

    with pytest.raises(StorageError):
        export(replace(desk, uow=locked), store, RegistrationFile(tmp_path / "out.csv"))
    assert list(tmp_path.glob("*out*")) == []


def test_a_failure_in_the_middle_leaves_the_older_file(desk: Office, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("older", encoding="utf-8")

    class Broken:
        def rows(self, wanted: Wanted) -> Iterator[ExportedRegistration]:
            yield SAMPLE
            raise StorageError("database-lost")

    with pytest.raises(StorageError):
        registration_export.export(
            desk, staff=AUDITOR, reader=Broken(), target=RegistrationFile(path), wanted=Wanted()
        )
    assert path.read_text(encoding="utf-8") == "older"
    assert [one.name for one in tmp_path.glob("*out*")] == ["out.csv"]
    with desk.uow() as unit:
        assert unit.audit.last() is None


def test_who_may(store: SqlStore, desk: Office, tmp_path: Path) -> None:
    with pytest.raises(NotPermittedError):
        export(desk, store, RegistrationFile(tmp_path / "out.csv"), HELPER)
    with store() as unit:
        entry = unit.audit.last()
    assert entry is not None
    assert (entry.event.tag, entry.event.facts["verb"]) == (EventTag.REFUSED_NOT_PERMITTED, "export")


@pytest.mark.parametrize("name", ["out.xlsx", "out", "out.json"])
@pytest.mark.parametrize("kind", [RegistrationFile, Counted])
def test_another_form_is_refused(tmp_path: Path, kind: Callable[[Path], Target], name: str) -> None:
    with pytest.raises(InputError, match="registration-file-form"):
        kind(tmp_path / name)


def test_a_place_that_cannot_be_written_is_told(store: SqlStore, desk: Office, tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "folder.csv" / "x").touch()
    for path in (tmp_path / "none" / "out.csv", tmp_path / "folder.csv"):
        with pytest.raises(InputError, match="file-unwritable"):
            export(desk, store, RegistrationFile(path))
    assert [one.name for one in tmp_path.glob("*.part")] == []


SAMPLE = ExportedRegistration(
    kind=RegistrationKind.ID,
    number="A000092",
    supplier_number=SupplierNumber("001234567"),
    enterprise_id=EnterpriseId("1352100000000092"),
    trade_name="(株)テスト商会92",
    state="active",
    registered_at=NOON,
    changed_at=NOON,
    user_id=UserId("shoukai0092"),
    main_contact=contact(),
    applicant_contact=contact(),
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
CONTACTS = st.builds(
    Contact, **dict.fromkeys(CONTACT_FIELDS, TEXTS | st.sampled_from(["=1", "'", "'=1", "\t"]))
)


@given(st.lists(st.tuples(CONTACTS, TEXTS), max_size=4))
def test_any_words_come_back_from_either_form(
    tmp_path_factory: pytest.TempPathFactory, given: list[tuple[Contact, str]]
) -> None:
    folder = tmp_path_factory.mktemp("forms")
    found = [replace(SAMPLE, main_contact=main, trade_name=name or None) for main, name in given]
    for form in ("csv", "jsonl"):
        target = RegistrationFile(folder / f"out.{form}")
        written = target.write(iter(found))
        assert written == Counted(folder / f"out.{form}").write(iter(found))
        target.keep()
    assert [tuple(row.values()) for row in read_csv(folder / "out.csv")] == [flat(one) for one in found]
    assert read_json(folder / "out.jsonl") == [as_map(one) for one in found]
    for line in (folder / "out.csv").read_text(encoding="utf-8-sig").split("\r\n"):
        assert not line.startswith(("=", "+", "-", "@"))


def many(store: SqlStore, first: int, count: int) -> None:
    """Cards by the thousand, past the unit of work: only their number counts here."""
    made = [registered(n) for n in range(first, first + count)]
    with store.engine.begin() as connection:
        connection.execute(
            insert(EnterpriseIdRow),
            [{"supplier_number": one.supplier_number, "enterprise_id": one.enterprise_id} for one in made],
        )
        connection.execute(insert(CardRow), [{**card_values(one), "register_seen": None} for one in made])


def test_memory_does_not_grow_with_the_registrations(store: SqlStore, tmp_path: Path) -> None:
    def peak() -> tuple[int, int]:
        target = RegistrationFile(tmp_path / "out.jsonl")
        tracemalloc.start()
        written = target.write(SqlRegistrationReader(store.engine).rows(Wanted()))
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        target.discard()
        return written.rows, used

    many(store, 1000, 1500)
    few = peak()
    many(store, 3000, 4500)
    lots = peak()
    assert (few[0], lots[0]) == (1500, 6000)
    assert lots[1] < few[1] * 1.3


def test_the_page_for_readers_explains_every_field_and_no_other() -> None:
    page = (ROOT / "docs" / "registration-export.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `([a-z_]+(?:\.[a-z_]+)?)` \| [^|]+ \|$", page, re.MULTILINE) == list(FIELDS)


def test_moments_are_told_in_utc() -> None:
    assert as_map(SAMPLE)["registered_at"] == "2026-10-07T03:00:00+00:00"
    assert datetime.fromisoformat(as_map(SAMPLE)["changed_at"]) == NOON
