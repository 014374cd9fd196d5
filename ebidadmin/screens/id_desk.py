"""The form of a step of the desk work on an ID."""

from __future__ import annotations

from collections.abc import Callable

from ebidadmin.presenters.id_desk import DeskStep
from ebidadmin.screens.components.form import FieldForm, FormButton, FormRow, Submission
from ebidadmin.text import id_desk as words
from ebidadmin.text import registrations as page_words


def desk_form(step: DeskStep, submitted: Callable[[Submission], None]) -> FieldForm:
    """Asks for the reason, or for how it was made sure who asks; the button says what it does, the heading to whom."""
    buttons = (
        FormButton("do", words.BUTTONS[step.verb], primary=True),
        FormButton("leave", page_words.BUTTON_LEAVE),
    )
    return FieldForm(
        (FormRow("item", step.title, "heading"), *_rows(step)),
        buttons,
        submitted,
        title=step.title,
        testid="desk-form",
    )


def _rows(step: DeskStep) -> tuple[FormRow, ...]:
    if step.asks_reason:
        return (FormRow("reason", words.FIELD_REASON, "textarea", required=True, rows=2),)
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
