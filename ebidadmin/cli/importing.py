"""One file into the register, as the command line and the made-up office do it: preview, look, apply what was previewed."""

from __future__ import annotations

from pathlib import Path

import click

from ebidadmin.bootstrap import Desk
from ebidadmin.cli.common import notice
from ebidadmin.cli.interrupts import interrupts_asked
from ebidadmin.cli.progress import RowsDone
from ebidadmin.domain.imports import ImportBatch, ImportPlan, TouchedSupplier
from ebidadmin.domain.layouts import Layout
from ebidadmin.errors import IllegalTransitionError, NotFoundError
from ebidadmin.intake.returned import write_returned
from ebidadmin.intake.sources import open_source
from ebidadmin.intake.tabular import TabularSource
from ebidadmin.services import qualification_import as service
from ebidadmin.services.import_touched import touched


def layout_named(desk: Desk, name: str) -> Layout:
    """The layout of that name. Raises ``NotFoundError`` with the names there are."""
    if name not in desk.layouts:
        raise NotFoundError("not-found", kind="layout", id=name, known=tuple(sorted(desk.layouts)))
    return desk.layouts[name]


def preview_file(desk: Desk, path: Path, layout_name: str) -> tuple[TabularSource, Layout, ImportPlan]:
    """What the file would do to the register. Raises ``IllegalTransitionError`` (``import-cancelled``) for a keyboard interrupt."""
    layout = layout_named(desk, layout_name)
    source = open_source(path, layout)
    told = RowsDone(desk.office.clock, "checking")
    try:
        with interrupts_asked() as asked:
            plan = service.preview(
                desk.office,
                staff=desk.staff,
                store=desk.import_store,
                source=source,
                layout=layout,
                progress=told,
                cancelled=asked,
            )
            if asked():
                # It came after the service looked for the last time.
                forget(desk, plan)
                raise _cancelled(path.name)
    except KeyboardInterrupt as error:
        raise _cancelled(path.name) from error
    finally:
        told.end()
    return source, layout, plan


def import_file(desk: Desk, path: Path, layout_name: str, *, confirmed_scale: bool) -> ImportBatch:
    """Preview the file and apply it."""
    source, layout, plan = preview_file(desk, path, layout_name)
    return apply_plan(desk, source, layout, plan, confirmed_scale=confirmed_scale)


def apply_plan(
    desk: Desk,
    source: service.RowSource,
    layout: Layout,
    plan: ImportPlan,
    *,
    confirmed_scale: bool,
    typed: str | None = None,
) -> ImportBatch:
    """Do what was previewed. Raises ``IllegalTransitionError`` (``import-cancelled``) for a keyboard interrupt that came in time."""
    told = RowsDone(desk.office.clock, "applying")
    try:
        with interrupts_asked() as asked:
            return service.apply(
                desk.office,
                staff=desk.staff,
                store=desk.import_store,
                source=source,
                layout=layout,
                plan=plan,
                confirmed_scale=confirmed_scale,
                typed=typed,
                progress=told,
                cancelled=asked,
            )
    except KeyboardInterrupt as error:
        done = _applied(desk, plan)
        if done is None:
            raise _cancelled(plan.file_name) from error
        return done
    finally:
        told.end()


def _applied(desk: Desk, plan: ImportPlan) -> ImportBatch | None:
    """The batch of the plan when the transaction was through before the interrupt came."""
    newest = next(iter(service.batches(desk.office, staff=desk.staff, reader=desk.register_reader)), None)
    ours = newest is not None and newest.file_hash == plan.file_hash and newest.id != plan.register_version
    return newest if ours else None


def _cancelled(file_name: str) -> IllegalTransitionError:
    return IllegalTransitionError("import-cancelled", subject=file_name, state="importing", verb="go-on")


def touched_of(desk: Desk, plan: ImportPlan) -> tuple[TouchedSupplier, ...]:
    """Every supplier with a registration or an open application whom the plan concerns."""
    if not plan.applicable:
        return ()
    found: list[TouchedSupplier] = []
    while page := touched(
        desk.office,
        staff=desk.staff,
        store=desk.import_store,
        plan=plan,
        after=found[-1].supplier_number if found else "",
    ):
        found += page
    return tuple(found)


def return_problems(source: TabularSource, plan: ImportPlan, path: Path) -> None:
    """Write the file with its problems for its sender; nothing where there are none."""
    if not plan.problems:
        click.echo(notice("no-problems"), err=True)
        return
    rows = write_returned(path, source, plan.problems)
    click.echo(notice("problems-written", rows=rows, path=path), err=True)


def forget(desk: Desk, plan: ImportPlan) -> None:
    """Leave nothing of a preview that is not applied."""
    service.discard(desk.office, staff=desk.staff, store=desk.import_store, plan=plan)
