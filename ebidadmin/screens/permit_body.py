"""One paper permit, the step that is about to be done, and the letters to be printed together, as markup."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from ebidadmin.presenters.open_permit import OpenPermit, Paper
from ebidadmin.presenters.permit_steps import Step
from ebidadmin.presenters.permit_view import DispatchShown, PermitView
from ebidadmin.presenters.permits import Tray
from ebidadmin.screens import eligibility_part
from ebidadmin.screens.components import look
from ebidadmin.screens.components.look import EMPTY, ButtonTone, Html
from ebidadmin.screens.notices import notice
from ebidadmin.screens.ways import links
from ebidadmin.text import permit_screen as words
from ebidadmin.text import queue as queue_words

TONES: dict[str, ButtonTone] = {
    words.GRANT: "primary",
    words.LETTER: "primary",
    words.VOID: "danger",
    words.WITHDRAW: "danger",
}
BESIDE = (words.GRANT, words.REFUSE, words.CONFIRM)
"""Decisions before which paper and register stand side by side."""

KEYS = {words.GRANT: "a", words.REFUSE: "r", words.LETTER: "p", words.DISPATCH: "d"}


def head(one: OpenPermit) -> Html:
    """What there is to say, which permit is open, and what can be done with it."""
    said = notice(one.notice, "permit-notice")
    view = one.view
    if view is None:
        return said
    buttons = [
        look.button(
            "begin", words.BUTTONS[verb], value=verb, tone=TONES.get(verb, "secondary"), key=KEYS.get(verb, ""),
            testid=f"verb-{verb}",
        )
        for verb in one.verbs
    ]  # fmt: skip
    waits = look.badge(words.WAITING, "warning") if view.waits else EMPTY
    always = [
        look.button("reload", words.BUTTON_RELOAD, key="l"),
        look.button("close", words.BUTTON_CLOSE),
    ]
    return look.join(
        look.element(
            "h2",
            look.join(view.title, " ", look.badge(view.state, view.tone), waits),
            tabindex="-1",
            data_testid="permit-title",
            data_number=view.number,
        ),
        said,
        look.actions(*buttons, *always),
        links(view.ways),
        EMPTY if one.may_change else look.paragraph(words.READ_ONLY),
    )


def question(one: OpenPermit, step: Step) -> Html:
    """What is about to be done to whom, with the register's record of that company and what speaks against it."""
    parts: list[str] = []
    if step.verb == words.RECORD:
        parts.append(notice(one.owner_notice, "owner"))
    if step.asks:
        parts.append(look.notice(words.ASK_HINT, testid="asks"))
    view = one.view
    if step.proposal is not None and view is not None:
        parts.append(notice(view.proposal, "step-proposal"))
    if step.verb in BESIDE and view is not None:
        parts += [notice(view.remarks, "step-remarks"), _comparison(view)]
    if one.register and step.verb in (words.RECORD, *BESIDE):
        parts.append(look.section(words.SECTION_REGISTER, look.facts(one.register), testid="step-register"))
    return look.confirm(step.question, *parts, buttons=[], tone="warning" if step.verb in TONES else "info")


def body(one: OpenPermit) -> Html:
    """The permit, beside the register."""
    view = one.view
    if view is None:
        return EMPTY if one.step is not None else look.empty_state(words.EMPTY)
    register = look.facts(view.register) if view.register else look.paragraph(queue_words.REGISTER_NONE)
    return look.join(
        notice(view.proposal, "proposal"),
        notice(view.remarks, "remarks"),
        look.facts([(words.FACT_STATE, view.state), *view.facts]),
        look.section(words.SECTION_COMPARISON, _comparison(view), testid="comparison"),
        look.section(words.SECTION_REGISTER, register),
        eligibility_part.section(view.eligibility),
        _listed(words.SECTION_OTHERS, queue_words.PERMIT_HEADINGS, view.others),
        look.section(
            words.SECTION_DISPATCHES,
            look.data_table(words.DISPATCH_HEADINGS, [_dispatch(one, row) for row in view.dispatches])
            if view.dispatches
            else look.paragraph(words.NOTHING),
            testid="dispatches",
        ),
        _listed(words.SECTION_HISTORY, words.HISTORY_HEADINGS, view.events),
    )


def letter(paper: Paper) -> Html:
    """The letter as it will be printed, and the button that saves it."""
    pages = (
        look.element(
            "img",
            src=f"data:image/png;base64,{base64.b64encode(page).decode('ascii')}",
            alt=words.PAGE_ALT.format(page=number),
            class_="ebid-page",
        )
        for number, page in enumerate(paper.pages, start=1)
    )
    save = look.actions(look.button("save", words.BUTTON_SAVE, tone="primary", key="s"))
    return look.section(words.SECTION_LETTER, save, *pages, testid="letter")


def stack_question(found: Tray) -> Html:
    """That the dispatch of the letters below is about to be entered."""
    return look.confirm(words.TRAY_QUESTION.format(count=len(found.letters)), buttons=[], tone="info")


def tray(found: Tray, printed: Paper | None) -> Html:
    """The letters that have not gone out, each of which can be left out."""
    if not found.letters:
        return look.section(words.TRAY_TITLE, look.empty_state(words.TRAY_EMPTY), testid="tray")
    rows = [
        (*cells, look.button("drop", words.TRAY_DROP, value=number, testid=f"drop-{number}"))
        for number, cells in found.letters.items()
    ]
    buttons = [
        look.button(
            "print", words.TRAY_PRINT.format(count=len(rows)), tone="secondary" if printed else "primary"
        ),
        look.button("send", words.TRAY_SEND),
        look.button("close", words.BUTTON_CLOSE),
    ]
    if printed is not None:
        buttons.insert(0, look.button("save", words.BUTTON_SAVE, tone="primary", key="s"))
    more = look.paragraph(words.TRAY_MORE.format(shown=len(rows))) if found.more else EMPTY
    return look.section(
        words.TRAY_TITLE,
        look.paragraph(words.TRAY_LEAD),
        more,
        look.actions(*buttons),
        look.data_table(words.TRAY_HEADINGS, rows),
        testid="tray",
    )


def _comparison(view: PermitView) -> Html:
    rows = (
        look.Compared(line.label, line.entered, line.registered, line.verdict, line.tone)
        for line in view.comparisons
    )
    return look.comparison(words.COMPARISON_HEADINGS, rows)


def _dispatch(one: OpenPermit, row: DispatchShown) -> tuple[str, ...]:
    if not (row.open and one.may_change):
        return (*row.cells, EMPTY)
    buttons = [
        look.button(verb, words.BUTTONS[verb], value=row.id, testid=f"{verb}-{row.id}")
        for verb in (words.CORRECT, words.CANCEL)
    ]
    return (*row.cells, look.actions(*buttons))


def _listed(title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Html:
    return look.section(title, look.data_table(headings, rows) if rows else look.paragraph(words.NOTHING))
