"""Two people for bulk approvals and for cancelling an ID, in a real browser; and one person alone, who types what it is about."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ebidadmin.bootstrap import Desk, open_desk
from ebidadmin.config import CONFIG_NAME
from ebidadmin.domain.applications import ApplicationState
from ebidadmin.domain.ids import ApplicationNumber
from ebidadmin.domain.registrations import Registration, RegistrationState
from ebidadmin.domain.staff import ALL_ROLES, Staff
from ebidadmin.services import bulk_approval, desk_requests
from ebidadmin.services.queue import QueueQuery
from tests.browser.conftest import Network, ServedDesk, wait_for_kernel, wait_for_screen
from tests.browser.test_qualification_import import part

pytestmark = pytest.mark.browser

Shot = Callable[[Page, str], Path]
OTHER = Staff("suzuki", ALL_ROLES)


def guarded(folder: Path, *, one_person: bool) -> Path:
    """The desk of an office that lets nobody approve a list or cancel an ID at one word."""
    settings = folder / CONFIG_NAME
    text = settings.read_text(encoding="utf-8").replace("\nsecond_person = false", "\nsecond_person = true")
    if not one_person:
        text = text.replace("# one_person = false", "one_person = false")
    settings.write_text(text, encoding="utf-8")
    return folder


def ask_for_two(desk: Desk) -> tuple[ApplicationNumber, ...]:
    """Somebody else asks for the approval of two cases; which."""
    found = bulk_approval.ready(desk.office, staff=OTHER, query=QueueQuery(), reader=desk.queue_reader).cases[
        :2
    ]
    desk_requests.request_bulk(desk.office, staff=OTHER, cases=found)
    return tuple(case.number for case in found)


def active(desk: Desk) -> Registration:
    with desk.office.uow() as uow:
        return next(one for one in uow.registrations.all() if one.state is RegistrationState.ACTIVE)


def states(folder: Path, numbers: tuple[ApplicationNumber, ...]) -> set[ApplicationState]:
    with closing(open_desk(folder)) as desk, desk.office.uow() as uow:
        return {uow.applications.get(number).state for number in numbers}


def state_of(folder: Path, one: Registration) -> RegistrationState:
    with closing(open_desk(folder)) as desk, desk.office.uow() as uow:
        return uow.registrations.get(one.application).state


def open_queue(served: ServedDesk, page: Page) -> None:
    page.goto(served.notebook("10_review_queue.ipynb"))
    wait_for_screen(page, "queue")
    wait_for_kernel(page)


def begin_cancelling(served: ServedDesk, page: Page, one: Registration) -> None:
    page.goto(served.notebook("50_registrations.ipynb"))
    wait_for_screen(page, "suppliers")
    wait_for_kernel(page)
    table = part(page, "suppliers")
    table.get_by_test_id("search").fill(one.supplier_number)
    table.get_by_test_id("search").press("Enter")
    table.locator("tbody tr", has_text=one.supplier_number).click()
    page.locator(f'[data-ebid-action="desk-cancel"][data-ebid-value="{one.application}"]').click()


def test_two_people(
    serve_desk: Callable[[Path], ServedDesk],
    demo_desk: Callable[[str], Path],
    page: Page,
    network: Network,
    shot: Shot,
) -> None:
    folder = guarded(demo_desk("two-people"), one_person=False)
    with closing(open_desk(folder)) as desk:
        numbers, one = ask_for_two(desk), active(desk)
    served = serve_desk(folder)
    open_queue(served, page)
    requests = part(page, "requests")
    expect(requests).to_contain_text("suzuki")
    part(page, "action-confirm-request").click()
    for number in numbers:
        expect(requests).to_contain_text(number)
    shot(page, "desk_request_decide")
    part(page, "action-confirm-yes").click()
    expect(part(page, "requests-notice")).to_contain_text("確認しました")
    assert states(folder, numbers) == {ApplicationState.PENDING}
    part(page, "action-carry-out-request").click()
    part(page, "action-confirm-yes").click()
    expect(part(page, "requests-notice")).to_contain_text("2件を承認しました")
    assert states(folder, numbers) == {ApplicationState.APPROVED}
    shot(page, "desk_request_carried_out")

    begin_cancelling(served, page, one)
    part(page, "field-reason").fill("廃業の届出があったため")
    part(page, "submit-do").click()
    expect(part(page, "desk-question")).to_contain_text("廃業の届出")
    shot(page, "desk_request_ask")
    part(page, "action-desk-yes").click()
    expect(part(page, "requests")).to_contain_text("あなたの依頼です")
    shot(page, "desk_request_asked")
    part(page, "action-withdraw-request").click()
    expect(part(page, "requests-notice")).to_contain_text("取り下げました")
    assert state_of(folder, one) is RegistrationState.ACTIVE
    assert network.foreign() == []


@pytest.mark.sqlite_only("one person works alone on SQLite only")
def test_one_person_alone(
    serve_desk: Callable[[Path], ServedDesk], demo_desk: Callable[[str], Path], page: Page, shot: Shot
) -> None:
    folder = guarded(demo_desk("one-person"), one_person=True)
    with closing(open_desk(folder)) as desk:
        found = bulk_approval.ready(
            desk.office, staff=desk.staff, query=QueueQuery(), reader=desk.queue_reader
        ).cases
        one = active(desk)
    numbers = tuple(case.number for case in found)
    served = serve_desk(folder)
    open_queue(served, page)
    part(page, "action-bulk-begin").click()
    form = part(page, "bulk-typed")
    form.get_by_test_id("field-typed").fill(str(len(numbers) + 1))
    form.get_by_test_id("submit-yes").click()
    expect(form).to_contain_text(f"「{len(numbers)}」")
    shot(page, "typed_bulk")
    assert states(folder, numbers) == {ApplicationState.PENDING}
    form.get_by_test_id("field-typed").fill(str(len(numbers)))
    form.get_by_test_id("submit-yes").click()
    expect(part(page, "bulk-notice")).to_contain_text(f"{len(numbers)}件を承認しました")
    assert states(folder, numbers) == {ApplicationState.APPROVED}

    begin_cancelling(served, page, one)
    form = part(page, "desk-form")
    form.get_by_test_id("field-reason").fill("廃業の届出があったため")
    form.get_by_test_id("field-typed").fill("190000000")
    form.get_by_test_id("submit-do").click()
    expect(form).to_contain_text(f"「{one.supplier_number}」")
    shot(page, "typed_cancel")
    form.get_by_test_id("field-typed").fill(one.supplier_number)
    form.get_by_test_id("submit-do").click()
    part(page, "action-desk-yes").click()
    expect(part(page, "supplier-page")).to_contain_text("取り消しました")
    assert state_of(folder, one) is RegistrationState.CANCELLED
