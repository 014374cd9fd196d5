"""What the reports on the register and on registrations are made from, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, insert

from ebidadmin.domain import cards, id_desk_work, imports
from ebidadmin.domain.cards import CardRegistration, KeptCertificate, Revocation
from ebidadmin.domain.events import EventTag
from ebidadmin.domain.id_desk_work import IdentityCheck, IdentityDocument, IdentityMeans
from ebidadmin.domain.ids import BatchId, CardId, EnterpriseId
from ebidadmin.domain.imports import ImportPlan, ProblemSeverity, RowProblem
from ebidadmin.domain.qualifications import Grade
from ebidadmin.persistence.report_cliff import CliffReportReader
from ebidadmin.persistence.report_imports import ImportReportReader
from ebidadmin.persistence.report_registrations import RegistrationReportReader
from ebidadmin.persistence.schema_register import CorrectionRow, UndoingRow
from ebidadmin.persistence.unit_of_work import SqlUnitOfWork
from ebidadmin.services.auto_approval import ACTOR
from ebidadmin.services.report_register_facts import Held, Method
from tests.builders import NOON, contact, qualification, supplier_number, trade_name
from tests.cards.builders import kept
from tests.persistence.office import approval, registration, save, submission
from tests.sql_store import SqlStore

OpenUow = Callable[[], SqlUnitOfWork]
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
THIS, NEXT, LATER = date(2027, 3, 31), date(2030, 3, 31), date(2033, 3, 31)


@pytest.fixture
def store(engine: Engine) -> SqlStore:
    return SqlStore(str(engine.url.render_as_string(hide_password=False)))


def card(uow: OpenUow, n: int, *, at: datetime = NOON, certificate: KeptCertificate | None = None) -> Any:
    made: CardRegistration = save(
        uow,
        cards.register(
            card_id=CardId(f"K{n:08d}"),
            supplier_number=supplier_number(n),
            enterprise_id=EnterpriseId(f"13521{n:011d}"),
            certificate=certificate or kept(n),
            der=b"der",
            revocation=Revocation.CHECKED,
            card_contact=contact(n),
            register_seen=BatchId(1),
            by="tanaka",
            at=at,
        ),
    )
    return made


def undone(engine: Engine, *, by: int, batch: int) -> None:
    """That the import of number ``by`` was the undoing of ``batch``."""
    with engine.begin() as connection:
        connection.execute(insert(UndoingRow).values(batch=by, undoes=batch))


def corrected(engine: Engine, *, batch: int, n: int = 1) -> None:
    """That the import of number ``batch`` was a correction by hand."""
    with engine.begin() as connection:
        row = {"batch": batch, "supplier_number": supplier_number(n), "reason": "誤記"}
        connection.execute(insert(CorrectionRow).values(row))


def cliff(engine: Engine, at: datetime = NOON) -> dict[str, Held]:
    facts = CliffReportReader(engine).cliff(as_of=at)
    return {one.supplier_number: one for one in (*facts.held, *facts.missing)}


def before(engine: Engine, n: int = 1, at: datetime = NOON) -> date | None:
    return cliff(engine, at)[supplier_number(n)].before


def test_who_renewed_is_known_after_every_later_change(engine: Engine, store: SqlStore) -> None:
    plain = qualification(1, valid_to=THIS)
    store.import_register(plain, qualification(2, valid_to=THIS), at=NOON - 5 * DAY)
    renewed = replace(plain, valid_to=NEXT)
    store.import_register(renewed, qualification(2, valid_to=None), at=NOON - 4 * DAY)
    assert (before(engine), before(engine, 2)) == (THIS, THIS)
    moved = replace(renewed, address="山口県下関市竹崎町9番9号")
    store.import_register(moved, qualification(2, valid_to=None, fax=""), at=NOON - 3 * DAY)
    assert (before(engine), before(engine, 2)) == (THIS, THIS)
    assert before(engine, at=NOON - 5 * DAY) is None


def test_an_end_that_was_taken_back_is_no_renewal_and_hides_none(engine: Engine, store: SqlStore) -> None:
    """1 renews; then a mistaken file gives it a later end, and 2 an earlier one, and is undone."""
    first, other = qualification(1, valid_to=THIS), qualification(2, valid_to=NEXT)
    store.import_register(first, other, at=NOON - 5 * DAY)
    store.import_register(replace(first, valid_to=NEXT), other, at=NOON - 4 * DAY)
    store.import_register(replace(first, valid_to=LATER), replace(other, valid_to=THIS), at=NOON - 3 * DAY)
    assert (before(engine), before(engine, 2)) == (NEXT, None)
    store.import_register(replace(first, valid_to=NEXT), other, at=NOON - 2 * DAY)
    undone(engine, by=4, batch=3)
    assert (before(engine), before(engine, 2)) == (THIS, None)
    # As of before the undoing it is what it was.
    assert (before(engine, at=NOON - 3 * DAY), before(engine, 2, at=NOON - 3 * DAY)) == (NEXT, None)


def test_a_corrected_end_is_no_renewal_and_hides_none(engine: Engine, store: SqlStore) -> None:
    """The end of 1 was written wrong; of 2 the name, before it renews; of 3 the wrong end of what was renewed."""
    first, second, third = (qualification(n, valid_to=THIS) for n in (1, 2, 3))
    store.import_register(first, second, third, at=NOON - 5 * DAY)
    right = replace(first, valid_to=NEXT)
    store.import_register(right, second, third, at=NOON - 4 * DAY)
    corrected(engine, batch=2)
    assert before(engine) is None
    named = replace(second, trade_name="(株)正しい名")
    store.import_register(right, named, third, at=NOON - 3 * DAY)
    corrected(engine, batch=3, n=2)
    renewed = (replace(named, valid_to=NEXT), replace(third, valid_to=LATER))
    store.import_register(right, *renewed, at=NOON - 2 * DAY)
    store.import_register(right, renewed[0], replace(third, valid_to=NEXT), at=NOON - DAY)
    corrected(engine, batch=5, n=3)
    assert [before(engine, n) for n in (1, 2, 3)] == [None, THIS, THIS]


@pytest.mark.parametrize(
    ("begins", "expected"), [(date(2027, 4, 1), THIS), (date(2024, 4, 1), None), (None, None)]
)
def test_a_renewal_can_be_entered_by_hand(
    engine: Engine, store: SqlStore, begins: date | None, expected: date | None
) -> None:
    """It begins later as well; a mere repair of the end leaves the beginning."""
    given = qualification(1, valid_from=date(2024, 4, 1) if begins else None, valid_to=THIS)
    store.import_register(given, at=NOON - 5 * DAY)
    store.import_register(replace(given, valid_from=begins, valid_to=NEXT), at=NOON - 4 * DAY)
    corrected(engine, batch=2)
    assert before(engine) == expected


def test_a_registered_supplier_that_vanished_is_missing(
    engine: Engine, store: SqlStore, uow: OpenUow
) -> None:
    """Of 1 to 4, 2 and 3 are in the list no more; 5 never was; 1, 2 and 5 are registered."""
    everybody = [qualification(n, valid_to=THIS) for n in (1, 2, 3, 4)]
    store.import_register(*everybody, at=NOON - 5 * DAY)
    store.import_register(replace(everybody[1], trade_name="(株)改名"), *everybody[2:], at=NOON - 4 * DAY)
    store.import_register(everybody[0], everybody[3], at=NOON - 3 * DAY)
    for n in (1, 2):
        card(uow, n, at=NOON - 2 * DAY)
    made = save(uow, submission(5, at=NOON - 3 * DAY))
    save(uow, registration(made, serial=5, at=NOON - 2 * DAY))
    facts = CliffReportReader(engine).cliff(as_of=NOON)
    assert [one.supplier_number for one in facts.held] == [supplier_number(1), supplier_number(4)]
    second, fifth = facts.missing
    assert (second.supplier_number, second.trade_name, second.valid_to) == (
        supplier_number(2),
        "(株)改名",
        THIS,
    )
    assert (second.cards, second.has_id) == (1, False)
    assert (fifth.supplier_number, fifth.trade_name, fifth.valid_to) == (
        supplier_number(5),
        trade_name(5),
        None,
    )
    assert (fifth.cards, fifth.has_id) == (0, True)
    assert CliffReportReader(engine).cliff(as_of=NOON - 3 * DAY).missing == ()


def standing(engine: Engine, at: datetime) -> dict[str, int]:
    first = datetime(2026, 4, 1, tzinfo=UTC)
    facts = RegistrationReportReader(engine).year([first, at], until=at)
    return {name.value: count for name, count in facts.standing.items() if count}


def test_how_registrations_stood_is_told_as_of_the_moment(engine: Engine, uow: OpenUow) -> None:
    """Cards: 1 usable, 2 stopped, 3 stopped and let go on, 4 over, 5 cancelled later. IDs: 11 usable, 12 stopped, 13 locked, 14 not."""
    then, now = NOON - 3 * DAY, NOON
    made = {n: card(uow, n, at=then) for n in (1, 2, 3, 5)}
    card(uow, 4, at=then, certificate=kept(4, not_after=NOON - DAY))
    for n in (2, 3):
        made[n] = save(uow, cards.suspend(made[n], reason="照会中", by="tanaka", at=NOON - 2 * DAY))
    save(uow, cards.resume(made[3], reason="確認", by="tanaka", at=NOON - DAY))
    save(uow, cards.cancel(made[5], reason="廃業", by="tanaka", at=NOON + DAY))
    ids = {
        n: save(uow, registration(save(uow, submission(n, at=then)), serial=n, at=then))
        for n in range(11, 15)
    }
    save(uow, id_desk_work.suspend(ids[12], reason="照会中", by="tanaka", at=NOON - 2 * DAY))
    for n in (13, 14):
        ids[n] = save(uow, id_desk_work.failed(ids[n], limit=1, by="suppliers", at=NOON - 2 * DAY))
    check = IdentityCheck(IdentityMeans.COUNTER, IdentityDocument.DRIVING_LICENCE)
    save(uow, id_desk_work.unlock(ids[14], identity=check, by="tanaka", at=NOON - DAY))
    assert standing(engine, now) == {
        "card-usable": 3,
        "card-suspended": 1,
        "card-expired": 1,
        "id-usable": 2,
        "id-suspended": 1,
        "id-locked": 1,
    }
    assert standing(engine, NOON - 2 * DAY - SECOND) == {"card-usable": 5, "id-usable": 4}
    assert standing(engine, NOON + 2 * DAY)["card-usable"] == 2


def test_approvals_of_the_setting_are_told_apart(engine: Engine, uow: OpenUow) -> None:
    for n, by in ((1, "tanaka"), (2, ACTOR.login), (3, ACTOR.login)):
        save(uow, approval(save(uow, submission(n, at=NOON - DAY)), by=by, at=NOON))
    reader = RegistrationReportReader(engine)
    begin, end = (
        datetime(2026, 9, 30, 15, tzinfo=UTC) - SECOND,
        datetime(2026, 10, 31, 15, tzinfo=UTC) - SECOND,
    )
    year = reader.year([begin, end], until=end)
    october = date(2026, 10, 1)
    assert year.events[october, EventTag.APPLICATION_APPROVED] == 3
    assert year.automatic == {october: 2}
    month = reader.monthly(after=begin, until=end)
    assert [one.outcome for one in month.decided] == [
        "approved",
        "approved-automatically",
        "approved-automatically",
    ]


def test_registrations_are_graded_as_the_register_had_it_at_the_end_of_their_month(
    engine: Engine, store: SqlStore, uow: OpenUow
) -> None:
    store.import_register(qualification(1), qualification(2), at=NOON - 40 * DAY)
    card(uow, 1, at=NOON - 30 * DAY)
    card(uow, 2, at=NOON)
    later = {"grade_sale": Grade.NONE, "grade_service": Grade.B}
    store.import_register(qualification(1, **later), qualification(2, **later), at=NOON + DAY)
    facts = RegistrationReportReader(engine).monthly(after=NOON - 60 * DAY, until=NOON + 3 * DAY)
    assert [(one.method, one.categories) for one in facts.registered] == [
        (Method.CARD, ("grade_sale",)),
        (Method.CARD, ("grade_service",)),
    ]


def test_an_import_says_whom_somebody_has_to_look_at_and_why(
    engine: Engine, store: SqlStore, uow: OpenUow
) -> None:
    """All but 6 are registered. 1 moved, 2 is over, 3 has another fax, 4 vanished, 5 was over before, 6 moved too."""
    over = date(2026, 10, 1)
    first = [qualification(n) for n in (1, 2, 3, 4, 6)]
    store.import_register(*first, qualification(5, valid_to=over), at=NOON - 5 * DAY)
    for n in range(1, 6):
        card(uow, n, at=NOON - 4 * DAY)
    store.import_register(
        qualification(1, address="山口県下関市竹崎町9番9号"),
        qualification(2, valid_to=over),
        qualification(3, fax="083-232-9999"),
        qualification(5, valid_to=over - DAY),
        qualification(6, address="山口県下関市竹崎町9番9号"),
        at=NOON,
    )
    facts = ImportReportReader(engine).imported(2, as_of=NOON)
    assert {one.supplier_number: one.reasons for one in facts.concerned} == {
        supplier_number(1): ("address",),
        supplier_number(2): ("lapsed",),
        supplier_number(3): (),
        supplier_number(4): ("vanished",),
        supplier_number(5): (),
    }
    store.import_register(*first, qualification(5, valid_to=over), at=NOON + DAY)
    undone(engine, by=3, batch=2)
    back = ImportReportReader(engine).imported(3, as_of=NOON + DAY)
    assert {one.supplier_number: one.reasons for one in back.concerned if one.reasons} == {
        supplier_number(1): ("address",),
        supplier_number(4): ("returned",),
    }


def test_an_import_says_what_was_wrong_with_its_file(engine: Engine, uow: OpenUow) -> None:
    problems = (
        RowProblem(4, "電話", "phone-form", ProblemSeverity.WARNING, "abc"),
        RowProblem(3, "商号:正式", "required", ProblemSeverity.ERROR, ""),
    )
    plan = ImportPlan(
        file_name="meibo.csv",
        file_hash="0" * 64,
        layout="ebidadmin",
        register_version=None,
        added=1,
        changed=0,
        unchanged=0,
        vanished=0,
        refused=1,
        problems=problems,
    )
    store = SqlStore(str(engine.url.render_as_string(hide_password=False)))
    store.import_register(qualification(1), at=NOON)
    with uow() as unit:
        event = imports.apply(plan, batch_id=BatchId(1), by="kawai", at=NOON).events[0]
        unit.log(event)
        unit.commit()
    facts = ImportReportReader(engine).imported(1, as_of=NOON)
    assert facts.problems == 2
    assert [
        (one.severity.value, one.code, one.column, one.count, one.lines) for one in facts.problem_kinds
    ] == [
        ("error", "required", "商号:正式", 1, (3,)),
        ("warning", "phone-form", "電話", 1, (4,)),
    ]
