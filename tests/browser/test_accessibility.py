"""The look for barriers finds them, and tells whose they are; every picture of every other test here is looked at by it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.accessibility import Barrier, barriers, expect_no_barriers

pytestmark = pytest.mark.browser

PAGE = '<html lang="ja"><head><title>審査</title></head><body><main><h1>審査</h1>{}</main></body></html>'


def found(page: Page, inner: str) -> list[Barrier]:
    page.set_content(PAGE.format(inner))
    return barriers(page)


def test_a_field_without_a_name_is_found(page: Page) -> None:
    (one,) = found(page, '<div class="ebid"><input></div>')
    assert (one.rule, one.impact, one.ours) == ("label", "critical", True)
    with pytest.raises(AssertionError):
        expect_no_barriers(page)


def test_what_is_around_the_program_may_have_light_ones_alone(page: Page) -> None:
    (heavy,) = found(page, "<input>")
    assert (heavy.impact, heavy.ours) == ("critical", False)
    with pytest.raises(AssertionError):
        expect_no_barriers(page)
    (light,) = found(page, "<h2>一覧</h2><h4>内訳</h4>")
    assert (light.rule, light.impact, light.ours) == ("heading-order", "moderate", False)
    expect_no_barriers(page)
    (own,) = found(page, '<h2>一覧</h2><div class="ebid"><h4>内訳</h4></div>')
    assert own.ours
    with pytest.raises(AssertionError):
        expect_no_barriers(page)


def test_a_page_without_barriers_passes(page: Page) -> None:
    assert found(page, '<div class="ebid"><label>理由 <input></label></div>') == []
    expect_no_barriers(page)
