"""Undoing leaves exactly the register of before, as a version of its own; only the latest batch can be undone, and only once."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import text

from ebidadmin.domain.events import EventTag, Subject, SubjectKind
from ebidadmin.domain.ids import BatchId, SupplierNumber
from ebidadmin.domain.imports import ImportBatch
from ebidadmin.errors import NotFoundError, NotPermittedError, StalePlanError
from ebidadmin.services import qualification_import, register_corrections
from tests.builders import NOON, SUZUKI
from tests.conftest import FreshDatabase
from tests.imports.office import IMPORTER, LAYOUTS, ImportDesk, open_import_desk
from tests.imports.test_apply import OWN, file, hundred
from tests.imports.test_diff_property import REGISTERS, Register, in_version, written
from tests.registers.generator import first_edition

CONTENT = "SELECT * FROM qualifications WHERE to_batch IS NULL ORDER BY supplier_number"
PLACES = frozenset({"id", "from_batch", "to_batch"})


def content(desk: ImportDesk) -> list[dict[str, object]]:
    """What the database holds of the present records, as it is stored, without where it is stored."""
    with desk.engine.begin() as connection:
        rows = connection.execute(text(CONTENT)).mappings().all()
    return [{name: value for name, value in row.items() if name not in PLACES} for row in rows]


def undo(desk: ImportDesk, number: int | None = None) -> ImportBatch:
    return register_corrections.undo(
        desk.office, staff=IMPORTER, number=None if number is None else BatchId(number)
    )


def the_register_of_before_is_back_to_the_byte(
    fresh_database: FreshDatabase, kind: str, before: Register, after: Register
) -> None:
    layout = LAYOUTS["ebidadmin"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        desk = open_import_desk(fresh_database(kind))
        desk.bring_in(written(folder, "a.csv", before), layout)
        kept = content(desk)
        desk.clock.advance(timedelta(days=30))
        path = written(folder, "b.csv", after)
        plan = desk.preview(path, layout)
        if plan.changes_nothing:
            return
        desk.apply(path, plan, layout)
        desk.clock.advance(timedelta(days=30))
        batch = undo(desk)
        assert content(desk) == kept
        assert desk.register() == before
        assert [in_version(desk, version) for version in (1, 2, 3)] == [before, after, before]
        counts = (batch.added, batch.changed, batch.vanished, batch.unchanged)
        assert counts == (plan.vanished, plan.changed, plan.added, plan.unchanged)
        with desk.office.uow() as uow:
            for number in before.keys() | after.keys():
                supplier = SupplierNumber(number)
                for days, register in ((0, before), (29, before), (30, after), (59, after), (60, before)):
                    assert uow.register.as_of(supplier, NOON + timedelta(days=days)) == register.get(number)
        again = desk.preview(path, layout)
        assert (again.added, again.changed, again.vanished) == (plan.added, plan.changed, plan.vanished)
        assert again.problems == plan.problems


def form(tries: int) -> Callable[..., None]:
    """The property above, tried so many times."""
    return settings(max_examples=tries, suppress_health_check=[HealthCheck.function_scoped_fixture])(
        given(before=REGISTERS, after=REGISTERS)(the_register_of_before_is_back_to_the_byte)
    )


test_the_register_of_before_is_back_to_the_byte = form(10)
test_the_register_of_before_is_back_to_the_byte_long = pytest.mark.slow(form(100))


def test_the_first_import_can_be_undone_and_its_numbers_stay_issued(desk: ImportDesk, tmp_path: Path) -> None:
    edition = first_edition(20)
    desk.bring_in(edition.write(tmp_path / "a.csv"))
    numbers = {record.trade_name: number for number, record in desk.register().items()}
    undo(desk)
    assert desk.register() == {}
    edition.rows.reverse()
    desk.bring_in(edition.write(tmp_path / "b.csv"))
    assert {record.trade_name: number for number, record in desk.register().items()} == numbers


def test_an_undoing_is_a_batch_with_its_own_event(desk: ImportDesk, tmp_path: Path) -> None:
    desk.bring_in(file(tmp_path, hundred()), OWN)
    desk.bring_in(file(tmp_path, hundred()[:40]), OWN)
    batch = undo(desk, 2)
    assert (batch.id, batch.undoes, batch.added, batch.unchanged) == (3, 2, 60, 40)
    listed = qualification_import.batches(desk.office, staff=IMPORTER, reader=desk.reader)
    assert listed[0] == batch
    assert [one.undoes for one in listed] == [2, None, None]
    with desk.office.uow() as uow:
        entry = uow.audit.last_of(Subject(SubjectKind.IMPORT, "3"))
    assert entry is not None
    assert entry.event.tag is EventTag.IMPORT_UNDONE
    assert entry.event.facts["undoes"] == 2
    assert entry.event.by == IMPORTER.login


def test_what_cannot_be_undone_changes_nothing(desk: ImportDesk, tmp_path: Path) -> None:
    def refused(number: int | None, code: str) -> None:
        with pytest.raises(StalePlanError) as caught:
            undo(desk, number)
        assert caught.value.code == code

    refused(None, "nothing-to-undo")
    desk.bring_in(file(tmp_path, hundred()), OWN)
    desk.bring_in(file(tmp_path, hundred()[:40]), OWN)
    refused(1, "undo-superseded")
    undo(desk)
    refused(2, "undo-done-already")
    refused(3, "undo-of-undo")
    refused(None, "undo-of-undo")
    refused(1, "undo-superseded")
    with pytest.raises(NotFoundError):
        undo(desk, 9)
    with pytest.raises(NotPermittedError):
        register_corrections.undo(desk.office, staff=SUZUKI)
    assert len(desk.register()) == 100
    assert len(desk.reader.batches()) == 3


def test_a_plan_made_before_the_undoing_is_stale(desk: ImportDesk, tmp_path: Path) -> None:
    desk.bring_in(file(tmp_path, hundred()), OWN)
    path = file(tmp_path, hundred()[:99])
    plan = desk.preview(path, OWN)
    undo(desk)
    with pytest.raises(StalePlanError, match="register-changed"):
        desk.apply(path, plan, OWN)
    assert desk.register() == {}
