"""The search at the head of the home screen, its results, and what the person opened last."""

from __future__ import annotations

from ebidadmin.presenters.finding import Finding, Found, Group
from ebidadmin.screens.components import look
from ebidadmin.screens.components.look import EMPTY, Html
from ebidadmin.screens.components.panel import Panel
from ebidadmin.screens.notices import notice
from ebidadmin.screens.ways import link
from ebidadmin.text import finding as words

SEARCH = "find"
FIELD = f'[data-testid="{SEARCH}-field"]'


class FindingPart:
    """``panel`` is the field with what was found."""

    def __init__(self, finding: Finding) -> None:
        self._finding = finding
        self.panel = Panel(on_action=self._act, testid="finding")
        self.show()

    def focus(self) -> None:
        """Take the keyboard to the field."""
        self.panel.focus(FIELD)

    def recent(self) -> Html:
        """What the person opened last, read anew."""
        rows = self._finding.recent()
        listed = (look.element("li", _linked(row), " ", look.element("span", row.cells[1])) for row in rows)
        shown = (
            look.element("ol", *listed, class_="ebid-recent") if rows else look.paragraph(words.RECENT_NONE)
        )
        return look.section(words.RECENT, shown, testid="recent")

    def show(self) -> None:
        """Show the presenter's state."""
        found = self._finding
        clear = look.button("clear", words.CLEAR) if found.text or found.notice else EMPTY
        field = look.asked_text(SEARCH, words.FIELD, found.text, words.BUTTON, key=words.KEY, hint=words.HINT)
        self.panel.show(
            look.join(
                look.element("div", look.actions(field, clear), role="search"),
                look.element(
                    "div",
                    notice(found.notice, "found-notice"),
                    *map(_group, found.groups),
                    data_testid="found",
                ),
            )
        )

    def _act(self, action: str, value: str) -> None:
        if action == SEARCH:
            self._finding.find(value)
        else:
            self._finding.clear()
        self.show()


def _group(group: Group) -> Html:
    rows = [(_linked(row), *row.cells[1:]) for row in group.rows]
    more = look.paragraph(words.more(len(rows))) if group.more else EMPTY
    return look.section(group.title, look.data_table(group.headings, rows), more)


def _linked(row: Found) -> str:
    return row.cells[0] if row.way is None else link(row.way)
