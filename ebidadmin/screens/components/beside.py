"""A list, and what is opened beside it: a share of the width each, or the list alone."""

from __future__ import annotations

from collections.abc import Iterable

from ipywidgets import Box, Layout, VBox, Widget

from ebidadmin.screens.components.table import ServerTable

WHOLE = "1 1 100%"
ALOFT = "ebid-aloft"
LIST, OPENED = "5 1 420px", "6 1 480px"
"""Shares of the width while something is open: beside each other from 950 pixels on, on a narrower screen what is open comes below the
list and takes the keyboard, and with it the view."""


class Beside:
    """``widget`` is both; ``place`` holds what is opened."""

    def __init__(self, table: ServerTable, above: Iterable[Widget], opened: Iterable[Widget] = ()) -> None:
        self._table = table
        self._list = VBox([*above, table], layout=Layout(flex=WHOLE, min_width="0"))
        self.place = VBox(tuple(opened), layout=Layout(flex=WHOLE, min_width="0"))
        # Boxes that scroll would keep what is open from staying in view while the list is scrolled.
        self.widget = Box(
            [self._list, self.place],
            layout=Layout(display="flex", flex_flow="row wrap", width="100%", overflow="visible"),
        )

    def share(self, *, opened: bool) -> None:
        """Share the width; where nothing is open the list has all of it, below what there is to say."""
        self._table.narrow = int(opened)
        (self.place.add_class if opened else self.place.remove_class)(ALOFT)
        self._list.layout.flex = LIST if opened else WHOLE
        self.place.layout.flex = OPENED if opened else WHOLE
        self.place.layout.order = "0" if opened else "-1"
