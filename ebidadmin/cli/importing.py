"""One file into the register, as the command line and the made-up office do it: preview, look, apply what was previewed."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ebidadmin.bootstrap import Desk
from ebidadmin.domain.imports import ImportBatch, ImportPlan
from ebidadmin.domain.layouts import Layout
from ebidadmin.errors import NotFoundError
from ebidadmin.intake.returned import write_returned
from ebidadmin.intake.sources import open_source
from ebidadmin.intake.tabular import TabularSource
from ebidadmin.services import qualification_import as service


def layout_named(desk: Desk, name: str) -> Layout:
    """The layout of that name. Raises ``NotFoundError`` with the names there are."""
    if name not in desk.layouts:
        raise NotFoundError("not-found", kind="layout", id=name, known=tuple(sorted(desk.layouts)))
    return desk.layouts[name]


def preview_file(desk: Desk, path: Path, layout_name: str) -> tuple[TabularSource, Layout, ImportPlan]:
    """What the file would do to the register."""
    layout = layout_named(desk, layout_name)
    source = open_source(path, layout)
    plan = service.preview(
        desk.office,
        staff=desk.staff,
        store=desk.import_store,
        source=source,
        layout=layout,
        progress=_progress,
    )
    if sys.stderr.isatty():
        click.echo(err=True)
    return source, layout, plan


def import_file(desk: Desk, path: Path, layout_name: str, *, confirmed_scale: bool) -> ImportBatch:
    """Preview the file and apply it."""
    source, layout, plan = preview_file(desk, path, layout_name)
    return apply_plan(desk, source, layout, plan, confirmed_scale=confirmed_scale)


def apply_plan(
    desk: Desk, source: service.RowSource, layout: Layout, plan: ImportPlan, *, confirmed_scale: bool
) -> ImportBatch:
    """Do what was previewed."""
    return service.apply(
        desk.office,
        staff=desk.staff,
        store=desk.import_store,
        source=source,
        layout=layout,
        plan=plan,
        confirmed_scale=confirmed_scale,
    )


def return_problems(source: TabularSource, plan: ImportPlan, path: Path) -> None:
    """Write the file with its problems for its sender; nothing where there are none."""
    if not plan.problems:
        click.echo("no problems: nothing to send back", err=True)
        return
    rows = write_returned(path, source, plan.problems)
    click.echo(f"{rows} row(s) with problems in {path}", err=True)


def forget(desk: Desk, plan: ImportPlan) -> None:
    """Leave nothing of a preview that is not applied."""
    service.discard(desk.office, staff=desk.staff, store=desk.import_store, plan=plan)


def _progress(done: int, total: int | None) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r  line {done}{f' of {total}' if total else ''}", err=True, nl=False)
