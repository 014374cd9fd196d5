"""One supplier's story in a real browser, from the paper application to the withdrawal of the permit, with a mail server that takes the
mails over TLS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from ebidadmin.bootstrap import open_desk
from ebidadmin.domain.applications import ApplicationState
from ebidadmin.domain.ids import PermitId, SupplierNumber
from ebidadmin.domain.permits import PaperChannel
from ebidadmin.mailing.smtp import Security
from ebidadmin.text.walkthrough import APPLY_AGAIN
from tests import canary
from tests.browser.conftest import Network, ServedDesk
from tests.browser.counter import (
    NAME,
    PASSWORD,
    SUPPLIER,
    TYPED,
    field,
    fill_form,
    give_password,
    on_screen,
    press,
    search,
    to_search,
)
from tests.browser.story import Story, part, plain, text_of
from tests.browser.test_id_change import FORGOTTEN, WRONG, fill, press_to_change, said, sign_in
from tests.browser.test_permits import grant, record
from tests.cli.test_mail import use_server
from tests.mail_server import MailServer, running_mail_server
from tests.waiting import wait_until

pytestmark = pytest.mark.browser

USER_ID, NEW_USER_ID, LAST_USER_ID = "oi25io14", "shinki0092", "kawatta0092"
NEW_PASSWORD = "Atarashii8Ango"
INQUIRY = "支店名の登記を確かめたいので、登記事項証明書の写しをお送りください。"
WITHDRAWN = "代表者からの申出"


@pytest.fixture(scope="module")
def mail_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailServer]:
    with running_mail_server(tmp_path_factory.mktemp("mail-server"), Security.TLS) as server:
        yield server


@pytest.fixture(scope="module")
def served(
    serve_desk: Callable[[Path], ServedDesk],
    demo_desk: Callable[[str], Path],
    mail_server: MailServer,
) -> ServedDesk:
    """A demo desk whose mails leave by that server."""
    folder = demo_desk("story")
    use_server(folder, mail_server.port, "tls", mail_server.ca_file)
    return serve_desk(folder)


@pytest.fixture
def story(
    served: ServedDesk, context: BrowserContext, mail_server: MailServer, shot: Callable[[Page, str], Path]
) -> Iterator[Story]:
    with closing(open_desk(served.folder)) as desk:
        yield Story(served, desk, context, mail_server, shot)


# Paper


def permit_by_fax(story: Story) -> str:
    """The paper application comes by fax and is granted; its letter says so. The number of the permit."""
    with story.screen("20_permits.ipynb", "permits") as page:
        number = record(page, NAME, story.shot)
        grant(page, f"{NAME}(業者番号 {SUPPLIER}、{number})に利用を許可します", story.shot)
        part(page, "verb-letter").click()
        expect(part(page, "letter").locator("img")).to_be_visible()
        story.shot(page, "story_letter")
        with page.expect_download() as download:
            part(page, "letter").get_by_test_id("action-save").click()
        said = "".join(text_of(Path(download.value.path()).read_bytes()).split())
    with story.desk.office.uow() as uow:
        granted = uow.permits.get(PermitId(number))
    assert granted.channel is PaperChannel.FAX
    assert granted.document is not None
    for word in ("許可通知書", NAME, SUPPLIER, f"第{granted.document.number}号"):
        assert word in said
    return number


def withdraw(story: Story, number: str) -> None:
    with story.screen("20_permits.ipynb", "permits") as page:
        permits = part(page, "permits")
        permits.get_by_role("searchbox").fill(SUPPLIER)
        expect(permits.locator("tbody tr")).to_have_count(1)
        permits.locator("tbody tr", has_text=number).click()
        expect(part(page, "permit-title")).to_have_attribute("data-number", number)
        part(page, "verb-withdraw").click()
        form = part(page, "permit-form")
        form.get_by_test_id("field-reason").fill(WITHDRAWN)
        form.get_by_test_id("submit-do").click()
        expect(part(page, "permit-notice")).to_contain_text("許可を取り消しました")


# The supplier at the walkthrough


def apply(story: Story) -> None:
    with story.screen("41_id_walkthrough.ipynb", "walkthrough-screen") as page:
        part(page, "start-register").click()
        to_search(page)
        search(page)
        on_screen(page, "ID-3")
        fill_form(page)
        finish(page)


def apply_again(story: Story, reasons: list[str]) -> None:
    """The state tells why it was rejected; the form has what was entered before, but no password."""
    with story.screen("41_id_walkthrough.ipynb", "walkthrough-screen") as page:
        part(page, "start-register").click()
        to_search(page)
        search(page)
        on_screen(page, "ID-2-state")
        shown = part(page, "walkthrough-screen")
        for reason in ("却下", *reasons):
            expect(shown).to_contain_text(reason)
        story.shot(page, "story_rejected")
        press(page, APPLY_AGAIN)
        on_screen(page, "ID-3")
        expect(field(page, "branch")).to_have_value("本店")
        expect(field(page, "user_id")).to_have_value(USER_ID)
        expect(field(page, "applicant_contact.email")).to_have_value(TYPED["email"])
        expect(field(page, "password")).to_have_value("")
        story.shot(page, "story_again")
        for contact in ("main_contact", "applicant_contact"):
            field(page, f"{contact}.email_again").fill(TYPED["email"])
        finish(page)


def finish(page: Page) -> None:
    give_password(page, PASSWORD, PASSWORD)
    on_screen(page, "ID-4")
    press(page, "登録")
    on_screen(page, "ID-5")


# The clerk at the queue


@contextmanager
def case(story: Story) -> Iterator[Page]:
    """The newest application of the supplier, opened from the queue."""
    with story.screen("10_review_queue.ipynb", "queue") as page:
        number = story.number
        part(page, "queue").get_by_role("searchbox").fill(number)
        row = part(page, "queue").locator(f'tbody tr[data-id="{number}"]')
        expect(part(page, "queue").locator("tbody tr")).to_have_count(1)
        row.click()
        expect(part(page, "case-title")).to_have_attribute("data-number", number)
        yield page


def confirm(page: Page) -> str:
    """Yes to the mail that is shown; its body."""
    shown = part(page, "mail-body").text_content() or ""
    part(page, "action-confirm-yes").click()
    expect(part(page, "case-notice")).to_be_visible()
    return shown


def inquire_and_answer(story: Story) -> None:
    with case(story) as page:
        part(page, "begin-inquire").click()
        field(page, "text").fill(INQUIRY)
        part(page, "submit-go").click()
        shown = confirm(page)
    assert story.state() is ApplicationState.INQUIRED
    assert INQUIRY in shown
    assert plain(story.mail()) == shown
    with case(story) as page:
        expect(part(page, "case-body")).to_contain_text(INQUIRY)
        part(page, "begin-answer").click()
        field(page, "text").fill("登記事項証明書の写しをFAXで受け取った。")
        part(page, "submit-go").click()
        expect(part(page, "case-notice")).to_be_visible()
        story.shot(page, "story_answered")
    assert story.state() is ApplicationState.PENDING


def reject(story: Story) -> list[str]:
    """For two reasons, both of which the mail tells; their words."""
    with case(story) as page:
        part(page, "begin-reject").click()
        boxes = part(page, "case-form").get_by_role("checkbox")
        for position in (0, 1):
            boxes.nth(position).check()
        part(page, "submit-go").click()
        shown = confirm(page)
    assert story.state() is ApplicationState.REJECTED
    with story.desk.office.uow() as uow:
        decision = uow.applications.of_supplier(SupplierNumber(SUPPLIER))[0].decision
    assert decision is not None
    reasons = [story.desk.office.reasons.label(code) for code in decision.reasons]
    assert len(reasons) == 2
    assert all(reason in shown for reason in reasons)
    assert plain(story.mail()) == shown
    return reasons


def approve(story: Story) -> None:
    """The result mail comes over the line and has nothing of what was entered."""
    with case(story) as page:
        part(page, "begin-approve").click()
        for word in part(page, "case-form").locator('input[type="text"]').all():
            word.fill("電話で確認済み")
        if part(page, "submit-go").count():
            part(page, "submit-go").click()
        shown = confirm(page)
        story.shot(page, "story_approved")
    assert story.state() is ApplicationState.APPROVED
    assert plain(story.mail()) == shown
    for entered in (USER_ID, PASSWORD, TYPED["address"], TYPED["phone"], TYPED["email"]):
        assert entered not in shown


# The clerk at the supplier's page


@contextmanager
def supplier_page(story: Story) -> Iterator[Page]:
    with story.screen("50_registrations.ipynb", "suppliers") as page:
        suppliers = part(page, "suppliers")
        suppliers.get_by_role("searchbox").fill(SUPPLIER)
        expect(suppliers.locator("tbody tr")).to_have_count(1)
        suppliers.locator("tbody tr").dblclick()
        expect(part(page, "supplier-title")).to_contain_text(SUPPLIER)
        yield page


def expect_answer(story: Story, picture: str, *told: str) -> None:
    with supplier_page(story) as page:
        for word in told:
            expect(part(page, "eligibility")).to_contain_text(word)
        story.shot(page, picture)


def code_by_letter(story: Story) -> str:
    """A letter with a one-time code, after a look at who asks; the code as it stands there."""
    with supplier_page(story) as page:
        part(page, "desk-reset-code").click()
        form = part(page, "desk-form")
        form.get_by_label("郵送の申出書").check()
        form.get_by_label("印鑑証明書").check()
        with page.expect_download() as download:
            form.get_by_test_id("submit-do").click()
        said = text_of(Path(download.value.path()).read_bytes())
    line = next(one for one in said.splitlines() if one.count("-") == 3 and one.isascii())
    return line.strip()


# The supplier with user id and password


@contextmanager
def at_change(story: Story) -> Iterator[Page]:
    with story.screen("41_id_walkthrough.ipynb", "walkthrough-screen") as page:
        press_to_change(page)
        on_screen(page, "ID-C1")
        yield page


def lock_out(story: Story) -> None:
    """Wrong passwords up to the limit; then even the right one is of no use."""
    with at_change(story) as page:
        for tries in range(1, story.desk.office.settings.lock_after + 1):
            sign_in(page, USER_ID, WRONG)
            said(page, "正しくありません")
            # The sentence is there from the first time on; that it was said once more is seen behind the screen.
            wait_until(partial(story.tried, tries), what="a counted try")
        sign_in(page, USER_ID, PASSWORD)
        said(page, "ロック中や停止中のIDでは、正しく入力しても同じ表示です")
        story.shot(page, "story_lock_out")


def set_anew(story: Story, code: str) -> None:
    with at_change(story) as page:
        press(page, FORGOTTEN)
        on_screen(page, "ID-R1")
        fill(page, supplier_number=SUPPLIER, user_id=NEW_USER_ID, code=code)
        fill(page, password=NEW_PASSWORD, password_again=NEW_PASSWORD)
        press(page, "登録")
        on_screen(page, "ID-R2")


def change_id(story: Story) -> None:
    with at_change(story) as page:
        sign_in(page, NEW_USER_ID, NEW_PASSWORD)
        on_screen(page, "ID-C2")
        fill(page, user_id=LAST_USER_ID)
        press(page, "入力内容確認")
        on_screen(page, "ID-C3")
        press(page, "登録")
        on_screen(page, "ID-C4")
        story.shot(page, "story_changed")


def test_from_the_paper_application_to_the_withdrawal_of_the_permit(story: Story, network: Network) -> None:
    permit = permit_by_fax(story)
    apply(story)
    assert len(story.server.received) == 1
    inquire_and_answer(story)
    reasons = reject(story)
    apply_again(story, reasons)
    approve(story)
    expect_answer(story, "story_eligible", "見積参加可")
    lock_out(story)
    expect_answer(story, "story_locked", "見積参加不可", "IDがロックされています")
    code = code_by_letter(story)
    set_anew(story, code)
    expect_answer(story, "story_new_password", "見積参加可")
    change_id(story)
    assert story.registration.user_id == LAST_USER_ID
    withdraw(story, permit)
    expect_answer(story, "story_withdrawn", "見積参加不可", "許可が取り消されています", WITHDRAWN)
    assert network.foreign() == []
    for secret in (PASSWORD, NEW_PASSWORD, WRONG, code, code.replace("-", "")):
        assert [one for one in story.server.received if canary.found_in(one.content, secret)] == []
        assert [
            str(path) for path in files(story.served.folder) if canary.found_in(path.read_bytes(), secret)
        ] == []


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
