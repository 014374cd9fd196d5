"""``ebidadmin qualification request|requests|confirm|…``: the second person for large imports and large undoings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ebidadmin.cli.common import Run, desk_command, japanese, notice, state_word, word
from ebidadmin.domain.ids import BatchId, RequestId
from ebidadmin.domain.import_requests import ImportRequest, Over, Undertaking
from ebidadmin.domain.second_person import RequestState

NOTE = click.option("--note", default="", help="What the confirming person should know.")


@click.command("request")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--layout", "layout_name", required=True, help="Name of the file's layout.")
@NOTE
@desk_command(changing=True)
def request(run: Run, *, file: Path, layout_name: str, note: str) -> None:
    """Preview FILE and ask another person to confirm exactly that; nothing is applied."""
    from ebidadmin.cli.importing import forget, preview_file
    from ebidadmin.services import import_requests

    _source, layout, plan = preview_file(run.desk, file, layout_name)
    try:
        made = import_requests.request(
            run.desk.office, staff=run.desk.staff, plan=plan, layout=layout, note=note
        )
    finally:
        forget(run.desk, plan)
    _told(run, made, asked=True)


@click.command("request-undo")
@click.argument("batch", required=False, type=click.IntRange(min=1))
@NOTE
@desk_command(changing=True)
def request_undo(run: Run, *, batch: int | None, note: str) -> None:
    """Ask another person to confirm the undoing of the latest batch; BATCH names the one that is meant, to be sure."""
    from ebidadmin.services import register_corrections

    number = None if batch is None else BatchId(batch)
    made = register_corrections.request_undo(run.desk.office, staff=run.desk.staff, number=number, note=note)
    _told(run, made, asked=True)


@click.command("requests")
@click.option("--all", "everything", is_flag=True, help="Also those that have ended.")
@desk_command()
def requests(run: Run, *, everything: bool) -> None:
    """List what waits for a second person, and what was confirmed but is not yet applied."""
    from ebidadmin.services import import_requests

    found = import_requests.list_all(run.desk.office, staff=run.desk.staff, open_only=not everything)
    value = [
        {
            **request_view(one.request),
            "over": None if one.over is None else one.over.value,
            "own": one.own,
        }
        for one in found
    ]
    lines = [
        _line(one.request)
        + (f"\t{_over(one.over)}" if one.over else "")
        + (f"\t{word('yours')}" if one.own else "")
        for one in found
    ]
    run.out(value, lines or [notice("no-requests")])


@click.command("confirm")
@click.argument("number")
@desk_command(changing=True)
def confirm(run: Run, *, number: str) -> None:
    """Confirm another person's request NUMBER; whoever has the same file applies it afterwards."""
    from ebidadmin.services import import_requests

    _told(run, import_requests.confirm(run.desk.office, staff=run.desk.staff, number=RequestId(number)))


@click.command("decline")
@click.argument("number")
@click.option("--why", "reason", required=True, help="The reason; it goes into the audit trail.")
@desk_command(changing=True)
def decline(run: Run, *, number: str, reason: str) -> None:
    """Decline another person's request NUMBER, also one that was confirmed but is not yet applied."""
    from ebidadmin.services import import_requests

    done = import_requests.decline(
        run.desk.office, staff=run.desk.staff, number=RequestId(number), reason=reason
    )
    _told(run, done)


@click.command("withdraw")
@click.argument("number")
@desk_command(changing=True)
def withdraw(run: Run, *, number: str) -> None:
    """Take your own request NUMBER back."""
    from ebidadmin.services import import_requests

    _told(run, import_requests.withdraw(run.desk.office, staff=run.desk.staff, number=RequestId(number)))


COMMANDS = (request, request_undo, requests, confirm, decline, withdraw)


def request_view(one: ImportRequest) -> dict[str, Any]:
    """The JSON of a request."""
    binding = one.binding
    return {
        "number": one.id,
        "state": one.state.value,
        "undertaking": binding.undertaking.value,
        "file": binding.file_name,
        "file_hash": binding.file_hash,
        "layout": binding.layout,
        "register_version": binding.register_version,
        "added": binding.added,
        "changed": binding.changed,
        "unchanged": binding.unchanged,
        "vanished": binding.vanished,
        "refused": binding.refused,
        "scale_warnings": [{"code": code, "share": share} for code, share in one.scale_warnings],
        "note": one.note,
        "requested_by": one.requested_by,
        "requested_at": one.requested_at.isoformat(),
        "expires_at": one.expires_at.isoformat(),
        "confirmed_by": one.confirmed_by,
        "ended_by": one.ended_by,
        "reason": one.reason,
        "batch": one.batch,
    }


def _told(run: Run, one: ImportRequest, *, asked: bool = False) -> None:
    lines = [_line(one)]
    if asked:
        lines.append(notice("request-asked", number=one.id))
    run.out(request_view(one), lines)


def _line(one: ImportRequest) -> str:
    binding = one.binding
    what = (
        word("undo-what", version=binding.register_version)
        if binding.undertaking is Undertaking.UNDO
        else word("import-what", file=binding.file_name, layout=binding.layout)
    )
    counts = word("counts", added=binding.added, changed=binding.changed, vanished=binding.vanished)
    people = word("asked-by", by=one.requested_by)
    if one.confirmed_by:
        people += word("confirmed-by", by=one.confirmed_by)
    return f"{one.id}\t{_state(one)}\t{what}\t{counts}\t{people}"


def _state(one: ImportRequest) -> str:
    if japanese() and one.state is RequestState.REQUESTED:
        # A permit of the same state is called otherwise.
        from ebidadmin.text.import_requests import STATES

        return STATES[one.state.value]
    return state_word(one.state.value)


def _over(over: Over) -> str:
    if japanese():
        from ebidadmin.text.import_requests import STATES

        return STATES[over.value]
    return f"over: {over.value}"
