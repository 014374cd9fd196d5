"""The form of a step of the desk work on an ID."""

from __future__ import annotations

from collections.abc import Callable

from ebidadmin.presenters.id_desk import DeskStep
from ebidadmin.screens.case_forms import mail_preview
from ebidadmin.screens.components import look
from ebidadmin.screens.components.form import FieldForm, FormButton, FormRow, Submission
from ebidadmin.screens.components.look import EMPTY, ButtonTone, Html
from ebidadmin.text import desk_request_screen as request_words
from ebidadmin.text import id_desk as words
from ebidadmin.text import queue as queue_words
from ebidadmin.text import registrations as page_words

TYPED = FormRow("typed", request_words.FIELD_SUPPLIER, required=True, hint=request_words.FIELD_SUPPLIER_HINT)


def desk_form(step: DeskStep, submitted: Callable[[Submission], None], *, mailed: bool) -> FieldForm:
    """Asks for the reason, or for how it was made sure who asks; the button says what it does, or that it goes on to what is
    ``mailed``, the heading to whom."""
    label = queue_words.ACTION_TO_MAIL if mailed else _button(step)
    buttons = (
        FormButton("do", label, primary=True),
        FormButton("leave", page_words.BUTTON_LEAVE),
    )
    return FieldForm(
        _rows(step, mailed=mailed),
        buttons,
        submitted,
        values=_values(step),
        title=words.BUTTONS[step.verb],
        about=step.title,
        testid="desk-form",
    )


def desk_question(step: DeskStep) -> Html:
    """What is about to be done, and the mails exactly as they will be sent; nothing before that."""
    if not step.mails:
        return EMPTY
    tone: ButtonTone = "danger" if step.verb == words.CANCEL else "primary"
    buttons = [
        look.button("desk-yes", _button(step), value=step.asked, key="y", tone=tone),
        look.button("desk-back", words.BUTTON_BACK),
        look.button("desk-leave", page_words.BUTTON_LEAVE),
    ]
    return look.confirm(step.title, mail_preview(step.mails), buttons=buttons, tone="warning")


def _button(step: DeskStep) -> str:
    return request_words.BUTTON_ASK_CANCEL if step.asks else words.BUTTONS[step.verb]


def _values(step: DeskStep) -> dict[str, str]:
    if not step.asks_reason:
        return {}
    return {"reason": step.reason, **({"typed": step.typed} if step.types else {})}


def _rows(step: DeskStep, *, mailed: bool) -> tuple[FormRow, ...]:
    if step.asks_reason:
        hint = words.FIELD_REASON_MAILED if mailed else ""
        reason = FormRow("reason", words.FIELD_REASON, "textarea", required=True, rows=2, hint=hint)
        return (reason, TYPED) if step.types else (reason,)
    means = tuple((one.value, label) for one, label in words.MEANS.items())
    documents = tuple((one.value, label) for one, label in words.DOCUMENTS.items())
    return (
        FormRow("means", words.FIELD_MEANS, "radio", required=True, options=means),
        FormRow(
            "document",
            words.FIELD_DOCUMENT,
            "radio",
            required=True,
            options=documents,
            hint=words.FIELD_DOCUMENT_HINT,
        ),
        FormRow("note", words.FIELD_NOTE),
    )
