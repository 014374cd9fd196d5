"""The letters of permits as PDF: a clerk's text, set on a page that is a template as well."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ebidadmin.bundled import reference_file
from ebidadmin.documents.engine import compile_page, page_pictures
from ebidadmin.documents.fonts import page_fonts
from ebidadmin.documents.glyphs import PageValue, check_text
from ebidadmin.documents.letter_template import TemplateLine, blocks, letter_lines, read_letter
from ebidadmin.domain.permits import PermitState
from ebidadmin.services.office_files import digest_of
from ebidadmin.services.permit_letters import LetterFacts
from ebidadmin.text.letters import FIELDS, letter_values

LETTER_PAGE = "letter.typ"
TEMPLATES: Mapping[PermitState, str] = {
    PermitState.GRANTED: "permit_granted.txt",
    PermitState.REFUSED: "permit_refused.txt",
}


class LetterPress:
    """Makes letters from the templates of a desk, else from those that travel with the program."""

    def __init__(
        self, folder: Path | None, *, office: str, contact: str, reason_label: Callable[[str], str]
    ) -> None:
        """Read and check the templates. Raises ``ConfigurationError``, see ``letter_template.load_letter``; ``DocumentError``
        (``glyph-missing``) for a character of a template without a glyph."""
        self._page = reference_file(folder, "pages", LETTER_PAGE)
        self._office, self._contact, self._label = office, contact, reason_label
        read = {
            state: _read(reference_file(folder, "letters", name), state) for state, name in TEMPLATES.items()
        }
        self._templates = {state: lines for state, (lines, _) in read.items()}
        self.versions = {state: digest for state, (_, digest) in read.items()}
        """The digest of each template as it was read: by it a letter is known to be made from that text."""

    def one_file(self, letters: Sequence[LetterFacts]) -> bytes:
        """All letters in one PDF, each on a page of its own. Raises ``DocumentError``, see ``engine.compile_page``."""
        return compile_page(self._page, self._data(letters), made_at=letters[0].made_at)

    def pictures(self, letters: Sequence[LetterFacts]) -> tuple[bytes, ...]:
        """A picture (PNG) of each page of that file. Raises as ``one_file``."""
        return page_pictures(self._page, self._data(letters), made_at=letters[0].made_at)

    def single_files(self, letters: Sequence[LetterFacts]) -> list[tuple[str, bytes]]:
        """Each letter with the name of a file for it. Raises as ``one_file``."""
        return [(file_name(one), self.one_file([one])) for one in letters]

    def _data(self, letters: Sequence[LetterFacts]) -> dict[str, PageValue]:
        return {"letters": [self._letter(one) for one in letters]}

    def _letter(self, facts: LetterFacts) -> PageValue:
        reasons = [self._label(code) for code in facts.permit.refusal_reasons]
        values = letter_values(facts, office=self._office, contact=self._contact, reasons=reasons)
        # The fields come first and with their names: a character that cannot be printed is told by the field that it stands in.
        named: list[PageValue] = [{"key": name, "value": value} for name, value in values.items()]
        return {"fields": named, "blocks": blocks(self._templates[facts.permit.state], values)}


def file_name(facts: LetterFacts) -> str:
    """Sorts by number, names the permit."""
    return f"{facts.document.fiscal_year}-{facts.document.number:05d}_{facts.permit.id}.pdf"


def checked_letter(path: Path, state: PermitState) -> tuple[TemplateLine, ...]:
    """A template that can be used for letters of that kind. Raises as ``LetterPress`` does."""
    return _read(path, state)[0]


def _read(path: Path, state: PermitState) -> tuple[tuple[TemplateLine, ...], str]:
    """The lines of a template, and its digest."""
    content = read_letter(path)
    lines = letter_lines(path, content, FIELDS[state])
    for line in lines:
        check_text(line.text, page_fonts(), field=path.name)
    return lines, digest_of(content)
