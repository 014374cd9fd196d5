"""``ebidadmin db backup|restore|upgrade|move``: the office as a whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ebidadmin.cli.audit_anchor import TRUST_OPTION
from ebidadmin.cli.common import EXIT_REFUSED, Run, desk_command, notice
from ebidadmin.cli.office import chosen, desk_option, json_option
from ebidadmin.cli.progress import RowsDone
from ebidadmin.clock import SystemClock, jst

if TYPE_CHECKING:
    from ebidadmin.backups.making import MadeBackup
    from ebidadmin.backups.package import Manifest
    from ebidadmin.backups.restoring import Asked, Restored
    from ebidadmin.backups.upgrading import Upgraded

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("backup")
@click.argument("target", type=click.Path(path_type=Path), required=False)
@click.option("--with-key", is_flag=True, help="Put the key that signs the trail in as well.")
@desk_command(changing=True)
def backup(run: Run, *, target: Path | None, with_key: bool) -> None:
    """Back the office up while others work: database and desk folder, in one file. TARGET is a new file or a folder; without one it goes
    into var/backups of the desk."""
    from ebidadmin.backups import making
    from ebidadmin.services import office_backups

    desk, usual = run.desk, target is None
    at = desk.office.clock.now()
    place = making.place_of(target, desk.folder, at)
    if run.dry_run:
        office_backups.require(desk.office, staff=desk.staff, verb="back-up")
        making.check(desk.config, place, usual=usual)
        run.out({"file": str(place), "made": False}, [notice("backup-would", file=place)])
        return
    made = office_backups.back_up(
        desk.office,
        staff=desk.staff,
        making=lambda: making.made(desk.config, place, at=at, with_key=with_key, usual=usual),
    )
    run.out(
        {**_view(made.manifest), "made": True, "file": str(place), "digest": made.digest},
        _made_lines(made, desk.folder),
    )


@click.command("restore")
@click.argument("file", type=FILE)
@click.option(
    "--url", default=None, help="Another address of the database than the settings in the backup say."
)
@click.option(
    "--key", type=FILE, default=None, help="The key that signs the trail (audit-key.pem), kept apart."
)
@click.option(
    "--anchors",
    type=FILE,
    default=None,
    help="A file of heads that was kept outside the database; else that of the setting audit.anchors.",
)
@TRUST_OPTION
@click.option("--dry-run", is_flag=True, help="Look at everything, make nothing.")
@desk_option
@json_option
@click.pass_context
def restore(
    context: click.Context,
    /,
    *,
    file: Path,
    url: str | None,
    key: Path | None,
    anchors: Path | None,
    tsa_trust: Path | None,
    dry_run: bool,
    desk: Path | None,
    as_json: bool,
) -> None:
    """Put the backup FILE back where there is no desk yet and nothing in the database, and verify it; exit code 1 where anything does not
    fit."""
    from ebidadmin.backups import restoring

    folder, machine = chosen(context, desk, as_json)
    asked = restoring.Asked(file=file, folder=folder, url=url, key=key, anchors=anchors, trust=tsa_trust)
    if dry_run:
        _tell_check(restoring.check(asked), asked, machine=machine)
        return
    told = RowsDone(SystemClock(), "verify")
    try:
        done = restoring.restore(asked, progress=told)
    finally:
        told.end()
    if machine:
        click.echo(json.dumps(_restored_view(done, folder), ensure_ascii=False))
    else:
        for line in _restored_lines(done, folder):
            click.echo(line)
    if not done.result.good:
        context.exit(EXIT_REFUSED)


@click.command("upgrade")
@desk_option
@json_option
@click.option("--no-backup", is_flag=True, help="Make none: there is one already.")
@click.option("--dry-run", is_flag=True, help="Tell the present and the wanted revision only.")
@click.pass_context
def upgrade(context: click.Context, desk: Path | None, as_json: bool, no_backup: bool, dry_run: bool) -> None:
    """Bring the database to this program's revision, forward only: a backup of before, the steps, a verification."""
    from ebidadmin.backups import upgrading
    from ebidadmin.config import load_config
    from ebidadmin.persistence import migrate

    folder, machine = chosen(context, desk, as_json)
    config = load_config(folder)
    done = upgrading.Upgraded(before=None)
    if not dry_run:
        told = RowsDone(SystemClock(), "verify")
        try:
            done = upgrading.upgrade(folder, backup=not no_backup, progress=told)
        finally:
            told.end()
    standing = {"present": upgrading.revision(config), "head": migrate.head()}
    findings = None if done.result is None else len(done.result.findings)
    view = {**standing, "backup": None if done.backup is None else str(done.backup), "findings": findings}
    if machine:
        click.echo(json.dumps(view, ensure_ascii=False))
    else:
        for line in _upgraded_lines(done, standing):
            click.echo(line)
        if dry_run:
            click.echo(notice("dry-run"), err=True)
    if findings:
        context.exit(EXIT_REFUSED)


