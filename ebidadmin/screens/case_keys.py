"""The keys of the review, all with Alt: single letters would fight with typing and the input method.

Each presses a button that can be seen, so that nothing is decided by key which the mouse would have to confirm; the key of the last
yes is no other step's, so that pressing a key twice does not say it.
"""

from __future__ import annotations

from ebidadmin.presenters.case_actions import Action
from ebidadmin.screens.components import look
from ebidadmin.screens.components.look import Html
from ebidadmin.text import queue as words

ACTIONS = {
    Action.APPROVE: "a",
    Action.REJECT: "r",
    Action.INQUIRE: "i",
    Action.ANSWER: "u",
    Action.WITHDRAW: "w",
    Action.NOTE: "n",
}
LIST, SEARCH, BULK = "t", "s", "m"
NEXT, RELOAD, TAKE_OVER, CLOSE = "j", "l", "o", "x"
TO_MAIL, YES, BACK, CANCEL = "g", "y", "b", "c"


def help_line() -> Html:
    """All of them in the order in which a case goes."""
    told = (
        (LIST, words.KEY_LIST),
        (SEARCH, words.KEY_SEARCH),
        (BULK, words.KEY_BULK),
        *((key, words.ACTIONS[action.value]) for action, key in ACTIONS.items()),
        (TO_MAIL, words.ACTION_TO_MAIL),
        (YES, words.KEY_YES),
        (BACK, words.ACTION_BACK),
        (CANCEL, words.ACTION_CANCEL),
        (NEXT, words.ACTION_NEXT),
        (RELOAD, words.ACTION_RELOAD),
        (TAKE_OVER, words.ACTION_TAKE_OVER),
        (CLOSE, words.ACTION_CLOSE),
    )
    within_list = (("↑↓", words.KEY_ROW), ("Enter", words.KEY_OPEN))
    pairs = [(f"Alt+{key.upper()}", meaning) for key, meaning in told]
    return look.keys(words.KEYS_TITLE, [pairs[0], *within_list, *pairs[1:]])
