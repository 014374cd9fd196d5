"""``ebidadmin config|reason|template``: the settings, reasons and texts that the administrator changes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ebidadmin.cli.common import Run, desk_command, notice, word
from ebidadmin.cli.office import config
from ebidadmin.clock import jst

if TYPE_CHECKING:
    from ebidadmin.services.office_files import FileState

LARGEST = 1_000_000
"""Bytes. No text that a person writes is longer."""

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
SEEN = click.option(
    "--seen", required=True, metavar="DIGEST", help="The digest of what was seen (show, list)."
)


@click.group()
def reason() -> None:
    """Coded reasons: of rejections (rejection) and of refusals of permits (permit-refusal)."""


@click.group()
def template() -> None:
    """Texts of mails (mails/KIND) and of letters (letters/NAME)."""


@reason.command("list")
@desk_command()
def list_reasons(run: Run) -> None:
    """List the catalogues, each with its digest and its last change."""
    _list(run, ("reasons/",))


@template.command("list")
@desk_command()
def list_templates(run: Run) -> None:
    """List the templates, each with its digest and its last change."""
    _list(run, ("mails/", "letters/"))


@reason.command("show")
@click.argument("name")
@desk_command()
def show_reasons(run: Run, *, name: str) -> None:
    """Print the catalogue NAME; its digest goes to standard error."""
    _show(run, f"reasons/{name}")


@template.command("show")
@click.argument("name")
@desk_command()
def show_template(run: Run, *, name: str) -> None:
    """Print the template NAME; its digest goes to standard error."""
    _show(run, _template(name))


@config.command("show")
@desk_command()
def show_settings(run: Run) -> None:
    """The digest of the settings and their last change. Not their text: the address of a database may hold a password."""
    _list(run, ("settings",))


@reason.command("check")
@click.argument("name")
@click.argument("file", type=FILE)
@desk_command()
def check_reasons(run: Run, *, name: str, file: Path) -> None:
    """Say whether FILE could take the place of the catalogue NAME."""
    _check(run, f"reasons/{name}", file)


@template.command("check")
@click.argument("name")
@click.argument("file", type=FILE)
@desk_command()
def check_template(run: Run, *, name: str, file: Path) -> None:
    """Say whether FILE could take the place of the template NAME."""
    _check(run, _template(name), file)


@reason.command("set")
@click.argument("name")
@click.argument("file", type=FILE)
@SEEN
@desk_command(changing=True)
def set_reasons(run: Run, *, name: str, file: Path, seen: str) -> None:
    """Put FILE in the place of the catalogue NAME. A code never goes away: it is retired (active = false)."""
    _set(run, f"reasons/{name}", file, seen)


@template.command("set")
@click.argument("name")
@click.argument("file", type=FILE)
@SEEN
@desk_command(changing=True)
def set_template(run: Run, *, name: str, file: Path, seen: str) -> None:
    """Put FILE in the place of the template NAME."""
    _set(run, _template(name), file, seen)


@config.command("set")
@click.argument("file", type=FILE)
@SEEN
@desk_command(changing=True)
def set_settings(run: Run, *, file: Path, seen: str) -> None:
    """Put FILE in the place of the settings; the database stays."""
    _set(run, "settings", file, seen)


def _template(name: str) -> str:
    """A name among the templates: those of the other groups are not changed by this one."""
    return name if name.startswith(("mails/", "letters/")) else f"templates/{name}"


def _list(run: Run, kinds: tuple[str, ...]) -> None:
    from ebidadmin.office_files import DeskFiles
    from ebidadmin.services import office_files

    found = office_files.states(run.desk.office, staff=run.desk.staff, files=DeskFiles(run.desk.folder))
    listed = [one for one in found if one.name.startswith(kinds)]
    run.out([_view(one) for one in listed], [_line(one) for one in listed])


def _show(run: Run, name: str) -> None:
    from ebidadmin.office_files import DeskFiles
    from ebidadmin.services.office_files import state_of

    files = DeskFiles(run.desk.folder)
    text = files.read(name).decode("utf-8", "replace")
    with run.desk.office.uow() as uow:
        state = state_of(uow, files, name)
    run.out({**_view(state), "text": text}, text.splitlines())
    if not run.as_json:
        click.echo(notice("digest", digest=state.digest), err=True)


def _check(run: Run, name: str, file: Path) -> None:
    from ebidadmin.office_files import DeskFiles

    DeskFiles(run.desk.folder).check(name, _draft(file), shown=str(file))
    run.out({"good": True}, [notice("file-good", file=file)])


def _set(run: Run, name: str, file: Path, seen: str) -> None:
    from ebidadmin.office_files import DeskFiles
    from ebidadmin.services import office_files

    state = office_files.change(
        run.desk.office,
        staff=run.desk.staff,
        files=DeskFiles(run.desk.folder, dry_run=run.dry_run),
        name=name,
        draft=_draft(file),
        seen=seen,
        shown=str(file),
    )
    run.out(_view(state), [_line(state), notice("screens-as-before")])


def _draft(file: Path) -> bytes:
    if file.stat().st_size > LARGEST:
        raise click.UsageError(notice("draft-too-large", file=file, limit=LARGEST))
    return file.read_bytes()


def _view(one: FileState) -> dict[str, Any]:
    return {
        "name": one.name,
        "digest": one.digest,
        "changed_by": one.changed_by,
        "changed_at": None if one.changed_at is None else one.changed_at.isoformat(),
        "by_hand": one.by_hand,
    }


def _line(one: FileState) -> str:
    at = one.changed_at
    told = word("never-changed") if at is None else f"{jst(at):%Y-%m-%d %H:%M} JST {one.changed_by}"
    return f"{one.name}\t{one.digest}\t{told}" + (f"\t{word('by-hand')}" if one.by_hand else "")
