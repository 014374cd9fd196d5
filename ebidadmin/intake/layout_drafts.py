"""A first layout from an example file: headings that a layout here knows are mapped, the others kept as further columns.

It is to be looked over: what a heading means in another city, nobody here can know.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ebidadmin.domain.layouts import FieldRule, Layout
from ebidadmin.errors import InputError
from ebidadmin.text.imports import FIELDS as LABELS

NAME = re.compile("[a-z0-9][a-z0-9-]{0,39}")
REQUIRED = ("supplier_number", "trade_name")
SUFFIX = ".toml"
UNFINISHED = ".draft"
"""Added to the name of a draft that is no layout yet, so that no start of the program stumbles over it."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The text of a layout, what each heading became, and the required field that no heading was found for."""

    text: str
    mapped: Mapping[str, str]
    kept: tuple[str, ...]
    missing: str | None


def draft(headings: Sequence[str], *, name: str, layouts: Iterable[Layout]) -> Draft:
    """Raises ``InputError`` ``layout-name-form``."""
    if not NAME.fullmatch(name):
        raise InputError("layout-name-form", name=name)
    known = dict(_known(layouts))
    mapped: dict[str, str] = {}
    rules: dict[str, FieldRule] = {}
    for heading in headings:
        found = known.get(_folded(heading))
        if found is not None and found[0] not in rules and heading not in mapped:
            mapped[heading] = found[0]
            rules[found[0]] = found[1]
    kept = tuple(dict.fromkeys(heading for heading in headings if heading and heading not in mapped))
    missing = None if "trade_name" in rules else "trade_name"
    text = "".join(f"{line}\n" for line in _lines(name, mapped, rules, kept, "" in headings))
    return Draft(text, mapped, kept, missing)


def write_draft(folder: Path, name: str, made: Draft) -> Path:
    """Write it to ``folder`` and answer where; a name that is taken is refused (``InputError`` ``layout-name-taken``)."""
    path = folder / (name + SUFFIX + (UNFINISHED if made.missing else ""))
    if (folder / (name + SUFFIX)).exists():
        raise InputError("layout-name-taken", name=name)
    try:
        path.write_text(made.text, encoding="utf-8")
    except OSError as error:
        raise InputError("file-unwritable", file=path.name) from error
    return path


def _known(layouts: Iterable[Layout]) -> Iterator[tuple[str, tuple[str, FieldRule]]]:
    """Headings, folded, with their field; what the screens call a field is taken as well."""
    plain = {name: FieldRule(headings=(label,)) for name, label in LABELS.items()}
    for rules in (plain, *(layout.fields for layout in layouts)):
        for name, rule in rules.items():
            if len(rule.headings) == 1:
                yield _folded(rule.headings[0]), (name, rule)


def _folded(heading: str) -> str:
    return "".join(unicodedata.normalize("NFKC", heading).casefold().split())


def _lines(
    name: str,
    mapped: Mapping[str, str],
    rules: Mapping[str, FieldRule],
    kept: Sequence[str],
    unnamed: bool,
) -> Iterator[str]:
    yield "# Drafted from an example file. Look over every line, then: ebidadmin layout check"
    yield f"name = {_quoted(name)}"
    yield f"title = {_quoted(name)}"
    yield 'heading_row = "find"'
    yield '# "full": whoever is not in the file vanishes from the register; "partial": the file only adds and changes.'
    yield 'list = "partial"'
    yield '# "refuse-file": one row with an error refuses the file; "take-good": the other rows are taken.'
    yield 'rows = "refuse-file"'
    yield '# "given": the file brings supplier numbers; "issue": they are issued here.'
    yield f"supplier_number = {_quoted('given' if 'supplier_number' in rules else 'issue')}"
    yield "# Neither stored nor compared: row numbers, the day of the file. Move headings from `extra` to here."
    yield f"ignore = [{_quoted('') if unnamed else ''}]"
    yield "# Kept and compared, not interpreted. No layout here knows these headings; map those that are fields below."
    yield "extra = ["
    yield from (f"    {_quoted(_as_pattern(heading))}," for heading in kept)
    yield "]"
    for heading, field in mapped.items():
        rule = rules[field]
        yield ""
        yield f"[fields.{field}]"
        yield f"headings = [{_quoted(heading)}]"
        if field in REQUIRED:
            yield "required = true"
        if rule.values:
            pairs = ", ".join(f"{_quoted(old)} = {_quoted(new)}" for old, new in rule.values.items())
            yield f"values = {{ {pairs} }}"


def _as_pattern(heading: str) -> str:
    return re.sub(r"([*?\[])", r"[\1]", heading)


def _quoted(text: str) -> str:
    # A JSON string is a basic string of TOML, but for the one control character that JSON leaves bare.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
