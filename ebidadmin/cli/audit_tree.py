"""``ebidadmin audit verify|key|anchor|prove|check-proof``: the trail that proves itself."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ebidadmin.cli.common import EXIT_REFUSED, Run, desk_command, japanese, notice
from ebidadmin.cli.progress import RowsDone
from ebidadmin.domain.tree_heads import SignedHead, read_notes
from ebidadmin.errors import InputError, RuleError

if TYPE_CHECKING:
    from ebidadmin.bootstrap import Desk
    from ebidadmin.credentials.tree_key import TreeKey
    from ebidadmin.domain.tree_findings import Finding, Verification
    from ebidadmin.services.tree_ports import TrailTree

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("verify")
@click.option("--incremental", is_flag=True, help="Only what came after the last signed head that fits.")
@click.option(
    "--anchors", type=FILE, default=None, help="A file of heads that was kept outside the database."
)
@desk_command(changing=True)
def verify(run: Run, *, incremental: bool, anchors: Path | None) -> None:
    """Read the trail again and compare it with its hash tree; exit code 1 where anything does not fit."""
    from ebidadmin.services import audit_tree

    desk = run.desk
    kept = _read_anchors(anchors) if anchors else ()
    told = RowsDone(desk.office.clock, "verify")
    try:
        result = audit_tree.verify(
            desk.office,
            staff=desk.staff,
            tree=_tree(run),
            signer=_key(desk),
            full=not incremental,
            anchors=kept,
            progress=told,
        )
    finally:
        told.end()
    run.out(_verification_view(result), _verification_lines(result))
    if not result.good:
        run.exit_code = EXIT_REFUSED


@click.command("key")
@click.option("--make", is_flag=True, help="Make one where there is none.")
@desk_command(changing=True)
def key(run: Run, *, make: bool) -> None:
    """Show the public key that heads and proofs are checked with; tell it to whoever is to check, on a way of its own."""
    from ebidadmin.credentials.tree_key import make_key

    found = _key(run.desk)
    if found is None and make and not run.dry_run:
        found = make_key(_key_file(run.desk))
    if found is None:
        raise RuleError("audit-key-missing")
    run.out({"name": found.name, "key": found.key}, [found.key])


@click.command("anchor")
@click.option(
    "--to", "target", type=FILE, default=None, help="Add it to this file too, best on another medium."
)
@desk_command(changing=True)
def anchor(run: Run, *, target: Path | None) -> None:
    """Sign the head of the trail as it is now, to be kept outside the database: printed, and added to a file."""
    from ebidadmin.services import audit_tree

    desk = run.desk
    signer = _needed_key(desk)
    head = audit_tree.anchor(desk.office, staff=desk.staff, tree=_tree(run), signer=signer)
    if target is not None and not run.dry_run:
        _add(target, head.note)
    value = {"size": head.head.size, "root": head.head.root.hex(), "note": head.note}
    run.out(value, head.note.splitlines())


@click.command("prove")
@click.argument("number", type=int)
@click.option("--to", "target", type=FILE, default=None, help="Write the proof to this file.")
@click.option(
    "--without-values", is_flag=True, help="Leave out what changed: the proof holds no personal data."
)
@desk_command(changing=True)
def prove(run: Run, *, number: int, target: Path | None, without_values: bool) -> None:
    """Prove that event NUMBER is in the trail, for whoever has "audit check-proof" or the script check_proof.py."""
    from ebidadmin.office_files import write_bytes_whole
    from ebidadmin.services import audit_tree

    desk = run.desk
    proof = audit_tree.prove(
        desk.office,
        staff=desk.staff,
        tree=_tree(run),
        signer=_needed_key(desk),
        seq=number,
        with_values=not without_values,
    )
    text = json.dumps(proof.plain, ensure_ascii=False, indent=1)
    if target is None:
        run.out(proof.plain, [text])
        return
    if not run.dry_run:
        write_bytes_whole(target, f"{text}\n".encode())
    run.out({"file": str(target), "size": proof.head.head.size}, [str(target)])


@click.command("check-proof")
@click.argument("file", type=FILE)
@click.option("--key", "key_line", required=True, help="The public key, as the office tells it (audit key).")
@click.pass_context
def check_proof(context: click.Context, *, file: Path, key_line: str) -> None:
    """Check a proof, without any desk; exit code 1 where it does not hold."""
    from ebidadmin.check_proof import WrongProofError, check

    try:
        shown = check(json.loads(file.read_text(encoding="utf-8")), key_line)
    except (OSError, ValueError, WrongProofError) as error:
        click.echo(notice("proof-wrong", file=file, reason=error), err=True)
        context.exit(EXIT_REFUSED)
    click.echo(json.dumps(shown, ensure_ascii=False, indent=1))


TREE_COMMANDS = (verify, key, anchor, prove, check_proof)


def _tree(run: Run) -> TrailTree:
    from ebidadmin.persistence.audit_tree import SqlTrailTree

    return SqlTrailTree(run.desk.engine, dry_run=run.dry_run)


def _key_file(desk: Desk) -> Path:
    return desk.folder / "audit-key.pem"


def _key(desk: Desk) -> TreeKey | None:
    from ebidadmin.credentials.tree_key import load_key

    return load_key(_key_file(desk))


def _needed_key(desk: Desk) -> TreeKey:
    found = _key(desk)
    if found is None:
        raise RuleError("audit-key-missing")
    return found


def _read_anchors(path: Path) -> tuple[SignedHead, ...]:
    try:
        return tuple(read_notes(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise InputError("file-unreadable", file=str(path)) from error
    except ValueError as error:
        raise InputError("audit-anchors-unreadable", file=str(path), detail=str(error)) from error


def _add(path: Path, note: str) -> None:
    """At the end of the file, and on its disk before this returns."""
    try:
        with path.open("ab") as file:
            file.write(note.encode())
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise InputError("file-unwritable", file=str(path)) from error


def _verification_view(result: Verification) -> dict[str, Any]:
    return {
        "good": result.good,
        "size": result.size,
        "root": result.root.hex(),
        "last": result.last_seq,
        "checked": result.checked,
        "since": result.since,
        "heads": result.heads,
        "anchors": result.anchors,
        "first_bad": result.first_bad,
        "findings": [{"fault": one.fault.value, "seq": one.seq, "what": one.what} for one in result.findings],
    }


def _verification_lines(result: Verification) -> list[str]:
    if japanese():
        from ebidadmin.text import audit_tree as words

        return [words.summary(result), *(words.said(one) for one in result.findings)]
    state = "good" if result.good else f"{len(result.findings)} finding(s)"
    line = f"{state}: {result.checked} of {result.size} events read again, {result.heads} head(s), {result.anchors} anchor(s)"
    return [line, *(_said(one) for one in result.findings)]


def _said(one: Finding) -> str:
    place = "" if one.seq is None else f" event {one.seq}"
    return f"{one.fault.value}{place}{f' ({one.what})' if one.what else ''}"
