"""Permits in the database: what came before numbers keeps its values, and numbers, once given, stay."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, MetaData, text
from sqlalchemy.exc import IntegrityError

from ebidadmin.clock import SettableClock
from ebidadmin.domain import dispatches, permits
from ebidadmin.domain.ids import DispatchId
from ebidadmin.domain.permits import DocumentNumber, PaperChannel, Permit, PermitState
from ebidadmin.errors import RuleError
from ebidadmin.persistence.engine import make_engine
from ebidadmin.persistence.migrate import upgrade
from ebidadmin.persistence.unit_of_work import SqlUnitOfWork
from ebidadmin.services.ports import SequenceName
from tests.builders import NOON, document, permit
from tests.conftest import FreshDatabase
from tests.persistence.office import OpenUow, stored_permit
from tests.persistence.rows_of_revisions import EVENT, PERMIT
from tests.persistence.test_upgrade_steps import REVISIONS, at_revision
from tests.postgres import ENGINES

BEFORE = [revision for revision in REVISIONS if revision < "0008"]
LATE = datetime(2026, 10, 6, 15, 30, tzinfo=UTC)
"""Already the 7th in Japan."""


def old_permit(n: int, state: str) -> dict[str, Any]:
    counted = state in ("granted", "withdrawn")
    return {
        **PERMIT,
        "id": f"P{n:06d}",
        "state": state,
        "reason": "" if state in ("requested", "granted") else "書類不備",
        "valid_from": date(2026, 4, 1) if counted else None,
        "valid_to": date(2028, 3, 31) if counted else None,
    }


def event(n: int, tag: str) -> dict[str, Any]:
    return {**EVENT, "at": LATE, "tag": f"permit:{tag}", "subject_kind": "permit", "subject_id": f"P{n:06d}"}


def read(url: str) -> dict[str, Permit]:
    with SqlUnitOfWork(make_engine(url), clock=SettableClock(NOON)) as unit:
        return {one.id: one for one in unit.permits.all()}


@pytest.mark.parametrize("kind", ENGINES)
@pytest.mark.parametrize("revision", BEFORE)
def test_what_was_decided_before_numbers_keeps_its_values_and_gets_what_the_trail_knows(
    kind: str, revision: str, fresh_database: FreshDatabase
) -> None:
    url = fresh_database(kind, migrated=False)
    engine = at_revision(url, revision)
    tables = MetaData()
    tables.reflect(engine)
    states = ("requested", "granted", "refused", "withdrawn", "withdrawn", "granted")
    with engine.begin() as connection:
        for n, state in enumerate(states, start=1):
            connection.execute(tables.tables["permits"].insert().values(old_permit(n, state)))
        for one in (event(2, "granted"), event(3, "refused"), event(4, "granted"), event(4, "withdrawn")):
            connection.execute(tables.tables["audit_events"].insert().values(one))
    upgrade(url)
    found = read(url)
    assert [one.state.value for _, one in sorted(found.items())] == list(states)
    assert {one.document for one in found.values()} == {None}
    told = {n: (one.decided_at, one.decided_by, one.withdrawn_from) for n, one in found.items()}
    assert told == {
        "P000001": (None, None, None),
        "P000002": (LATE, "佐藤", None),
        "P000003": (LATE, "佐藤", None),
        "P000004": (LATE, "佐藤", date(2026, 10, 7)),
        "P000005": (None, None, None),
        "P000006": (None, None, None),
    }
    assert (found["P000003"].reason, found["P000003"].refusal_reasons) == ("書類不備", ())
    assert found["P000004"].in_force(date(2026, 10, 6))
    assert not found["P000004"].in_force(date(2026, 10, 7))
    assert not found["P000005"].in_force(date(2026, 10, 6))


@pytest.mark.parametrize("kind", ENGINES)
def test_what_was_decided_before_goes_on_living(kind: str, fresh_database: FreshDatabase) -> None:
    url = fresh_database(kind, migrated=False)
    engine = at_revision(url, "0007")
    tables = MetaData()
    tables.reflect(engine)
    with engine.begin() as connection:
        for n, state in enumerate(("granted", "refused"), start=1):
            connection.execute(tables.tables["permits"].insert().values(old_permit(n, state)))
    upgrade(url)
    found = read(url)
    with SqlUnitOfWork(engine, clock=SettableClock(NOON)) as unit:
        unit.record(permits.withdraw(found["P000001"], reason="申出", by="tanaka", at=NOON))
        unit.record(permits.void(found["P000002"], reason="誤り", by="tanaka", at=NOON))
        unit.commit()
    assert [one.state for _, one in sorted(read(url).items())] == [PermitState.WITHDRAWN, PermitState.VOIDED]


def save(uow: OpenUow, one: Permit) -> None:
    with uow() as unit:
        unit.record(stored_permit(one))
        unit.commit()


@pytest.mark.parametrize(
    ("state", "change", "message"),
    [
        ("granted", "document_number = 7", "keeps that value"),
        ("granted", "document_number = NULL, document_year = NULL", "keeps that value"),
        ("granted", "supplier_number = '190000001'", "keeps that value"),
        ("granted", "decided_by = 'forged'", "keeps that value"),
        ("granted", "valid_to = NULL", "keeps that value"),
        ("refused", "refusal_reasons = '[]'", "keeps that value"),
        ("refused", "reason = 'forged'", "keeps that value"),
        ("refused", "state = 'granted'", "no such step"),
        ("withdrawn", "withdrawn_from = '2026-01-01'", "final there"),
        ("voided", "void_reason = 'forged'", "final there"),
        ("voided", "state = 'granted'", r"final there|no such step"),
    ],
)
def test_a_decision_stays_as_it_was_whoever_writes(
    engine: Engine, uow: OpenUow, state: str, change: str, message: str
) -> None:
    asked = permit(granted=False)
    refused = permits.refuse(asked, document=document(1), reasons=("other",), note="x", by="t", at=NOON).after
    stored = {
        "granted": permit(),
        "refused": refused,
        "withdrawn": permits.withdraw(permit(), reason="x", by="t", at=NOON).after,
        "voided": permits.void(refused, reason="x", by="t", at=NOON).after,
    }[state]
    save(uow, stored)
    with engine.connect() as connection, pytest.raises(IntegrityError, match=message):
        connection.execute(text(f"UPDATE permits SET {change}"))


def test_a_numbered_permit_is_not_deleted(engine: Engine, uow: OpenUow) -> None:
    save(uow, permit())
    with engine.connect() as connection, pytest.raises(IntegrityError, match="keeps that row"):
        connection.execute(text("DELETE FROM permits"))


def test_a_number_is_given_once(uow: OpenUow) -> None:
    save(uow, permit(1))
    with pytest.raises(RuleError) as refused:
        save(uow, permit(2, document=document(1)))
    assert refused.value.code == "document-number-taken"
    save(uow, permit(3, document=DocumentNumber(2027, 1)))


@pytest.mark.parametrize(
    "change",
    [
        "document_year = NULL",
        "document_number = 0",
        "decided_at = NULL, decided_by = NULL",
        "decided_by = NULL",
        "withdrawn_from = '2026-10-07'",
        "state = 'voided'",
        "voided_at = decided_at, voided_by = 'x', void_reason = 'x'",
        "reply_channel = 'pigeon'",
    ],
)
def test_half_a_decision_is_held_off_by_the_database(engine: Engine, uow: OpenUow, change: str) -> None:
    save(uow, permit())
    with engine.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(text(f"UPDATE permits SET {change}"))


def test_each_year_has_a_counter_of_its_own_and_a_rollback_gives_the_number_back(uow: OpenUow) -> None:
    def drawn(year: int, *, keep: bool) -> int:
        with uow() as unit:
            number = unit.next_number(SequenceName.DOCUMENT, fiscal_year=year)
            if keep:
                unit.commit()
        return number

    assert [drawn(2026, keep=keep) for keep in (False, True, False, True)] == [1, 1, 2, 2]
    assert drawn(2027, keep=True) == 1
    with uow() as unit:
        assert unit.next_number(SequenceName.PERMIT) == 1


def test_every_value_comes_back(uow: OpenUow) -> None:
    asked = permit(granted=False, reply_channel=PaperChannel.POST)
    refused = permits.refuse(
        asked, document=document(4), reasons=("other", "name-differs"), note="補足", by="t", at=NOON
    ).after
    void = permits.void(refused, reason="誤り", by="s", at=NOON).after
    save(uow, void)
    with uow() as unit:
        (found,) = unit.permits.all()
    assert found == replace(void, version=1)


@pytest.mark.parametrize(
    "statement", ["UPDATE permit_dispatches SET day = '2026-10-01'", "DELETE FROM permit_dispatches"]
)
def test_the_dispatch_register_is_only_added_to(engine: Engine, uow: OpenUow, statement: str) -> None:
    save(uow, permit())
    row = dispatches.dispatch(
        permit(),
        dispatch_id=DispatchId("D000001"),
        day=date(2026, 10, 7),
        channel=PaperChannel.POST,
        recipient="x",
        by="tanaka",
        at=NOON,
    )
    with uow() as unit:
        unit.record(row)
        unit.commit()
    with engine.connect() as connection, pytest.raises(IntegrityError, match="append-only"):
        connection.execute(text(statement))
