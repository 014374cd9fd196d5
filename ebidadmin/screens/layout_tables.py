"""The tables of the layout screen: what the presenter's lines look like."""

from __future__ import annotations

from ebidadmin.domain.imports import ProblemSeverity
from ebidadmin.presenters.layout_maker import LayoutMaker
from ebidadmin.screens.components import look
from ebidadmin.screens.components.edit_table import ControlKind, EditColumn, EditRow
from ebidadmin.screens.components.look import EMPTY, Html
from ebidadmin.screens.notices import notice
from ebidadmin.services.layout_making import LOOKED_AT
from ebidadmin.text import imports
from ebidadmin.text import layouts as words
from ebidadmin.text.labels import encoding_label

COLUMN_COLUMNS = (
    EditColumn("letter", words.COLUMN_LETTER, width="44px"),
    EditColumn("heading", words.COLUMN_HEADING),
    EditColumn("sample", words.COLUMN_SAMPLE),
    EditColumn("purpose", words.COLUMN_PURPOSE, width="220px", options=tuple(words.PURPOSES.items())),
)
FIELD_COLUMNS = (
    EditColumn("label", words.FIELD_NAME, width="150px"),
    EditColumn("headings", words.FIELD_HEADINGS),
    EditColumn("joiner", words.FIELD_JOINER, width="150px", options=words.JOINERS),
    EditColumn("required", words.FIELD_REQUIRED, width="50px"),
    EditColumn("constant", words.FIELD_CONSTANT, width="220px"),
)
VALUE_COLUMNS = (
    EditColumn("field", words.VALUE_FIELD, width="150px"),
    EditColumn("old", words.VALUE_OLD),
    EditColumn("count", words.VALUE_COUNT, width="90px"),
    EditColumn("new", words.VALUE_NEW, width="200px"),
    EditColumn("remove", words.BUTTON_REMOVE, width="90px"),
)


def title(text: str, lead: str = "") -> Html:
    """The title of a part, with what to do there."""
    return look.section(text, look.paragraph(lead) if lead else EMPTY)


def first_rows(state: LayoutMaker) -> Html:
    """The file, and its first rows as they stand; the row of the headings is marked."""
    example = state.example
    if example is None:
        return EMPTY
    about = [(words.FACT_FILE, example.file_name)]
    if example.encoding:
        about.append((words.FACT_ENCODING, encoding_label(example.encoding)))
    rows = state.first_rows()
    width = max(len(row.cells) for row in rows)
    headings = (imports.PROBLEM_LINE, *(words.column_letter(place) for place in range(width)))
    body: list[list[str]] = []
    for at, row in enumerate(rows):
        cells = [*row.cells, *[""] * (width - len(row.cells))]
        if str(at) == state.heading:
            body.append(
                [look.badge(words.COLUMN_HEADING, "info"), *(look.element("strong", one) for one in cells)]
            )
        else:
            body.append([imports.line(row.line), *cells])
    return look.section(
        words.SECTION_ROWS, look.facts(about), look.data_table(headings, body), testid="layout-first-rows"
    )


def column_rows(state: LayoutMaker) -> tuple[EditRow, ...]:
    """A row for each column."""
    select: dict[str, ControlKind] = {"purpose": "select"}
    return tuple(
        EditRow(
            str(line.place),
            {"letter": line.letter, "heading": line.heading, "sample": line.sample, "purpose": line.purpose},
            select,
        )
        if line.heading
        else EditRow(
            str(line.place),
            {
                "letter": line.letter,
                "heading": words.UNNAMED,
                "sample": line.sample,
                "purpose": words.UNNAMED_NOTE,
            },
        )
        for line in state.columns()
    )


def field_rows(state: LayoutMaker) -> tuple[EditRow, ...]:
    """A row for each field; only what can be said of it has a control."""
    rows = []
    for line in state.fields():
        controls: dict[str, ControlKind] = {}
        if len(line.headings) > 1:
            controls["joiner"] = "select"
        if line.headings:
            controls["required"] = "checkbox"
        if line.constant_possible:
            controls["constant"] = "text"
        cells = {
            "label": line.label,
            "headings": words.joined(line.headings) or words.NO_COLUMN,
            "joiner": line.joiner if len(line.headings) > 1 else "",
            "required": ("1" if line.required else "") if line.headings else "",
            "constant": line.constant,
        }
        fixed = ("required",) if line.always_required and line.headings else ()
        rows.append(EditRow(line.name, cells, controls, disabled=fixed))
    return tuple(rows)


def value_rows(state: LayoutMaker) -> tuple[EditRow, ...]:
    """A row for each value that is replaced or ought to be."""
    rows = []
    for at, line in enumerate(state.values()):
        controls: dict[str, ControlKind] = {"new": "select", **({"remove": "button"} if line.added else {})}
        cells = {
            "field": line.label,
            "old": line.old or words.VALUE_EMPTY,
            "count": f"{line.count:,}",
            "new": line.choice,
            "remove": "",
        }
        rows.append(EditRow(str(at), cells, controls, {"new": line.options}))
    return tuple(rows)


def values_title(state: LayoutMaker) -> Html:
    """The title above them; without any it says so."""
    nothing = EMPTY if state.values() else look.paragraph(words.NO_VALUES)
    return look.section(words.SECTION_VALUES, look.paragraph(words.LEAD_VALUES), nothing)


def check(state: LayoutMaker) -> Html:
    """What is missing, what an import would say of the first rows, and the first rows as they are read."""
    headings, rows = state.preview()
    parts = [*(notice(one, f"layout-{one.tone}") for one in state.verdict())]
    if rows:
        parts.append(_problems(state))
        parts.append(look.data_table(headings, rows, words.PREVIEW_CAPTION))
    return look.section(words.SECTION_CHECK, *parts, testid="layout-preview")


def _problems(state: LayoutMaker) -> Html:
    count = f"{min(LOOKED_AT, len(state.looked.rows)):,}"
    found = state.problems()
    if not found:
        return look.paragraph(words.NO_PROBLEMS.format(rows=count))
    listed = [
        (
            look.badge(
                imports.SEVERITIES[one.severity.value],
                "error" if one.severity is ProblemSeverity.ERROR else "warning",
            ),
            one.column,
            one.sentence,
            f"{one.count:,}",
            imports.line(one.line),
        )
        for one in found
    ]
    return look.join(
        look.paragraph(words.PROBLEMS_TITLE.format(rows=count)),
        look.data_table((imports.PROBLEM_SEVERITY, *words.PROBLEM_HEADINGS), listed),
    )
