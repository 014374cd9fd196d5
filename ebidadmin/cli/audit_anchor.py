"""``ebidadmin audit anchor``: heads that are kept outside the database, with stamps of a time-stamping authority beside them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ebidadmin.cli.common import Run, desk_command
from ebidadmin.cli.tree_parts import FILE, needed_key, trail_tree
from ebidadmin.domain.tree_findings import Fault, Finding
from ebidadmin.domain.tree_heads import SignedHead, read_notes
from ebidadmin.errors import InputError, RuleError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ebidadmin.bootstrap import Desk
    from ebidadmin.credentials.timestamps import Stamp, TimestampTrust
    from ebidadmin.domain.events import JsonValue

STAMP_END = ".tsr"
DIGITS = 8
"""Of the digest of a head in the name of its stamp: enough to tell heads of the same size apart."""

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
    outside = _Outside(desk, url, needed_trust(run, tsa_trust) if url else None, printed=sheet is not None)
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


def read_anchors(path: Path) -> tuple[SignedHead, ...]:
    """The heads of a file of anchors. Raises ``InputError`` (``file-unreadable``, ``audit-anchors-unreadable``)."""
    try:
        return tuple(read_notes(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise InputError("file-unreadable", file=str(path)) from error
    except ValueError as error:
        raise InputError("audit-anchors-unreadable", file=str(path), detail=str(error)) from error


def stamp_file(anchors: Path, head: SignedHead) -> Path:
    """Where the stamp of a head of that file lies."""
    digest = hashlib.sha256(head.note.encode()).hexdigest()[:DIGITS]
    return anchors.with_name(f"{anchors.name}.{head.head.size}-{digest}{STAMP_END}")


def stamp_findings(
    run: Run, anchors: Path, heads: Sequence[SignedHead], trust_file: Path | None
) -> tuple[int, tuple[Finding, ...]]:
    """How many stamps lie beside a file of anchors, and what is wrong with them. A head without one was anchored without; a stamp without
    its head is a finding, for whoever takes a head out of the file forgets it there.

    Raises ``RuleError`` ``tsa-trust-missing`` where there are stamps and nothing to check them by, ``InputError`` ``file-unreadable``.
    """
    from ebidadmin.credentials.timestamps import WrongStampError

    found = sorted(
        path
        for path in anchors.parent.iterdir()
        if path.name.startswith(f"{anchors.name}.") and path.name.endswith(STAMP_END)
    )
    if not found:
        return 0, ()
    trust = needed_trust(run, trust_file)
    expected = {stamp_file(anchors, head): head for head in heads}
    findings: list[Finding] = []
    for path in found:
        head = expected.get(path)
        if head is None:
            findings.append(Finding(fault=Fault.STAMP_ALONE, what=path.name))
            continue
        try:
            trust.checked(path.read_bytes(), head.note.encode())
        except OSError as error:
            raise InputError("file-unreadable", file=str(path)) from error
        except WrongStampError as error:
            findings.append(Finding(fault=error.fault, what=str(head.head.size)))
    return len(found), tuple(findings)


def needed_trust(run: Run, given: Path | None) -> TimestampTrust:
    """What stamps are checked by. Raises ``RuleError`` ``tsa-trust-missing``, ``ConfigurationError`` ``tsa-trust-unreadable``."""
    from ebidadmin.credentials.timestamps import load_trust

    set_file = run.desk.config.audit.tsa_trust
    if given is None and not set_file:
        raise RuleError("tsa-trust-missing")
    return load_trust(given or run.desk.config.folder / set_file)


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
