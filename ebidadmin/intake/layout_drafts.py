"""A first layout from an example file: headings that are known here are mapped, the others kept as further columns.

It is to be looked over: what a heading means in another city, nobody here can know.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ebidadmin.domain.layout_drafts import KEEP, NAME, LayoutDraft, folded_heading
from ebidadmin.domain.layouts import FIELDS, FieldRule, Layout, NumberRule, told_apart
from ebidadmin.errors import ConfigurationError, InputError
from ebidadmin.intake.whole_files import whole_text
from ebidadmin.text.imports import FIELDS as LABELS

SUFFIX = ".toml"
UNFINISHED = ".draft"
"""Added to the name of a draft that is no layout yet, so that no start of the program stumbles over it."""


@dataclass(frozen=True, slots=True)
class HeadingWords:
    """What fields are called elsewhere, folded: single columns, columns that together make a field, and values that need no asking."""

    single: Mapping[str, str] = field(default_factory=dict)
    joined: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    """The text of a layout, what each heading became, and the required field that no heading was found for."""

    text: str
    mapped: Mapping[str, str]
    kept: tuple[str, ...]
    missing: str | None


def load_heading_words(path: Path) -> HeadingWords:
    """The words of the data file; none where a desk has no such file. Raises ``ConfigurationError``."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return HeadingWords()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError("toml-invalid", file=path.name, detail=str(error)) from error
    single, joined = (_by_heading(path, data.get(key, {}), key) for key in ("fields", "joined"))
    return HeadingWords(single, joined, data.get("values", {}))


