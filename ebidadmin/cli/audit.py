"""``ebidadmin audit …``: what happened, in slices of the trail."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from ebidadmin.cli.common import Run, desk_command, japanese, notice
from ebidadmin.cli.views import audit_view
from ebidadmin.domain.events import EventTag, Subject, SubjectKind, tags_named
from ebidadmin.domain.ids import SupplierNumber
from ebidadmin.services.audit_slices import AuditSlice
from ebidadmin.services.ports import AuditEntry

DAY = click.DateTime(["%Y-%m-%d"])

Command = Callable[..., Any]


@click.group()
def audit() -> None:
    """The audit trail."""


def parse_subject(text: str) -> Subject:
    """``kind:id``, or a bare application number. Raises ``click.UsageError`` for an unknown kind."""
    kind, colon, identifier = text.partition(":")
    if not colon:
        return Subject(SubjectKind.APPLICATION, text)
    try:
        return Subject(SubjectKind(kind), identifier)
    except ValueError as error:
        known = ", ".join(item.value for item in SubjectKind)
        raise click.UsageError(notice("subject-form", known=known, given=text)) from error


def parse_tags(texts: tuple[str, ...]) -> frozenset[EventTag]:
    """Tags, or groups of tags (the part before the colon). Raises ``click.UsageError`` for what is neither."""
    found: set[EventTag] = set()
    for text in texts:
        try:
            found |= tags_named(text)
        except ValueError as error:
            known = ", ".join(dict.fromkeys(tag.value.partition(":")[0] for tag in EventTag))
            raise click.UsageError(notice("tag-form", known=known, given=text)) from error
    return frozenset(found)


def sliced(function: Command) -> Command:
    """Give a command the options of a slice, and the slice as ``wanted``."""

    @functools.wraps(function)
    def run(*given: Any, **options: Any) -> None:
        names = ("first", "last", "by", "tags", "subject", "supplier")
        chosen = {name: options.pop(name) for name in names}
        function(*given, wanted=_slice(**chosen), **options)

    for option in reversed(_OPTIONS):
        run = option(run)
    return run


_OPTIONS = (
    click.option(
        "--subject",
        default=None,
        metavar="KIND:ID",
        help="Only events about this subject; a bare word is an application number.",
    ),
    click.option(
        "--supplier", default=None, metavar="NUMBER", help="Only events that concern this supplier number."
    ),
    click.option(
        "--from",
        "first",
        type=DAY,
        default=None,
        metavar="DAY",
        help="From that day of Japan on (YYYY-MM-DD).",
    ),
    click.option(
        "--to", "last", type=DAY, default=None, metavar="DAY", help="To the end of that day of Japan."
    ),
    click.option("--by", default="", metavar="LOGIN", help="Only what this person did."),
    click.option(
        "--tag", "tags", multiple=True, metavar="TAG", help="Only this tag or group of tags; repeatable."
    ),
)


def _slice(
    first: datetime | None,
    last: datetime | None,
    by: str,
    tags: tuple[str, ...],
    subject: str | None,
    supplier: str | None,
) -> AuditSlice:
    return AuditSlice(
        first=None if first is None else first.date(),
        last=None if last is None else last.date(),
        by=by,
        tags=parse_tags(tags),
        subject=None if subject is None else parse_subject(subject),
        supplier=None if supplier is None else SupplierNumber(supplier),
    )


@audit.command("list")
@sliced
@desk_command()
def list_events(run: Run, *, wanted: AuditSlice) -> None:
    """List events in order of time; those of one moment in the order in which they were recorded."""
    from ebidadmin.services import audit_slices

    desk = run.desk
    entries = audit_slices.stream(desk.office, staff=desk.staff, wanted=wanted, reader=desk.audit_reader)
    run.out((audit_view(entry) for entry in entries), _lines(entries))


@audit.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@sliced
@desk_command(changing=True)
def export(run: Run, *, file: Path, wanted: AuditSlice) -> None:
    """Write events to FILE: an Excel workbook where it ends with .xlsx, CSV where it ends with .csv.

    A file that is there is replaced whole. The trail tells of the export.
    """
    from ebidadmin.intake.audit_files import AuditFile, Counted
    from ebidadmin.services import audit_export

    desk = run.desk
    written = audit_export.export(
        desk.office,
        staff=desk.staff,
        reader=desk.audit_reader,
        target=Counted(file) if run.dry_run else AuditFile(file),
        wanted=wanted,
    )
    value = {"file": str(file), "rows": written.rows, "digest": written.digest}
    run.out(value, [_exported(file, written.rows, written.digest)])


def _lines(entries: Iterator[AuditEntry]) -> Iterator[str]:
    none = True
    for entry in entries:
        none = False
        yield _event_line(entry)
    if none:
        yield notice("no-events")


def _event_line(entry: AuditEntry) -> str:
    event = entry.event
    at, told = event.at.isoformat(), event.tag.value
    if japanese():
        from ebidadmin.text.formats import moment
        from ebidadmin.text.messages import event_label

        at, told = moment(event.at), event_label(event.tag)
    return f"{entry.seq}\t{at}\t{event.by}\t{told}\t{event.subject.kind.value}:{event.subject.id}"


def _exported(file: Path, rows: int, digest: str) -> str:
    if japanese():
        from ebidadmin.text.audit import exported

        return exported(str(file), rows, digest)
    return f"{rows} events in {file} (SHA-256 {digest})"
