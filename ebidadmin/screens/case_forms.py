"""The forms and confirmations of the case's actions. Labels of form rows are synced state, so they never quote the case."""

from __future__ import annotations

from collections.abc import Sequence

from ebidadmin.domain.findings import Severity
from ebidadmin.domain.mails import MailDraft
from ebidadmin.presenters.case import CasePresenter
from ebidadmin.presenters.case_actions import ACCEPT, MAILED, Action, Pending
from ebidadmin.presenters.notices import Notice
from ebidadmin.screens import case_keys
from ebidadmin.screens.components import look
from ebidadmin.screens.components.form import FormButton, FormRow
from ebidadmin.screens.components.look import Html, Tone
from ebidadmin.screens.notices import notice
from ebidadmin.text import messages
from ebidadmin.text import queue as words

TONES: dict[Action, Tone] = {Action.REJECT: "warning", Action.APPROVE: "info"}


def question(case: CasePresenter, pending: Pending) -> Html:
    """What is about to be done, to which company and application; for an approval, what is to be accepted."""
    parts: list[str] = []
    if pending.action is Action.APPROVE:
        sentences = (messages.finding_sentence(one) for one in case.of_severity(Severity.WARNING))
        parts.append(look.notice(words.ACCEPT_LEAD, tone="warning", items=sentences))
    parts.append(notice(_beside_fields(case, pending), "question-notice"))
    return look.confirm(
        pending.question, *parts, buttons=_taking_over(case), tone=TONES.get(pending.action, "info")
    )


def _taking_over(case: CasePresenter) -> list[Html]:
    """The way on where another person got the case while something was entered."""
    if case.pending is None or case.pending.action is Action.NOTE or not case.held_by_other:
        return []
    return [look.button("take-over", words.ACTION_TAKE_OVER, key=case_keys.TAKE_OVER)]


def _beside_fields(case: CasePresenter, pending: Pending) -> Notice | None:
    """What is to be said besides the sentences at the fields; these are said once, where they belong."""
    if case.notice is None or not pending.errors:
        return case.notice
    shown = {row.key for row in rows(case, pending)}
    lost = tuple(said for key, said in pending.errors.items() if key not in shown)
    return Notice(case.notice.tone, case.notice.text, lost) if lost else None


def preview(case: CasePresenter, pending: Pending) -> Html:
    """The question with the mail exactly as it will be sent; the notice of the case tells why it is shown again."""
    draft = pending.draft
    parts: list[str] = [notice(case.notice, "preview-notice")]
    if not pending.mailed:
        parts.append(look.notice(words.MAIL_OFF, tone="info"))
    elif draft is not None:
        parts.append(mail_preview([draft]))
    action = pending.action
    buttons = [
        look.button(
            "confirm-yes",
            words.YES[action.value],
            value=pending.asked,
            key=case_keys.YES,
            tone="danger" if action is Action.REJECT else "primary",
        ),
        *_taking_over(case),
        look.button("back", words.ACTION_BACK, key=case_keys.BACK),
        look.button("cancel", words.ACTION_CANCEL, key=case_keys.CANCEL),
    ]
    return look.confirm(pending.question, *parts, buttons=buttons, tone=TONES.get(action, "info"))


def mail_preview(drafts: Sequence[MailDraft]) -> Html:
    """The mails exactly as they will be sent; one text that goes to several addresses stands here once."""
    parts: list[str] = []
    for subject, body in dict.fromkeys((draft.subject, draft.body) for draft in drafts):
        to = ", ".join(
            address
            for draft in drafts
            if (draft.subject, draft.body) == (subject, body)
            for address in draft.to
        )
        parts.append(look.facts([(words.MAIL_TO, to), (words.MAIL_SUBJECT, subject)]))
        parts.append(look.preformatted(body, testid="mail-body"))
    return look.section(
        words.MAIL_PREVIEW_TITLE, look.paragraph(words.MAIL_EXACT), *parts, testid="mail-preview"
    )


def rows(case: CasePresenter, pending: Pending) -> tuple[FormRow, ...]:
    """What is to be entered for an action."""
    if pending.action is Action.APPROVE:
        return tuple(
            FormRow(ACCEPT + code, messages.finding_label(code), required=True, hint=words.ACCEPT_HINT)
            for code in _warnings(case)
        )
    if pending.action is Action.REJECT:
        return (
            FormRow(
                "reasons",
                words.REASONS_LABEL,
                "checks",
                required=True,
                hint=words.REASONS_HINT,
                options=case.reason_choices,
            ),
            FormRow("note", words.NOTE_FOR_MAIL_LABEL, "textarea", hint=words.NOTE_FOR_MAIL_HINT, rows=3),
        )
    if pending.action is Action.WITHDRAW:
        return (FormRow("note", words.WITHDRAW_LABEL, "textarea", rows=3),)
    label, hint = {
        Action.INQUIRE: (words.INQUIRY_LABEL, words.INQUIRY_HINT),
        Action.ANSWER: (words.ANSWER_LABEL, words.ANSWER_HINT),
        Action.NOTE: (words.INTERNAL_NOTE_LABEL, words.INTERNAL_NOTE_HINT),
    }[pending.action]
    return (
        FormRow("text", label, "textarea", required=pending.action is not Action.ANSWER, hint=hint, rows=5),
    )


def buttons(action: Action) -> tuple[FormButton, ...]:
    """On to the mail, or done at once; and a way out."""
    mailed = action in MAILED
    label = words.ACTION_TO_MAIL if mailed else words.YES[action.value]
    key = case_keys.TO_MAIL if mailed else case_keys.YES
    return (
        FormButton("go", label, primary=True, shortcut=key),
        FormButton("cancel", words.ACTION_CANCEL, shortcut=case_keys.CANCEL),
    )


def first_field(case: CasePresenter, action: Action) -> str:
    """Where the keyboard goes when the form opens."""
    if action is Action.APPROVE:
        return ACCEPT + _warnings(case)[0]
    return "reasons" if action is Action.REJECT else "note" if action is Action.WITHDRAW else "text"


def _warnings(case: CasePresenter) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.code.value for one in case.of_severity(Severity.WARNING)))
