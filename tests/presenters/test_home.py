"""The home screen's state: doors by the clock, counts, mails, the register, alarms."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from ebidadmin.domain.doors import Door, ServiceHours
from ebidadmin.domain.permit_proposals import PermitAct
from ebidadmin.domain.permits import PaperChannel
from ebidadmin.domain.staff import Role, Staff
from ebidadmin.presenters.case import CasePresenter
from ebidadmin.presenters.case_actions import Action
from ebidadmin.presenters.home import Home, HomeView
from ebidadmin.services import permit_proposals, permits
from ebidadmin.services.settings import Settings
from tests import builders
from tests.builders import TANAKA, TODAY
from tests.presenters.office import Place
from tests.presenters.test_qualification_import import file, looked_at, record


def seen(place: Place, staff: Staff | None = None) -> HomeView:
    home = Home(
        place.office,
        staff=staff or place.staff,
        queue_reader=place.queue_reader,
        register_reader=place.register_reader,
        folder=Path("/desk"),
        software="ebidadmin 1",
    )
    home.refresh()
    assert home.view is not None, home.notice
    return home.view


def test_an_empty_office_alarms_about_the_missing_register(place: Place) -> None:
    view = seen(place)
    assert [alarm.tone for alarm in view.alarms] == ["error"]
    assert "資格審査情報" in view.alarms[0].text
    assert view.register == ()


def test_the_register_is_told_by_version_date_file_and_size(place: Place) -> None:
    place.register(1, 2, 3)
    view = seen(place)
    assert dict(view.register) == {
        "版": "第1版",
        "取込日時": "2026/10/07(水) 12:00",
        "ファイル": "register.csv",
        "業者数": "3者",
    }
    assert view.alarms == ()


def test_a_large_import_that_waits_for_a_second_person_alarms(place: Place) -> None:
    place.register(*range(1, 11))
    place.office = replace(place.office, settings=Settings(second_person=True))
    state = looked_at(place, file(place, "half.csv", *(record(n) for n in range(1, 6))))
    assert seen(place).alarms == ()
    state.ask("")
    (alarm,) = seen(place).alarms
    assert (alarm.tone, "取込が1件" in alarm.text) == ("warning", True)
    state.requests.choose("withdraw-request", "R000001")
    assert seen(place).alarms == ()


def test_a_decision_on_a_permit_that_waits_for_a_second_person_alarms(place: Place) -> None:
    place.register(92)
    place.office = replace(place.office, settings=Settings(permit_second_person=True))
    one = permits.record(
        place.office,
        staff=TANAKA,
        supplier_number="190000092",
        received=TODAY,
        channel=PaperChannel.FAX,
    )
    assert seen(place).alarms == ()
    asked = permit_proposals.propose(
        place.office, staff=TANAKA, permit_id=one.id, act=PermitAct.GRANT, valid_to=date(2028, 3, 31)
    )
    (alarm,) = seen(place).alarms
    assert (alarm.tone, "許可の依頼が1件" in alarm.text) == ("warning", True)
    permit_proposals.withdraw(place.office, staff=TANAKA, number=asked.id)
    assert seen(place).alarms == ()


@pytest.mark.parametrize(
    ("moment", "states", "opening"),
    [
        (datetime(2026, 10, 7, 3, 0, tzinfo=UTC), ["受付中", "受付中", "受付中"], "—"),
        (datetime(2026, 10, 7, 11, 0, tzinfo=UTC), ["時間外", "受付中", "時間外"], "2026/10/08(木) 8:30"),
        (datetime(2026, 10, 10, 3, 0, tzinfo=UTC), ["時間外", "時間外", "時間外"], "2026/10/13(火) 8:30"),
    ],
    ids=["working day at noon", "20:00 sharp", "Saturday before a holiday Monday"],
)
def test_doors_open_and_close_by_the_clock(
    place: Place, moment: datetime, states: list[str], opening: str
) -> None:
    place.clock.set(moment)
    view = seen(place)
    assert [door.state for door in view.doors] == states
    assert view.doors[0].next_opening.replace(" 08:30", " 8:30") == opening
    assert view.doors[0].hours == "平日 8:30～20:00"
    assert not view.always_open


def test_doors_that_are_always_open_are_said_to_be_so(place: Place) -> None:
    always = ServiceHours(time(8, 30), time(20), always=True)
    place.office = replace(place.office, settings=Settings(hours=dict.fromkeys(Door, always)))
    view = seen(place)
    assert view.always_open
    assert all("常時受付" in door.hours for door in view.doors)


def test_counts_overdue_and_mails_that_gave_up(place: Place) -> None:
    place.register(1, 2)
    place.permit(1, 2)
    place.submit(1, at=builders.NOON - timedelta(days=10))
    place.submit(2)
    counts = {line.label: line.count for line in seen(place).counts}
    assert counts["審査中"] == "2件"
    assert counts["期限超過"] == "1件"
    assert any("期限" in alarm.text for alarm in seen(place).alarms)
    case = CasePresenter(place.office, staff=place.staff)
    case.open(builders.application_number(1))
    case.begin(Action.APPROVE)
    place.mails.write_text("no folder")
    case.confirm()
    mails = {line.label: line.count for line in seen(place).mails}
    assert mails == {"送信待ち": "1件", "送信断念": "0件"}


def test_what_is_told_leads_to_where_it_is_seen_to(place: Place) -> None:
    place.register(1)
    place.submit(1, at=builders.NOON - timedelta(days=10))
    view = seen(place)
    (alarm,) = view.alarms
    assert [(way.notebook, str(way.target)) for way in alarm.ways] == [
        ("10_review_queue.ipynb", "view:overdue")
    ]
    counted = {line.label: str(line.way.target) for line in (*view.counts, *view.mails) if line.way}
    assert counted["期限超過"] == "view:overdue"
    assert counted["審査中"] == "view:pending"
    assert counted["送信断念"] == "view:gave-up"
    assert [str(way.target) for way in view.lists] == ["view:requested", "view:follow-ups"]


def test_somebody_who_may_not_read_applications_sees_numbers_only(place: Place) -> None:
    place.submit(1)
    view = seen(place, Staff("yamada", frozenset({Role.HELP_DESK})))
    assert not any(line.way for line in view.counts)
    assert view.lists == ()
    assert "期限超過" not in {line.label for line in view.counts}
    assert {line.label: line.count for line in view.counts}["審査中"] == "1件"


def test_who_acts_where_and_the_ways_to_the_other_screens(place: Place) -> None:
    view = seen(place)
    assert dict(view.desk)["操作する人"] == "tanaka"
    assert dict(view.desk)["保存先"] == "/desk"
    assert [link.notebook for link in view.links] == [
        "10_review_queue.ipynb",
        "20_permits.ipynb",
        "30_qualification_import.ipynb",
        "31_layout_maker.ipynb",
        "40_card_walkthrough.ipynb",
        "41_id_walkthrough.ipynb",
        "50_registrations.ipynb",
        "60_audit.ipynb",
        "70_reports.ipynb",
        "90_diagnosis.ipynb",
    ]
