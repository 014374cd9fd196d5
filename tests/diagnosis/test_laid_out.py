"""A desk keeps what was laid out in it; what the program has otherwise by now is told, what the office changed is the office's."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ebidadmin.bootstrap import open_desk
from ebidadmin.clock import SystemClock
from ebidadmin.diagnosis import look_at_office
from ebidadmin.domain.diagnosis import Found, Item, Verdict
from ebidadmin.laid_out import NOTE, older_files
from ebidadmin.office_files import DeskFiles
from ebidadmin.services import office_files
from ebidadmin.services.office_files import digest_of
from ebidadmin.text import diagnosis as words
from tests.builders import ADMINISTRATOR

PAGE, REPORT = "data/reference/pages/report.typ", "reports/daily_review.ipynb"
LETTER = "data/reference/letters/permit_granted.txt"


def older(place: Path, name: str, *, noted: bool = True) -> None:
    """As if a program of before had laid out that file."""
    file, note = place / name, place / "data" / NOTE
    file.write_bytes(file.read_bytes() + b"\n")
    if noted:
        digests = json.loads(note.read_text(encoding="utf-8"))
        assert name in digests
        note.write_text(json.dumps({**digests, name: digest_of(file.read_bytes())}), encoding="utf-8")


def found(place: Path) -> Found:
    (one,) = (one for one in look_at_office(place, clock=SystemClock()) if one.item is Item.LAID_OUT)
    return one


def test_a_desk_of_this_program_has_nothing_older(place: Path) -> None:
    assert (found(place).verdict, found(place).code) == (Verdict.GOOD, "templates-good")
    kept = json.loads((place / "data" / NOTE).read_text(encoding="utf-8"))
    assert {
        PAGE,
        REPORT,
        "data/reference/letters/permit_granted.txt",
        "data/reference/mails/id-approved.toml",
    } <= set(kept)


@pytest.mark.parametrize("name", [PAGE, REPORT])
def test_what_an_older_program_laid_out_is_told_until_it_is_removed(place: Path, name: str) -> None:
    older(place, name)
    told = found(place)
    assert (told.verdict, told.code, told.facts["names"]) == (Verdict.ATTENTION, "templates-older", name)
    assert name in words.sentence(told)
    (place / name).unlink()
    assert found(place).code == "templates-good"


def test_what_the_office_changed_is_the_offices(place: Path) -> None:
    older(place, PAGE, noted=False)
    assert older_files(place) == ()


@pytest.mark.parametrize("note", [None, "{", "[]"])
def test_of_a_desk_of_before_all_that_differs_is_told(place: Path, note: str | None) -> None:
    older(place, PAGE, noted=False)
    if note is None:
        (place / "data" / NOTE).unlink()
    else:
        (place / "data" / NOTE).write_text(note, encoding="utf-8")
    assert older_files(place) == (PAGE,)


def test_what_the_trail_knows_to_be_changed_is_the_offices_on_a_desk_of_before_too(place: Path) -> None:
    (place / "data" / NOTE).unlink()
    older(place, LETTER, noted=False)
    assert found(place).facts["names"] == LETTER
    with closing(open_desk(place)) as desk:
        files, name = DeskFiles(place), "letters/permit_granted"
        given: dict[str, Any] = {
            "files": files,
            "name": name,
            "draft": files.read(name),
            "shown": "draft.txt",
        }
        seen = digest_of(files.read(name))
        office_files.change(desk.office, staff=ADMINISTRATOR, seen=seen, **given)
    assert found(place).code == "templates-good"


def test_what_cannot_be_read_is_a_fault_that_names_it(place: Path) -> None:
    note = place / "data" / NOTE
    note.unlink()
    note.mkdir()
    told = found(place)
    assert (told.verdict, told.code) == (Verdict.FAULT, "data-file-unreadable")
    assert str(note) in words.sentence(told)
