"""The screen that makes a layout: choose an example, point at its headings, see what that makes of its rows, save."""

from __future__ import annotations

from ipywidgets import Layout, VBox

from ebidadmin.presenters.file_choice import SUFFIXES
from ebidadmin.presenters.layout_lines import chosen
from ebidadmin.presenters.layout_maker import LayoutMaker, Step
from ebidadmin.presenters.upload_inbox import UploadInbox
from ebidadmin.screens import layout_tables as tables
from ebidadmin.screens.components import look
from ebidadmin.screens.components.edit_table import EditTable
from ebidadmin.screens.components.form import FieldForm, FormButton, FormRow, Submission
from ebidadmin.screens.components.panel import Panel
from ebidadmin.screens.components.upload import Upload
from ebidadmin.screens.notices import notice
from ebidadmin.text import imports, notebooks
from ebidadmin.text import layouts as words

TITLE = '[data-testid="layout-title"]'


class LayoutMakerScreen:
    """The widgets; ``widget`` is what a notebook shows."""

    def __init__(self, state: LayoutMaker) -> None:
        self._state = state
        self.top = Panel(on_action=self._act, testid="layout-top")
        self.form = self._choice()
        self.upload = Upload(
            UploadInbox(state.inbox, suffixes=SUFFIXES, on_stored=self._arrived),
            labels=imports.UPLOAD,
            accept=",".join(sorted(SUFFIXES)),
        )
        self.rows = Panel(testid="layout-rows")
        self.columns = EditTable(
            tables.COLUMN_COLUMNS, self._column, caption=words.SECTION_COLUMNS, testid="layout-columns"
        )
        self.fields = EditTable(
            tables.FIELD_COLUMNS, self._field, caption=words.SECTION_FIELDS, testid="layout-fields"
        )
        self.values = EditTable(
            tables.VALUE_COLUMNS, self._value, caption=words.SECTION_VALUES, testid="layout-values"
        )
        self.values_title = Panel(testid="layout-values-title")
        self.check = Panel(testid="layout-check")
        self.heading: FieldForm | None = None
        self.more: FieldForm | None = None
        self.rules: FieldForm | None = None
        self.widget = VBox([], layout=Layout(width="100%"))
        self._show()

    # Showing

    def _show(self) -> None:
        state = self._state
        self._show_top()
        if state.step is Step.CHOOSE:
            self.form.set_errors(state.errors)
            self.widget.children = (self.top, self.form, self.upload)
        elif state.step is Step.MAP:
            self._show_map()
        else:
            self.widget.children = (self.top,)

    def _show_top(self) -> None:
        state = self._state
        title = look.element(
            "div",
            look.page_header(words.TITLE, words.LEAD, guide=notebooks.LAYOUT_MAKER.guide),
            tabindex="-1",
            data_testid="layout-title",
        )
        parts = [title, look.stepper(words.STEPS, list(Step).index(state.step)), notice(state.notice, "said")]
        if state.step is Step.SAVED:
            importing = look.open_link(notebooks.QUALIFICATION_IMPORT.name, words.LINK_IMPORT)
            another = look.button("again", words.BUTTON_ANOTHER)
            parts.append(look.actions(importing, another))
        self.top.show(look.join(*parts))

    def _show_map(self) -> None:
        """Build what depends on the example; what depends on the draft follows with every change."""
        self.heading = self._heading_form()
        self.more = self._more_form()
        self.rules = self._rules_form()
        self.widget.children = (
            self.top,
            self.rows,
            self.heading,
            Panel(tables.title(words.SECTION_COLUMNS, words.LEAD_COLUMNS)),
            self.columns,
            Panel(tables.title(words.SECTION_FIELDS, words.LEAD_FIELDS)),
            self.fields,
            self.values_title,
            self.values,
            self.more,
            self.check,
            Panel(tables.title(words.SECTION_SAVE)),
            self.rules,
        )
        self._renew()

    def _renew(self) -> None:
        state = self._state
        self._show_top()
        self.rows.show(tables.first_rows(state))
        self.columns.show(tables.column_rows(state))
        self.fields.show(tables.field_rows(state))
        self.values.show(tables.value_rows(state))
        self.values_title.show(tables.values_title(state))
        self.check.show(tables.check(state))

    def _choice(self) -> FieldForm:
        files = (("", imports.CHOOSE), *self._state.files())
        return FieldForm(
            (
                FormRow("file", imports.FIELD_FILE, "select", options=files),
                FormRow("path", imports.FIELD_PATH, hint=imports.FIELD_PATH_HINT),
            ),
            (
                FormButton("open", words.BUTTON_OPEN, primary=True),
                FormButton("files", imports.BUTTON_FILES),
            ),
            self._chosen,
            title=words.SECTION_FILE,
            testid="layout-choice",
        )

    def _heading_form(self) -> FieldForm:
        row = FormRow(
            "heading",
            words.FIELD_HEADING_ROW,
            "select",
            hint=words.FIELD_HEADING_ROW_HINT,
            options=self._state.heading_choices,
            live=True,
        )
        return FieldForm(
            (row,),
            (FormButton("back", words.BUTTON_BACK),),
            lambda _submission: self._back(),
            on_change=self._heading_changed,
            values={"heading": self._state.heading},
            title=words.SECTION_HEADING,
            testid="layout-heading",
        )

    def _more_form(self) -> FieldForm:
        fields = (("", imports.CHOOSE), *((name, label) for name, label in imports.FIELDS.items()))
        return FieldForm(
            (
                FormRow("field", words.VALUE_FIELD, "select", options=fields),
                FormRow("old", words.VALUE_OLD),
                FormRow("new", words.VALUE_NEW, hint=words.VALUE_NEW_HINT),
            ),
            (FormButton("add", words.BUTTON_ADD_VALUE),),
            self._added,
            title=words.BUTTON_ADD_VALUE,
            testid="layout-value",
        )

    def _rules_form(self) -> FieldForm:
        return FieldForm(
            (
                FormRow("number", words.FIELD_NUMBER, "radio", options=words.NUMBERS, live=True),
                FormRow("list", words.FIELD_LIST, "radio", options=words.LISTS, live=True),
                FormRow("rows", words.FIELD_ROWS, "radio", options=words.ROWS, live=True),
                FormRow("title", words.FIELD_TITLE, required=True, hint=words.FIELD_TITLE_HINT, live=True),
                FormRow("name", words.FIELD_KEY, required=True, hint=words.FIELD_KEY_HINT, live=True),
                FormRow("replace", words.FIELD_REPLACE, "checkbox"),
            ),
            (FormButton("save", words.BUTTON_SAVE, primary=True), FormButton("back", words.BUTTON_BACK)),
            self._saved,
            on_change=lambda _key, values: self._rules_changed(values),
            values=self._state.rules(),
            title=words.SECTION_SAVE,
            testid="layout-rules",
        )

    # What the person does

    def _arrived(self, name: str) -> None:
        """A file came from the browser: the list has it, and it is chosen."""
        self._renew_choice({"file": name, "path": ""})

    def _renew_choice(self, values: dict[str, str]) -> None:
        old, self.form = self.form, self._choice()
        self.form.set_values(values)
        self._show()
        old.close()

    def _chosen(self, submission: Submission) -> None:
        values = submission.values
        if submission.button == "files":
            self._renew_choice(values)
            return
        self._state.choose(file=values["file"], path=values["path"])
        self._show()
        self.top.focus(TITLE)

    def _back(self) -> None:
        self._state.back()
        self._renew_choice({"file": "", "path": ""})

    def _heading_changed(self, _key: str, values: dict[str, str]) -> None:
        self._state.set_heading(values["heading"])
        self._renew()
        if self.rules is not None:
            self.rules.set_values(self._state.rules())

    def _column(self, row: str, _key: str, value: str) -> None:
        self._state.set_purpose(int(row), value)
        self._renew()

    def _field(self, row: str, key: str, value: str) -> None:
        self._state.set_field(row, key, value)
        self._renew()

    def _value(self, row: str, key: str, value: str) -> None:
        line = self._state.values()[int(row)]
        self._state.set_value(line.field, line.old, None if key == "remove" else chosen(value))
        self._renew()

    def _added(self, submission: Submission) -> None:
        values, form = submission.values, self.more
        if form is None:
            return
        added = self._state.add_value(values["field"], values["old"], values["new"])
        form.set_errors(self._state.errors)
        if added:
            form.set_values({"old": "", "new": ""})
        self._renew()

    def _rules_changed(self, values: dict[str, str]) -> None:
        self._state.set_rules(values)
        self._show_top()
        self.fields.show(tables.field_rows(self._state))
        self.check.show(tables.check(self._state))

    def _saved(self, submission: Submission) -> None:
        if submission.button == "back":
            self._back()
            return
        self._state.set_rules(submission.values)
        if self._state.save(replacing=bool(submission.values["replace"])):
            self._show()
            self.top.focus(TITLE)
            return
        self._renew()
        self.top.focus(TITLE)

    def _act(self, action: str, _value: str) -> None:
        if action == "again":
            self._back()
