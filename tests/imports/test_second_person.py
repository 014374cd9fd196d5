"""With the setting on, a large change of the register needs another person, whatever way it is tried; without it nothing is different."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ebidadmin.domain.events import EventTag, Subject, SubjectKind
from ebidadmin.domain.import_requests import ImportRequest, RequestState
from ebidadmin.domain.imports import ImportBatch, ImportPlan
from ebidadmin.domain.layouts import Layout
from ebidadmin.domain.staff import Role, Staff
from ebidadmin.errors import (
    EbidError,
    IllegalTransitionError,
    NotPermittedError,
    StalePlanError,
)
from ebidadmin.intake.csv import CsvSource
from ebidadmin.services import import_requests, qualification_import
from ebidadmin.services.import_requests import Listed
from ebidadmin.services.settings import Settings
from tests.builders import calendar
from tests.imports.office import IMPORTER, ImportDesk
from tests.imports.test_apply import OWN, file, hundred

OTHER = Staff("kakunin", frozenset({Role.IMPORTER}))
APPROVER = Staff("kacho", frozenset({Role.APPROVER}))
THIRD = Staff("daisan", frozenset({Role.IMPORTER}))


@pytest.fixture
def guarded(desk: ImportDesk, tmp_path: Path) -> ImportDesk:
    """An office of a hundred records that wants a second person."""
    desk.bring_in(file(tmp_path, hundred()), OWN)
    return with_second_person(desk)


def with_second_person(desk: ImportDesk, **settings: Any) -> ImportDesk:
    office = replace(desk.office, settings=Settings(second_person=True, **settings), calendar=calendar())
    return replace(desk, office=office)


@pytest.fixture
def half(tmp_path: Path) -> Path:
    """A file that lets half of the register vanish."""
    return file(tmp_path, hundred()[:50], "half.csv")


def ask(desk: ImportDesk, path: Path, staff: Staff = IMPORTER, layout: Layout = OWN) -> ImportRequest:
    plan = desk.preview(path, layout)
    return import_requests.request(desk.office, staff=staff, plan=plan, layout=layout, note="年度替わり")


def apply(
    desk: ImportDesk,
    path: Path,
    *,
    staff: Staff = IMPORTER,
    plan: ImportPlan | None = None,
    layout: Layout = OWN,
) -> ImportBatch:
    """By the service itself, every warning confirmed."""
    return qualification_import.apply(
        desk.office,
        staff=staff,
        store=desk.store,
        source=CsvSource(path, layout),
        layout=layout,
        plan=plan or desk.preview(path, layout),
        confirmed_scale=True,
    )


def confirm(desk: ImportDesk, one: ImportRequest, staff: Staff = OTHER) -> ImportRequest:
    return import_requests.confirm(desk.office, staff=staff, number=one.id)


def stored(desk: ImportDesk, one: ImportRequest) -> ImportRequest:
    with desk.office.uow() as uow:
        return uow.import_requests.get(one.id)


def refused(code: str, work: Callable[[], object]) -> EbidError:
    with pytest.raises(EbidError) as caught:
        work()
    assert caught.value.code == code, caught.value
    return caught.value


def test_another_person_confirms_and_the_trail_names_both(guarded: ImportDesk, half: Path) -> None:
    refused("second-person-needed", lambda: apply(guarded, half))
    one = ask(guarded, half)
    assert (one.binding.vanished, one.binding.unchanged, one.note) == (50, 50, "年度替わり")
    assert one.scale_warnings == (("many-vanish", "0.5000"),)
    refused("second-person-waiting", lambda: apply(guarded, half))
    refused("own-request", lambda: confirm(guarded, one, IMPORTER))
    refused("own-request", lambda: confirm(guarded, one, replace(IMPORTER, login=" YunYuu")))
    refused("second-person-waiting", lambda: apply(guarded, half))
    assert confirm(guarded, one).confirmed_by == OTHER.login
    batch = apply(guarded, half)
    assert (batch.id, batch.vanished) == (2, 50)
    assert len(guarded.register()) == 50
    after = stored(guarded, one)
    assert (after.state, after.batch, after.ended_by) == (RequestState.APPLIED, 2, IMPORTER.login)
    with guarded.office.uow() as uow:
        entry = uow.audit.last_of(Subject(SubjectKind.IMPORT, "2"))
        own = uow.audit.list(subject=Subject(SubjectKind.IMPORT_REQUEST, one.id))
    assert entry is not None
    assert {name: entry.event.facts[name] for name in ("request", "requested_by", "confirmed_by")} == {
        "request": one.id,
        "requested_by": IMPORTER.login,
        "confirmed_by": OTHER.login,
    }
    assert [(one.event.tag, one.event.by) for one in own] == [
        (EventTag.IMPORT_REQUEST_MADE, IMPORTER.login),
        (EventTag.REFUSED_BY_RULE, IMPORTER.login),
        (EventTag.REFUSED_BY_RULE, " YunYuu"),
        (EventTag.IMPORT_REQUEST_CONFIRMED, OTHER.login),
        (EventTag.IMPORT_REQUEST_APPLIED, IMPORTER.login),
    ]


def test_an_attempt_without_a_second_person_stands_in_the_trail(guarded: ImportDesk, half: Path) -> None:
    refused("second-person-needed", lambda: apply(guarded, half))
    with guarded.office.uow() as uow:
        entry = uow.audit.last_of(Subject(SubjectKind.DESK, "register"))
    assert entry is not None
    assert (entry.event.tag, entry.event.by) == (EventTag.REFUSED_BY_RULE, IMPORTER.login)
    assert entry.event.facts["code"] == "second-person-needed"


def test_a_plan_that_says_it_is_small_does_not_slip_through(guarded: ImportDesk, half: Path) -> None:
    plan = guarded.preview(half, OWN)
    refused("second-person-needed", lambda: apply(guarded, half, plan=replace(plan, scale_warnings=())))
    forged = replace(plan, scale_warnings=(), vanished=1, unchanged=99)
    refused("counts-differ", lambda: apply(guarded, half, plan=forged))
    assert len(guarded.register()) == 100


def test_what_is_not_large_needs_nobody(guarded: ImportDesk, tmp_path: Path) -> None:
    path = file(tmp_path, hundred()[:97], "small.csv")
    refused("request-not-needed", lambda: ask(guarded, path))
    assert apply(guarded, path).vanished == 3


def test_without_the_setting_ones_own_word_is_enough(desk: ImportDesk, tmp_path: Path, half: Path) -> None:
    desk.bring_in(file(tmp_path, hundred()), OWN)
    single = with_second_person(desk)
    single = replace(single, office=replace(single.office, settings=Settings()))
    refused("request-not-needed", lambda: ask(single, half))
    assert apply(single, half).vanished == 50


def test_the_first_import_has_nothing_to_lose(desk: ImportDesk, tmp_path: Path) -> None:
    assert apply(with_second_person(desk), file(tmp_path, hundred())).added == 100


@pytest.mark.parametrize("staff", [OTHER, APPROVER])
def test_importers_and_approvers_may_confirm(guarded: ImportDesk, half: Path, staff: Staff) -> None:
    one = ask(guarded, half)
    assert confirm(guarded, one, staff).confirmed_by == staff.login


def test_others_may_not(guarded: ImportDesk, half: Path) -> None:
    one = ask(guarded, half)
    reviewer = Staff("shinsa", frozenset({Role.REVIEWER}))
    for work in (
        lambda: confirm(guarded, one, reviewer),
        lambda: import_requests.decline(guarded.office, staff=reviewer, number=one.id, reason="x"),
        lambda: import_requests.withdraw(guarded.office, staff=APPROVER, number=one.id),
        lambda: import_requests.list_all(guarded.office, staff=reviewer),
        lambda: ask(guarded, half, staff=APPROVER),
    ):
        with pytest.raises(NotPermittedError):
            work()
    assert stored(guarded, one).state is RequestState.REQUESTED
    assert import_requests.waiting(guarded.office) == 1


def test_the_confirming_person_may_apply_the_same_file_under_another_name(
    guarded: ImportDesk, half: Path
) -> None:
    confirm(guarded, ask(guarded, half))
    copy = half.with_name("renamed.csv")
    copy.write_bytes(half.read_bytes())
    assert apply(guarded, copy, staff=OTHER).by == OTHER.login


def test_another_file_is_not_what_was_confirmed(guarded: ImportDesk, half: Path, tmp_path: Path) -> None:
    confirm(guarded, ask(guarded, half))
    other = file(tmp_path, hundred()[50:], "other.csv")
    refused("second-person-needed", lambda: apply(guarded, other))
    assert len(guarded.register()) == 100


def test_another_layout_of_the_same_name_is_not_what_was_confirmed(guarded: ImportDesk, half: Path) -> None:
    confirm(guarded, ask(guarded, half))
    retitled = replace(OWN, constants={"remarks": "x"})
    refused("second-person-needed", lambda: apply(guarded, half, layout=retitled))


def test_a_declined_or_withdrawn_request_lets_nothing_through(guarded: ImportDesk, half: Path) -> None:
    one = confirm(guarded, ask(guarded, half))
    done = import_requests.decline(guarded.office, staff=THIRD, number=one.id, reason=" 古いファイル ")
    assert (done.state, done.reason, done.confirmed_by) == (
        RequestState.DECLINED,
        "古いファイル",
        OTHER.login,
    )
    refused("second-person-needed", lambda: apply(guarded, half))
    again = ask(guarded, half)
    assert again.id == "R000002"
    refused(
        "request-of-other",
        lambda: import_requests.withdraw(guarded.office, staff=OTHER, number=again.id),
    )
    import_requests.withdraw(guarded.office, staff=IMPORTER, number=again.id)
    refused("illegal-transition", lambda: confirm(guarded, again))
    refused("second-person-needed", lambda: apply(guarded, half))


def test_of_one_change_there_is_one_open_request(guarded: ImportDesk, half: Path) -> None:
    first = ask(guarded, half)
    error = refused("request-open", lambda: ask(guarded, half, OTHER))
    assert (error.facts["id"], error.facts["by"]) == (first.id, IMPORTER.login)


def test_a_request_ends_with_its_working_days(guarded: ImportDesk, half: Path) -> None:
    one = ask(guarded, half)
    # Wednesday noon; five working days later is a Thursday, because Monday the 12th is a holiday.
    assert one.expires_at - one.requested_at == timedelta(days=8, hours=12)
    guarded.clock.set(one.expires_at - timedelta(seconds=1))
    confirm(guarded, one)
    guarded.clock.advance(timedelta(seconds=1))
    (listed,) = import_requests.list_all(guarded.office, staff=OTHER)
    assert (listed.over, listed.own) == ("lifetime", False)
    refused("second-person-needed", lambda: apply(guarded, half))
    assert import_requests.waiting(guarded.office) == 0
    again = ask(guarded, half)
    ended = stored(guarded, one)
    assert (ended.state, ended.reason, ended.confirmed_by) == (RequestState.EXPIRED, "lifetime", OTHER.login)
    assert [one.request for one in import_requests.list_all(guarded.office, staff=OTHER)] == [again]
    assert len(import_requests.list_all(guarded.office, staff=OTHER, open_only=False)) == 2


def test_once_the_register_moved_on_a_request_is_void(
    guarded: ImportDesk, half: Path, tmp_path: Path
) -> None:
    one = ask(guarded, half)
    apply(guarded, file(tmp_path, hundred()[:99], "small.csv"))
    with pytest.raises(StalePlanError, match="request-stale"):
        confirm(guarded, one)
    ended = stored(guarded, one)
    assert (ended.state, ended.reason) == (RequestState.EXPIRED, "register-moved-on")
    with pytest.raises(IllegalTransitionError):
        confirm(guarded, one)


def test_a_plan_of_an_older_register_is_not_asked_for(
    guarded: ImportDesk, half: Path, tmp_path: Path
) -> None:
    plan = guarded.preview(half, OWN)
    apply(guarded, file(tmp_path, hundred()[:99], "small.csv"))
    refused(
        "register-changed",
        lambda: import_requests.request(guarded.office, staff=IMPORTER, plan=plan, layout=OWN),
    )


def test_what_is_listed_says_whose_it_is(guarded: ImportDesk, half: Path) -> None:
    one = ask(guarded, half)
    mine = replace(IMPORTER, login=IMPORTER.login.upper())
    assert import_requests.list_all(guarded.office, staff=mine) == (Listed(one, None, own=True),)
    assert import_requests.list_all(guarded.office, staff=APPROVER) == (Listed(one, None, own=False),)
