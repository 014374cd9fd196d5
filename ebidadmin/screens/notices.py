"""Notices of the presenters as markup."""

from __future__ import annotations

from ebidadmin.presenters.notices import Notice
from ebidadmin.screens.components import look
from ebidadmin.screens.components.look import EMPTY, Html


def notice(said: Notice | None, testid: str = "notice") -> Html:
    """A presenter's notice; nothing where there is none."""
    if said is None:
        return EMPTY
    return look.notice(said.text, tone=said.tone, items=said.items, testid=testid)
