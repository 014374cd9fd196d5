"""The home screen: what needs somebody's eyes first, then doors, counts, the register, and the ways to the other screens."""

from __future__ import annotations

from collections.abc import Iterable

from ipywidgets import Layout, VBox

from ebidadmin.presenters.finding import Finding
from ebidadmin.presenters.home import CountLine, Home, HomeView
from ebidadmin.presenters.home_alarms import Alarm
from ebidadmin.presenters.ways import Arrivals
from ebidadmin.screens.components import look
from ebidadmin.screens.components.look import EMPTY, Html
from ebidadmin.screens.components.panel import Panel
from ebidadmin.screens.finding import FindingPart
from ebidadmin.screens.notices import notice
from ebidadmin.screens.ways import link, links
from ebidadmin.text import home as words
from ebidadmin.text import notebooks


class HomeScreen:
    """The head with the search, and below it what is read anew by the button."""

    def __init__(self, home: Home, finding: Finding) -> None:
        self._home = home
        self.head = Panel(on_action=self._act, testid="home-head")
        self.finding = FindingPart(finding)
        self.panel = Panel(on_action=self._act, testid="home")
        self.arrivals = Arrivals({}, {"search": self.finding.focus})
        self.widget = VBox([self.head, self.finding.panel, self.panel], layout=Layout(width="100%"))
        self._refresh()

    def _act(self, _action: str, _value: str) -> None:
        self._refresh()

    def _refresh(self) -> None:
        self._home.refresh()
        view = self._home.view
        self.head.show(EMPTY if view is None else _head(view))
        self.panel.show(notice(self._home.notice) if view is None else _content(view, self.finding.recent()))


def _head(view: HomeView) -> Html:
    reload = look.button("reload", words.RELOAD, key="l")
    aside = look.join(look.paragraph(view.now), reload)
    return look.page_header(words.TITLE, words.LEAD, guide=notebooks.HOME.guide, aside=aside)


def _content(view: HomeView, recent: Html) -> Html:
    return look.join(
        look.join(*map(_alarm, view.alarms)),
        look.section(words.SECTION_LINKS, _links(view), testid="links"),
        recent,
        look.element(
            "div",
            look.section(words.SECTION_COUNTS, _counts(view.counts), links(view.lists), testid="counts"),
            look.section(words.SECTION_DOORS, _doors(view), testid="doors"),
            look.section(words.SECTION_REGISTER, _register(view), testid="register"),
            look.section(words.SECTION_MAILS, _counts(view.mails), testid="mails") if view.mails else EMPTY,
            class_="ebid-columns",
        ),
        look.section(words.SECTION_DESK, look.facts(view.desk), testid="desk"),
    )


def _links(view: HomeView) -> Html:
    tiles = (
        look.element(
            "div", look.open_link(link.notebook, link.label), look.paragraph(link.caption), class_="ebid-tile"
        )
        for link in view.links
    )
    return look.element("div", *tiles, class_="ebid-tiles")


def _register(view: HomeView) -> Html:
    return look.facts(view.register) if view.register else look.paragraph(words.REGISTER_NONE)


def _counts(lines: Iterable[CountLine]) -> Html:
    return look.facts(
        (line.label if line.way is None else link(line.way), look.badge(line.count, line.tone))
        for line in lines
    )


def _alarm(alarm: Alarm) -> Html:
    said = look.join(look.lines(alarm.text), links(alarm.ways))
    return look.notice(said, tone=alarm.tone, testid="alarm")


def _doors(view: HomeView) -> Html:
    table = look.data_table(
        words.DOOR_HEADINGS,
        [
            (door.name, look.badge(door.state, door.tone), door.hours, door.next_opening)
            for door in view.doors
        ],
    )
    if view.always_open:
        return look.join(look.notice(words.ALWAYS_OPEN_NOTICE, tone="info", testid="always-open"), table)
    return table
