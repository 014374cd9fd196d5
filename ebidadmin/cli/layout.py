"""``ebidadmin layout …``: which files can be read, and a first layout for another kind."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from ebidadmin.cli.common import Run, desk_command, japanese, notice, word
from ebidadmin.domain.layouts import Layout

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def layout() -> None:
    """Layouts: which heading of a file is which field."""


@layout.command("list")
@desk_command()
def list_layouts(run: Run) -> None:
    """List the layouts of the desk."""
    found = [one for _name, one in sorted(run.desk.layouts.items())]
    run.out([_view(one) for one in found], [f"{one.name}\t{one.title}" for one in found])


@layout.command("check")
@click.argument("file", type=FILE)
@desk_command()
def check(run: Run, *, file: Path) -> None:
    """Say whether FILE is a sound layout; a mistake is named with its key."""
    from ebidadmin.intake.layouts import load_layout

    found = load_layout(file, run.desk.config.reference)
    run.out(_view(found), [notice("layout-sound", name=found.name, count=len(found.fields))])


@layout.command("make")
@click.argument("example", type=FILE)
@click.option("--name", required=True, help="Name of the new layout: small letters, digits and hyphens.")
@desk_command(changing=True)
def make(run: Run, *, example: Path, name: str) -> None:
    """Draft a layout from the headings of EXAMPLE, to be looked over before it is used."""
    from ebidadmin.cli.importing import layout_named
    from ebidadmin.intake.layout_drafts import check_name, draft, write_draft
    from ebidadmin.intake.sources import open_source

    looking = replace(layout_named(run.desk, "ebidadmin"), heading_row=0, defused=False)
    headings = open_source(example, looking).headings()
    made = draft(headings, name=name, layouts=run.desk.layouts.values())
    folder = run.desk.config.reference / "layouts"
    check_name(folder, name)
    path = None if run.dry_run else write_draft(folder, name, made)
    value = {
        "file": None if path is None else str(path),
        "mapped": dict(made.mapped),
        "extra": list(made.kept),
        "missing": made.missing,
    }
    lines = [f"{heading} -> {_field_word(field)}" for heading, field in made.mapped.items()]
    lines += [f"{heading} -> {word('further-column')}" for heading in made.kept]
    if made.missing:
        lines.append(notice("layout-missing", field=_field_word(made.missing), name=name))
    run.out(value, [*lines, *([] if path is None else [notice("layout-draft", path=path)])])


def _field_word(field: str) -> str:
    if japanese():
        from ebidadmin.text.imports import field_label

        return field_label(field)
    return field


def _view(one: Layout) -> dict[str, Any]:
    return {
        "name": one.name,
        "title": one.title,
        "full": one.full,
        "rows": one.rows.value,
        "supplier_number": one.supplier_number.value,
        "fields": {name: list(rule.headings) for name, rule in one.fields.items()},
    }
