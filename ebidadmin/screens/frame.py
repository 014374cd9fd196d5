"""What stands around every screen: the ways home and to the search, and the door through which links come in."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from ipywidgets import Layout, VBox, Widget

from ebidadmin.presenters.idle_lock import IdleLock
from ebidadmin.presenters.ways import Arrivals, Kind, Target, Way
from ebidadmin.screens.components import look
from ebidadmin.screens.components.base import admit_by
from ebidadmin.screens.components.cover import Cover
from ebidadmin.screens.components.doorway import Doorway
from ebidadmin.screens.components.look import EMPTY, Html
from ebidadmin.screens.components.panel import Panel
from ebidadmin.screens.notices import notice
from ebidadmin.screens.ways import link
from ebidadmin.text import finding, notebooks
from ebidadmin.text import ways as words


class Screen(Protocol):
    """What a notebook shows."""

    @property
    def widget(self) -> Widget: ...


@runtime_checkable
class Enterable(Protocol):
    """A screen that links can ask to open something."""

    @property
    def arrivals(self) -> Arrivals: ...


class Frame:
    """``widget`` is the screen with its frame. ``home``: the screen is the home screen itself, which needs no way there.
    ``lock`` covers it where the office's settings want that."""

    def __init__(self, screen: Screen, *, home: bool = False, lock: IdleLock | None = None) -> None:
        self._arrivals = screen.arrivals if isinstance(screen, Enterable) else Arrivals({})
        self._home = home
        self.top = Panel(on_action=self._act, testid="frame")
        self.door = Doorway(self._arrive, show=self.top.show_incident)
        admit_by(None)
        self.cover = Cover(lock) if lock is not None and lock.enabled else None
        covers = [] if self.cover is None else [self.cover]
        # A box that scrolls would keep what is open beside a list from staying in view.
        whole = Layout(width="100%", overflow="visible")
        self.widget = VBox([*covers, self.top, self.door, screen.widget], layout=whole)
        self.widget.add_class("ebid-frame")
        self._show()

    def _arrive(self, text: str) -> None:
        self._arrivals.arrive(text)
        self._show()

    def _act(self, action: str, _value: str) -> None:
        if action == "follow-link":
            self._arrivals.again()
        else:
            self._arrivals.dismiss()
        self._show()

    def _show(self) -> None:
        self.top.show(look.join(EMPTY if self._home else _ways(), self._said()))
        if self._arrivals.notice is not None:
            self.top.focus('[data-testid="link-said"]')

    def _said(self) -> Html:
        arrivals = self._arrivals
        if arrivals.notice is None:
            return EMPTY
        buttons = [look.button("leave-link", words.DISMISS)]
        if arrivals.waiting is not None:
            buttons.insert(0, look.button("follow-link", words.AGAIN, tone="primary"))
        said = look.element(
            "div", notice(arrivals.notice, "link-notice"), tabindex="-1", data_testid="link-said"
        )
        return look.join(said, look.actions(*buttons))


def _ways() -> Html:
    home = Way(notebooks.HOME.name, words.TO_HOME)
    search = Way(notebooks.HOME.name, words.TO_SEARCH, Target(Kind.VIEW, "search"))
    return look.element(
        "nav", link(home), link(search, key=finding.KEY), aria_label=words.NAV_LABEL, class_="ebid-ways"
    )
