"""What a supplier at the counter does on the screens of the ID walk, and who it is."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests import canary

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


def on_screen(page: Page, screen: str) -> None:
    expect(page.locator(f'[data-testid="screen-title"][data-screen="{screen}"]')).to_be_visible()


def press(page: Page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).locator("visible=true").first.click()


def field(page: Page, key: str) -> Locator:
    return page.get_by_test_id(f"field-{key}")


def to_menu(page: Page) -> None:
    """From the portal to the choice of what is to be done, as the manual goes."""
    on_screen(page, "P-1")
    press(page, "電子入札システム入口（新方式）")
    on_screen(page, "P-2")
    press(page, "少額物品、少額役務")
    on_screen(page, "P-3b")
    press(page, "利用者申請・変更")
    on_screen(page, "ID-0")
    press(page, "利用者登録処理")
    on_screen(page, "ID-1")


def to_search(page: Page) -> None:
    """From the portal to the search of the qualification data."""
    to_menu(page)
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


def files_with(folder: Path, secret: str) -> list[str]:
    found = [
        path for path in folder.rglob("*") if path.is_file() and canary.found_in(path.read_bytes(), secret)
    ]
    return [str(path.relative_to(folder)) for path in found]
