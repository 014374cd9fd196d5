"""The help desk opens one supplier by number and name: told on the trail, in any notation of the name, for a while."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.domain.events import Event, EventTag
from ebidadmin.domain.ids import SupplierNumber
from ebidadmin.domain.staff import Role, Staff
from ebidadmin.errors import InputError, NotPermittedError, RuleError
from ebidadmin.services import supplier_opening
from ebidadmin.services.ports import Office
from ebidadmin.services.supplier_opening import OPEN_FOR
from tests.builders import NOON, contact, qualification, supplier_number
from tests.conftest import FreshDatabase
from tests.fakes import office as made_office
from tests.persistence.office import submission
from tests.sql_store import SqlStore

HELPER = Staff("madoguchi", frozenset({Role.HELP_DESK}))
ANOTHER = Staff("madoguchi2", frozenset({Role.HELP_DESK}))
NUMBER = supplier_number(92)


@pytest.fixture
def office(fresh_database: FreshDatabase, kind: str, clock: SettableClock) -> Office:
    store = SqlStore(fresh_database(kind), clock)
    made = made_office(store)
    store.import_register(qualification(92), qualification(93))
    with made.uow() as uow:
        uow.record(submission(92))
        uow.commit()
    return made


def trail(office: Office) -> list[Event]:
    with office.uow() as uow:
        events = [entry.event for entry in uow.audit.list()]
    return [one for one in events if one.by.startswith("madoguchi")]


@pytest.mark.parametrize("name", ["(株)テスト商会92", "株式会社テスト商会92", "(株)テスト商会92 "])
def test_number_and_name_open_everything_and_the_trail_tells(office: Office, name: str) -> None:
    opened = supplier_opening.open_supplier(office, staff=HELPER, number=NUMBER, name=name)
    assert opened.qualification == qualification(92)
    assert [one.form.main_contact for one in opened.applications] == [contact(92)]
    assert (opened.permits, opened.identified, opened.cards, opened.main_contact) == ((), (), (), None)
    assert opened.until == NOON + OPEN_FOR
    (told,) = trail(office)
    assert (told.tag, told.by, told.supplier_number, told.at) == (
        EventTag.SUPPLIER_OPENED,
        HELPER.login,
        NUMBER,
        NOON,
    )


@pytest.mark.parametrize(
    ("number", "name"),
    [(NUMBER, "(株)テスト商会93"), (supplier_number(99), "(株)テスト商会99"), (NUMBER, "(株)別の商会")],
)
def test_another_name_opens_nothing_and_the_trail_tells(office: Office, number: str, name: str) -> None:
    with pytest.raises(RuleError, match="supplier-not-opened"):
        supplier_opening.open_supplier(office, staff=HELPER, number=number, name=name)
    (told,) = trail(office)
    assert (told.tag, told.supplier_number) == (EventTag.REFUSED_BY_RULE, number)
    assert told.facts == {"verb": "open-supplier", "code": "supplier-not-opened"}
    with pytest.raises(RuleError, match="supplier-closed"):
        supplier_opening.look(office, staff=HELPER, supplier=SupplierNumber(number))


def test_what_is_no_number_is_told_at_its_place(office: Office) -> None:
    with pytest.raises(InputError) as refused:
        supplier_opening.open_supplier(office, staff=HELPER, number="19", name="")
    assert [one.where for one in refused.value.problems] == ["supplier_number", "trade_name"]
    assert trail(office) == []


def test_it_closes_by_itself_and_is_open_to_whoever_opened_it_alone(
    office: Office, clock: SettableClock
) -> None:
    supplier_opening.open_supplier(office, staff=HELPER, number=NUMBER, name="(株)テスト商会92")
    with pytest.raises(RuleError, match="supplier-closed"):
        supplier_opening.look(office, staff=ANOTHER, supplier=NUMBER)
    clock.set(NOON + OPEN_FOR - timedelta(seconds=1))
    assert supplier_opening.look(office, staff=HELPER, supplier=NUMBER).until == NOON + OPEN_FOR
    with pytest.raises(RuleError, match="supplier-closed"):
        supplier_opening.look(office, staff=HELPER, supplier=supplier_number(93))
    clock.set(NOON + OPEN_FOR)
    with pytest.raises(RuleError, match="supplier-closed"):
        supplier_opening.look(office, staff=HELPER, supplier=NUMBER)
    supplier_opening.open_supplier(office, staff=HELPER, number=NUMBER, name="(株)テスト商会92")
    assert supplier_opening.look(office, staff=HELPER, supplier=NUMBER).until == NOON + 2 * OPEN_FOR


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.HELP_DESK}))
def test_it_is_for_the_help_desk(office: Office, role: Role) -> None:
    somebody = Staff("madoguchi", frozenset({role}))
    with pytest.raises(NotPermittedError):
        supplier_opening.open_supplier(office, staff=somebody, number=NUMBER, name="(株)テスト商会92")
    with pytest.raises(NotPermittedError):
        supplier_opening.look(office, staff=somebody, supplier=NUMBER)
    assert [one.tag for one in trail(office)] == [EventTag.REFUSED_NOT_PERMITTED] * 2


def test_checking_alone_opens_nothing(office: Office) -> None:
    assert supplier_opening.check(office, staff=HELPER, number=NUMBER, name="(株)テスト商会92") == NUMBER
    assert trail(office) == []
