"""What somebody types before a large change of the register is made at their own word: a word of the screen, or the number of rows that
change where one person works alone at an office that wants a second one."""

from __future__ import annotations

from dataclasses import dataclass

from ebidadmin.errors import InputError
from ebidadmin.services.ports import Office
from ebidadmin.services.second_person import asks_word, typed_facts
from ebidadmin.text import import_undoing, imports
from ebidadmin.text import typed_confirmation as words


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleWord:
    """``usual`` is the word of the screen, ``usual_label`` its field's label, ``usual_wrong`` what is said about any other."""

    office: Office
    usual: str
    usual_label: str
    usual_wrong: str

    @property
    def counted(self) -> bool:
        """Whether it is the number of rows."""
        return asks_word(self.office, self.office.settings.second_person)

    @property
    def label(self) -> str:
        """The field's label."""
        return words.ROWS_LABEL if self.counted else self.usual_label.format(word=self.usual)

    @property
    def hint(self) -> str:
        """What stands below the field."""
        return words.ROWS_HINT if self.counted else ""

    def items(self, rows: int) -> tuple[str, ...]:
        """What belongs to the verdict on a change of that many rows."""
        return (words.ROWS_TOTAL.format(rows=rows),) if self.counted else ()

    def errors(self, typed: str, rows: int) -> dict[str, str]:
        """What is wrong with what was typed about a change of that many rows, at its field."""
        if not self.counted:
            wrong = self.usual_wrong.format(word=self.usual)
            return {} if typed.strip() == self.usual else {"word": wrong}
        try:
            typed_facts(self.office, True, word=str(rows), typed=typed)
        except InputError as error:
            return {"word": words.at_field(error)}
        return {}


def word_of_import(office: Office) -> ScaleWord:
    """What lets a large import go on."""
    return ScaleWord(
        office=office,
        usual=imports.SCALE_WORD,
        usual_label=imports.SCALE_LABEL,
        usual_wrong=imports.SCALE_WRONG,
    )


def word_of_undoing(office: Office) -> ScaleWord:
    """What lets a large undoing go on."""
    return ScaleWord(
        office=office,
        usual=import_undoing.WORD,
        usual_label=import_undoing.WORD_LABEL,
        usual_wrong=import_undoing.WORD_WRONG,
    )
