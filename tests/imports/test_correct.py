"""A correction by hand is a batch of one: checked as a row of a file, with a reason, against the register that is there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ebidadmin.domain.events import EventTag, Subject, SubjectKind
from ebidadmin.domain.ids import BatchId, SupplierNumber
from ebidadmin.domain.imports import FieldChange
from ebidadmin.errors import ConcurrentEditError, EbidError, NotPermittedError
from ebidadmin.services import qualification_import, register_corrections
from ebidadmin.text.messages import sentence
from tests.builders import SUZUKI
from tests.imports.office import HEADINGS, IMPORTER, ImportDesk
from tests.imports.test_apply import OWN, file, hundred, record

FIRST = SupplierNumber("190000001")
WHY = "登記事項証明書で確認"


def correct(desk: ImportDesk, changes: dict[str, str], *, why: str = WHY, version: int | None = None) -> int:
    batch, _, _ = register_corrections.correct(
        desk.office,
        staff=IMPORTER,
        number=FIRST,
        changes=changes,
        reason=why,
        layout=OWN,
        version=None if version is None else BatchId(version),
    )
    return batch.id


@pytest.fixture
def filled(desk: ImportDesk, tmp_path: Path) -> ImportDesk:
    rows = hundred()
    rows[0] = replace(rows[0], extra={"規模": "大"})
    desk.bring_in(file(tmp_path, rows), OWN)
    return desk


def test_one_record_changes_with_history_and_audit(filled: ImportDesk) -> None:
    before = filled.register()
    changes = {
        "representative_name": "後継 花子",
        HEADINGS["grade_sale"]: "B",
        "valid_to": "令和9年3月31日",
        "extra.規模": "",
    }
    batch, listed, warnings = register_corrections.correct(
        filled.office, staff=IMPORTER, number=FIRST, changes=changes, reason=f" {WHY} ", layout=OWN
    )
    after = filled.register()
    expected = replace(before[FIRST], representative_name="後継 花子", extra={})
    assert (after[FIRST].representative_name, after[FIRST].extra) == ("後継 花子", expected.extra)
    assert {number for number in before if before[number] != after[number]} == {FIRST}
    assert (batch.id, batch.changed, batch.unchanged, batch.corrects, warnings) == (2, 1, 99, FIRST, ())
    assert FieldChange("extra.規模", "大", "") in listed
    assert FieldChange("valid_to", "2028-03-31", "2027-03-31") in listed
    with filled.office.uow() as uow:
        entry = uow.audit.last_of(Subject(SubjectKind.IMPORT, "2"))
        history = uow.register.history(FIRST)
    assert entry is not None
    assert (entry.event.tag, entry.event.supplier_number) == (EventTag.IMPORT_CORRECTED, FIRST)
    assert entry.event.facts == {"reason": WHY}
    assert entry.event.before is not None
    assert entry.event.after is not None
    assert entry.event.before["representative_name"] == before[FIRST].representative_name
    assert entry.event.after["representative_name"] == "後継 花子"
    assert [found for _, found in history] == [after[FIRST], before[FIRST]]
    assert qualification_import.batches(filled.office, staff=IMPORTER, reader=filled.reader)[0] == batch


def test_a_corrected_record_is_found_and_compared_as_an_imported_one(
    filled: ImportDesk, tmp_path: Path
) -> None:
    correct(filled, {"trade_name": "株式会社 新名称", "extra.規模": ""})
    page = qualification_import.list_page(filled.office, staff=SUZUKI, reader=filled.reader, search="新名称")
    assert [one.supplier_number for one in page] == [FIRST]
    rows = [record(1, trade_name="株式会社 新名称"), *hundred()[1:]]
    assert filled.preview(file(tmp_path, rows), OWN).changes_nothing


@pytest.mark.parametrize(
    ("changes", "why", "code"),
    [
        ({"trade_name": "新"}, "  ", "reason-missing"),
        ({"trade": "新"}, WHY, "unknown-field"),
        ({"extra.別": "新"}, WHY, "unknown-field"),
        ({"supplier_number": "190000999"}, WHY, "field-fixed"),
        ({"address": "甲", "住所": "乙"}, WHY, "field-given-twice"),
        ({"representative_name": "下関 太郎1"}, WHY, "nothing-to-correct"),
        ({"trade_name": ""}, WHY, "correction-refused"),
        ({"valid_to": "いつか"}, WHY, "correction-refused"),
        ({"corporate_number": "1234567890123"}, WHY, "correction-refused"),
    ],
)
def test_what_is_refused_says_so_in_one_sentence_and_changes_nothing(
    filled: ImportDesk, changes: dict[str, str], why: str, code: str
) -> None:
    with pytest.raises(EbidError) as caught:
        correct(filled, changes, why=why)
    assert caught.value.code == code
    assert sentence(caught.value).count("。") in {1, 2, 3}
    assert len(filled.reader.batches()) == 1


def test_a_correction_of_what_is_no_more_there_is_refused(filled: ImportDesk, tmp_path: Path) -> None:
    assert correct(filled, {"address": "新しい所"}, version=1) == 2
    with pytest.raises(EbidError) as caught:
        correct(filled, {"address": "別の所"}, version=1)
    assert caught.value.code == "correction-stale"
    filled.bring_in(file(tmp_path, hundred()[1:]), OWN)
    with pytest.raises(EbidError) as caught:
        correct(filled, {"address": "別の所"})
    assert caught.value.code == "not-found"
    with pytest.raises(NotPermittedError):
        register_corrections.correct(
            filled.office, staff=SUZUKI, number=FIRST, changes={}, reason=WHY, layout=OWN
        )


def test_a_batch_that_comes_between_is_noticed(filled: ImportDesk) -> None:
    """Two corrections that both saw version 1: the second to be saved is refused, whatever the database's own locks do."""
    correct(filled, {"address": "新しい所"})
    from ebidadmin.domain import register_changes

    with filled.office.uow() as uow:
        late = register_changes.correct(
            record(1, address="別の所"),
            changes=(FieldChange("address", "a", "b"),),
            reason=WHY,
            latest=BatchId(1),
            size=100,
            by="x",
            at=filled.clock.now(),
        )
        with pytest.raises(ConcurrentEditError):
            uow.record(late)
    assert filled.register()[FIRST].address == "新しい所"


def test_a_correction_can_be_undone(filled: ImportDesk) -> None:
    before = filled.register()
    correct(filled, {"address": "新しい所"})
    undone = register_corrections.undo(filled.office, staff=IMPORTER)
    assert filled.register() == before
    assert (undone.undoes, undone.corrects, undone.changed) == (2, FIRST, 1)
    assert filled.reader.batches()[0] == undone
