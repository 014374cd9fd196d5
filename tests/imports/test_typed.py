"""Where one person works alone and the office wants a second one, a large change of the register needs its number of rows typed again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ebidadmin.domain.events import EventTag, Subject, SubjectKind
from ebidadmin.domain.imports import ImportBatch
from ebidadmin.errors import InputError
from ebidadmin.intake.csv import CsvSource
from ebidadmin.services import import_requests, qualification_import, register_corrections
from ebidadmin.services.settings import Settings
from tests.builders import calendar
from tests.imports.office import IMPORTER, ImportDesk
from tests.imports.test_apply import OWN, file, hundred
from tests.imports.test_second_person import refused

ALONE = Settings(second_person=True, one_person=True)
TOLD = {"manner": "typed-confirmation", "typed": "60"}


@pytest.fixture
def alone(desk: ImportDesk, tmp_path: Path) -> ImportDesk:
    """One person's office of a hundred records."""
    desk.bring_in(file(tmp_path, hundred()), OWN)
    return replace(desk, office=replace(desk.office, settings=ALONE, calendar=calendar()))


@pytest.fixture
def sixty(tmp_path: Path) -> Path:
    """A file by which sixty suppliers change or vanish."""
    changed = [replace(one, address="山口県下関市別町1番1号") for one in hundred()[:10]]
    return file(tmp_path, [*changed, *hundred()[10:50]], "sixty.csv")


def apply(desk: ImportDesk, path: Path, typed: str | None) -> ImportBatch:
    return qualification_import.apply(
        desk.office,
        staff=IMPORTER,
        store=desk.store,
        source=CsvSource(path, OWN),
        layout=OWN,
        plan=desk.preview(path, OWN),
        confirmed_scale=True,
        typed=typed,
    )


def undo(desk: ImportDesk, typed: str | None) -> ImportBatch:
    return register_corrections.undo(desk.office, staff=IMPORTER, typed=typed)


def told(desk: ImportDesk, batch: ImportBatch) -> tuple[EventTag, dict[str, object]]:
    with desk.office.uow() as uow:
        entry = uow.audit.last_of(Subject(SubjectKind.IMPORT, str(batch.id)))
    assert entry is not None
    return entry.event.tag, {name: entry.event.facts.get(name) for name in ("manner", "typed", "request")}


def test_a_large_file_goes_in_with_its_rows_typed_again(alone: ImportDesk, sixty: Path) -> None:
    before = alone.register()
    for typed, code in (
        (None, "typed-confirmation-missing"),
        ("50", "typed-confirmation-wrong"),
        ("取込", "typed-confirmation-wrong"),
    ):
        error = refused(code, lambda typed=typed: apply(alone, sixty, typed))  # type: ignore[misc] # a default binds the loop's value
        assert dict(error.facts) == {"word": "60"}
        assert alone.register() == before
    batch = apply(alone, sixty, " ６０")
    assert (batch.id, batch.changed, batch.vanished) == (2, 10, 50)
    assert told(alone, batch) == (EventTag.IMPORT_APPLIED, {**TOLD, "request": None})


def test_a_large_undoing_too(alone: ImportDesk, sixty: Path) -> None:
    apply(alone, sixty, "60")
    before = alone.register()
    refused("typed-confirmation-missing", lambda: undo(alone, None))
    refused("typed-confirmation-wrong", lambda: undo(alone, "10"))
    assert alone.register() == before
    batch = undo(alone, "60")
    assert (batch.added, batch.changed) == (50, 10)
    assert told(alone, batch) == (EventTag.IMPORT_UNDONE, {**TOLD, "request": None})
    assert len(alone.register()) == 100


def test_what_is_not_large_needs_nothing_and_tells_nothing(alone: ImportDesk, tmp_path: Path) -> None:
    usual = file(tmp_path, hundred()[:97], "usual.csv")
    batch = apply(alone, usual, "whatever")
    assert told(alone, batch)[1] == {"manner": None, "typed": None, "request": None}
    assert told(alone, undo(alone, None))[1] == {"manner": None, "typed": None, "request": None}


def test_nobody_is_asked(alone: ImportDesk, sixty: Path) -> None:
    plan = alone.preview(sixty, OWN)
    refused(
        "request-not-needed",
        lambda: import_requests.request(alone.office, staff=IMPORTER, plan=plan, layout=OWN),
    )
    apply(alone, sixty, "60")
    refused("request-not-needed", lambda: register_corrections.request_undo(alone.office, staff=IMPORTER))
    assert import_requests.waiting(alone.office) == 0


def test_it_is_asked_for_before_long_work_begins_and_leaves_no_refusal(
    alone: ImportDesk, sixty: Path
) -> None:
    plan = alone.preview(sixty, OWN)
    with pytest.raises(InputError, match="typed-confirmation-wrong"):
        import_requests.require_confirmed(
            alone.office, staff=IMPORTER, plan=plan, layout=OWN, typed="Canary-pass-93x!"
        )
    import_requests.require_confirmed(alone.office, staff=IMPORTER, plan=plan, layout=OWN, typed="60")
    with alone.office.uow() as uow:
        assert {entry.event.tag for entry in uow.audit.list()} == {EventTag.IMPORT_APPLIED}


def test_without_the_setting_the_usual_word_of_scale_is_enough(alone: ImportDesk, sixty: Path) -> None:
    plain = replace(alone, office=replace(alone.office, settings=Settings(one_person=True)))
    batch = apply(plain, sixty, None)
    assert told(plain, batch)[1] == {"manner": None, "typed": None, "request": None}
