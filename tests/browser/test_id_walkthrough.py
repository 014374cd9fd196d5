"""A supplier at the counter applies for an ID in a real browser; afterwards the password is in no file of the desk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from ebidadmin.bootstrap import Desk, open_desk
from ebidadmin.cli.foundation import create_desk
from ebidadmin.domain.applications import ApplicationState, IdApplication
from ebidadmin.domain.ids import SupplierNumber
from ebidadmin.domain.mails import MailKind, MailState
from tests import canary
from tests.browser.conftest import Network, ServedDesk, save_notebook, wait_for_kernel, wait_for_screen

pytestmark = pytest.mark.browser

Shot = Callable[[Page, str], Path]

SUPPLIER = "190000092"
NAME = "(株)テスト商会01"
PASSWORD = "Kanariya7Himitsu9"
TYPED = {
    "name": "営業部",
    "postcode": "750-0006",
    "address": "山口県下関市南部町1-1",
    "person": "代表　1太郎",
    "phone": "083-231-3178",
    "fax": "083-231-3178",
    "email": "acceptor1@example.jp",
    "email_again": "acceptor1@example.jp",
}


@pytest.fixture(scope="module")
def served(serve_desk: Callable[[Path], ServedDesk], tmp_path_factory: pytest.TempPathFactory) -> ServedDesk:
    folder = tmp_path_factory.mktemp("counter") / "desk"
    create_desk(folder, demo=True, progress=lambda step: None)
    return serve_desk(folder)


@pytest.fixture
def desk(served: ServedDesk) -> Iterator[Desk]:
    with closing(open_desk(served.folder)) as opened:
        yield opened


def on_screen(page: Page, screen: str) -> None:
    expect(page.locator(f'[data-testid="screen-title"][data-screen="{screen}"]')).to_be_visible()


def press(page: Page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).locator("visible=true").first.click()


def field(page: Page, key: str) -> Locator:
    return page.get_by_test_id(f"field-{key}")


def to_search(page: Page) -> None:
    """From the portal to the search of the qualification data, as the manual goes."""
    on_screen(page, "P-1")
    press(page, "電子入札システム入口（新方式）")
    on_screen(page, "P-2")
    press(page, "少額物品、少額役務")
    on_screen(page, "P-3b")
    press(page, "利用者申請・変更")
    on_screen(page, "ID-0")
    press(page, "利用者登録処理")
    on_screen(page, "ID-1")
    press(page, "ID登録申請")
    on_screen(page, "ID-2")


def search(page: Page) -> None:
    field(page, "supplier_number").fill(SUPPLIER)
    field(page, "trade_name").fill(NAME)
    press(page, "検索")


def to_form(page: Page) -> None:
    to_search(page)
    search(page)
    on_screen(page, "ID-3")


def fill_form(page: Page) -> None:
    field(page, "company_phone").fill("０８３－２３１－３１７８")
    field(page, "company_fax").fill("083-231-3178")
    field(page, "branch").fill("本店")
    for contact in ("main_contact", "applicant_contact"):
        for name, value in TYPED.items():
            field(page, f"{contact}.{name}").fill(value)
    field(page, "user_id").fill("oi25io14")


def give_password(page: Page, password: str, again: str) -> None:
    field(page, "password").fill(password)
    field(page, "password_again").fill(again)
    press(page, "入力内容確認")


def applications_of(desk: Desk) -> tuple[IdApplication, ...]:
    with desk.office.uow() as uow:
        return uow.applications.of_supplier(SupplierNumber(SUPPLIER))


def files_with(folder: Path, secret: str) -> list[str]:
    found = [
        path for path in folder.rglob("*") if path.is_file() and canary.found_in(path.read_bytes(), secret)
    ]
    return [str(path.relative_to(folder)) for path in found]


def open_walkthrough(page: Page, served: ServedDesk) -> None:
    page.goto(served.notebook("41_id_walkthrough.ipynb"))
    wait_for_screen(page, "walkthrough-screen")
    wait_for_kernel(page)


def test_a_rehearsal_registers_nothing(page: Page, served: ServedDesk, desk: Desk, shot: Shot) -> None:
    open_walkthrough(page, served)
    shot(page, "walkthrough_portal")
    to_search(page)
    field(page, "supplier_number").fill("19000009")
    press(page, "検索")
    expect(page.get_by_test_id("walkthrough-form")).to_contain_text("エラー")
    shot(page, "walkthrough_search_error")
    search(page)
    on_screen(page, "ID-3")
    fill_form(page)
    give_password(page, PASSWORD, PASSWORD)
    on_screen(page, "ID-4")
    press(page, "登録")
    on_screen(page, "ID-5")
    assert applications_of(desk) == ()


def expect_application(desk: Desk) -> None:
    """One application with the password's hash, and its mail handed over."""
    (application,) = applications_of(desk)
    assert application.state is ApplicationState.PENDING
    assert application.password_hash is not None
    assert desk.office.hasher.verify(application.password_hash, PASSWORD.encode())
    with desk.office.uow() as uow:
        (mail,) = [mail for mail in uow.mails.list() if mail.draft.kind is MailKind.ID_SUBMITTED]
    assert mail.draft.to == ("acceptor1@example.jp",)
    assert mail.state is MailState.SENT


def test_an_application_comes_in_and_the_password_is_nowhere(
    page: Page, served: ServedDesk, desk: Desk, network: Network, shot: Shot
) -> None:
    open_walkthrough(page, served)
    page.get_by_test_id("start-register").click()
    expect(page.get_by_test_id("mode-banner")).to_contain_text("登録")
    to_form(page)
    fill_form(page)
    give_password(page, PASSWORD, PASSWORD + "x")
    expect(page.get_by_test_id("walkthrough-form")).to_contain_text("エラー")
    expect(field(page, "password")).to_have_value("")
    expect(field(page, "branch")).to_have_value("本店")
    shot(page, "walkthrough_form")
    field(page, "password").fill(PASSWORD)
    save_notebook(page)
    give_password(page, PASSWORD, PASSWORD)
    on_screen(page, "ID-4")
    expect(page.get_by_test_id("walkthrough-screen")).to_contain_text("*****")
    expect(page.get_by_test_id("walkthrough-screen")).to_contain_text("083-231-3178")
    shot(page, "walkthrough_confirm")
    press(page, "戻る")
    on_screen(page, "ID-3")
    expect(field(page, "branch")).to_have_value("本店")
    give_password(page, PASSWORD, PASSWORD)
    on_screen(page, "ID-4")
    press(page, "登録")
    on_screen(page, "ID-5")
    shot(page, "walkthrough_done")
    with page.expect_download() as download:
        press(page, "印刷")
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")
    save_notebook(page)
    expect_application(desk)
    assert files_with(served.folder, PASSWORD) == []
    assert files_with(served.folder, NAME) != []
    assert network.foreign() == []
    assert [address for address in network.addresses if PASSWORD in address] == []


def test_a_second_application_is_shown_its_state_instead_of_the_form(
    page: Page, served: ServedDesk, shot: Shot
) -> None:
    open_walkthrough(page, served)
    to_search(page)
    search(page)
    expect(page.get_by_test_id("walkthrough-screen")).to_contain_text("審査中")
    shot(page, "walkthrough_state")
