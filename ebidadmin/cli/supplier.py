"""``ebidadmin supplier …``: what the help desk opens, whose time of keeping is over, and erasing it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from ebidadmin.cli.common import EXIT_REFUSED, Run, desk_command, japanese, notice, word
from ebidadmin.cli.supplier_opening import open_supplier
from ebidadmin.domain.ids import SupplierNumber

if TYPE_CHECKING:
    from ebidadmin.office_copies import DeskCopies
    from ebidadmin.persistence.erasure_store import SqlErasureStore
    from ebidadmin.services.supplier_erasure import Erased, Preview

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group()
def supplier() -> None:
    """One supplier: opened by the help desk, erased when nothing of it need be kept any more."""


supplier.add_command(open_supplier)


@supplier.command("due")
@click.option("--on", type=DAY, default=None, help="As of that day (YYYY-MM-DD), else today.")
@desk_command()
def list_due(run: Run, *, on: datetime | None) -> None:
    """List suppliers whose time of keeping is over, and erasings that were cut short."""
    from ebidadmin.services import supplier_erasure

    desk = run.desk
    found = supplier_erasure.due(
        desk.office,
        staff=desk.staff,
        store=_store(run),
        retention=desk.config.retention.rules(),
        day=on.date() if on else None,
    )
    due = [{"supplier_number": one.supplier, "since": one.since.isoformat()} for one in found]
    waiting = list(supplier_erasure.unfinished(_store(run), _copies(run)))
    lines = [word("erasing-unfinished", number=one) for one in waiting]
    lines += [f"{one['supplier_number']}\t{one['since']}" for one in due]
    run.out({"due": due, "unfinished": waiting}, lines or [notice("nobody-due")])


@supplier.command("erase")
@click.argument("number")
@click.option(
    "--confirm", "token", default=None, metavar="TOKEN", help="Erase for ever what was shown with this token."
)
@desk_command(changing=True)
def erase(run: Run, *, number: str, token: str | None) -> None:
    """Show what is kept of supplier NUMBER; with --confirm erase it for ever, from database, trail and files.

    To be run again when it was cut short. Exit code 1 where it is not finished, and where something has to be looked at by hand.
    """
    from ebidadmin.services import supplier_erasure

    desk = run.desk
    rules, given = desk.config.retention.rules(), SupplierNumber(number)
    if token is None:
        shown = supplier_erasure.preview(
            desk.office,
            staff=desk.staff,
            store=_store(run),
            copies=_copies(run),
            retention=rules,
            supplier=given,
        )
        ask = notice("erase-confirm", number=given, token=shown.token)
        run.out(
            {**_view(shown), "token": shown.token},
            [*_going(shown), *_by_hand(shown.copies.left, shown.reach.quoted), ask],
        )
        return
    done = supplier_erasure.erase(
        desk.office,
        staff=desk.staff,
        store=_store(run),
        copies=_copies(run),
        retention=rules,
        supplier=given,
        token=token,
    )
    _tell(run, done)


def _tell(run: Run, done: Erased) -> None:
    seen, given = done.preview, done.supplier
    view = {} if seen is None else _view(seen)
    told = notice("erasing-ended" if seen is None else "erased", number=given)
    by_hand = tuple(_by_hand(done.left, done.quoted))
    gone = () if seen is None else _going(seen)
    run.out(
        {"supplier_number": given, **view, "left": list(done.left), "quoted": list(done.quoted)},
        [*gone, *by_hand, told],
    )
    if by_hand:
        click.echo(notice("erased-but", number=given), err=True)
        run.exit_code = EXIT_REFUSED


def _store(run: Run) -> SqlErasureStore:
    from ebidadmin.office_copies import office_texts
    from ebidadmin.persistence.erasure_store import SqlErasureStore

    desk = run.desk
    return SqlErasureStore(
        desk.engine, clock=desk.office.clock, dry_run=run.dry_run, office_texts=office_texts(desk.config)
    )


def _copies(run: Run) -> DeskCopies:
    from ebidadmin.office_copies import DeskCopies
    from ebidadmin.persistence.desk_backups import backups_told

    return DeskCopies(run.desk.config, dry_run=run.dry_run, backups=backups_told(run.desk.engine))


def _view(shown: Preview) -> dict[str, Any]:
    return {
        "supplier_number": shown.reach.supplier,
        "counts": dict(shown.reach.counts),
        "mentions": list(shown.reach.mentions),
        "files": list(shown.copies.files),
        "left": list(shown.copies.left),
        "quoted": list(shown.reach.quoted),
    }


def _going(shown: Preview) -> Iterator[str]:
    for kind, count in shown.reach.counts.items():
        yield f"{_kind(kind)}\t{count}"
    for name in shown.copies.files:
        yield f"{word('file-goes')}\t{name}"


def _by_hand(left: Sequence[str], quoted: Sequence[str]) -> Iterator[str]:
    for name in left:
        yield f"{word('file-stays')}\t{name}"
    for name in quoted:
        kind, _, key = name.partition("/")
        yield f"{word('record-quotes')}\t{_kind(kind)}\t{key}"


def _kind(kind: str) -> str:
    if japanese():
        from ebidadmin.text.erasing import RECORDS

        return RECORDS[kind]
    return kind.replace("_", " ")
