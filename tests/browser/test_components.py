"""The components in a real JupyterLab: opened without running a cell, used by keyboard, nothing left behind."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ebidadmin.text.notebooks import LAUNCHER_CATEGORY
from tests import canary
from tests.browser.conftest import (
    Network,
    ServedDesk,
    bare_desk,
    save_notebook,
    wait_for_front,
    wait_for_kernel,
    wait_for_screen,
    write_notebook,
)

pytestmark = pytest.mark.browser

CODE = "import trial_screen\n\ntrial_screen.show()"
SCREEN = {"name": "99_trial.ipynb", "title": "部品の確認", "caption": "部品の確認の画面", "code": CODE}
PASSWORD = "Canary7Kx9Qz"
PIN = "83914726"
NAME = "片脳油 太郎"


@pytest.fixture(scope="module")
def trial(serve_desk: Callable[[Path], ServedDesk], tmp_path_factory: pytest.TempPathFactory) -> ServedDesk:
    """A desk with the trial screen."""
    desk = bare_desk(tmp_path_factory.mktemp("desk"), SCREEN)
    shutil.copy(Path(__file__).with_name("trial_screen.py"), desk / "notebooks")
    return serve_desk(desk)


@pytest.fixture
def screen(trial: ServedDesk, page: Page) -> Page:
    """The trial screen, opened by its address."""
    page.goto(trial.notebook(SCREEN["name"]))
    wait_for_screen(page, "queue")
    wait_for_kernel(page)
    return page


def rows(page: Page) -> list[str]:
    return [
        row.get_attribute("data-id") or "" for row in page.locator('[data-testid="queue"] tbody tr').all()
    ]


def test_what_is_shown_until_a_moment_goes_away_by_itself(screen: Page) -> None:
    expect(screen.get_by_test_id("to-come")).to_contain_text("まだ開いています。")
    over = screen.get_by_test_id("over")
    expect(over).to_have_attribute("data-ready", "true")
    expect(over).to_have_text("")


def test_screen_opens_without_running_a_cell_and_asks_nothing_from_outside(
    screen: Page, network: Network, shot: Callable[[Page, str], Path]
) -> None:
    expect(screen.get_by_role("heading", name="部品の確認")).to_be_visible()
    expect(screen.locator(".jp-InputArea-editor").first).to_be_hidden()
    expect(screen.locator(".jp-NotebookPanel-toolbar").first).to_be_hidden()
    expect(screen.get_by_role("menuitem", name="ファイル")).to_be_visible()
    shot(screen, "components")
    assert any(address.startswith("ws://127.0.0.1:") for address in network.addresses)
    assert network.foreign() == []
    assert network.errors == []


def test_tile_opens_the_notebook_as_a_screen(trial: ServedDesk, page: Page) -> None:
    page.goto(trial.address)
    # What was open before comes back first, then the home screen comes to the front.
    wait_for_front(page, "00_home.ipynb")
    page.locator(".lm-TabBar-tab", has_text="ランチャー").click()
    page.locator(f'.jp-LauncherCard[data-category="{LAUNCHER_CATEGORY}"]', has_text="部品の確認").click()
    wait_for_screen(page, "queue")
    assert rows(page)[0] == "000001"


def test_a_restarted_kernel_brings_the_screen_back(screen: Page) -> None:
    table = screen.get_by_test_id("queue")
    screen.evaluate(
        "async () => { await window.jupyterapp.shell.currentWidget.sessionContext.restartKernel(); }"
    )
    wait_for_front(screen, SCREEN["name"])
    table.locator('tr[data-id="000003"]').click()
    expect(screen.get_by_text("選択 000003")).to_be_visible()
    expect(screen.locator(".ebidadmin-note")).to_have_count(0)


def test_a_changed_notebook_does_not_run(trial: ServedDesk, page: Page) -> None:
    path = trial.folder / "notebooks" / "41_id_walkthrough.ipynb"
    kept = path.read_text(encoding="utf-8")
    mark = trial.folder / "ran"
    write_notebook(path, f"open({str(mark)!r}, 'w')")
    try:
        page.goto(trial.notebook(path.name))
        expect(page.get_by_text("自動では表示しません")).to_be_visible()
        wait_for_kernel(page)
        assert not mark.exists()
    finally:
        path.write_text(kept, encoding="utf-8")


def test_table_pages_sorts_filters_and_selects_by_keyboard(screen: Page) -> None:
    table = screen.get_by_test_id("queue")
    expect(table.get_by_test_id("count")).to_have_text("1–20件を表示(全120件)")
    table.locator('tr[data-id="000001"]').focus()
    screen.keyboard.press("ArrowDown")
    screen.keyboard.press("Enter")
    expect(screen.get_by_text("選択 000002")).to_be_visible()
    expect(table.locator('tr[data-id="000002"]')).to_have_attribute("aria-selected", "true")
    screen.keyboard.press("End")
    screen.keyboard.press("ArrowDown")
    expect(table.locator('tr[data-id="000021"]')).to_be_focused()
    expect(table.get_by_test_id("count")).to_have_text("21–40件を表示(全120件)")
    screen.keyboard.press("PageUp")
    expect(table.locator('tr[data-id="000001"]')).to_be_focused()
    table.get_by_test_id("sort-number").click()
    expect(table.locator("th[aria-sort=descending]")).to_have_count(1)
    expect(table.locator("tbody tr").first).to_have_attribute("data-id", "000120")
    table.get_by_test_id("filter-state").select_option("inquired")
    expect(table.get_by_test_id("count")).to_have_text("1–20件を表示(全40件)")
    table.get_by_test_id("page-last").click()
    expect(table.get_by_test_id("count")).to_have_text("21–40件を表示(全40件)")
    table.get_by_test_id("filter-state").select_option("")
    table.get_by_test_id("search").fill("商会037")
    expect(table.get_by_test_id("count")).to_have_text("1–1件を表示(全1件)")


def test_a_double_click_or_a_held_key_does_a_thing_once(screen: Page) -> None:
    table, heard = screen.get_by_test_id("queue"), screen.get_by_test_id("heard")
    table.locator('tr[data-id="000002"]').dblclick()
    expect(heard).to_contain_text("選択 000002 計1回")
    screen.keyboard.down("Enter")
    screen.keyboard.down("Enter")
    screen.keyboard.up("Enter")
    screen.get_by_test_id("action-hello").click()
    expect(heard).to_contain_text("操作 hello 計3回")
    # The button of a question has come where the first one was: what was meant as a double click does not answer it.
    expect(screen.get_by_test_id("action-asked")).to_be_visible()
    screen.mouse.down(click_count=2)
    screen.mouse.up(click_count=2)
    table.locator('tr[data-id="000003"]').click()
    expect(heard).to_contain_text("選択 000003 計4回")


def test_what_is_being_typed_outlives_the_answer_to_an_earlier_click(screen: Page) -> None:
    day, heard = screen.get_by_test_id("day-field"), screen.get_by_test_id("heard")
    expect(screen.get_by_test_id("action-hello")).to_be_visible()
    # Within one turn of the browser, so that the answer surely comes after the typing.
    screen.evaluate(
        """() => {
            document.querySelector('[data-testid="action-hello"]').click();
            document.querySelector('[data-testid="day-field"]').value = '2026-04-01';
        }"""
    )
    expect(screen.get_by_test_id("action-asked")).to_be_visible()
    expect(day).to_have_value("2026-04-01")
    screen.get_by_test_id("day-button").click()
    expect(heard).to_contain_text("操作 day 2026-04-01")
    # Once it is sent, the screen says what the field shows.
    expect(screen.get_by_test_id("action-hello")).to_be_visible()
    expect(day).to_have_value("")


def test_search_waits_for_the_input_method(screen: Page) -> None:
    table = screen.get_by_test_id("queue")
    table.get_by_test_id("search").focus()
    session = screen.context.new_cdp_session(screen)
    session.send("Input.imeSetComposition", {"text": "しょうかい", "selectionStart": 5, "selectionEnd": 5})
    # Longer than the pause after which a search starts; the page's clock tells, nothing here sleeps.
    screen.evaluate("() => new Promise((done) => setTimeout(done, 600))")
    expect(table.get_by_test_id("count")).to_have_text("1–20件を表示(全120件)")
    session.send("Input.insertText", {"text": "商会012"})
    expect(table.get_by_test_id("count")).to_have_text("1–1件を表示(全1件)")


def test_failing_callback_shows_an_incident_and_shortcut_works(screen: Page) -> None:
    screen.keyboard.press("Alt+h")
    expect(screen.get_by_text("操作 hello")).to_be_visible()
    screen.get_by_test_id("action-break").click()
    expect(screen.get_by_test_id("incident")).to_contain_text("障害番号")
    expect(screen.get_by_test_id("incident")).not_to_contain_text("a callback that breaks")


def test_stray_keys_do_not_edit_the_notebook(screen: Page) -> None:
    # The keyboard is where JupyterLab puts it when a notebook is opened: on the cell, in command mode.
    screen.evaluate("() => window.jupyterapp.shell.currentWidget.content.activate()")
    assert "jp-Cell" in screen.evaluate("() => document.activeElement.className")
    for key in ("b", "a", "d", "d", "x"):
        screen.keyboard.press(key)
    count = screen.evaluate("() => window.jupyterapp.shell.currentWidget.content.model.cells.length")
    assert count == 1


def test_a_form_that_is_answered_leaves_the_keyboard_where_it_went_meanwhile(screen: Page) -> None:
    form, pin = screen.get_by_test_id("entry"), screen.get_by_test_id("pin").get_by_test_id("field-pin")
    answered = int(form.get_attribute("data-version") or 0)
    form.get_by_test_id("field-contact").fill(NAME)
    # Within one turn of the browser, so that the answer surely comes after the move.
    screen.evaluate(
        """() => {
            document.querySelector('[data-testid="submit-check"]').click();
            document.querySelector('[data-testid="field-pin"]').focus();
        }"""
    )
    expect(form).to_have_attribute("data-version", str(answered + 1))
    expect(form.get_by_test_id("field-contact")).to_be_enabled()
    expect(pin).to_be_focused()


def test_secrets_arrive_and_nothing_of_them_is_left(
    trial: ServedDesk, screen: Page, network: Network
) -> None:
    form, pin = screen.get_by_test_id("entry"), screen.get_by_test_id("pin")
    form.get_by_test_id("field-password").fill(PASSWORD)
    form.get_by_test_id("submit-check").click()
    expect(form.get_by_text("エラー: 連絡先氏名を入力してください。")).to_be_visible()
    expect(form.get_by_test_id("field-contact")).to_be_focused()
    assert form.get_by_test_id("field-password").input_value() == ""
    form.get_by_test_id("field-contact").fill(NAME)
    form.get_by_test_id("field-password").fill(PASSWORD)
    save_notebook(screen)
    form.get_by_test_id("submit-check").click()
    expect(screen.get_by_test_id("heard")).to_contain_text(f'{{"password": {len(PASSWORD)}}}')
    pin.get_by_test_id("field-pin").fill(PIN)
    save_notebook(screen)
    screen.keyboard.press("Enter")
    expect(screen.get_by_text("受信 ['pin']")).to_be_visible()
    arrived = json.loads((trial.folder / "notebooks" / "arrived.txt").read_text(encoding="utf-8"))
    assert arrived == {"pin": sum(PIN.encode())}
    # JupyterLab's own full save, with widget state, is the worst case.
    screen.evaluate(
        "() => window.jupyterapp.shell.currentWidget.context.model.sharedModel.setMetadata('x', 1)"
    )
    save_notebook(screen)
    saved = json.loads((trial.folder / "notebooks" / SCREEN["name"]).read_text(encoding="utf-8"))
    assert [cell["outputs"] for cell in saved["cells"]] == [[]]
    assert [cell["execution_count"] for cell in saved["cells"]] == [None]
    assert "widgets" not in saved["metadata"]
    assert list(trial.folder.rglob("history.sqlite")) == []
    for needle in (PASSWORD, PIN, NAME):
        assert found_in(trial.folder, needle) == []
        assert [address for address in network.addresses if needle in address] == []


def found_in(folder: Path, word: str) -> list[Path]:
    """Files that hold a word in any of the forms in which secrets leak."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if canary.found_in(path.read_bytes(), word)]


def test_the_search_for_canaries_finds_them(tmp_path: Path) -> None:
    coded = {
        "plain": PASSWORD.encode(),
        "utf16": PASSWORD.encode("utf-16-le"),
        "json": json.dumps({"name": NAME}).encode(),
        "base64": base64.b64encode(f"x:{PASSWORD}:y".encode()),
    }
    for name, content in coded.items():
        (tmp_path / name).write_bytes(content)
    assert {path.name for path in found_in(tmp_path, PASSWORD)} == {"plain", "utf16", "base64"}
    assert {path.name for path in found_in(tmp_path, NAME)} == {"json"}


def test_link_opens_another_screen(screen: Page) -> None:
    screen.get_by_role("link", name="審査の画面へ").click()
    screen.wait_for_function(
        "() => window.jupyterapp.shell.currentWidget?.context?.path === '10_review_queue.ipynb'"
    )
