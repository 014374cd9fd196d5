"""What each step of a permit asks for. Labels of form rows are synced state, so they never quote the permit."""

from __future__ import annotations

from ebidadmin.presenters.open_permit import OpenPermit
from ebidadmin.presenters.permit_steps import Step
from ebidadmin.screens.components.form import FormButton, FormRow
from ebidadmin.text import permit_screen as words
from ebidadmin.text.queue import PAPER_CHANNELS

CHANNELS = tuple((one.value, label) for one, label in PAPER_CHANNELS.items())

PAPER = (
    FormRow(
        "supplier_number", words.FIELD_SUPPLIER, required=True, hint=words.FIELD_SUPPLIER_HINT, live=True
    ),
    FormRow("applicant", words.FIELD_APPLICANT, hint=words.FIELD_APPLICANT_HINT),
    FormRow("received", words.FIELD_RECEIVED, required=True, hint=words.DATE_HINT),
    FormRow("channel", words.FIELD_CHANNEL, "radio", required=True, options=CHANNELS),
    FormRow("reply_channel", words.FIELD_REPLY, "select", options=(("", words.REPLY_UNSAID), *CHANNELS)),
    FormRow("note", words.FIELD_NOTE),
)
SENDING = (
    FormRow("channel", words.FIELD_SENT_CHANNEL, "radio", required=True, options=CHANNELS),
    FormRow("day", words.FIELD_DAY, hint=words.DATE_HINT),
    FormRow("recipient", words.FIELD_RECIPIENT, hint=words.FIELD_RECIPIENT_HINT),
)
CHECKED = (FormRow("checked", words.FIELD_CHECKED, "checkbox", required=True),)
TYPED = FormRow("typed", words.FIELD_TYPED, required=True, hint=words.FIELD_TYPED_HINT)
WHY = FormRow("note", words.FIELD_WHY, required=True)

FIRST = {
    words.CONFIRM: "checked",
    words.DECLINE: "reason",
    words.RECORD: "supplier_number",
    words.GRANT: "valid_from",
    words.REFUSE: "reasons",
    words.WITHDRAW: "reason",
    words.VOID: "reason",
    words.DISPATCH: "channel",
    words.CORRECT: "channel",
    words.CANCEL: "note",
}
"""Where the keyboard goes when the form opens."""


def rows(one: OpenPermit, step: Step) -> tuple[FormRow, ...]:
    """The fields of a step."""
    return (*_rows(one, step), TYPED) if step.types else _rows(one, step)


def _rows(one: OpenPermit, step: Step) -> tuple[FormRow, ...]:
    if step.verb == words.GRANT:
        return _grant(step)
    if step.verb == words.REFUSE:
        return _refuse(one)
    if step.verb == words.CONFIRM:
        return CHECKED if step.checked else ()
    return {
        words.TAKE_BACK: (),
        words.DECLINE: (FormRow("reason", words.FIELD_DECLINE_REASON, "textarea", required=True, rows=2),),
        words.RECORD: PAPER,
        words.WITHDRAW: (
            FormRow("reason", words.FIELD_WITHDRAW_REASON, "textarea", required=True, rows=2),
            FormRow("withdrawn_from", words.FIELD_WITHDRAWN_FROM, hint=words.FIELD_WITHDRAWN_FROM_HINT),
        ),
        words.VOID: (FormRow("reason", words.FIELD_VOID_REASON, "textarea", required=True, rows=2),),
        words.DISPATCH: (*SENDING, FormRow("note", words.FIELD_NOTE)),
        words.CORRECT: (*SENDING, WHY),
        words.CANCEL: (WHY,),
    }[step.verb]


STACK = (
    FormRow("channel", words.FIELD_SENT_CHANNEL, "select", options=(("", words.TRAY_WISHED), *CHANNELS)),
    FormRow("day", words.FIELD_DAY, hint=words.DATE_HINT),
)
"""What the dispatch of several letters asks for."""

STACK_BUTTONS = (
    FormButton("do", words.YES[words.DISPATCH], primary=True, shortcut="y"),
    FormButton("leave", words.BUTTON_LEAVE),
)


def buttons(step: Step) -> tuple[FormButton, ...]:
    """The one that does it says what it does."""
    return (
        FormButton("do", words.ASK_YES if step.asks else words.YES[step.verb], primary=True, shortcut="y"),
        FormButton("leave", words.BUTTON_LEAVE),
    )


def _grant(step: Step) -> tuple[FormRow, ...]:
    return (
        FormRow("valid_from", words.FIELD_FROM, hint=words.DATE_HINT),
        FormRow("valid_to", words.FIELD_TO, hint=words.FIELD_TO_HINT),
        *(CHECKED if step.checked else ()),
    )


def _refuse(one: OpenPermit) -> tuple[FormRow, ...]:
    return (
        FormRow(
            "reasons",
            words.FIELD_REASONS,
            "checks",
            required=True,
            hint=words.FIELD_REASONS_HINT,
            options=one.reason_choices,
        ),
        FormRow("note", words.FIELD_REFUSAL_NOTE, "textarea", rows=2),
    )
