"""``ebidadmin audit verify|key|anchor|prove|check-proof``: the trail that proves itself."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ebidadmin.cli.audit_anchor import TRUST_OPTION, anchor
from ebidadmin.cli.common import EXIT_REFUSED, Run, desk_command, japanese, notice
from ebidadmin.cli.progress import RowsDone
from ebidadmin.cli.tree_parts import FILE, needed_key, trail_tree
from ebidadmin.errors import RuleError

if TYPE_CHECKING:
    from ebidadmin.domain.tree_findings import Finding, Verification


@click.command("verify")
@click.option("--incremental", is_flag=True, help="Only what came after the last signed head that fits.")
@click.option(
    "--anchors",
    type=FILE,
    default=None,
    help="A file of heads that was kept outside the database, with the stamps beside it; else that of the setting audit.anchors.",
)
@TRUST_OPTION
@desk_command(changing=True)
def verify(run: Run, *, incremental: bool, anchors: Path | None, tsa_trust: Path | None) -> None:
    """Read the trail again and compare it with its hash tree; exit code 1 where anything does not fit."""
    from ebidadmin.bootstrap import audit_key
    from ebidadmin.kept_anchors import kept_anchors, named_anchors
    from ebidadmin.services import audit_tree
    from ebidadmin.services.tree_ports import KeptAnchors

    desk = run.desk
    given = kept_anchors(desk.config, anchors, trust=tsa_trust) if anchors else named_anchors(desk.config)
    kept = given or KeptAnchors()
    told = RowsDone(desk.office.clock, "verify")
    try:
        result = audit_tree.verify(
            desk.office,
            staff=desk.staff,
            tree=trail_tree(run),
            signer=audit_key(desk),
            full=not incremental,
            anchors=kept.heads,
            outside=kept.findings,
            progress=told,
        )
    finally:
        told.end()
    result = replace(result, stamps=kept.stamps)
    run.out(_verification_view(result), _verification_lines(result))
    if not result.good:
        run.exit_code = EXIT_REFUSED


@click.command("key")
@click.option("--make", is_flag=True, help="Make one where there is none.")
@desk_command(changing=True)
def key(run: Run, *, make: bool) -> None:
    """Show the public key that heads and proofs are checked with; tell it to whoever is to check, on a way of its own."""
    from ebidadmin.bootstrap import audit_key, audit_key_file
    from ebidadmin.credentials.tree_key import make_key

    found = audit_key(run.desk)
    if found is None and make and not run.dry_run:
        found = make_key(audit_key_file(run.desk))
    if found is None:
        raise RuleError("audit-key-missing")
    run.out({"name": found.name, "key": found.key}, [found.key])


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
        tree=trail_tree(run),
        signer=needed_key(desk),
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
        "stamps": result.stamps,
        "first_bad": result.first_bad,
        "findings": [{"fault": one.fault.value, "seq": one.seq, "what": one.what} for one in result.findings],
    }


def _verification_lines(result: Verification) -> list[str]:
    if japanese():
        from ebidadmin.text import audit_tree as words

        return [words.summary(result), *(words.said(one) for one in result.findings)]
    state = "good" if result.good else f"{len(result.findings)} finding(s)"
    kept = f"{result.heads} head(s), {result.anchors} anchor(s), {result.stamps} stamp(s)"
    line = f"{state}: {result.checked} of {result.size} events read again, {kept}"
    return [line, *(_said(one) for one in result.findings)]


def _said(one: Finding) -> str:
    place = "" if one.seq is None else f" event {one.seq}"
    return f"{one.fault.value}{place}{f' ({one.what})' if one.what else ''}"
