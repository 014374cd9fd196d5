"""Two at once, a plan that was tampered with, a failing audit trail: the register stays whole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from ebidadmin.domain import imports
from ebidadmin.domain.ids import BatchId
from ebidadmin.errors import ConcurrentEditError, EbidError, StalePlanError
from ebidadmin.intake.csv import CsvSource
from ebidadmin.services import qualification_import
from tests.builders import NOON
from tests.databases import break_the_trail, mend_the_trail
from tests.imports.office import IMPORTER, LAYOUTS, ImportDesk
from tests.registers.generator import first_edition, step

CONSTRUCTION = LAYOUTS["mlit-construction"]


@pytest.fixture
def editions(tmp_path: Path) -> tuple[Path, Path]:
    first = first_edition(60)
    second = step(first, "20211215", seed=5, changed=3, added=2, vanished=1)
    return first.write(tmp_path / "a.csv"), second.write(tmp_path / "b.csv")


def audit_events(desk: ImportDesk) -> int:
    with desk.engine.begin() as connection:
        return int(connection.execute(text("SELECT count(*) FROM audit_events")).scalar_one())


def test_a_preview_that_another_displaces_midway_is_told(
    desk: ImportDesk, editions: tuple[Path, Path]
) -> None:
    first, second = editions

    def other_starts() -> bool:
        desk.preview(second)
        return False

    with pytest.raises(StalePlanError, match="stage-missing"):
        qualification_import.preview(
            desk.office,
            staff=IMPORTER,
            store=desk.store,
            source=CsvSource(first, CONSTRUCTION),
            layout=CONSTRUCTION,
            cancelled=other_starts,
        )


def test_an_import_applied_during_a_preview_makes_it_stale(
    desk: ImportDesk, editions: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = editions
    plan = desk.preview(first)
    finish = desk.store.finish

    def applied_meanwhile(run: str, layout: object) -> object:
        found = finish(run, CONSTRUCTION)
        with desk.engine.begin() as connection:
            connection.execute(text("UPDATE import_runs SET register_version = 7"))
        return found

    monkeypatch.setattr(desk.store, "finish", applied_meanwhile)
    with pytest.raises(StalePlanError, match="register-changed"):
        desk.preview(second)
    monkeypatch.undo()
    desk.apply(first, plan)
    assert len(desk.register()) == 60


@pytest.mark.parametrize("changes", [{"added": 59}, {"changed": 1}, {"refused": 1}, {"vanished": 1}])
def test_a_plan_whose_counts_are_not_those_of_the_staged_rows_is_not_applied(
    desk: ImportDesk, editions: tuple[Path, Path], changes: dict[str, int]
) -> None:
    first, _second = editions
    plan = replace(desk.preview(first), **changes)  # type: ignore[arg-type]  # counts by name
    with pytest.raises(StalePlanError, match="counts-differ"):
        desk.apply(first, plan)
    assert desk.register() == {}
    assert audit_events(desk) == 0


def test_a_batch_number_that_is_taken_is_a_concurrent_edit(
    desk: ImportDesk, editions: tuple[Path, Path]
) -> None:
    first, second = editions
    desk.bring_in(first)
    plan = desk.preview(second)
    with desk.office.uow() as uow, pytest.raises(ConcurrentEditError):
        uow.record(imports.apply(plan, batch_id=BatchId(1), by="yunyuu", at=NOON))
    stale = replace(plan, file_hash="0" * 64)
    with desk.office.uow() as uow, pytest.raises(StalePlanError, match="stage-missing"):
        uow.record(imports.apply(stale, batch_id=BatchId(2), by="yunyuu", at=NOON))
    assert desk.preview(first).changes_nothing


def test_a_failing_audit_insert_takes_the_import_back(desk: ImportDesk, editions: tuple[Path, Path]) -> None:
    first, second = editions
    desk.bring_in(first)
    before = desk.register()
    plan = desk.preview(second)
    break_the_trail(desk.engine)
    with pytest.raises(EbidError):
        desk.apply(second, plan)
    assert desk.register() == before
    assert audit_events(desk) == 1
    mend_the_trail(desk.engine)
    desk.apply(second, plan)
    assert len(desk.register()) == 61


def test_a_partial_list_lists_nobody_as_vanished(desk: ImportDesk, editions: tuple[Path, Path]) -> None:
    first, second = editions
    desk.bring_in(first)
    partial = replace(CONSTRUCTION, full=False)
    plan = desk.preview(second, partial)
    listed = qualification_import.changes(
        desk.office, staff=IMPORTER, store=desk.store, plan=plan, kind="vanished"
    )
    assert (plan.vanished, listed) == (0, ())
    qualification_import.discard(desk.office, staff=IMPORTER, store=desk.store, plan=plan)
    qualification_import.discard(desk.office, staff=IMPORTER, store=desk.store, plan=plan)
    with pytest.raises(StalePlanError, match="layout-changed"):
        desk.apply(second, replace(plan, layout="ebidadmin"), partial)
