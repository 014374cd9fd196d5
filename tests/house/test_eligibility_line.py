"""Whoever shows a supplier tells whether it may take part in quotations, or has a reason not to."""

from __future__ import annotations

import ast

import pytest

from tests.house.source import PACKAGE, Source, python_sources

WITHOUT = {
    "presenters/audit.py": "the list of the trail: what was done, not how a supplier stands",
    "presenters/audit_event.py": "an event of the trail: what was so then, not how the supplier stands now",
    "presenters/desk_requests.py": "names whom a request is about, which screens/desk_requests shows",
    "screens/bulk_approval.py": "a list whose rows say that nothing stands against them but the ID to come",
    "screens/desk_requests.py": "the same list, or an ID that is to end: whether it may quote is no reason for or against that",
    "presenters/case_actions.py": "names the supplier in the question of a case that has the line",
    "presenters/case_pages.py": "a record of a walk that is over: a page to keep, not to act on",
    "presenters/change_pages.py": "pages of any list by number; shows nothing",
    "presenters/finding.py": "what was found, whose rows open the page, the case or the permit, which have the line",
    "presenters/id_case_page.py": "a record of a rehearsal that is over: a page to keep, not to act on",
    "presenters/id_change.py": "holds the walk; id_change_screens tells how it reads",
    "presenters/id_desk.py": "the form of a step on the supplier's page, which has the line",
    "presenters/id_walkthrough.py": "holds the walk; id_walkthrough_screens tells how it reads",
    "presenters/layout_maker.py": "supplier_number is the rule of a layout; no supplier is shown",
    "presenters/permits.py": "a list whose rows open the permit, which has the line",
    "presenters/review_queue.py": "a list whose rows open the case, which has the line; the finding columns stand for it",
}
"""Modules that know a supplier's number or name and do not tell, with why."""

SHOWN = frozenset({"supplier_number", "trade_name"})
TELLING = frozenset(
    {
        "EligibilityLine",
        "line_of",
        "staff_notice",
        "day_asked",
        "may_quote",
        "eligibility",
        "eligibility_part",
    }
)


def knows_a_supplier(source: Source) -> bool:
    return any(isinstance(node, ast.Attribute) and node.attr in SHOWN for node in ast.walk(source.tree))


def tells(source: Source) -> bool:
    names = {node.attr for node in ast.walk(source.tree) if isinstance(node, ast.Attribute)}
    names |= {node.id for node in ast.walk(source.tree) if isinstance(node, ast.Name)}
    return not names.isdisjoint(TELLING)


def places() -> dict[str, Source]:
    sources = {one.path.removeprefix(f"{PACKAGE}/"): one for one in python_sources() if one.in_package}
    return {path: one for path, one in sources.items() if path.startswith(("presenters/", "screens/"))}


def test_a_screen_that_shows_a_supplier_tells_whether_it_may_take_part() -> None:
    silent = {path for path, one in places().items() if knows_a_supplier(one) and not tells(one)}
    assert silent - set(WITHOUT) == set(), (
        "tell it by presenters/eligibility_line.py and screens/eligibility_part.py, or say in WITHOUT why not"
    )


@pytest.mark.parametrize("path", sorted(WITHOUT))
def test_an_exception_is_one(path: str) -> None:
    source = places()[path]
    assert knows_a_supplier(source)
    assert not tells(source)


@pytest.mark.parametrize(
    ("text", "silent"),
    [
        ("def f(one):\n    return one.trade_name", True),
        ("def f(one):\n    return one.supplier_number, line_of(one.answer)", False),
        ("def f(one):\n    return one.number", False),
    ],
)
def test_what_is_silent_is_seen(text: str, silent: bool) -> None:
    source = Source("presenters/x.py", text)
    assert (knows_a_supplier(source) and not tells(source)) == silent
