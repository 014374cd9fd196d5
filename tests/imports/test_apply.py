"""Applying does exactly what was previewed and confirmed, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from ebidadmin.domain.events import EventTag, Subject, SubjectKind
from ebidadmin.domain.ids import SupplierNumber
from ebidadmin.domain.imports import FieldChange
from ebidadmin.domain.qualifications import Qualification
from ebidadmin.errors import (
    IllegalTransitionError,
    InputError,
    NotFoundError,
    NotPermittedError,
    StalePlanError,
)
from ebidadmin.intake.csv import CsvSource, write_register
from ebidadmin.services import qualification_import
from tests.builders import HELPER, SUZUKI, qualification
from tests.conftest import FreshDatabase
from tests.imports.office import HEADINGS, IMPORTER, LAYOUTS, ImportDesk, open_import_desk
from tests.registers.generator import corporate_number, first_edition

OWN = LAYOUTS["ebidadmin"]


def record(n: int, **changes: object) -> Qualification:
    return qualification(n, corporate_number=corporate_number(n), **changes)


def file(folder: Path, records: Sequence[Qualification], name: str = "r.csv") -> Path:
    path = folder / name
    write_register(path, records, OWN, sorted({heading for item in records for heading in item.extra}))
    return path


def hundred() -> list[Qualification]:
    return [record(n) for n in range(1, 101)]


def staged_rows(desk: ImportDesk) -> int:
    with desk.engine.begin() as connection:
        return int(
            connection.execute(
                text("SELECT (SELECT count(*) FROM import_stage) + (SELECT count(*) FROM import_runs)")
            ).scalar_one()
        )


def test_the_batch_and_its_event_say_what_was_done(desk: ImportDesk, tmp_path: Path) -> None:
    path = file(tmp_path, hundred())
    plan = desk.preview(path, OWN)
    assert plan.register_version is None
    assert plan.scale_warnings == ()
    batch = desk.apply(path, plan, OWN, confirmed=False)
    assert (batch.id, batch.added, batch.by, batch.file_hash) == (1, 100, IMPORTER.login, plan.file_hash)
    assert qualification_import.batches(desk.office, staff=IMPORTER, reader=desk.reader) == (batch,)
    with desk.office.uow() as uow:
        entry = uow.audit.last_of(Subject(SubjectKind.IMPORT, "1"))
    assert entry is not None
    assert entry.event.tag is EventTag.IMPORT_APPLIED
    assert entry.event.after is not None
    assert (entry.event.after["added"], entry.event.after["file_hash"]) == (100, plan.file_hash)
    assert staged_rows(desk) == 0


def test_changes_are_listed_field_by_field_in_pages(desk: ImportDesk, tmp_path: Path) -> None:
    desk.bring_in(file(tmp_path, hundred()), OWN)
    after = hundred()
    after[4] = replace(after[4], representative_name="後継 花子", extra={"規模": "大"})
    after[6] = replace(after[6], valid_to=None)
    plan = desk.preview(file(tmp_path, after), OWN)
    first = qualification_import.changes(
        desk.office, staff=IMPORTER, store=desk.store, plan=plan, kind="changed", limit=1
    )
    rest = qualification_import.changes(
        desk.office,
        staff=IMPORTER,
        store=desk.store,
        plan=plan,
        kind="changed",
        after=first[0].supplier_number,
    )
    assert first[0].fields == (
        FieldChange("representative_name", "下関 太郎5", "後継 花子"),
        FieldChange("extra.規模", "", "大"),
    )
    assert [change.fields for change in rest] == [(FieldChange("valid_to", "2028-03-31", ""),)]


def test_a_file_that_changed_after_the_preview_is_not_applied(desk: ImportDesk, tmp_path: Path) -> None:
    path = file(tmp_path, hundred())
    plan = desk.preview(path, OWN)
    file(tmp_path, hundred()[:50])
    with pytest.raises(StalePlanError, match="file-changed"):
        desk.apply(path, plan, OWN)
    assert desk.register() == {}


def test_a_register_that_changed_after_the_preview_is_not_touched(desk: ImportDesk, tmp_path: Path) -> None:
    late = file(tmp_path, hundred()[:50], "late.csv")
    plan = desk.preview(late, OWN)
    desk.bring_in(file(tmp_path, hundred()), OWN)
    with pytest.raises(StalePlanError, match="register-changed"):
        desk.apply(late, plan, OWN)
    assert len(desk.register()) == 100


def test_a_preview_displaced_by_another_is_made_again_and_must_agree(
    desk: ImportDesk, tmp_path: Path
) -> None:
    path, other = file(tmp_path, hundred()), file(tmp_path, hundred()[:50], "other.csv")
    plan = desk.preview(path, OWN)
    desk.preview(other, OWN)
    with pytest.raises(StalePlanError, match="stage-missing"):
        qualification_import.changes(desk.office, staff=IMPORTER, store=desk.store, plan=plan, kind="added")
    assert desk.apply(path, plan, OWN).added == 100


def test_one_bad_row_refuses_the_file_and_every_problem_is_listed(desk: ImportDesk, tmp_path: Path) -> None:
    rows = hundred()
    rows[3] = replace(rows[3], trade_name="", corporate_number="1234567890123", valid_to=date(2020, 1, 1))
    rows[9] = replace(rows[9], trade_name="\ue000商店", supplier_number=SupplierNumber("12345"))
    path = file(tmp_path, rows)
    plan = desk.preview(path, OWN)
    found = [(problem.line, problem.column, problem.code) for problem in plan.problems]
    assert found == [
        (5, HEADINGS["trade_name"], "required"),
        (5, HEADINGS["corporate_number"], "corporate-number-check-digit"),
        (5, HEADINGS["valid_to"], "dates-out-of-order"),
        (11, HEADINGS["trade_name"], "private-use-character"),
        (11, HEADINGS["supplier_number"], "supplier-number-form"),
    ]
    assert (plan.refused, plan.applicable) == (2, False)
    with pytest.raises(StalePlanError, match="refused-rows"):
        desk.apply(path, plan, OWN)


def test_large_changes_need_confirming(desk: ImportDesk, tmp_path: Path) -> None:
    desk.bring_in(file(tmp_path, hundred()), OWN)
    at_limit = desk.preview(file(tmp_path, hundred()[:95]), OWN)
    assert at_limit.scale_warnings == ()
    path = file(tmp_path, hundred()[:94])
    plan = desk.preview(path, OWN)
    assert plan.scale_warnings == (("many-vanish", "0.0600"),)
    with pytest.raises(StalePlanError, match="scale-unconfirmed"):
        desk.apply(path, plan, OWN, confirmed=False)
    assert len(desk.register()) == 100
    desk.apply(path, plan, OWN, confirmed=True)
    assert len(desk.register()) == 94


def test_a_partial_list_lets_nobody_vanish(desk: ImportDesk, tmp_path: Path) -> None:
    desk.bring_in(file(tmp_path, hundred()), OWN)
    partial = replace(OWN, full=False)
    path = file(tmp_path, [record(1, trade_name="(株)テスト照会01"), record(101)])
    plan = desk.bring_in(path, partial)
    assert (plan.added, plan.changed, plan.vanished) == (1, 1, 0)
    assert len(desk.register()) == 101


def test_doubled_and_shared_numbers(desk: ImportDesk, tmp_path: Path) -> None:
    rows = [
        record(1),
        record(2),
        record(1, address="別の所"),
        record(3),
        record(4, supplier_number=SupplierNumber("777777777")),
    ]
    rows[3] = replace(rows[3], corporate_number=corporate_number(4))
    plan = desk.preview(file(tmp_path, rows), OWN)
    assert [(p.line, p.code, p.severity.value) for p in plan.problems] == [
        (2, "key-doubled", "error"),
        (4, "key-doubled", "error"),
        (5, "corporate-number-shared", "warning"),
        (6, "corporate-number-shared", "warning"),
    ]
    assert plan.refused == 2


def test_cancelling_leaves_nothing(desk: ImportDesk, tmp_path: Path) -> None:
    source = CsvSource(file(tmp_path, hundred()), OWN)
    seen: list[tuple[int, int | None]] = []
    with pytest.raises(IllegalTransitionError, match="import-cancelled"):
        qualification_import.preview(
            desk.office,
            staff=IMPORTER,
            store=desk.store,
            source=source,
            layout=OWN,
            progress=lambda done, total: seen.append((done, total)),
            cancelled=lambda: True,
        )
    assert seen == [(101, 101)]
    assert staged_rows(desk) == 0


def test_only_importers_import_and_only_readers_read(desk: ImportDesk, tmp_path: Path) -> None:
    path = file(tmp_path, hundred())
    plan = desk.preview(path, OWN)
    with pytest.raises(NotPermittedError):
        qualification_import.preview(
            desk.office, staff=SUZUKI, store=desk.store, source=CsvSource(path, OWN), layout=OWN
        )
    with pytest.raises(NotPermittedError):
        qualification_import.apply(
            desk.office, staff=SUZUKI, store=desk.store, source=CsvSource(path, OWN), layout=OWN, plan=plan
        )
    with pytest.raises(NotPermittedError):
        qualification_import.show(desk.office, staff=HELPER, number=SupplierNumber("190000001"))
    desk.apply(path, plan, OWN)
    assert qualification_import.show(desk.office, staff=SUZUKI, number=SupplierNumber("190000001")) == record(
        1
    )


def test_a_record_of_a_day(desk: ImportDesk, tmp_path: Path) -> None:
    desk.bring_in(file(tmp_path, hundred()), OWN)
    desk.clock.advance(timedelta(days=10))
    desk.bring_in(file(tmp_path, hundred()[1:]), OWN)
    gone = SupplierNumber("190000001")
    assert qualification_import.show(
        desk.office, staff=SUZUKI, number=gone, as_of=date(2026, 10, 7)
    ) == record(1)
    assert qualification_import.show(
        desk.office, staff=SUZUKI, number=gone, as_of=date(2026, 10, 16)
    ) == record(1)
    for day in (None, date(2026, 10, 6), date(2026, 10, 17)):
        with pytest.raises(NotFoundError):
            qualification_import.show(desk.office, staff=SUZUKI, number=gone, as_of=day)
    history = qualification_import.history(desk.office, staff=SUZUKI, number=gone)
    assert [(batch.id, found) for batch, found in history] == [(2, None), (1, record(1))]


def test_the_list_is_searched_whatever_the_notation(desk: ImportDesk, tmp_path: Path) -> None:
    rows = [
        record(1, trade_name="（株）テスト商会０１"),
        record(2, trade_name="テスト工務店", extra={"規模": "大企業"}),
    ]
    desk.bring_in(file(tmp_path, rows), OWN)

    def found(search: str, *, everywhere: bool = False) -> list[str]:
        page = qualification_import.list_page(
            desk.office, staff=SUZUKI, reader=desk.reader, search=search, everywhere=everywhere
        )
        return [item.supplier_number for item in page]

    assert found("(株)テスト商会01") == ["190000001"]
    assert found("テスト") == ["190000001", "190000002"]
    assert found("190000002") == ["190000002"]
    assert found("大企業") == []
    assert found("大企業", everywhere=True) == ["190000002"]
    assert found("テスト", everywhere=True) == ["190000001", "190000002"]
    assert found("100%") == []
    after = qualification_import.list_page(desk.office, staff=SUZUKI, reader=desk.reader, after="190000001")
    assert [item.supplier_number for item in after] == ["190000002"]


def test_an_export_comes_back_as_no_change(desk: ImportDesk, tmp_path: Path) -> None:
    desk.bring_in(first_edition(60).write(tmp_path / "mlit.csv"))
    exported = tmp_path / "export.csv"
    count = write_register(
        exported,
        qualification_import.export_rows(desk.office, staff=IMPORTER, reader=desk.reader),
        OWN,
        qualification_import.extra_headings(desk.office, staff=IMPORTER, reader=desk.reader),
    )
    assert count == 60
    plan = desk.preview(exported, OWN)
    assert (plan.unchanged, plan.problems) == (60, ())
    assert plan.changes_nothing


def test_an_export_carries_the_issued_numbers_to_an_empty_desk(
    desk: ImportDesk, tmp_path: Path, fresh_database: FreshDatabase, kind: str
) -> None:
    edition = first_edition(60)
    desk.bring_in(edition.write(tmp_path / "mlit.csv"))
    exported = tmp_path / "export.csv"
    write_register(exported, desk.reader.every(), OWN, desk.reader.extra_headings())
    fresh = open_import_desk(fresh_database(kind))
    fresh.bring_in(exported, OWN)
    edition.rows.append(first_edition(70).rows[69])
    plan = fresh.bring_in(edition.write(tmp_path / "later.csv"))
    assert (plan.added, plan.changed, plan.unchanged, plan.vanished) == (1, 0, 60, 0)
    assert fresh.register()["K00000061"].trade_name == edition.rows[-1]["firm_name"]


def test_headings_that_do_not_fit_change_nothing_and_cannot_be_applied(
    desk: ImportDesk, tmp_path: Path
) -> None:
    desk.bring_in(file(tmp_path, hundred()), OWN)
    path = tmp_path / "other.csv"
    path.write_text("番号,名称\n190000001,甲\n", encoding="utf-8")
    plan = desk.preview(path, OWN)
    assert {problem.column for problem in plan.problems if problem.code == "heading-missing"} == {
        HEADINGS["supplier_number"],
        HEADINGS["trade_name"],
    }
    assert (plan.applicable, plan.vanished, plan.scale_warnings) == (False, 0, ())
    with pytest.raises(StalePlanError, match="refused-rows"):
        desk.apply(path, plan, OWN)


def test_a_file_that_breaks_off_leaves_nothing_staged(desk: ImportDesk, tmp_path: Path) -> None:
    path = file(tmp_path, hundred())
    with path.open("a", encoding="utf-8") as stream:
        stream.write('190000999,"')
    with pytest.raises(InputError, match="quoting-broken"):
        desk.preview(path, OWN)
    assert staged_rows(desk) == 0


def test_the_register_of_two_imports_at_once_is_of_the_one_that_was_first(
    desk: ImportDesk, tmp_path: Path
) -> None:
    """The second finds another register version than it was previewed against, however its staging came about."""
    path, other = file(tmp_path, hundred()), file(tmp_path, hundred()[:50], "other.csv")
    plan = desk.preview(path, OWN)
    again = desk.preview(other, OWN)
    desk.apply(path, plan, OWN)
    with pytest.raises(StalePlanError, match="register-changed"):
        desk.apply(other, again, OWN)
    assert len(desk.register()) == 100
