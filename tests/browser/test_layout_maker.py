"""A layout is made in a real browser: example sent, headings pointed at, saved, and at once used by the import screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from ebidadmin.bootstrap import Desk
from ebidadmin.cli.foundation import create_desk
from tests.browser.conftest import Network, ServedDesk, wait_for_kernel, wait_for_screen
from tests.presenters.test_layout_maker import TITLED

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def served(serve_desk: Callable[[Path], ServedDesk], tmp_path_factory: pytest.TempPathFactory) -> ServedDesk:
    folder = tmp_path_factory.mktemp("layouts") / "desk"
    create_desk(folder, demo=False, progress=lambda step: None)
    return serve_desk(folder)


def part(page: Page, testid: str) -> Locator:
    return page.locator(f'[data-testid="{testid}"]').locator("visible=true")


Shot = Callable[[Page, str], Path]


def send_example(served: ServedDesk, page: Page, path: Path, shot: Shot) -> None:
    path.write_bytes(TITLED.encode("cp932"))
    page.goto(served.notebook("31_layout_maker.ipynb"))
    wait_for_screen(page, "layout-choice")
    wait_for_screen(page, "upload")
    wait_for_kernel(page)
    part(page, "upload-file").set_input_files(path)
    expect(part(page, "field-file")).to_have_value(path.name)
    shot(page, "layout_choice")
    part(page, "submit-open").click()
    wait_for_screen(page, "layout-columns")
    expect(part(page, "purpose-2")).to_have_value("trade_name")
    shot(page, "layout_columns")


def point_at_headings(page: Page, shot: Shot) -> None:
    part(page, "purpose-0").select_option("ignore")
    part(page, "purpose-9").select_option("grade_sale")
    expect(part(page, "layout-preview")).to_contain_text("A、B、C、D、無しのどれでもありません")
    page.locator('[data-testid="layout-values"] tr', has_text="特").locator("select").select_option("to:A")
    page.locator('[data-testid="layout-values"] tr', has_text="－").locator("select").select_option("to:")
    part(page, "constant-remarks").fill("見本")
    part(page, "constant-remarks").scroll_into_view_if_needed()
    shot(page, "layout_fields")
    expect(part(page, "layout-preview")).not_to_contain_text("どれでもありません")
    expect(part(page, "layout-preview")).to_contain_text("見本")
    # Only now: until then the preview is drawn anew.
    part(page, "layout-preview").scroll_into_view_if_needed()
    shot(page, "layout_preview")


def save(page: Page, shot: Shot) -> None:
    part(page, "field-title").fill("青葉市 物品")
    part(page, "field-name").fill("aoba")
    part(page, "submit-save").scroll_into_view_if_needed()
    expect(part(page, "layout-preview")).to_contain_text("設定はそろいました")
    shot(page, "layout_rules")
    part(page, "submit-save").click()
    expect(part(page, "layout-top")).to_contain_text("「aoba」として保存しました")
    shot(page, "layout_saved")


def test_a_layout_is_made_saved_and_used(
    served: ServedDesk, desk: Desk, page: Page, tmp_path: Path, network: Network, shot: Shot
) -> None:
    send_example(served, page, tmp_path / "青葉市.csv", shot)
    point_at_headings(page, shot)
    save(page, shot)
    part(page, "layout-top").get_by_text("「資格審査情報の取込」を開く").click()
    wait_for_screen(page, "import-choice")
    part(page, "field-file").select_option("青葉市.csv")
    part(page, "field-layout").select_option("aoba")
    part(page, "submit-preview").click()
    expect(part(page, "import-counts")).to_contain_text("2行")
    assert "aoba" in {path.stem for path in (desk.config.reference / "layouts").glob("*.toml")}
    assert network.foreign() == []
