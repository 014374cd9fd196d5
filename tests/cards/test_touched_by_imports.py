"""An import, an undoing or a correction brings the follow-up list in line for the registrations it touches, in its own transaction."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ebidadmin.domain.followups import FollowUpState
from ebidadmin.domain.ids import BatchId
from ebidadmin.errors import ConcurrentEditError
from ebidadmin.services import follow_up
from ebidadmin.services.ports import Office
from tests.builders import NOON, qualification
from tests.cards.office import Bench
from tests.fakes import MemoryStore
from tests.persistence.office import registration, submission
from tests.sql_store import SqlStore


def recompute(office: Office, batch: BatchId) -> int:
    """As the import calls it."""
    with office.uow() as uow:
        changed = follow_up.recompute_touched(office, uow, batch=batch, by="importer")
        uow.commit()
    return changed


def opened(bench: Bench) -> list[tuple[str, str, str]]:
    items = follow_up.listed(bench.office, staff=bench.staff)
    return [(item.supplier_number, item.about.kind.value, item.code.value) for item in items]


def test_only_registrations_that_the_import_touches_are_looked_at(
    bench: Bench, store: MemoryStore | SqlStore
) -> None:
    bench.registered(92)
    bench.registered(93)
    moved = qualification(92, address="山口県下関市竹崎町1番1号")
    first = store.import_register(moved, qualification(93), qualification(94, phone="083-231-9999"))
    assert recompute(bench.office, first) == 1
    assert opened(bench) == [("190000092", "card", "register-changed-since")]
    assert recompute(bench.office, first) == 0
    back = store.import_register(qualification(92), qualification(93, valid_to=date(2026, 10, 6)))
    assert recompute(bench.office, back) == 2
    assert opened(bench) == [("190000093", "card", "register-over")]
    with bench.office.uow() as uow:
        (gone,) = uow.follow_ups.list(state=FollowUpState.SETTLED)
    assert gone.closed_by == "importer"


def test_a_supplier_that_vanishes_is_told(bench: Bench, store: MemoryStore | SqlStore) -> None:
    bench.registered(92)
    assert recompute(bench.office, store.import_register(qualification(93))) == 1
    assert opened(bench) == [("190000092", "card", "register-vanished")]


def test_ids_are_looked_at_as_well(bench: Bench, store: MemoryStore | SqlStore) -> None:
    with bench.office.uow() as uow:
        applied = submission(94)
        uow.record(applied)
        uow.record(registration(applied.after))
        uow.commit()
    record = qualification(94, representative_name="長府 一郎")
    changed = store.import_register(record, at=NOON + timedelta(minutes=1))
    assert recompute(bench.office, changed) == 1
    assert opened(bench) == [("190000094", "id", "register-changed-since")]


def test_an_item_that_is_told_anew_is_another_for_whoever_saw_it_before(
    bench: Bench, store: MemoryStore | SqlStore
) -> None:
    bench.registered(92)
    recompute(bench.office, store.import_register(qualification(92, address="山口県下関市竹崎町1番1号")))
    (seen,) = follow_up.listed(bench.office, staff=bench.staff)
    recompute(bench.office, store.import_register(qualification(92, address="山口県下関市細江町1番1号")))
    with pytest.raises(ConcurrentEditError) as caught:
        follow_up.resolve(
            bench.office, staff=bench.staff, follow_up=seen.id, version=seen.version, note="確認済み"
        )
    assert caught.value.facts["by"] == "importer"
