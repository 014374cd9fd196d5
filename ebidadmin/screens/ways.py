"""Links to other screens, as markup."""

from __future__ import annotations

from collections.abc import Sequence

from ebidadmin.presenters.ways import Kind, Target, Way
from ebidadmin.screens.components import look
from ebidadmin.screens.components.look import EMPTY, Html
from ebidadmin.text import ways as words


def link(way: Way, label: str = "", *, key: str = "", testid: str = "") -> Html:
    """One link; ``label`` in place of its own words."""
    target = "" if way.target is None else str(way.target)
    return look.open_link(way.notebook, label or way.label, target=target, key=key, testid=testid)


def links(ways: Sequence[Way]) -> Html:
    """A line of links to what belongs to the record that is open; nothing where there are none."""
    if not ways:
        return EMPTY
    listed = (look.element("li", link(way)) for way in ways)
    return look.element("ul", *listed, aria_label=words.LINKS_LABEL, class_="ebid-ways", data_testid="ways")


def linked(rows: Sequence[Sequence[str]], notebook: str, kind: Kind) -> list[tuple[str, ...]]:
    """Rows whose first cell, a number, opens its record."""
    return [(link(Way(notebook, row[0], Target(kind, row[0]))), *row[1:]) for row in rows]
