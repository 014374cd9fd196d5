"""The parts that the screens of all walkthroughs are made of: a view becomes markup and rows of a form."""

from __future__ import annotations

from ebidadmin.presenters.walkthrough_view import (
    ButtonView,
    DoorView,
    FieldView,
    ScreenView,
    SectionView,
    ShownRow,
)
from ebidadmin.screens.components import look
from ebidadmin.screens.components.form import FormButton, FormRow
from ebidadmin.screens.components.look import EMPTY, Html
from ebidadmin.screens.notices import notice

SENDS_SECRETS = frozenset({"ok", "search", "confirm", "sign-in", "set-new"})
"""The only buttons that hand over what was typed into a password row; every other one has it wiped unsent."""


def top(view: ScreenView) -> Html:
    """Title, lead and what is said."""
    lead = look.join(*(look.paragraph(line) for line in view.lead))
    title = look.element("h2", view.title, data_testid="screen-title", data_screen=view.id, tabindex="-1")
    return look.join(title, lead, *(notice(said) for said in view.notices))


def section(part: SectionView) -> Html:
    """A part of a screen that is only shown."""
    lead = [look.paragraph(line) for line in part.lead]
    shown = look.facts((row.label, row.value) for row in part.rows)
    if not part.title:
        return look.join(*lead, shown)
    return look.section(part.title, *lead, shown, testid=f"section-{part.key}")


def door(one: DoorView) -> Html:
    """A door of the portal."""
    state = look.badge(one.state, "success" if one.is_open else "warning")
    return look.section(
        one.name,
        look.paragraph(one.hours, Html(" "), state),
        look.paragraph(one.lead),
        look.join(*(look.paragraph(note) for note in one.notes)),
        buttons((one.button,)),
        testid=f"door-{one.key}",
    )


def notes(view: ScreenView) -> Html:
    """What stands below the content."""
    return look.join(*(look.paragraph(note) for note in view.notes))


def buttons(listed: tuple[ButtonView, ...]) -> Html:
    """Buttons of a screen without a form."""
    if not listed:
        return EMPTY
    return look.actions(
        *(
            look.button(
                one.key, one.label, tone="primary" if one.primary else "secondary", disabled=not one.enabled
            )
            for one in listed
        )
    )


def form_rows(view: ScreenView) -> list[FormRow]:
    """The form's structure. It is widget state, so it holds labels and never a value."""
    rows: list[FormRow] = []
    for part in view.sections:
        rows.append(FormRow(f"heading-{part.key}", part.title, "heading"))
        rows += [FormRow(f"lead-{part.key}-{n}", line, "note") for n, line in enumerate(part.lead)]
        if part.copy is not None:
            rows.append(FormRow(part.copy.key, part.copy.label, "copy", copies=part.copy.pairs))
        rows += [_row(item) for item in part.items]
    return rows


def form_buttons(view: ScreenView) -> list[FormButton]:
    """Buttons below a form."""
    return [
        FormButton(one.key, one.label, primary=one.primary, sends_secrets=one.key in SENDS_SECRETS)
        for one in view.buttons
    ]


def form_values(view: ScreenView) -> dict[str, str]:
    """What a form is filled with: never what belongs into a password row."""
    shown = {row.key: row.value for part in view.sections for row in part.rows}
    return {**shown, **{field.key: field.value for field in view.fields if field.kind != "password"}}


def _row(item: ShownRow | FieldView) -> FormRow:
    if isinstance(item, FieldView):
        return FormRow(item.key, item.label, item.kind, required=item.required, hint=item.hint)
    return FormRow(item.key, item.label, "readonly")
