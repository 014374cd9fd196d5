"""Small building blocks of the screens, as escaped HTML.

``Html`` marks text that is already safe to show; every helper escapes plain ``str``. The look is in ``style.css`` and uses
JupyterLab's own colour variables, so that the light and the dark theme both work. A kind (warning, error …) is always told by
a word and a sign as well, never by colour alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Literal

from ebidadmin.text import components as words
from ebidadmin.text.guide import GUIDE_ADDRESS

Tone = Literal["info", "success", "warning", "error", "neutral"]
ButtonTone = Literal["primary", "secondary", "danger"]

SIGNS: dict[Tone, str] = {"info": "i", "success": "✓", "warning": "⚠", "error": "✕", "neutral": ""}


TARGET_IN_ADDRESS = "ebid="
"""Before a target in the part of an address that a browser keeps to itself (after ``#``); the extension reads it."""


class Html(str):
    """Markup whose dynamic parts are escaped."""

    __slots__ = ()


EMPTY = Html("")


def esc(value: str) -> Html:
    """``value`` as markup: escaped unless it is ``Html`` already."""
    return value if isinstance(value, Html) else Html(escape(value, quote=True))


def join(*parts: str, sep: str = "") -> Html:
    """The parts one after the other."""
    return Html(esc(sep).join(esc(part) for part in parts))


def lines(text: str) -> Html:
    """Text whose line ends are shown as line ends."""
    return Html("<br>".join(esc(line) for line in text.split("\n")))


def element(tag: str, *parts: str, **attributes: str | bool) -> Html:
    """One element. ``class_`` and ``for_`` lose the underscore, others become hyphens; False leaves an attribute out."""
    shown: list[str] = [tag]
    for name, value in attributes.items():
        key = name.rstrip("_").replace("_", "-")
        if value is True:
            shown.append(key)
        elif value is not False:
            shown.append(f'{key}="{escape(value, quote=True)}"')
    return Html(f"<{' '.join(shown)}>{join(*parts)}</{tag}>")


def passing(until: datetime, *parts: str) -> Html:
    """Parts that the browser takes away by itself at that moment."""
    return element("div", *parts, data_ebid_closes_at=str(int(until.timestamp() * 1000)))


def page_header(title: str, lead: str = "", *, guide: str, aside: str = "") -> Html:
    """The title of a screen, one sentence on what it is for, and at the right its state and the way to its page of the guide."""
    text = element("div", element("h1", title), element("p", lead) if lead else EMPTY)
    right = element("div", aside, element("div", guide_link(guide, title)), class_="ebid-aside")
    return element("div", text, right, class_="ebid-header")


def guide_link(page: str, title: str) -> Html:
    """A link to a page of the staff guide, in a window of its own. The address here is right beside a notebook; JupyterLab's side of the
    program puts in the one of the server that it is at."""
    return element(
        "a",
        words.GUIDE,
        href=f"../../{GUIDE_ADDRESS}#{page}",
        target="_blank",
        class_="ebid-link",
        data_ebid_guide=page,
        data_testid="guide",
        aria_label=words.GUIDE_OF.format(title=title),
    )


def section(title: str, *parts: str, testid: str = "", aimed: bool = False) -> Html:
    """A titled part of a screen; ``aimed``: the keyboard can be taken to it."""
    return element(
        "section",
        element("h2", title),
        *parts,
        class_="ebid-section",
        tabindex="-1" if aimed else False,
        data_testid=testid or False,
    )


def paragraph(*parts: str) -> Html:
    """Running text."""
    return element("p", *parts)


def bullets(items: Iterable[str]) -> Html:
    """A list without order."""
    return element("ul", *(element("li", item) for item in items), class_="ebid-bullets")


def facts(pairs: Iterable[tuple[str, str]]) -> Html:
    """Labels with their values, read only."""
    return element("dl", *(join(element("dt", k), element("dd", v)) for k, v in pairs), class_="ebid-facts")


@dataclass(frozen=True, slots=True)
class Compared:
    """One line of a comparison: two values of the same field and what the comparison says."""

    label: str
    left: str
    right: str
    verdict: str = ""
    tone: Tone = "neutral"


def comparison(headings: Sequence[str], rows: Iterable[Compared]) -> Html:
    """Two columns side by side with a verdict; ``headings`` names field, left, right and verdict."""
    body = (
        element(
            "tr",
            element("th", row.label, scope="row"),
            element("td", row.left),
            element("td", row.right),
            element("td", badge(row.verdict, row.tone) if row.verdict else EMPTY),
            data_tone=row.tone,
        )
        for row in rows
    )
    return _table(headings, body, "ebid-comparison")


def data_table(headings: Sequence[str], rows: Iterable[Sequence[str]], caption: str = "") -> Html:
    """A small table that needs no paging."""
    body = (element("tr", *(element("td", cell) for cell in row)) for row in rows)
    return _table(headings, body, "ebid-data", caption)


def _table(headings: Sequence[str], body: Iterable[Html], class_: str, caption: str = "") -> Html:
    # Over buttons stands nothing to be seen; whoever hears the page is told what the column has.
    unseen = element("span", words.COLUMN_ACTIONS, class_="ebid-unseen")
    head = element("tr", *(element("th", heading or unseen, scope="col") for heading in headings))
    title = element("caption", caption) if caption else EMPTY
    table = element("table", title, element("thead", head), element("tbody", *body), class_=class_)
    return element("div", table, class_="ebid-scroll")


def stepper(steps: Sequence[str], current: int) -> Html:
    """The steps of a procedure; ``current`` counts from 0."""

    def item(position: int, label: str) -> Html:
        state = "done" if position < current else "now" if position == current else "later"
        word = {"done": words.STEP_DONE, "now": words.STEP_NOW, "later": ""}[state]
        note = element("span", word, class_="ebid-step-word") if word else EMPTY
        return element("li", label, note, data_state=state, aria_current="step" if state == "now" else False)

    return element("ol", *(item(n, label) for n, label in enumerate(steps)), class_="ebid-stepper")


def breadcrumb(items: Sequence[str]) -> Html:
    """Where one is, from the outside in."""
    return element("nav", element("ol", *(element("li", item) for item in items)), class_="ebid-breadcrumb")


def notice(
    text: str, *, tone: Tone = "info", title: str = "", items: Iterable[str] = (), testid: str = ""
) -> Html:
    """A message with sign, word and colour. Errors and warnings are announced by a screen reader at once."""
    word: str = getattr(words.NOTICE, tone)
    listed = tuple(items)
    head = join(
        element("span", SIGNS[tone], class_="ebid-sign", aria_hidden="true"),
        element("strong", title or word) if title or word else EMPTY,
    )
    return element(
        "div",
        element("div", head, class_="ebid-notice-head"),
        element(
            "div", lines(text) if not isinstance(text, Html) else text, bullets(listed) if listed else EMPTY
        ),
        class_="ebid-notice",
        data_tone=tone,
        data_testid=testid or False,
        role="alert" if tone in ("error", "warning") else "status",
    )


def badge(text: str, tone: Tone = "neutral") -> Html:
    """A short word in a box."""
    sign = element("span", SIGNS[tone], aria_hidden="true") if SIGNS[tone] else EMPTY
    return element("span", sign, text, class_="ebid-badge", data_tone=tone)


def progress(label: str, done: int, total: int | None) -> Html:
    """How far a long job is; ``total`` None when the end is unknown."""
    if total is None:
        return element(
            "div", element("span", label), element("progress", aria_label=label), class_="ebid-progress"
        )
    bar = element("progress", value=str(done), max=str(max(total, 1)), aria_label=label)
    count = words.PROGRESS_OF.format(done=f"{done:,}", total=f"{total:,}")
    return element("div", element("span", label), bar, element("span", count), class_="ebid-progress")


def empty_state(text: str, hint: str = "") -> Html:
    """What stands where there is nothing to show."""
    return element("div", element("p", text), element("p", hint) if hint else EMPTY, class_="ebid-empty")


def preformatted(text: str, testid: str = "") -> Html:
    """Text kept character for character, such as a mail."""
    return element("pre", text, class_="ebid-pre", data_testid=testid or False, tabindex="0")


def open_link(notebook: str, label: str, *, target: str = "", key: str = "", testid: str = "") -> Html:
    """A link that opens another staff notebook in JupyterLab, and as a plain link elsewhere. ``target`` is what its screen is to open
    (``supplier:190000092``); ``key`` (one letter) adds Alt+letter."""
    shortcut = f"Alt+{key.upper()}" if key else ""
    return element(
        "a",
        label,
        element("kbd", shortcut) if shortcut else EMPTY,
        href=f"{notebook}#{TARGET_IN_ADDRESS}{target}" if target else notebook,
        target="_blank",
        data_ebid_open=notebook,
        data_ebid_target=target or False,
        data_ebid_key=key.upper() or False,
        aria_keyshortcuts=shortcut or False,
        data_testid=testid or False,
        class_="ebid-link",
    )


def button(
    action: str,
    label: str,
    *,
    value: str = "",
    tone: ButtonTone = "secondary",
    key: str = "",
    disabled: bool = False,
    testid: str = "",
) -> Html:
    """A button of a ``Panel``; a click calls its ``on_action(action, value)``. ``key`` (one letter) adds Alt+letter."""
    shortcut = f"Alt+{key.upper()}" if key else ""
    note = element("kbd", shortcut) if shortcut else EMPTY
    return element(
        "button",
        label,
        note,
        type="button",
        class_="ebid-button",
        data_tone=tone,
        data_ebid_action=action,
        data_ebid_value=value,
        data_ebid_key=key.upper() or False,
        aria_keyshortcuts=shortcut or False,
        data_testid=testid or f"action-{action}",
        disabled=disabled,
    )


def asked_day(action: str, label: str, value: str, button_label: str) -> Html:
    """A day, with the button that sends it to a ``Panel`` as the value of ``action``: ``2026-04-01`` or empty. Enter presses it."""
    return join(
        element("span", label, aria_hidden="true"), _asked(action, label, value, button_label, type="date")
    )


def asked_text(
    action: str, label: str, value: str, button_label: str, *, key: str = "", hint: str = ""
) -> Html:
    """A text to be looked for, in the same way; ``key`` (one letter) brings the keyboard to it with Alt."""
    shortcut = f"Alt+{key.upper()}" if key else ""
    told = join(label, element("kbd", shortcut) if shortcut else EMPTY)
    field = _asked(
        action,
        label,
        value,
        button_label,
        type="search",
        placeholder=hint or False,
        aria_keyshortcuts=shortcut or False,
        data_ebid_key=key.upper() or False,
        autocomplete="off",
        spellcheck="false",
    )
    return join(element("span", told, aria_hidden="true", class_="ebid-search-label"), field)


def _asked(action: str, label: str, value: str, button_label: str, **attributes: str | bool) -> Html:
    """A field and the button that sends its value."""
    field = element(
        "input",
        value=value,
        class_="ebid-input",
        aria_label=label,
        data_testid=f"{action}-field",
        data_ebid_presses=f"{action}-button",
        **attributes,
    )
    pressed = element(
        "button",
        button_label,
        type="button",
        class_="ebid-button",
        data_tone="secondary",
        data_ebid_action=action,
        data_ebid_value_of=f"{action}-field",
        data_testid=f"{action}-button",
    )
    return join(field, pressed)


def searched(action: str, label: str, hint: str) -> Html:
    """A field that tells a ``Panel`` what is typed into it, as one types, as the value of ``action``."""
    field = element(
        "input",
        type="search",
        id=f"ebid-{action}",
        class_="ebid-input",
        placeholder=hint,
        autocomplete="off",
        data_testid=f"{action}-field",
        data_ebid_types=action,
    )
    return element("p", element("label", label, for_=f"ebid-{action}"), field, class_="ebid-searched")


def keys(title: str, pairs: Iterable[tuple[str, str]]) -> Html:
    """One line that tells the keys of a screen: key and what it does."""
    told = (element("span", element("kbd", key), meaning) for key, meaning in pairs)
    return element("p", element("strong", title), *told, class_="ebid-keys")


def actions(*buttons: str) -> Html:
    """A row of buttons."""
    return element("div", *buttons, class_="ebid-actions")


def confirm(question: str, *parts: str, buttons: Sequence[str], tone: Tone = "warning") -> Html:
    """A question before something that counts, with what will happen and the buttons to answer."""
    return element(
        "div",
        element("h2", element("span", SIGNS[tone], aria_hidden="true"), question),
        *parts,
        actions(*buttons),
        class_="ebid-confirm",
        data_tone=tone,
        role="group",
        aria_label=question,
    )
