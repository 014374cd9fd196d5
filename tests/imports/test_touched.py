"""Suppliers with a registration or an open application are told when a file changes what these rest on, lets them lapse or vanish."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from ebidadmin.domain import cards
from ebidadmin.domain.ids import SupplierNumber
from ebidadmin.errors import NotPermittedError, StalePlanError
from ebidadmin.services.import_touched import touched
from tests.builders import NOON, SUZUKI, application_number, supplier_number
from tests.contracts.test_cards import made as registered_card
from tests.imports.office import HEADINGS, IMPORTER, ImportDesk
from tests.imports.test_apply import OWN, file, hundred
from tests.persistence.office import approve_fully, rejection, save, submit

REGISTERED, APPLYING, REJECTED = (1, 2, 3, 4, 5, 6), (7, 8), 9


@pytest.fixture
def busy(desk: ImportDesk, tmp_path: Path) -> ImportDesk:
    """A register of a hundred; the first six have IDs, two more wait, one was rejected."""
    desk.bring_in(file(tmp_path, hundred()), OWN)
    for n in REGISTERED:
        approve_fully(desk.office.uow, submit(desk.office.uow, n), serial=n)
    for n in APPLYING:
        submit(desk.office.uow, n)
    save(desk.office.uow, rejection(submit(desk.office.uow, REJECTED)))
    return desk


def held_id(desk: ImportDesk, supplier: SupplierNumber) -> str | None:
    """The enterprise id of a live registration by ID."""
    with desk.office.uow() as uow:
        live = uow.registrations.live_of(supplier)
    return None if live is None else live.enterprise_id


def test_who_is_touched_and_why(busy: ImportDesk, tmp_path: Path) -> None:
    rows = hundred()
    rows[0] = replace(rows[0], trade_name="別の名", representative_name="別人")
    rows[1] = replace(rows[1], address="別の所")
    rows[2] = replace(rows[2], valid_to=date(2026, 9, 30))
    rows[3] = replace(rows[3], phone="083-231-0000")  # nothing that a registration rests on
    rows[6] = replace(rows[6], representative_name="別人")
    rows[8] = replace(rows[8], trade_name="別の名")  # its application is over
    rows[49] = replace(rows[49], trade_name="別の名")  # neither registered nor applying
    del rows[7], rows[4]
    plan = busy.preview(file(tmp_path, rows), OWN)
    first = touched(busy.office, staff=IMPORTER, store=busy.store, plan=plan, limit=4)
    rest = touched(
        busy.office, staff=IMPORTER, store=busy.store, plan=plan, after=first[-1].supplier_number, limit=4
    )
    listed = (*first, *rest)
    told = {one.supplier_number: (one.reasons, one.registered, one.application) for one in listed}
    assert told == {
        supplier_number(1): (("trade_name", "representative_name"), True, None),
        supplier_number(2): (("address",), True, None),
        supplier_number(3): (("lapsed",), True, None),
        supplier_number(5): (("vanished",), True, None),
        supplier_number(7): (("representative_name",), False, application_number(7)),
        supplier_number(8): (("vanished",), False, application_number(8)),
    }
    assert {one.supplier_number: one.enterprise_id for one in listed} == {
        one.supplier_number: held_id(busy, one.supplier_number) for one in listed
    }
    assert plan.touched == len(listed) == 6
    assert first[0].trade_name == "別の名"


def test_a_partial_list_touches_nobody_whom_it_does_not_name(busy: ImportDesk, tmp_path: Path) -> None:
    rows = [replace(hundred()[0], address="別の所"), *hundred()[50:]]
    plan = busy.preview(file(tmp_path, rows), replace(OWN, full=False))
    assert plan.touched == 1


def test_an_application_that_comes_meanwhile_does_not_spoil_the_plan(
    busy: ImportDesk, tmp_path: Path
) -> None:
    rows = hundred()
    rows[19] = replace(rows[19], address="別の所")
    path = file(tmp_path, rows)
    plan = busy.preview(path, OWN)
    assert plan.touched == 0
    submit(busy.office.uow, 20)
    busy.preview(file(tmp_path, hundred()[:99], "other.csv"), OWN)
    with pytest.raises(StalePlanError, match="stage-missing"):
        touched(busy.office, staff=IMPORTER, store=busy.store, plan=plan)
    assert busy.apply(path, plan, OWN).changed == 1
    with pytest.raises(NotPermittedError):
        touched(busy.office, staff=SUZUKI, store=busy.store, plan=plan)


def test_postcodes_that_do_not_exist_are_listed_each_looked_up_once(desk: ImportDesk, tmp_path: Path) -> None:
    asked: list[str] = []

    class Counting:
        def places(self, postcode: str) -> tuple[str, ...]:
            asked.append(postcode)
            return () if postcode.startswith("000") else ("here",)

    desk.office = replace(desk.office, postcodes=Counting())
    rows = hundred()
    codes = {0: "000-0001", 1: "0000001", 2: "750-0006", 3: "7500006", 4: "12"}
    for place, row in enumerate(rows):
        rows[place] = replace(row, postcode=codes.get(place, ""))
    plan = desk.preview(file(tmp_path, rows), OWN)
    assert [(one.line, one.column, one.code, one.severity.value) for one in plan.problems] == [
        (2, HEADINGS["postcode"], "postcode-unknown", "warning"),
        (3, HEADINGS["postcode"], "postcode-unknown", "warning"),
        (6, HEADINGS["postcode"], "postcode-form", "warning"),
    ]
    assert sorted(asked) == ["000-0001", "750-0006"]
    assert plan.applicable


def test_a_supplier_with_a_card_is_registered_too(busy: ImportDesk, tmp_path: Path) -> None:
    with busy.office.uow() as uow:
        for n in (30, 31):
            uow.record(registered_card(n))
        uow.record(cards.cancel(registered_card(31).after, reason="廃業", by="tanaka", at=NOON))
        uow.commit()
    rows = hundred()
    rows[29] = replace(rows[29], address="別の所")
    rows[30] = replace(rows[30], address="別の所")
    plan = busy.preview(file(tmp_path, rows), OWN)
    (one,) = touched(busy.office, staff=IMPORTER, store=busy.store, plan=plan)
    assert (one.supplier_number, one.registered, plan.touched) == (supplier_number(30), True, 1)
    assert one.enterprise_id == registered_card(30).after.enterprise_id
