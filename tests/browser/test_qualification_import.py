"""A register file comes in through a real browser: sent in pieces, looked at, applied; long work leaves the screen alive."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from ebidadmin.bootstrap import Desk
from ebidadmin.cli.foundation import create_desk
from ebidadmin.intake.csv import write_register
from ebidadmin.presenters.upload_inbox import LARGEST
from tests import builders
from tests.browser.conftest import Network, ServedDesk, wait_for_kernel, wait_for_screen

pytestmark = pytest.mark.browser

ROWS = 4000
"""Enough for a file of several pieces."""


@pytest.fixture(scope="module")
def served(serve_desk: Callable[[Path], ServedDesk], tmp_path_factory: pytest.TempPathFactory) -> ServedDesk:
    folder = tmp_path_factory.mktemp("office") / "desk"
    create_desk(folder, demo=False, progress=lambda step: None)
    return serve_desk(folder)


@pytest.fixture
def screen(served: ServedDesk, page: Page) -> Page:
    page.goto(served.notebook("30_qualification_import.ipynb"))
    wait_for_screen(page, "import-choice")
    wait_for_screen(page, "upload")
    wait_for_kernel(page)
    return page


def part(page: Page, testid: str) -> Locator:
    return page.locator(f'[data-testid="{testid}"]').locator("visible=true")


def test_a_file_is_sent_looked_at_and_applied(
    screen: Page, desk: Desk, tmp_path: Path, network: Network, shot: Callable[[Page, str], Path]
) -> None:
    path = tmp_path / "名簿.csv"
    records = (builders.qualification(n, corporate_number="") for n in range(1, ROWS + 1))
    write_register(path, records, desk.layouts["ebidadmin"], ())
    assert path.stat().st_size > 512 * 1024
    part(screen, "upload-file").set_input_files(path)
    expect(part(screen, "field-file")).to_have_value("名簿.csv")
    assert (desk.config.inbox / "名簿.csv").read_bytes() == path.read_bytes()
    part(screen, "field-layout").select_option("ebidadmin")
    part(screen, "submit-preview").click()
    expect(part(screen, "import-counts")).to_contain_text(f"{ROWS:,}行")
    expect(part(screen, "first-rows")).to_contain_text(builders.trade_name(1))
    wait_for_screen(screen, "changes")
    shot(screen, "import_preview")
    part(screen, "submit-apply").click()
    expect(part(screen, "import-top")).to_contain_text("第1版として取り込みました")
    expect(part(screen, "batches")).to_contain_text("名簿.csv")
    expect(part(screen, "action-again")).to_be_visible()
    shot(screen, "import_done")
    assert desk.register_reader.total() == ROWS
    assert network.foreign() == []


def test_a_file_that_is_too_large_is_told_before_it_travels(screen: Page, desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(LARGEST + 1)
    part(screen, "upload-file").set_input_files(path)
    expect(part(screen, "upload-state")).to_contain_text("inbox")
    assert not (desk.config.inbox / "large.csv").exists()
