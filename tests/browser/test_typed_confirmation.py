"""One person alone at an office that wants a second one: what it is about is typed again, on every screen, and the trail says so."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ebidadmin.bootstrap import open_desk
from ebidadmin.cli.foundation import create_desk
from ebidadmin.cli.importing import import_file
from ebidadmin.config import CONFIG_NAME
from ebidadmin.domain.ids import PermitId
from ebidadmin.domain.permits import PaperChannel, PermitState
from ebidadmin.intake.csv import write_register
from ebidadmin.services import permits
from tests import builders
from tests.browser.conftest import Network, ServedDesk, wait_for_kernel, wait_for_screen
from tests.browser.test_qualification_import import part

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite_only(reason="one person works alone on SQLite only"),
]

SUPPLIER = "190000001"


@pytest.fixture(scope="module")
def served(serve_desk: Callable[[Path], ServedDesk], tmp_path_factory: pytest.TempPathFactory) -> ServedDesk:
    """Forty records and a paper of the first of them."""
    folder = tmp_path_factory.mktemp("office") / "desk"
    create_desk(folder, demo=False, progress=lambda step: None)
    settings = folder / CONFIG_NAME
    text = settings.read_text(encoding="utf-8").replace("second_person = false", "second_person = true")
    settings.write_text(text, encoding="utf-8")
    with closing(open_desk(folder)) as desk:
        moved = "山口県下関市別町1番1号"
        for name, count, changes in (("whole", 40, {}), ("turn", 10, {}), ("moved", 10, {"address": moved})):
            numbers = range(1, count + 1)
            records = (builders.qualification(n, corporate_number="", **changes) for n in numbers)
            write_register(desk.config.inbox / f"{name}.csv", records, desk.layouts["ebidadmin"], ())
        import_file(desk, desk.config.inbox / "whole.csv", "ebidadmin", confirmed_scale=False)
        permits.record(
            desk.office,
            staff=desk.staff,
            supplier_number=SUPPLIER,
            received=date(2026, 4, 1),
            channel=PaperChannel.FAX,
            applicant=builders.trade_name(1),
        )
    return serve_desk(folder)


def test_a_permit_is_granted_with_its_number_typed_again(
    served: ServedDesk, page: Page, network: Network, shot: Callable[[Page, str], Path]
) -> None:
    page.goto(served.notebook("20_permits.ipynb"))
    wait_for_screen(page, "permits")
    wait_for_kernel(page)
    page.get_by_test_id("permits").locator("tbody tr", has_text="P000001").dblclick()
    page.get_by_test_id("verb-grant").click()
    form = page.get_by_test_id("permit-form")
    expect(form).to_contain_text("確認入力(業者番号)")
    form.get_by_test_id("field-typed").fill("190000002")
    form.get_by_test_id("submit-do").click()
    expect(form).to_contain_text(f"「{SUPPLIER}」ではありません")
    shot(page, "typed_permit")
    form.get_by_test_id("field-typed").fill("１９００００００１")
    form.get_by_test_id("submit-do").click()
    expect(page.get_by_test_id("permit-notice")).to_contain_text("許可しました")
    with closing(open_desk(served.folder)) as desk, desk.office.uow() as uow:
        assert uow.permits.get(PermitId("P000001")).state is PermitState.GRANTED
    assert network.foreign() == []


def test_a_large_import_goes_in_and_is_undone_with_its_rows_typed_again(
    served: ServedDesk, page: Page, network: Network, shot: Callable[[Page, str], Path]
) -> None:
    page.goto(served.notebook("30_qualification_import.ipynb"))
    wait_for_screen(page, "import-choice")
    wait_for_kernel(page)
    preview(page, "turn.csv")
    expect(part(page, "verdict")).to_contain_text("合わせて30者です")
    part(page, "field-word").fill("取込")
    part(page, "submit-apply").click()
    expect(part(page, "import-confirm")).to_contain_text("「30」ではありません")
    shot(page, "typed_import")
    part(page, "field-word").fill("30")
    part(page, "submit-apply").click()
    expect(part(page, "import-top")).to_contain_text("第2版")

    part(page, "action-again").click()
    preview(page, "moved.csv")
    part(page, "field-word").fill("10")
    part(page, "submit-apply").click()
    expect(part(page, "import-top")).to_contain_text("第3版")
    undo(page, shot)
    page.goto(served.notebook("60_audit.ipynb"))
    wait_for_screen(page, "audit")
    wait_for_kernel(page)
    page.get_by_test_id("audit").locator("tbody tr").first.dblclick()
    expect(page.get_by_text("確認入力(一人で行う操作)")).to_be_visible()
    shot(page, "typed_audit")
    assert network.foreign() == []


def preview(page: Page, name: str) -> None:
    part(page, "field-file").select_option(name)
    part(page, "field-layout").select_option("ebidadmin")
    part(page, "submit-preview").click()


def undo(page: Page, shot: Callable[[Page, str], Path]) -> None:
    """Not by the word that is usual where no second person is wanted."""
    part(page, "action-undo").click()
    expect(part(page, "undoing-verdict")).to_contain_text("合わせて10者です")
    part(page, "field-word").fill("取消")
    part(page, "submit-undo").click()
    expect(part(page, "undoing-confirm")).to_contain_text("「10」ではありません")
    shot(page, "typed_undoing")
    part(page, "field-word").fill("10")
    part(page, "submit-undo").click()
    expect(part(page, "import-top")).to_contain_text("第3版を取り消しました")
