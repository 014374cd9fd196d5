"""``ebidadmin card …``: cards, their certificates and the lists of revoked ones."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ebidadmin.cli.common import EXIT_REFUSED, Run, desk_command, japanese, notice, sentence, word
from ebidadmin.clock import JST, SystemClock, as_utc
from ebidadmin.domain.certificates import CertificateCheck, CheckOutcome, KeyUse
from ebidadmin.domain.staff import Permission
from ebidadmin.errors import InputError

if TYPE_CHECKING:
    from ebidadmin.services.certificate_ports import KeptList, Taken
    from ebidadmin.smartcard.checker import Material
    from ebidadmin.smartcard.trust import OfficeMaterial

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class Moment(click.ParamType[datetime]):
    """A moment as ISO 8601 writes it; without a zone it is Japan's."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(value)
            return as_utc(moment if moment.tzinfo is not None else moment.replace(tzinfo=JST))
        except (ValueError, OverflowError):
            self.fail(notice("moment-form", given=value), param, ctx)


@click.group()
def card() -> None:
    """Cards, certificates and revocation lists."""


@card.command("check")
@click.argument("certificate", type=FILE)
@click.option(
    "--trust",
    type=click.Path(exists=True, path_type=Path),
    help="Folder (or file) of trusted authorities; the desk's own when left out.",
)
@click.option("--intermediate", "intermediates", type=FILE, multiple=True, help="Certificates in between.")
@click.option("--crl", "lists", type=FILE, multiple=True, help="Lists of revoked certificates.")
@click.option(
    "--at", type=Moment(), help="The moment to check for (default: now); Japan's time without a zone."
)
@click.option("--usage", type=click.Choice([use.value for use in KeyUse]), default=KeyUse.ANY.value)
@click.option("--desk", type=click.Path(path_type=Path), help="The desk folder, where --trust is left out.")
@click.option("--json", "_as_json", is_flag=True, help="The answer is JSON in any case.")
@click.pass_context
def check(
    context: click.Context,
    *,
    certificate: Path,
    trust: Path | None,
    intermediates: Sequence[Path],
    lists: Sequence[Path],
    at: datetime | None,
    usage: str,
    desk: Path | None,
    _as_json: bool,
) -> None:
    """Check the certificate in a file: good, revoked, expired, not-yet-valid, invalid or unchecked. Nothing is fetched."""
    from ebidadmin.smartcard.authorities import load_authorities
    from ebidadmin.smartcard.certificates import FactsReader
    from ebidadmin.smartcard.checker import Checker

    moment = SystemClock().now() if at is None else at
    folder = desk or (context.find_root().obj or {}).get("desk")
    material, cas = _material(trust, intermediates, lists, folder)
    with Checker(FactsReader(load_authorities(cas)), lambda _at: material) as checker:
        found = checker.check(certificate.read_bytes(), at=moment, usage=KeyUse(usage))
    click.echo(json.dumps(check_view(found), ensure_ascii=False))
    if found.outcome is not CheckOutcome.GOOD:
        if japanese():
            click.echo(_reason_in_japanese(found), err=True)
        context.exit(EXIT_REFUSED)


def _material(
    trust: Path | None, intermediates: Sequence[Path], lists: Sequence[Path], desk: Path | None
) -> tuple[Material, Path | None]:
    """What to check against, and where the data of the authorities is: without ``--trust`` all of it the desk's, else none."""
    from ebidadmin.smartcard.checker import Material
    from ebidadmin.smartcard.trust import (
        file_certificates,
        folder_certificates,
        office_material,
        read_lists,
    )

    between = tuple(der for path in intermediates for der in file_certificates(path))
    if trust is not None:
        trusted = folder_certificates(trust) if trust.is_dir() else file_certificates(trust)
        return Material(trusted, between, read_lists(lists)), None
    from ebidadmin.bootstrap import desk_folder
    from ebidadmin.config import load_config

    config = load_config(desk_folder(desk))
    kept = office_material(config.folder)(SystemClock().now())
    whole = Material(kept.trusted, (*kept.others, *between), (*kept.lists, *read_lists(lists)))
    return whole, config.reference / "cas"


def check_view(found: CertificateCheck) -> dict[str, Any]:
    """A check as JSON."""
    return {
        "outcome": found.outcome.value,
        "reason": found.reason.value,
        "chain": list(found.chain),
        "crl_age_seconds": found.crl_age_seconds,
        "revoked_at": None if found.revoked_at is None else found.revoked_at.isoformat(),
        "revocation_reason": found.revocation_reason or None,
        "checked_at": found.checked_at.isoformat(),
        "remark": found.remark or None,
    }