def _by_heading(path: Path, table: Mapping[str, list[str]], key: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, headings in table.items():
        for heading in headings:
            if name not in FIELDS or found.setdefault(folded_heading(heading), name) != name:
                raise ConfigurationError("layout-invalid", file=path.name, key=f"{key}.{name}")
    return found


def known_headings(layouts: Iterable[Layout], words: HeadingWords) -> frozenset[str]:
    """All headings that mean something here, folded."""
    return frozenset(dict(_known(layouts))) | frozenset(words.single) | frozenset(words.joined)


def suggest(
    headings: Sequence[str], *, layouts: Iterable[Layout], words: HeadingWords | None = None
) -> LayoutDraft:
    """A proposal: headings (each there once) that a layout here knows become its fields, then those that other offices are known to use;
    the rest is kept. Where there are no supplier numbers they are issued."""
    words = words or HeadingWords()
    known = dict(_known(layouts))
    purposes = dict.fromkeys(headings, KEEP)
    values: dict[str, Mapping[str, str]] = {}
    mapped: set[str] = set()
    for heading in headings:
        found = known.get(folded_heading(heading))
        if found is not None and found[0] not in mapped:
            purposes[heading] = found[0]
            mapped.add(found[0])
            values[found[0]] = found[1].values or words.values.get(found[0], {})
    for sought in (words.single, words.joined):
        before = frozenset(mapped)
        for heading in headings:
            name = sought.get(folded_heading(heading))
            # A second column of the same meaning is for a person to judge; parts of one field belong together.
            free = name not in (before if sought is words.joined else mapped)
            if name is not None and purposes[heading] == KEEP and free:
                purposes[heading] = name
                mapped.add(name)
                values.setdefault(name, words.values.get(name, {}))
    rule = NumberRule.GIVEN if "supplier_number" in mapped else NumberRule.ISSUE
    kept = {name: pairs for name, pairs in values.items() if pairs}
    return LayoutDraft(headings=tuple(headings), purposes=purposes, values=kept, supplier_number=rule)


def draft(
    headings: Sequence[str], *, name: str, layouts: Iterable[Layout], words: HeadingWords | None = None
) -> Draft:
    """The proposal as the text of a layout. Raises ``InputError`` ``layout-name-form``."""
    if not NAME.fullmatch(name):
        raise InputError("layout-name-form", name=name)
    apart = told_apart(headings)
    named = tuple(heading for heading in apart if heading)
    made = replace(
        suggest(named, layouts=layouts, words=words),
        name=name,
        title=name,
        unnamed="" in apart,
        numbered=apart != tuple(headings),
    )
    mapped = {heading: made.purposes[heading] for heading in named if made.purposes[heading] != KEEP}
    missing = None if "trade_name" in mapped.values() else "trade_name"
    return Draft(text_of(made), mapped, made.of(KEEP), missing)


def write_draft(folder: Path, name: str, made: Draft) -> Path:
    """Write it to ``folder`` and answer where; a name that is taken is refused (``InputError`` ``layout-name-taken``)."""
    path = folder / (name + SUFFIX + (UNFINISHED if made.missing else ""))
    check_name(folder, name)
    write_whole(path, made.text)
    return path


def check_name(folder: Path, name: str) -> None:
    """Raises ``InputError`` ``layout-name-taken``."""
    if (folder / (name + SUFFIX)).exists():
        raise InputError("layout-name-taken", name=name)


def write_whole(path: Path, text: str) -> None:
    """Write a file whole or not at all: half a layout would stop the next start. Raises ``InputError`` ``file-unwritable``."""
    with whole_text(path, encoding="utf-8") as stream:
        stream.write(text)


def text_of(made: LayoutDraft) -> str:
    """A draft as the text of a layout file."""
    return "".join(f"{line}\n" for line in (*_head(made), *_columns(made), *_fields(made)))


def _known(layouts: Iterable[Layout]) -> Iterator[tuple[str, tuple[str, FieldRule]]]:
    """Headings, folded, with their field; what the screens call a field is taken as well."""
    plain = {name: FieldRule(headings=(label,)) for name, label in LABELS.items()}
    for rules in (plain, *(layout.fields for layout in layouts)):
        for name, rule in rules.items():
            if len(rule.headings) == 1:
                yield folded_heading(rule.headings[0]), (name, rule)


def _head(made: LayoutDraft) -> Iterator[str]:
    yield "# Made from an example file. After a change by hand: ebidadmin layout check"
    yield f"name = {_quoted(made.name)}"
    yield f"title = {_quoted(made.title)}"
    if made.headless:
        yield 'heading_row = "none"'
        yield "columns = ["
        yield from (f"    {_quoted(heading)}," for heading in made.headings)
        yield "]"
    else:
        yield f"heading_row = {made.heading_row or _quoted('find')}"
    if made.numbered:
        yield '# "number": the second column of the same heading gets (2) behind its name, the third (3).'
        yield 'doubled = "number"'
    yield '# "full": whoever is not in the file vanishes from the register; "partial": the file only adds and changes.'
    yield f"list = {_quoted('full' if made.full else 'partial')}"
    yield '# "refuse-file": one row with an error refuses the file; "take-good": the other rows are taken.'
    yield f"rows = {_quoted(made.rows.value)}"
    yield '# "given": the file brings supplier numbers; "issue": they are issued here.'
    yield f"supplier_number = {_quoted(made.supplier_number.value)}"


def _columns(made: LayoutDraft) -> Iterator[str]:
    yield "# Neither stored nor compared: row numbers, the day of the file."
    left = (*(("",) if made.unnamed else ()), *made.of("ignore"))
    yield f"ignore = [{', '.join(_quoted(heading) for heading in left)}]"
    yield "# Kept and compared, not interpreted."
    yield "extra = ["
    yield from (f"    {_quoted(_as_pattern(heading))}," for heading in made.of(KEEP))
    yield "]"


def _fields(made: LayoutDraft) -> Iterator[str]:
    if made.constants:
        yield ""
        yield "[constants]"
        yield from (f"{name} = {_quoted(text)}" for name, text in made.constants.items())
    for name, headings in made.fields().items():
        yield ""
        yield f"[fields.{name}]"
        yield f"headings = [{', '.join(_quoted(heading) for heading in headings)}]"
        if made.joiners.get(name) and len(headings) > 1:
            yield f"join = {_quoted(made.joiners[name])}"
        if made.is_required(name):
            yield "required = true"
        if made.values.get(name):
            pairs = ", ".join(f"{_quoted(old)} = {_quoted(new)}" for old, new in made.values[name].items())
            yield f"values = {{ {pairs} }}"


def _as_pattern(heading: str) -> str:
    return re.sub(r"([*?\[])", r"[\1]", heading)


def _quoted(text: str) -> str:
    # A JSON string is a basic string of TOML, but for the one control character that JSON leaves bare.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
