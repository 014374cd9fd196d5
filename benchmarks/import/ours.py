"""Imports by ebidadmin: everything an office gets from one, and nothing switched off."""

from __future__ import annotations

from corpus import Files
from work import Facts, Place, Work, expect

from ebidadmin.bootstrap import open_desk
from ebidadmin.cli.importing import import_file, preview_file
from ebidadmin.domain.imports import ImportBatch, ImportPlan
from ebidadmin.domain.layouts import Layout
from ebidadmin.intake.tabular import TabularSource

LAYOUT = "ebidadmin"


def first(place: Place, files: Files) -> Work:
    """Preview and apply, into an empty register."""
    desk = open_desk(place.desk)

    def check(batch: ImportBatch) -> Facts:
        expect("added", batch.added, files.rows)
        return {"added": batch.added}

    return Work(lambda: import_file(desk, files.first, LAYOUT, confirmed_scale=True), check)


def same(place: Place, files: Files) -> Work:
    """Preview of the file that the register was made from: every row is read, checked and compared, and nothing is left to apply."""
    desk = open_desk(place.desk)
    filled = desk.register_reader.total() > 0

    def check(done: tuple[TabularSource, Layout, ImportPlan]) -> Facts:
        _source, _layout, plan = done
        expect("unchanged", plan.unchanged, files.rows if filled else 0)
        expect("problems", plan.problems, ())
        return {"unchanged": plan.unchanged}

    return Work(lambda: preview_file(desk, files.first, LAYOUT), check)


def changed(place: Place, files: Files) -> Work:
    """Preview and apply of a file in which one row of a hundred is another."""
    desk = open_desk(place.desk)
    filled = desk.register_reader.total() > 0

    def check(batch: ImportBatch) -> Facts:
        expect("changed", batch.changed, files.changed if filled else 0)
        return {"changed": batch.changed}

    return Work(lambda: import_file(desk, files.second, LAYOUT, confirmed_scale=True), check)
