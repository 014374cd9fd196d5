"""What stands in place of a screen whose desk cannot be opened."""

from __future__ import annotations

from ipywidgets import VBox

from ebidadmin.errors import EbidError
from ebidadmin.presenters.notices import refusal
from ebidadmin.screens.components.panel import Panel
from ebidadmin.screens.notices import notice


def refused(error: EbidError) -> VBox:
    """The refusal as one sentence with what to do."""
    return VBox([Panel(notice(refusal(error), "desk-refused"), testid="refused")])
