"""Barriers that axe-core finds in what a page shows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from playwright.sync_api import Page

from tests.needs import AXE, require_component

HEAVY = frozenset({"serious", "critical"})
"""Impacts that nothing on a page may have, whoever drew it."""

_RUN = """async () => {
  const found = await axe.run(document, {resultTypes: ['violations']});
  return found.violations.flatMap(one => one.nodes.map(node => [
    one.id, one.impact, node.target.join(' '), node.html.slice(0, 300),
    Boolean(document.querySelector(node.target.at(-1))?.closest('.ebid')),
  ]));
}"""


@dataclass(frozen=True, slots=True)
class Barrier:
    """One place that a rule was broken at; ``ours``: among what the program draws, not in JupyterLab around it."""

    rule: str
    impact: str
    place: str
    markup: str
    ours: bool


@cache
def _source() -> str:
    require_component("axe")
    return AXE.read_text(encoding="utf-8")


def barriers(page: Page) -> list[Barrier]:
    """Every one on the page, of any impact."""
    page.evaluate(_source())
    return [Barrier(*found) for found in page.evaluate(_RUN)]


def expect_no_barriers(page: Page) -> None:
    """None among what the program draws; none of weight in what is around it."""
    found = [one for one in barriers(page) if one.ours or one.impact in HEAVY]
    assert not found, "\n".join(map(str, found))
