"""Two people in two kernels of a real JupyterHub, each a log-in of the database: claims, a race, four eyes, and who they are."""

from __future__ import annotations

import re
import stat
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from playwright.sync_api import Error as PlaywrightError
from sqlalchemy import text

from ebidadmin.config import CONFIG_NAME
from ebidadmin.domain.applications import ApplicationState
from ebidadmin.domain.events import EventTag, Subject, SubjectKind
from ebidadmin.domain.ids import ApplicationNumber, PermitId
from ebidadmin.domain.mails import MailState
from ebidadmin.domain.permits import PermitState
from ebidadmin.domain.second_person import RequestState
from ebidadmin.persistence.audit_tree import SqlTrailTree
from ebidadmin.services import audit_tree, mail_outbox
from ebidadmin.text.notebooks import HOME
from tests.browser import guide
from tests.browser.conftest import SCREEN_MS, wait_for_kernel, wait_for_screen
from tests.browser.hub.conftest import NEEDED, PASSWORD, Hub, Office
from tests.browser.hub.opened import opened
from tests.needs import ROOT

pytestmark = pytest.mark.browser

UNITS = ROOT / "deploy" / "systemd"

QUEUE, PERMITS = "ID登録申請の審査", "利用許可"

RUN = """async (code) => {
  const kernel = await window.jupyterapp.serviceManager.kernels.startNew({name: "python3"});
  const connection = window.jupyterapp.serviceManager.kernels.connectTo({model: kernel.model});
  const running = connection.requestExecute({code});
  let told = "";
  running.onIOPub = (message) => {
    if (message.header.msg_type === "stream") told += message.content.text;
    if (message.header.msg_type === "error") told += message.content.ename + ": " + message.content.evalue;
  };
  await running.done;
  await window.jupyterapp.serviceManager.kernels.shutdown(kernel.id);
  return told;
}"""
"""Runs code in a kernel of that person's, as whoever can open a notebook may, and gives back what it printed."""

PRETEND = """
import os
os.environ["JUPYTERHUB_USER"] = os.environ["USER"] = os.environ["LOGNAME"] = {other!r}
from ebidadmin.bootstrap import open_desk
desk = open_desk()
print(desk.staff.login)
with desk.engine.connect() as connection:
    print(connection.exec_driver_sql("SELECT session_user").scalar_one())
desk.close()
os.environ["PGUSER"] = {other!r}
try:
    open_desk()
except Exception as error:
    print(error.code)
"""


def kernel_tries(hub: Hub) -> str:
    """What a person's program could try to reach besides: settings to change, what signs, another's folder."""
    desk, other = hub.office.folder, hub.office.folder.parent.parent / "home" / "suzuki"
    places = [
        desk / CONFIG_NAME,
        desk / "notebooks" / HOME.name,
        desk / "data" / "reference" / "reasons.toml",
    ]
    return f"""
for path in {[str(one) for one in places]!r}:
    try:
        open(path, "r+")
    except OSError as error:
        print(type(error).__name__)
for path in {[str(desk / "mail"), str(other / ".ebidadmin" / "var")]!r}:
    try:
        import os
        os.listdir(path)
    except OSError as error:
        print(type(error).__name__)
"""


class Person:
    """A member of staff at a browser of their own."""

    def __init__(self, hub: Hub, name: str, page: Page) -> None:
        self.hub, self.login, self.page = hub, hub.office.login(name), page

    def come_in(self) -> None:
        self.page.goto(self.hub.address)
        self.page.get_by_label("利用者名").fill(self.login)
        self.page.get_by_label("パスワード").fill(PASSWORD)
        self.page.get_by_role("button", name="ログイン").click()

    def open(self, title: str, screen: str) -> None:
        """By the tile on the first page."""
        self.page.locator(".lm-TabBar-tab", has_text=HOME.name).click()
        self.part("home").get_by_role("link", name=title).click()
        wait_for_screen(self.page, screen)
        wait_for_kernel(self.page)

    def part(self, testid: str) -> Locator:
        return self.page.locator(f'[data-testid="{testid}"]').locator("visible=true")

    def row(self, table: str, number: str) -> Locator:
        return self.part(table).locator(f'tbody tr[data-id="{number}"]')

    def press(self, testid: str) -> None:
        self.part(testid).click()

    def run(self, code: str) -> list[str]:
        told: str = self.page.evaluate(RUN, code)
        return told.split()


@pytest.fixture(scope="module")
def both(hub: Hub, chromium: Browser) -> Iterator[tuple[Person, Person]]:
    contexts = [chromium.new_context(locale="ja-JP", viewport={"width": 1400, "height": 950}) for _ in "ab"]
    for context in contexts:
        context.set_default_timeout(SCREEN_MS)
    sato, suzuki = (
        Person(hub, name, context.new_page())
        for name, context in zip(("sato", "suzuki"), contexts, strict=True)
    )
    for person in (sato, suzuki):
        person.come_in()
    try:
        for person in (sato, suzuki):
            wait_for_screen(person.page, "home")
            wait_for_kernel(person.page)
    except PlaywrightError as error:
        # What the hub says is gone with the test.
        raise AssertionError(hub.log.read_text(encoding="utf-8")[-8000:]) from error
    yield sato, suzuki
    for context in contexts:
        context.close()


