"""Exports of the register and attempts by people whose job it is not stand in the trail."""

from __future__ import annotations

from pathlib import Path

import pytest

from ebidadmin.domain.events import EventTag
from ebidadmin.domain.ids import SupplierNumber
from ebidadmin.errors import NotPermittedError
from ebidadmin.services import qualification_import
from tests.builders import HELPER, SUZUKI
from tests.imports.office import IMPORTER, ImportDesk
from tests.registers.generator import first_edition


def trail(desk: ImportDesk) -> list[tuple[EventTag, str, dict[str, object]]]:
    with desk.office.uow() as uow:
        return [(entry.event.tag, entry.event.by, dict(entry.event.facts)) for entry in uow.audit.list()]


def test_an_export_is_said_before_the_first_record(desk: ImportDesk, tmp_path: Path) -> None:
    desk.bring_in(first_edition(5).write(tmp_path / "mlit.csv"))
    records = qualification_import.export_rows(desk.office, staff=SUZUKI, reader=desk.reader)
    assert trail(desk)[-1] == (EventTag.REGISTER_EXPORTED, SUZUKI.login, {"records": 5, "register": 1})
    assert len(list(records)) == 5


def test_whoever_may_not_is_refused_and_it_is_said(desk: ImportDesk) -> None:
    before = len(trail(desk))
    with pytest.raises(NotPermittedError):
        qualification_import.export_rows(desk.office, staff=HELPER, reader=desk.reader)
    with pytest.raises(NotPermittedError):
        qualification_import.show(desk.office, staff=HELPER, number=SupplierNumber("190000092"))
    said = trail(desk)[before:]
    assert [(tag, by, facts["verb"]) for tag, by, facts in said] == [
        (EventTag.REFUSED_NOT_PERMITTED, HELPER.login, "export_rows"),
        (EventTag.REFUSED_NOT_PERMITTED, HELPER.login, "show"),
    ]


def test_an_importer_may_read_what_was_imported(desk: ImportDesk) -> None:
    assert qualification_import.batches(desk.office, staff=IMPORTER, reader=desk.reader) == ()
