"""Notices of the presenters as markup."""

from __future__ import annotations

from ebidadmin.presenters.notices import Notice
from ebidadmin.screens.components import look
from ebidadmin.screens.components.look import EMPTY, Html


def notice(said: Notice | None, testid: str = "notice") -> Html:
    """A presenter's notice; nothing where there is none. The panel that shows it takes the action of its way back."""
    if said is None:
        return EMPTY
    undo = said.undo
    if undo is None:
        return look.notice(said.text, tone=said.tone, items=said.items, testid=testid)
    back = look.actions(look.button(undo.action, undo.label, value=undo.value, testid="undo"))
    listed = look.bullets(said.items) if said.items else EMPTY
    return look.notice(look.join(look.lines(said.text), listed, back), tone=said.tone, testid=testid)
