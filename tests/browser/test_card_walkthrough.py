"""A supplier at the counter registers an IC card in a real browser, across a reload; afterwards the PIN is in no file of the desk."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from playwright.sync_api import Page, expect

from ebidadmin.bootstrap import Desk, open_desk
from ebidadmin.bundled import bundled
from ebidadmin.demo.pki import issue_card, make_ca, sample_holder
from ebidadmin.domain.mails import MailKind
from ebidadmin.services import follow_up
from ebidadmin.smartcard.made_up import CardBox, MadeUpKey, make_card
from tests.browser.conftest import ServedDesk, save_notebook, wait_for_kernel, wait_for_screen
from tests.browser.counter import NAME, SUPPLIER, TYPED, field, files_with, on_screen, press

pytestmark = pytest.mark.browser

PIN = "48291537"
SINCE, UNTIL = datetime(2020, 1, 1, tzinfo=UTC), datetime(2039, 12, 31, tzinfo=UTC)


@pytest.fixture(scope="module")
def served(serve_desk: Callable[[Path], ServedDesk], demo_desk: Callable[[str], Path]) -> ServedDesk:
    """A demo desk that trusts a made-up authority, with a card of it in the simulated reader."""
    folder = demo_desk("counter")
    ca = make_ca()
    (folder / "data" / "reference" / "trust" / "made-up.der").write_bytes(ca.certificate)
    holder = sample_holder(bundled("data") / "samples")
    certificate, key = issue_card(ca, holder, not_before=SINCE, not_after=UNTIL)
    stored = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    card = make_card(
        "card", [MadeUpKey(certificate, stored)], pin=PIN.encode(), puk=b"73519284", reader="reader"
    )
    with closing(open_desk(folder)) as opened:
        box = CardBox(opened.config.simulated_cards)
        # One of the demo desk's training cards lies in a reader.
        box.pull("good")
        box.put(card)
    return serve_desk(folder)


def open_walkthrough(page: Page, served: ServedDesk) -> None:
    page.goto(served.notebook("40_card_walkthrough.ipynb"))
    wait_for_screen(page, "walkthrough-screen")
    wait_for_kernel(page)


def give_pin(page: Page, pin: str = PIN) -> None:
    on_screen(page, "IC-2")
    field(page, "pin").fill(pin)
    press(page, "OK")


def to_menu(page: Page) -> None:
    on_screen(page, "P-1")
    press(page, "電子入札システム入口（新方式）")
    on_screen(page, "P-2")
    press(page, "物品、役務")
    on_screen(page, "P-3a")
    press(page, "利用者登録")


def to_confirmation(page: Page) -> None:
    to_menu(page)
    on_screen(page, "IC-1")
    press(page, "登録")
    give_pin(page, "0000")
    expect(page.get_by_test_id("walkthrough-screen")).to_contain_text("PINが違います")
    expect(field(page, "pin")).to_have_value("")
    give_pin(page)
    on_screen(page, "IC-3")
    press(page, "利用者登録処理")
    on_screen(page, "IC-4")
    field(page, "supplier_number").fill(SUPPLIER)
    field(page, "trade_name").fill(NAME)
    press(page, "検索")
    on_screen(page, "IC-5")
    for name, value in TYPED.items():
        field(page, f"main_contact.{name}").fill(value)
    press(page, "代表窓口と同じ")
    press(page, "入力内容確認")
    on_screen(page, "IC-6")


def test_a_card_is_registered_across_a_reload_and_the_pin_is_nowhere(
    page: Page, served: ServedDesk, desk: Desk, shot: Callable[[Page, str], Path]
) -> None:
    open_walkthrough(page, served)
    page.get_by_test_id("start-register").click()
    expect(page.get_by_test_id("mode-banner")).to_contain_text("登録モード")
    to_confirmation(page)
    shown = page.get_by_test_id("walkthrough-screen")
    for expected in ("テスト用団体", "不一致", "825831477", "2039/12/31", "未確認"):
        expect(shown).to_contain_text(expected)
    shot(page, "card_confirm")
    save_notebook(page)
    open_walkthrough(page, served)
    on_screen(page, "IC-6")
    press(page, "登録")
    give_pin(page)
    on_screen(page, "IC-6")
    press(page, "登録")
    on_screen(page, "IC-7")
    expect(shown).to_contain_text("企業IDは")
    shot(page, "card_done")
    save_notebook(page)
    with desk.office.uow() as uow:
        (card,) = uow.cards.all()
        kinds = [mail.draft.kind for mail in uow.mails.list()]
    assert card.supplier_number == SUPPLIER
    assert MailKind.CARD_REGISTERED in kinds
    codes = {item.code.value for item in follow_up.listed(desk.office, staff=desk.staff)}
    assert codes >= {"company-differs", "holder-differs", "revocation-unchecked"}
    assert files_with(served.folder, PIN) == []
    assert PIN not in subprocess.run(["ps", "axww"], capture_output=True, text=True, check=True).stdout
