"""An import by mistake is undone in a real browser: looked at, by keyboard, across a second tab; and on a narrow window."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from ebidadmin.bootstrap import open_desk
from ebidadmin.cli.foundation import create_desk
from ebidadmin.cli.importing import import_file
from ebidadmin.domain.qualifications import Qualification
from ebidadmin.intake.csv import write_register
from tests import builders
from tests.browser.conftest import Network, ServedDesk, wait_for_kernel, wait_for_screen
from tests.browser.test_qualification_import import part

pytestmark = pytest.mark.browser

Shot = Callable[[Page, str], Path]
NARROW = ViewportSize(width=760, height=1000)


def records(first: int, last: int, **changes: str) -> list[Qualification]:
    return [builders.qualification(n, corporate_number="", **changes) for n in range(first, last + 1)]


@pytest.fixture(scope="module")
def served(serve_desk: Callable[[Path], ServedDesk], tmp_path_factory: pytest.TempPathFactory) -> ServedDesk:
    """Forty records; then a file by mistake moves three, lets ten vanish and adds two."""
    folder = tmp_path_factory.mktemp("office") / "desk"
    create_desk(folder, demo=False, progress=lambda step: None)
    with closing(open_desk(folder)) as desk:
        mistaken = [*records(1, 3, address="山口県下関市別町1番1号"), *records(4, 30), *records(41, 42)]
        for name, rows in (("名簿10月.csv", records(1, 40)), ("古い名簿.csv", mistaken)):
            write_register(desk.config.inbox / name, rows, desk.layouts["ebidadmin"], ())
            import_file(desk, desk.config.inbox / name, "ebidadmin", confirmed_scale=True)
    return serve_desk(folder)


@pytest.fixture
def screen(served: ServedDesk, page: Page) -> Page:
    opened(served, page)
    return page


def opened(served: ServedDesk, page: Page) -> None:
    page.goto(served.notebook("30_qualification_import.ipynb"))
    wait_for_screen(page, "import-choice")
    wait_for_kernel(page)


def test_a_mistaken_import_is_undone(screen: Page, served: ServedDesk, network: Network, shot: Shot) -> None:
    button = part(screen, "action-undo")
    expect(button).to_have_count(1)
    shot(screen, "undo_history")
    button.focus()
    screen.keyboard.press("Enter")
    expect(part(screen, "undoing-counts")).to_contain_text("10者")
    expect(part(screen, "undoing-verdict")).to_contain_text("変更が多いため")
    wait_for_screen(screen, "changes")
    expect(part(screen, "changes")).to_contain_text("山口県下関市別町1番1号")
    expect(part(screen, "import-title")).to_be_focused()
    shot(screen, "undo_preview")
    usual = screen.viewport_size
    assert usual is not None
    screen.set_viewport_size(NARROW)
    shot(screen, "undo_preview_narrow")
    screen.set_viewport_size(usual)

    screen.goto("about:blank")
    screen.goto(served.notebook("30_qualification_import.ipynb"))
    wait_for_screen(screen, "undoing")
    wait_for_kernel(screen)
    expect(part(screen, "undoing-counts")).to_contain_text("第2版")
    part(screen, "import-title").focus()

    undo_by_keyboard(screen, shot)
    with closing(open_desk(served.folder)) as desk:
        assert list(desk.register_reader.every()) == records(1, 40)
        assert [one.undoes for one in desk.register_reader.batches()] == [2, None, None]
    assert network.foreign() == []


def undo_by_keyboard(screen: Page, shot: Shot) -> None:
    """Not without the word; and what was done is told."""
    screen.keyboard.press("Tab")
    expect(part(screen, "guide")).to_be_focused()
    screen.keyboard.press("Tab")
    expect(part(screen, "field-word")).to_be_focused()
    screen.keyboard.press("Enter")
    expect(part(screen, "undoing-confirm")).to_contain_text("「取消」と入力すると取り消せます")
    part(screen, "field-word").fill("取消")
    screen.keyboard.press("Enter")
    expect(part(screen, "import-top")).to_contain_text("第2版を取り消しました。いまは第3版です")
    expect(part(screen, "batches")).to_contain_text("第2版の取消")
    expect(part(screen, "action-undo")).to_have_count(0)
    shot(screen, "undo_done")