@click.command("move")
@click.argument("url")
@desk_command(changing=True)
def move(run: Run, *, url: str) -> None:
    """Move the office to the empty database at URL (SQLite or PostgreSQL): copied, compared, verified; then the settings name it. Others
    cannot write meanwhile."""
    from ebidadmin.backups.moving import move as moved

    clock = run.desk.office.clock
    copying, verifying = RowsDone(clock, "copying"), RowsDone(clock, "verify")
    try:
        done = moved(run.desk, url, dry_run=run.dry_run, copying=copying, verifying=verifying)
    finally:
        copying.end()
        verifying.end()
    held = done.copied.held
    rows = sum(held.tables.values())
    lines = [notice("move-would" if run.dry_run else "moved", rows=rows)]
    if not run.dry_run:
        lines += [notice("move-left-server") if done.left is None else notice("move-left", file=done.left)]
        lines += [notice("move-restart")]
    view = {
        "moved": not run.dry_run,
        "tables": dict(held.tables),
        "digests": dict(done.copied.digests),
        "head": {"size": held.size, "root": held.root},
        "left": None if done.left is None else str(done.left),
    }
    run.out(view, lines)


COMMANDS = (backup, restore, upgrade, move)


def _view(manifest: Manifest) -> dict[str, Any]:
    held = manifest.held
    return {
        "at": manifest.at.isoformat(),
        "engine": manifest.engine,
        "schema": held.schema,
        "tables": dict(held.tables),
        "head": {"size": held.size, "root": held.root},
        "files": len(manifest.digests) - 1,
        "left_out": list(manifest.left_out),
    }


def _made_lines(made: MadeBackup, folder: Path) -> Iterator[str]:
    manifest = made.manifest
    rows, files = sum(manifest.held.tables.values()), len(manifest.digests) - 1
    yield notice("backup-made", rows=rows, files=files, file=made.target)
    for what in manifest.left_out:
        yield notice("backup-left-out", what=what)
    if manifest.key is not None and not made.with_key:
        yield notice("backup-key-apart", file=folder / "audit-key.pem")
    if manifest.password_left_out:
        yield notice("backup-password-out")


def _tell_check(manifest: Manifest, asked: Asked, *, machine: bool) -> None:
    if machine:
        click.echo(json.dumps({**_view(manifest), "restored": False}, ensure_ascii=False))
        return
    click.echo(notice("restore-would", folder=asked.folder, **_counts(manifest)))
    click.echo(notice("dry-run"), err=True)


def _restored_view(done: Restored, folder: Path) -> dict[str, Any]:
    return {
        **_view(done.manifest),
        "restored": True,
        "folder": str(folder),
        "checked": done.result.checked,
        "beyond": done.beyond,
        "key_missing": done.key_missing,
        "findings": [
            {"fault": one.fault.value, "seq": one.seq, "what": one.what} for one in done.result.findings
        ],
    }


def _restored_lines(done: Restored, folder: Path) -> Iterator[str]:
    result = done.result
    yield notice("restored", folder=folder, checked=result.checked, **_counts(done.manifest))
    if done.beyond is not None:
        yield notice("restore-beyond", beyond=done.beyond, size=result.size)
    if done.key_missing:
        yield notice("restore-key-missing", file=folder / "audit-key.pem")
    if not result.good:
        yield notice("findings-told", count=len(result.findings))
    yield notice("restore-after")


def _upgraded_lines(done: Upgraded, standing: dict[str, str | None]) -> Iterator[str]:
    yield notice("revision", **standing)
    if done.backup is not None:
        yield notice("upgrade-backup", file=done.backup)
    if done.result is not None:
        good = done.result.good
        count, checked = len(done.result.findings), done.result.checked
        yield notice("upgrade-verified", checked=checked) if good else notice("findings-told", count=count)


def _counts(manifest: Manifest) -> dict[str, object]:
    rows, files = sum(manifest.held.tables.values()), len(manifest.digests) - 1
    return {"rows": rows, "files": files, "moment": f"{jst(manifest.at):%Y-%m-%d %H:%M} JST"}
