"""The search on the home screen and what was opened last: found by number and name, and only what the person's roles may see."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ebidadmin.domain.staff import Role, Staff
from ebidadmin.errors import StorageError
from ebidadmin.persistence.audit_slices import SqlAuditReader
from ebidadmin.presenters.finding import LONGEST, SHOWN, Finding, Readers, keeper
from ebidadmin.presenters.review_queue import ReviewQueue
from ebidadmin.services import recent
from ebidadmin.services.recent import RecentKind
from ebidadmin.services.screen_places import KeptPlace
from ebidadmin.text import finding as words
from tests import builders
from tests.builders import ADMINISTRATOR, HELPER
from tests.presenters.office import Place
from tests.presenters.permits_desk import granted
from tests.presenters.test_registrations import screen as registrations

IMPORTER = Staff("ito", frozenset({Role.IMPORTER}))


def readers(place: Place) -> Readers:
    return Readers(
        queue=place.queue_reader,
        permits=place.permit_reader,
        register=place.register_reader,
        audit=SqlAuditReader(place.engine),
        places=place.screen_places,
    )


def finder(place: Place, staff: Staff | None = None) -> Finding:
    return Finding(place.office, staff=staff or place.staff, readers=readers(place))


def opened(place: Place, kind: RecentKind, number: str, staff: Staff | None = None) -> None:
    recent.opened(
        place.office, staff=staff or place.staff, store=place.screen_places, kind=kind, number=number
    )


def targets(found: Finding) -> list[str]:
    return [str(row.way.target) for group in found.groups for row in group.rows if row.way is not None]


def said(found: Finding) -> str:
    return "" if found.notice is None else found.notice.text


@pytest.fixture
def office(place: Place) -> Place:
    """A supplier with a permit and an application, and another one."""
    place.register(92, 93)
    granted(place, 92)
    place.submit(92)
    return place


def test_a_supplier_is_found_with_all_that_it_has(office: Place) -> None:
    found = finder(office)
    found.find(" 190000092 ")
    assert targets(found) == ["supplier:190000092", "application:A000092", "permit:P000001"]
    assert [group.title for group in found.groups] == [words.SUPPLIERS, words.APPLICATIONS, words.PERMITS]
    assert {builders.trade_name(92) for _ in found.groups} <= {
        cell for group in found.groups for row in group.rows for cell in row.cells
    }
    found.find("株式会社テスト商会92")
    assert "supplier:190000092" in targets(found), "names are found whatever their notation"


@pytest.mark.parametrize(
    ("text", "target"), [("A000092", "application:A000092"), ("P000001", "permit:P000001"), ("1", "event:1")]
)
def test_each_number_finds_its_record(office: Place, text: str, target: str) -> None:
    found = finder(office)
    found.find(text)
    assert target in targets(found)


def test_more_than_is_shown_is_told(place: Place) -> None:
    place.register(*range(91, 99))
    found = finder(place)
    found.find("19000009")
    (group,) = found.groups
    assert (len(group.rows), group.more) == (SHOWN, True)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("", words.EMPTY), ("  ", words.EMPTY), ("x" * (LONGEST + 1), words.TOO_LONG.format(most=LONGEST))],
)
def test_what_cannot_be_looked_for_is_told(place: Place, text: str, sentence: str) -> None:
    found = finder(place)
    found.find(text)
    assert (found.groups, said(found)) == ((), sentence)


def test_what_is_not_there_is_told_and_cleared(place: Place) -> None:
    found = finder(place)
    found.find("999999999999999999")
    assert said(found) == words.NOTHING.format(text="999999999999999999")
    found.clear()
    assert (found.text, said(found)) == ("", "")


def test_only_what_the_roles_may_see_is_asked_for(office: Place) -> None:
    with office.office.uow() as uow:
        before = len(uow.audit.list())
    found = finder(office, HELPER)
    found.find("190000092")
    assert (found.groups, said(found)) == ((), words.NOT_ALLOWED)
    found = finder(office, ADMINISTRATOR)
    found.find("1")
    assert targets(found) == ["event:1"]
    found = finder(office, IMPORTER)
    found.find("190000092")
    (group,) = found.groups
    assert (group.title, [row.way for row in group.rows]) == (words.SUPPLIERS, [None])
    with office.office.uow() as uow:
        assert len(uow.audit.list()) == before, "a search is no attempt at what one may not see"


# What was opened last


def shown(place: Place, staff: Staff | None = None) -> list[tuple[str, str]]:
    return [(str(one.way.target), one.cells[1]) for one in finder(place, staff).recent() if one.way]


def test_screens_tell_what_they_opened_and_it_is_listed_newest_first(office: Place) -> None:
    keep = [
        keeper(office.office, staff=office.staff, store=office.screen_places, kind=kind)
        for kind in recent.KINDS
    ]
    page, case = (
        registrations(office),
        ReviewQueue(office.office, staff=office.staff, reader=office.queue_reader),
    )
    page._on_opened, case._on_opened = keep
    page.open("190000092")
    page.open("190000091")  # there is no such supplier
    case.open("A000092")
    case.open("A999999")
    page.open("190000093")
    page.open("190000092")
    assert shown(office) == [
        ("supplier:190000092", builders.trade_name(92)),
        ("supplier:190000093", builders.trade_name(93)),
        ("application:A000092", builders.trade_name(92)),
    ]


def test_ten_are_kept_each_persons_own_and_numbers_alone(office: Place) -> None:
    for n in range(90, 102):
        opened(office, "supplier", builders.supplier_number(n))
    assert len(shown(office)) == recent.MOST
    assert shown(office)[0][0] == "supplier:190000101"
    kept = office.screen_places.get(office.staff.login, recent.SCREEN)
    assert kept is not None
    assert "商会" not in kept.place
    other = Staff("suzuki", frozenset({Role.REVIEWER}))
    assert shown(office, other) == []


def test_whoever_may_no_longer_read_sees_none_of_it(office: Place) -> None:
    opened(office, "supplier", "190000092")
    assert shown(office, Staff(office.staff.login, frozenset({Role.HELP_DESK}))) == []


def test_it_is_forgotten_after_two_weeks_without_any(office: Place) -> None:
    opened(office, "supplier", "190000092")
    office.clock.advance(recent.KEPT_FOR)
    assert len(shown(office)) == 1
    office.clock.advance(timedelta(seconds=1))
    assert shown(office) == []


@pytest.mark.parametrize("kept", ["", "x", "{}", "7", '[["supplier"], 3, ["case", "A000092"]]'])
def test_what_another_version_kept_is_nothing(office: Place, kept: str) -> None:
    office.screen_places.keep(office.staff.login, recent.SCREEN, KeptPlace(kept, office.clock.now()))
    assert shown(office) == []


def test_an_application_that_is_gone_is_left_out(office: Place) -> None:
    opened(office, "application", "A000001")
    opened(office, "supplier", "190000099")
    assert shown(office) == [("supplier:190000099", "")]


def test_a_page_opens_also_where_nothing_can_be_kept(office: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object) -> None:
        raise StorageError("disk-full")

    monkeypatch.setattr(office.screen_places, "keep", full)
    keeper(office.office, staff=office.staff, store=office.screen_places, kind="supplier")("190000092")
    assert shown(office) == []
