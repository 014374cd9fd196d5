"""The second person in a real browser: another person's request is confirmed, one's own is asked for and taken back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ebidadmin.bootstrap import Desk, acting_person, open_desk
from ebidadmin.cli.foundation import create_desk
from ebidadmin.cli.importing import import_file, preview_file
from ebidadmin.config import CONFIG_NAME
from ebidadmin.domain.import_requests import RequestState
from ebidadmin.domain.staff import ALL_ROLES, Staff
from ebidadmin.intake.csv import write_register
from ebidadmin.services import import_requests
from tests import builders
from tests.browser.conftest import Network, ServedDesk, wait_for_kernel, wait_for_screen
from tests.browser.test_qualification_import import part
from tests.desks import several_work_at

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def served(serve_desk: Callable[[Path], ServedDesk], tmp_path_factory: pytest.TempPathFactory) -> ServedDesk:
    """Forty records; somebody else asks to let thirty of them vanish."""
    folder = tmp_path_factory.mktemp("office") / "desk"
    create_desk(folder, demo=False, progress=lambda step: None)
    with closing(open_desk(folder)) as desk:
        for name, count in (("whole", 40), ("turn", 10), ("other", 20)):
            records = (builders.qualification(n, corporate_number="") for n in range(1, count + 1))
            write_register(desk.config.inbox / f"{name}.csv", records, desk.layouts["ebidadmin"], ())
        import_file(desk, desk.config.inbox / "whole.csv", "ebidadmin", confirmed_scale=False)
    settings = folder / CONFIG_NAME
    text = settings.read_text(encoding="utf-8").replace("second_person = false", "second_person = true")
    settings.write_text(text, encoding="utf-8")
    several_work_at(folder)
    with closing(open_desk(folder)) as desk:
        ask(desk, "turn.csv", "期の切替え。前の期だけの業者が外れます。")
    return serve_desk(folder)


def ask(desk: Desk, name: str, note: str) -> None:
    _source, layout, plan = preview_file(desk, desk.config.inbox / name, "ebidadmin")
    other = Staff("suzuki", ALL_ROLES)
    import_requests.request(desk.office, staff=other, plan=plan, layout=layout, note=note)


def test_two_people(
    served: ServedDesk, page: Page, network: Network, shot: Callable[[Page, str], Path]
) -> None:
    page.goto(served.notebook("30_qualification_import.ipynb"))
    wait_for_screen(page, "import-requests")
    wait_for_kernel(page)
    expect(part(page, "requests")).to_contain_text("suzuki")
    part(page, "action-confirm-request").click()
    expect(part(page, "requests")).to_contain_text("75.0%が名簿から外れます")
    shot(page, "second_person_confirm")
    part(page, "action-confirm-yes").click()
    expect(part(page, "requests-notice")).to_contain_text("依頼R000001を確認しました")

    part(page, "field-file").select_option("other.csv")
    part(page, "field-layout").select_option("ebidadmin")
    part(page, "submit-preview").click()
    expect(part(page, "verdict")).to_contain_text("ほかの職員の確認が必要です")
    part(page, "field-note").fill("半分に減ります")
    shot(page, "second_person_ask")
    part(page, "submit-request").click()
    expect(part(page, "import-top")).to_contain_text("依頼R000002を残しました")
    expect(part(page, "requests")).to_contain_text("あなたの依頼です")
    shot(page, "second_person_asked")
    part(page, "action-withdraw-request").click()
    expect(part(page, "requests-notice")).to_contain_text("取り下げました")
    with closing(open_desk(served.folder)) as desk:
        found = import_requests.list_all(desk.office, staff=desk.staff, open_only=False)
        states = {one.request.id: (one.request.state, one.request.confirmed_by) for one in found}
    assert states == {
        "R000001": (RequestState.CONFIRMED, acting_person()),
        "R000002": (RequestState.WITHDRAWN, None),
    }
    assert network.foreign() == []
