"""``ebidadmin registration export``: what is registered, as a file for the bidding system."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path

import click

from ebidadmin.cli.common import Run, desk_command, japanese
from ebidadmin.clock import JST, as_utc
from ebidadmin.services.registration_export import STATES, Wanted

WHEN = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.%f%z"])


@click.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--state", "states", multiple=True, type=click.Choice(STATES), help="Only these; repeatable.")
@click.option(
    "--changed-since",
    type=WHEN,
    default=None,
    metavar="WHEN",
    help="Only what changed on that day of Japan (YYYY-MM-DD) or later, or at that moment (ISO 8601 with offset) or later.",
)
@desk_command(changing=True)
def export(run: Run, *, file: Path, states: tuple[str, ...], changed_since: datetime | None) -> None:
    """Write registrations to FILE: CSV where it ends with .csv, JSON Lines where it ends with .jsonl.

    A file that is there is replaced whole.
    """
    from ebidadmin.intake.registration_files import Counted, RegistrationFile
    from ebidadmin.persistence.registration_export import SqlRegistrationReader
    from ebidadmin.services import registration_export

    desk, wanted = run.desk, Wanted(states=frozenset(states), changed_since=_moment(changed_since))
    read_at = desk.office.clock.now()
    written = registration_export.export(
        desk.office,
        staff=desk.staff,
        reader=SqlRegistrationReader(desk.engine),
        target=Counted(file) if run.dry_run else RegistrationFile(file),
        wanted=wanted,
    )
    value = {
        "file": str(file),
        "rows": written.rows,
        "digest": written.digest,
        "states": sorted(wanted.states),
        "changed_since": None if wanted.changed_since is None else wanted.changed_since.isoformat(),
        "read_at": read_at.isoformat(),
    }
    run.out(value, [_line(file, written.rows, written.digest)])


def _moment(given: datetime | None) -> datetime | None:
    if given is None:
        return None
    # A day without an offset is one of Japan.
    return as_utc(given if given.tzinfo is not None else datetime.combine(given, time(), JST))


def _line(file: Path, rows: int, digest: str) -> str:
    if japanese():
        from ebidadmin.text.registrations import exported

        return exported(str(file), rows, digest)
    return f"{rows} registrations in {file} (SHA-256 {digest})"
