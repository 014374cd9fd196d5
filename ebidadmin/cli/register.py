"""``ebidadmin qualification undo|correct|diff``: what an office does after and around an import."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import click

from ebidadmin.cli.common import Run, desk_command, japanese, notice, word
from ebidadmin.cli.qualification import DAY, TYPED
from ebidadmin.domain.ids import BatchId, SupplierNumber
from ebidadmin.domain.imports import FieldChange, ImportBatch, RecordChange, RowProblem
from ebidadmin.errors import InputError


@click.command("undo")
@click.argument("batch", required=False, type=click.IntRange(min=1))
@TYPED
@desk_command(changing=True)
def undo(run: Run, *, batch: int | None, typed: str | None) -> None:
    """Leave the register as it was before its latest batch; BATCH names the one that is meant, to be sure."""
    from ebidadmin.services import register_corrections

    number = None if batch is None else BatchId(batch)
    done = register_corrections.undo(run.desk.office, staff=run.desk.staff, number=number, typed=typed)
    counts = {"added": done.added, "changed": done.changed, "vanished": done.vanished}
    run.out(batch_view(done), [notice("undone", undoes=done.undoes, batch=done.id, **counts)])


@click.command("correct")
@click.argument("number")
@click.argument("fields", nargs=-1, required=True, metavar="FIELD=VALUE...")
@click.option("--why", "reason", required=True, help="The reason; it goes into the audit trail.")
@click.option(
    "--version", type=click.IntRange(min=1), default=None, help="The register version that was seen."
)
@desk_command(changing=True)
def correct(run: Run, *, number: str, fields: tuple[str, ...], reason: str, version: int | None) -> None:
    """Correct the register's record of supplier NUMBER by hand: a batch of one, checked as a file's row is."""
    from ebidadmin.cli.importing import layout_named
    from ebidadmin.services import register_corrections

    batch, changes, warnings = register_corrections.correct(
        run.desk.office,
        staff=run.desk.staff,
        number=SupplierNumber(number),
        changes=_assignments(fields),
        reason=reason,
        layout=layout_named(run.desk, "ebidadmin"),
        version=None if version is None else BatchId(version),
    )
    value = {
        **batch_view(batch),
        "changes": [_field_view(change) for change in changes],
        "warnings": [{"column": one.column, "code": one.code, "value": one.value} for one in warnings],
    }
    lines = [f"{number}: {_field_line(change)}" for change in changes]
    lines += [word("warning", column=one.column, said=_said(one)) for one in warnings]
    run.out(value, [*lines, notice("corrected", batch=batch.id)])


def _said(warning: RowProblem) -> str:
    if japanese():
        from ebidadmin.text.messages import row_problem_sentence

        return row_problem_sentence(warning)
    return warning.code


def _field_line(change: FieldChange) -> str:
    if japanese():
        from ebidadmin.text.imports import field_change

        return field_change(change.field, change.old, change.new)
    return f"{change.field}: {change.old!r} -> {change.new!r}"


def _kind_word(change: RecordChange) -> str:
    if japanese():
        from ebidadmin.text.imports import KINDS

        return KINDS[change.kind]
    return change.kind


@click.command("diff")
@click.option("--from", "first", type=DAY, required=True, help="The first day, YYYY-MM-DD; its end counts.")
@click.option("--to", "last", type=DAY, required=True, help="The last day, YYYY-MM-DD; its end counts.")
@desk_command()
def diff(run: Run, *, first: datetime, last: datetime) -> None:
    """Say what the register of one day has that the register of another day has not, field by field."""
    from ebidadmin.services import register_history

    office, staff, reader = run.desk.office, run.desk.staff, run.desk.history_reader
    days = first.date(), last.date()
    found = register_history.difference(office, staff=staff, reader=reader, first=days[0], last=days[1])
    changes = register_history.every_change(office, staff=staff, reader=reader, difference=found)
    head = {
        "from": days[0].isoformat(),
        "to": days[1].isoformat(),
        "from_version": found.first,
        "to_version": found.last,
        "added": found.added,
        "changed": found.changed,
        "vanished": found.vanished,
    }
    if run.as_json:
        for piece in _json_pieces(head, changes):
            click.echo(piece, nl=False)
        return
    click.echo(notice("difference", added=found.added, changed=found.changed, vanished=found.vanished))
    for change in changes:
        click.echo(f"{_kind_word(change)}\t{change.supplier_number}\t{change.trade_name}")
        for field in change.fields:
            click.echo(f"\t{_field_line(field)}")


def batch_view(batch: ImportBatch) -> dict[str, Any]:
    """The JSON of a batch that no file brought."""
    return {
        "batch": batch.id,
        "undoes": batch.undoes,
        "corrects": batch.corrects,
        "added": batch.added,
        "changed": batch.changed,
        "unchanged": batch.unchanged,
        "vanished": batch.vanished,
    }


def _assignments(fields: Iterable[str]) -> dict[str, str]:
    given: dict[str, str] = {}
    for field in fields:
        name, sign, value = field.partition("=")
        if not sign or not name:
            raise click.UsageError(notice("field-form", given=field))
        if name in given:
            raise InputError("field-given-twice", field=name)
        given[name] = value
    return given


def _json_pieces(head: dict[str, Any], changes: Iterable[RecordChange]) -> Iterator[str]:
    """One JSON object, its list of changes written as it is read: a register's worth of them is never held."""
    yield json.dumps(head, ensure_ascii=False)[:-1] + ', "changes": ['
    for number, change in enumerate(changes):
        item = {
            "kind": change.kind,
            "supplier_number": change.supplier_number,
            "trade_name": change.trade_name,
            "fields": [_field_view(field) for field in change.fields],
        }
        yield (", " if number else "") + json.dumps(item, ensure_ascii=False)
    yield "]}\n"


def _field_view(change: FieldChange) -> dict[str, str]:
    return {"field": change.field, "old": change.old, "new": change.new}
