"""``ebidadmin permit letter|dispatch|dispatches``: the letters of permits and their way out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ebidadmin.cli.common import Run, desk_command, japanese, notice
from ebidadmin.cli.permit import CHANNEL, DAY, day_of
from ebidadmin.cli.views import dispatch_view
from ebidadmin.domain.ids import DispatchId, PermitId
from ebidadmin.domain.permits import PaperChannel
from ebidadmin.errors import InputError
from ebidadmin.intake.whole_files import whole_file
from ebidadmin.services.permit_dispatch import DispatchLine

if TYPE_CHECKING:
    from ebidadmin.services.permit_letters import LetterFacts


def write_files(files: Sequence[tuple[Path, bytes]], folder: Path | None) -> None:
    """Write each file whole or not at all, into ``folder`` (made where it is missing). Raises ``InputError`` ``file-unwritable``."""
    for path, content in files:
        try:
            if folder is not None:
                folder.mkdir(exist_ok=True)
        except OSError as error:
            raise InputError("file-unwritable", file=str(path)) from error
        with whole_file(path, shown=str(path)) as stream:
            stream.write(content)


def dispatch_line(line: DispatchLine) -> str:
    """A row of the register for people, in their language."""
    row = line.row
    if japanese():
        from ebidadmin.text.permits import dispatch_cells

        return "\t".join(dispatch_cells(row, line.corrected_by))
    number = f"{row.document.fiscal_year}-{row.document.number}"
    shown = [row.id, f"{row.day}", row.channel.value, number, row.permit, row.recipient, row.kind.value]
    shown += [f"corrects {row.corrects}"] if row.corrects else []
    shown += [f"corrected by {line.corrected_by}"] if line.corrected_by else []
    return "\t".join([*shown, row.note])


@click.command("dispatch")
@click.argument("number")
@click.option("--channel", type=CHANNEL, default=None, help="How it went out.")
@click.option("--day", type=DAY, default=None, help="When (default: today).")
@click.option("--to", "recipient", default="", help="To whom (default: the applicant).")
@click.option("--note", default="", help="A remark; what the mistake was.")
@click.option("--corrects", default=None, help="The wrong row that this one puts right.")
@click.option("--cancels", default=None, help="The row of what did not happen.")
@desk_command(changing=True)
def dispatch(
    run: Run,
    *,
    number: str,
    channel: str | None,
    day: datetime | None,
    recipient: str,
    note: str,
    corrects: str | None,
    cancels: str | None,
) -> None:
    """Enter that the letter of permit NUMBER went out."""
    from ebidadmin.services import permit_dispatch as service

    office, staff, permit = run.desk.office, run.desk.staff, PermitId(number)
    if cancels is not None:
        if channel or corrects or day or recipient:
            raise click.UsageError(notice("cancels-alone"))
        row = service.cancel(office, staff=staff, permit_id=permit, wrong=DispatchId(cancels), note=note)
    elif channel is None:
        raise click.UsageError(notice("channel-missing"))
    else:
        row = service.dispatch(
            office,
            staff=staff,
            permit_id=permit,
            channel=PaperChannel(channel),
            day=day_of(day),
            recipient=recipient,
            note=note,
            corrects=None if corrects is None else DispatchId(corrects),
        )
    line = DispatchLine(row, None)
    run.out(dispatch_view(line), [dispatch_line(line)])


@click.command("dispatches")
@click.option("--from", "first", type=DAY, default=None, help="First day.")
@click.option("--to", "last", type=DAY, default=None, help="Last day.")
@click.option("--csv", "target", type=click.Path(dir_okay=False, path_type=Path), default=None)
@desk_command(changing=True)
def dispatches(run: Run, *, first: datetime | None, last: datetime | None, target: Path | None) -> None:
    """List the dispatch register of these days; with --csv write it to a file, too."""
    from ebidadmin.services import permit_dispatch as service

    office, staff = run.desk.office, run.desk.staff
    days = {"first": day_of(first), "last": day_of(last)}
    if target is None:
        lines = service.list_between(office, staff=staff, **days)
    else:
        from ebidadmin.intake.table_file import check_table_name, write_table
        from ebidadmin.intake.whole_files import check_place
        from ebidadmin.text.permits import DISPATCH_HEADINGS, dispatch_cells

        check_table_name(target)
        check_place(target)
        lines = service.export(office, staff=staff, **days)
        if not run.dry_run:
            write_table(
                target, DISPATCH_HEADINGS, (dispatch_cells(one.row, one.corrected_by) for one in lines)
            )
    shown = [dispatch_line(one) for one in lines]
    run.out([dispatch_view(one) for one in lines], shown or [_no_letters()])


def _no_letters() -> str:
    if japanese():
        from ebidadmin.text.permits import NO_DISPATCHES

        return NO_DISPATCHES
    return "no letters"


@click.command("letter")
@click.argument("numbers", nargs=-1, required=True)
@click.option("--to", "target", type=click.Path(path_type=Path), required=True, help="FILE.pdf, or a folder.")
@click.option("--overwrite", is_flag=True, help="Replace files that are there.")
@desk_command(changing=True)
def letter(run: Run, *, numbers: tuple[str, ...], target: Path, overwrite: bool) -> None:
    """Make the letters of the decided permits NUMBERS: one file for all where TARGET ends with .pdf, else one each in that folder.

    All of them are made before the first is written.
    """
    from ebidadmin.bootstrap import letter_press
    from ebidadmin.services import permit_letters

    desk = run.desk
    press = letter_press(desk)
    whole = target.suffix.lower() == ".pdf"

    def typeset(letters: Sequence[LetterFacts]) -> list[tuple[Path, bytes]]:
        made = (
            [(target, press.one_file(letters))]
            if whole
            else [(target / name, content) for name, content in press.single_files(letters)]
        )
        _refuse_present(() if overwrite else [path for path, _ in made])
        return made

    ids = [PermitId(number) for number in numbers]
    files = permit_letters.make(
        desk.office,
        staff=desk.staff,
        permit_ids=ids,
        typeset=typeset,
        version_of=lambda _files, state: press.versions[state],
    )
    if not run.dry_run:
        write_files(files, None if whole else target)
    names = [str(path) for path, _ in files]
    run.out({"files": names, "letters": len(dict.fromkeys(ids))}, names)


def _refuse_present(paths: Iterable[Path]) -> None:
    for path in paths:
        if path.exists():
            raise InputError("file-exists", file=str(path))


COMMANDS = (dispatch, dispatches, letter)
"""What ``permit`` has besides the life cycle."""
