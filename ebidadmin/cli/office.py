"""Commands about the desk itself: ``init``, ``lab``, ``doctor``, ``config``, ``db``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from ebidadmin.cli.common import EXIT_DONE, EXIT_REFUSED, notice, sentence, word
from ebidadmin.errors import EbidError

desk_option = click.option(
    "--desk", type=click.Path(path_type=Path), help="The desk folder (else EBIDADMIN_DESK, else here)."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")


def chosen(context: click.Context, desk: Path | None, as_json: bool) -> tuple[Path, bool]:
    from ebidadmin.bootstrap import desk_folder

    inherited: dict[str, Any] = context.find_root().obj or {}
    return desk_folder(desk or inherited.get("desk")), as_json or bool(inherited.get("json"))


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--demo", is_flag=True, help="Furnish it with a made-up office; its doors are always open.")
@click.option("--dry-run", is_flag=True, help="Check only.")
@json_option
@click.pass_context
def init(context: click.Context, folder: Path, demo: bool, dry_run: bool, as_json: bool) -> None:
    """Make the working folder FOLDER: settings, database, notebooks, reports, data."""
    from ebidadmin.cli.foundation import create_desk
    from ebidadmin.laid_out import check_place

    machine = as_json or bool((context.find_root().obj or {}).get("json"))
    if dry_run:
        check_place(folder)
        if machine:
            click.echo(json.dumps({"folder": str(folder), "made": False}, ensure_ascii=False))
        else:
            click.echo(notice("dry-run"), err=True)
        return
    create_desk(folder, demo=demo, progress=lambda step: click.echo(f"  {word(step)}", err=True))
    made = {"folder": str(folder), "made": True}
    click.echo(json.dumps(made, ensure_ascii=False) if machine else notice("desk-ready", folder=folder))


@click.command()
@desk_option
@click.option(
    "--port",
    type=click.IntRange(1024, 65535),
    default=None,
    help="Wished port (else 8888 or the next free one).",
)
@click.option(
    "--browser/--no-browser", default=None, help="Open a browser (default: where there is a display)."
)
@click.option(
    "--make-shortcut",
    "shortcut",
    is_flag=True,
    help="Put an entry for it into your desktop's menu instead (Linux).",
)
@click.pass_context
def lab(
    context: click.Context, desk: Path | None, port: int | None, browser: bool | None, shortcut: bool
) -> None:
    """Serve the staff's screens in JupyterLab and print their address."""
    from contextlib import closing

    from ebidadmin.bootstrap import open_desk
    from ebidadmin.lab.launch import serve
    from ebidadmin.lab.shortcut import make_shortcut

    folder, _ = chosen(context, desk, False)
    with closing(open_desk(folder)) as opened:
        place = opened.folder
    if shortcut:
        click.echo(notice("shortcut-made", file=make_shortcut(place)))
        return
    serve(place, port=port, open_browser=browser)


@click.command()
@desk_option
@json_option
@click.pass_context
def doctor(context: click.Context, desk: Path | None, as_json: bool) -> None:
    """Check installation, desk, readers and cards; say what is wrong and what to do. Exit code 1 when something is broken."""
    from ebidadmin.cli.checks import examine

    folder, machine = chosen(context, desk, as_json)
    checks = []
    for check in examine(folder):
        checks.append(check)
        if not machine:
            click.echo(check.line)
    if machine:
        click.echo(json.dumps([check.as_map() for check in checks], ensure_ascii=False))
    context.exit(EXIT_DONE if all(check.good for check in checks) else EXIT_REFUSED)


@click.group()
def config() -> None:
    """The desk's settings."""


@config.command("check")
@desk_option
@json_option
@click.pass_context
def check_config(context: click.Context, desk: Path | None, as_json: bool) -> None:
    """Read the settings and say whether they are sound."""
    from ebidadmin.config import CONFIG_NAME, load_config

    folder, machine = chosen(context, desk, as_json)
    try:
        load_config(folder)
    except EbidError as error:
        if not machine:
            raise
        click.echo(json.dumps({"good": False, "problem": sentence(error)[0]}, ensure_ascii=False))
        context.exit(EXIT_REFUSED)
    click.echo(json.dumps({"good": True}) if machine else notice("file-good", file=folder / CONFIG_NAME))


@click.group()
def db() -> None:
    """The desk's database."""