def _reason_in_japanese(found: CertificateCheck) -> str:
    from ebidadmin.text.certificate_sentences import OUTCOMES, REASONS

    return f"{OUTCOMES[found.outcome]}: {REASONS[found.reason]}"


@card.group("crl")
def crl() -> None:
    """Lists of revoked certificates that the office keeps."""


@crl.command("list")
@desk_command()
def list_lists(run: Run) -> None:
    """List the kept lists: issuer, number, from when, until when, entries."""
    from ebidadmin.smartcard.trust import office_material

    now = run.desk.office.clock.now()
    kept = office_material(run.desk.folder).store.all()
    run.out(
        [_list_view(one, now) for one in kept], [_list_line(one, now) for one in kept] or [notice("no-lists")]
    )


@crl.command("update")
@click.argument("sources", nargs=-1)
@click.option("--recheck", is_flag=True, help="Look at registered cards again also where no list is new.")
@desk_command(changing=True)
def update(run: Run, *, sources: Sequence[str], recheck: bool) -> None:
    """Fetch lists from addresses (http, https) or take them from files; without any, from all addresses that are known."""
    from ebidadmin.smartcard.authorities import load_authorities
    from ebidadmin.smartcard.trust import office_material

    material = office_material(run.desk.folder)
    authorities = load_authorities(run.desk.config.reference / "cas")
    wanted = tuple(sources) or material.list_addresses(authorities)
    if not wanted:
        raise InputError("crl-sources-missing")
    now = run.desk.office.clock.now()
    told: list[dict[str, Any]] = []
    lines: list[str] = []
    for source in wanted:
        try:
            taken = _taken(run, material, source)
        except InputError as error:
            run.exit_code = EXIT_REFUSED
            told.append({"source": source, "taken": False, "error": error.code})
            lines.append(f"{source}: {' '.join(sentence(error))}")
        else:
            kept = _list_view(taken.kept, now)
            told.append({"source": source, "taken": True, **kept, "new": taken.new})
            lines.append(f"{source}: {kept['issuer']} {kept['this_update']} ({kept['entries']})")
    run.out(told, lines)
    if not run.dry_run:
        _follow_up(run, new=any(one.get("new") for one in told), asked=recheck)


def _follow_up(run: Run, *, new: bool, asked: bool) -> None:
    """Look at the registered cards again when more is known of them, or when that is ``asked`` for, and at what the day alone has brought
    about. Who brings a list and does not review leaves the cards to a reviewer."""
    from ebidadmin.bootstrap import certificate_checker
    from ebidadmin.services import follow_up

    office, staff = run.desk.office, run.desk.staff
    changed = 0
    if asked or (new and staff.may(Permission.REVIEW)):
        with certificate_checker(run.desk) as checker:
            changed = follow_up.recheck(office, staff=staff, checker=checker)
    elif new:
        click.echo(notice("recheck-waits"), err=True)
    items = follow_up.recompute(office, staff=staff)
    if changed or items:
        click.echo(notice("rechecked", changed=changed, items=items), err=True)


def _taken(run: Run, material: OfficeMaterial, source: str) -> Taken:
    from ebidadmin.services.revocation_lists import take_in
    from ebidadmin.smartcard.fetching import fetch

    if "://" in source:
        file = fetch(source)
    else:
        try:
            file = Path(source).read_bytes()
        except FileNotFoundError as error:
            raise InputError("file-missing", file=source) from error
        except OSError as error:
            raise InputError("file-unreadable", file=source) from error
    return take_in(
        run.desk.office,
        staff=run.desk.staff,
        keeper=material,
        file=file,
        source=source,
        keep=not run.dry_run,
    )


def _list_view(kept: KeptList, now: datetime) -> dict[str, Any]:
    return {
        "issuer": kept.issuer,
        "number": None if kept.number is None else str(kept.number),
        "this_update": kept.this_update.isoformat(),
        "next_update": None if kept.next_update is None else kept.next_update.isoformat(),
        "entries": kept.entries,
        "partial": kept.partial,
        "in_force": kept.in_force(now),
        "age_seconds": int((now - kept.this_update).total_seconds()),
        "file": kept.path.name,
    }


def _list_line(kept: KeptList, now: datetime) -> str:
    until = "" if kept.next_update is None else kept.next_update.isoformat()
    standing = word("in-force" if kept.in_force(now) else "not-in-force")
    return (
        f"{kept.issuer}\t{kept.number}\t{kept.this_update.isoformat()}\t{until}\t{kept.entries}\t{standing}"
    )
