"""``ebidadmin audit anchor``: heads that are kept outside the database, with stamps of a time-stamping authority beside them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ebidadmin.cli.common import Run, desk_command
from ebidadmin.cli.tree_parts import FILE, needed_key, trail_tree
from ebidadmin.domain.tree_heads import SignedHead
from ebidadmin.errors import InputError, RuleError
from ebidadmin.kept_anchors import needed_trust, stamp_file

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ebidadmin.bootstrap import Desk
    from ebidadmin.credentials.timestamps import Stamp, TimestampTrust
    from ebidadmin.domain.events import JsonValue

TRUST_OPTION = click.option(
    "--tsa-trust",
    type=FILE,
    default=None,
    help="Certificates (PEM) by which its stamps are checked; else those of the setting audit.tsa_trust.",
)


@click.command("anchor")
@click.option(
    "--to", "target", type=FILE, default=None, help="Add it to this file too, best on another medium."
)
@click.option(
    "--tsa",
    default=None,
    help="Have it stamped by this time-stamping authority (RFC 3161, an address); else by that of the setting audit.tsa.",
)
@TRUST_OPTION
@click.option("--no-tsa", is_flag=True, help="Without a stamp, whatever the settings say.")
@click.option(
    "--sheet",
    type=FILE,
    default=None,
    help="Write a page for print (PDF) with the head as text and as a QR code.",
)
@desk_command(changing=True)
def anchor(
    run: Run,
    *,
    target: Path | None,
    tsa: str | None,
    tsa_trust: Path | None,
    no_tsa: bool,
    sheet: Path | None,
) -> None:
    """Sign the head of the trail as it is now, to be kept outside the database: printed, and added to a file. With a time-stamping
    authority its stamp is written beside that file."""
    from ebidadmin.services import audit_tree

    desk = run.desk
    url = "" if no_tsa else tsa or (desk.config.audit.tsa if target is not None else "")
    if url and target is None:
        raise RuleError("tsa-without-file")
    outside = _Outside(
        desk, url, needed_trust(desk.config, tsa_trust) if url else None, printed=sheet is not None
    )
    head = audit_tree.anchor(
        desk.office,
        staff=desk.staff,
        tree=trail_tree(run),
        signer=needed_key(desk),
        witness=None if run.dry_run else outside,
    )
    stamp = outside.stamp
    if not run.dry_run:
        _write(head, outside, target=target, sheet=sheet)
    value = {
        "size": head.head.size,
        "root": head.head.root.hex(),
        "note": head.note,
        "stamped": None if stamp is None else stamp.at,
        "stamp": None if stamp is None or target is None else str(stamp_file(target, head)),
        "sheet": None if sheet is None else str(sheet),
    }
    run.out(value, head.note.splitlines())


class _Outside:
    """Makes what is kept outside the database, before the head is kept inside: ``stamp`` and ``page`` are there afterwards."""

    def __init__(self, desk: Desk, url: str, trust: TimestampTrust | None, *, printed: bool) -> None:
        self._desk, self._url, self._trust, self._printed = desk, url, trust, printed
        self.stamp: Stamp | None = None
        self.page: bytes | None = None

    def __call__(self, head: SignedHead) -> Mapping[str, JsonValue]:
        facts: dict[str, JsonValue] = {}
        if self._trust is not None:
            from ebidadmin.credentials.timestamps import stamped

            self.stamp = stamped(self._url, head.note.encode(), trust=self._trust)
            facts["stamped_at"] = self.stamp.at.isoformat()
        if self._printed:
            self.page = self._printed_page(head)
        return facts

    def _printed_page(self, head: SignedHead) -> bytes:
        from ebidadmin.documents.anchor_sheet import anchor_sheet
        from ebidadmin.text.anchor_sheet import sheet_words

        at = None if self.stamp is None else self.stamp.at
        words = sheet_words(head, office=self._desk.config.office.name, stamped=at)
        return anchor_sheet(words, made_at=head.head.at, folder=self._desk.folder)


def _write(head: SignedHead, outside: _Outside, *, target: Path | None, sheet: Path | None) -> None:
    from ebidadmin.office_files import write_bytes_whole

    if sheet is not None and outside.page is not None:
        write_bytes_whole(sheet, outside.page)
    if target is not None:
        _keep(target, head, outside.stamp)


def _keep(path: Path, head: SignedHead, stamp: Stamp | None) -> None:
    """At the end of the file, and on its disk before this returns; its stamp takes its place after it, never without it."""
    from ebidadmin.office_files import write_bytes_whole

    draft = path.with_name(f".{path.name}.{os.getpid()}")
    if stamp is not None:
        write_bytes_whole(draft, stamp.content)
    try:
        with path.open("ab") as file:
            file.write(head.note.encode())
            file.flush()
            os.fsync(file.fileno())
        if stamp is not None:
            draft.replace(stamp_file(path, head))
    except OSError as error:
        raise InputError("file-unwritable", file=str(path)) from error
    finally:
        draft.unlink(missing_ok=True)
