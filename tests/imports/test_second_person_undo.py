"""The second person where an import is undone, where two act at once, and where somebody writes past the program."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from ebidadmin.domain.events import EventTag, Subject, SubjectKind
from ebidadmin.domain.ids import BatchId
from ebidadmin.domain.import_requests import ImportRequest, Undertaking
from ebidadmin.domain.imports import ImportBatch
from ebidadmin.domain.staff import Staff
from ebidadmin.errors import ConcurrentEditError, EbidError, IllegalTransitionError, RuleError
from ebidadmin.services import import_requests, register_corrections
from tests.imports.office import IMPORTER, ImportDesk
from tests.imports.test_apply import OWN, file, hundred
from tests.imports.test_second_person import (
    APPROVER,
    OTHER,
    THIRD,
    apply,
    ask,
    confirm,
    guarded,
    half,
    refused,
    stored,
    with_second_person,
)

__all__ = ["guarded", "half"]


def undo(desk: ImportDesk, staff: Staff = IMPORTER) -> ImportBatch:
    return register_corrections.undo(desk.office, staff=staff, number=None)


def test_a_large_undoing_needs_a_second_person_too(guarded: ImportDesk, half: Path) -> None:
    confirm(guarded, ask(guarded, half))
    apply(guarded, half)
    # Half a hundred come back: nothing vanishes and nothing changes, so nothing is large.
    assert undo(guarded).added == 50
    confirm(guarded, ask(guarded, half))
    apply(guarded, half)
    whole = file(half.parent, hundred(), "whole.csv")
    assert apply(guarded, whole).added == 50
    refused("undo-needs-second-person", lambda: undo(guarded))
    one = register_corrections.request_undo(guarded.office, staff=IMPORTER, number=BatchId(5))
    assert (one.binding.undertaking, one.binding.register_version, one.binding.vanished) == (
        Undertaking.UNDO,
        5,
        50,
    )
    refused("second-person-waiting", lambda: undo(guarded))
    refused("own-request", lambda: confirm(guarded, one, IMPORTER))
    confirm(guarded, one, APPROVER)
    batch = undo(guarded)
    assert (batch.id, batch.vanished, stored(guarded, one).batch) == (6, 50, 6)
    with guarded.office.uow() as uow:
        entry = uow.audit.last_of(Subject(SubjectKind.IMPORT, "6"))
    assert entry is not None
    assert (entry.event.tag, entry.event.facts["confirmed_by"]) == (
        EventTag.IMPORT_UNDONE,
        APPROVER.login,
    )


def test_a_correction_and_its_undoing_are_never_large(desk: ImportDesk, tmp_path: Path) -> None:
    desk.bring_in(file(tmp_path, hundred()[:3]), OWN)
    small = with_second_person(desk)
    number = next(iter(small.register().values())).supplier_number
    register_corrections.correct(
        small.office,
        staff=IMPORTER,
        number=number,
        changes={"remarks": "訂正"},
        reason="届出",
        layout=OWN,
    )
    refused(
        "request-not-needed",
        lambda: register_corrections.request_undo(small.office, staff=IMPORTER),
    )
    assert undo(small).undoes == 2


def test_of_two_confirmations_at_once_one_wins(guarded: ImportDesk, half: Path) -> None:
    one = ask(guarded, half)
    together = Barrier(2)

    def fight(staff: Staff) -> str | EbidError:
        together.wait(timeout=20)
        try:
            return str(confirm(guarded, one, staff).confirmed_by)
        except (ConcurrentEditError, IllegalTransitionError) as error:
            return error

    with ThreadPoolExecutor(2) as pool:
        ends = list(pool.map(fight, (OTHER, THIRD)))
    (winner,) = [end for end in ends if isinstance(end, str)]
    (loser,) = [end for end in ends if isinstance(end, EbidError)]
    assert loser.facts["state"] == "confirmed"
    after = stored(guarded, one)
    assert (after.confirmed_by, after.version) == (winner, 2)
    with guarded.office.uow() as uow:
        told = [
            entry.event.by
            for entry in uow.audit.list(subject=Subject(SubjectKind.IMPORT_REQUEST, one.id))
            if entry.event.tag is EventTag.IMPORT_REQUEST_CONFIRMED
        ]
    assert told == [winner]


def test_of_two_requests_at_once_one_wins(guarded: ImportDesk, half: Path) -> None:
    plan = guarded.preview(half, OWN)
    together = Barrier(2)

    def fight(staff: Staff) -> ImportRequest | EbidError:
        together.wait(timeout=20)
        try:
            return import_requests.request(guarded.office, staff=staff, plan=plan, layout=OWN)
        except (RuleError, ConcurrentEditError) as error:
            return error

    with ThreadPoolExecutor(2) as pool:
        ends = list(pool.map(fight, (IMPORTER, OTHER)))
    (made,) = [end for end in ends if isinstance(end, ImportRequest)]
    (loser,) = [end for end in ends if isinstance(end, EbidError)]
    assert loser.code in {"request-open", "concurrent-edit"}
    assert [one.request for one in import_requests.list_all(guarded.office, staff=OTHER)] == [made]


@pytest.mark.parametrize(
    "values",
    [
        "state = 'confirmed'",
        "state = 'confirmed', confirmed_by = 'YUNYUU', confirmed_at = requested_at",
        "state = 'applied', confirmed_by = 'x', confirmed_at = requested_at, ended_by = 'x', ended_at = requested_at, batch = 1",
        "confirmed_by = 'x', confirmed_at = requested_at",
        "state = 'withdrawn'",
        "batch = 1",
        "expires_at = requested_at",
    ],
)
def test_the_database_itself_refuses_a_confirmation_by_hand(
    guarded: ImportDesk, half: Path, values: str
) -> None:
    ask(guarded, half)
    with guarded.engine.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(text(f"UPDATE import_requests SET {values}"))
