"""The reading part of a case, as markup."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ebidadmin.domain.findings import Severity
from ebidadmin.presenters.case import ActionState, CasePresenter
from ebidadmin.presenters.case_actions import Action
from ebidadmin.presenters.case_view import CaseView
from ebidadmin.presenters.ways import Kind
from ebidadmin.screens import case_keys, eligibility_part
from ebidadmin.screens.components import look
from ebidadmin.screens.components.look import EMPTY, ButtonTone, Compared, Html
from ebidadmin.screens.notices import notice
from ebidadmin.screens.ways import linked, links
from ebidadmin.text import messages, notebooks
from ebidadmin.text import queue as words

TONES: dict[Action, ButtonTone] = {Action.APPROVE: "primary", Action.REJECT: "danger"}


def head(case: CasePresenter, view: CaseView | None) -> Html:
    """Title, state, what there is to say, and the buttons."""
    following = look.button("next", words.ACTION_NEXT, key=case_keys.NEXT)
    if view is None:
        hint = look.element("span", words.CASE_EMPTY, " ", words.CASE_EMPTY_HINT)
        return look.join(notice(case.notice, "case-notice"), look.actions(following, hint))
    badges = [look.badge(view.state, view.state_tone)]
    if view.overdue:
        badges.append(look.badge(words.OVERDUE, "error"))
    title = look.element("h2", view.title, tabindex="-1", data_testid="case-title", data_number=view.number)
    if case.pending is not None:
        # The question below names the case; a second row of buttons would invite to begin something else by mistake.
        return look.join(title, look.element("div", *badges))
    return look.join(
        notice(case.notice, "case-notice"),
        title,
        look.element("div", *badges),
        _holder(view),
        look.actions(*(_button(one) for one in case.actions())),
        look.actions(
            following,
            look.button("reload", words.ACTION_RELOAD, key=case_keys.RELOAD),
            look.button("close", words.ACTION_CLOSE, key=case_keys.CLOSE),
        ),
        _blocked(case),
        look.facts(view.facts),
        links(view.ways),
    )


def _holder(view: CaseView) -> Html:
    if view.holder is None:
        return EMPTY
    return look.join(
        notice(view.holder, "case-holder"),
        look.actions(look.button("take-over", words.ACTION_TAKE_OVER, key=case_keys.TAKE_OVER)),
    )


def _button(one: ActionState) -> Html:
    return look.button(
        "begin",
        words.ACTIONS[one.action.value],
        value=one.action.value,
        tone=TONES.get(one.action, "secondary"),
        key=case_keys.ACTIONS[one.action],
        disabled=not one.enabled,
        testid=f"begin-{one.action.value}",
    )


def _blocked(case: CasePresenter) -> Html:
    """Why the approval button is off, by the findings that block it."""
    offered = any(one.action is Action.APPROVE for one in case.actions())
    blocks = case.of_severity(Severity.BLOCK)
    if not offered or not blocks:
        return EMPTY
    labels = dict.fromkeys(messages.finding_label(one.code) for one in blocks)
    return look.notice(
        words.BLOCKED_LEAD, tone="error", title=words.BLOCKED_TITLE, items=labels, testid="case-blocked"
    )


def body(view: CaseView) -> Html:
    """Findings first, then the comparison, then everything around it."""
    return look.join(
        _pairs(words.SECTION_DECISION, view.decision),
        look.section(words.SECTION_FINDINGS, _findings(view), testid="findings"),
        look.section(words.SECTION_COMPARISON, _comparison(view), testid="comparison"),
        look.section(
            words.SECTION_REGISTER,
            look.facts(view.register) if view.register else look.paragraph(words.REGISTER_NONE),
        ),
        eligibility_part.section(view.eligibility),
        _listed(
            words.SECTION_PERMITS,
            words.PERMIT_HEADINGS,
            linked(view.permits, notebooks.PERMITS.name, Kind.PERMIT),
            words.EMPTY_PERMITS,
        ),
        _said(words.SECTION_INQUIRIES, view.inquiries),
        _said(words.SECTION_NOTES, view.notes),
        _listed(words.SECTION_EARLIER, words.EARLIER_HEADINGS, view.earlier, words.EMPTY_EARLIER),
        _listed(words.SECTION_SHARED, words.SHARED_HEADINGS, view.shared, words.EMPTY_SHARED),
        _listed(words.SECTION_MAILS, words.MAIL_HEADINGS, view.mails, words.EMPTY_MAILS, testid="mails"),
        _listed(words.SECTION_HISTORY, words.HISTORY_HEADINGS, view.history, words.EMPTY_HISTORY),
    )


def _findings(view: CaseView) -> Html:
    if not view.findings:
        return look.paragraph(words.NO_FINDINGS)
    return look.data_table(
        words.FINDING_HEADINGS,
        [(look.badge(one.severity, one.tone), one.label, one.sentence) for one in view.findings],
    )


def _comparison(view: CaseView) -> Html:
    compared = (
        Compared(one.label, one.entered, one.registered, one.verdict, one.tone) for one in view.comparisons
    )
    return look.comparison(words.COMPARISON_HEADINGS, compared)


def _pairs(title: str, pairs: Sequence[tuple[str, str]]) -> Html:
    return look.section(title, look.facts(pairs), testid="decision") if pairs else EMPTY


def _listed(
    title: str, headings: Sequence[str], rows: Sequence[Sequence[str]], nothing: str, testid: str = ""
) -> Html:
    content = look.data_table(headings, rows) if rows else look.paragraph(nothing)
    return look.section(title, content, testid=testid)


def _said(title: str, pairs: Iterable[tuple[str, str]]) -> Html:
    """Texts with who wrote them when; left out where there are none."""
    listed = [(who, look.lines(text)) for who, text in pairs]
    return look.section(title, look.facts(listed)) if listed else EMPTY
