"""What is clicked at each screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from clicks import Clicks, content

Case = Callable[[Clicks], float]

QUEUE_SORTS = ("number", "supplier", "name", "state", "applied")
QUEUE_FILTERS = (
    ("state", ""),
    ("state", "approved"),
    ("state", "open"),
    ("permit", "none"),
    ("permit", "in-force"),
    ("finding", "name-variant"),
    ("age", "5"),
    ("mine", "mine"),
)


def turns(table: str) -> dict[str, Case]:
    """To the next page, the one before, the last, the first."""

    def turn(clicks: Clicks, where: str) -> float:
        return clicks.page_of(table, where)

    return {f"{where} page": partial(turn, where=where) for where in ("next", "prev", "last", "first")}


def sorts(table: str, *columns: str) -> dict[str, Case]:
    def order(clicks: Clicks, column: str) -> float:
        return clicks.sorted_by(table, column)

    return {f"sort by {column}": partial(order, column=column) for column in columns}


def filters(table: str, *chosen: tuple[str, str]) -> dict[str, Case]:
    def choose(clicks: Clicks, key: str, value: str) -> float:
        return clicks.filtered(table, key, value)

    return {f"{key}: {value or 'all'}": partial(choose, key=key, value=value) for key, value in chosen}


def searches(table: str, **texts: Callable[[Clicks], str]) -> dict[str, Case]:
    def search(clicks: Clicks, text: Callable[[Clicks], str]) -> float:
        return clicks.searched(table, text(clicks))

    return {f"search: {what}": partial(search, text=text) for what, text in texts.items()}


def presses(testid: str, marker: str, name: str = "") -> dict[str, Case]:
    def press(clicks: Clicks) -> float:
        return clicks.press(testid, marker)

    return {name or testid: press}


def opened(table: str, marker: str) -> dict[str, Case]:
    def row(clicks: Clicks) -> float:
        return clicks.row(table, marker)

    return {"a row opened": row}


def supplier_number(clicks: Clicks) -> str:
    return f"19{clicks.supplier():07d}"


def application_number(clicks: Clicks) -> str:
    return f"A{2 * clicks.supplier():08d}"


def mail_address(clicks: Clicks) -> str:
    return f"soumu@c{clicks.supplier()}.example.jp"


def name_in(table: str) -> Callable[[Clicks], str]:
    """A name that stands on the page."""
    return lambda clicks: clicks.cell(table, "name")


def rejected(clicks: Clicks) -> float:
    """The confirmation of a rejection; all that comes before it is not in the time."""
    head, question = content("case-head"), content("case-question")
    clicks.row("queue", head)
    clicks.press("begin-reject", question)
    clicks.tick("case-form")
    clicks.press("submit-go", question)
    return clicks.press("action-confirm-yes", head)


QUEUE: Mapping[str, Case] = {
    **turns("queue"),
    **sorts("queue", *QUEUE_SORTS),
    **filters("queue", *QUEUE_FILTERS),
    **filters("queue", ("state", "open"), ("permit", ""), ("finding", ""), ("age", ""), ("mine", "")),
    **searches("queue", supplier=supplier_number, application=application_number, mail=mail_address),
    **searches("queue", name=name_in("queue")),
    **opened("queue", content("case-head")),
    "a rejection confirmed": rejected,
}

CASES: Mapping[str, Mapping[str, Case]] = {
    "00_home": presses("action-reload", content("home"), "read anew"),
    "10_review_queue": QUEUE,
    "20_permits": {
        **turns("permits"),
        **sorts("permits", "number", "received", "supplier", "document"),
        **filters(
            "permits", ("state", "granted"), ("sent", "unsent"), ("validity", "in-force"), ("channel", "fax")
        ),
        **filters("permits", ("state", ""), ("sent", ""), ("validity", ""), ("channel", "")),
        **searches("permits", supplier=supplier_number, name=name_in("permits")),
        **opened("permits", content("permit-head")),
        **presses("action-record", content("permit-question"), "a paper to record"),
    },
    "50_registrations": {
        **turns("follow-ups"),
        **searches("suppliers", number=supplier_number, name=name_in("suppliers")),
        **opened("suppliers", content("supplier-page")),
    },
    "60_audit": turns("audit"),
}
"""By notebook; the trail's other clicks are those of ``benchmarks/audit/clicks.py``."""