def test_the_door_asks_for_name_and_password(hub: Hub, chromium: Browser, tmp_path: Path) -> None:
    with closing(chromium.new_context(locale="ja-JP", viewport={"width": 1400, "height": 950})) as context:
        page = context.new_page()
        page.goto(hub.address)
        expect(page.get_by_label("利用者名")).to_be_visible()
        guide.take(page, "hub_login", tmp_path)


def test_the_guide_is_read_by_whoever_came_in_and_by_nobody_else(
    both: tuple[Person, Person], hub: Hub, chromium: Browser
) -> None:
    sato, _ = both
    link = sato.part("guide").first
    link.hover()
    address = link.get_attribute("href") or ""
    assert f"/user/{sato.login}/ebidadmin/guide#index" in address
    asked = sato.page.request.get(address)
    assert (asked.status, "利用手引き" in asked.text()) == (200, True)
    with closing(chromium.new_context()) as stranger:
        page = stranger.new_page()
        page.goto(address)
        expect(page.get_by_label("パスワード")).to_be_visible()


def test_a_case_is_claimed_taken_over_and_decided_once(
    both: tuple[Person, Person], hub: Hub, shot: Callable[[Page, str], Path]
) -> None:
    sato, suzuki = both
    for person in both:
        person.open(QUEUE, "queue")
    first = sato.part("queue").locator("tbody tr").first
    number = first.get_attribute("data-id") or ""
    first.click()
    expect(sato.part("case-title")).to_have_attribute("data-number", number)

    suzuki.row("queue", number).click()
    expect(suzuki.part("case-title")).to_have_attribute("data-number", number)
    expect(suzuki.part("case-head")).to_contain_text(f"{sato.login}さんが担当しています")
    shot(suzuki.page, "hub_claimed")

    prepare_rejection(sato)
    suzuki.press("action-take-over")
    expect(suzuki.part("case-notice")).to_contain_text("引き継ぎました")
    prepare_rejection(suzuki)
    # The two clicks follow one another without an answer in between.
    suzuki.press("action-confirm-yes")
    sato.press("action-confirm-yes")
    expect(suzuki.part("case-notice")).to_contain_text(number)
    # Beside the question, where the decision of the other was not made yet when this yes came.
    told = sato.page.locator('[data-testid="case-notice"], [data-testid="preview-notice"]')
    expect(told.locator("visible=true")).to_contain_text(suzuki.login)
    shot(sato.page, "hub_lost")

    with hub.office.desk("before") as desk, desk.office.uow() as uow:
        assert uow.applications.get(ApplicationNumber(number)).state is ApplicationState.REJECTED
        events = [one.event for one in uow.audit.list(subject=Subject(SubjectKind.APPLICATION, number))]
        mails = list(uow.mails.list(about=Subject(SubjectKind.APPLICATION, number)))
    decided = [event.by for event in events if event.tag is EventTag.APPLICATION_REJECTED]
    assert decided == [suzuki.login]
    assert {event.by for event in events} >= {sato.login, suzuki.login}
    assert len([one for one in mails if one.draft.kind.value == "id-rejected"]) == 1


def prepare_rejection(person: Person) -> None:
    """Up to the last click."""
    person.press("begin-reject")
    person.part("case-form").locator('input[type="checkbox"]').first.check()
    person.press("submit-go")
    expect(person.part("mail-body")).to_be_visible()


def ask_at_once(both: tuple[Person, Person]) -> tuple[str, Person, Person]:
    """Both ask for the same permit, one click after the other without an answer in between; its number, who was first, and the other."""
    for person in both:
        person.open(PERMITS, "permits")
    number = both[0].part("permits").locator("tbody tr").first.get_attribute("data-id") or ""
    for person in both:
        person.row("permits", number).click()
        expect(person.part("permit-title")).to_have_attribute("data-number", number)
        person.press("verb-grant")
        expect(person.part("asks")).to_be_visible()
    for person in both:
        person.press("submit-do")
    for person in both:
        expect(person.part("permit-notice")).to_contain_text(re.compile("決裁を依頼しました|決裁を待つ依頼"))
    (asking,) = [p for p in both if "決裁を依頼しました" in (p.part("permit-notice").text_content() or "")]
    (other,) = [person for person in both if person is not asking]
    return number, asking, other


