"""What the preview of an undoing says is what the undoing then does; who is concerned; and why one cannot be undone."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import event

from ebidadmin.domain import cards
from ebidadmin.domain.ids import BatchId, SupplierNumber
from ebidadmin.domain.imports import FieldChange, RecordChange, TouchedSupplier
from ebidadmin.errors import EbidError, NotPermittedError, StalePlanError
from ebidadmin.persistence.register_history import SqlHistoryReader
from ebidadmin.persistence.undoing_touched import SqlUndoingReader
from ebidadmin.services import register_corrections, undoing_preview
from ebidadmin.services.register_history import KINDS, HistoryReader
from ebidadmin.services.undoing_preview import UndoingPlan
from tests.builders import NOON, SUZUKI, application_number, supplier_number
from tests.conftest import FreshDatabase
from tests.contracts.test_cards import made as registered_card
from tests.imports.office import IMPORTER, LAYOUTS, ImportDesk, open_import_desk
from tests.imports.test_apply import OWN, file, hundred
from tests.imports.test_diff_property import REGISTERS, Register, written
from tests.imports.test_undo import undo
from tests.persistence.office import approve_fully, rejection, save, submit

Changes = dict[str, list[RecordChange]]


def look(desk: ImportDesk, number: int) -> UndoingPlan:
    return undoing_preview.preview(
        desk.office, staff=IMPORTER, reader=SqlUndoingReader(desk.engine), number=BatchId(number)
    )


def paged(page: Callable[[str, str], tuple[RecordChange, ...]]) -> Changes:
    found: Changes = {kind: [] for kind in KINDS}
    for kind in KINDS:
        while part := page(kind, found[kind][-1].supplier_number if found[kind] else ""):
            # Further columns come in the order in which either record names them, which is no part of the matter.
            found[kind] += (replace(one, fields=_in_order(one.fields)) for one in part)
    return found


def _in_order(fields: tuple[FieldChange, ...]) -> tuple[FieldChange, ...]:
    return tuple(sorted(fields, key=lambda change: change.field))


def foretold(desk: ImportDesk, plan: UndoingPlan) -> Changes:
    reader = SqlHistoryReader(desk.engine)
    return paged(
        lambda kind, after: undoing_preview.changes(
            desk.office, staff=IMPORTER, reader=reader, plan=plan, kind=kind, after=after, limit=2
        )
    )


def happened(desk: ImportDesk, first: int, last: int) -> Changes:
    reader: HistoryReader = SqlHistoryReader(desk.engine)
    difference = reader.difference(BatchId(first), BatchId(last))
    return paged(lambda kind, after: reader.changes(difference, kind=kind, after=after, limit=3))


def counts(changes: Changes) -> tuple[int, ...]:
    return tuple(len(changes[kind]) for kind in ("added", "changed", "vanished"))


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=REGISTERS, after=REGISTERS)
def test_what_is_foretold_is_what_happens(
    fresh_database: FreshDatabase, kind: str, before: Register, after: Register
) -> None:
    layout = LAYOUTS["ebidadmin"]
    with tempfile.TemporaryDirectory() as name:
        desk = open_import_desk(fresh_database(kind))
        desk.bring_in(written(Path(name), "a.csv", before), layout)
        path = written(Path(name), "b.csv", after)
        plan = desk.preview(path, layout)
        latest = 1 if plan.changes_nothing else desk.apply(path, plan, layout).id
        seen = look(desk, latest)
        told = foretold(desk, seen)
        desk.clock.advance(timedelta(minutes=5))
        batch = undo(desk, latest)
        assert replace(seen.batch, applied_at=batch.applied_at) == batch
        assert told == happened(desk, latest, batch.id)
        assert counts(told) == (batch.added, batch.changed, batch.vanished)
        assert foretold(desk, seen) == told, "what was looked at stays the same afterwards"
        desk.engine.dispose()


@pytest.fixture
def busy(desk: ImportDesk, tmp_path: Path) -> ImportDesk:
    """A hundred, of whom six have IDs, one a card, two wait and one was rejected; and a second import that was a mistake."""
    desk.bring_in(file(tmp_path, hundred()), OWN)
    for n in range(1, 7):
        approve_fully(desk.office.uow, submit(desk.office.uow, n), serial=n)
    for n in (7, 8):
        submit(desk.office.uow, n)
    save(desk.office.uow, rejection(submit(desk.office.uow, 9)))
    with desk.office.uow() as uow:
        for n in (30, 31):
            uow.record(registered_card(n))
        uow.record(cards.cancel(registered_card(31).after, reason="廃業", by="tanaka", at=NOON))
        uow.commit()
    rows = hundred()
    rows[0] = replace(rows[0], trade_name="別の名", representative_name="別人")
    rows[1] = replace(rows[1], address="別の所")
    rows[3] = replace(rows[3], phone="083-231-0000")  # nothing that a registration rests on
    rows[6] = replace(rows[6], representative_name="別人")
    rows[8] = replace(rows[8], trade_name="別の名")  # its application is over
    rows[49] = replace(rows[49], trade_name="別の名")  # neither registered nor applying
    for n in (31, 30, 8, 5):
        del rows[n - 1]
    desk.bring_in(file(tmp_path, rows), OWN)
    return desk


def test_who_is_concerned_and_why(busy: ImportDesk) -> None:
    plan = look(busy, 2)
    reader = SqlUndoingReader(busy.engine)
    pages: list[TouchedSupplier] = []
    after = ""
    while page := undoing_preview.touched(
        busy.office, staff=IMPORTER, reader=reader, plan=plan, after=after, limit=3
    ):
        pages += page
        after = page[-1].supplier_number
    told = {one.supplier_number: (one.reasons, one.registered, one.application) for one in pages}
    assert told == {
        supplier_number(1): (("trade_name", "representative_name"), True, None),
        supplier_number(2): (("address",), True, None),
        supplier_number(5): (("returned",), True, None),
        supplier_number(7): (("representative_name",), False, application_number(7)),
        supplier_number(8): (("returned",), False, application_number(8)),
        supplier_number(30): (("returned",), True, None),
    }
    assert [one.supplier_number for one in pages] == sorted(told)
    assert plan.touched == len(pages)
    assert pages[0].trade_name == hundred()[0].trade_name, "the name that comes back"


def test_who_vanishes_or_lapses_by_the_undoing(busy: ImportDesk, tmp_path: Path) -> None:
    rows = hundred()
    rows[1] = replace(rows[1], valid_to=date(2026, 9, 30))
    busy.bring_in(file(tmp_path, rows), OWN)
    busy.bring_in(file(tmp_path, hundred()), OWN)
    (one,) = undoing_preview.touched(
        busy.office, staff=IMPORTER, reader=SqlUndoingReader(busy.engine), plan=look(busy, 4)
    )
    assert (one.supplier_number, one.reasons) == (supplier_number(2), ("lapsed",))
    undo(busy, 4)
    undone = busy.bring_in(file(tmp_path, hundred()[1:]), OWN)
    assert undone.vanished == 1
    busy.bring_in(file(tmp_path, hundred()), OWN)
    (gone,) = undoing_preview.touched(
        busy.office, staff=IMPORTER, reader=SqlUndoingReader(busy.engine), plan=look(busy, 7)
    )
    assert (gone.supplier_number, gone.reasons) == (supplier_number(1), ("vanished",))


def test_the_fields_go_back_to_what_they_were(busy: ImportDesk) -> None:
    told = foretold(busy, look(busy, 2))
    assert counts(told) == (4, 6, 0)
    first = told["changed"][0]
    assert first.trade_name == hundred()[0].trade_name
    assert FieldChange("trade_name", "別の名", hundred()[0].trade_name) in first.fields


def correct(desk: ImportDesk, remarks: str) -> None:
    register_corrections.correct(
        desk.office,
        staff=IMPORTER,
        number=SupplierNumber(supplier_number(3)),
        changes={"remarks": remarks},
        reason="届出",
        layout=OWN,
    )


def test_why_one_cannot_be_looked_at(desk: ImportDesk, tmp_path: Path) -> None:
    def refused(code: str, number: int) -> None:
        with pytest.raises(EbidError) as told:
            look(desk, number)
        assert told.value.code == code

    refused("nothing-to-undo", 1)
    desk.bring_in(file(tmp_path, hundred()), OWN)
    correct(desk, "訂正")
    refused("undo-superseded", 1)
    refused("not-found", 3)
    plan = look(desk, 2)
    assert (plan.batch.changed, plan.scale_warnings) == (1, ())
    undo(desk, 2)
    refused("undo-done-already", 2)
    refused("undo-of-undo", 3)


def test_what_was_looked_at_is_not_done_after_a_correction(desk: ImportDesk, tmp_path: Path) -> None:
    desk.bring_in(file(tmp_path, hundred()), OWN)
    plan = look(desk, 1)
    correct(desk, "その間の訂正")
    with pytest.raises(StalePlanError, match="undo-superseded"):
        undo(desk, plan.target.id)
    assert len(desk.reader.batches()) == 2


def test_who_may_not_import_sees_nothing_of_it(busy: ImportDesk) -> None:
    plan = look(busy, 2)
    assert undoing_preview.offered(SUZUKI, busy.reader.batches()) is None
    assert undoing_preview.offered(IMPORTER, busy.reader.batches()) == 2
    assert undoing_preview.offered(IMPORTER, ()) is None
    reader, history = SqlUndoingReader(busy.engine), SqlHistoryReader(busy.engine)
    for ask in (
        lambda: undoing_preview.preview(busy.office, staff=SUZUKI, reader=reader, number=BatchId(2)),
        lambda: undoing_preview.touched(busy.office, staff=SUZUKI, reader=reader, plan=plan),
        lambda: undoing_preview.changes(busy.office, staff=SUZUKI, reader=history, plan=plan, kind="added"),
    ):
        with pytest.raises(NotPermittedError):
            ask()
    undo(busy)
    assert undoing_preview.offered(IMPORTER, busy.reader.batches()) is None


@pytest.mark.parametrize("kind", ["sqlite"])
def test_the_other_record_of_a_supplier_is_found_by_its_number(desk: ImportDesk) -> None:
    """A batch may hold the whole register: looked for among all of it, each record would cost as much as the register is long."""
    asked: list[str] = []
    event.listen(
        desk.engine,
        "before_cursor_execute",
        lambda connection, cursor, statement, parameters, *_: (
            asked.append(str(cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()))
            if statement.startswith("SELECT")
            else None
        ),
    )
    SqlUndoingReader(desk.engine).touched_count(BatchId(2), day=date(2026, 10, 7))
    joins = [plan for plan in asked if "undone" in plan and "brought_back" in plan]
    assert len(joins) == 3
    assert all(
        "(supplier_number=?" in plan.split("ix_qualifications_supplier_number_from_batch")[-1]
        for plan in joins
    )
    assert all(plan.count("ix_qualifications_supplier_number_from_batch") == 1 for plan in joins)
    assert not any("from_batch=?)" in plan or "to_batch=?)" in plan for plan in joins)
