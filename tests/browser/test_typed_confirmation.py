"""One person alone at an office that wants a second one: the number is typed again before a permit is decided."""

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
        for name, count in (("whole", 40), ("turn", 10)):
            records = (builders.qualification(n, corporate_number="") for n in range(1, count + 1))
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