def test_two_who_ask_at_once_and_the_second_pair_of_eyes(
    both: tuple[Person, Person], hub: Hub, shot: Callable[[Page, str], Path]
) -> None:
    number, asking, other = ask_at_once(both)
    expect(other.part("permit-notice")).to_contain_text(f"{asking.login}さん")
    shot(other.page, "hub_asked_second")
    expect(asking.part("proposal")).to_contain_text("自分の依頼は自分では決裁できません")
    expect(asking.part("verb-confirm-proposal")).to_have_count(0)

    other.press("verb-confirm-proposal")
    expect(other.part("permit-question")).to_contain_text(asking.login)
    other.press("submit-do")
    expect(other.part("permit-notice")).to_contain_text("決裁しました")
    asking.press("action-reload")
    expect(asking.part("permit-title")).to_contain_text("許可")
    expect(asking.part("permit-body")).to_contain_text(other.login)
    shot(asking.page, "hub_confirmed")

    with hub.office.desk("before") as desk, desk.office.uow() as uow:
        assert uow.permits.get(PermitId(number)).state is PermitState.GRANTED
        (proposal,) = uow.permit_proposals.all()
    assert proposal.state is RequestState.CONFIRMED
    assert (proposal.requested_by, proposal.confirmed_by) == (asking.login, other.login)


def test_a_kernel_is_its_person_whatever_it_says_of_itself(both: tuple[Person, Person], hub: Hub) -> None:
    sato, suzuki = both
    told = sato.run(PRETEND.format(other=suzuki.login))
    assert told == [sato.login, sato.login, "database-missing"]
    assert sato.run(kernel_tries(hub)) == ["PermissionError"] * 5


def test_the_trail_of_the_day_holds(both: tuple[Person, Person], hub: Hub) -> None:
    with hub.office.desk("before") as desk:
        found = audit_tree.verify(desk.office, staff=desk.staff, tree=SqlTrailTree(desk.engine), signer=None)
        assert found.findings == ()
        with desk.engine.connect() as connection:
            people = set(connection.execute(text('SELECT DISTINCT "by" FROM audit_events')).scalars())
    assert {person.login for person in both} < people


def run_as(office: Office, name: str, *command: str) -> str:
    """What a program of that account's printed; standard error where it failed."""
    home = office.home(name)
    private = ("sh", "-c", 'umask 0077; exec "$@"', "sh")
    whole = ["runuser", "-u", office.login(name), "--", "env", f"HOME={home}", *private, *command]
    done = subprocess.run(
        opened(whole, NEEDED, aside=office.aside()), env=office.env, cwd="/", capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def jobs_desk(hub_office: Office) -> str:
    program = f"{hub_office.env['EBIDADMIN_PREFIX']}/bin/python"
    return run_as(hub_office, "jobs", program, "-m", "ebidadmin.hub", "--prepare").strip()


def test_a_mail_waits_for_the_account_that_sends(hub_office: Office, jobs_desk: str) -> None:
    with hub_office.desk("before") as desk:
        waiting = mail_outbox.list_all(desk.office, staff=desk.staff, state=MailState.WAITING)
    assert waiting, "whoever rejected an application did not send its mail"
    before = set((hub_office.folder / "mail").glob("*.eml"))
    program = f"{hub_office.env['EBIDADMIN_PREFIX']}/bin/ebidadmin"
    run_as(hub_office, "jobs", program, "mail", "send", "--desk", jobs_desk)
    with hub_office.desk("before") as desk:
        assert mail_outbox.list_all(desk.office, staff=desk.staff, state=MailState.WAITING) == ()
    letters = set((hub_office.folder / "mail").glob("*.eml")) - before
    assert len(letters) == len(waiting)
    assert {one.owner() for one in letters} == {hub_office.login("jobs")}
    assert stat.S_IMODE((hub_office.folder / "mail").stat().st_mode) & 0o077 == 0


def test_a_report_of_the_schedule_is_for_those_who_may_read_it(hub_office: Office, jobs_desk: str) -> None:
    program = f"{hub_office.env['EBIDADMIN_PREFIX']}/bin/ebidadmin"
    run_as(hub_office, "jobs", program, "report", "run", "daily_review", "--desk", jobs_desk)
    (made,) = [one for one in (hub_office.folder / "report-outputs").iterdir() if one.is_dir()]
    assert made.group() == hub_office.people.readers
    listed = run_as(hub_office, "sato", "find", str(made), "-type", "f", "-readable")
    assert {Path(one).suffix for one in listed.split()} >= {".html", ".pdf", ".xlsx"}
    with pytest.raises(AssertionError, match="denied"):
        run_as(hub_office, "tanaka", "ls", str(made))
    python = f"{hub_office.env['EBIDADMIN_PREFIX']}/bin/python"
    own = run_as(hub_office, "sato", python, "-m", "ebidadmin.hub", "--prepare").strip()
    assert made.name in run_as(hub_office, "sato", program, "report", "list", "--desk", own)


def test_units_are_put_in_place_without_a_gap(hub_office: Office) -> None:
    placed = Path(hub_office.env["EBIDADMIN_UNITS"])
    assert {one.name for one in placed.iterdir()} == {one.name for one in UNITS.iterdir()}
    gaps = ("@PREFIX@", "@ETC@", "@OFFICE@", "@OWNER@", "@JOBS@")
    assert [one.name for one in placed.iterdir() if any(gap in one.read_text() for gap in gaps)] == []
